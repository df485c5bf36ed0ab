//! A venue that closes the connection at one byte of an order's reply or another: the whole process
//! posts each intent once. `crates/exchange-coinbase/tests/rest/placing.rs` takes every byte of the
//! request.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::rehearsal::{BUSY, Rehearsal, signal, until};
use crate::served::text;
use exchange_sim_server::{Scenario, scenarios_in};

/// Bytes of the reply that still arrive: none, within its first line, its headers and its body.
const BYTES: [u64; 6] = [0, 1, 12, 60, 180, 400];

fn closing() -> Scenario {
    let mut yaml = String::from(
        "version: 1\nscenarios:\n- name: closing\n  about: Orders are taken, replies break off.\n  \
         rules:\n",
    );
    for (at, byte) in BYTES.iter().enumerate() {
        let (on, nth) = ("{method: POST, path: /orders}", at + 1);
        let fault = format!("{{kind: close_at, byte: {byte}}}");
        writeln!(yaml, "  - {{on: {on}, when: {{nth: {nth}}}, fault: {fault}}}").unwrap();
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), yaml).unwrap();
    scenarios_in(file.path()).unwrap().remove(0)
}

#[test]
fn a_venue_that_closes_at_a_byte_of_an_answer_sees_one_post_for_each_intent() {
    let rehearsal = Rehearsal::new(&BUSY, Some(closing()));
    let (child, mut reader) = rehearsal.start();
    let posts = || {
        let asked = rehearsal.venue.asked();
        asked.iter().filter(|(m, path)| m == "POST" && path.ends_with("/orders")).count()
    };
    until(&mut reader, "an order more than are broken off", |_| posts() > BYTES.len());
    let halt = rehearsal.venue.run(&["halt", "--reason", "enough"], &[]);
    assert_eq!(halt.status.code(), Some(0), "{}", text(&halt.stderr));
    until(&mut reader, "nothing open", |_| rehearsal.json(&["status"])["open_orders"] == 0);
    signal(&child, "-INT");
    rehearsal.ends(child, 8);

    let orders = rehearsal.json(&["orders"]);
    let orders = orders["orders"].as_array().unwrap();
    assert_eq!(posts(), orders.len(), "one post for each intent");
    let name = |order: &serde_json::Value| order["client_order_id"].as_str().unwrap().to_owned();
    let named: BTreeSet<_> = orders.iter().map(name).collect();
    let there = rehearsal.at_venue();
    let distinct: BTreeSet<_> = there.iter().map(|o| o.draft.client_order_id.clone()).collect();
    assert_eq!(distinct.len(), there.len(), "no intent is two orders");
    assert!(distinct.is_subset(&named), "every order at the venue is on record");
    assert!(distinct.len() >= BYTES.len() / 2, "most are taken, though nobody heard of it");
    for order in orders.iter().filter(|order| !distinct.contains(&name(order))) {
        assert!(matches!(order["state"].as_str(), Some("rejected" | "absent")), "{order}");
    }
    rehearsal.books_are_the_fills();
}
