//! Stops trip on two readings; latches say what may be done.

use std::collections::BTreeSet;

use crate::common::*;
use domain::{ControlState, Fact, Latch, PolicyHash, Side};
use proptest::prelude::*;
use risk::{Counters, KillExits, Limits, Policy, STOP_CONFIRM_SECS, StopWatch};

#[test]
fn a_stop_trips_on_two_navs_ten_seconds_apart() {
    // Seconds, whether the NAV is at the stop, and whether it trips.
    let cases: [&[(i64, bool, bool)]; 5] = [
        &[(0, true, false), (9, true, false), (10, true, true), (20, true, true)],
        &[(0, true, false), (5, false, false), (12, true, false), (22, true, true)],
        &[(0, true, false), (60, true, true)],
        &[(0, false, false), (60, false, false)],
        // The clock steps back: the wait starts again from there.
        &[(100, true, false), (50, true, false), (59, true, false), (60, true, true)],
    ];
    for case in cases {
        let mut watch = StopWatch::default();
        for (secs, reached, trips) in case {
            let latches: &[Latch] = if *reached { &[Latch::DailyStop] } else { &[] };
            let tripped = watch.observe(T0.plus_secs(*secs), latches);
            assert_eq!(!tripped.is_empty(), *trips, "{case:?} at {secs}");
        }
    }
    let mut watch = StopWatch::default();
    watch.observe(T0, &[Latch::DailyStop]);
    let both = [Latch::DailyStop, Latch::WeeklyStop];
    assert_eq!(watch.observe(T0.plus_secs(10), &both), [Latch::DailyStop], "each by itself");
}

#[test]
fn latches_say_what_may_still_be_done() {
    let limits = |kill_exits| {
        let mut policy = Policy::default();
        policy.control.kill_exits = kill_exits;
        Limits::new(policy, PolicyHash("p".into())).unwrap()
    };
    let cases: [(&[Latch], KillExits, ControlState); 6] = [
        (&[], KillExits::Freeze, ControlState::Active),
        (&[Latch::Kill], KillExits::ReduceOnly, ControlState::ReduceOnly),
        (&[Latch::Kill], KillExits::Freeze, ControlState::Halted),
        (&[Latch::DailyStop], KillExits::Freeze, ControlState::ReduceOnly),
        (&[Latch::Reconciliation], KillExits::ReduceOnly, ControlState::ReduceOnly),
        (&[Latch::Halt, Latch::Kill], KillExits::ReduceOnly, ControlState::Halted),
    ];
    for (latches, kill_exits, expected) in cases {
        let set: BTreeSet<_> = latches.iter().copied().collect();
        assert_eq!(limits(kill_exits).control(&set), expected, "{latches:?} {kill_exits:?}");
    }
}

#[test]
fn executions_that_repeat_are_seen_until_a_person_resumes() {
    let limits = Limits::new(Policy::default(), PolicyHash("p".into())).unwrap();
    let mut counters = Counters::default();
    for n in 0..8 {
        assert_eq!(limits.repeats(&counters, T0), None, "{n} executions");
        for fact in position(n, "XRP-USD", "1", "2", T0) {
            counters.apply(&fact);
            // A fill that comes twice is one execution.
            counters.apply(&fact);
        }
        counters.apply(&fill(&format!("s{n}"), 100 + n, Side::Sell, "XRP-USD", "1", "2", T0));
    }
    assert_eq!(limits.repeats(&counters, T0), Some(&asset("XRP")));
    assert_eq!(limits.repeats(&counters, T0.plus_secs(300)), None, "out of the window");
    let (at, reason) = (T0, "seen".to_owned());
    counters.apply(&Fact::Resumed { at, latch: Latch::DailyStop, reason: reason.clone() });
    assert_eq!(limits.repeats(&counters, T0), Some(&asset("XRP")), "another latch");
    counters.apply(&Fact::Resumed { at, latch: Latch::ExecutionThrottle, reason });
    assert_eq!(limits.repeats(&counters, T0), None);
}

#[test]
fn a_storm_is_remembered_by_the_thousand_and_no_more() {
    let mut counters = Counters::default();
    for n in 0..3_000 {
        let at = T0.plus_secs(n % 7);
        counters.apply(&Fact::Venue { at, trouble: domain::Trouble::Error });
        counters.apply(&Fact::Cancel { at, intent: domain::IntentId(1) });
        let number = n.unsigned_abs();
        let name = format!("f{n}");
        counters.apply(&fill(&name, number, Side::Buy, "XRP-USD", "1", "2", at));
    }
    assert_eq!(counters.messages_in_minute(T0.plus_secs(6)), 1_000);
    assert_eq!(counters.executed().count(), 1_000);
    assert_eq!(counters.errors_crowded(3, 300), Some(T0.plus_secs(6)));
    assert_eq!(counters.errors_crowded(1_001, 300), None);
}

proptest! {
    #![proptest_config(cases())]

    /// A stop trips exactly when the readings since the last better one span ten seconds.
    #[test]
    fn a_stop_trips_when_every_reading_for_ten_seconds_is_beyond_it(
        readings in prop::collection::vec((0..8_i64, any::<bool>()), 1..30),
    ) {
        let mut watch = StopWatch::default();
        let (mut now, mut since) = (0, None);
        for (pause, reached) in readings {
            now += pause;
            since = if reached { since.or(Some(now)) } else { None };
            let latches: &[Latch] = if reached { &[Latch::MaxDrawdown] } else { &[] };
            let trips = since.is_some_and(|since| now - since >= STOP_CONFIRM_SECS);
            let tripped = watch.observe(T0.plus_secs(now), latches);
            prop_assert_eq!(tripped, if trips { vec![Latch::MaxDrawdown] } else { vec![] });
        }
    }
}
