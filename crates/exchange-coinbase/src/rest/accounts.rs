//! Accounts: one for each currency of a portfolio.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::call::{Call, MEDIUM, segment};
use super::page::{Next, Page, all};
use super::{Audience, RestClient, RestError};
use crate::wire::{Moment, names, num, time};

/// An exact amount of a currency.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Amount {
    /// How much.
    #[serde(with = "num::text")]
    pub value: Decimal,
    /// Of what.
    pub currency: String,
}

names! {
    /// What an account holds.
    AccountType {
        /// Not given.
        Unspecified = "ACCOUNT_TYPE_UNSPECIFIED",
        /// A coin.
        Crypto = "ACCOUNT_TYPE_CRYPTO",
        /// Money.
        Fiat = "ACCOUNT_TYPE_FIAT",
        /// A vault.
        Vault = "ACCOUNT_TYPE_VAULT",
        /// Perpetual futures.
        PerpFutures = "ACCOUNT_TYPE_PERP_FUTURES",
    }
}

names! {
    /// Whose account it is.
    AccountPlatform {
        /// Not given.
        Unspecified = "ACCOUNT_PLATFORM_UNSPECIFIED",
        /// Spot.
        Consumer = "ACCOUNT_PLATFORM_CONSUMER",
        /// US derivatives.
        CfmConsumer = "ACCOUNT_PLATFORM_CFM_CONSUMER",
        /// International derivatives.
        Intx = "ACCOUNT_PLATFORM_INTX",
    }
}

/// One account. All of a currency is `available_balance` and `hold` together; the former already
/// excludes the latter. A currency that was never used has no account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// Its id.
    pub uuid: String,
    /// Its name, such as `BTC Wallet`.
    #[serde(default)]
    pub name: String,
    /// Its currency.
    pub currency: String,
    /// What can be traded.
    pub available_balance: Amount,
    /// What open orders hold.
    pub hold: Amount,
    /// Whether it is in use.
    pub active: bool,
    /// Whether it is ready.
    #[serde(default)]
    pub ready: Option<bool>,
    /// What it holds.
    #[serde(default, rename = "type")]
    pub kind: Option<AccountType>,
    /// Whose it is.
    #[serde(default)]
    pub platform: Option<AccountPlatform>,
    /// The portfolio it belongs to.
    #[serde(default)]
    pub retail_portfolio_id: Option<String>,
    /// When it was made.
    #[serde(default, deserialize_with = "time::option")]
    pub created_at: Option<Moment>,
    /// When it last changed.
    #[serde(default, deserialize_with = "time::option")]
    pub updated_at: Option<Moment>,
    /// When it was deleted.
    #[serde(default, deserialize_with = "time::option")]
    pub deleted_at: Option<Moment>,
}

#[derive(Deserialize)]
pub(super) struct AccountsReply {
    #[serde(deserialize_with = "crate::wire::objects")]
    pub(super) accounts: Vec<Account>,
    pub(super) has_next: bool,
    #[serde(default)]
    pub(super) cursor: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct AccountReply {
    pub(super) account: Account,
}

impl RestClient {
    /// All accounts of the key's portfolio. `GET /accounts`, key with view,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/accounts/list-accounts>.
    ///
    /// # Errors
    /// [`RestError`]; a page that breaks is one.
    pub async fn accounts(&self) -> Result<Vec<Account>, RestError> {
        const ENDPOINT: &str = "GET /accounts";
        all(
            ENDPOINT,
            |account: &Account| account.uuid.clone(),
            async |cursor| {
                let call = Call::get(ENDPOINT, "/accounts", Audience::Account)
                    .cap(MEDIUM)
                    .with("limit", "250")
                    .maybe("cursor", cursor);
                let reply: AccountsReply = self.value(&call).await?;
                let next = Next::from_flag(ENDPOINT, reply.has_next, reply.cursor)?;
                Ok(Page { items: reply.accounts, next })
            },
        )
        .await
    }

    /// One account. `GET /accounts/{account_uuid}`, key with view,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/accounts/get-account>.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn account(&self, uuid: &str) -> Result<Account, RestError> {
        const ENDPOINT: &str = "GET /accounts/{account_uuid}";
        let path = format!("/accounts/{}", segment(ENDPOINT, "the account", uuid)?);
        let reply: AccountReply =
            self.value(&Call::get(ENDPOINT, &path, Audience::Account)).await?;
        Ok(reply.account)
    }
}
