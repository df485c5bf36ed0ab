//! Faults on purpose are found: by the verifier on fixed seeds alone.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use domain::RiskCode;
use domain::planted::{Fault, MARKER, with};
use system_tests::random::run_all;
use verify::Check;

/// Each fault with a check that must find it.
const FAULTS: &[(Fault, Check)] = &[
    (Fault::Ignores(RiskCode::TotalCap), Check::TotalCap),
    (Fault::Ignores(RiskCode::PositionCap), Check::PositionCap),
    (Fault::Ignores(RiskCode::ClusterCap), Check::ClusterCap),
    (Fault::Ignores(RiskCode::TierCap), Check::TierCap),
    (Fault::Ignores(RiskCode::OrderTooLarge), Check::OrderTooLarge),
    (Fault::Ignores(RiskCode::InsufficientFunds), Check::InsufficientFunds),
    (Fault::Ignores(RiskCode::Depth), Check::Depth),
    (Fault::Ignores(RiskCode::TradesPerHour), Check::TradesPerHour),
    (Fault::Ignores(RiskCode::SymbolCooldown), Check::SymbolCooldown),
    (Fault::Ignores(RiskCode::StaleQuote), Check::StaleQuote),
    (Fault::Ignores(RiskCode::Spread), Check::Spread),
    (Fault::Ignores(RiskCode::TriggerUsed), Check::TriggerUsed),
    (Fault::Ignores(RiskCode::RegimeUnknown), Check::RegimeUnknown),
    (Fault::Ignores(RiskCode::ExceedsHolding), Check::ExceedsHolding),
    (Fault::Ignores(RiskCode::MaxOpenPositions), Check::MaxOpenPositions),
    (Fault::ForgetsFees, Check::WorstCase),
    (Fault::ForgetsBatch, Check::ClusterCap),
    (Fault::ForgetsLiveBuys, Check::TotalCap),
    (Fault::ForgetsPositions, Check::PositionCap),
    (Fault::WideCollar, Check::Collar),
    (Fault::LongLife, Check::Grant),
    (Fault::DoubledNav, Check::Nav),
    (Fault::StaleMark, Check::Nav),
    (Fault::DroppedFill, Check::Nav),
    (Fault::SwappedQuote, Check::Collar),
    (Fault::LostReservation, Check::Fill),
    (Fault::EnlargedIntent, Check::GrantBounds),
    (Fault::UnderstatedWorstCase, Check::WorstCase),
    (Fault::ExpiredCommit, Check::Intent),
    (Fault::OvertakenCommit, Check::Intent),
];

/// Seeds on which every fault must show.
const SEEDS: core::ops::Range<u64> = 0..40;

#[test]
fn the_verifier_finds_every_planted_fault_on_fixed_seeds() {
    assert!(FAULTS.len() >= 25);
    let mut missed = Vec::new();
    for (fault, check) in FAULTS {
        let found = with(*fault, || run_all(SEEDS)).unwrap().report;
        let violations = found.checks.get(check).map_or(0, |tally| tally.violations);
        println!("{fault:?}: {violations} of {check:?}, {} in all", found.violation_count());
        if violations == 0 {
            missed.push((
                fault,
                found
                    .checks
                    .iter()
                    .filter(|c| c.1.violations > 0)
                    .map(|c| *c.0)
                    .collect::<Vec<_>>(),
            ));
        }
    }
    assert!(missed.is_empty(), "not found: {missed:?}");
}

#[test]
fn without_a_fault_the_same_seeds_are_clean() {
    let found = run_all(SEEDS).unwrap().report;
    assert!(found.is_clean(), "{:#?}", found.violations);
}

/// The marker that a shipped binary is searched for is in this one.
#[test]
fn a_binary_with_faults_can_be_told() {
    let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    assert!(own.windows(MARKER.len()).any(|window| window == MARKER.as_bytes()));
}
