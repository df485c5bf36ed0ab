//! Fills as the venue shows them.

use domain::{Price, ProductId, QuoteAmt, Side, Timestamp};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::account::AccountNo;
use super::ids::OrderId;

/// Whether a fill rested or took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Liquidity {
    /// It rested.
    Maker,
    /// It took.
    Taker,
}

impl Liquidity {
    /// Coinbase's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Maker => "MAKER",
            Self::Taker => "TAKER",
        }
    }
}

/// A part of an order that filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fill {
    /// Its name: 64 hex digits.
    pub entry_id: String,
    /// Its place among all fills of the venue, from 1.
    pub number: u64,
    /// The fill's own trade id; the public trade has another.
    pub trade_id: Uuid,
    /// The public trade's id.
    pub public_trade: u64,
    /// Whose.
    pub account: AccountNo,
    /// Which order.
    pub order: OrderId,
    /// The client's name of the order.
    pub client_order_id: String,
    /// The product the order was sent for.
    pub product: ProductId,
    /// The order's side.
    pub side: Side,
    /// The price.
    pub price: Price,
    /// Base units.
    pub base: Decimal,
    /// Their value.
    pub value: QuoteAmt,
    /// The fee, quote units.
    pub fee: QuoteAmt,
    /// Whether it rested or took.
    pub liquidity: Liquidity,
    /// Whether Coinbase would show its size in quote units: for orders sized so.
    pub size_in_quote: bool,
    /// When.
    pub at: Timestamp,
}
