//! Orders as they come in: JSON into a draft.

use domain::{Side, Timestamp};
use exchange_sim::spot::{
    Configuration, Draft, EditDraft, Fields, Kind, PriceSpread, Rung, SizeSpread, StopDirection,
};
use serde_json::Value;

use super::call::{field, flag, text};
use crate::reply::{Reply, bad_argument};

/// The order in a body. What is wrong with it as an order is for the venue to say; only what is
/// no order at all is refused here.
pub(crate) fn draft(body: &Value) -> Result<Draft, Reply> {
    let side = match text(body, "side").as_deref() {
        Some("BUY") => Some(Side::Buy),
        Some("SELL") => Some(Side::Sell),
        _ => None,
    };
    let attached = field(body, "attached_order_configuration").map(configurations).transpose()?;
    Ok(Draft {
        client_order_id: text(body, "client_order_id").unwrap_or_default(),
        product_id: text(body, "product_id").unwrap_or_default(),
        side,
        configurations: field(body, "order_configuration")
            .map(configurations)
            .transpose()?
            .unwrap_or_default(),
        attached: attached.and_then(|all| all.into_iter().next()),
    })
}

/// The change in a body.
pub(crate) fn edit(body: &Value) -> EditDraft {
    EditDraft {
        price: text(body, "price"),
        size: text(body, "size"),
        stop_price: text(body, "stop_price"),
    }
}

/// All kinds that are given, in a fixed order.
fn configurations(body: &Value) -> Result<Vec<Configuration>, Reply> {
    let given = |kind: &Kind| field(body, kind.key()).map(|fields| (*kind, fields));
    let found = Kind::ALL.iter().filter_map(given);
    found.map(|(kind, body)| Ok(Configuration { kind, fields: fields(body)? })).collect()
}

fn fields(body: &Value) -> Result<Fields, Reply> {
    let rungs = field(body, "orders").and_then(Value::as_array);
    let rung = |body: &Value| Rung {
        base_size: text(body, "base_size"),
        quote_size: text(body, "quote_size"),
        limit_price: text(body, "limit_price"),
        post_only: flag(body, "post_only"),
    };
    Ok(Fields {
        base_size: text(body, "base_size"),
        quote_size: text(body, "quote_size"),
        limit_price: text(body, "limit_price"),
        stop_price: text(body, "stop_price"),
        stop_direction: match text(body, "stop_direction").as_deref() {
            Some("STOP_DIRECTION_STOP_UP") => Some(StopDirection::Up),
            Some("STOP_DIRECTION_STOP_DOWN") => Some(StopDirection::Down),
            _ => None,
        },
        stop_trigger_price: text(body, "stop_trigger_price"),
        post_only: flag(body, "post_only"),
        end_time: moment(body, "end_time")?,
        start_time: moment(body, "start_time")?,
        number_buckets: text(body, "number_buckets"),
        bucket_size: text(body, "bucket_size"),
        bucket_duration: text(body, "bucket_duration"),
        num_orders: text(body, "num_orders").and_then(|text| text.parse().ok()),
        min_price: text(body, "min_price"),
        max_price: text(body, "max_price"),
        price_distribution: match text(body, "price_distribution").as_deref() {
            Some("FLAT") => Some(PriceSpread::Flat),
            Some("LINEAR_INCREASING") => Some(PriceSpread::Increasing),
            Some("LINEAR_DECREASING") => Some(PriceSpread::Decreasing),
            Some("CUSTOM_PRICE_DISTRIBUTION") => Some(PriceSpread::Custom),
            _ => None,
        },
        size_distribution: match text(body, "size_distribution").as_deref() {
            Some("EVENLY_SPLIT") => Some(SizeSpread::Even),
            Some("INCREASING") => Some(SizeSpread::Increasing),
            Some("DECREASING") => Some(SizeSpread::Decreasing),
            Some("CUSTOM_SIZE_DISTRIBUTION") => Some(SizeSpread::Custom),
            _ => None,
        },
        size_diff: text(body, "size_diff"),
        size_ratio: text(body, "size_ratio"),
        orders: rungs.map(|rungs| rungs.iter().map(rung).collect()).unwrap_or_default(),
    })
}

fn moment(body: &Value, name: &str) -> Result<Option<Timestamp>, Reply> {
    let Some(text) = text(body, name) else {
        return Ok(None);
    };
    let wrong = || bad_argument(&format!("{name}: {text:?} is not a valid timestamp"));
    text.parse().map(Some).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_is_read_in_both_spellings() {
        for kind in Kind::ALL {
            let body = json!({
                "side": "SELL",
                "order_configuration": { kind.key(): { "base_size": "1", "limitPrice": "2" } },
            });
            let draft = draft(&body).unwrap();
            assert_eq!(draft.side, Some(Side::Sell));
            let [found] = &draft.configurations[..] else { panic!("{draft:?}") };
            assert_eq!(found.kind, kind);
            assert_eq!(found.fields.limit_price.as_deref(), Some("2"));
        }
    }

    #[test]
    fn a_time_that_is_none_is_refused_and_a_side_that_is_none_is_for_the_venue() {
        let body = json!({"order_configuration": {"limit_limit_gtd": {"end_time": "soon"}}});
        assert_eq!(draft(&body).unwrap_err().status, 400);
        assert_eq!(draft(&json!({"side": "HOLD"})).unwrap().side, None);
    }
}
