//! The next steps of an entry: what is left of its approval, never more.

use std::collections::BTreeSet;

use crate::common::*;
use domain::{Fact, IntentFact, IntentId, Proposal, RiskCode, Side};
use proptest::prelude::*;
use risk::{ApprovedOrder, MAX_CHILDREN, Reason, Spent, assess_next};
use rust_decimal::Decimal;

const NAME: &str = "XRP-USD";

/// The intent that an approval becomes: all of it at 2 dollars.
fn intent(approved: &ApprovedOrder, number: u64) -> (Fact, Decimal) {
    let qty = (approved.max_notional().get() / dec("2")).min(approved.max_qty().get());
    let fact = IntentFact {
        at: T0,
        intent: IntentId(number),
        product: approved.product(),
        asset: approved.asset(),
        tier: approved.tier(),
        side: Side::Buy,
        qty: domain::BaseQty::new(qty).unwrap(),
        limit: price("2"),
        worst_case: approved.worst_case(),
        plan: approved.plan(),
        grant: None,
        parent: approved.parent(),
        time_in_force: None,
    };
    (Fact::Intent(Box::new(fact)), qty)
}

fn first(world: &World) -> ApprovedOrder {
    world.assess(vec![Proposal::Entry(entry(NAME, "1.4"))]).approved.remove(0)
}

/// The next step, judged on what the facts say.
fn next(world: &World, spent: Spent) -> Result<ApprovedOrder, Vec<Reason>> {
    world.judge(|limits, view, market| {
        let over = view.exposure.over(&spent).expect("the facts say that it is over");
        assess_next(limits, view, market, spent, &over)
    })
}

fn is_over(world: &World, spent: &Spent) -> bool {
    world.exposure().over(spent).is_some()
}

fn codes(reasons: &[Reason]) -> Vec<RiskCode> {
    reasons.iter().map(|reason| reason.code).collect()
}

#[test]
fn a_next_step_asks_for_what_is_left_and_counts_in_no_pacing() {
    let mut world = World::good();
    let parent = first(&world);
    let spent = parent.spent(IntentId(1)).unwrap();
    let (fact, qty) = intent(&parent, 1);
    world.facts.push(approval(NAME, T0));
    world.facts.push(fact);
    assert!(!is_over(&world, &spent), "it lives");
    world.facts.push(fill("a", 1, Side::Buy, NAME, "20", "2", T0));
    world.facts.push(end(1, "25", T0));
    assert!(!is_over(&world, &spent), "5 of it are still on their way");
    world.facts.push(fill("b", 1, Side::Buy, NAME, "5", "2", T0));
    let child = next(&world, spent).unwrap();
    assert_eq!(child.parent(), Some(IntentId(1)));
    // 140 without the 50 that filled, in base units that are worth whole cents at the ask.
    assert_eq!(child.max_notional(), amount("89.98"));
    assert_eq!(child.proposal(), parent.proposal());
    assert_eq!((child.plan(), child.conviction()), (parent.plan(), parent.conviction()));
    assert!(child.max_qty().get() + dec("25") <= parent.max_qty().get() && qty > dec("25"));
    assert!((child.size_pct() - 0.8998).abs() < 1e-9);
}

#[test]
fn a_sale_has_no_next_step() {
    let mut world = World::good();
    world.facts.extend(position(1, NAME, "10", "2", T0));
    let exit = Proposal::Exit(exit(NAME, "10", domain::ExitReason::StopLoss));
    assert_eq!(world.assess(vec![exit]).approved[0].spent(IntentId(2)), None);
}

#[test]
fn an_entry_takes_three_next_steps_and_no_fourth() {
    let mut world = World::good();
    let mut order = first(&world);
    for number in 1..=MAX_CHILDREN as u64 + 1 {
        let spent = order.spent(IntentId(number)).unwrap();
        assert_eq!((spent.intent(), spent.parent()), (IntentId(number), IntentId(1)));
        world.facts.push(intent(&order, number).0);
        world.facts.push(end(number, "0", T0));
        match next(&world, spent) {
            Ok(child) => order = child,
            Err(reasons) => {
                assert_eq!((number, codes(&reasons)), (4, vec![RiskCode::Attempts]));
                return;
            }
        }
    }
    panic!("a fourth next step was approved");
}

#[test]
fn a_next_step_is_judged_by_everything_else() {
    let mut world = World::good();
    let parent = first(&world);
    let spent = || parent.spent(IntentId(1)).unwrap();
    world.facts.push(intent(&parent, 1).0);
    world.facts.push(end(1, "0", T0));
    assert_eq!(next(&world, spent()).unwrap().max_notional(), amount("139.99"));
    let mut killed = world.clone();
    killed.latches.insert(domain::Latch::Kill);
    assert_eq!(codes(&next(&killed, spent()).unwrap_err()), [RiskCode::KillSwitch]);
    let mut stale = world.clone();
    stale.market(NAME).quote_vouched = Some(T0.plus_secs(-6));
    assert_eq!(codes(&next(&stale, spent()).unwrap_err()), [RiskCode::StaleQuote]);
    let mut poor = world.clone();
    poor.purses[0].available = amount("50.6");
    assert_eq!(next(&poor, spent()).unwrap().max_notional(), amount("50"));
    let mut blind = world.clone();
    blind.nav = None;
    assert_eq!(codes(&next(&blind, spent()).unwrap_err()), [RiskCode::DataUnavailable]);
}

#[test]
fn a_proof_of_another_order_proves_nothing() {
    let mut world = World::good();
    let (one, other, third) = (first(&world), first(&world), first(&world));
    world.facts.push(intent(&one, 1).0);
    world.facts.push(intent(&other, 2).0);
    world.facts.push(end(1, "0", T0));
    let (one, other) = (one.spent(IntentId(1)).unwrap(), other.spent(IntentId(2)).unwrap());
    assert!(!is_over(&world, &other));
    let reasons = world.judge(|limits, view, market| {
        let over = view.exposure.over(&one).unwrap();
        assess_next(limits, view, market, other, &over).unwrap_err()
    });
    assert_eq!(codes(&reasons), [RiskCode::DataUnavailable]);
    let unknown = third.spent(IntentId(9)).unwrap();
    assert!(!is_over(&world, &unknown), "no fact speaks of it");
}

/// The proof of one entry's end is none of another's, also where that is over too.
#[test]
fn a_proof_of_another_order_that_is_over_proves_nothing() {
    let mut world = World::good();
    let spent: Vec<_> = [1, 2].map(|number| first(&world).spent(IntentId(number)).unwrap()).into();
    let parent = first(&world);
    for number in [1, 2] {
        world.facts.extend([intent(&parent, number).0, end(number, "0", T0)]);
    }
    let mut spent = spent.into_iter();
    let (one, other) = (spent.next().unwrap(), spent.next().unwrap());
    assert!(is_over(&world, &one) && is_over(&world, &other));
    let reasons = world.judge(|limits, view, market| {
        let over = view.exposure.over(&one).unwrap();
        assess_next(limits, view, market, other, &over).unwrap_err()
    });
    assert_eq!(codes(&reasons), [RiskCode::DataUnavailable]);
}

/// What the venue takes back is not asked for a second time.
#[test]
fn a_fill_that_is_taken_back_leaves_the_remainder_as_it_was() {
    let mut world = World::good();
    let parent = first(&world);
    let spent = || parent.spent(IntentId(1)).unwrap();
    let kind = |name: &str, kind| {
        let Fact::Fill(fill) = fill(name, 1, Side::Buy, NAME, "20", "2", T0) else {
            panic!("a fill")
        };
        Fact::Fill(Box::new(domain::Fill { kind, trade_id: Some("t".to_owned()), ..*fill }))
    };
    world.facts.extend([intent(&parent, 1).0, kind("a", domain::FillKind::Fill)]);
    world.facts.push(end(1, "20", T0));
    assert_eq!(next(&world, spent()).unwrap().max_notional(), amount("99.99"));
    world.facts.push(kind("b", domain::FillKind::Reversal));
    assert_eq!(next(&world, spent()).unwrap().max_notional(), amount("99.99"));
}

#[test]
fn a_late_fill_makes_the_remainder_smaller() {
    let mut world = World::good();
    let parent = first(&world);
    let spent = || parent.spent(IntentId(1)).unwrap();
    world.facts.push(intent(&parent, 1).0);
    world.facts.push(end(1, "0", T0));
    // The venue said it filled nothing, and then that it did.
    world.facts.push(fill("late", 1, Side::Buy, NAME, "20", "2", T0));
    assert_eq!(next(&world, spent()).unwrap().max_notional(), amount("99.99"));
    world.facts.push(fill("nobody's", 77, Side::Buy, NAME, "1", "2", T0));
    assert_eq!(next(&world, spent()).unwrap().max_notional(), amount("99.99"));
    world.facts.push(fill("all", 1, Side::Buy, NAME, "60", "2", T0));
    assert!(codes(&next(&world, spent()).unwrap_err()).contains(&RiskCode::BelowMinOrder));
}

#[test]
fn families_are_remembered_by_the_thousand_and_no_more() {
    let mut world = World::good();
    let parent = first(&world);
    for number in 1..=1_100 {
        world.facts.push(intent(&parent, number).0);
        world.facts.push(end(number, "0", T0));
    }
    assert!(!is_over(&world, &parent.spent(IntentId(1)).unwrap()), "forgotten");
    assert!(is_over(&world, &parent.spent(IntentId(1_100)).unwrap()));
    // The same number twice is one order; one that names a full family gets no place in it.
    world.facts.push(intent(&parent, 1_100).0);
    world.facts.push(end(1_100, "0", T0));
    assert!(is_over(&world, &parent.spent(IntentId(1_100)).unwrap()));
}

proptest! {
    #![proptest_config(cases())]

    /// Whatever fills at each step, all steps together stay within what was approved first.
    #[test]
    fn filled_live_and_next_never_exceed_the_parent(shares in prop::collection::vec(0..=100_u32, 1..6)) {
        let mut world = World::good();
        let parent = first(&world);
        let (most_qty, most_value) = (parent.max_qty().get(), parent.max_notional().get());
        let (mut filled, mut order, mut number) = (Decimal::ZERO, parent, 0);
        for share in shares {
            number += 1;
            let (fact, qty) = intent(&order, number);
            let value = filled * dec("2");
            prop_assert!(filled + order.max_qty().get() <= most_qty);
            prop_assert!(value + order.max_notional().get() <= most_value);
            let spent = order.spent(IntentId(number)).unwrap();
            world.facts.push(fact);
            let part = (qty * Decimal::from(share) / Decimal::ONE_HUNDRED).round_dp(6).min(qty);
            if !part.is_zero() {
                let name = format!("f{number}");
                world.facts.push(fill(&name, number, Side::Buy, NAME, &part.to_string(), "2", T0));
            }
            world.facts.push(end(number, &part.to_string(), T0));
            filled += part;
            match next(&world, spent) {
                Ok(child) => order = child,
                Err(reasons) => {
                    let found: BTreeSet<_> = codes(&reasons).into_iter().collect();
                    let full = number == 4 && found.contains(&RiskCode::Attempts);
                    prop_assert!(full || found.contains(&RiskCode::BelowMinOrder), "{found:?}");
                    return Ok(());
                }
            }
        }
    }
}
