//! From an intent to the wire: an order is approved, put on record in a real store on this machine's
//! disk, and sent over loopback, until the server has read the whole of it. Each order has a
//! connection of its own, as at the venue, but no TLS.
#![allow(
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark, with its own lines"
)]

#[path = "../../risk/tests/all/common/mod.rs"]
mod common;
#[path = "../tests/orders/desk.rs"]
mod desk;
#[path = "../tests/orders/scripted.rs"]
mod scripted;
#[path = "../tests/rest/server.rs"]
mod server;

use core::time::Duration;
use std::sync::mpsc::{self, Receiver};
use std::time::Instant;

use domain::SubmitOutcome;
use exchange::OrderVenue as _;
use serde_json::json;

use crate::desk::Desk;
use crate::scripted::{Stage, end, status};

/// How often: in a run, and where it is only seen that it runs.
const ORDERS: u64 = 500;
const FEW: u64 = 5;

/// How long it took to have one order on record, and from then on to have it at the server.
struct Took {
    record: Duration,
    wire: Duration,
}

/// A server that refuses each order, so that nothing has to be read back, and tells when it had it.
async fn refusing() -> (Stage, Receiver<Instant>) {
    let (tell, told) = mpsc::channel();
    let stage = Stage::new(move |asked, _| {
        assert!(asked.is("POST", "/orders"), "{asked:?}");
        tell.send(now()).unwrap();
        let error = json!({ "error": "INSUFFICIENT_FUND", "message": "", "error_details": "" });
        status(200, &json!({ "success": false, "error_response": error }).to_string())
    })
    .await;
    (stage, told)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn now() -> Instant {
    Instant::now()
}

async fn orders(count: u64) -> Vec<Took> {
    let (stage, told) = refusing().await;
    let mut desk = Desk::new("50000");
    let mut all = Vec::new();
    for number in 1..=count {
        let began = now();
        let order = desk.buy(number, "0.001", "49900", end());
        let recorded = now();
        let outcome = stage.venue.submit(order).await;
        assert!(matches!(outcome, SubmitOutcome::Refused { .. }), "{outcome:?}");
        let there = told.try_recv().unwrap();
        all.push(Took { record: recorded - began, wire: there - recorded });
    }
    all
}

fn tell(what: &str, took: impl Iterator<Item = Duration>) {
    let mut sorted: Vec<_> = took.map(|took| took.as_secs_f64() * 1_000.0).collect();
    sorted.sort_by(f64::total_cmp);
    let share = |percent: usize| sorted[(sorted.len() - 1) * percent / 100];
    let (middle, most, last) = (share(50), share(95), share(100));
    println!("{what:<28} median {middle:.2} ms, 95 % within {most:.2} ms, longest {last:.2} ms");
}

fn main() {
    let measures = std::env::args().any(|word| word == "--bench");
    let count = if measures { ORDERS } else { FEW };
    let all = server::run(orders(count));
    println!("{count} orders, one after another");
    tell("approved and on record", all.iter().map(|took| took.record));
    tell("from there to the wire", all.iter().map(|took| took.wire));
    tell("both", all.iter().map(|took| took.record + took.wire));
}
