//! Several proposals at once.

use crate::common::*;
use domain::{
    Book, ExitReason, Fact, Level, Proposal, ProposalId, Regime, RiskCode, Side, Source, Usd,
};
use risk::{ApprovedOrder, Desk, Verdict};
use rust_decimal::Decimal;

/// A policy under which one cycle may open five positions at once.
fn several() -> World {
    let mut world = World::good();
    world.policy.pacing.spacing_secs = 0;
    world.policy.pacing.trades_per_hour = 12;
    world.policy.pacing.trades_per_day = 12;
    world.policy.positions.max_new_positions_per_cycle = 5;
    world
}

fn buy(product: &str, size_pct: &str, conviction: f64) -> Proposal {
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

#[test]
fn what_is_approved_says_what_was_proposed_or_less() {
    let world = World::good();
    let verdict = world.assess(vec![buy("XRP-USD", "1.4", 0.57)]);
    let order = &verdict.approved[0];
    assert_eq!(order.proposal(), ProposalId::Entry(trigger("XRP-USD").id));
    assert_eq!((order.side(), order.asset()), (Side::Buy, asset("XRP")));
    assert_eq!(order.max_notional(), amount("140"));
    assert_eq!(order.worst_case(), amount("141.68"), "with 120 bps");
    assert_eq!(order.size_pct().to_bits(), 1.4_f64.to_bits());
    // 140 / 2.0004, rounded down; the mid of 1.9996 and 2.0004 plus 50 bps.
    assert_eq!(order.max_qty(), qty("69.98600279"), "of a step of 1e-8");
    assert_eq!(order.price_bound(), price("2.01"));
    assert_eq!(order.plan(), Some(plan()));
    assert_eq!(order.conviction(), Some(0.57));
    let stamp = order.stamp();
    assert_eq!((stamp.expires, stamp.fact_number), (T0.plus_secs(2), 0));
    assert_eq!(
        (stamp.under.account.0.as_str(), stamp.under.policy_hash.0.as_str()),
        ("recorded", "p")
    );

    let mut small = World::good();
    small.policy.control.capital_usd = Some(Usd::parse("1000").unwrap());
    let verdict = small.assess(vec![buy("XRP-USD", "1.4", 0.57)]);
    assert_eq!(verdict.approved[0].max_notional(), amount("14"), "of the capital, not the NAV");

    let mut order_max = World::good();
    order_max.policy.orders.max_order_usd = Usd::parse("100").unwrap();
    let verdict = order_max.assess(vec![buy("XRP-USD", "1.4", 0.57)]);
    assert_eq!(verdict.approved[0].max_notional(), amount("100"));
    assert!((verdict.approved[0].size_pct() - 1.0).abs() < 1e-12);
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
        Fact::Intent(domain::IntentFact { time_in_force, ..sent })
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

fn stop(qty: &str) -> Proposal {
    Proposal::Exit(exit("XRP-USD", qty, ExitReason::StopLoss))
}

/// The fact of an approval says all that an order made from it is held against.
#[test]
fn an_approval_is_told_whole() {
    let mut world = World::good();
    world.facts.extend(position(1, "BTC-USD", "0.001", "50000", T0.plus_secs(-90_000)));
    let sale = Proposal::Exit(exit("BTC-USD", "0.001", ExitReason::TakeProfit));
    let approved = world.assess(vec![buy("XRP-USD", "1", 0.57), sale]).approved;
    assert_eq!(approved.len(), 2);
    for order in approved {
        let later = T0.plus_secs(1);
        let grant = order.grant(later, Regime::Bull);
        assert_eq!((grant.at, grant.regime), (later, Regime::Bull));
        assert_eq!((grant.proposal, grant.product), (order.proposal(), order.product()));
        assert_eq!((grant.asset, grant.side), (order.asset(), order.side()));
        assert_eq!((grant.tier, grant.max_notional), (order.tier(), order.max_notional()));
        assert_eq!((grant.worst_case, grant.max_qty), (order.worst_case(), order.max_qty()));
        assert_eq!((grant.price_bound, grant.plan), (order.price_bound(), order.plan()));
        assert_eq!(grant.conviction, order.conviction());
        assert_eq!(grant.conviction.is_some(), order.side() == Side::Buy);
        let stamp = order.stamp();
        let named = (grant.stamp.fact_number, grant.stamp.expires);
        assert_eq!(named, (stamp.fact_number, stamp.expires));
        assert_eq!((stamp.fact_number, stamp.expires), (3, T0.plus_secs(2)));
        assert_eq!(
            (&grant.stamp.policy, grant.stamp.proposal),
            (&stamp.under.policy_hash, order.proposal())
        );
        assert_eq!(grant.stamp, order.reference());
        assert_eq!((stamp.under.account.0.as_str(), stamp.under.mode), ("recorded", world.mode));
    }
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

/// Approvals of one verdict know each other. What is judged apart, judged again, or judged at a desk
/// that was copied does not belong, whatever it says of itself.
#[test]
fn an_approval_knows_the_others_of_its_verdict() {
    let mut world = several();
    world.policy.pacing.spacing_secs = 0;
    let both = || vec![buy("XRP-USD", "1", 0.57), buy("UNI-USD", "1", 0.56)];
    world.judge(|limits, view, market| {
        let judged = |desk: &mut Desk| {
            let mut verdict = Verdict::default();
            desk.assess(limits, view, market, &mut both(), &mut verdict);
            assert_eq!(verdict.approved.len(), 2, "{:?}", verdict.rejected);
            verdict.approved
        };
        let mut desk = Desk::default();
        let first = judged(&mut desk);
        let mut copy = desk.clone();
        let (second, third) = (judged(&mut desk), judged(&mut copy));
        let number = |orders: &[ApprovedOrder]| orders[0].stamp().under.verdict;
        assert_eq!(number(&second), number(&third), "a copy goes on with the numbers");
        assert_ne!(number(&first), number(&second));
        let all: Vec<_> = [&first, &second, &third].into_iter().flatten().collect();
        for (at, one) in all.iter().enumerate() {
            for (place, other) in all.iter().enumerate() {
                let together = one.stamp().is_of_one_verdict(other.stamp());
                assert_eq!(together, at / 2 == place / 2, "{at} and {place}");
            }
        }
    });
    let apart = world.assess(vec![buy("XRP-USD", "1", 0.57)]).approved.remove(0);
    let alone = apart.stamp().is_of_one_verdict(apart.stamp());
    assert_eq!(alone, apart.stamp().under.verdict.is_some());
}

/// A view with nothing but facts buys nothing; with money it does.
#[test]
fn a_view_alone_buys_once_its_money_is_said() {
    let world = World::good();
    let (account, limits) = (
        domain::AccountId("mine".into()),
        risk::Limits::new(world.policy.clone(), domain::PolicyHash("p".into())).unwrap(),
    );
    let (exposure, counters) = (world.exposure(), risk::Counters::default());
    let market = domain::MarketView { now: T0, products: &world.markets };
    let alone = risk::RiskView::alone(T0, &account, &exposure, &counters);
    let wish = || vec![buy("XRP-USD", "1", 0.57)];
    let refused = risk::assess(&limits, &alone, &market, wish()).rejected;
    let codes: Vec<_> = refused[0].reasons.iter().map(|reason| reason.code).collect();
    assert_eq!(codes, [RiskCode::DataUnavailable]);
    let (nav, fees, purses) = (world.nav, world.fees, world.purses.as_slice());
    let told = risk::RiskView { nav, fees, purses, ..alone };
    assert_eq!(risk::assess(&limits, &told, &market, wish()).approved.len(), 1);
}
