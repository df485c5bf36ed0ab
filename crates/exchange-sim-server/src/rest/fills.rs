//! Fills.

use exchange_sim::spot::Fill;
use serde_json::{Value, json};

use super::call::{Answer, Call, plain};
use super::market::side_word;
use super::order_json::{Owner, commission};
use super::order_list::{ORDER_TYPES, SIDES, owner};
use crate::floor::is_hidden;
use crate::reply::bad_argument;

const DEFAULT_PAGE: usize = 100;
const MOST: usize = 1000;
const SORTS: &[&str] = &["UNKNOWN_SORT_BY", "PRICE", "TRADE_TIME"];

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let account = call.account()?;
    let owner = owner(call)?;
    let query = &call.query;
    let limit = query.count("limit")?.filter(|n| *n > 0).unwrap_or(DEFAULT_PAGE).min(MOST);
    let sort = query.word("sort_by", SORTS)?;
    let side = query.word("order_side", SIDES)?;
    let types = query.words("order_types", ORDER_TYPES)?;
    let (orders, trades) = (query.all("order_ids"), query.all("trade_ids"));
    let (products, assets) = (query.all("product_ids"), query.all("asset_filters"));
    let from = query.moment("start_sequence_timestamp")?;
    let to = query.moment("end_sequence_timestamp")?;
    let (lag, now) = (call.shared.engine.listing_lag(), call.floor.venue.now());
    let any = |list: &[&str], word: &str| list.is_empty() || list.contains(&word);
    let venue = &call.floor.venue;
    let takes = |fill: &&Fill| {
        let order = venue.order(fill.order);
        let kind = order.map_or("", |order| order.kind.order_type());
        let hidden = order.is_some_and(|order| is_hidden(order, lag, now));
        let of_asset = assets.is_empty()
            || assets.iter().any(|a| *a == fill.product.base() || *a == fill.product.quote());
        !hidden
            && of_asset
            && any(&orders, &fill.order.to_string())
            && any(&trades, &fill.trade_id.to_string())
            && any(&products, fill.product.as_str())
            && any(&types, kind)
            && side.is_none_or(|side| side == side_word(fill.side))
            && from.is_none_or(|from| fill.at >= from)
            && to.is_none_or(|to| fill.at <= to)
    };
    let mut found: Vec<&Fill> =
        venue.account(account)?.fills().iter().rev().filter(takes).collect();
    if sort == Some("PRICE") {
        found.sort_by_key(|fill| std::cmp::Reverse(fill.price));
    }
    let start = match query.one("cursor") {
        None => 0,
        Some(cursor) => {
            let last = found.iter().position(|fill| fill.number.to_string() == cursor);
            last.ok_or_else(|| bad_argument("cursor argument is invalid"))? + 1
        }
    };
    let rest = found.get(start..).unwrap_or_default();
    let page = rest.get(..limit).unwrap_or(rest);
    let more = rest.len() > page.len();
    let cursor = page.last().filter(|_| more).map(|fill| fill.number.to_string());
    let rows: Vec<Value> = page.iter().map(|fill| row(fill, owner)).collect();
    Ok(json!({
        "fills": rows,
        "cursor": cursor.unwrap_or_default(),
        "proof_token_required": false,
    }))
}

fn row(fill: &Fill, owner: Owner) -> Value {
    let size = if fill.size_in_quote { fill.value.get() } else { fill.base };
    let fee = plain(fill.fee.get());
    json!({
        "entry_id": fill.entry_id,
        "trade_id": fill.trade_id,
        "order_id": fill.order.to_string(),
        "trade_time": fill.at,
        "trade_type": "FILL",
        "price": plain(fill.price.get()),
        "size": plain(size),
        "commission": fee,
        "product_id": fill.product,
        "sequence_timestamp": fill.at,
        "liquidity_indicator": fill.liquidity.as_str(),
        "size_in_quote": fill.size_in_quote,
        "user_id": owner.user,
        "side": side_word(fill.side),
        "retail_portfolio_id": owner.portfolio,
        "fillSource": "FILL_SOURCE_CLOB",
        "commission_detail_total": commission(&fee),
        "order_data_source": "ORDER_DATA_SOURCE_TRADING_PROXY",
        "future_legs": [],
    })
}
