//! What a sale is approved for: how far it gives way, how much of it, and beside whom.

use crate::common::*;
use domain::{ExitReason, Fact, Proposal, RiskCode, Side};

pub(crate) fn stop(qty: &str) -> Proposal {
    Proposal::Exit(exit("XRP-USD", qty, ExitReason::StopLoss))
}

/// Each row: what is held, what an earlier attempt left, and the bound that comes of it.
#[test]
fn an_exit_gives_more_way_each_time_it_did_not_sell() {
    let bid = dec("2") * dec("0.9998");
    let cases = [(0, "0.99"), (1, "0.98"), (2, "0.95"), (3, "0.95"), (9, "0.95")];
    for (attempts, share) in cases {
        let mut world = World::good();
        world.facts.extend(position(1, "XRP-USD", "10", "2", T0));
        for n in 0..attempts {
            world.facts.push(order(100 + n, Side::Sell, "XRP-USD", "10", "2", T0));
            world.facts.push(end(100 + n, "0", T0));
        }
        let verdict = world.assess(vec![stop("10")]);
        let order = &verdict.approved[0];
        assert_eq!(order.price_bound().get(), (bid * dec(share)).round_dp(8), "{attempts}");
        assert_eq!((order.max_qty(), order.worst_case()), (qty("10"), amount("0")));
    }
}

#[test]
fn without_a_fresh_book_an_exit_goes_by_the_last_trade() {
    let mut world = World::good();
    world.facts.extend(position(1, "XRP-USD", "10", "2", T0));
    world.market("XRP-USD").quote_vouched = Some(T0.plus_secs(-6));
    let verdict = world.assess(vec![stop("10")]);
    assert_eq!(verdict.approved[0].price_bound(), price("1.9"));
}

#[test]
fn an_exit_above_the_order_maximum_is_sliced() {
    let mut world = World::good();
    world.facts.extend(position(1, "XRP-USD", "1000", "2", T0));
    let verdict = world.assess(vec![stop("1000")]);
    let order = &verdict.approved[0];
    assert!(order.max_notional() <= amount("1000") && order.max_notional() > amount("999"));
}

/// Whatever shuts entries leaves exits alone.
#[test]
fn an_exit_passes_when_every_entry_is_shut() {
    use domain::{ControlState, Latch, Regime};
    let mut world = World::good();
    world.facts.extend(position(1, "XRP-USD", "10", "2", T0));
    world.facts.extend((0..20).map(|n| approval("BTC-USD", T0.plus_secs(-n))));
    world.control = ControlState::ReduceOnly;
    world.latches = [Latch::Kill, Latch::DailyStop, Latch::MaxDrawdown].into();
    world.regime = Regime::Unknown;
    world.nav = None;
    world.fees = None;
    world.purses.clear();
    let market = world.market("XRP-USD");
    (market.jump_5m_pct, market.candles_through) = (Some(50.0), None);
    assert_eq!(world.assess(vec![stop("10")]).approved.len(), 1);

    world.control = ControlState::Halted;
    let flatten = Proposal::Exit(exit("XRP-USD", "10", ExitReason::Flatten));
    assert_eq!(world.assess(vec![flatten]).approved.len(), 1, "an operator may always flatten");
}

#[test]
fn two_exits_of_one_position_do_not_sell_it_twice() {
    let mut world = World::good();
    world.facts.extend(position(1, "XRP-USD", "10", "2", T0));
    let hold = Proposal::Exit(exit("XRP-USD", "10", ExitReason::MaxHold));
    let verdict = world.assess(vec![hold, stop("10")]);
    assert_eq!((verdict.approved.len(), verdict.rejected.len()), (1, 1));
    assert_eq!(verdict.rejected[0].reasons[0].code, RiskCode::ExceedsHolding);
}

/// A sale that shall rest at the venue has its prices in its approval, is worth what its stop brings,
/// and may sell 5 % below that at the worst. The rungs that other sales climbed mean nothing to it,
/// and it is none itself.
#[test]
fn protection_at_the_venue_is_approved_with_its_prices() {
    let mut world = World::good();
    world.facts.extend(position(1, "XRP-USD", "10", "2", T0));
    let bracket = domain::Bracket { stop: price("1.84"), target: price("2.3") };
    let sale =
        domain::Exit { bracket: Some(bracket), ..exit("XRP-USD", "10", ExitReason::Protection) };
    let rests = |number: u64| {
        let Fact::Intent(sent) = order(number, Side::Sell, "XRP-USD", "10", "1.748", T0) else {
            panic!("an order")
        };
        let time_in_force = Some(domain::TimeInForce::Bracket(bracket));
        Fact::Intent(Box::new(domain::IntentFact { time_in_force, ..*sent }))
    };
    world.facts.extend([rests(2), end(2, "0", T0)]);
    let approved = world.assess(vec![Proposal::Exit(sale)]).approved;
    let [order] = approved.as_slice() else { panic!("{approved:?}") };
    assert_eq!(order.bracket(), Some(bracket));
    assert_eq!((order.max_qty(), order.max_notional()), (qty("10"), amount("18.4")));
    assert_eq!(order.price_bound(), price("1.748"));
    let plain = world.assess(vec![stop("10")]).approved;
    assert_eq!(plain[0].bracket(), None);
    assert!(plain[0].price_bound() > price("1.97"), "the first rung: {:?}", plain[0]);
}
