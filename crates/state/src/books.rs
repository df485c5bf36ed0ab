//! Double entry: whatever moves money or coins is written twice, and adds up to nothing.

use std::collections::BTreeMap;

use domain::{
    Adoption, Amount, Asset, Fill, Flow, FlowConfirmed, FlowKind, NumError, Side, Timestamp,
};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::exact::{difference, product, sum};

/// Where an amount is, or came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// What the account holds at the venue.
    Purse,
    /// What others hold: the other side of every trade.
    Market,
    /// What the venue has kept.
    Fees,
    /// What its owner paid in, less what he took out.
    Capital,
    /// What the venue gave.
    Income,
    /// What nobody has explained yet.
    Unexplained,
}

/// One side of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Posting {
    /// Where.
    pub account: Account,
    /// Of what: a currency or a coin.
    pub asset: Asset,
    /// How much more there is of it.
    pub amount: Amount,
}

/// What one fact moved. Its postings add up to nothing, for each asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Which fact: a fill's entry id, an adoption or a flow by number.
    pub of: String,
    /// Both sides.
    pub postings: Vec<Posting>,
}

const INEXACT: NumError = NumError::Overflow { what: "an amount that is booked to the last digit" };

/// Both sides of one movement.
fn moved(
    postings: &mut Vec<Posting>,
    asset: Asset,
    (from, to): (Account, Account),
    amount: Decimal,
) -> Result<(), NumError> {
    if !amount.is_zero() {
        postings.push(Posting { account: from, asset, amount: Amount::new(-amount)? });
        postings.push(Posting { account: to, asset, amount: Amount::new(amount)? });
    }
    Ok(())
}

impl Entry {
    /// A trade: coins one way, money the other, and the fee.
    pub(crate) fn of_fill(fill: &Fill) -> Result<Self, NumError> {
        let quote: Asset = fill.product.quote().parse().map_err(|_| INEXACT)?;
        let value = product(fill.price.get(), fill.qty.get()).ok_or(INEXACT)?;
        let (coins, money) = match fill.side {
            Side::Buy => ((Account::Market, Account::Purse), (Account::Purse, Account::Market)),
            Side::Sell => ((Account::Purse, Account::Market), (Account::Market, Account::Purse)),
        };
        let mut postings = Vec::with_capacity(6);
        moved(&mut postings, fill.asset, coins, fill.qty.get())?;
        moved(&mut postings, quote, money, value)?;
        moved(&mut postings, quote, (Account::Purse, Account::Fees), fill.fee.get())?;
        Ok(Self { at: fill.at, of: fill.entry_id.clone(), postings })
    }

    /// Coins that were given.
    pub(crate) fn of_adoption(adoption: &Adoption) -> Result<Self, NumError> {
        let mut postings = Vec::with_capacity(2);
        let sides = (Account::Capital, Account::Purse);
        moved(&mut postings, adoption.asset, sides, adoption.qty.get())?;
        Ok(Self { at: adoption.at, of: format!("adoption {}", adoption.lot.0.0), postings })
    }

    /// A change that was seen.
    pub(crate) fn of_flow(flow: &Flow) -> Result<Self, NumError> {
        let mut postings = Vec::with_capacity(2);
        let from = flow.kind.map_or(Account::Unexplained, account);
        moved(&mut postings, flow.asset, (from, Account::Purse), flow.change.get())?;
        Ok(Self { at: flow.at, of: format!("flow {}", flow.flow.0), postings })
    }

    /// What somebody said it was.
    pub(crate) fn of_confirmation(said: &FlowConfirmed) -> Result<Self, NumError> {
        let mut postings = Vec::with_capacity(2);
        let sides = (account(said.kind), Account::Unexplained);
        moved(&mut postings, said.asset, sides, said.change.get())?;
        Ok(Self { at: said.at, of: format!("flow {} confirmed", said.flow.0), postings })
    }
}

/// Where a flow of a kind comes from.
const fn account(kind: FlowKind) -> Account {
    match kind {
        FlowKind::Opening | FlowKind::Deposit | FlowKind::Withdrawal => Account::Capital,
        FlowKind::Reward => Account::Income,
        FlowKind::Cost => Account::Fees,
    }
}

/// What the purse came to, by currency and coin: kept as it changes, so that nobody adds up years to
/// know what is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Purses {
    sums: BTreeMap<Asset, Decimal>,
    /// Something could not be added to the last digit.
    inexact: bool,
}

impl Purses {
    /// Counts in what a fact moved.
    pub(crate) fn book(&mut self, entry: Result<Entry, NumError>) {
        let Ok(entry) = entry else {
            self.inexact = true;
            return;
        };
        for posting in entry.postings.iter().filter(|p| p.account == Account::Purse) {
            self.add(posting.asset, posting.amount.get());
        }
    }

    pub(crate) fn add(&mut self, asset: Asset, amount: Decimal) {
        let of = self.sums.entry(asset).or_default();
        match sum(*of, amount) {
            Some(more) => *of = more,
            None => self.inexact = true,
        }
    }

    /// What there is of an asset.
    pub(crate) fn of(&self, asset: &Asset) -> Result<Decimal, NumError> {
        if self.inexact {
            return Err(INEXACT);
        }
        Ok(self.sums.get(asset).copied().unwrap_or_default())
    }
}

/// The sum of what some purses hold of an asset.
pub(crate) fn total<'a>(
    purses: impl IntoIterator<Item = &'a Purses>,
    asset: &Asset,
) -> Result<Amount, NumError> {
    let mut all = Decimal::ZERO;
    for purse in purses {
        all = sum(all, purse.of(asset)?).ok_or(INEXACT)?;
    }
    Amount::new(all)
}

/// What an account has of an asset after some entries.
///
/// # Errors
/// [`NumError`] where the sum cannot be told to the last digit.
pub fn balance<'a>(
    entries: impl IntoIterator<Item = &'a Entry>,
    account: Account,
    asset: &Asset,
) -> Result<Amount, NumError> {
    let postings = entries.into_iter().flat_map(|entry| &entry.postings);
    let own = postings.filter(|posting| posting.account == account && posting.asset == *asset);
    let total =
        own.map(|posting| posting.amount.get()).try_fold(Decimal::ZERO, sum).ok_or(INEXACT)?;
    Amount::new(total)
}

/// What one amount is above another, exactly.
pub(crate) fn above(more: Amount, less: Amount) -> Result<Amount, NumError> {
    Amount::new(difference(more.get(), less.get()).ok_or(INEXACT)?)
}
