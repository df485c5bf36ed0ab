//! Recent trades.

use domain::Timestamp;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::rest::call::{Call, MEDIUM, segment};
use crate::rest::{Audience, RestClient, RestError};
use crate::wire::{Moment, Side, num};

/// One trade between two strangers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MarketTrade {
    /// Its id, a decimal number as text; not the `trade_id` of a fill.
    pub trade_id: String,
    /// The product.
    pub product_id: String,
    /// The price, in the quote currency.
    #[serde(with = "num::text")]
    pub price: Decimal,
    /// How much, in the base currency.
    #[serde(with = "num::text")]
    pub size: Decimal,
    /// When.
    pub time: Moment,
    /// The side of the *maker*: `SELL` means that somebody bought from the book.
    #[serde(rename = "side")]
    pub maker_side: Side,
}

impl MarketTrade {
    /// The side that took from the book; nothing when the venue's side has no opposite.
    pub fn taker_side(&self) -> Option<Side> {
        match self.maker_side {
            Side::Buy => Some(Side::Sell),
            Side::Sell => Some(Side::Buy),
            Side::Other(_) => None,
        }
    }
}

/// Recent trades, newest first, and the best prices.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MarketTrades {
    /// The trades.
    #[serde(deserialize_with = "crate::wire::objects")]
    pub trades: Vec<MarketTrade>,
    /// The best bid.
    #[serde(default, with = "num::option_text")]
    pub best_bid: Option<Decimal>,
    /// The best ask.
    #[serde(default, with = "num::option_text")]
    pub best_ask: Option<Decimal>,
}

impl RestClient {
    /// The latest trades of a product, at most `limit`, and between two moments where given. `GET
    /// /market/products/{product_id}/ticker` or its twin (key with view),
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/products/get-market-trades>.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn market_trades(
        &self,
        audience: Audience,
        product_id: &str,
        limit: u32,
        between: Option<(Timestamp, Timestamp)>,
    ) -> Result<MarketTrades, RestError> {
        const ENDPOINT: &str = "GET /products/{product_id}/ticker";
        let id = segment(ENDPOINT, "the product", product_id)?;
        let path = match audience {
            Audience::Public => format!("/market/products/{id}/ticker"),
            Audience::Account => format!("/products/{id}/ticker"),
        };
        let call = Call::get(ENDPOINT, &path, audience)
            .cap(MEDIUM)
            .with("limit", limit.to_string())
            .maybe("start", between.map(|(start, _)| start.secs().to_string()))
            .maybe("end", between.map(|(_, end)| end.secs().to_string()));
        self.value(&call).await
    }
}
