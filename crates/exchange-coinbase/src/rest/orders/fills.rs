//! Fills: what has been traded.

use domain::Timestamp;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::LiquidityIndicator;
use crate::rest::call::{Call, MEDIUM};
use crate::rest::page::{Next, Page, all};
use crate::rest::{Audience, RestClient, RestError};
use crate::wire::{Moment, Side, names, num};

names! {
    /// What a fill does to the books.
    TradeType {
        /// Adds.
        Fill = "FILL",
        /// Takes an earlier one back.
        Reversal = "REVERSAL",
        /// Replaces an earlier one.
        Correction = "CORRECTION",
        /// Adds, without a trade on the book.
        Synthetic = "SYNTHETIC",
    }
}

/// A fill of one of our orders.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Fill {
    /// Its own id: what fills are told apart by.
    pub entry_id: String,
    /// The id of the trade; not that of public trades.
    pub trade_id: String,
    /// The order.
    pub order_id: String,
    /// When it traded.
    pub trade_time: Moment,
    /// When the venue booked it.
    #[serde(default, deserialize_with = "crate::wire::time::option")]
    pub sequence_timestamp: Option<Moment>,
    /// What it does to the books.
    pub trade_type: TradeType,
    /// The product.
    pub product_id: String,
    /// The side.
    pub side: Side,
    /// The price, in the quote currency.
    #[serde(with = "num::text")]
    pub price: Decimal,
    /// How much: in the quote currency if [`Fill::size_in_quote`], else in the base currency.
    #[serde(with = "num::text")]
    pub size: Decimal,
    /// In which currency `size` is.
    pub size_in_quote: bool,
    /// The commission, in the quote currency.
    #[serde(with = "num::text")]
    pub commission: Decimal,
    /// Whether it rested or took.
    #[serde(default)]
    pub liquidity_indicator: Option<LiquidityIndicator>,
    /// The user.
    #[serde(default)]
    pub user_id: String,
    /// The portfolio.
    #[serde(default)]
    pub retail_portfolio_id: Option<String>,
}

/// Which fills. The default is all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FillQuery {
    /// Only of these orders.
    pub order_ids: Vec<String>,
    /// Only of these trades.
    pub trade_ids: Vec<String>,
    /// Only of these products.
    pub product_ids: Vec<String>,
    /// Only those after.
    pub from: Option<Timestamp>,
    /// Only those before.
    pub to: Option<Timestamp>,
}

#[derive(Deserialize)]
pub(in crate::rest) struct FillsReply {
    #[serde(deserialize_with = "crate::wire::objects")]
    pub(in crate::rest) fills: Vec<Fill>,
    #[serde(default)]
    pub(in crate::rest) cursor: Option<String>,
    #[serde(default)]
    pub(in crate::rest) proof_token_required: Option<bool>,
}

impl FillsReply {
    pub(in crate::rest) fn page(self, endpoint: &'static str) -> Result<Page<Fill>, RestError> {
        if self.proof_token_required == Some(true) {
            return Err(RestError::ProofRequired { endpoint });
        }
        Ok(Page { items: self.fills, next: Next::from_cursor(self.cursor) })
    }
}

impl RestClient {
    /// All fills that match, newest first. `GET /orders/historical/fills`, key with view,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/orders/list-fills>.
    ///
    /// # Errors
    /// [`RestError`]; a page that breaks and a request for a proof token are such.
    pub async fn fills(&self, query: &FillQuery) -> Result<Vec<Fill>, RestError> {
        const ENDPOINT: &str = "GET /orders/historical/fills";
        all(
            ENDPOINT,
            |fill: &Fill| fill.entry_id.clone(),
            async |cursor| {
                let call = Call::get(ENDPOINT, "/orders/historical/fills", Audience::Account)
                    .cap(MEDIUM)
                    .each("order_ids", &query.order_ids)
                    .each("trade_ids", &query.trade_ids)
                    .each("product_ids", &query.product_ids)
                    .maybe("start_sequence_timestamp", query.from.map(|at| at.to_string()))
                    .maybe("end_sequence_timestamp", query.to.map(|at| at.to_string()))
                    .with("limit", "250")
                    .maybe("cursor", cursor);
                self.value::<FillsReply>(&call).await?.page(ENDPOINT)
            },
        )
        .await
    }
}
