//! The whole program over 300 products: once the stream is warm, a cycle costs next to no requests.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::served::{self, Served, TRADER};
use domain::{Bar, Bars, Granularity, ProductId, Timestamp};
use exchange_sim::{Catalog, Recorded};
use exchange_sim_server::{Config, Pace};
use serde_json::Value;

const PRODUCTS: usize = 300;
const HOURS: i64 = 340;
const HOUR: i64 = 3600;
const SLOT: i64 = 300;
/// A cycle may cost so many requests.
const BUDGET: usize = 5;

/// Two minutes before a slot ends: the start's own reading takes about one.
fn begin() -> Timestamp {
    "2026-03-01T12:33:00Z".parse().unwrap()
}

fn ids() -> impl Iterator<Item = ProductId> {
    let made = (0..PRODUCTS - 1).map(|at| format!("C{at:03}-USD").parse().unwrap());
    std::iter::once("BTC-USD".parse().unwrap()).chain(made)
}

fn market() -> Recorded {
    let mut rows = Vec::new();
    for id in ids() {
        let mut row = String::new();
        write!(
            row,
            r#"{{"product_id":"{id}","base_increment":"0.0001","quote_increment":"0.01","price_increment":"0.01","base_min_size":"0.0001","base_max_size":"100000","quote_min_size":"1","quote_max_size":"10000000","product_type":"SPOT","status":"online","trading_disabled":false}}"#
        )
        .unwrap();
        rows.push(row);
    }
    let json = format!(r#"{{"products":[{}]}}"#, rows.join(","));
    let catalog = Catalog::from_json("made up", &json).unwrap();
    Recorded::new(&catalog, ids().enumerate().map(|(at, id)| (id, bars(at))), Vec::new())
}

/// Five-minute bars until after the beginning, another price for each product.
fn bars(at: usize) -> Bars {
    let from = begin().floor_secs(HOUR).plus_secs(-HOURS * HOUR);
    let mut bars = Bars::with_capacity(Granularity::M5, 12 * 344);
    for slot in 0..12 * (HOURS + 3) {
        let wave = 1.0 + ((slot % 40) as f64 - 20.0).abs() / 1000.0;
        let open = (100.0 + at as f64) * wave;
        let close = open * 1.0005;
        let (high, low) = (close * 1.0002, open * 0.9998);
        let start = from.plus_secs(slot * SLOT);
        bars.push(Bar { start, open, high, low, close, volume: 50_000.0 }).unwrap();
    }
    bars
}

/// The venue, with Coinbase's budgets, and a home whose runner follows all that it lists.
fn venue() -> Served {
    let venue = Served::new(|config| Config {
        market: market().into(),
        pace: Pace::Running { from: Some(begin()), speed: 1.0 },
        budgets: Some(exchange_sim_server::Budgets::COINBASE),
        ..config
    });
    let path = venue.home.path().join("config/universe.yaml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, text.replace("method: static", "method: dynamic")).unwrap();
    venue.jitter();
    venue
}

#[test]
fn a_cycle_over_300_products_makes_at_most_5_requests_whether_a_slot_ends_in_it_or_not() {
    let venue = venue();
    let words = ["run", "--loop", "--venue", "coinbase", "--interval", "0.1"];
    let mut child = Command::new(env!("CARGO_BIN_EXE_runner"))
        .args(words)
        .current_dir(venue.home.path())
        .env("CB_API_SECRET_FILE", venue.key(TRADER))
        .stdout(Stdio::piped())
        .stderr(fs::File::create(venue.home.path().join("said")).unwrap())
        .spawn()
        .unwrap();
    let said = || fs::read_to_string(venue.home.path().join("said")).unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || -> (Timestamp, usize) {
        let line = lines.next().unwrap_or_else(|| panic!("it ended: {}", said())).unwrap();
        let cycle: Value = serde_json::from_str(&line).unwrap();
        let as_of = cycle["as_of"].as_str().unwrap().parse().unwrap();
        (as_of, venue.server.requests().len())
    };
    // The first cycle is the end of the start, which reads two weeks of candles.
    let (first, mut before) = next();
    let start = before;
    let mut costs = Vec::new();
    // Until two slots have ended: the first may have ended while the start was not over.
    let end = first.floor_secs(SLOT).plus_secs(SLOT + 12);
    loop {
        let (as_of, after) = next();
        costs.push((as_of, after - before));
        before = after;
        if as_of >= end {
            break;
        }
    }
    served::stop(&mut child);
    println!("the start: {start} requests; cycles after it: {costs:?}");
    let listed = venue.server.requests();
    let asked: Vec<_> = listed[start..].iter().map(|r| format!("{} {}", r.path, r.query)).collect();
    assert!(costs.iter().all(|(_, cost)| *cost <= BUDGET), "{costs:?}: {asked:?}\n{}", said());
    // How many books were there after the warm-up depends on the machine; that all are followed
    // does not.
    assert!(said().contains(" of=300"), "not all were followed: {}", said());
    assert!(start > 2 * PRODUCTS, "{start} requests cannot have read it all");
}
