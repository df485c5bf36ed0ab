//! Every code that this version can produce, each from one spoiled thing.

macro_rules! row {
    ($name:literal, [$($code:ident),+], $spoil:expr) => {
        Row { name: $name, spoil: $spoil, codes: &[$(domain::RiskCode::$code),+] }
    };
}

mod control;
mod exits;
mod market;
mod pacing;

use std::collections::BTreeSet;

use crate::common::*;
use domain::{ExitReason, Proposal, RiskCode, Usd};
use risk::{Gate, Nearest, Sense};

/// What is spoiled, what is proposed then, and exactly which codes come back.
struct Row {
    name: &'static str,
    spoil: fn(&mut World) -> Proposal,
    codes: &'static [RiskCode],
}

fn buy(product: &str, size_pct: &str) -> Proposal {
    Proposal::Entry(entry(product, size_pct))
}

fn sell(product: &str, qty: &str) -> Proposal {
    Proposal::Exit(exit(product, qty, ExitReason::StopLoss))
}

fn xrp() -> Proposal {
    buy("XRP-USD", "1.4")
}

fn rows() -> Vec<Row> {
    let groups = [
        control::control(),
        control::caps(),
        control::markets_and_purses(),
        pacing::pacing(),
        pacing::pauses(),
        market::market_rows(),
        market::missing(),
        pacing::answers(),
        pacing::own_orders(),
        exits::exits(),
        exits::protection(),
        exits::exits_without_a_price(),
    ];
    groups.into_iter().flatten().collect()
}

#[test]
fn a_good_proposal_in_a_good_world_is_approved() {
    assert_eq!(World::good().codes(xrp()), BTreeSet::new());
}

#[test]
fn one_spoiled_thing_meets_exactly_its_codes() {
    for row in rows() {
        let mut world = World::good();
        let proposal = (row.spoil)(&mut world);
        let expected: BTreeSet<_> = row.codes.iter().copied().collect();
        assert_eq!(world.codes(proposal), expected, "{}", row.name);
    }
}

#[test]
fn every_code_has_a_row() {
    let mut tested: BTreeSet<_> = rows().iter().flat_map(|row| row.codes.iter().copied()).collect();
    // It needs two proposals; see batch.rs.
    tested.insert(RiskCode::NewPositionsPerCycle);
    let untested: Vec<_> = RiskCode::ALL.iter().filter(|code| !tested.contains(code)).collect();
    assert_eq!(untested, Vec::<&RiskCode>::new());
}

/// The ladder asks what the verdict asks: the same codes fail, with the same numbers, and a change
/// to the nearest value would have passed.
#[test]
fn every_ladder_fails_where_its_verdict_does() {
    for row in rows() {
        let mut world = World::good();
        let proposal = (row.spoil)(&mut world);
        let verdict = world.assess(vec![proposal.clone()]);
        let ladder = world.explain(vec![proposal]).remove(0);
        let failed: BTreeSet<_> =
            ladder.gates.iter().filter(|g| !g.passed).map(|g| g.code).collect();
        assert_eq!(failed, row.codes.iter().copied().collect(), "{}", row.name);
        assert_eq!(ladder.approved, None);
        for reason in &verdict.rejected[0].reasons {
            let same = |gate: &&Gate| {
                !gate.passed && (gate.code, gate.limit) == (reason.code, reason.limit)
            };
            assert!(ladder.gates.iter().any(|gate| same(&gate)), "{} {reason:?}", row.name);
        }
        for gate in &ladder.gates {
            assert_eq!(gate.passed, gate.nearest() == Nearest::Passes, "{} {gate:?}", row.name);
            let margin = gate.margin().filter(|margin| !margin.is_nan());
            // Of a limit on size the number is what the whole wish would make of it.
            if let Some(margin) = margin.filter(|_| gate.leaves.is_none()) {
                assert_eq!(gate.passed, margin >= 0.0, "{} {gate:?}", row.name);
            }
        }
    }
}

#[test]
fn nothing_proposed_is_nothing_judged() {
    assert_eq!(World::good().assess(Vec::new()), risk::Verdict::default());
}

/// A gate that is yes or no has no numbers to be apart, even where somebody writes some into it.
#[test]
fn what_must_be_so_has_no_margin() {
    let ladder = World::good().explain(vec![xrp()]).remove(0);
    let must = ladder.gates.iter().find(|gate| gate.sense == Sense::Must).unwrap();
    let gate = Gate { limit: Some(1.0), found: Some(2.0), passed: false, ..*must };
    assert_eq!((gate.margin(), gate.nearest()), (None, Nearest::Happen));
}

#[test]
fn a_nav_of_nothing_leaves_nothing() {
    let mut world = World::good();
    world.nav = Some(Usd::ZERO);
    assert!(world.codes(xrp()).contains(&RiskCode::BelowMinOrder));
}
