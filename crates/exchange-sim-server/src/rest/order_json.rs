//! Orders as they go out: over REST and on the user channel.

use domain::Timestamp;
use exchange_sim::spot::{
    Configuration, Fields, Kind, Order, PriceSpread, Rung, SizeSpread, Status,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::call::plain;
use super::market::side_word;

/// Whose order it is, in ids.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owner {
    pub(crate) user: Uuid,
    pub(crate) portfolio: Uuid,
}

/// An `Order` of the REST API.
pub(crate) fn rest(order: &Order, owner: Owner) -> Value {
    let fees = plain(order.fees.get());
    let edits: Vec<Value> = order.edits.iter().map(edit).collect();
    let attached = order.draft.attached.as_ref().map(configuration);
    json!({
        "order_id": order.id.to_string(),
        "product_id": order.product,
        "user_id": owner.user,
        "order_configuration": current(order),
        "side": side_word(order.side),
        "client_order_id": order.draft.client_order_id,
        "status": order.status.as_str(),
        "time_in_force": order.kind.time_in_force(),
        "created_time": order.created,
        "completion_percentage": plain(order.completion_percent()),
        "filled_size": plain(order.filled),
        "average_filled_price": plain(order.average_price()),
        "fee": "",
        "number_of_fills": order.fills.to_string(),
        "filled_value": plain(order.filled_value.get()),
        "pending_cancel": order.pending_cancel,
        "size_in_quote": order.size_in_quote,
        "total_fees": fees,
        "size_inclusive_of_fees": order.size_with_fees,
        "total_value_after_fees": plain(order.total_after_fees()),
        "trigger_status": order.trigger.as_str(),
        "order_type": order.kind.order_type(),
        "reject_reason": order.reject.map_or("REJECT_REASON_UNSPECIFIED", |r| r.as_str()),
        "settled": order.status == Status::Filled,
        "product_type": "SPOT",
        "reject_message": "",
        "cancel_message": order.cancel_message,
        "order_placement_source": "RETAIL_ADVANCED",
        "outstanding_hold_amount": plain(order.hold),
        "is_liquidation": false,
        "last_fill_time": order.last_fill,
        "edit_history": edits,
        "leverage": "",
        "margin_type": "UNKNOWN_MARGIN_TYPE",
        "retail_portfolio_id": owner.portfolio,
        "originating_order_id": order.originating.map(|id| id.to_string()).unwrap_or_default(),
        "attached_order_id": order.attached.map(|id| id.to_string()).unwrap_or_default(),
        "attached_order_configuration": attached,
        "current_pending_replace": null,
        "commission_detail_total": commission(&fees),
        "workable_size": "",
        "workable_size_completion_pct": "",
        "product_details": null,
        "cost_basis_method": "COST_BASIS_METHOD_UNSPECIFIED",
        "displayed_order_config": "UNKNOWN_DISPLAYED_ORDER_CONFIG",
        "equity_trading_session": "UNKNOWN_EQUITY_TRADING_SESSION",
        "prediction_side": "PREDICTION_SIDE_UNKNOWN",
        "last_update_time": order.updated,
    })
}

/// An order of the user channel: all texts, and words in title case.
pub(crate) fn user_channel(order: &Order, owner: Owner) -> Value {
    let zero = "0001-01-01T00:00:00Z".to_owned();
    let time = |at: Option<Timestamp>| at.map_or_else(|| zero.clone(), |at| at.to_string());
    let price = |price: Option<domain::Price>| price.map(|price| plain(price.get()));
    let fields = order.fields();
    json!({
        "avg_price": plain(order.average_price()),
        "cancel_reason": order.cancel_message,
        "client_order_id": order.draft.client_order_id,
        "completion_percentage": plain(order.completion_percent()),
        "contract_expiry_type": "UNKNOWN_CONTRACT_EXPIRY_TYPE",
        "cumulative_quantity": plain(order.filled),
        "filled_value": plain(order.filled_value.get()),
        "leaves_quantity": plain(order.leaves()),
        "limit_price": price(order.limit).unwrap_or_else(|| "0".to_owned()),
        "number_of_fills": order.fills.to_string(),
        "order_id": order.id.to_string(),
        "order_side": side_word(order.side),
        "order_type": title(order.kind),
        "outstanding_hold_amount": plain(order.hold),
        "post_only": if fields.is_some_and(|f| f.post_only) { "true" } else { "false" },
        "product_id": order.product,
        "product_type": "SPOT",
        "reject_reason": order.reject.map_or("", |reason| reason.as_str()),
        "retail_portfolio_id": owner.portfolio,
        "risk_managed_by": "UNKNOWN_RISK_MANAGEMENT_TYPE",
        "status": order.status.as_str(),
        "stop_price": price(order.stop).unwrap_or_default(),
        "time_in_force": order.kind.time_in_force(),
        "total_fees": plain(order.fees.get()),
        "total_value_after_fees": plain(order.total_after_fees()),
        "trigger_status": order.trigger.as_str(),
        "creation_time": order.created,
        "end_time": time(order.end_time),
        "start_time": time(fields.and_then(|f| f.start_time)),
    })
}

const fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::MarketIoc | Kind::MarketFok => "Market",
        Kind::SorLimitIoc | Kind::LimitGtc | Kind::LimitGtd | Kind::LimitFok => "Limit",
        Kind::TwapGtd => "TWAP",
        Kind::StopLimitGtc | Kind::StopLimitGtd => "Stop Limit",
        Kind::BracketGtc | Kind::BracketGtd => "Bracket",
        Kind::ScaledGtc => "Scaled",
    }
}

fn edit(edited: &exchange_sim::spot::Edited) -> Value {
    json!({
        "price": plain(edited.price.get()),
        "size": plain(edited.size),
        "replace_accept_timestamp": edited.at,
    })
}

/// Fees by receiver: a spot client pays one commission.
pub(crate) fn commission(total: &str) -> Value {
    json!({
        "total_commission": total,
        "gst_commission": "",
        "withholding_commission": "",
        "client_commission": total,
        "venue_commission": "",
        "regulatory_commission": "",
        "clearing_commission": "",
    })
}

/// `order_configuration` as it stands: the client's own texts, and what edits made of them.
fn current(order: &Order) -> Value {
    let Some(sent) = order.draft.configurations.first() else {
        return Value::Null;
    };
    if order.edits.is_empty() {
        return configuration(sent);
    }
    let mut edited = sent.clone();
    let price = |price: Option<domain::Price>| price.map(|price| plain(price.get()));
    edited.fields.base_size = Some(plain(order.size));
    edited.fields.limit_price = price(order.limit);
    if edited.fields.stop_price.is_some() {
        edited.fields.stop_price = price(order.stop);
    }
    if edited.fields.stop_trigger_price.is_some() {
        edited.fields.stop_trigger_price = price(order.stop);
    }
    configuration(&edited)
}

/// A configuration under its key.
pub(crate) fn configuration(configuration: &Configuration) -> Value {
    let kind = configuration.kind;
    json!({ kind.key(): Value::Object(fields(kind, &configuration.fields)) })
}

fn fields(kind: Kind, given: &Fields) -> Map<String, Value> {
    let mut out = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            out.insert(name.to_owned(), value);
        }
    };
    let text = |text: &Option<String>| text.clone().map(Value::from);
    put("quote_size", text(&given.quote_size));
    put("base_size", text(&given.base_size));
    put("limit_price", text(&given.limit_price));
    put("stop_price", text(&given.stop_price));
    put("stop_direction", given.stop_direction.map(|direction| direction.as_str().into()));
    put("stop_trigger_price", text(&given.stop_trigger_price));
    put("start_time", given.start_time.map(|at| at.to_string().into()));
    put("end_time", given.end_time.map(|at| at.to_string().into()));
    put("number_buckets", text(&given.number_buckets));
    put("bucket_size", text(&given.bucket_size));
    put("bucket_duration", text(&given.bucket_duration));
    if matches!(kind, Kind::LimitGtc | Kind::LimitGtd) {
        put("post_only", Some(given.post_only.into()));
    }
    if kind == Kind::ScaledGtc {
        put("orders", Some(given.orders.iter().map(rung).collect()));
        put("num_orders", given.num_orders.map(Value::from));
        put("min_price", text(&given.min_price));
        put("max_price", text(&given.max_price));
        put("price_distribution", given.price_distribution.map(|s| price_spread(s).into()));
        put("size_distribution", given.size_distribution.map(|s| size_spread(s).into()));
        put("size_diff", text(&given.size_diff));
        put("size_ratio", text(&given.size_ratio));
    }
    out
}

fn rung(rung: &Rung) -> Value {
    let given = Fields {
        base_size: rung.base_size.clone(),
        quote_size: rung.quote_size.clone(),
        limit_price: rung.limit_price.clone(),
        post_only: rung.post_only,
        ..Fields::default()
    };
    Value::Object(fields(Kind::LimitGtc, &given))
}

const fn price_spread(spread: PriceSpread) -> &'static str {
    match spread {
        PriceSpread::Flat => "FLAT",
        PriceSpread::Increasing => "LINEAR_INCREASING",
        PriceSpread::Decreasing => "LINEAR_DECREASING",
        PriceSpread::Custom => "CUSTOM_PRICE_DISTRIBUTION",
    }
}

const fn size_spread(spread: SizeSpread) -> &'static str {
    match spread {
        SizeSpread::Even => "EVENLY_SPLIT",
        SizeSpread::Increasing => "INCREASING",
        SizeSpread::Decreasing => "DECREASING",
        SizeSpread::Custom => "CUSTOM_SIZE_DISTRIBUTION",
    }
}
