//! What the public channels say of the past: trades and candles.

use domain::{Bar, BaseQty, Price, ProductId, Timestamp, to_signal};
use rust_decimal::prelude::ToPrimitive as _;
use serde::Deserialize;

use super::level2::Kind;
use super::wire::parsed;
use crate::wire::Side;

/// A trade, as everybody sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trade {
    /// Where.
    pub product: ProductId,
    /// The venue's id of it.
    pub id: String,
    /// Quote units per base unit.
    pub price: Price,
    /// Base units.
    pub size: BaseQty,
    /// When the venue matched it.
    pub at: Timestamp,
    /// The side of the order that rested: the venue's `side` is the maker's.
    pub maker: Side,
}

impl Trade {
    /// The side of the order that took; `None` when the venue's word for the maker is unknown.
    pub const fn taker(&self) -> Option<domain::Side> {
        match self.maker {
            Side::Buy => Some(domain::Side::Sell),
            Side::Sell => Some(domain::Side::Buy),
            Side::Other(_) => None,
        }
    }
}

/// Trades of one event, newest first as the venue sends them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TradesEvent {
    /// Recent trades at subscription, then those of the last 250 ms.
    pub kind: Kind,
    /// The trades.
    pub trades: Vec<Trade>,
}

/// A 5-minute candle, closed or not; the newest message about a start holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candle {
    /// Of which product.
    pub product: ProductId,
    /// When it opened.
    pub start: Timestamp,
    /// First price.
    pub open: Price,
    /// Highest price.
    pub high: Price,
    /// Lowest price.
    pub low: Price,
    /// Last price.
    pub close: Price,
    /// Base units traded.
    pub volume: BaseQty,
}

impl Candle {
    /// The candle as a signal.
    pub fn bar(&self) -> Bar {
        Bar {
            start: self.start,
            open: to_signal(self.open),
            high: to_signal(self.high),
            low: to_signal(self.low),
            close: to_signal(self.close),
            volume: self.volume.get().to_f64().unwrap_or(f64::NAN),
        }
    }
}

/// Candles of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandlesEvent {
    /// Recent candles at subscription, then those that changed.
    pub kind: Kind,
    /// In the venue's order.
    pub candles: Vec<Candle>,
}

#[derive(Deserialize)]
struct WireTrades {
    #[serde(rename = "type")]
    kind: Kind,
    trades: Vec<WireTrade>,
}

#[derive(Deserialize)]
struct WireTrade {
    #[serde(deserialize_with = "parsed")]
    product_id: ProductId,
    trade_id: String,
    #[serde(deserialize_with = "parsed")]
    price: Price,
    #[serde(deserialize_with = "parsed")]
    size: BaseQty,
    #[serde(deserialize_with = "parsed")]
    time: Timestamp,
    side: Side,
}

/// Reads the events of a `market_trades` message.
pub(super) fn trades(events: &str) -> Result<Vec<TradesEvent>, serde_json::Error> {
    let events: Vec<WireTrades> = serde_json::from_str(events)?;
    let trade = |wire: WireTrade| Trade {
        product: wire.product_id,
        id: wire.trade_id,
        price: wire.price,
        size: wire.size,
        at: wire.time,
        maker: wire.side,
    };
    let event = |wire: WireTrades| {
        let trades = wire.trades.into_iter().map(trade).collect();
        TradesEvent { kind: wire.kind, trades }
    };
    Ok(events.into_iter().map(event).collect())
}

#[derive(Deserialize)]
struct WireCandles {
    #[serde(rename = "type")]
    kind: Kind,
    candles: Vec<WireCandle>,
}

#[derive(Deserialize)]
struct WireCandle {
    #[serde(deserialize_with = "parsed")]
    product_id: ProductId,
    #[serde(deserialize_with = "parsed")]
    start: i64,
    #[serde(deserialize_with = "parsed")]
    open: Price,
    #[serde(deserialize_with = "parsed")]
    high: Price,
    #[serde(deserialize_with = "parsed")]
    low: Price,
    #[serde(deserialize_with = "parsed")]
    close: Price,
    #[serde(deserialize_with = "parsed")]
    volume: BaseQty,
}

/// Reads the events of a `candles` message.
pub(super) fn candles(events: &str) -> Result<Vec<CandlesEvent>, serde_json::Error> {
    let events: Vec<WireCandles> = serde_json::from_str(events)?;
    let candle = |wire: WireCandle| Candle {
        product: wire.product_id,
        start: Timestamp::from_secs(wire.start),
        open: wire.open,
        high: wire.high,
        low: wire.low,
        close: wire.close,
        volume: wire.volume,
    };
    let event = |wire: WireCandles| {
        let candles = wire.candles.into_iter().map(candle).collect();
        CandlesEvent { kind: wire.kind, candles }
    };
    Ok(events.into_iter().map(event).collect())
}
