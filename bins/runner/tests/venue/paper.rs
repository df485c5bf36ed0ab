//! PAPER on a live market, rehearsed against the served venue: it buys and sells on its own books,
//! across a `kill -9`, and the venue never sees an order or a key.

use std::io::BufReader;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::rehearsal::{FILE, Rehearsal, signal, until};
use crate::served::{TRADER, text};
use serde_json::Value;

const PAPER: [&str; 8] =
    ["run", "--loop", "--mode", "paper", "--venue", "coinbase", "--interval", "0.05"];
/// What asks about the records of this run.
const WHICH: [&str; 4] = ["--mode", "paper", "--venue", "coinbase"];
/// Resting entries take at last, so that a market in which nobody trades through them fills them.
const TAKES: [(&str, &str, &str); 3] = [
    ("app.yaml", "take_at_last: false", "take_at_last: true"),
    ("app.yaml", "cancel_entry_secs: 15", "cancel_entry_secs: 2"),
    ("app.yaml", "reprices: 1", "reprices: 0"),
];

/// The runner with a key in its environment, which it must leave alone.
fn start(rehearsal: &Rehearsal) -> (Child, BufReader<ChildStdout>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_runner"));
    command.args(PAPER).current_dir(rehearsal.venue.home.path()).env("RUST_LOG", "info");
    command.env(FILE, rehearsal.venue.key(TRADER));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut child = command.spawn().unwrap();
    let reader = BufReader::new(child.stdout.take().unwrap());
    (child, reader)
}

fn json(rehearsal: &Rehearsal, word: &str) -> Value {
    rehearsal.json(&[&[word], WHICH.as_slice()].concat())
}

fn holds(line: &Value) -> bool {
    !line["portfolio"]["positions"].as_array().unwrap().is_empty()
}

#[test]
fn it_buys_and_sells_on_live_prices_and_the_venue_sees_no_order_and_no_key() {
    let rehearsal = Rehearsal::new(&TAKES, None);
    let before = rehearsal.venue.asked().len();
    let (mut child, mut reader) = start(&rehearsal);
    let line = until(&mut reader, "a position", holds);
    assert_eq!(line["mode"], "PAPER", "{line}");
    signal(&child, "-KILL");
    child.wait().unwrap();

    // The account is where the killed process left it, and sells.
    let held = json(&rehearsal, "positions")["positions"].clone();
    assert!(!held.as_array().unwrap().is_empty());
    let (mut child, mut reader) = start(&rehearsal);
    let again = until(&mut reader, "the position again", |line| line["status"] != "ERROR");
    assert!(holds(&again), "{again}");
    let words = [&["flatten", "--reason", "rehearsal"], WHICH.as_slice()].concat();
    let flatten = rehearsal.venue.run(&words, &[]);
    assert_eq!(flatten.status.code(), Some(0), "{}", text(&flatten.stderr));
    until(&mut reader, "nothing left", |line| !holds(line));
    signal(&child, "-INT");
    child.wait().unwrap();

    let seen = rehearsal.venue.asked();
    let seen = &seen[before..];
    assert!(seen.len() > 5, "it read the market: {seen:?}");
    assert!(seen.iter().all(|(method, _)| method == "GET"), "{seen:?}");
    let private = ["/orders", "/accounts", "/key_permissions"];
    let asked = |part: &&str| seen.iter().any(|(_, path)| path.contains(*part));
    assert!(!private.iter().any(asked), "{seen:?}");
    let there = rehearsal.venue.server.with(|venue| {
        let no = venue.accounts()[0].no;
        venue.orders(no).unwrap().count()
    });
    assert_eq!(there, 0, "the venue has no order of it");

    // Its own books agree with the records, and an independent reader finds nothing wrong.
    let status = json(&rehearsal, "status");
    assert_eq!(status["venue"], "coinbase");
    assert!(status["orders"].as_u64().unwrap() >= 2, "{status}");
    let place = status["records"].as_str().unwrap();
    assert!(place.contains("data/paper/coinbase/"), "{place}");
    assert_eq!(status["reconciled"]["complete"], true, "{status}");
    assert_eq!(status["doubts"], Value::from(Vec::<Value>::new()), "{status}");
    let words = [&["verify"], WHICH.as_slice()].concat();
    let verified = rehearsal.venue.run(&words, &[]);
    assert_eq!(verified.status.code(), Some(0), "{}", text(&verified.stdout));
}
