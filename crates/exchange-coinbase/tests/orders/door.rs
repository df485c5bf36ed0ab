//! The wire admits an intent once; a second time shuts it. (That one commit is submitted twice does
//! not compile: `crates/exchange/tests/ui`.)

use domain::{IntentId, SubmitOutcome};
use exchange::OrderVenue as _;
use serde_json::json;

use crate::desk::Desk;
use crate::scripted::{Stage, accepted, bought, end, ok};
use crate::server::run;

#[test]
fn an_intent_that_comes_twice_is_not_sent_and_nothing_is_after_it_but_cancels() {
    run(async {
        let stage = Stage::new(|asked, _| match (asked.method.as_str(), asked.path.as_str()) {
            ("POST", "/orders") => accepted(asked),
            ("POST", _) => ok(&json!({ "results": [
                { "success": true, "failure_reason": "UNKNOWN_CANCEL_FAILURE_REASON",
                  "order_id": "o-1" }
            ]})),
            _ => ok(&json!({ "order": bought() })),
        })
        .await;
        // Two journals that number alike: what a mistake in numbering would come to.
        let (mut one, mut other) = (Desk::new("50000"), Desk::new("50000"));
        let first = stage.venue.submit(one.buy(7, "0.001", "49900", end())).await;
        assert!(matches!(first, SubmitOutcome::Accepted { .. }), "{first:?}");
        assert_eq!(stage.venue.wire_is_shut(), None);
        for order in [other.buy(7, "0.002", "49900", end()), other.sell(8, "0.001", "49800")] {
            let outcome = stage.venue.submit(order).await;
            let SubmitOutcome::Refused { reason } = &outcome else { panic!("{outcome:?}") };
            assert!(reason.contains("intent 7 was to be sent twice"), "{reason}");
            assert!(reason.contains("not sent"), "{reason}");
        }
        assert!(stage.venue.wire_is_shut().unwrap().contains("intent 7"));
        assert_eq!(stage.count("POST", "/orders"), 1);
        stage.venue.cancel(IntentId(7)).await.unwrap();
    });
}
