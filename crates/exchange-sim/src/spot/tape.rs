//! Public trades.

use domain::{Price, ProductId, Side, Timestamp};
use rust_decimal::Decimal;

/// A public trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trade {
    /// Its id: rising in time within a product.
    pub id: u64,
    /// Whose book.
    pub product: ProductId,
    /// The price.
    pub price: Price,
    /// Base units.
    pub size: Decimal,
    /// When.
    pub at: Timestamp,
    /// The side of the order that rested, as Coinbase reports it.
    pub maker: Side,
}

/// The last 24 hours of a product, from bars and own trades.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DayStats {
    /// First price, 0 without trades.
    pub open: f64,
    /// Highest.
    pub high: f64,
    /// Lowest.
    pub low: f64,
    /// Base units traded.
    pub volume: f64,
    /// Quote units traded: volume × close, bar by bar.
    pub quote_volume: f64,
}
