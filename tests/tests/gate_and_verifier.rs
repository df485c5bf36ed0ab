//! Random cycles through the gate: the verifier, which shares nothing with it, finds nothing to
//! object to.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::thread;

use domain::RiskCode;
use system_tests::random::{CYCLES_A_SEED, Outcome, run_all};

/// So many cycles; `cargo xtask full` asks for more.
#[expect(clippy::disallowed_methods, reason = "a test is told by the environment how long to run")]
fn cycles() -> u64 {
    std::env::var("TRADER_RANDOM_CYCLES").map_or(100_000, |text| text.parse().unwrap())
}

fn everything() -> Outcome {
    let seeds = cycles().div_ceil(CYCLES_A_SEED);
    let half = seeds / 2;
    let other = thread::spawn(move || run_all(0..half).unwrap());
    let mut sum = run_all(half..seeds).unwrap();
    sum.add(other.join().unwrap());
    sum
}

#[test]
fn nothing_that_the_gate_lets_through_is_a_violation_to_the_verifier() {
    let found = everything();
    let report = &found.report;
    let rows: Vec<_> =
        report.checks.iter().map(|(check, row)| format!("{check:?} {row:?}")).collect();
    println!("{} proposed, {} approved, {} intents", found.proposed, found.approved, found.intents);
    println!("{} commits refused; {:#?}\n{rows:#?}", found.refused_commits, found.codes);
    assert_eq!(found.contradictions, 0);
    assert!(report.is_clean(), "{:#?}", report.violations);
    assert!(found.approved * 5 >= found.proposed, "{} of {}", found.approved, found.proposed);
    assert!(found.intents * 3 >= found.approved, "{} of {}", found.intents, found.approved);
    let rare: Vec<_> = RiskCode::ALL
        .iter()
        .filter(|code| found.codes.get(code).copied().unwrap_or(0) < 100)
        .collect();
    assert!(rare.is_empty(), "hit fewer than 100 times: {rare:?}");
}
