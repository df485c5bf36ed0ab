//! What holds for every row of hours.
#![allow(missing_docs, reason = "the names of the tests say it")]

mod common;

use common::read;
use domain::Regime;
use proptest::prelude::*;
use regime::{Memory, Params};

fn numbers() -> impl Strategy<Value = Option<(f64, f64)>> {
    let known = (-30.0..30.0_f64, 0.0..120.0_f64);
    prop_oneof![
        6 => known.prop_map(Some),
        2 => prop_oneof![Just((12.0, 40.0)), Just((1.0, 40.0)), Just((-7.0, 40.0))].prop_map(Some),
        1 => Just(None),
    ]
}

fn says(numbers: (f64, f64)) -> Regime {
    Params::default().hour_says(numbers.0, numbers.1)
}

proptest! {
    #[test]
    fn reading_an_hour_again_changes_nothing(steps in prop::collection::vec(numbers(), 1..40)) {
        let (mut once, mut often) = (Memory::default(), Memory::default());
        for (hour, numbers) in (0..).zip(&steps) {
            let reading = read(&mut once, hour, *numbers);
            for _ in 0..3 {
                prop_assert_eq!(read(&mut often, hour, *numbers), reading);
            }
            prop_assert_eq!(once, often);
        }
    }

    #[test]
    fn single_hours_never_change_a_calm_regime(
        odd in prop::collection::vec((-9.9..30.0_f64, 0.0..100.0_f64), 1..40)
    ) {
        // Every second hour says chop; what stands between never says crash.
        let mut memory = Memory::default();
        read(&mut memory, 0, Some((1.0, 40.0)));
        for (pair, numbers) in (0..).zip(odd) {
            prop_assert_eq!(read(&mut memory, 2 * pair + 1, Some(numbers)).regime, Regime::Chop);
            prop_assert_eq!(read(&mut memory, 2 * pair + 2, Some((1.0, 40.0))).regime, Regime::Chop);
        }
    }

    #[test]
    fn a_change_has_two_hours_or_a_crash_behind_it(
        steps in prop::collection::vec(numbers(), 1..60)
    ) {
        let mut memory = Memory::default();
        let mut before: Option<(f64, f64)> = None;
        for (hour, numbers) in (0..).zip(steps) {
            let held = memory.held();
            let reading = read(&mut memory, hour, numbers);
            match numbers {
                None => {
                    prop_assert_eq!(reading.regime, Regime::Unknown);
                    prop_assert_eq!(memory.held(), held, "unknown leaves memory alone");
                }
                Some(now) => {
                    prop_assert!(reading.why.is_none());
                    prop_assert_eq!(Some(reading.regime), memory.held());
                    let changed = held.is_some_and(|held| held != reading.regime);
                    let pair = before.is_some_and(|before| says(before) == says(now));
                    let crash = says(now) == Regime::Crash;
                    let agreed = held != Some(says(now)) && (pair || crash);
                    prop_assert_eq!(changed, held.is_some() && agreed);
                }
            }
            before = numbers;
        }
    }

    #[test]
    fn a_falling_trend_never_improves_the_hour(
        trend in -30.0..30.0_f64, fall in 0.0..30.0_f64, volatility in 0.0..150.0_f64
    ) {
        let rank = |trend| match Params::default().hour_says(trend, volatility) {
            Regime::Bull => 0,
            Regime::Chop => 1,
            Regime::Bear => 2,
            Regime::Crash | Regime::Unknown => 3,
        };
        prop_assert!(rank(trend - fall) >= rank(trend));
    }
}
