//! Orders: accepted, refused with proof, or unknown, and never sent twice.

use std::time::Duration;

use exchange_coinbase::rest::{
    ErrorKind, FillQuery, Lane, OrderQuery, PlaceOutcome, Refusal, RestClient,
};
use exchange_coinbase::wire::OrderStatus;

use crate::client::Client;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Accepted,
    Refused,
    Unknown,
}
use Verdict::{Accepted, Refused, Unknown};

const fn verdict(outcome: &PlaceOutcome) -> Verdict {
    match outcome {
        PlaceOutcome::Accepted(_) => Accepted,
        PlaceOutcome::Refused(_) => Refused,
        PlaceOutcome::Unknown(_) => Unknown,
    }
}

/// Whether a list of all orders has one with this client id.
async fn listed(rest: &RestClient, id: &str) -> bool {
    let orders = rest.in_lane(Lane::Cancel).orders(&OrderQuery::default()).await.unwrap();
    orders.iter().any(|order| order.client_order_id == id)
}

#[tokio::test]
async fn a_doubtful_answer_to_an_order_is_unknown_one_request_and_settled_by_looking() {
    // What is concluded from the answer, and whether the order is there.
    let cases = [
        ("reply-lost", Unknown, true),
        ("reply-without-id", Unknown, true),
        ("refused-but-there", Unknown, true),
        ("close-mid-reply", Unknown, true),
        ("slow", Unknown, true),
        ("error-after-effect", Unknown, true),
        ("rate-limited-order", Unknown, false),
        ("duplicate-id", Unknown, false),
        ("success-with-reason", Accepted, true),
        ("unauthorized-order", Refused, false),
        ("insufficient-funds", Refused, false),
    ];
    for (scenario, expected, there) in cases {
        let client = Client::in_scenario(scenario).await;
        let outcome = client.place(&client.resting_buy("o-1")).await;
        assert_eq!(verdict(&outcome), expected, "{scenario}: {outcome:?}");
        assert_eq!(client.asked("POST", "/orders"), 1, "{scenario}: sent once");
        assert_eq!(client.orders(), usize::from(there), "{scenario}");
        assert_eq!(listed(&client.rest, "o-1").await, there, "{scenario}: looking tells");
    }
}

#[tokio::test]
async fn an_order_in_an_outage_is_unknown_though_it_had_no_effect() {
    for scenario in ["outage", "server-errors"] {
        let client = Client::in_scenario(scenario).await;
        // The first request of the second scenario is answered.
        drop(client.rest.key_permissions().await);
        let before = client.asked("POST", "/orders");
        let outcome = client.place(&client.resting_buy("o-1")).await;
        assert_eq!(verdict(&outcome), Unknown, "{scenario}: {outcome:?}");
        assert_eq!(client.asked("POST", "/orders") - before, 1, "{scenario}");
        assert_eq!(client.orders(), 0, "{scenario}");
    }
}

#[tokio::test]
async fn a_refusal_says_why_and_a_refused_key_is_told_from_a_refused_order() {
    let client = Client::in_scenario("insufficient-funds").await;
    for n in 0..3 {
        let outcome = client.place(&client.resting_buy(&format!("o-{n}"))).await;
        let PlaceOutcome::Refused(Refusal::Rejected(why)) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(why.reasons, ["INSUFFICIENT_FUND"]);
    }
    let client = Client::in_scenario("unauthorized-order").await;
    let outcome = client.place(&client.resting_buy("o-1")).await;
    assert_eq!(outcome, PlaceOutcome::Refused(Refusal::Unauthorised));
}

#[tokio::test]
async fn a_new_order_that_cannot_be_found_yet_is_no_order_that_is_absent() {
    let client = Client::in_scenario("listing-lag").await;
    let id = client.rest_a_buy("young").await;
    let missing = client.rest.order(&id).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    assert!(!listed(&client.rest, "young").await);
    client.advance(Duration::from_secs(10));
    assert_eq!(client.rest.order(&id).await.unwrap().status, OrderStatus::Open);
    assert!(listed(&client.rest, "young").await);
}

#[tokio::test]
async fn an_order_that_no_list_has_is_still_open_by_its_id() {
    let client = Client::in_scenario("no-open-orders").await;
    let id = client.rest_a_buy("kept").await;
    assert!(!listed(&client.rest, "kept").await);
    assert_eq!(client.rest.order(&id).await.unwrap().status, OrderStatus::Open);
}

#[tokio::test]
async fn a_list_that_asks_for_a_proof_is_an_error_and_no_empty_list() {
    let client = Client::in_scenario("proof-required").await;
    client.rest_a_buy("kept").await;
    let error = client.rest.orders(&OrderQuery::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ProofRequired);
}

#[tokio::test]
async fn a_state_that_nobody_documented_is_kept_by_its_name_and_is_no_end() {
    let client = Client::in_scenario("unknown-status").await;
    let id = client.rest_a_buy("odd").await;
    let read = client.rest.order(&id).await.unwrap().status;
    let listed = client.rest.orders(&OrderQuery::default()).await.unwrap().remove(0).status;
    for status in [read, listed] {
        assert!(matches!(&status, OrderStatus::Other(_)) && status.as_str() == "TELEPORTED");
    }
}

#[tokio::test]
async fn a_cancel_in_an_outage_is_asked_once_and_the_order_is_open_until_it_is_read() {
    let client = Client::in_scenario("cancel-outage").await;
    let id = client.rest_a_buy("held").await;
    for tries in 1..=3 {
        let error = client.rest.cancel(std::slice::from_ref(&id)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Server);
        assert_eq!(client.asked("POST", "/orders/batch_cancel"), tries, "who asked decides");
        assert_eq!(client.rest.order(&id).await.unwrap().status, OrderStatus::Open);
    }
    assert!(client.rest.cancel(std::slice::from_ref(&id)).await.unwrap()[0].success);
    assert_eq!(client.rest.order(&id).await.unwrap().status, OrderStatus::Cancelled);
}

#[tokio::test]
async fn an_order_under_the_other_name_of_its_product_is_found_by_its_id() {
    let client = Client::in_scenario("alias-read").await;
    let id = client.rest_a_buy("mine").await;
    let order = client.rest.order(&id).await.unwrap();
    assert_eq!((order.client_order_id.as_str(), order.product_id.as_str()), ("mine", "BTC-USDC"));
    assert!(listed(&client.rest, "mine").await);
}

#[tokio::test]
async fn an_order_that_says_it_was_filled_outweighs_a_list_of_fills_without_it() {
    let client = Client::in_scenario("fills-late").await;
    let taker = crate::client::taker(&client, "bought");
    let PlaceOutcome::Accepted(placed) = client.place(&taker).await else { panic!("not placed") };
    let query = FillQuery { order_ids: vec![placed.order_id.clone()], ..FillQuery::default() };
    assert_eq!(client.rest.fills(&query).await.unwrap(), []);
    let order = client.rest.order(&placed.order_id).await.unwrap();
    assert!(order.number_of_fills > 0 && order.filled_size.unwrap() > 0.into(), "{order:?}");
}

#[tokio::test]
async fn an_order_that_the_owner_placed_by_hand_is_seen_and_is_not_taken_for_ours() {
    let client = Client::in_scenario("hand-trade").await;
    client.advance(Duration::from_secs(61));
    let orders = client.rest.orders(&OrderQuery::default()).await.unwrap();
    assert_eq!(orders.len(), 1);
    assert!(!orders[0].client_order_id.starts_with("test-"), "{orders:?}");
    let fills = client.rest.fills(&FillQuery::default()).await.unwrap();
    assert!(fills.iter().all(|fill| fill.order_id == orders[0].order_id) && !fills.is_empty());
}
