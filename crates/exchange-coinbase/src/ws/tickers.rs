//! What the public channels say of products: tickers, and whether they trade.

use domain::{BaseQty, Price, ProductId};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::level2::Kind;
use super::wire::{exact, parsed, parsed_or_empty, sensible};
use crate::wire::names;

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
