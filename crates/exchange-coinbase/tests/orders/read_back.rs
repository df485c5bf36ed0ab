//! What the venue took must be what was sent, in every field that says so.

use domain::SubmitOutcome;
use exchange::OrderVenue as _;
use serde_json::{Value, json};

use crate::common::T0;
use crate::desk::Desk;
use crate::scripted::{Stage, accepted, bought, end, name, ok, status};
use crate::server::run;

const TERMS: &str = "/order_configuration/limit_limit_gtd";

/// Sends the buy of these tests to a venue that then shows this.
async fn shown(order: Value) -> (SubmitOutcome, Stage) {
    let stage = Stage::new(move |asked, _| match asked.method.as_str() {
        "POST" => accepted(asked),
        _ => ok(&json!({ "order": order })),
    })
    .await;
    let outcome = stage.venue.submit(Desk::new("50000").buy(7, "0.001", "49900", end())).await;
    (outcome, stage)
}

/// The buy with one field changed, or taken away.
fn with(pointer: &str, value: Option<Value>) -> Value {
    let mut order = bought();
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    let parent = order.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => drop(parent.insert(field.to_owned(), value)),
        None => drop(parent.remove(field)),
    }
    order
}

#[test]
fn an_order_that_is_read_back_as_it_was_sent_is_accepted() {
    let same = [
        bought(),
        with("/product_id", Some(json!("BTC-USDC"))),
        with("/created_time", Some(json!(T0.plus_secs(-1).to_string()))),
        with("/status", Some(json!("FILLED"))),
        with(&format!("{TERMS}/base_size"), Some(json!("0.00100000"))),
        with(&format!("{TERMS}/end_time"), Some(json!("2026-01-05T12:01:30.000000Z"))),
    ];
    run(async {
        for order in same {
            let (outcome, stage) = shown(order.clone()).await;
            let accepted = SubmitOutcome::Accepted { venue_order_id: "o-1".to_owned() };
            assert_eq!(outcome, accepted, "{order}");
            assert_eq!(stage.count("POST", "/orders"), 1);
        }
    });
}

#[test]
fn an_order_that_differs_in_any_field_is_unknown() {
    let terms = |field: &str, value: Option<Value>| with(&format!("{TERMS}/{field}"), value);
    let late = end().plus_secs(1).to_string();
    let good = bought()["order_configuration"]["limit_limit_gtd"].clone();
    let of = |kinds: Value| with("/order_configuration", Some(kinds));
    let cases = [
        ("the id", with("/order_id", Some(json!("o-2")))),
        ("the client id", with("/client_order_id", Some(json!(name(8))))),
        ("the product", with("/product_id", Some(json!("ETH-USD")))),
        ("the product", with("/product_id", Some(json!("BTC-EUR")))),
        ("the side", with("/side", Some(json!("SELL")))),
        ("the creation time", with("/created_time", Some(json!(T0.plus_secs(-3).to_string())))),
        ("in quote currency", with("/size_in_quote", Some(json!(true)))),
        ("single configuration", with("/order_configuration", None)),
        ("single configuration", of(json!({}))),
        ("single configuration", of(json!({ "limit_limit_gtd": good, "sor_limit_ioc": good }))),
        ("the configuration", of(json!({ "limit_limit_gtc": good }))),
        ("the terms", terms("base_size", Some(json!("0.002")))),
        ("the terms", terms("base_size", None)),
        ("the terms", terms("quote_size", Some(json!("49.9")))),
        ("the terms", terms("limit_price", Some(json!("49900.01")))),
        ("the terms", terms("limit_price", None)),
        ("the terms", terms("post_only", Some(json!(false)))),
        ("the terms", terms("post_only", None)),
        ("the terms", terms("end_time", Some(json!(late)))),
        ("the terms", terms("end_time", None)),
        ("the terms", terms("stop_price", Some(json!("1")))),
    ];
    run(async {
        for (says, order) in cases {
            let (outcome, stage) = shown(order.clone()).await;
            let SubmitOutcome::Unknown { cause } = &outcome else { panic!("{order}: {outcome:?}") };
            assert!(cause.contains(says), "{order}: {cause}");
            assert_eq!(stage.count("POST", "/orders"), 1, "{order}");
        }
    });
}

#[test]
fn a_sale_that_only_takes_is_read_back_in_its_own_form() {
    let sold = |terms: Value| {
        let mut order = bought();
        order["side"] = json!("SELL");
        order["order_configuration"] = json!({ "sor_limit_ioc": terms });
        order
    };
    let good = json!({ "base_size": "0.001", "limit_price": "49800" });
    let cases = [
        (sold(good.clone()), true),
        (sold(json!({ "base_size": "0.001", "limit_price": "49800", "post_only": false })), true),
        (sold(json!({ "base_size": "0.001", "limit_price": "49800", "post_only": true })), false),
        (sold(json!({ "base_size": "0.001", "limit_price": "49700" })), false),
        (bought(), false),
    ];
    run(async {
        for (order, same) in cases {
            let shown = order.clone();
            let stage = Stage::new(move |asked, _| match asked.method.as_str() {
                "POST" => accepted(asked),
                _ => ok(&json!({ "order": shown })),
            })
            .await;
            let outcome = stage.venue.submit(Desk::new("50000").sell(7, "0.001", "49800")).await;
            let accepted = matches!(outcome, SubmitOutcome::Accepted { .. });
            assert_eq!(accepted, same, "{order}: {outcome:?}");
            assert!(accepted || matches!(outcome, SubmitOutcome::Unknown { .. }), "{outcome:?}");
        }
    });
}

#[test]
fn an_order_that_cannot_be_read_yet_is_looked_for_again_and_never_sent_again() {
    run(async {
        for (late, expected) in [(0, "Accepted"), (3, "Accepted"), (99, "Unknown")] {
            let stage = Stage::new(move |asked, before| match asked.method.as_str() {
                "POST" => accepted(asked),
                _ if before < late => status(404, r#"{"error":"NOT_FOUND","message":"order"}"#),
                _ => ok(&json!({ "order": bought() })),
            })
            .await;
            let outcome =
                stage.venue.submit(Desk::new("50000").buy(7, "0.001", "49900", end())).await;
            assert!(format!("{outcome:?}").starts_with(expected), "{late}: {outcome:?}");
            let looks = stage.count("GET", "/orders/historical/o-1");
            assert_eq!(looks, (late + 1).min(5), "{late}");
            assert_eq!(stage.count("POST", "/orders"), 1, "{late}");
        }
    });
}

/// A bracket is sent as `trigger_bracket_gtc`, and read back with its stop.
#[test]
fn a_bracket_is_read_back_with_both_of_its_prices() {
    let bracket =
        domain::Bracket { stop: "46000".parse().unwrap(), target: "57500".parse().unwrap() };
    let sold = |stop: &str, target: &str| {
        let mut order = bought();
        order["side"] = json!("SELL");
        order["order_configuration"] = json!({ "trigger_bracket_gtc": {
            "base_size": "0.001", "limit_price": target, "stop_trigger_price": stop,
        }});
        order
    };
    let cases = [
        (sold("46000", "57500"), true),
        (sold("46000.00", "57500.0"), true),
        (sold("45999", "57500"), false),
        (sold("46000", "57501"), false),
        (bought(), false),
    ];
    run(async {
        for (order, same) in cases {
            let shown = order.clone();
            let stage = Stage::new(move |asked, _| match asked.method.as_str() {
                "POST" => accepted(asked),
                _ => ok(&json!({ "order": shown })),
            })
            .await;
            let sale = Desk::new("50000").protect(7, "0.001", bracket);
            let outcome = stage.venue.submit(sale).await;
            assert_eq!(matches!(outcome, SubmitOutcome::Accepted { .. }), same, "{order}");
            assert_eq!(stage.count("POST", "/orders"), 1);
        }
    });
}
