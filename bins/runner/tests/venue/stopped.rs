//! A process of LIVE trading that is stopped (`SIGSTOP`) and goes on seconds later: what was allowed
//! before is not sent after. And a second process beside one that works, and beside one that is
//! stopped.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use domain::{Fact, GrantRef, Side, SubmitOutcome};
use exchange_sim_server::{Fault, On, Rule, Scenario, When};

use crate::kills::{Tally, compared};
use crate::rehearsal::{BUSY, Cycles, FILE, LIVE, Rehearsal, WORD, signal};
use crate::served::{TRADER, text};

/// How long it is stopped each time, seconds: longer than an approval lives, and once longer than
/// the signature of an order.
const STOPPED_SECS: [u64; 5] = [3, 4, 12, 3, 5];
/// Several orders of one verdict: those after the first wait for it, already on record.
pub(crate) const TOGETHER: [(&str, &str, &str); 2] = [
    ("policy.yaml", "max_new_positions_per_cycle: 1", "max_new_positions_per_cycle: 3"),
    ("policy.yaml", "  spacing_secs: 5", "  spacing_secs: 0"),
];
/// How long the venue takes the signature of an order, and what a busy machine may add.
const SIGNED_MILLIS: i64 = 10_000;
const BUSY_MILLIS: i64 = 2_000;

/// The venue takes its time over orders: there is something under way to be stopped in.
pub(crate) fn slow_orders() -> Scenario {
    let (method, path) = (Some("POST".to_owned()), Some("/orders".to_owned()));
    let on = On { method, path, ..On::default() };
    let rule = Rule { on, when: When::default(), fault: Fault::Slow { millis: 600 } };
    let (name, about) = ("slow-orders".to_owned(), "Slow.".to_owned());
    Scenario { name, about, seen: Vec::new(), rules: vec![rule] }
}

pub(crate) fn posts(rehearsal: &Rehearsal) -> usize {
    let asked = rehearsal.venue.asked();
    asked.iter().filter(|(method, path)| method == "POST" && path.ends_with("/orders")).count()
}

/// Every second time the moment at which the venue has just been asked for an order, if it is asked
/// for one within seconds; else one that nobody chose.
fn some_moment(rehearsal: &Rehearsal, stop: usize) {
    if stop.is_multiple_of(2) {
        let (before, began) = (posts(rehearsal), Instant::now());
        while posts(rehearsal) == before && began.elapsed() < Duration::from_secs(8) {
            thread::sleep(Duration::from_millis(5));
        }
    } else {
        thread::sleep(Duration::from_millis((stop as u64 * 617) % 1_501));
    }
}

fn a_second_one_is_refused(rehearsal: &Rehearsal) {
    let (key, word) = (rehearsal.venue.key(TRADER), Path::new(&rehearsal.word));
    let second = rehearsal.venue.run(&LIVE, &[(FILE, &key), (WORD, word)]);
    let said = text(&second.stderr);
    assert_eq!(second.status.code(), Some(3), "{said}");
    assert!(said.contains("in use by another instance"), "{said}");
}

/// No order is younger at the venue than its approval allows; how many were refused as too late.
fn in_time(rehearsal: &Rehearsal) -> usize {
    let (mut names, mut grants, mut late) = (None, BTreeMap::<String, GrantRef>::new(), 0);
    for fact in rehearsal.facts() {
        match fact {
            Fact::Named(named) => names = Some(named),
            Fact::Intent(sent) => {
                let name = names.unwrap().client_order_id(sent.intent).to_string();
                grants.insert(name, sent.grant.unwrap());
            }
            Fact::Submitted(told) => {
                let is_late = matches!(&told.outcome, SubmitOutcome::Refused { reason }
                    if reason.contains("approval ran out") || reason.contains("was too late"));
                late += usize::from(is_late);
            }
            _ => {}
        }
    }
    for order in rehearsal.at_venue() {
        let expires = grants[&order.draft.client_order_id].expires;
        let after = order.created.millis() - expires.millis();
        assert!(after <= SIGNED_MILLIS + BUSY_MILLIS, "{after} ms late: {order:?}");
    }
    late
}

#[test]
fn a_stopped_process_sends_nothing_late_loses_nothing_and_shares_with_nobody() {
    let changes: Vec<_> = BUSY.into_iter().chain(TOGETHER).collect();
    let rehearsal = Rehearsal::new(&changes, Some(slow_orders()));
    let (mut child, reader) = rehearsal.start();
    let cycles = Cycles::of(reader);
    cycles.until("a cycle", |_| true);
    a_second_one_is_refused(&rehearsal);
    cycles.until("a cycle after another was refused", |_| true);
    for (stop, secs) in STOPPED_SECS.into_iter().enumerate() {
        some_moment(&rehearsal, stop);
        signal(&child, "-STOP");
        let began = Instant::now();
        if stop == 0 {
            a_second_one_is_refused(&rehearsal);
        }
        thread::sleep(Duration::from_secs(secs).saturating_sub(began.elapsed()));
        signal(&child, "-CONT");
        cycles.until("a cycle after a stop", |_| true);
    }
    let bought = || {
        let facts = rehearsal.facts();
        facts.iter().any(|fact| matches!(fact, Fact::Fill(fill) if fill.side == Side::Buy))
    };
    cycles.until("a buy", |_| bought());
    let halt = rehearsal.venue.run(&["halt", "--reason", "the books are compared"], &[]);
    assert_eq!(halt.status.code(), Some(0), "{}", text(&halt.stderr));
    cycles.until("an agreement with nothing open", |_| {
        let status = rehearsal.json(&["status"]);
        status["reconciled"]["complete"] == true && status["open_orders"] == 0
    });
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(8), "the kill is latched");
    let mut tally = Tally::default();
    compared(&rehearsal, &mut tally);
    let late = in_time(&rehearsal);
    println!("{} stops: {late} orders refused as too late, {tally:?}", STOPPED_SECS.len());
}
