//! The kill switch in LIVE against the served venue: how soon it is seen, how soon fifty open orders
//! are closed, what is sold under it, and that it outlives its process.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use domain::{
    Amount, BaseQty, BootId, ExitPlan, Fact, Flow, FlowId, FlowKind, IntentFact, IntentId,
    JournalId, Latch, Mode, NamesFact, Pct, PolicyHash, Price, ProductId, QuoteAmt, RunKind, Side,
    SubmitFact, SubmitOutcome, Tier, TimeInForce, Timestamp,
};
use exchange_sim::spot::{Configuration, Draft, Fields, Kind, Order, Venue};
use exchange_sim_server::{Fault, On, Rule, Scenario, When};
use rust_decimal::Decimal;
use store::Store;
use uuid::Uuid;

use crate::rehearsal::{Cycles, Rehearsal, between, now, signal};
use crate::stopped::{TOGETHER, posts, slow_orders};

/// Open orders of an earlier process, beside the one that it bought with.
const OPEN: u64 = 50;
/// What the watcher promises. Nothing is bought after it.
const SEEN_WITHIN: Duration = Duration::from_millis(250);
/// What a person may wait for the latch on record, on a machine that is busy otherwise.
const LATCHED_WITHIN: Duration = Duration::from_secs(10);
const SOON: [(&str, &str, &str); 3] = [
    ("app.yaml", "listing_lag_bound_secs: 15", "listing_lag_bound_secs: 1"),
    ("policy.yaml", "trades_per_hour: 4", "trades_per_hour: 10"),
    ("policy.yaml", "  spacing_secs: 120", "  spacing_secs: 0"),
];

/// Whatever has such a path is answered with a 503 of the edge.
fn fails(paths: &[&str]) -> Scenario {
    let rule = |path: &&str| Rule {
        on: On { path: Some((*path).to_owned()), ..On::default() },
        when: When::default(),
        fault: Fault::StatusBefore { status: 503 },
    };
    let (name, about) = ("fails".to_owned(), "Fails.".to_owned());
    Scenario { name, about, seen: Vec::new(), rules: paths.iter().map(rule).collect() }
}

/// An intent as an earlier process put it on record.
fn intent(n: u64, at: Timestamp, product: ProductId, limit: Decimal, dollars: i64) -> IntentFact {
    let qty = (Decimal::from(dollars) / limit).round_dp(6);
    let pct = |n: i64| Pct::new(Decimal::from(n)).unwrap();
    let worst = (qty * limit * Decimal::new(1_012, 3)).round_dp(8);
    // One that may still be on its way is not absent before it has expired.
    let end = at.floor_secs(1).plus_secs(if n > 1 + OPEN { 30 } else { 600 });
    let time_in_force =
        if n == 1 { TimeInForce::ImmediateOrCancel } else { TimeInForce::PostOnlyUntil(end) };
    IntentFact {
        at,
        intent: IntentId(n),
        product,
        asset: product.as_str().split('-').next().unwrap().parse().unwrap(),
        tier: Tier::T1,
        side: Side::Buy,
        qty: BaseQty::new(qty).unwrap(),
        limit: Price::new(limit).unwrap(),
        worst_case: QuoteAmt::new(worst).unwrap(),
        plan: Some(ExitPlan { stop_pct: pct(6), target_pct: pct(40), max_hold_hours: 48 }),
        grant: None,
        parent: None,
        time_in_force: Some(time_in_force),
    }
}

/// The same order at the venue; its id there.
fn placed(venue: &mut Venue, sent: &IntentFact, name: &str) -> String {
    let (kind, end_time) = match sent.time_in_force.unwrap() {
        TimeInForce::PostOnlyUntil(end) => (Kind::LimitGtd, Some(end)),
        TimeInForce::ImmediateOrCancel => (Kind::SorLimitIoc, None),
        TimeInForce::Bracket(_) => (Kind::BracketGtc, None),
    };
    let fields = Fields {
        base_size: Some(sent.qty.to_string()),
        limit_price: Some(sent.limit.to_string()),
        post_only: end_time.is_some(),
        end_time,
        ..Fields::default()
    };
    let draft = Draft {
        client_order_id: name.to_owned(),
        product_id: sent.product.to_string(),
        side: Some(Side::Buy),
        configurations: vec![Configuration { kind, fields }],
        attached: None,
    };
    let no = venue.accounts()[0].no;
    venue.create(no, draft).unwrap().unwrap().order.to_string()
}

/// Records of an earlier process: an order that bought, fifty that rest, and some that nobody knows
/// anything of and that never were.
fn fixture(rehearsal: &Rehearsal, unknown: u64) {
    let at = rehearsal.venue.server.now();
    let (journal, boot) = (JournalId(Uuid::from_u128(1)), BootId(Uuid::from_u128(2)));
    let names = NamesFact { at, journal, boot };
    let policy = PolicyHash("ab".repeat(32));
    let mut facts = vec![Fact::Boot { at, mode: Mode::Live, policy, run: RunKind::Loop }];
    facts.push(Fact::Named(names));
    facts.push(Fact::Flow(Flow {
        at,
        flow: FlowId(1),
        asset: "USD".parse().unwrap(),
        change: Amount::new(Decimal::from(10_000)).unwrap(),
        usd: None,
        kind: Some(FlowKind::Opening),
    }));
    rehearsal.venue.server.with(|venue| {
        for n in 1..=1 + OPEN + unknown {
            let name = ["BTC-USD", "ETH-USD", "SOL-USD"][usize::try_from(n % 3).unwrap()];
            let product: ProductId = name.parse().unwrap();
            let book = venue.book(product).unwrap().unwrap();
            let share = |hundredths| Decimal::new(hundredths, 2);
            let (limit, dollars) = match n {
                1 => (book.asks[0].price.get() * share(101), 100),
                _ => (book.bids[0].price.get() * share(92), 11),
            };
            let sent = intent(n, at, product, limit.round_dp(2), dollars);
            facts.push(Fact::Intent(Box::new(sent.clone())));
            if n > 1 + OPEN {
                continue;
            }
            let client = names.client_order_id(sent.intent).to_string();
            let venue_order_id = placed(venue, &sent, &client);
            let outcome = SubmitOutcome::Accepted { venue_order_id };
            // The process ended before it was told what became of the first.
            if n > 1 {
                facts.push(Fact::Submitted(SubmitFact { at, intent: sent.intent, outcome }));
            }
        }
    });
    let data = rehearsal.venue.home.path().join("data");
    Store::open(&data, &rehearsal.scope()).unwrap().append_all(&facts).unwrap();
}

fn kill_file(rehearsal: &Rehearsal) -> std::path::PathBuf {
    rehearsal.venue.home.path().join("data/KILL_SWITCH")
}

/// Asks every 100 ms until it is so; when that was.
fn when(what: &str, within: Duration, is: impl Fn() -> bool) -> Timestamp {
    let began = Instant::now();
    while began.elapsed() < within {
        if is() {
            return now();
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("not within {within:?}: {what}");
}

/// When the kill was seen, as its record says, and when it was put on record.
fn latched(rehearsal: &Rehearsal) -> Option<(Timestamp, Timestamp)> {
    let kill = |fact: &Fact| match fact {
        Fact::Latched { at, latch: Latch::Kill, reason } => {
            let (_, seen) = reason.rsplit_once("seen at ").unwrap();
            Some((seen.parse().unwrap(), *at))
        }
        _ => None,
    };
    rehearsal.facts().iter().find_map(kill)
}

fn nothing_rests(rehearsal: &Rehearsal) -> bool {
    rehearsal.at_venue().iter().all(|order| order.status.is_terminal())
}

/// Buys that the venue took when the kill must have been seen.
fn bought_after(rehearsal: &Rehearsal, killed: Timestamp) -> Vec<Order> {
    let seen = killed + SEEN_WITHIN;
    let late = |order: &Order| order.side == Side::Buy && order.created > seen;
    rehearsal.at_venue().into_iter().filter(late).collect()
}

/// What is bid for what the fixture bought.
fn bid(rehearsal: &Rehearsal) -> Decimal {
    let product = "ETH-USD".parse().unwrap();
    rehearsal.venue.server.with(|venue| venue.book(product).unwrap().unwrap().bids[0].price.get())
}

fn sold(rehearsal: &Rehearsal) -> usize {
    rehearsal.at_venue().iter().filter(|order| order.side == Side::Sell).count()
}

/// Ends a killed loop, takes the file away, and sees that the next one is killed as well.
fn outlives(rehearsal: &Rehearsal, mut child: std::process::Child) {
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(8), "the kill is latched");
    fs::remove_file(kill_file(rehearsal)).unwrap();
    let (mut child, reader) = rehearsal.start();
    let cycles = Cycles::of(reader);
    let line = cycles.until("a cycle after the restart", |line| line["status"] != "ERROR");
    assert_eq!(line["status"], "HALTED", "{line}");
    assert_eq!(line["proposals_approved"], 0, "{line}");
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(8));
}

/// What is open when the kill comes, and what the venue does meanwhile.
struct Drill {
    kill_exits: &'static str,
    /// Orders that nobody knows anything of.
    unknown: u64,
    /// How long the venue takes no cancel and lists nothing.
    fails_for: Duration,
    closed_within: Duration,
}

fn drilled(drill: &Drill) {
    let exits = format!("kill_exits: {}", drill.kill_exits);
    let mut changes = SOON.to_vec();
    changes.push(("policy.yaml", "kill_exits: reduce_only", &exits));
    // A start cancels what an earlier process left: not before the drill.
    let cancels = "/orders/batch_cancel";
    let rehearsal = Rehearsal::new(&changes, Some(fails(&[cancels])));
    fixture(&rehearsal, drill.unknown);
    let (child, reader) = rehearsal.start();
    let cycles = Cycles::of(reader);
    cycles.until("fifty open orders and a lot", |line| {
        let lots = line["portfolio"]["positions"].as_array().unwrap().len();
        lots == 1 && rehearsal.json(&["status"])["open_orders"].as_u64() >= Some(OPEN)
    });
    let broken = [cancels, "/orders/historical/batch", "/orders/historical/fills"];
    let server = &rehearsal.venue.server;
    server.goes_wrong((!drill.fails_for.is_zero()).then(|| fails(&broken)));
    let stop = bid(&rehearsal) * Decimal::new(92, 2);
    let killed = now();
    fs::write(kill_file(&rehearsal), "").unwrap();
    rehearsal.falls(None);
    when("the kill on record", Duration::from_secs(30), || latched(&rehearsal).is_some());
    let (seen, latched) = latched(&rehearsal).unwrap();
    let (seen, latched) = (between(killed, seen), between(killed, latched));
    thread::sleep(drill.fails_for);
    server.goes_wrong(None);
    let healed = if drill.fails_for.is_zero() { killed } else { now() };
    when("nothing rests", Duration::from_mins(1), || nothing_rests(&rehearsal));
    let entries = rehearsal.at_venue().into_iter().filter(|order| order.side == Side::Buy);
    let closed = between(healed, entries.map(|order| order.updated).max().unwrap());
    cycles.until("nothing unknown", |_| rehearsal.json(&["status"])["open_orders"] == 0);
    let known = between(healed, now());
    let exits = drill.kill_exits;
    println!("{exits}: seen {seen:?}, latched {latched:?}, closed {closed:?}, known {known:?}");
    assert!(seen <= SEEN_WITHIN && latched <= LATCHED_WITHIN, "{seen:?} {latched:?}");
    assert!(
        closed <= drill.closed_within && known <= Duration::from_mins(1),
        "{closed:?} {known:?}"
    );

    if drill.kill_exits == "freeze" {
        when("a price below the stop", Duration::from_secs(150), || bid(&rehearsal) < stop);
        for _ in 0..3 {
            cycles.until("a cycle", |_| true);
        }
        assert_eq!(sold(&rehearsal), 0, "a freeze sells nothing");
    } else {
        cycles.until("the stop sold", |line| {
            line["portfolio"]["positions"].as_array().unwrap().is_empty()
        });
        assert!(sold(&rehearsal) >= 1);
    }
    assert_eq!(bought_after(&rehearsal, killed), [], "nothing is bought after a kill");
    outlives(&rehearsal, child);
}

#[test]
fn fifty_orders_are_closed_within_10_s_and_a_stop_still_sells() {
    drilled(&Drill {
        kill_exits: "reduce_only",
        unknown: 0,
        fails_for: Duration::ZERO,
        closed_within: Duration::from_secs(10),
    });
}

#[test]
fn at_a_venue_that_fails_they_are_closed_within_30_s_of_its_healing_and_a_freeze_sells_nothing() {
    drilled(&Drill {
        kill_exits: "freeze",
        unknown: 2,
        fails_for: Duration::from_secs(6),
        closed_within: Duration::from_secs(30),
    });
}

/// Three orders of one verdict, and a venue that takes its time over each: the kill comes when the
/// first is under way.
#[test]
fn what_a_verdict_still_had_to_send_is_not_sent_once_a_kill_must_have_been_seen() {
    let mut changes = SOON.to_vec();
    changes.push(TOGETHER[0]);
    let rehearsal = Rehearsal::new(&changes, Some(slow_orders()));
    let (child, reader) = rehearsal.start();
    let cycles = Cycles::of(reader);
    when("the venue is asked for an order", Duration::from_mins(2), || posts(&rehearsal) > 0);
    let killed = now();
    fs::write(kill_file(&rehearsal), "").unwrap();
    let line = cycles.until("a cycle that bought", |line| line["status"] != "ERROR");
    assert!(line["proposals_approved"].as_u64() > Some(1), "several were to be sent: {line}");
    for _ in 0..3 {
        cycles.until("a cycle under the kill", |line| line["status"] == "HALTED");
    }
    assert!(posts(&rehearsal) < 3, "one was under way, and at most one more had left");
    assert_eq!(bought_after(&rehearsal, killed), []);
    cycles.until("nothing open", |_| rehearsal.json(&["status"])["open_orders"] == 0);
    assert!(nothing_rests(&rehearsal));
    signal(&child, "-INT");
    rehearsal.ends(child, 8);
}
