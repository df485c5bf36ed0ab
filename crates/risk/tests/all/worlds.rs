//! Every small world: two products, up to three orders, values on both sides of every cap; the
//! verdict is what whole dollars say.

use crate::common::*;
use domain::{
    AccountId, Asset, Book, ControlState, Fact, Fees, IntentFact, IntentId, Level, MarketView,
    Mode, PolicyHash, ProductMarket, Proposal, Purse, QuoteAmt, Regime, RiskCode, Side, Source,
    Tier,
};
use risk::{Clusters, Counters, Exposure, Limits, Policy, RiskView, assess};

const NAMES: [&str; 2] = ["AAA-USD", "BBB-USD"];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Held,
    Bought,
    Sold,
}

/// One order of a world: which product, what it is, how many dollars.
type Order = (usize, Kind, i64);

/// How the two products are grouped: the same cluster, the same tier.
#[derive(Debug, Clone, Copy)]
struct Groups {
    cluster: bool,
    tier: bool,
}

/// In dollars of an account of 10,000: one asset, one cluster, one tier, all.
const POSITION: i64 = 500;
const CLUSTER: i64 = 600;
const TIER: i64 = 700;
const TOTAL: i64 = 800;

fn policy() -> Policy {
    let mut policy = Policy::default();
    policy.caps.max_position_pct = pct("5");
    policy.caps.clusters_pct.insert("ONE".into(), pct("6"));
    policy.caps.clusters_pct.insert("TWO".into(), pct("6"));
    (policy.caps.tiers_pct.t1, policy.caps.tiers_pct.t2) = (pct("7"), pct("7"));
    policy.caps.max_total_pct = pct("8");
    policy.pacing.adds_per_asset_and_day = 9;
    policy.pacing.attempts_per_hour = 12;
    policy.messages.duplicate_secs = 0;
    policy
}

/// Bid 100, ask 100.1, more on each side than anybody asks for.
fn a_market(name: &str) -> ProductMarket {
    let level = |at: &str| Level { price: price(at), size: qty("1000") };
    let (bids, asks) = (vec![level("100")], vec![level("100.1")]);
    let mut market = ProductMarket::unknown(product(name));
    market.set_book(Book { bids, asks, at: T0, source: Source::Venue }, T0);
    market.candles_through = Some(T0);
    market
}

fn tier(at: usize, groups: Groups) -> Tier {
    if at == 0 || groups.tier { Tier::T1 } else { Tier::T2 }
}

fn facts(orders: &[Order], groups: Groups) -> Vec<Fact> {
    let mut facts = Vec::new();
    let long_ago = T0.plus_secs(-200_000);
    for (n, (at, kind, dollars)) in orders.iter().enumerate() {
        let number = n as u64 + 1;
        let name = NAMES[*at];
        let side = if *kind == Kind::Sold { Side::Sell } else { Side::Buy };
        let base = (dec(&dollars.to_string()) / dec("100")).to_string();
        let worst = if side == Side::Buy { dollars.to_string() } else { "0".to_owned() };
        facts.push(Fact::Intent(Box::new(IntentFact {
            at: long_ago,
            intent: IntentId(number),
            product: id(name),
            asset: asset(id(name).base()),
            tier: tier(*at, groups),
            side,
            qty: qty(&base),
            limit: price("100"),
            worst_case: amount(&worst),
            plan: (side == Side::Buy).then(plan),
            grant: None,
            parent: None,
            time_in_force: None,
        })));
        if *kind == Kind::Held {
            facts.push(fill(&format!("f{n}"), number, Side::Buy, name, &base, "100", long_ago));
        }
    }
    facts
}

/// Whole dollars: what the caps leave for a buy of the product.
fn room(orders: &[Order], groups: Groups, at: usize) -> i64 {
    let stake = |same: fn(usize, usize, Groups) -> bool| -> i64 {
        let counted =
            orders.iter().filter(|(of, kind, _)| *kind != Kind::Sold && same(*of, at, groups));
        counted.map(|(.., dollars)| dollars).sum()
    };
    let rooms = [
        POSITION - stake(|of, at, _| of == at),
        CLUSTER - stake(|of, at, groups| of == at || groups.cluster),
        TIER - stake(|of, at, groups| of == at || groups.tier),
        TOTAL - stake(|_, _, _| true),
    ];
    rooms.into_iter().min().unwrap()
}

/// What is to be judged, and what it must come to: the dollars granted, or none.
fn check(limits: &Limits, orders: &[Order], groups: Groups, markets: &[ProductMarket]) {
    let facts = facts(orders, groups);
    let (exposure, counters) = (Exposure::of(&facts).unwrap(), Counters::of(&facts));
    assert_eq!(exposure, exposure.recounted());
    let (one, two): ([Asset; 1], [Asset; 1]) = ([asset("AAA")], [asset("BBB")]);
    let second = if groups.cluster { "ONE" } else { "TWO" };
    let clusters = Clusters::new([("ONE", one.as_slice()), (second, two.as_slice())]);
    let (account, latches) = (AccountId("small".into()), std::collections::BTreeSet::new());
    let purses = [Purse { asset: asset("USD"), available: amount("10000"), held: amount("10000") }];
    let free = Fees { maker_bps: "0".parse().unwrap(), taker_bps: "0".parse().unwrap() };
    let view = RiskView {
        now: T0,
        mode: Mode::Paper,
        account: &account,
        control: ControlState::Active,
        latches: &latches,
        reconciled: true,
        clock_skew_ms: Some(0),
        fact_number: facts.len() as u64,
        nav: Some("10000".parse().unwrap()),
        purses: &purses,
        fees: Some(free),
        exposure: &exposure,
        counters: &counters,
        regime: Regime::Chop,
        clusters: &clusters,
    };
    let market = MarketView { now: T0, products: markets };
    for (at, name) in NAMES.iter().enumerate() {
        for wanted in [100, 500, 700] {
            let mut wish = entry(name, &format!("{}", wanted / 100));
            wish.tier = tier(at, groups);
            let verdict = assess(limits, &view, &market, vec![Proposal::Entry(wish)]);
            let sold = orders.iter().any(|(of, kind, _)| *of == at && *kind == Kind::Sold);
            let expected = room(orders, groups, at).min(wanted);
            let found = verdict.approved.first().map(risk::ApprovedOrder::max_notional);
            if sold || expected < 2 {
                assert_eq!(found, None, "{orders:?} {groups:?} {at} {wanted}");
                let codes: Vec<_> = verdict.rejected[0].reasons.iter().map(|r| r.code).collect();
                assert_eq!(sold, codes.contains(&RiskCode::SelfTrade), "{codes:?}");
                assert_eq!(expected < 2, codes.contains(&RiskCode::BelowMinOrder), "{codes:?}");
            } else {
                let expected = QuoteAmt::new(expected.into()).unwrap();
                assert_eq!(found, Some(expected), "{orders:?} {groups:?} {at} {wanted}");
            }
        }
    }
}

#[test]
fn every_small_world_is_judged_as_whole_dollars_say() {
    let limits = Limits::new(policy(), PolicyHash("small".into())).unwrap();
    let markets = NAMES.map(a_market);
    let mut choices: Vec<Option<Order>> = vec![None];
    for at in 0..2 {
        for kind in [Kind::Held, Kind::Bought, Kind::Sold] {
            choices.extend([1, 200, 499].map(|dollars| Some((at, kind, dollars))));
        }
    }
    let mut worlds = 0;
    for (cluster, tier) in [(true, true), (true, false), (false, true), (false, false)] {
        let groups = Groups { cluster, tier };
        // Orders are a set: their sequence is not told apart.
        for (a, first) in choices.iter().enumerate() {
            for (b, second) in choices.iter().enumerate().skip(a) {
                for third in choices.iter().skip(b) {
                    let orders: Vec<_> =
                        [first, second, third].into_iter().flatten().copied().collect();
                    check(&limits, &orders, groups, &markets);
                    worlds += 1;
                }
            }
        }
    }
    assert_eq!(worlds, 4 * 1330, "19 choices, three of them with repeats");
}
