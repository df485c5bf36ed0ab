//! What an order would lead to, without placing it.

use reqwest::Method;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::NewOrder;
use crate::rest::call::Call;
use crate::rest::{RestClient, RestError};
use crate::wire::{Figure, num};

/// What an order would lead to. Amounts are in the quote currency.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Preview {
    /// Why it would be refused (`PREVIEW_…`); empty when it would not.
    pub errs: Vec<String>,
    /// What the venue points out; `UNKNOWN` means nothing.
    #[serde(default)]
    pub warning: Vec<String>,
    /// Its worth with commission.
    #[serde(deserialize_with = "num::option_digits::deserialize")]
    pub order_total: Option<Decimal>,
    /// The commission.
    #[serde(deserialize_with = "num::option_digits::deserialize")]
    pub commission_total: Option<Decimal>,
    /// The size in the quote currency.
    #[serde(deserialize_with = "num::option_digits::deserialize")]
    pub quote_size: Option<Decimal>,
    /// The size in the base currency.
    #[serde(deserialize_with = "num::option_digits::deserialize")]
    pub base_size: Option<Decimal>,
    /// The best bid.
    #[serde(deserialize_with = "num::option_digits::deserialize")]
    pub best_bid: Option<Decimal>,
    /// The best ask.
    #[serde(deserialize_with = "num::option_digits::deserialize")]
    pub best_ask: Option<Decimal>,
    /// Whether it is as large as can be.
    pub is_max: bool,
    /// The id with which the order can refer to this preview.
    #[serde(default)]
    pub preview_id: String,
    /// The expected slippage.
    #[serde(default)]
    pub slippage: Figure,
    /// The expected average price.
    #[serde(default)]
    pub est_average_filled_price: Figure,
}

impl RestClient {
    /// Asks what an order would lead to. `POST /orders/preview`, key with view,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/orders/preview-orders>.
    ///
    /// # Errors
    /// [`RestError`]; a refusal is no error but stands in [`Preview::errs`].
    pub async fn preview(&self, order: &NewOrder) -> Result<Preview, RestError> {
        let path = "/orders/preview";
        self.value(&Call::send("POST /orders/preview", Method::POST, path, &order.without_id()))
            .await
    }
}
