//! Lots protected by orders at the venue: they outlive a process, sell, and are taken over.

use domain::ProductId;
use exchange_sim::spot::{Kind, Order, Status};
use serde_json::Value;

use crate::rehearsal::{BUSY, Rehearsal, signal, until};
use crate::served::text;

/// A lot that an order at the venue protects, by the program's own word.
struct Protected {
    lot: Value,
    product: ProductId,
    client_order_id: String,
    stop: f64,
}

fn protected(rehearsal: &Rehearsal) -> Option<Protected> {
    let positions = rehearsal.json(&["positions"]);
    let lots = positions["positions"].as_array().unwrap();
    let (lot, intent) = lots.iter().find_map(|lot| {
        let intent = &lot["protector"]["venue"]["intent"];
        (!intent.is_null()).then_some((lot, intent))
    })?;
    let orders = rehearsal.json(&["orders"]);
    let order = orders["orders"].as_array().unwrap().iter().find(|o| o["intent"] == *intent)?;
    Some(Protected {
        lot: lot["lot"].clone(),
        product: lot["product"].as_str().unwrap().parse().unwrap(),
        client_order_id: order["client_order_id"].as_str().unwrap().to_owned(),
        stop: lot["bracket"]["stop"].as_str().unwrap().parse().unwrap(),
    })
}

/// The brackets that the venue ever had of a product.
fn brackets(rehearsal: &Rehearsal, product: ProductId) -> Vec<Order> {
    let own = |order: &Order| order.kind == Kind::BracketGtc && order.product == product;
    rehearsal.at_venue().into_iter().filter(own).collect()
}

fn open(orders: &[Order]) -> usize {
    orders.iter().filter(|order| !order.status.is_terminal()).count()
}

#[test]
fn a_bracket_survives_a_kill_9_and_sells_and_the_others_are_taken_over() {
    let mut changes = BUSY.to_vec();
    changes.push(("strategy.yaml", "protection: engine", "protection: venue"));
    let rehearsal = Rehearsal::new(&changes, None);
    let (mut child, mut reader) = rehearsal.start();
    let mut found = None;
    until(&mut reader, "a lot that the venue protects", |_| {
        found = protected(&rehearsal);
        found.is_some()
    });
    signal(&child, "-KILL");
    child.wait().unwrap();
    let Protected { lot, product, client_order_id, stop } = found.unwrap();
    let own = || {
        let all = brackets(&rehearsal, product);
        assert!(open(&all) <= 1, "one protector a lot: {all:#?}");
        all.into_iter().find(|order| order.draft.client_order_id == client_order_id).unwrap()
    };
    // Nobody cancels it before a part of it is sold: then its stop is out of work.
    let left_alone = |order: &Order| {
        let there = matches!(order.status, Status::Open | Status::Filled);
        assert!(there || !order.filled.is_zero(), "{order:#?}");
    };
    left_alone(&own());

    // It is found again; one per cent below its stop the venue sells, whoever runs.
    let (child, mut reader) = rehearsal.start();
    until(&mut reader, "a cycle after the restart", |line| line["status"] != "ERROR");
    rehearsal.goes_to(product, stop * 0.99);
    until(&mut reader, "the venue sold of the lot", |_| {
        left_alone(&own());
        !own().filled.is_zero()
    });
    until(&mut reader, "it is on record why", |_| {
        let trades = rehearsal.json(&["trades"]);
        let trade = trades["trades"].as_array().unwrap().iter().find(|t| t["lot"] == lot);
        let why = &trade.unwrap()["exit"];
        why == "stop_loss" || why == "take_profit"
    });

    // What is still protected is cancelled first, and then sold.
    let flatten = rehearsal.venue.run(&["flatten", "--reason", "rehearsal"], &[]);
    assert_eq!(flatten.status.code(), Some(0), "{}", text(&flatten.stderr));
    until(&mut reader, "nothing left", |line| {
        // What is less than the venue sells stays.
        let positions = rehearsal.json(&["positions"]);
        let held = positions["positions"].as_array().unwrap().iter().any(|lot| lot["dust"] != true);
        let resting = rehearsal.json(&["status"])["open_orders"].as_u64();
        line["status"] == "HALTED" && !held && resting == Some(0)
    });
    signal(&child, "-INT");
    rehearsal.ends(child, 8);
    rehearsal.sent_once_and_true_to_the_policy();
    rehearsal.books_are_the_fills();
}
