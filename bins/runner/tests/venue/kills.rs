//! Real `kill -9` at moments of LIVE trading that nobody chose, against a served venue at which
//! much goes wrong. `TRADER_KILLS` says how many, and `TRADER_KILLS_ROUND` with which round to begin, so that
//! several processes can share them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::thread;
use std::time::{Duration, Instant};

use crate::rehearsal::{self, BUSY, Rehearsal, between, signal, until};
use crate::served::text;
use domain::{ControlState, Fact, Side, SubmitOutcome, Timestamp};
use exchange_sim_server::{Scenario, scenarios_in};
use rust_decimal::Decimal;
use serde_json::Value;
use state::State;

/// Kills on one venue and one set of records; more begin anew.
const A_ROUND: u64 = 20;
/// In every run of so many the first that may buy again is waited for.
const PATIENT: u64 = 7;
/// Least buys of a round.
const BOUGHT: usize = 3;
/// The first order posts of a venue get through. A list without any order of ours proves nothing about
/// another, so that an account whose very first is lost waits for an operator's word.
const SPARED: u64 = 2;
/// Most entries that are under way at a kill come to nothing, and an hour has twelve: enough must be left
/// for a process that lives.
const SPARING: (&str, &str, &str) = ("policy.yaml", "  spacing_secs: 5", "  spacing_secs: 15");
/// Cycles that a sale is waited for before the market is made to bring one.
const PATIENCE: u32 = 10;
/// What the regime is read from.
const REGIME: &str = "BTC-USD";
const EXITS_WITHIN: Duration = Duration::from_secs(20);
const ENTRIES_WITHIN: Duration = Duration::from_mins(1);

fn asked(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

/// What goes wrong, other draws in every round: shares of requests and messages.
fn mixed(round: u64) -> Scenario {
    let orders = "{method: POST, path: /orders}";
    let cancels = "{method: POST, path: /orders/batch_cancel}";
    let lists = "{path: /orders/historical/batch}";
    let one = "{path: /orders/historical/*}";
    let fills = "{path: /orders/historical/fills}";
    let rules = [
        (orders, 0.12, "{kind: reply_lost}"),
        (orders, 0.06, "{kind: status_after, status: 502}"),
        (orders, 0.06, "{kind: status_before, status: 503}"),
        (orders, 0.06, "{kind: close_at, byte: 40}"),
        (orders, 0.06, "{kind: slow, millis: 1500}"),
        (orders, 0.03, "{kind: rate_limited}"),
        (orders, 0.03, "{kind: reject, reason: INSUFFICIENT_FUND}"),
        (orders, 0.03, "{kind: change, pointer: /success_response/order_id}"),
        (cancels, 0.1, "{kind: status_before, status: 503}"),
        (cancels, 0.1, "{kind: reply_lost}"),
        (lists, 0.05, "{kind: status_before, status: 500}"),
        (lists, 0.05, "{kind: truncate, share: 0.6}"),
        (one, 0.05, "{kind: slow, millis: 700}"),
        (fills, 0.1, "{kind: status_before, status: 502}"),
        ("{path: /accounts}", 0.1, "{kind: status_before, status: 503}"),
        ("{channel: l2_data}", 0.002, "{kind: gap}"),
        ("{channel: heartbeats}", 0.02, "{kind: disconnect}"),
    ];
    let mut yaml =
        format!("version: 1\nscenarios:\n- name: mixed-{round}\n  about: Much.\n  rules:\n");
    yaml += "  - {fault: {kind: listing_lag, secs: 1}}\n";
    for (seed, (on, share, fault)) in rules.iter().enumerate() {
        let seed = 1_000 * round + seed as u64;
        let from = if *on == orders { SPARED + 1 } else { 1 };
        let when = format!("{{from: {from}, probability: {share}, seed: {seed}}}");
        writeln!(yaml, "  - {{on: {on}, when: {when}, fault: {fault}}}").unwrap();
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), yaml).unwrap();
    scenarios_in(file.path()).unwrap().remove(0)
}

/// What a rehearsal came to.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    orders: usize,
    unknown: usize,
    partial: usize,
    bought: usize,
    sold: usize,
    held: usize,
    /// From the start of a process to its first whole comparison: from then on it sells.
    exits_after: Duration,
    /// And to the first that leaves nothing open: from then on it buys.
    entries_after: Duration,
    /// Where the time of those went that were waited for.
    waits: Vec<String>,
}

/// When a process that was started then had compared everything, and when it might buy.
fn ready(facts: &[Fact], started: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
    let (mut state, mut whole, mut clean) = (State::default(), None, None);
    let mut agrees = false;
    for fact in facts {
        state.apply(fact);
        if let Fact::Reconciled(found) = fact
            && found.at > started
            && found.complete
        {
            whole.get_or_insert(found.at);
            agrees = found.is_clean();
        }
        // A latch that an agreement lifts is lifted by the fact after it.
        if agrees && state.control(fact.at()) == ControlState::Active {
            clean.get_or_insert(fact.at());
        }
    }
    (whole, clean)
}

/// Seconds from the start of a process to its boot on record and to each comparison, `-` where that was
/// not a whole one.
fn waited(facts: &[Fact], started: Timestamp) -> String {
    let own = facts.iter().filter(|fact| fact.at() > started);
    let told = own.filter_map(|fact| match fact {
        Fact::Boot { at, .. } => Some(format!("boot {:.1}", between(started, *at).as_secs_f64())),
        Fact::Reconciled(found) => {
            let mark = if found.complete { "" } else { "-" };
            Some(format!("{mark}{:.1}", between(started, found.at).as_secs_f64()))
        }
        _ => None,
    });
    told.collect::<Vec<_>>().join(", ")
}

/// One process that is killed. Which moment that is, differs every time.
fn lives_and_dies(rehearsal: &Rehearsal, kill: u64, tally: &mut Tally) {
    let started = rehearsal::now();
    let (mut child, mut reader) = rehearsal.start();
    // Some die while they begin.
    if kill % 4 != 3 {
        until(&mut reader, "a cycle", |_| true);
    }
    if kill % PATIENT == PATIENT - 1 {
        until(&mut reader, "entries after a restart", |_| {
            ready(&rehearsal.facts(), started).1.is_some()
        });
        let facts = rehearsal.facts();
        let (whole, clean) = ready(&facts, started);
        tally.waits.push(format!("kill {kill}: {}", waited(&facts, started)));
        tally.exits_after = tally.exits_after.max(between(started, whole.unwrap()));
        tally.entries_after = tally.entries_after.max(between(started, clean.unwrap()));
    }
    thread::sleep(Duration::from_millis((kill * 617) % 3_001));
    signal(&child, "-KILL");
    child.wait().unwrap();
}

/// Lets everything come to rest, sold or not, and ends the process.
fn comes_to_rest(rehearsal: &Rehearsal) {
    let (mut child, mut reader) = rehearsal.start();
    // Whatever the kills left undone: it has bought, sold and holds something in the end.
    let (mut waited, mut fallen) = (0, false);
    until(&mut reader, "buys, a sale and something held", |_| {
        let facts = rehearsal.facts();
        let fills = |side: Side| {
            let of = |fact: &&Fact| matches!(fact, Fact::Fill(fill) if fill.side == side);
            facts.iter().filter(of).count()
        };
        let coins = rehearsal.wallets().values().filter(|held| !held.is_zero()).count() > 1;
        // What was bought may reach neither its stop nor its target for long: one is brought down. Not
        // the one that the regime is read from: in a crash nothing is bought any more.
        waited += 1;
        let state = State::of(&facts);
        let lot = state.ledger().lots().map(|lot| lot.product).find(|of| of.as_str() != REGIME);
        if let Some(product) = lot
            && waited > PATIENCE
            && !fallen
            && fills(Side::Sell) == 0
        {
            fallen = true;
            rehearsal.falls(Some(product));
        }
        fills(Side::Buy) >= BOUGHT && fills(Side::Sell) >= 1 && coins
    });
    let halt = rehearsal.venue.run(&["halt", "--reason", "the books are compared"], &[]);
    assert_eq!(halt.status.code(), Some(0), "{}", text(&halt.stderr));
    until(&mut reader, "an agreement with nothing open", |_| {
        let status = rehearsal.json(&["status"]);
        let killed = status["latches"] == Value::from(vec!["kill"]);
        killed && status["reconciled"]["complete"] == true && status["open_orders"] == 0
    });
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(8), "the kill is latched");
}

/// The venue's truth is the ledger's, and each order there is one on record.
pub(crate) fn compared(rehearsal: &Rehearsal, tally: &mut Tally) {
    let orders = rehearsal.json(&["orders"]);
    let orders = orders["orders"].as_array().unwrap();
    let name = |order: &Value| order["client_order_id"].as_str().unwrap().to_owned();
    let named: BTreeSet<_> = orders.iter().map(name).collect();
    assert_eq!(named.len(), orders.len(), "each intent has a name of its own");
    let there: Vec<_> =
        rehearsal.at_venue().iter().map(|order| order.draft.client_order_id.clone()).collect();
    let distinct: BTreeSet<_> = there.iter().cloned().collect();
    assert_eq!(distinct.len(), there.len(), "no intent is two orders");
    assert!(distinct.is_subset(&named), "every order at the venue is on record");
    let asked = rehearsal.venue.asked();
    let posts = asked.iter().filter(|(m, path)| m == "POST" && path.ends_with("/orders")).count();
    assert!(posts <= orders.len(), "{posts} posts for {} intents", orders.len());
    for order in orders.iter().filter(|order| !distinct.contains(&name(order))) {
        let state = order["state"].as_str().unwrap();
        assert!(matches!(state, "rejected" | "absent"), "{order}");
    }

    let mut books = rehearsal.books_are_the_fills();
    let facts = rehearsal.facts();
    let fills =
        facts.iter().filter_map(|f| if let Fact::Fill(fill) = f { Some(fill) } else { None });
    for fill in fills {
        tally.bought += usize::from(fill.side == Side::Buy);
        tally.sold += usize::from(fill.side == Side::Sell);
    }
    let mut lots: BTreeMap<String, Decimal> = BTreeMap::new();
    for lot in rehearsal.json(&["positions"])["positions"].as_array().unwrap() {
        let base = lot["product"].as_str().unwrap().split('-').next().unwrap().to_owned();
        *lots.entry(base).or_default() += lot["qty"].as_str().unwrap().parse::<Decimal>().unwrap();
    }
    books.remove("USD");
    assert_eq!(books, lots, "the venue's coins are the lots, to the last digit");
    tally.held += lots.len();
    tally.orders += orders.len();
    count_outcomes(&facts, tally);

    let verified = rehearsal.venue.run(&["verify"], &[]);
    let told = text(&verified.stdout);
    assert_eq!(verified.status.code(), Some(0), "{told}");
    assert!(told.contains("intents judged"), "{told}");
}

/// Orders that nobody knew anything of for a while, and orders that were filled in part.
fn count_outcomes(facts: &[Fact], tally: &mut Tally) {
    let (mut sent, mut answered) = (BTreeMap::new(), BTreeSet::new());
    for fact in facts {
        match fact {
            Fact::Intent(intent) => drop(sent.insert(intent.intent, intent.qty)),
            Fact::Submitted(told) if !matches!(told.outcome, SubmitOutcome::Unknown { .. }) => {
                answered.insert(told.intent);
            }
            Fact::OrderEnd(end) if !end.filled.is_zero() => {
                tally.partial += usize::from(sent.get(&end.intent) > Some(&end.filled));
            }
            _ => {}
        }
    }
    tally.unknown += sent.keys().filter(|intent| !answered.contains(intent)).count();
}

#[test]
fn kills_at_any_moment_lose_nothing_and_double_nothing() {
    let (first, kills) = (asked("TRADER_KILLS_ROUND", 0), asked("TRADER_KILLS", A_ROUND));
    let (mut done, all) = (first * A_ROUND, first * A_ROUND + kills);
    let (mut tally, began) = (Tally::default(), Instant::now());
    for round in first.. {
        let rehearsal = Rehearsal::new(&[&BUSY[..], &[SPARING]].concat(), Some(mixed(round)));
        let most = A_ROUND.min(all - done);
        for kill in done..done + most {
            lives_and_dies(&rehearsal, kill, &mut tally);
        }
        done += most;
        comes_to_rest(&rehearsal);
        compared(&rehearsal, &mut tally);
        if done == all {
            break;
        }
    }
    println!("{kills} kills in {:.0} s: {tally:?}", began.elapsed().as_secs_f64());
    assert!(
        tally.exits_after <= EXITS_WITHIN && tally.entries_after <= ENTRIES_WITHIN,
        "{tally:?}"
    );
    assert!(tally.bought >= BOUGHT && tally.sold >= 1 && tally.held >= 1, "{tally:?}");
    assert!(tally.unknown >= 1 || kills < A_ROUND, "{tally:?}");
    assert!(tally.partial >= 1 || kills <= A_ROUND, "{tally:?}");
}
