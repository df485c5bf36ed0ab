//! Portfolios, what is in them, and what a key may do.

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::call::{Call, MEDIUM, segment};
use super::{Amount, Audience, RestClient, RestError};
use crate::wire::{Figure, names, num};

names! {
    /// The kind of a portfolio.
    PortfolioType {
        /// Not given.
        Undefined = "UNDEFINED",
        /// The one that everybody has.
        Default = "DEFAULT",
        /// One that was made.
        Consumer = "CONSUMER",
        /// International derivatives.
        Intx = "INTX",
    }
}

/// A portfolio.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Portfolio {
    /// Its name.
    pub name: String,
    /// Its id.
    pub uuid: String,
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: PortfolioType,
    /// Whether it was deleted.
    #[serde(default)]
    pub deleted: bool,
}

/// What is in a portfolio.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Breakdown {
    /// The portfolio.
    pub portfolio: Portfolio,
    /// Its totals.
    pub portfolio_balances: PortfolioBalances,
    /// Its coins and money.
    #[serde(default)]
    pub spot_positions: Vec<SpotPosition>,
}

/// The totals of a portfolio.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PortfolioBalances {
    /// Everything.
    pub total_balance: Amount,
    /// Money and what counts as such.
    #[serde(default)]
    pub total_cash_equivalent_balance: Option<Amount>,
    /// Coins.
    #[serde(default)]
    pub total_crypto_balance: Option<Amount>,
    /// Futures.
    #[serde(default)]
    pub total_futures_balance: Option<Amount>,
}

/// A coin or a currency in a portfolio. The venue sends these as JSON numbers that it has rounded to
/// floats itself; for exact balances see [`RestClient::accounts`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SpotPosition {
    /// The currency.
    pub asset: String,
    /// Its account.
    pub account_uuid: String,
    /// Its worth in the user's currency.
    #[serde(deserialize_with = "num::figure")]
    pub total_balance_fiat: Figure,
    /// How much of it.
    #[serde(deserialize_with = "num::figure")]
    pub total_balance_crypto: Figure,
    /// What can be traded, in the user's currency.
    #[serde(default, deserialize_with = "num::figure")]
    pub available_to_trade_fiat: Figure,
    /// What can be traded.
    #[serde(default, deserialize_with = "num::figure")]
    pub available_to_trade_crypto: Figure,
    /// Its share of the portfolio, as a fraction.
    #[serde(default, deserialize_with = "num::figure")]
    pub allocation: Figure,
    /// What was paid for it.
    #[serde(default)]
    pub cost_basis: Option<Worth>,
    /// What was paid for one of it.
    #[serde(default)]
    pub average_entry_price: Option<Worth>,
    /// Whether it counts as money.
    #[serde(default)]
    pub is_cash: bool,
}

/// A worth that the venue has worked out, with more digits than an exact number holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Worth {
    /// How much.
    pub value: Figure,
    /// Of what.
    pub currency: String,
}

/// What a key may do, and to which portfolio it is bound.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KeyPermissions {
    /// It may read.
    pub can_view: bool,
    /// It may trade.
    pub can_trade: bool,
    /// It may move money out.
    pub can_transfer: bool,
    /// Its portfolio.
    pub portfolio_uuid: String,
    /// The kind of that portfolio.
    pub portfolio_type: PortfolioType,
}

/// Two portfolios between which money moved.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MovedFunds {
    /// From.
    pub source_portfolio_uuid: String,
    /// To.
    pub target_portfolio_uuid: String,
}

#[derive(Deserialize)]
pub(super) struct PortfoliosReply {
    pub(super) portfolios: Vec<Portfolio>,
}

#[derive(Deserialize)]
pub(super) struct PortfolioReply {
    pub(super) portfolio: Portfolio,
}

#[derive(Deserialize)]
pub(super) struct BreakdownReply {
    pub(super) breakdown: Breakdown,
}

/// A reply without content.
#[derive(Deserialize)]
pub(super) struct Nothing {}

impl RestClient {
    /// All portfolios, of one kind where given. `GET /portfolios`, key with view,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/portfolios/list-portfolios>.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn portfolios(
        &self,
        kind: Option<&PortfolioType>,
    ) -> Result<Vec<Portfolio>, RestError> {
        let call = Call::get("GET /portfolios", "/portfolios", Audience::Account)
            .maybe("portfolio_type", kind.map(PortfolioType::as_str));
        let reply: PortfoliosReply = self.value(&call).await?;
        Ok(reply.portfolios)
    }

    /// What is in a portfolio, with worth in `currency` where given. `GET
    /// /portfolios/{portfolio_uuid}`, key with view,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/portfolios/get-portfolio-breakdown>.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn portfolio_breakdown(
        &self,
        uuid: &str,
        currency: Option<&str>,
    ) -> Result<Breakdown, RestError> {
        const ENDPOINT: &str = "GET /portfolios/{portfolio_uuid}";
        let path = format!("/portfolios/{}", segment(ENDPOINT, "the portfolio", uuid)?);
        let call =
            Call::get(ENDPOINT, &path, Audience::Account).cap(MEDIUM).maybe("currency", currency);
        let reply: BreakdownReply = self.value(&call).await?;
        Ok(reply.breakdown)
    }

    /// Makes a portfolio. `POST /portfolios`, key with trade,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/portfolios/create-portfolio>.
    ///
    /// # Errors
    /// [`RestError`]; it is never repeated.
    pub async fn create_portfolio(&self, name: &str) -> Result<Portfolio, RestError> {
        let body = json!({ "name": name });
        let call = Call::send("POST /portfolios", Method::POST, "/portfolios", &body);
        let reply: PortfolioReply = self.value(&call).await?;
        Ok(reply.portfolio)
    }

    /// Renames a portfolio. `PUT /portfolios/{portfolio_uuid}`, key with trade,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/portfolios/edit-portfolio>.
    ///
    /// # Errors
    /// [`RestError`]; it is never repeated.
    pub async fn rename_portfolio(&self, uuid: &str, name: &str) -> Result<Portfolio, RestError> {
        const ENDPOINT: &str = "PUT /portfolios/{portfolio_uuid}";
        let path = format!("/portfolios/{}", segment(ENDPOINT, "the portfolio", uuid)?);
        let call = Call::send(ENDPOINT, Method::PUT, &path, &json!({ "name": name }));
        let reply: PortfolioReply = self.value(&call).await?;
        Ok(reply.portfolio)
    }

    /// Deletes an empty portfolio. `DELETE /portfolios/{portfolio_uuid}`, key with trade,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/portfolios/delete-portfolio>.
    ///
    /// # Errors
    /// [`RestError`]; it is never repeated.
    pub async fn delete_portfolio(&self, uuid: &str) -> Result<(), RestError> {
        const ENDPOINT: &str = "DELETE /portfolios/{portfolio_uuid}";
        let path = format!("/portfolios/{}", segment(ENDPOINT, "the portfolio", uuid)?);
        let mut call = Call::get(ENDPOINT, &path, Audience::Account);
        call.method = Method::DELETE;
        self.value::<Nothing>(&call).await.map(|Nothing {}| ())
    }

    /// Moves money between portfolios, at once and free. `POST /portfolios/move_funds`, key with
    /// transfer; the trading program has no such key,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/portfolios/move-portfolios-funds>.
    ///
    /// # Errors
    /// [`RestError`]; it is never repeated.
    pub async fn move_funds(
        &self,
        funds: &Amount,
        source_uuid: &str,
        target_uuid: &str,
    ) -> Result<MovedFunds, RestError> {
        let body = json!({
            "funds": { "value": funds.value.to_string(), "currency": funds.currency },
            "source_portfolio_uuid": source_uuid,
            "target_portfolio_uuid": target_uuid,
        });
        let path = "/portfolios/move_funds";
        self.value(&Call::send("POST /portfolios/move_funds", Method::POST, path, &body)).await
    }

    /// What the key may do. `GET /key_permissions`, key with view,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/data-api/get-api-key-permissions>.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn key_permissions(&self) -> Result<KeyPermissions, RestError> {
        self.value(&Call::get("GET /key_permissions", "/key_permissions", Audience::Account)).await
    }
}
