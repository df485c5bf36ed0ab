//! Twenty real `kill -9` at moments of LIVE trading that nobody chose, against the served venue.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests; the served venue runs on this machine's clock, as Coinbase does"
)]

mod rehearsal;
mod served;

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;

use rehearsal::{Rehearsal, signal, until};
use rust_decimal::Decimal;
use serde_json::Value;
use served::text;

/// Trade as often as a policy allows, and wait for lists no longer than this venue needs.
const BUSY: [(&str, &str, &str); 8] = [
    ("app.yaml", "entry_expires_secs: 90", "entry_expires_secs: 15"),
    ("policy.yaml", "  spacing_secs: 120", "  spacing_secs: 0"),
    ("policy.yaml", "symbol_spacing_secs: 600", "symbol_spacing_secs: 0"),
    ("policy.yaml", "trades_per_hour: 4", "trades_per_hour: 10"),
    ("policy.yaml", "max_new_positions_per_cycle: 1", "max_new_positions_per_cycle: 2"),
    ("app.yaml", "cancel_entry_secs: 15", "cancel_entry_secs: 2"),
    ("app.yaml", "reprices: 1", "reprices: 2"),
    ("app.yaml", "listing_lag_bound_secs: 15", "listing_lag_bound_secs: 1"),
];
const KILLS: u64 = 20;

/// What the venue's own books say of the account, coins and dollars.
fn truth(rehearsal: &Rehearsal) -> BTreeMap<String, Decimal> {
    rehearsal.venue.server.with(|venue| {
        let wallets = venue.accounts()[0].wallets().unwrap();
        let total = |w: &exchange_sim::spot::Wallet| w.purse.available.get() + w.purse.held.get();
        wallets.iter().map(|w| (w.purse.asset.to_string(), total(w))).collect()
    })
}

/// The names of all orders that the venue ever had.
fn at_venue(rehearsal: &Rehearsal) -> Vec<String> {
    rehearsal.venue.server.with(|venue| {
        let no = venue.accounts()[0].no;
        let orders = venue.orders(no).unwrap();
        orders.map(|order| order.draft.client_order_id.clone()).collect()
    })
}

#[test]
fn twenty_kills_lose_nothing_and_double_nothing() {
    let rehearsal = Rehearsal::new(&BUSY, 3, None);
    for kill in 0..KILLS {
        let (mut child, mut reader) = rehearsal.start();
        until(&mut reader, "a cycle", |_| true);
        // Any moment of the seconds after the first cycle; another one each time.
        thread::sleep(Duration::from_millis((kill * 617) % 3_001));
        signal(&child, "-KILL");
        child.wait().unwrap();
    }
    let (mut child, mut reader) = rehearsal.start();
    until(&mut reader, "an agreement with nothing open", |_| {
        let status = rehearsal.json(&["status"]);
        let clean = status["reconciled"]["complete"] == true
            && status["latches"] == Value::from(Vec::<Value>::new());
        clean && status["open_orders"] == 0
    });
    signal(&child, "-INT");
    child.wait().unwrap();

    let orders = rehearsal.json(&["orders"]);
    let orders = orders["orders"].as_array().unwrap();
    let named: BTreeSet<_> =
        orders.iter().map(|o| o["client_order_id"].as_str().unwrap().to_owned()).collect();
    let there = at_venue(&rehearsal);
    let distinct: BTreeSet<_> = there.iter().cloned().collect();
    assert_eq!(distinct.len(), there.len(), "no intent is two orders");
    assert!(distinct.is_subset(&named), "every order at the venue is on record");
    assert!(there.len() >= 3, "it traded: {orders:?}");
    for order in
        orders.iter().filter(|o| !distinct.contains(o["client_order_id"].as_str().unwrap()))
    {
        let state = order["state"].as_str().unwrap();
        assert!(matches!(state, "rejected" | "absent"), "{order}");
    }
    let mut ledger: BTreeMap<String, Decimal> = BTreeMap::new();
    for lot in rehearsal.json(&["positions"])["positions"].as_array().unwrap() {
        let base = lot["product"].as_str().unwrap().split('-').next().unwrap().to_owned();
        *ledger.entry(base).or_default() +=
            lot["qty"].as_str().unwrap().parse::<Decimal>().unwrap();
    }
    let coins: BTreeMap<_, _> = truth(&rehearsal)
        .into_iter()
        .filter(|(asset, total)| !matches!(asset.as_str(), "USD" | "USDC") && !total.is_zero())
        .collect();
    assert_eq!(coins, ledger, "the venue's coins are the ledger's, to the last digit");
    let verified = rehearsal.venue.run(&["verify"], &[]);
    assert_eq!(verified.status.code(), Some(0), "{}", text(&verified.stdout));
}
