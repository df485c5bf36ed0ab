//! PAPER over three recorded weeks: everything that can happen to an order and a position happens,
//! the verifier finds nothing, and the money adds up to the last digit from the exported fills.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests")]

mod backtest;
mod sweep;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use rust_decimal::Decimal;
use serde_json::Value;
use system_tests::{Home, Recordings, recordings};

/// Trade often, hold briefly, and take at last what did not rest long enough.
const BUSY: [(&str, &str, &str); 6] = [
    ("app.yaml", "take_at_last: false", "take_at_last: true"),
    ("app.yaml", "cancel_entry_secs: 15", "cancel_entry_secs: 10"),
    ("policy.yaml", "  spacing_secs: 120", "  spacing_secs: 0"),
    ("policy.yaml", "max_total_pct: 15", "max_total_pct: 50"),
    ("strategy.yaml", "max_hold_hours: 72", "max_hold_hours: 30"),
    ("strategy.yaml", "max_hold_hours: 120", "max_hold_hours: 40"),
];
const LOOP: [&str; 10] =
    ["run", "--loop", "--mode", "paper", "--speed", "max", "--interval", "10", "--format", "table"];
const PAPER: [&str; 2] = ["--mode", "paper"];

fn dec(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

/// What the exported facts come to, counted anew.
#[derive(Default)]
struct Count {
    /// By product and currency: what fills left.
    coins: BTreeMap<String, Decimal>,
    cash: Decimal,
    /// Words for what happened.
    seen: BTreeSet<String>,
    /// The USD purse as it was read last.
    purse: Decimal,
}

fn count(facts: &str) -> Count {
    let mut count = Count::default();
    let mut sent: BTreeMap<u64, Value> = BTreeMap::new();
    for line in facts.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        // The first line says whose facts follow.
        let fact = line["fact"].clone();
        match fact["fact"].as_str().unwrap_or_default() {
            "intent" => drop(sent.insert(fact["intent"].as_u64().unwrap(), fact)),
            "fill" => fill(&mut count, &fact),
            "order_end" => end(&mut count, &sent[&fact["intent"].as_u64().unwrap()], &fact),
            "flow" => count.cash += dec(&fact["change"]),
            "balances" => {
                let purses = fact["purses"].as_array().unwrap();
                let usd = purses.iter().find(|p| p["asset"] == "USD").unwrap();
                count.purse = dec(&usd["available"]) + dec(&usd["held"]);
            }
            _ => {}
        }
    }
    count
}

fn fill(count: &mut Count, fact: &Value) {
    let (qty, price, fee) = (dec(&fact["qty"]), dec(&fact["price"]), dec(&fact["fee"]));
    let coins = count.coins.entry(fact["product"].as_str().unwrap().to_owned()).or_default();
    let (side, how) = (fact["side"].as_str().unwrap(), fact["liquidity"].as_str().unwrap());
    if side == "BUY" {
        *coins += qty;
        count.cash -= price * qty + fee;
    } else {
        *coins -= qty;
        count.cash += price * qty - fee;
    }
    count.seen.insert(format!("{side} {how}"));
}

fn end(count: &mut Count, sent: &Value, fact: &Value) {
    let (qty, filled) = (dec(&sent["qty"]), dec(&fact["filled"]));
    let much = if filled.is_zero() {
        "none"
    } else if filled < qty {
        "part"
    } else {
        "all"
    };
    let side = sent["side"].as_str().unwrap();
    count.seen.insert(format!("{side} {much}"));
    if let Some(exit) = sent["grant"]["proposal"].get("exit") {
        count.seen.insert(exit[1].as_str().unwrap().to_owned());
    }
    if sent["parent"].is_u64() {
        count.seen.insert("next step".to_owned());
    }
}

#[test]
fn three_weeks_of_paper_add_up_to_the_last_digit() {
    let wanted = [
        "BUY maker",
        "BUY taker",
        "SELL taker",
        "BUY none",
        "BUY part",
        "BUY all",
        "SELL all",
        "next step",
        "stop_loss",
        "take_profit",
        "max_hold",
    ];
    adds_up(&BUSY, ["1500", "1524"], &wanted);
}

/// The same with lots that the simulated venue protects: it sells at stops and targets, and the engine
/// when the time is over, after it has cancelled.
#[test]
fn ten_days_with_lots_protected_at_the_venue_add_up_as_well() {
    let changes = [&BUSY[..], &[("strategy.yaml", "protection: engine", "protection: venue")]];
    let wanted = ["BUY all", "protection", "SELL maker", "SELL taker", "SELL none", "max_hold"];
    adds_up(&changes.concat(), ["700", "700"], &wanted);
}

fn adds_up(changes: &[(&str, &str, &str)], cycles: [&str; 2], wanted: &[&str]) {
    let Recordings::At(place) = recordings() else { return };
    let data = place.join("coinbase").display().to_string();
    let home = Home::shipped().unwrap();
    for (file, from, to) in changes {
        home.edit(file, from, to).unwrap();
    }
    let [begin, go_on] = cycles;
    let from = ["--data", &data, "--as-of", "2023-12-03T00:00:00Z", "--cycles", begin];
    let first = home.run(&[&LOOP[..], &from[..]].concat());
    assert_eq!(first.code, 0, "{}", first.error);
    // Another process goes on from the records, with its account as it was.
    let on = home.run(&[&LOOP[..], &["--data", &data, "--cycles", go_on][..]].concat());
    assert_eq!(on.code, 0, "{}", on.error);

    let verified = home.run(&[&["verify"], &PAPER[..]].concat());
    assert_eq!(verified.code, 0, "{}", verified.out);
    let file = home.path("facts.jsonl").display().to_string();
    let exported = home.run(&[&["export", &file], &PAPER[..]].concat());
    assert_eq!(exported.code, 0, "{}", exported.error);
    let count = count(&fs::read_to_string(&file).unwrap());

    let missing: Vec<_> = wanted.iter().filter(|word| !count.seen.contains(**word)).collect();
    assert!(missing.is_empty(), "{missing:?} never happened; {:?} did", count.seen);
    assert_eq!(count.purse, count.cash, "the venue's dollars are what the fills come to");

    let positions = home.run(&[&["positions", "--format", "json"], &PAPER[..]].concat());
    let positions: Value = serde_json::from_str(&positions.out).unwrap();
    let mut held: BTreeMap<String, Decimal> = BTreeMap::new();
    for lot in positions["positions"].as_array().unwrap() {
        *held.entry(lot["product"].as_str().unwrap().to_owned()).or_default() += dec(&lot["qty"]);
    }
    let coins: BTreeMap<_, _> = count.coins.into_iter().filter(|(_, q)| !q.is_zero()).collect();
    assert_eq!(held, coins, "lots are what the fills come to");

    let profit = home.run(&[&["profit", "--format", "json"], &PAPER[..]].concat());
    let profit: Value = serde_json::from_str(&profit.out).unwrap();
    let total = &profit["profit"]["total"];
    let paid: Decimal =
        positions["positions"].as_array().unwrap().iter().map(|lot| dec(&lot["paid_usd"])).sum();
    let realised = count.cash - Decimal::from(10_000) + paid;
    let off = (dec(&total["realised"]) - realised).abs();
    assert!(off < Decimal::new(1, 12), "realised {total}, from the fills {realised}");
}
