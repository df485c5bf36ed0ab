//! Cancels: asked for once, by the venue's id, whoever remembers it.

use domain::IntentId;
use exchange::{OrderVenue as _, PortError};
use serde_json::{Value, json};

use crate::scripted::{Stage, bought, ok, status};
use crate::server::{Act, run};

const CANCEL: &str = "/orders/batch_cancel";
const LIST: &str = "/orders/historical/batch";

fn results(success: bool, reason: &str) -> Act {
    let result = json!({ "success": success, "failure_reason": reason, "order_id": "o-1" });
    ok(&json!({ "results": [result] }))
}

/// Cancels the buy, of which a venue that lists these orders says this.
async fn cancelled(orders: Value, reply: Act) -> (Result<(), PortError>, Stage) {
    let stage = Stage::new(move |asked, _| match asked.path.as_str() {
        CANCEL => {
            assert_eq!(asked.body, json!({ "order_ids": ["o-1"] }));
            reply.clone()
        }
        _ => ok(&json!({ "orders": orders, "has_next": false, "cursor": "" })),
    })
    .await;
    (stage.venue.cancel(IntentId(7)).await, stage)
}

#[test]
fn a_cancel_is_acknowledged_when_the_venue_takes_it_or_nothing_is_left_to_cancel() {
    run(async {
        for (success, reason) in [
            (true, "UNKNOWN_CANCEL_FAILURE_REASON"),
            (false, "DUPLICATE_CANCEL_REQUEST"),
            (false, "ORDER_IS_FULLY_FILLED"),
        ] {
            let (outcome, stage) = cancelled(json!([bought()]), results(success, reason)).await;
            assert_eq!(outcome, Ok(()), "{reason}");
            assert_eq!((stage.count("GET", LIST), stage.count("POST", CANCEL)), (1, 1));
            assert_eq!(stage.venue.cancel(IntentId(7)).await, Ok(()));
            assert_eq!(stage.count("GET", LIST), 1, "its id is remembered");
        }
    });
}

#[test]
fn a_cancel_that_is_refused_or_unanswered_is_an_error_and_asked_for_once() {
    let cases: [(Act, &str); 7] = [
        (results(false, "UNKNOWN_CANCEL_ORDER"), "Unknown"),
        (results(false, "COMMANDER_REJECTED_CANCEL_ORDER"), "Unreachable"),
        (results(false, "A_REASON_OF_TOMORROW"), "Unreachable"),
        (status(503, ""), "Unreachable"),
        (status(429, ""), "Unreachable"),
        (Act::Send(Vec::new()), "Unreachable"),
        (status(200, "nonsense"), "Unreadable"),
    ];
    run(async {
        for (reply, kind) in cases {
            let (outcome, stage) = cancelled(json!([bought()]), reply).await;
            let error = outcome.unwrap_err();
            assert!(format!("{error:?}").starts_with(kind), "{kind}: {error:?}");
            assert_eq!(stage.count("POST", CANCEL), 1, "{kind}: never repeated");
        }
    });
}

#[test]
fn an_order_that_the_venue_does_not_list_is_not_known() {
    run(async {
        let (outcome, stage) = cancelled(json!([]), results(true, "")).await;
        assert_eq!(outcome, Err(PortError::Unknown("order test-7".to_owned())));
        assert_eq!(stage.count("POST", CANCEL), 0);
    });
}
