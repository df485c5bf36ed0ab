//! What is counted within a window, and for how long it is remembered.

use crate::common::*;
use domain::{CycleId, Fact, IntentId, Side, SubmitOutcome, Timestamp, Trouble};
use risk::Counters;

#[test]
fn a_window_is_open_at_its_start_and_a_clock_that_steps_back_refills_nothing() {
    let sent = order(1, Side::Buy, "BTC-USD", "1", "2", T0);
    let counters = Counters::of(&[approval("BTC-USD", T0), sent]);
    let cases =
        [(-60, 1, 1), (0, 1, 1), (3599, 1, 1), (3600, 0, 1), (86_399, 0, 1), (86_400, 0, 0)];
    for (secs, hour, day) in cases {
        let now = T0.plus_secs(secs);
        let trades = (counters.trades_in_hour(now), counters.trades_in_day(now));
        assert_eq!(trades, (hour, day), "{secs} s later");
        let attempts = (counters.attempts_in_hour(now), counters.attempts_in_day(now));
        assert_eq!(attempts, (hour, day), "{secs} s later");
    }
}

const fn error(at: Timestamp) -> Fact {
    Fact::Venue { at, trouble: Trouble::Error }
}

#[test]
fn errors_that_are_a_whole_span_apart_are_not_within_it() {
    for (secs, crowded) in [(59, true), (60, false)] {
        let newest = T0.plus_secs(secs);
        let counters = Counters::of(&[error(T0), error(newest)]);
        assert_eq!(counters.errors_crowded(2, 60), crowded.then_some(newest), "{secs} s apart");
    }
}

#[test]
fn what_no_window_reaches_is_forgotten() {
    let mut counters = Counters::default();
    for n in 0..10_000 {
        let at = T0.plus_secs(n * 600);
        counters.apply(&approval("BTC-USD", at));
        let sale = IntentId(n.unsigned_abs() * 2 + 1);
        let facts = position(sale.0, "XRP-USD", "1", "2", at);
        apply(&mut counters, &facts);
        counters.apply(&order(sale.0 + 1, Side::Sell, "XRP-USD", "1", "2", at));
        let name = format!("s{}", sale.0);
        counters.apply(&fill(&name, sale.0 + 1, Side::Sell, "XRP-USD", "1", "2", at));
        counters.apply(&end(sale.0 + 1, "1", at));
    }
    let text = format!("{counters:?}");
    assert!(text.len() < 1_000_000, "{} bytes of memory after 70 days", text.len());
}

/// Also a cycle without trades is time that passes.
#[test]
fn a_cycle_forgets_what_no_window_reaches() {
    let mut counters = Counters::of(&[approval("XRP-USD", T0)]);
    let event = {
        let Fact::Approved(approval) = approval("XRP-USD", T0) else { panic!() };
        approval.trigger
    };
    for (hours, trades, used) in [(24, 1, true), (26, 0, true), (47, 0, true), (48, 0, false)] {
        let at = T0.plus_secs(3600 * hours);
        counters.apply(&Fact::Cycle { at, id: CycleId::default(), nav: None });
        let found = (counters.trades_in_day(T0), counters.is_used(&event));
        assert_eq!(found, (trades, used), "after {hours} hours");
    }
}

/// Whoever keeps what is not used yet looks at it again whenever that may be something else.
#[test]
fn each_use_and_each_forgetting_tells_of_itself() {
    let mut counters = Counters::of(&[error(T0)]);
    let Fact::Approved(other) = approval("BTC-USD", T0) else { panic!() };
    let used = Fact::TriggerUsed { at: T0, trigger: other.trigger };
    let later = |hours: i64| {
        let at = T0.plus_secs(3600 * hours);
        Fact::Cycle { at, id: CycleId::default(), nav: None }
    };
    let cases =
        [(approval("XRP-USD", T0), true), (used, true), (error(T0), false), (later(48), true)];
    for (fact, tells) in cases {
        let before = counters.uses();
        counters.apply(&fact);
        assert_eq!(counters.uses() > before, tells, "{fact:?}");
    }
}

#[test]
fn an_entry_approved_while_another_is_live_is_one_more() {
    let (xrp, live) = (asset("XRP"), order(1, Side::Buy, "XRP-USD", "10", "2", T0));
    for (then, adds) in [(vec![], 1), (vec![end(1, "0", T0)], 0)] {
        let mut counters = Counters::of(std::iter::once(&live).chain(&then));
        counters.apply(&approval("XRP-USD", T0));
        counters.apply(&approval("BTC-USD", T0));
        assert_eq!(counters.adds_in_day(&xrp, T0), adds);
        assert_eq!(counters.adds_in_day(&asset("BTC"), T0), 0, "that is another asset's");
    }
}

/// What a counter still knows of one fact, seen from days before so that every window holds it.
fn known(fact: &Fact, later: i64) -> Vec<bool> {
    let at = T0.plus_secs(later);
    let cycle = Fact::Cycle { at, id: domain::CycleId::default(), nav: None };
    let counters = Counters::of([fact, &cycle]);
    let (back, xrp) = (T0.plus_secs(-10_000), asset("XRP"));
    vec![
        counters.trades_in_day(back) > 0,
        counters.last_trade_of(&xrp).is_some(),
        counters.attempts_in_day(back) > 0,
        counters.last_order_of(&xrp).is_some(),
        counters.messages_in_minute(back) > 0,
        counters.refused_in(60, back) > 0,
        counters.errors_crowded(1, 60).is_some(),
        counters.executed().count() > 0,
        counters.last_exit(&xrp).is_some(),
    ]
}

#[test]
fn an_hour_beyond_the_longest_window_everything_is_forgotten() {
    let no = SubmitOutcome::Refused { reason: "no".into() };
    let cases = [
        (approval("XRP-USD", T0), 2),
        (order(1, Side::Buy, "XRP-USD", "10", "2", T0), 3),
        (Fact::Cancel { at: T0, intent: IntentId(1) }, 1),
        (submitted(1, no, T0), 1),
        (Fact::Venue { at: T0, trouble: Trouble::Error }, 1),
        (fill("a", 1, Side::Buy, "XRP-USD", "10", "2", T0), 1),
    ];
    for (fact, remembered) in cases {
        let kinds = |later| known(&fact, later).into_iter().filter(|known| *known).count();
        assert_eq!(kinds(90_000 - 1), remembered, "{fact:?}");
        assert_eq!(kinds(90_000), 0, "{fact:?}");
    }
    // A sale of what was held.
    let sale = |later| {
        let mut counters = Counters::of(&position(1, "XRP-USD", "10", "2", T0));
        counters.apply(&fill("s", 2, Side::Sell, "XRP-USD", "10", "2", T0));
        let at = T0.plus_secs(later);
        counters.apply(&Fact::Cycle { at, id: domain::CycleId::default(), nav: None });
        counters.last_exit(&asset("XRP")).is_some()
    };
    assert_eq!((sale(90_000 - 1), sale(90_000)), (true, false));
}

/// Venues list fills again: for eight days each counts once.
#[test]
fn a_fill_that_is_listed_again_within_eight_days_is_the_same() {
    for (later, again) in [(8 * 86_400 - 1, false), (8 * 86_400, true)] {
        let mut counters = Counters::of(&position(1, "XRP-USD", "10", "2", T0));
        let at = T0.plus_secs(later);
        counters.apply(&Fact::Cycle { at, id: domain::CycleId::default(), nav: None });
        let before = counters.clone();
        counters.apply(&fill("f1", 1, Side::Buy, "XRP-USD", "10", "2", T0));
        // Half of a lot that was booked twice is still there.
        counters.apply(&fill("s", 2, Side::Sell, "XRP-USD", "10", "1.9", at));
        assert_eq!(counters.losses_in_a_row(), u32::from(!again), "{later} s later");
        assert_ne!(counters, before);
    }
}

#[test]
fn adds_and_executions_are_those_of_the_asset_within_the_window() {
    let mut counters = Counters::of(&position(1, "XRP-USD", "10", "2", T0));
    counters.apply(&approval("XRP-USD", T0));
    counters.apply(&approval("BTC-USD", T0.plus_secs(5)));
    let (xrp, btc) = (asset("XRP"), asset("BTC"));
    for (secs, adds) in [(86_399, 1), (86_400, 0)] {
        assert_eq!(counters.adds_in_day(&xrp, T0.plus_secs(secs)), adds, "{secs} s later");
    }
    assert_eq!(counters.adds_in_day(&btc, T0), 0, "it was not held");
    assert_eq!((counters.last_trade_of(&xrp), counters.last_trade()), {
        (Some(T0), Some(T0.plus_secs(5)))
    });
    for (secs, executed) in [(299, 1), (300, 0)] {
        assert_eq!(counters.executed_in(&xrp, 300, T0.plus_secs(secs)), executed);
        assert_eq!(counters.executed_in(&btc, 300, T0.plus_secs(secs)), 0);
    }
}
