//! Bodies of market messages.

use domain::{Bar, Book, Price, Product, ProductId, ProductStatus, Side, Timestamp};
use exchange_sim::spot::{Listing, Ticker, Trade};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::rest::call::{plain, signal};
use crate::rest::market::{candle as rest_candle, side_word};
use crate::rest::products::day_change;

/// The whole book.
pub(crate) fn snapshot(product: ProductId, book: Option<&Book>) -> Value {
    let zero = Timestamp::from_secs(0);
    let level =
        |side: Side, level: &domain::Level| change(side, level.price, level.size.get(), zero);
    let updates: Vec<Value> = book.map_or_else(Vec::new, |book| {
        let bids = book.bids.iter().map(|l| level(Side::Buy, l));
        bids.chain(book.asks.iter().map(|l| level(Side::Sell, l))).collect()
    });
    json!([{ "type": "snapshot", "product_id": product, "updates": updates }])
}

/// Changed levels.
pub(crate) fn changes(
    product: ProductId,
    changes: &[(Side, Price, Decimal)],
    at: Timestamp,
) -> Value {
    let rows: Vec<Value> =
        changes.iter().map(|(side, price, size)| change(*side, *price, *size, at)).collect();
    json!([{ "type": "update", "product_id": product, "updates": rows }])
}

fn change(side: Side, price: Price, size: Decimal, at: Timestamp) -> Value {
    json!({
        "side": match side { Side::Buy => "bid", Side::Sell => "offer" },
        "event_time": at,
        "price_level": plain(price.get()),
        "new_quantity": plain(size),
    })
}

/// One product's ticker; the batched channel has no touch.
pub(crate) fn ticker(ticker: &Ticker, batched: bool) -> Value {
    let day = &ticker.day;
    let last = ticker.last.map(|trade| plain(trade.price.get())).unwrap_or_default();
    let mut row = json!({
        "type": "ticker",
        "product_id": ticker.product,
        "price": last,
        "volume_24_h": signal(day.volume, 8),
        "low_24_h": signal(day.low, 8),
        "high_24_h": signal(day.high, 8),
        "low_52_w": signal(day.low, 8),
        "high_52_w": signal(day.high, 8),
        "price_percent_chg_24_h": signal(day_change(ticker), 14),
    });
    if batched {
        return row;
    }
    let sides = [("bid", ticker.bid), ("ask", ticker.ask)];
    for (side, level) in sides {
        let (price, size) =
            level.map(|(p, s)| (plain(p.get()), plain(s.get()))).unwrap_or_default();
        row[format!("best_{side}")] = Value::from(price);
        row[format!("best_{side}_quantity")] = Value::from(size);
    }
    row
}

/// A public trade; the side is that of the order that rested.
pub(crate) fn trade(trade: &Trade) -> Value {
    json!({
        "product_id": trade.product,
        "trade_id": trade.id.to_string(),
        "price": plain(trade.price.get()),
        "size": plain(trade.size),
        "time": trade.at,
        "side": side_word(trade.maker),
    })
}

/// A candle of five minutes.
pub(crate) fn candle(product: ProductId, bar: &Bar) -> Value {
    let mut row = rest_candle(bar);
    row["product_id"] = Value::from(product.as_str());
    row
}

/// The futures of an account that has none: all of its dollars are with spot.
pub(crate) fn futures_balance(dollars: Decimal) -> Value {
    let window = |kind: &str| {
        json!({
            "margin_window_type": format!("FCM_MARGIN_WINDOW_TYPE_{kind}"),
            "margin_level": "MARGIN_LEVEL_TYPE_BASE",
            "initial_margin": "0",
            "maintenance_margin": "0",
            "liquidation_buffer_percentage": "0",
            "total_hold": "0",
            "futures_buying_power": "0",
        })
    };
    json!([{
        "type": "snapshot",
        "fcm_balance_summary": {
            "futures_buying_power": "0",
            "total_usd_balance": plain(dollars),
            "cbi_usd_balance": plain(dollars),
            "cfm_usd_balance": "0",
            "total_open_orders_hold_amount": "0",
            "unrealized_pnl": "0",
            "daily_realized_pnl": "0",
            "initial_margin": "0",
            "available_margin": "0",
            "liquidation_threshold": "0",
            "liquidation_buffer_amount": "0",
            "liquidation_buffer_percentage": "0",
            "intraday_margin_window_measure": window("INTRADAY"),
            "overnight_margin_window_measure": window("OVERNIGHT"),
        },
    }])
}

/// A product's state.
pub(crate) fn status(listing: &Listing) -> Value {
    let Product { id, limits, status, .. } = listing.product;
    json!({
        "product_type": "SPOT",
        "id": id,
        "base_currency": id.base(),
        "quote_currency": id.quote(),
        "base_increment": plain(limits.base_increment),
        "quote_increment": plain(limits.quote_increment),
        "display_name": format!("{}/{}", id.base(), id.quote()),
        "status": status_word(status),
        "status_message": "",
        "min_market_funds": plain(limits.quote_min.get()),
    })
}

const fn status_word(status: ProductStatus) -> &'static str {
    match status {
        ProductStatus::Delisted => "delisted",
        ProductStatus::Offline => "offline",
        ProductStatus::Online
        | ProductStatus::LimitOnly
        | ProductStatus::CancelOnly
        | ProductStatus::PostOnly
        | ProductStatus::Auction
        | ProductStatus::ViewOnly => "online",
    }
}
