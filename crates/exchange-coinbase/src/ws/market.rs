//! What the public channels say besides books: trades, candles, tickers, product status.

use domain::{Bar, BaseQty, Price, ProductId, Timestamp, to_signal};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::Deserialize;

use super::level2::Kind;
use super::wire::{Text, parsed, parsed_or_empty};
use crate::wire::{Side, names};

names! {
    /// Whether the `status` channel lists a product as tradable.
    Listing {
        /// It trades.
        Online = "online",
        /// It does not now.
        Offline = "offline",
        /// It does not any more.
        Delisted = "delisted",
    }
}

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

/// A product's newest price and its last day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticker {
    /// Of which product.
    pub product: ProductId,
    /// The last trade's price.
    pub price: Price,
    /// Base units traded in 24 hours.
    pub volume_24h: BaseQty,
    /// Lowest price of 24 hours.
    pub low_24h: Option<Price>,
    /// Highest price of 24 hours.
    pub high_24h: Option<Price>,
    /// Lowest price of 52 weeks.
    pub low_52w: Option<Price>,
    /// Highest price of 52 weeks.
    pub high_52w: Option<Price>,
    /// Signed percent points over 24 hours, with the venue's digits.
    pub change_24h_pct: Option<Decimal>,
    /// Best bid and the base units at it; `ticker_batch` leaves it out.
    pub bid: Option<(Price, BaseQty)>,
    /// Best ask and the base units at it; `ticker_batch` leaves it out.
    pub ask: Option<(Price, BaseQty)>,
}

/// Tickers of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TickersEvent {
    /// At subscription, then at trades.
    pub kind: Kind,
    /// The tickers.
    pub tickers: Vec<Ticker>,
}

/// What the `status` channel says of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductState {
    /// Of which product, as the venue writes it: not every product is one of ours.
    pub product: String,
    /// Whether it trades.
    pub status: Listing,
    /// Why not, in the venue's words.
    pub message: String,
    /// A base size is a multiple of this.
    pub base_increment: Option<Decimal>,
    /// An amount of quote currency is a multiple of this.
    pub quote_increment: Option<Decimal>,
    /// The smallest order value, quote units.
    pub min_funds: Option<Decimal>,
}

/// States of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusEvent {
    /// At subscription, then on the venue's interval.
    pub kind: Kind,
    /// The products.
    pub products: Vec<ProductState>,
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

#[derive(Deserialize)]
struct WireTickers {
    #[serde(rename = "type")]
    kind: Kind,
    tickers: Vec<WireTicker>,
}

#[derive(Deserialize)]
struct WireTicker {
    #[serde(deserialize_with = "parsed")]
    product_id: ProductId,
    #[serde(deserialize_with = "parsed")]
    price: Price,
    #[serde(deserialize_with = "parsed")]
    volume_24_h: BaseQty,
    #[serde(default, deserialize_with = "sensible")]
    low_24_h: Option<Price>,
    #[serde(default, deserialize_with = "sensible")]
    high_24_h: Option<Price>,
    #[serde(default, deserialize_with = "sensible")]
    low_52_w: Option<Price>,
    #[serde(default, deserialize_with = "sensible")]
    high_52_w: Option<Price>,
    #[serde(default, deserialize_with = "exact")]
    price_percent_chg_24_h: Option<Decimal>,
    #[serde(default, deserialize_with = "sensible")]
    best_bid: Option<Price>,
    #[serde(default, deserialize_with = "parsed_or_empty")]
    best_bid_quantity: Option<BaseQty>,
    #[serde(default, deserialize_with = "sensible")]
    best_ask: Option<Price>,
    #[serde(default, deserialize_with = "parsed_or_empty")]
    best_ask_quantity: Option<BaseQty>,
}

/// A price, where an empty text or 0 says that there is none.
pub(super) fn sensible<'de, D: serde::Deserializer<'de>>(
    input: D,
) -> Result<Option<Price>, D::Error> {
    let amount: Option<BaseQty> = parsed_or_empty(input)?;
    let price = amount.filter(|amount| !amount.is_zero()).map(|amount| Price::new(amount.get()));
    price.transpose().map_err(serde::de::Error::custom)
}

/// Any exact number, where an empty text says that there is none.
pub(super) fn exact<'de, D: serde::Deserializer<'de>>(
    input: D,
) -> Result<Option<Decimal>, D::Error> {
    let text = Text::deserialize(input)?;
    if text.0.is_empty() {
        return Ok(None);
    }
    Decimal::from_str_exact(&text.0).map(Some).map_err(serde::de::Error::custom)
}

/// Reads the events of a `ticker` or `ticker_batch` message.
pub(super) fn tickers(events: &str) -> Result<Vec<TickersEvent>, serde_json::Error> {
    let events: Vec<WireTickers> = serde_json::from_str(events)?;
    let ticker = |wire: WireTicker| Ticker {
        product: wire.product_id,
        price: wire.price,
        volume_24h: wire.volume_24_h,
        low_24h: wire.low_24_h,
        high_24h: wire.high_24_h,
        low_52w: wire.low_52_w,
        high_52w: wire.high_52_w,
        change_24h_pct: wire.price_percent_chg_24_h,
        bid: wire.best_bid.zip(wire.best_bid_quantity),
        ask: wire.best_ask.zip(wire.best_ask_quantity),
    };
    let event = |wire: WireTickers| {
        let tickers = wire.tickers.into_iter().map(ticker).collect();
        TickersEvent { kind: wire.kind, tickers }
    };
    Ok(events.into_iter().map(event).collect())
}

#[derive(Deserialize)]
struct WireStatus {
    #[serde(rename = "type")]
    kind: Kind,
    products: Vec<WireProduct>,
}

#[derive(Deserialize)]
struct WireProduct {
    id: String,
    status: Listing,
    #[serde(default)]
    status_message: String,
    #[serde(default, deserialize_with = "exact")]
    base_increment: Option<Decimal>,
    #[serde(default, deserialize_with = "exact")]
    quote_increment: Option<Decimal>,
    #[serde(default, deserialize_with = "exact")]
    min_market_funds: Option<Decimal>,
}

/// Reads the events of a `status` message.
pub(super) fn status(events: &str) -> Result<Vec<StatusEvent>, serde_json::Error> {
    let events: Vec<WireStatus> = serde_json::from_str(events)?;
    let product = |wire: WireProduct| ProductState {
        product: wire.id,
        status: wire.status,
        message: wire.status_message,
        base_increment: wire.base_increment,
        quote_increment: wire.quote_increment,
        min_funds: wire.min_market_funds,
    };
    let event = |wire: WireStatus| {
        let products = wire.products.into_iter().map(product).collect();
        StatusEvent { kind: wire.kind, products }
    };
    Ok(events.into_iter().map(event).collect())
}
