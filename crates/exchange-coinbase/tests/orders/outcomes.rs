//! What becomes of an order post: accepted, refused with proof, or unknown with its cause.

use domain::SubmitOutcome;
use exchange::OrderVenue as _;
use serde_json::json;

use crate::desk::Desk;
use crate::scripted::{Stage, accepted, bought, end, ok, status};
use crate::server::{Act, run};

/// What a reply to the post of the buy makes of it; the buy is shown to whoever looks.
async fn after(reply: Act) -> (SubmitOutcome, Stage) {
    let stage = Stage::new(move |asked, _| match asked.method.as_str() {
        "POST" => reply.clone(),
        _ => ok(&json!({ "order": bought() })),
    })
    .await;
    let outcome = stage.venue.submit(Desk::new("50000").buy(7, "0.001", "49900", end())).await;
    (outcome, stage)
}

#[test]
fn a_lost_a_broken_or_an_unclear_reply_is_unknown_and_says_why() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"success\":true,".to_vec();
    let cases: [(Act, &str); 11] = [
        (Act::Send(Vec::new()), "it may have been received"),
        (Act::Send(cut), "after status 200"),
        (status(500, ""), "500"),
        (status(502, "<html>bad gateway</html>"), "502"),
        (status(503, ""), "503"),
        (status(429, r#"{"error":"rate_limit_exceeded","message":"slow down"}"#), "429"),
        (status(408, ""), "408"),
        (status(200, "not json"), "cannot be read"),
        (status(200, "{}"), "cannot be read"),
        (status(200, r#"{"success":true}"#), "success without an order"),
        (status(200, r#"{"success":false}"#), "without a reason"),
    ];
    run(async {
        for (reply, says) in cases {
            let (outcome, stage) = after(reply).await;
            let SubmitOutcome::Unknown { cause } = &outcome else { panic!("{says}: {outcome:?}") };
            assert!(cause.contains(says), "{says}: {cause}");
            assert_eq!(stage.count("POST", "/orders"), 1, "{says}: sent once");
            assert_eq!(stage.venue.wire_is_shut(), None, "{says}: the venue's faults shut nothing");
        }
    });
}

#[test]
fn a_proved_refusal_is_refused_and_says_by_what() {
    let rejection = |reason: &str| {
        let error = json!({ "error": reason, "message": "no", "error_details": "" });
        status(200, &json!({ "success": false, "error_response": error }).to_string())
    };
    let cases = [
        (rejection("INSUFFICIENT_FUND"), "INSUFFICIENT_FUND"),
        (rejection("INVALID_LIMIT_PRICE_POST_ONLY"), "INVALID_LIMIT_PRICE_POST_ONLY"),
        (status(400, r#"{"error":"INVALID_ARGUMENT","message":"size"}"#), "INVALID_ARGUMENT"),
        (status(401, "Unauthorized"), "401"),
        (status(403, r#"{"error":"PERMISSION_DENIED","message":"view only"}"#), "may not do this"),
    ];
    run(async {
        for (reply, says) in cases {
            let (outcome, stage) = after(reply).await;
            let SubmitOutcome::Refused { reason } = &outcome else { panic!("{says}: {outcome:?}") };
            assert!(reason.contains(says), "{says}: {reason}");
            assert_eq!(stage.count("POST", "/orders"), 1);
            assert_eq!(stage.count("GET", "/orders/historical/o-1"), 0, "nothing to look at");
        }
    });
}

#[test]
fn the_body_says_what_the_intent_says_and_nothing_else() {
    run(async {
        let stage = Stage::new(|asked, _| {
            if asked.method == "POST" {
                assert_eq!(
                    asked.body,
                    json!({
                        "client_order_id": "test-7", "product_id": "BTC-USD", "side": "BUY",
                        "order_configuration": { "limit_limit_gtd": {
                            "base_size": "0.001", "limit_price": "49900", "post_only": true,
                            "end_time": "2026-01-05T12:01:30Z",
                        }},
                    })
                );
                return accepted(asked);
            }
            ok(&json!({ "order": bought() }))
        })
        .await;
        let outcome = stage.venue.submit(Desk::new("50000").buy(7, "0.001", "49900", end())).await;
        assert!(matches!(outcome, SubmitOutcome::Accepted { .. }), "{outcome:?}");
    });
}
