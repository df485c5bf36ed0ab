//! The list of products.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::ProductStatus;
use exchange_sim::spot::{Listing, Ticker};
use serde_json::{Value, json};

use super::call::{Answer, Call, plain, signal};
use crate::floor::Floor;
use crate::reply::{Reply, bad_argument};

const TYPES: &[&str] =
    &["UNKNOWN_PRODUCT_TYPE", "SPOT", "FUTURE", "EQUITY", "OPTION_GROUP", "FUTURE_GROUP"];
const EXPIRIES: &[&str] = &["UNKNOWN_CONTRACT_EXPIRY_TYPE", "EXPIRING", "PERPETUAL"];
const EXPIRY_STATES: &[&str] =
    &["UNKNOWN_EXPIRING_CONTRACT_STATUS", "STATUS_UNEXPIRED", "STATUS_EXPIRED", "STATUS_ALL"];
const ORDERS: &[&str] = &[
    "PRODUCTS_SORT_ORDER_UNDEFINED",
    "PRODUCTS_SORT_ORDER_VOLUME_24H_DESCENDING",
    "PRODUCTS_SORT_ORDER_LIST_TIME_DESCENDING",
];

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let tradability = call.query.flag("get_tradability_status");
    page(call, tradability)
}

pub(crate) fn list_public(call: &mut Call<'_>) -> Answer {
    page(call, false)
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let tradability = call.query.flag("get_tradability_status");
    one(call, tradability)
}

pub(crate) fn get_public(call: &mut Call<'_>) -> Answer {
    one(call, false)
}

fn one(call: &Call<'_>, tradability: bool) -> Answer {
    let listing = call.floor.live(call.segment()).ok_or_else(Reply::no_product)?;
    product(call.floor, &listing, tradability).map(|(row, _)| row)
}

fn page(call: &Call<'_>, tradability: bool) -> Answer {
    let query = &call.query;
    let kind = query.word("product_type", TYPES)?;
    query.word("contract_expiry_type", EXPIRIES)?;
    query.word("expiring_contract_status", EXPIRY_STATES)?;
    let order = query.word("products_sort_order", ORDERS)?;
    // This venue has spot products only, and they are what comes without a wish.
    let spot = matches!(kind, None | Some("SPOT" | "UNKNOWN_PRODUCT_TYPE"));
    let wanted = query.all("product_ids");
    let mut rows = Vec::new();
    let listings = if spot { call.floor.venue.listings() } else { Vec::new() };
    for listing in &listings {
        if wanted.is_empty() || wanted.contains(&listing.product.id.as_str()) {
            rows.push(product(call.floor, listing, tradability)?);
        }
    }
    if order != Some("PRODUCTS_SORT_ORDER_LIST_TIME_DESCENDING") {
        rows.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    }
    let rows: Vec<Value> = rows.into_iter().map(|(row, _)| row).collect();
    let from = start(call, &rows)?;
    let limit = query.count("limit")?.filter(|limit| *limit > 0).unwrap_or(rows.len());
    let until = from.saturating_add(limit).min(rows.len());
    let shown = rows.get(from..until).unwrap_or_default();
    let cursor = |row: Option<&Value>| {
        let id = row.and_then(|row| row.get("product_id")).and_then(Value::as_str);
        id.map(|id| STANDARD.encode(id)).unwrap_or_default()
    };
    let (has_next, has_prev) = (until < rows.len(), from > 0);
    Ok(json!({
        "products": shown,
        "num_products": shown.len(),
        "pagination": {
            "prev_cursor": if has_prev { cursor(shown.first()) } else { String::new() },
            "next_cursor": if has_next { cursor(shown.last()) } else { String::new() },
            "has_next": has_next,
            "has_prev": has_prev,
        },
    }))
}

/// Where a page begins: after the product that a cursor names, or at an offset.
fn start(call: &Call<'_>, rows: &[Value]) -> Result<usize, Reply> {
    let Some(cursor) = call.query.one("cursor") else {
        return Ok(call.query.count("offset")?.unwrap_or(0).min(rows.len()));
    };
    let named = STANDARD.decode(cursor).ok().and_then(|id| String::from_utf8(id).ok());
    let at = named.and_then(|id| rows.iter().position(|row| row["product_id"] == *id));
    at.map(|at| at + 1).ok_or_else(|| bad_argument("cursor argument is invalid"))
}

/// A product as the list shows it, and its quote volume of 24 hours.
fn product(floor: &Floor, listing: &Listing, tradability: bool) -> Result<(Value, f64), Reply> {
    let (terms, id) = (&listing.product.limits, listing.product.id);
    let ticker = floor.venue.ticker(listing.alias.unwrap_or(id))?;
    let status = listing.product.status;
    let flags = Flags::of(status, listing.halted);
    let (base, quote) = (id.base(), id.quote());
    let price = |price: Option<domain::Price>| price.map(|p| plain(p.get())).unwrap_or_default();
    let day = &ticker.day;
    let row = json!({
        "product_id": id,
        "price": price(ticker.last.map(|trade| trade.price)),
        "price_percentage_change_24h": signal(day_change(&ticker), 14),
        "volume_24h": signal(day.volume, 8),
        "volume_percentage_change_24h": signal(volume_change(floor, &ticker)?, 14),
        "base_increment": plain(terms.base_increment),
        "quote_increment": plain(terms.quote_increment),
        "quote_min_size": plain(terms.quote_min.get()),
        "quote_max_size": plain(terms.quote_max.get()),
        "base_min_size": plain(terms.base_min.get()),
        "base_max_size": plain(terms.base_max.get()),
        "base_name": base,
        "quote_name": if quote == "USD" { "US Dollar" } else { quote },
        "watched": false,
        "is_disabled": flags.disabled,
        "new": false,
        "status": if status == ProductStatus::Delisted { "delisted" } else { "online" },
        "cancel_only": flags.cancel_only,
        "limit_only": status == ProductStatus::LimitOnly,
        "post_only": status == ProductStatus::PostOnly,
        "trading_disabled": flags.disabled,
        "auction_mode": status == ProductStatus::Auction,
        "product_type": "SPOT",
        "quote_currency_id": quote,
        "base_currency_id": base,
        "fcm_trading_session_details": null,
        "mid_market_price": "",
        "alias": listing.alias.map(|id| id.to_string()).unwrap_or_default(),
        "alias_to": listing.alias_to,
        "base_display_symbol": base,
        "quote_display_symbol": if quote == "USDC" { "USD" } else { quote },
        "view_only": tradability && status == ProductStatus::ViewOnly,
        "price_increment": plain(terms.price_increment),
        "display_name": id,
        "product_venue": "CBE",
        "approximate_quote_24h_volume": signal(day.quote_volume, 2),
        "new_at": null,
        "market_cap": "",
        "base_cbrn": "",
        "quote_cbrn": "",
        "product_cbrn": "",
        "icon_color": "",
        "icon_url": "",
        "display_name_overwrite": "",
        "about_description": "",
        "best_bid_price": price(ticker.bid.map(|(price, _)| price)),
        "best_ask_price": price(ticker.ask.map(|(price, _)| price)),
        "high_24h": signal(day.high, 8),
        "low_24h": signal(day.low, 8),
        "future_product_details": null,
        "equity_product_details": null,
    });
    Ok((row, day.quote_volume))
}

struct Flags {
    disabled: bool,
    cancel_only: bool,
}

impl Flags {
    const fn of(status: ProductStatus, halted: bool) -> Self {
        let disabled = matches!(status, ProductStatus::Offline | ProductStatus::Delisted);
        Self { disabled, cancel_only: halted || matches!(status, ProductStatus::CancelOnly) }
    }
}

/// Change of the last price over 24 hours, in percent; 0 where nothing traded.
pub(crate) fn day_change(ticker: &Ticker) -> f64 {
    let last = ticker.last.map_or(0.0, |trade| domain::to_signal(trade.price));
    if ticker.day.open > 0.0 { (last / ticker.day.open - 1.0) * 100.0 } else { 0.0 }
}

/// Change of the base volume against the 24 hours before, in percent; 0 where nothing traded.
fn volume_change(floor: &Floor, ticker: &Ticker) -> Result<f64, Reply> {
    let now = floor.venue.now();
    let (from, to) = (now.plus_secs(-2 * 86_400), now.plus_secs(-86_400 - 1));
    let before: f64 =
        floor.venue.candles(ticker.product, 3600, from, to)?.iter().map(|bar| bar.volume).sum();
    Ok(if before > 0.0 { (ticker.day.volume / before - 1.0) * 100.0 } else { 0.0 })
}
