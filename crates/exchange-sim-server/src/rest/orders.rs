//! Orders: create, preview, edit, cancel.

use exchange_sim::spot::{CancelFailure, Draft, EditFailure, OrderId, Preview, Rejection};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::{Answer, Call, field, plain, text};
use super::market::side_word;
use super::order_json::{commission, configuration};
use super::order_parse::{draft, edit as edit_draft};
use crate::reply::{Reply, bad_argument};

/// Cancels of one request.
const MOST_CANCELS: usize = 100;
const NO_REASON: &str = "UNKNOWN_PREVIEW_FAILURE_REASON";

pub(crate) fn create(call: &mut Call<'_>) -> Answer {
    let draft = draft(&call.body)?;
    if draft.client_order_id.is_empty() {
        return Err(bad_argument("client_order_id is required"));
    }
    let account = call.account()?;
    let echo = echo(&draft);
    match call.floor.venue.create(account, draft)? {
        Ok(created) => {
            // A repeated id is answered with the first order, whatever else this request asks for.
            let order = call.floor.venue.order(created.order);
            let order = order.ok_or_else(|| Reply::internal("an order that is not there"))?;
            let mut success = json!({
                "order_id": order.id.to_string(),
                "product_id": order.product,
                "side": side_word(order.side),
                "client_order_id": order.draft.client_order_id,
            });
            if let Some(attached) = created.attached {
                success["attached_order_id"] = Value::from(attached.to_string());
            }
            let echo = self::echo(&order.draft);
            Ok(json!({ "success": true, "success_response": success, "order_configuration": echo }))
        }
        Err(refused) => Ok(refusal(&refused, &echo)),
    }
}

fn echo(draft: &Draft) -> Value {
    draft.configurations.first().map_or(Value::Null, configuration)
}

/// All three places of a reason say the same, since clients look at different ones.
fn refusal(refused: &Rejection, echo: &Value) -> Value {
    let reason = refused.reason;
    let words = [reason.sentence(), refused.detail.as_str()];
    said_no(reason.new_order(), reason.preview(), words, echo)
}

/// A refusal that a scenario asks for.
pub(crate) fn rejected(reason: &str) -> Value {
    said_no(reason, NO_REASON, ["refused by a scenario", ""], &Value::Null)
}

fn said_no(reason: &str, preview: &str, [message, details]: [&str; 2], echo: &Value) -> Value {
    json!({
        "success": false,
        "error_response": {
            "error": reason,
            "message": message,
            "error_details": details,
            "preview_failure_reason": preview,
            "new_order_failure_reason": reason,
        },
        "order_configuration": echo,
    })
}

pub(crate) fn preview(call: &mut Call<'_>) -> Answer {
    let mut draft = draft(&call.body)?;
    let account = call.account()?;
    // A preview has no name, and the venue asks for one.
    "preview".clone_into(&mut draft.client_order_id);
    let preview = call.floor.venue.preview(account, &draft)?;
    let errors: Vec<&str> = preview.errors.iter().map(|reason| reason.preview()).collect();
    let now = call.floor.venue.now().millis().to_string();
    let mut body = figures(&preview);
    let more = json!({
        "errs": errors,
        "warning": [],
        "is_max": preview.is_max,
        "leverage": "",
        "long_leverage": "",
        "short_leverage": "",
        "preview_id": Uuid::new_v5(&call.user()?.id, format!("preview {now}").as_bytes()),
        "current_liquidation_buffer": "",
        "projected_liquidation_buffer": "",
        "max_leverage": "",
        "twap_bucket_metadata": null,
        "position_notional_limit": "",
        "max_notional_at_requested_leverage": "",
        "margin_ratio_data": null,
        "scaled_metadata": null,
        "compliance_limit_data": null,
        "est_average_filled_price": preview.average_price.map(plain).unwrap_or_default(),
        "prediction_order_metadata": null,
        "predicted_liquidation_price": "",
    });
    merge(&mut body, more);
    Ok(body)
}

/// What previews of orders and of edits have in common.
fn figures(preview: &Preview) -> Value {
    let price = |price: Option<domain::Price>| price.map(|p| plain(p.get())).unwrap_or_default();
    let commission_total = plain(preview.commission_total);
    json!({
        "order_total": plain(preview.order_total),
        "commission_total": commission_total,
        "quote_size": plain(preview.quote_size),
        "base_size": plain(preview.base_size),
        "best_bid": price(preview.best_bid),
        "best_ask": price(preview.best_ask),
        "order_margin_total": "",
        "slippage": plain(preview.slippage),
        "commission_detail_total": commission(&commission_total),
        "pnl_configuration": null,
    })
}

fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

pub(crate) fn edit(call: &mut Call<'_>) -> Answer {
    let account = call.account()?;
    let Some(order) = order_id(&call.body) else {
        return Ok(json!({ "success": false, "errors": [not_found()] }));
    };
    let change = edit_draft(&call.body);
    Ok(match call.floor.venue.edit(account, order, &change)? {
        Ok(()) => json!({ "success": true, "errors": [] }),
        Err(failure) => json!({ "success": false, "errors": [edit_error(failure)] }),
    })
}

pub(crate) fn edit_preview(call: &mut Call<'_>) -> Answer {
    let account = call.account()?;
    let change = edit_draft(&call.body);
    let (preview, errors) = match order_id(&call.body) {
        None => (Preview::default(), vec![not_found()]),
        Some(order) => {
            let edited = call.floor.venue.preview_edit(account, order, &change)?;
            (edited.preview, edited.errors.into_iter().map(edit_error).collect())
        }
    };
    let average = preview.average_price.unwrap_or(Decimal::ZERO);
    let mut body = figures(&preview);
    merge(&mut body, json!({ "errors": errors, "average_filled_price": plain(average) }));
    Ok(body)
}

fn order_id(body: &Value) -> Option<OrderId> {
    text(body, "order_id")?.parse().ok()
}

fn not_found() -> Value {
    json!({ "edit_failure_reason": "ORDER_NOT_FOUND", "preview_failure_reason": NO_REASON })
}

fn edit_error(failure: EditFailure) -> Value {
    json!({
        "edit_failure_reason": failure.edit.as_str(),
        "preview_failure_reason": failure.preview.map_or(NO_REASON, |reason| reason.preview()),
    })
}

pub(crate) fn cancel(call: &mut Call<'_>) -> Answer {
    let account = call.account()?;
    let ids = field(&call.body, "order_ids").and_then(Value::as_array).cloned();
    let ids = ids.filter(|ids| !ids.is_empty());
    let ids = ids.ok_or_else(|| bad_argument("order_ids is required"))?;
    if ids.len() > MOST_CANCELS {
        let text = format!("order_ids has {} entries, and {MOST_CANCELS} is the limit", ids.len());
        return Err(bad_argument(&text));
    }
    let mut results = Vec::with_capacity(ids.len());
    for id in &ids {
        let id = id.as_str().unwrap_or_default();
        let failure = match id.parse() {
            Err(_) => Some(CancelFailure::Unknown),
            Ok(order) => call.floor.venue.cancel(account, order)?.err(),
        };
        results.push(json!({
            "success": failure.is_none(),
            "failure_reason": failure.map_or("UNKNOWN_CANCEL_FAILURE_REASON", |f| f.as_str()),
            "order_id": id,
        }));
    }
    Ok(json!({ "results": results }))
}
