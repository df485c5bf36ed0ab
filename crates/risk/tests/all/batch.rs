//! Several proposals at once.

use crate::common::*;
use domain::{Book, ExitReason, Level, Proposal, RiskCode, Side, Source, Usd};
use rust_decimal::Decimal;

/// A policy under which one cycle may open five positions at once.
pub(crate) fn several() -> World {
    let mut world = World::good();
    world.policy.pacing.spacing_secs = 0;
    world.policy.pacing.trades_per_hour = 12;
    world.policy.pacing.trades_per_day = 12;
    world.policy.positions.max_new_positions_per_cycle = 5;
    world
}

pub(crate) fn buy(product: &str, size_pct: &str, conviction: f64) -> Proposal {
    let mut entry = entry(product, size_pct);
    entry.conviction = conviction;
    Proposal::Entry(entry)
}

#[test]
fn a_cycle_opens_one_position_the_one_with_most_conviction() {
    let mut world = World::good();
    world.policy.pacing.spacing_secs = 0;
    let verdict = world.assess(vec![buy("BTC-USD", "1", 0.5), buy("XRP-USD", "1", 0.6)]);
    assert_eq!(verdict.approved[0].product(), id("XRP-USD"));
    assert_eq!(verdict.rejected.len(), 1);
    let codes: Vec<_> = verdict.rejected[0].reasons.iter().map(|r| r.code).collect();
    assert_eq!(codes, [RiskCode::NewPositionsPerCycle]);
}

#[test]
fn spacing_holds_within_a_cycle_too() {
    let mut world = World::good();
    world.policy.pacing.trades_per_hour = 1;
    let verdict = world.assess(vec![buy("BTC-USD", "1", 0.5), buy("XRP-USD", "1", 0.6)]);
    let codes: Vec<_> = verdict.rejected[0].reasons.iter().map(|r| r.code).collect();
    let expected = [RiskCode::TradesPerHour, RiskCode::Spacing, RiskCode::NewPositionsPerCycle];
    assert_eq!(codes, expected, "every reason that applies");
}

/// Each fits alone; together the cluster's 10 % shrinks the second and ends at the third.
#[test]
fn two_halves_cannot_each_fit_alone() {
    let mut world = several();
    world.policy.caps.clusters_pct.insert("LAYER1".into(), pct("5"));
    let verdict = world.assess(vec![
        buy("BTC-USD", "3", 0.7),
        buy("ETH-USD", "3", 0.6),
        buy("SOL-USD", "3", 0.5),
    ]);
    let sizes: Vec<_> =
        verdict.approved.iter().map(|o| (o.product().to_string(), o.max_notional())).collect();
    // (500 − 300 × 1.012) / 1.012 = 194.071…
    let expected =
        [("BTC-USD".to_owned(), amount("300")), ("ETH-USD".to_owned(), amount("194.07"))];
    assert_eq!(sizes, expected);
    let reason = verdict.rejected[0].reasons[1];
    assert_eq!(reason.code, RiskCode::ClusterCap);
    assert_eq!(reason.limit, Some(5.0));
    assert!((reason.found.unwrap() - 8.036).abs() < 1e-3, "{reason:?}");
}

#[test]
fn one_event_is_answered_once() {
    let mut world = several();
    world.policy.pacing.symbol_spacing_secs = 0;
    world.policy.pacing.adds_per_asset_and_day = 5;
    let verdict = world.assess(vec![buy("BTC-USD", "1", 0.5), buy("BTC-USD", "1", 0.5)]);
    assert_eq!((verdict.approved.len(), verdict.rejected.len()), (1, 1));
    assert_eq!(verdict.rejected[0].reasons[0].code, RiskCode::TriggerUsed);
}

/// $1 at the bid of 1.9996 is 0.50010003 XRP, which is $1.0004… at the ask: $1.01 in cents.
#[test]
fn the_smallest_order_is_worth_the_minimum_at_the_bid() {
    let world = World::good();
    let least = world.assess(vec![buy("XRP-USD", "0.0101", 0.57)]);
    assert_eq!(least.approved[0].max_notional(), amount("1.01"));
    let less = world.assess(vec![buy("XRP-USD", "0.01009", 0.57)]);
    let reason = less.rejected[0].reasons[0];
    assert_eq!((reason.code, reason.limit), (RiskCode::BelowMinOrder, Some(1.01)));
}

#[test]
fn no_order_is_larger_than_the_venue_takes() {
    let mut world = World::good();
    world.facts.extend(position(1, "UNI-USD", "20", "8", T0.plus_secs(-86_401)));
    for name in ["UNI-USD", "XRP-USD"] {
        world.market(name).product.limits.base_max = qty("10");
    }
    let sale = Proposal::Exit(exit("UNI-USD", "20", ExitReason::StopLoss));
    let verdict = world.assess(vec![buy("XRP-USD", "1.4", 0.57), sale]);
    let sizes: Vec<_> = verdict.approved.iter().map(|o| (o.side(), o.max_qty())).collect();
    assert_eq!(sizes[0], (Side::Sell, qty("10")), "exits come first");
    assert!(sizes[1].1 <= qty("10") && sizes[1].1 > qty("9.99"), "{sizes:?}");
}

/// A live buy of 50.60 at worst; what the venue holds for it is out of the purse already.
#[test]
fn a_hold_is_not_subtracted_twice() {
    for (held, expected) in [("50.6", "140"), ("0", "90"), ("60", "140")] {
        let mut world = World::good();
        let live = order(1, Side::Buy, "UNI-USD", "6.25", "8", T0.plus_secs(-9_000));
        world.facts.push(live);
        world.purses[0].available = amount("141.68");
        world.purses[0].held = amount(held);
        let verdict = world.assess(vec![buy("XRP-USD", "1.4", 0.57)]);
        assert_eq!(verdict.approved[0].max_notional(), amount(expected), "held {held}");
    }
}

#[test]
fn more_capital_than_there_is_changes_nothing() {
    let mut world = World::good();
    world.policy.control.capital_usd = Some(Usd::parse("20000").unwrap());
    let verdict = world.assess(vec![buy("XRP-USD", "1.4", 0.57)]);
    assert_eq!(verdict.approved[0].max_notional(), amount("140"));
}

/// With increments as fine as decimals go, a third of the minimum is rounded down; one step more is
/// worth it.
#[test]
fn a_minimum_that_does_not_divide_is_still_reached() {
    let mut world = World::good();
    let market = world.market("XRP-USD");
    let step = Decimal::new(1, 28);
    market.product.limits.base_increment = step;
    market.product.limits.quote_increment = step;
    market.product.limits.base_min = domain::BaseQty::new(step).unwrap();
    let level = |price_: &str| Level { price: price(price_), size: qty("100000") };
    let book =
        Book { bids: vec![level("3")], asks: vec![level("3.001")], at: T0, source: Source::Venue };
    market.set_book(book, T0);
    market.last_trade = None;
    world.policy.orders.min_order_usd = Usd::parse("1").unwrap();
    // A third of a dollar, one step up, costs 1.000…3335 at the ask.
    for (most, enough) in
        [("1.0003333333333333333333333334", false), ("1.0003333333333333333333333335", true)]
    {
        world.policy.orders.max_order_usd = Usd::parse(most).unwrap();
        let verdict = world.assess(vec![buy("XRP-USD", "1", 0.57)]);
        assert_eq!(verdict.approved.len(), usize::from(enough), "{most} {:?}", verdict.rejected);
        for order in verdict.approved {
            assert!(order.max_qty().get() * dec("3") >= Decimal::ONE, "{order:?}");
        }
        for rejected in verdict.rejected {
            assert_eq!(rejected.reasons[0].code, RiskCode::BelowMinOrder);
        }
    }
}
