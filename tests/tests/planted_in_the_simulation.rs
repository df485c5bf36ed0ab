//! Faults on purpose are found by the simulation: each by a rule that it breaks, on fixed seeds.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use domain::planted::{Fault, with};
use system_tests::sim::{Plan, run};

const CYCLES: u64 = 200;
/// Every fault must show on these; the first that shows it ends the search.
const SEEDS: core::ops::Range<u64> = 0..400;
/// A seed that fails with a fault that most seeds show: should it ever pass, the alarm is broken.
const CANARY: (u64, Fault) = (11, Fault::EnlargedIntent);

const FAULTS: &[Fault] = &[
    Fault::TimeoutIsRefusal,
    Fault::UnknownReleases,
    Fault::CancelIsTheEnd,
    Fault::AbsentTooEarly,
    Fault::AbsentAtOnce,
    Fault::StaysAbsent,
    Fault::EndsIgnoreFills,
    Fault::FillsAgain,
    Fault::ReportsRegress,
    Fault::BootForgets,
    Fault::NeverLists,
    Fault::ForeignUnseen,
    Fault::ComparesBriefly,
    Fault::HastyFlow,
    Fault::EntersUncompared,
    Fault::NumbersRepeat,
    Fault::ExitsStopWithLatches,
    Fault::OneExitTry,
    Fault::KillUnheededAtTheWire,
    Fault::SendsBeforeRecord,
    Fault::ForgetsAnswer,
    Fault::LatchesUnheeded,
    Fault::DroppedFill,
    Fault::LostReservation,
    Fault::EnlargedIntent,
    Fault::UnderstatedWorstCase,
    Fault::ForgetsPositions,
    Fault::SellsWhileHeld,
    Fault::ForgetsTakeOver,
];

/// The first seed that shows a fault, and the rule that it breaks.
fn shown(fault: Fault) -> Option<(u64, String)> {
    with(fault, || {
        SEEDS.into_iter().find_map(|seed| {
            let outcome = run(&Plan::new(seed, CYCLES));
            outcome.violations.first().map(|violation| (seed, violation.clone()))
        })
    })
}

#[test]
fn the_simulation_finds_every_planted_fault() {
    let mut missed = Vec::new();
    for fault in FAULTS {
        match shown(*fault) {
            Some((seed, violation)) => println!("{fault:?}: seed {seed}, {violation}"),
            None => missed.push(fault),
        }
    }
    assert!(missed.is_empty(), "not found: {missed:?}");
}

/// Faults that one seed in thousands shows.
const RARE: &[(Fault, u64)] = &[(Fault::BelievesBalances, 2_349), (Fault::OwnIsForeign, 599)];

#[test]
fn a_seed_that_was_found_shows_each_rare_fault() {
    for (fault, seed) in RARE {
        let plan = Plan::new(*seed, CYCLES);
        assert!(!with(*fault, || run(&plan)).violations.is_empty(), "{fault:?}");
    }
}

#[test]
fn the_canary_seed_fails_and_only_with_its_fault() {
    let (seed, fault) = CANARY;
    assert!(!with(fault, || run(&Plan::new(seed, CYCLES))).violations.is_empty());
    assert!(run(&Plan::new(seed, CYCLES)).violations.is_empty());
}
