//! Each fault that can be planted in this crate does what it says: one that did nothing would prove
//! nothing where it is not found.

use crate::common::*;
use domain::planted::{Fault, with};
use domain::{Proposal, QuoteAmt, RiskCode, Side, SubmitOutcome, Usd};
use risk::{ApprovedOrder, Exposure};
use rust_decimal::Decimal;

fn approved(world: &World, size_pct: &str) -> ApprovedOrder {
    let mut verdict = world.assess(vec![Proposal::Entry(entry("XRP-USD", size_pct))]);
    assert_eq!(verdict.approved.len(), 1, "{:?}", verdict.rejected);
    verdict.approved.remove(0)
}

#[test]
fn without_fees_the_worst_case_is_the_order() {
    let world = World::good();
    let (sound, faulty) =
        (approved(&world, "1"), with(Fault::ForgetsFees, || approved(&world, "1")));
    assert_eq!((sound.max_notional(), sound.worst_case()), (amount("100"), amount("101.2")));
    assert_eq!((faulty.max_notional(), faulty.worst_case()), (amount("100"), amount("100")));
}

#[test]
fn a_wide_collar_is_three_times_as_wide() {
    let world = World::good();
    let off = |order: ApprovedOrder| order.price_bound().get() - dec("2");
    let faulty = with(Fault::WideCollar, || off(approved(&world, "1")));
    assert_eq!(faulty, off(approved(&world, "1")) * Decimal::from(3));
}

#[test]
fn a_long_life_is_a_minute() {
    let world = World::good();
    assert_eq!(approved(&world, "1").stamp().expires, T0.plus_secs(2));
    let faulty = with(Fault::LongLife, || approved(&world, "1"));
    assert_eq!(faulty.stamp().expires, T0.plus_secs(60));
}

/// Five per cent fit in one asset; what is there already takes from them, unless it is forgotten.
#[test]
fn what_is_forgotten_takes_nothing_from_a_cap() {
    let long_ago = T0.plus_secs(-90_000);
    let (mut held, mut live) = (World::good(), World::good());
    held.facts.extend(position(1, "XRP-USD", "200", "2", long_ago));
    live.facts.push(order(1, Side::Buy, "XRP-USD", "200", "2", long_ago));
    for (mut world, fault) in [(held, Fault::ForgetsPositions), (live, Fault::ForgetsLiveBuys)] {
        world.policy.pacing.adds_per_asset_and_day = 1;
        let sound = approved(&world, "3").max_notional();
        assert!(sound < amount("110"), "{sound}");
        let faulty = with(fault, || approved(&world, "3").max_notional());
        assert_eq!(faulty, amount("300"));
    }
}

#[test]
fn a_batch_that_is_forgotten_spends_its_purse_twice() {
    let mut world = World::good();
    world.policy.pacing.spacing_secs = 0;
    world.policy.positions.max_new_positions_per_cycle = 2;
    world.purses[0].available = amount("150");
    let both =
        || vec![Proposal::Entry(entry("XRP-USD", "1")), Proposal::Entry(entry("UNI-USD", "1"))];
    let spent = |orders: &[ApprovedOrder]| {
        orders.iter().map(|order| order.worst_case().get()).sum::<Decimal>()
    };
    assert!(spent(&world.assess(both()).approved) <= dec("150"));
    let faulty = with(Fault::ForgetsBatch, || world.assess(both()).approved);
    assert_eq!(spent(&faulty), dec("202.4"));
}

#[test]
fn a_gate_that_is_ignored_lets_through_what_it_refused() {
    let mut world = World::good();
    world.policy.orders.max_order_usd = Usd::parse("50").unwrap();
    assert_eq!(approved(&world, "1").max_notional(), amount("50"));
    let faulty = with(Fault::Ignores(RiskCode::OrderTooLarge), || approved(&world, "1"));
    assert_eq!(faulty.max_notional(), amount("100"));
    world.reconciled = false;
    let proposal = || Proposal::Entry(entry("XRP-USD", "1"));
    assert_eq!(world.codes(proposal()), [RiskCode::NotReconciled].into());
    let ignored = Fault::Ignores(RiskCode::NotReconciled);
    assert!(with(ignored, || world.codes(proposal())).is_empty());
}

#[test]
fn an_order_without_an_answer_is_released() {
    let facts = [
        order(1, Side::Buy, "XRP-USD", "10", "2", T0),
        submitted(1, SubmitOutcome::Unknown { cause: "silence".into() }, T0),
    ];
    let reserved = || Exposure::of(&facts).unwrap().live_buys(&asset("XRP")).unwrap();
    assert_eq!(reserved(), amount("20.24"));
    assert_eq!(with(Fault::UnknownReleases, reserved), QuoteAmt::ZERO);
}

/// What rests at the venue is not there for another sale, unless it is forgotten.
#[test]
fn a_bracket_that_is_forgotten_leaves_its_lot_to_be_sold() {
    let mut facts = position(1, "XRP-USD", "10", "2", T0).to_vec();
    let domain::Fact::Intent(sent) = order(2, Side::Sell, "XRP-USD", "10", "1.748", T0) else {
        panic!("an order")
    };
    let bracket = domain::Bracket { stop: price("1.84"), target: price("2.3") };
    let time_in_force = Some(domain::TimeInForce::Bracket(bracket));
    facts.push(domain::Fact::Intent(Box::new(domain::IntentFact { time_in_force, ..*sent })));
    let free = || Exposure::of(&facts).unwrap().sellable(&asset("XRP"));
    assert_eq!(free(), qty("0"));
    assert_eq!(with(Fault::SellsWhileHeld, free), qty("10"));
}
