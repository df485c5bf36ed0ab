//! What an approval says, and of whom it knows.

use crate::batch::{buy, several};
use crate::common::*;
use domain::{ExitReason, Proposal, ProposalId, Regime, RiskCode, Side, Usd};
use risk::{ApprovedOrder, Desk, Verdict};

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

#[test]
fn a_size_that_was_not_cut_is_the_share_that_was_proposed() {
    let mut world = World::good();
    world.nav = Some(usd("12345.67"));
    let verdict = world.assess(vec![buy("XRP-USD", "1.37", 0.9)]);
    let order = &verdict.approved[0];
    // 169.135679, of which whole cents can be spent.
    assert_eq!(order.max_notional(), amount("169.13"));
    assert!((order.size_pct() - 1.37).abs() < 1e-12, "{}", order.size_pct());
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
