//! LIVE beside the venue's stream of own orders: what it tells is asked for at once, and a stream
//! that repeats everything or tells nothing changes no number.

use std::collections::BTreeMap;
use std::fs;
use std::io::BufReader;
use std::process::{Command, Stdio};

use crate::rehearsal::{FILE, LIVE, Rehearsal, WORD, signal, until};
use crate::served::{TRADER, text};
use rust_decimal::Decimal;
use serde_json::Value;

/// What rests takes at last, so that it fills although nobody may trade through it in time.
const TAKES: [(&str, &str, &str); 3] = [
    ("app.yaml", "take_at_last: false", "take_at_last: true"),
    ("app.yaml", "cancel_entry_secs: 15", "cancel_entry_secs: 10"),
    ("app.yaml", "reprices: 1", "reprices: 0"),
];

fn holds(line: &Value) -> bool {
    !line["portfolio"]["positions"].as_array().unwrap().is_empty()
}

/// Buys, sells everything and stops in a scenario of the stream; what the process said.
fn traded(scenario: &str) -> (Rehearsal, String) {
    let scenario = exchange_sim_server::scenario(scenario, None).unwrap();
    let rehearsal = Rehearsal::new(&TAKES, Some(scenario));
    let said = rehearsal.venue.home.path().join("said");
    let mut child = Command::new(env!("CARGO_BIN_EXE_runner"))
        .args(LIVE)
        .current_dir(rehearsal.venue.home.path())
        .env("RUST_LOG", "info")
        .env(FILE, rehearsal.venue.key(TRADER))
        .env(WORD, &rehearsal.word)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(fs::File::create(&said).unwrap())
        .spawn()
        .unwrap();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    until(&mut reader, "a position", holds);
    let flatten = rehearsal.venue.run(&["flatten", "--reason", "rehearsal"], &[]);
    assert_eq!(flatten.status.code(), Some(0), "{}", text(&flatten.stderr));
    until(&mut reader, "nothing left", |line| {
        !holds(line) && rehearsal.json(&["status"])["open_orders"] == 0
    });
    // What the stream tells of the sale may come after its books.
    until(&mut reader, "one more cycle", |_| true);
    signal(&child, "-INT");
    child.wait().unwrap();
    let said = fs::read_to_string(said).unwrap();
    (rehearsal, said)
}

/// Coins at the venue; there must be none, and the journal must be sound.
fn agrees(rehearsal: &Rehearsal) {
    let coins: BTreeMap<String, Decimal> = rehearsal.venue.server.with(|venue| {
        let wallets = venue.accounts()[0].wallets().unwrap();
        let total = |w: &exchange_sim::spot::Wallet| w.purse.available.get() + w.purse.held.get();
        let all = wallets.iter().map(|w| (w.purse.asset.to_string(), total(w)));
        all.filter(|(asset, sum)| !matches!(asset.as_str(), "USD" | "USDC") && !sum.is_zero())
            .collect()
    });
    let dust = coins.values().all(|sum| *sum < Decimal::new(1, 4));
    assert!(dust, "the venue has none of what the records have none of: {coins:?}");
    rehearsal.sent_once_and_true_to_the_policy();
}

#[test]
fn changes_that_are_told_twice_change_no_number() {
    let (rehearsal, said) = traded("duplicate-events");
    assert!(said.contains("the stream of own orders"), "it listened: {said}");
    agrees(&rehearsal);
}

#[test]
fn a_stream_that_tells_nothing_costs_time_and_no_order() {
    let (rehearsal, said) = traded("user-silent");
    assert!(said.contains("the stream of own orders"), "it listened: {said}");
    agrees(&rehearsal);
}
