//! Accounts: wallets, orders, fills, and where each stands in fees.

use std::collections::BTreeMap;

use domain::{Asset, NumError, ProductId, Purse, QuoteAmt, Timestamp, Usd};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::fees::Volume;
use super::fill::Fill;
use super::ids::Names;
use crate::ledger::Ledger;
use crate::venue::SimError;

/// The number of an account of a venue, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountNo(pub u32);

/// How an account starts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// What its portfolio is called.
    pub name: String,
    /// What it owns at the start. A wallet of 0 exists too.
    pub funds: Vec<(Asset, Decimal)>,
    /// Traded value of the last thirty days that it brings, which counts for its fee tier.
    pub prior_volume: Option<Usd>,
}

impl Profile {
    /// An account with dollars and nothing else.
    ///
    /// # Errors
    /// [`SimError::Num`] when the text is no exact number.
    pub fn with_dollars(name: &str, dollars: &str) -> Result<Self, SimError> {
        let amount = QuoteAmt::parse(dollars)?.get();
        Ok(Self {
            name: name.to_owned(),
            funds: vec![("USD".parse()?, amount)],
            prior_volume: None,
        })
    }
}

/// A wallet of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wallet {
    /// Coinbase's account uuid: one a currency.
    pub id: Uuid,
    /// The currency, and how much of it is free and held.
    pub purse: Purse,
}

/// An account.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its number.
    pub no: AccountNo,
    /// Coinbase's `user_id`.
    pub user: Uuid,
    /// Coinbase's `retail_portfolio_id`.
    pub portfolio: Uuid,
    /// What its portfolio is called.
    pub name: String,
    /// When it was opened.
    pub opened: Timestamp,
    pub(crate) ledger: Ledger,
    /// Its orders by place among the venue's, oldest first.
    pub(crate) orders: Vec<usize>,
    /// The newest order with a client's name.
    pub(crate) by_client: BTreeMap<String, usize>,
    pub(crate) fills: Vec<Fill>,
    /// Open orders by book.
    pub(crate) open: BTreeMap<ProductId, usize>,
    pub(crate) volume: Volume,
}

impl Account {
    pub(crate) fn new(no: AccountNo, names: &Names, profile: Profile, opened: Timestamp) -> Self {
        Self {
            no,
            user: names.uuid("user", no.0.into()),
            portfolio: names.uuid("portfolio", no.0.into()),
            name: profile.name,
            opened,
            ledger: Ledger::default(),
            orders: Vec::new(),
            by_client: BTreeMap::new(),
            fills: Vec::new(),
            open: BTreeMap::new(),
            volume: Volume::new(profile.prior_volume.unwrap_or(Usd::ZERO), opened),
        }
    }

    /// One wallet for each currency that it ever had, sorted by currency.
    ///
    /// # Errors
    /// [`NumError`] beyond exact decimals.
    pub fn wallets(&self) -> Result<Vec<Wallet>, NumError> {
        let wallet = |purse: Purse| {
            let id = Names::part(&self.portfolio, purse.asset.as_str());
            Wallet { id, purse }
        };
        Ok(self.ledger.purses()?.into_iter().map(wallet).collect())
    }

    /// Its fills, oldest first.
    pub fn fills(&self) -> &[Fill] {
        &self.fills
    }
}
