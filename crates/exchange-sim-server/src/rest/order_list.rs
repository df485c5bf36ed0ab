//! Orders read back.

use domain::Timestamp;
use exchange_sim::spot::{Order, OrderId};
use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::market::side_word;
use super::order_json::{Owner, rest};
use crate::floor::is_hidden;
use crate::query::Query;
use crate::reply::{Reply, bad_argument};

/// The most orders of one reply.
const MOST: usize = 1000;
const STATUSES: &[&str] = &[
    "PENDING",
    "OPEN",
    "FILLED",
    "CANCELLED",
    "EXPIRED",
    "FAILED",
    "UNKNOWN_ORDER_STATUS",
    "QUEUED",
    "CANCEL_QUEUED",
    "EDIT_QUEUED",
];
const TYPES: &[&str] =
    &["UNKNOWN_PRODUCT_TYPE", "SPOT", "FUTURE", "EQUITY", "OPTION_GROUP", "FUTURE_GROUP"];
pub(super) const ORDER_TYPES: &[&str] = &[
    "UNKNOWN_ORDER_TYPE",
    "MARKET",
    "LIMIT",
    "STOP",
    "STOP_LIMIT",
    "BRACKET",
    "TWAP",
    "ROLL_OPEN",
    "ROLL_CLOSE",
    "LIQUIDATION",
    "SCALED",
];
const LIVES: &[&str] = &[
    "UNKNOWN_TIME_IN_FORCE",
    "GOOD_UNTIL_DATE_TIME",
    "GOOD_UNTIL_CANCELLED",
    "IMMEDIATE_OR_CANCEL",
    "FILL_OR_KILL",
];
pub(super) const SIDES: &[&str] = &["BUY", "SELL"];
const SOURCES: &[&str] = &[
    "UNKNOWN_PLACEMENT_SOURCE",
    "RETAIL_SIMPLE",
    "RETAIL_ADVANCED",
    "RETAIL_ADMIN",
    "RETAIL_RAISE",
];
const SORTS: &[&str] = &["UNKNOWN_SORT_BY", "LIMIT_PRICE", "LAST_FILL_TIME", "LAST_UPDATE_TIME"];
const EXPIRIES: &[&str] = &["UNKNOWN_CONTRACT_EXPIRY_TYPE", "EXPIRING", "PERPETUAL"];

/// What a list is asked for.
struct Filter<'q> {
    ids: Vec<&'q str>,
    products: Vec<&'q str>,
    assets: Vec<&'q str>,
    statuses: Vec<&'q str>,
    lives: Vec<&'q str>,
    types: Vec<&'q str>,
    side: Option<&'q str>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    /// Whether spot orders placed over the API are wanted at all.
    ours: bool,
}

impl<'q> Filter<'q> {
    fn read(query: &'q Query) -> Result<Self, Reply> {
        let kind = query.word("product_type", TYPES)?;
        let source = query.word("order_placement_source", SOURCES)?;
        query.word("contract_expiry_type", EXPIRIES)?;
        let spot = matches!(kind, None | Some("SPOT" | "UNKNOWN_PRODUCT_TYPE"));
        let api = matches!(source, None | Some("RETAIL_ADVANCED" | "UNKNOWN_PLACEMENT_SOURCE"));
        let filter = Self {
            ids: query.all("order_ids"),
            products: query.all("product_ids"),
            assets: query.all("asset_filters"),
            statuses: query.words("order_status", STATUSES)?,
            lives: query.words("time_in_forces", LIVES)?,
            types: query.words("order_types", ORDER_TYPES)?,
            side: query.word("order_side", SIDES)?,
            from: query.moment("start_date")?,
            to: query.moment("end_date")?,
            ours: spot && api,
        };
        if filter.statuses.contains(&"OPEN") && filter.statuses.len() > 1 {
            return Err(bad_argument("OPEN cannot be combined with other order statuses"));
        }
        Ok(filter)
    }

    fn takes(&self, order: &Order) -> bool {
        let any = |list: &[&str], word: &str| list.is_empty() || list.contains(&word);
        // Dates do not apply to open orders.
        let dated = self.statuses != ["OPEN"];
        let after = self.from.is_none_or(|from| !dated || order.created >= from);
        let before = self.to.is_none_or(|to| !dated || order.created < to);
        let assets = self.assets.is_empty()
            || self
                .assets
                .iter()
                .any(|a| *a == order.product.base() || *a == order.product.quote());
        self.ours
            && after
            && before
            && assets
            && (self.ids.is_empty() || self.ids.contains(&order.id.to_string().as_str()))
            && any(&self.products, order.product.as_str())
            && any(&self.statuses, order.status.as_str())
            && any(&self.lives, order.kind.time_in_force())
            && any(&self.types, order.kind.order_type())
            && self.side.is_none_or(|side| side == side_word(order.side))
    }
}

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let account = call.account()?;
    let owner = owner(call)?;
    let filter = Filter::read(&call.query)?;
    let sort = call.query.word("sort_by", SORTS)?.unwrap_or("UNKNOWN_SORT_BY");
    let limit = call.query.count("limit")?.filter(|n| *n > 0).unwrap_or(MOST).min(MOST);
    let (lag, now) = (call.shared.engine.listing_lag(), call.floor.venue.now());
    let all = call.floor.venue.orders(account)?;
    let mut found: Vec<&Order> =
        all.filter(|order| filter.takes(order) && !is_hidden(order, lag, now)).collect();
    match sort {
        "LIMIT_PRICE" => found.sort_by_key(|order| std::cmp::Reverse(order.limit)),
        "LAST_FILL_TIME" => found.sort_by_key(|order| std::cmp::Reverse(order.last_fill)),
        "LAST_UPDATE_TIME" => found.sort_by_key(|order| std::cmp::Reverse(order.updated)),
        _ => {}
    }
    let rest_of = after(&found, call.query.one("cursor"), sort == "UNKNOWN_SORT_BY")?;
    let page = rest_of.get(..limit).unwrap_or(rest_of);
    let has_next = rest_of.len() > page.len();
    let cursor = page.last().filter(|_| has_next).map(|order| order.number.to_string());
    let rows: Vec<Value> = page.iter().map(|order| rest(order, owner)).collect();
    Ok(json!({
        "orders": rows,
        "sequence": "0",
        "has_next": has_next,
        "cursor": cursor.unwrap_or_default(),
        "proof_token_required": false,
    }))
}

/// What follows a cursor, which is the number of the last order shown. In the order of creation
/// that order may have left the list meanwhile; in another the place is lost with it.
fn after<'a, 'o>(
    found: &'a [&'o Order],
    cursor: Option<&str>,
    by_creation: bool,
) -> Result<&'a [&'o Order], Reply> {
    let Some(cursor) = cursor else {
        return Ok(found);
    };
    let wrong = || bad_argument("cursor argument is invalid");
    let number: u64 = cursor.parse().map_err(|_| wrong())?;
    let at = if by_creation {
        found.partition_point(|order| order.number >= number)
    } else {
        found.iter().position(|order| order.number == number).ok_or_else(wrong)? + 1
    };
    Ok(found.get(at..).unwrap_or_default())
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let account = call.account()?;
    let owner = owner(call)?;
    let id: OrderId = call.segment().parse().map_err(|_| Reply::no_order())?;
    let (lag, now) = (call.shared.engine.listing_lag(), call.floor.venue.now());
    let order = call.floor.venue.order(id).filter(|order| order.account == account);
    let order = order.filter(|order| !is_hidden(order, lag, now)).ok_or_else(Reply::no_order)?;
    Ok(json!({ "order": rest(order, owner) }))
}

pub(super) fn owner(call: &Call<'_>) -> Result<Owner, Reply> {
    let portfolio = call.floor.venue.account(call.account()?)?.portfolio;
    Ok(Owner { user: call.user()?.id, portfolio })
}
