//! Conversions at par, such as USD to USDC.

use reqwest::Method;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::json;

use super::call::{Call, segment};
use super::{Amount, Audience, RestClient, RestError};
use crate::wire::{names, num};

names! {
    /// Where a conversion is in its life.
    TradeStatus {
        /// Not given.
        Unspecified = "TRADE_STATUS_UNSPECIFIED",
        /// Quoted, not committed.
        Created = "TRADE_STATUS_CREATED",
        /// Under way.
        Started = "TRADE_STATUS_STARTED",
        /// Done.
        Completed = "TRADE_STATUS_COMPLETED",
        /// Called off.
        Canceled = "TRADE_STATUS_CANCELED",
    }
}

/// A conversion.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ConvertTrade {
    /// Its id.
    pub id: String,
    /// Where it is in its life.
    pub status: TradeStatus,
    /// What the user asked for.
    #[serde(default)]
    pub user_entered_amount: Option<Amount>,
    /// What is converted.
    #[serde(default)]
    pub amount: Option<Amount>,
    /// Before fees.
    #[serde(default)]
    pub subtotal: Option<Amount>,
    /// After fees.
    #[serde(default)]
    pub total: Option<Amount>,
    /// The currency it comes from.
    #[serde(default)]
    pub source_currency: String,
    /// The currency it becomes.
    #[serde(default)]
    pub target_currency: String,
    /// Units of the target for one of the source.
    #[serde(default)]
    pub exchange_rate: Option<Rate>,
    /// What it costs.
    #[serde(default)]
    pub total_fee: Option<ConvertFee>,
    /// Why it was called off.
    #[serde(default)]
    pub cancellation_reason: Option<ConvertError>,
}

/// A rate of exchange.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Rate {
    /// The rate.
    #[serde(with = "num::option_text")]
    pub value: Option<Decimal>,
    /// The currency it is in.
    #[serde(default)]
    pub currency: String,
}

/// A fee of a conversion.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ConvertFee {
    /// Its name.
    #[serde(default)]
    pub title: String,
    /// How much.
    #[serde(default)]
    pub amount: Option<Amount>,
}

/// Why a conversion was called off.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ConvertError {
    /// In words.
    #[serde(default)]
    pub message: String,
    /// As a code.
    #[serde(default)]
    pub code: String,
}

#[derive(Deserialize)]
pub(super) struct TradeReply {
    pub(super) trade: ConvertTrade,
}

impl RestClient {
    /// Asks for a conversion of `amount`, to be committed within ten minutes. `POST
    /// /convert/quote`, key with trade,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/convert/create-convert-quote>.
    ///
    /// # Errors
    /// [`RestError`]; it is never repeated.
    pub async fn convert_quote(
        &self,
        from_account: &str,
        to_account: &str,
        amount: Decimal,
    ) -> Result<ConvertTrade, RestError> {
        let body = json!({
            "from_account": from_account,
            "to_account": to_account,
            "amount": amount.to_string(),
        });
        let call = Call::send("POST /convert/quote", Method::POST, "/convert/quote", &body);
        let reply: TradeReply = self.value(&call).await?;
        Ok(reply.trade)
    }

    /// Commits a quoted conversion. `POST /convert/trade/{trade_id}`, key with trade,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/convert/commit-convert-trade>.
    ///
    /// # Errors
    /// [`RestError`]; it is never repeated, and a lost reply says nothing: look with
    /// [`Self::convert_trade`].
    pub async fn convert_commit(
        &self,
        trade_id: &str,
        from_account: &str,
        to_account: &str,
    ) -> Result<ConvertTrade, RestError> {
        const ENDPOINT: &str = "POST /convert/trade/{trade_id}";
        let path = format!("/convert/trade/{}", segment(ENDPOINT, "the conversion", trade_id)?);
        let body = json!({ "from_account": from_account, "to_account": to_account });
        let call = Call::send(ENDPOINT, Method::POST, &path, &body);
        let reply: TradeReply = self.value(&call).await?;
        Ok(reply.trade)
    }

    /// One conversion. `GET /convert/trade/{trade_id}`, key with view,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/convert/get-convert-trade>.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn convert_trade(
        &self,
        trade_id: &str,
        from_account: &str,
        to_account: &str,
    ) -> Result<ConvertTrade, RestError> {
        const ENDPOINT: &str = "GET /convert/trade/{trade_id}";
        let path = format!("/convert/trade/{}", segment(ENDPOINT, "the conversion", trade_id)?);
        let call = Call::get(ENDPOINT, &path, Audience::Account)
            .with("from_account", from_account)
            .with("to_account", to_account);
        let reply: TradeReply = self.value(&call).await?;
        Ok(reply.trade)
    }
}
