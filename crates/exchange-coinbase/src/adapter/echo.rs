//! Whether an order that was read back is the one that was sent.

use core::time::Duration;

use domain::Timestamp;
use exchange::{OrderIntent, TimeInForce, same_book};

use crate::rest::{EchoTerms, NewOrder, Order};
use crate::wire::Moment;

/// How far the venue's stamp may lie before our sending, by the clocks' disagreement.
const CLOCKS: Duration = Duration::from_secs(2);

/// The kind and the terms that a venue repeats for an intent.
fn repeated(intent: &OrderIntent) -> Option<(&'static str, EchoTerms)> {
    let terms = intent.terms();
    let bare = EchoTerms {
        base_size: Some(terms.qty.get()),
        limit_price: Some(terms.limit.get()),
        ..EchoTerms::default()
    };
    Some(match terms.time_in_force {
        TimeInForce::PostOnlyUntil(end) => {
            let end_time = Some(Moment::from_timestamp(end)?);
            ("limit_limit_gtd", EchoTerms { post_only: Some(true), end_time, ..bare })
        }
        TimeInForce::ImmediateOrCancel => ("sor_limit_ioc", bare),
        TimeInForce::Bracket(bracket) => {
            let (limit, stop) = (Some(bracket.target.get()), Some(bracket.stop.get()));
            let terms = EchoTerms { limit_price: limit, stop_trigger_price: stop, ..bare };
            ("trigger_bracket_gtc", terms)
        }
    })
}

/// What is wrong with an order that was read back, if anything. Every field counts that says what
/// was ordered: ids, product, side, and all terms of its configuration, among them whether it may
/// only rest and when it ends. `sent_at` is the venue's time when it was sent.
pub(super) fn difference(
    found: &Order,
    venue_id: &str,
    sent: &NewOrder,
    intent: &OrderIntent,
    sent_at: Timestamp,
) -> Option<String> {
    let expected = sent.expected();
    let differ = |field: &str, found: &dyn core::fmt::Display| {
        let text = format!("the order that was read back has {field} {found}");
        Some(text.chars().take(400).collect())
    };
    if found.order_id != venue_id {
        return differ("the id", &found.order_id);
    }
    if found.client_order_id != expected.client_order_id {
        return differ("the client id", &found.client_order_id);
    }
    if !same_book(&found.product_id, expected.product_id) {
        return differ("the product", &found.product_id);
    }
    if found.side != expected.side {
        return differ("the side", &found.side);
    }
    if found.created_time.at() + CLOCKS < sent_at {
        return differ("the creation time", &found.created_time);
    }
    if found.size_in_quote {
        return differ("a size", &"in quote currency");
    }
    let Some((kind, echo)) = found.order_configuration.as_ref().and_then(|echo| echo.single())
    else {
        return differ("no", &"single configuration");
    };
    let Some((sent_kind, sent_terms)) = repeated(intent) else {
        return differ("an end", &"that cannot be compared with the one that was sent");
    };
    if kind != sent_kind {
        return differ("the configuration", &kind);
    }
    // Orders that only take repeat that they need not rest, or say nothing about it.
    let silent = sent_terms.post_only.is_none() && echo.post_only == Some(false);
    let echo = EchoTerms { post_only: if silent { None } else { echo.post_only }, ..echo.clone() };
    if echo == sent_terms { None } else { differ("the terms", &format!("{echo:?}")) }
}
