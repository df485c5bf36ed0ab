//! R-08, C-03: what is latched stays latched, over restarts and clocks that jump, until its day or
//! week is over or a person resumes it.
#![allow(missing_docs, clippy::unwrap_used, clippy::wildcard_enum_match_arm, reason = "tests")]

use std::collections::BTreeSet;

use domain::{
    ControlState, CycleId, Fact, Latch, Mode, PolicyHash, RunKind, Timestamp, Usd, remembered,
};
use proptest::prelude::*;
use state::State;

/// 2026-01-05 is a Monday.
const MONDAY: Timestamp = Timestamp::from_secs(1_767_571_200);
const LATCHES: [Latch; 9] = [
    Latch::Kill,
    Latch::DailyStop,
    Latch::WeeklyStop,
    Latch::MaxDrawdown,
    Latch::ExecutionThrottle,
    Latch::Reconciliation,
    Latch::UnknownOrder,
    Latch::WireShut,
    Latch::Halt,
];

fn hours(hours: i64) -> Timestamp {
    MONDAY.plus_secs(hours * 3_600)
}

fn latched(at: Timestamp, latch: Latch) -> Fact {
    Fact::Latched { at, latch, reason: "test".into() }
}

fn resumed(at: Timestamp, latch: Latch) -> Fact {
    Fact::Resumed { at, latch, reason: "test".into() }
}

#[test]
fn the_days_and_the_weeks_stop_end_by_themselves_and_no_other_does() {
    // Hours from Monday: when it was set, when it is asked about, and what still holds.
    let cases: [(Latch, i64, i64, bool); 10] = [
        (Latch::DailyStop, 23, 23, true),
        (Latch::DailyStop, 23, 24, false),
        (Latch::DailyStop, 24, 47, true),
        // The clock steps back over midnight.
        (Latch::DailyStop, 24, 23, true),
        (Latch::WeeklyStop, 23, 24, true),
        (Latch::WeeklyStop, 0, 167, true),
        (Latch::WeeklyStop, 167, 168, false),
        (Latch::MaxDrawdown, 0, 10_000, true),
        (Latch::Kill, 0, 10_000, true),
        (Latch::Halt, 0, 10_000, true),
    ];
    for (latch, set, now, holds) in cases {
        let state = State::of(&[latched(hours(set), latch)]);
        assert_eq!(state.latches(hours(now)).contains(&latch), holds, "{latch:?} {set} {now}");
    }
}

#[test]
fn a_halt_is_stricter_than_any_other_latch() {
    let mut state = State::of(&[latched(hours(0), Latch::Kill)]);
    assert_eq!(state.control(hours(1)), ControlState::ReduceOnly);
    state.apply(&latched(hours(1), Latch::Halt));
    assert_eq!(state.control(hours(1)), ControlState::Halted);
    assert_eq!(state.as_of(), Some(hours(1)));
}

#[test]
fn drawdown_is_measured_from_the_peak_that_an_operator_set() {
    let usd = |text: &str| Usd::parse(text).unwrap();
    let nav =
        |hour, text| Fact::Cycle { at: hours(hour), id: CycleId::default(), nav: Some(usd(text)) };
    let reset = Fact::PeakReset { at: hours(2), nav: usd("80"), reason: "test".into() };
    let state = State::of(&[nav(0, "100"), nav(1, "80"), reset, nav(3, "85")]);
    assert_eq!(state.marks().peak(), Some(usd("85")));
}

#[derive(Debug, Clone)]
enum Step {
    Latch(Latch),
    Resume(Latch),
    Boot(RunKind),
    Nav(u32),
}

fn step() -> impl Strategy<Value = (i64, Step)> {
    let latch = || prop::sample::select(LATCHES.to_vec());
    let what = prop_oneof![
        latch().prop_map(Step::Latch),
        latch().prop_map(Step::Resume),
        prop::bool::ANY
            .prop_map(|once| { Step::Boot(if once { RunKind::Once } else { RunKind::Loop }) }),
        (1..1_000_u32).prop_map(Step::Nav),
    ];
    // Mostly forward, sometimes back.
    (-30..60_i64, what)
}

fn facts(steps: &[(i64, Step)]) -> Vec<Fact> {
    let mut hour = 0;
    let mut facts = Vec::new();
    for (by, what) in steps {
        hour += by;
        let at = hours(hour);
        facts.push(match what {
            Step::Latch(latch) => latched(at, *latch),
            Step::Resume(latch) => resumed(at, *latch),
            Step::Boot(run) => {
                Fact::Boot { at, mode: Mode::Paper, policy: PolicyHash("p".into()), run: *run }
            }
            Step::Nav(nav) => {
                let nav = Some(Usd::new((*nav).into()).unwrap());
                Fact::Cycle { at, id: CycleId::default(), nav }
            }
        });
    }
    facts
}

/// What holds, told from the list backwards: the newest moment it was set since it was resumed.
fn expected(facts: &[Fact], now: Timestamp) -> BTreeSet<Latch> {
    let day = |at: Timestamp| at.secs().div_euclid(86_400);
    let week = |at: Timestamp| (day(at) - 4).div_euclid(7);
    let holds = |latch: Latch| {
        let since =
            facts.iter().rposition(|f| matches!(f, Fact::Resumed { latch: l, .. } if *l == latch));
        let set = facts.iter().skip(since.map_or(0, |at| at + 1)).filter_map(|fact| match fact {
            Fact::Latched { at, latch: l, .. } if *l == latch => Some(*at),
            _ => None,
        });
        set.max().is_some_and(|at| match latch {
            Latch::DailyStop => day(now) <= day(at),
            Latch::WeeklyStop => week(now) <= week(at),
            _ => true,
        })
    };
    LATCHES.into_iter().filter(|latch| holds(*latch)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn latches_are_what_the_facts_say(
        steps in prop::collection::vec(step(), 0..30), later in -40..200_i64, cut in 0..30_usize,
    ) {
        let facts = facts(&steps);
        let now = facts.last().map_or(MONDAY, Fact::at).plus_secs(later * 3_600);
        let state = State::of(&facts);
        prop_assert_eq!(state.latches(now), expected(&facts, now));
        // A restart at any point, with whatever single decisions left behind them.
        let (before, after) = facts.split_at(cut.min(facts.len()));
        let kept: Vec<_> = remembered(before.to_vec()).chain(after.iter().cloned()).collect();
        prop_assert_eq!(State::of(&kept).latches(now), expected(&facts, now));
        let open = state.latches(now).is_empty();
        prop_assert_eq!(state.control(now) == ControlState::Active, open);
        // C-03: a kill holds until a person resumes it, whatever the clock says.
        let killed = expected(&facts, now).contains(&Latch::Kill);
        for jump in [-1_000_000, 1_000_000] {
            prop_assert_eq!(state.latches(now.plus_secs(jump * 3_600)).contains(&Latch::Kill), killed);
        }
    }
}
