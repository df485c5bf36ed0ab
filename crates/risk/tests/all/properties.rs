//! What holds for every verdict, over random books, positions, live orders and proposals.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::*;
use crate::plain::{Plain, base, plain};
use domain::{BaseQty, Entry, Pct, Proposal, Side, Tier, Timestamp, Usd};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use risk::{ApprovedOrder, Verdict};
use rust_decimal::Decimal;

fn bid(world: &World, product: &str) -> Decimal {
    let market = world.markets.iter().find(|m| m.product.id == id(product)).unwrap();
    market.quote.unwrap().bid.get()
}

fn buys(verdict: &Verdict) -> impl Iterator<Item = &ApprovedOrder> {
    verdict.approved.iter().filter(|order| order.side() == Side::Buy)
}

/// What is at stake after a verdict, recounted from the plain numbers.
#[derive(Default)]
struct Stake {
    total: Decimal,
    products: BTreeMap<String, Decimal>,
    clusters: BTreeMap<String, Decimal>,
    tiers: BTreeMap<Tier, Decimal>,
}

impl Stake {
    fn of(plain: &Plain, world: &World, verdict: &Verdict) -> Self {
        let mut stake = Self::default();
        for ((name, mid), dollars) in PRODUCTS.iter().zip(&plain.held) {
            stake.add(name, dec(&base(*dollars, mid)) * bid(world, name));
        }
        for (at, dollars) in &plain.buys {
            let (name, mid) = PRODUCTS[*at];
            stake.add(name, dec(&base(*dollars, mid)) * dec(mid) * dec("1.012"));
        }
        for order in buys(verdict) {
            stake.add(&order.product().to_string(), order.worst_case().get());
        }
        stake
    }

    fn add(&mut self, product: &str, value: Decimal) {
        let cluster = World::clusters().of(&asset(id(product).base())).to_owned();
        self.total += value;
        *self.products.entry(product.to_owned()).or_default() += value;
        *self.clusters.entry(cluster).or_default() += value;
        *self.tiers.entry(entry(product, "1").tier).or_default() += value;
    }
}

/// Division leaves the last of 28 digits uncertain.
fn at_most(found: Decimal, limit: Decimal) -> bool {
    found <= limit + dec("0.0000000001")
}

/// between the minimum and every maximum, at any price from the bid to the bound.
fn sizes_hold(world: &World, order: &ApprovedOrder) -> Result<(), TestCaseError> {
    let product = order.product().to_string();
    let market = world.markets.iter().find(|m| m.product.id == order.product()).unwrap();
    let limits = &market.product.limits;
    let least = order.max_qty().get() * bid(world, &product);
    prop_assert!(least >= limits.quote_min.get(), "{order:?}");
    prop_assert!(least >= world.policy.orders.min_order_usd.get(), "{order:?}");
    prop_assert!(order.max_notional().get() <= world.policy.orders.max_order_usd.get());
    prop_assert!(market.product.is_size_step(order.max_qty()), "O-10 {order:?}");
    prop_assert!(market.product.is_price_step(order.price_bound()), "O-10 {order:?}");
    let ask = market.quote.unwrap().ask.get();
    prop_assert!(order.max_qty().get() * ask <= order.max_notional().get());
    prop_assert!(order.price_bound().get() >= ask);
    Ok(())
}

/// for whatever an approval was added to.
fn caps_hold(plain: &Plain, world: &World, verdict: &Verdict) -> Result<(), TestCaseError> {
    let stake = Stake::of(plain, world, verdict);
    let cap = |pct: u32| Decimal::from(plain.nav) * Decimal::from(pct) / Decimal::ONE_HUNDRED;
    for order in buys(verdict) {
        let product = order.product().to_string();
        let cluster = World::clusters().of(&order.asset()).to_owned();
        prop_assert!(at_most(stake.products[&product], cap(plain.position)), "position {order:?}");
        prop_assert!(at_most(stake.clusters[&cluster], cap(plain.cluster)), "cluster {order:?}");
        prop_assert!(at_most(stake.tiers[&order.tier()], cap(plain.tier)), "tier {order:?}");
        prop_assert!(at_most(stake.total, cap(plain.total)), "total {order:?}");
    }
    Ok(())
}

/// nothing is sold that is not there.
fn sales_hold(world: &World, verdict: &Verdict) -> Result<(), TestCaseError> {
    let exposure = world.exposure();
    let mut sold: BTreeMap<_, Decimal> = BTreeMap::new();
    for order in verdict.approved.iter().filter(|order| order.side() == Side::Sell) {
        *sold.entry(order.asset()).or_default() += order.max_qty().get();
    }
    for (asset, qty) in sold {
        let live = exposure.live_sells(&asset).unwrap().get();
        prop_assert!(qty + live <= exposure.position(&asset).get(), "{asset} {qty}");
    }
    Ok(())
}

fn approves(world: &World, proposal: &Proposal) -> bool {
    !world.assess(vec![proposal.clone()]).approved.is_empty()
}

/// Ways to be more careful, one of which is drawn.
fn more_careful(world: &World, way: u8, at: usize, dollars: u32) -> World {
    let mut world = world.clone();
    let (name, mid) = PRODUCTS[at];
    let number = 1000;
    match way {
        0 => world.facts.extend(position(number, name, &base(dollars, mid), mid, T0)),
        1 => world.facts.push(order(number, Side::Buy, name, &base(dollars, mid), mid, T0)),
        2 => {
            let market = world.market(name);
            market.quote_vouched = market.quote_vouched.map(|v| v.plus_secs(-i64::from(dollars)));
        }
        3 => world.policy.caps.max_position_pct = Pct::new(dec("0.5")).unwrap(),
        4 => world.policy.caps.tiers_pct.t1 = Pct::ZERO,
        5 => world.policy.market.depth_multiple = 100,
        6 => world.policy.market.slippage_bps.t2 = 3,
        7 => world.policy.orders.max_order_usd = Usd::new(20.into()).unwrap(),
        8 => world.policy.positions.max_open_positions = 1,
        9 => world.facts.push(order(number, Side::Sell, name, &base(dollars, mid), mid, T0)),
        10 => world.external.push((asset(id(name).base()), qty(&base(dollars, mid)))),
        _ => world.policy.entries.min_conviction = 0.9,
    }
    world
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_verdict_is_a_partition_within_every_cap(plain in plain()) {
        let world = plain.world();
        let proposals = plain.proposals();
        let verdict = world.assess(proposals.clone());
        prop_assert_eq!(verdict.approved.len() + verdict.rejected.len(), proposals.len());
        let mut left: Vec<_> = proposals.clone();
        for rejected in &verdict.rejected {
            prop_assert!(!rejected.reasons.is_empty());
            let at = left.iter().position(|p| *p == rejected.proposal);
            left.remove(at.unwrap());
        }
        let mut ids: Vec<_> = left.iter().map(Proposal::id).collect();
        let mut approved: Vec<_> = verdict.approved.iter().map(ApprovedOrder::proposal).collect();
        ids.sort();
        approved.sort();
        prop_assert_eq!(ids, approved, "R-09");
        for order in buys(&verdict) {
            sizes_hold(&world, order)?;
        }
        caps_hold(&plain, &world, &verdict)?;
        sales_hold(&world, &verdict)?;
        let spent: Decimal = buys(&verdict).map(|order| order.worst_case().get()).sum();
        prop_assert!(spent <= Decimal::from(plain.available), "R-05");
    }

    /// An approval is never larger than what was proposed.
    #[test]
    fn a_size_is_never_raised(plain in plain()) {
        let world = plain.world();
        for proposal in plain.proposals() {
            let Proposal::Entry(entry) = &proposal else { continue };
            let wanted = Decimal::from(plain.nav) * entry.size_pct.get() / Decimal::ONE_HUNDRED;
            for order in world.assess(vec![proposal.clone()]).approved {
                prop_assert!(order.max_notional().get() <= wanted);
                prop_assert!(order.size_pct() <= domain_signal(entry.size_pct) + 1e-9);
            }
        }
    }

    #[test]
    fn the_order_of_proposals_does_not_matter(
        plain in plain(),
        shuffle in prop::collection::vec(any::<prop::sample::Index>(), 6),
    ) {
        let world = plain.world();
        let mut proposals = plain.proposals();
        // Two that differ in nothing by which they are sorted first.
        if let Some(Proposal::Entry(twin)) = proposals.first().cloned() {
            let size_pct = pct("0.77");
            proposals.push(Proposal::Entry(Entry { size_pct, ..twin }));
        }
        let verdict = world.assess(proposals.clone());
        prop_assert_eq!(&verdict, &world.assess(proposals.clone()), "R-11");
        for (at, with) in shuffle.iter().enumerate().take(proposals.len()) {
            let with = with.index(proposals.len());
            proposals.swap(at, with);
        }
        prop_assert_eq!(verdict, world.assess(proposals));
    }

    /// for one entry alone.
    #[test]
    fn more_caution_never_turns_a_no_into_a_yes(
        plain in plain(), way in 0..12_u8, at in 0..PRODUCTS.len(), dollars in 1..500_u32,
    ) {
        let world = plain.world();
        let careful = more_careful(&world, way, at, dollars);
        for proposal in plain.proposals().iter().filter(|p| p.side() == Side::Buy) {
            prop_assert!(
                !approves(&careful, proposal) || approves(&world, proposal),
                "way {} made {:?} pass", way, proposal
            );
        }
    }

    /// whoever cuts a wish before it is judged never gets more for it.
    #[test]
    fn a_smaller_wish_is_never_granted_more(plain in plain(), cut in 0..=100_u32) {
        let world = plain.world();
        for proposal in plain.proposals() {
            let Proposal::Entry(entry) = proposal else { continue };
            let share = entry.size_pct.get() * Decimal::from(cut) / Decimal::ONE_HUNDRED;
            let less = Entry { size_pct: Pct::new(share).unwrap(), ..entry.clone() };
            let granted = |entry| {
                let verdict = world.assess(vec![Proposal::Entry(entry)]);
                verdict.approved.first().map(|o| (o.max_notional(), o.max_qty(), o.worst_case()))
            };
            if let Some((notional, qty, worst)) = granted(less) {
                let whole = granted(entry).unwrap();
                prop_assert!(notional <= whole.0 && qty <= whole.1 && worst <= whole.2);
            }
        }
    }

    /// D-01: nothing is approved on data that is older than the policy allows, or of unknown age.
    #[test]
    fn no_approval_cites_old_data(
        quote in prop::option::weighted(0.9, 0..12_000_i64),
        book in prop::option::weighted(0.9, 0..120_000_i64),
        candles in prop::option::weighted(0.9, 0..600_000_i64),
    ) {
        let mut world = World::good();
        let back = |age: Option<i64>| age.map(|ms| Timestamp::from_millis(T0.millis() - ms));
        let market = world.market("XRP-USD");
        market.quote_vouched = back(quote);
        (market.book_changed, market.candles_through) = (back(book), back(candles));
        let fresh = |age: Option<i64>, secs: i64| age.is_some_and(|ms| ms <= secs * 1000);
        let all = fresh(quote, 5) && fresh(book, 60) && fresh(candles, 330);
        prop_assert_eq!(approves(&world, &Proposal::Entry(entry("XRP-USD", "1.4"))), all);
    }

    /// A verdict and its explanation come from one pass.
    #[test]
    fn a_ladder_says_what_the_verdict_says(plain in plain()) {
        let world = plain.world();
        let verdict = world.assess(plain.proposals());
        let ladders = world.explain(plain.proposals());
        prop_assert_eq!(ladders.len(), plain.proposals.len());
        let mut rejected = verdict.rejected.iter();
        let mut approved = verdict.approved.iter();
        for ladder in ladders {
            let failed = ladder.gates.iter().filter(|gate| !gate.passed);
            if ladder.approved.is_some() {
                prop_assert_eq!(failed.count(), 0);
                prop_assert_eq!(ladder.proposal, approved.next().unwrap().proposal());
            } else {
                let codes: BTreeSet<_> = failed.map(|gate| gate.code).collect();
                let reasons = &rejected.next().unwrap().reasons;
                prop_assert_eq!(codes, reasons.iter().map(|reason| reason.code).collect());
            }
        }
    }

    /// What the policy shrank is approved as it is: one effective cap decides both.
    #[test]
    fn a_shrunk_size_is_never_refused_for_its_size(plain in plain()) {
        let world = plain.world();
        for proposal in plain.proposals() {
            let Proposal::Entry(entry) = proposal else { continue };
            let verdict = world.assess(vec![Proposal::Entry(entry.clone())]);
            let Some(order) = verdict.approved.first() else { continue };
            let share = order.max_notional().get() * Decimal::ONE_HUNDRED / Decimal::from(plain.nav);
            let up = rust_decimal::RoundingStrategy::ToPositiveInfinity;
            let size_pct = Pct::new(share.round_dp_with_strategy(15, up)).unwrap();
            let again = world.assess(vec![Proposal::Entry(Entry { size_pct, ..entry })]);
            prop_assert_eq!(again.approved.len(), 1);
            prop_assert_eq!(again.approved[0].max_notional(), order.max_notional());
            prop_assert_eq!(again.approved[0].max_qty(), order.max_qty());
        }
    }
}

fn domain_signal(share: Pct) -> f64 {
    share.to_string().parse().unwrap()
}

/// The properties say something: many of these proposals are approved, many shrunk, and many
/// refused, for many reasons.
#[test]
fn the_random_proposals_are_not_vacuous() {
    let mut runner = TestRunner::deterministic();
    let (mut proposed, mut approved, mut shrunk, mut sold) = (0, 0, 0, 0);
    let mut codes = BTreeSet::new();
    for _ in 0..500 {
        let plain = plain().new_tree(&mut runner).unwrap().current();
        let proposals = plain.proposals();
        proposed += proposals.len();
        let verdict = plain.world().assess(proposals.clone());
        approved += verdict.approved.len();
        sold += verdict
            .approved
            .iter()
            .filter(|o| o.max_qty() > BaseQty::ZERO && o.plan().is_none())
            .count();
        for order in buys(&verdict) {
            let asked = proposals.iter().any(|p| {
                matches!(p, Proposal::Entry(e)
                if domain_signal(e.size_pct).to_bits() == order.size_pct().to_bits())
            });
            shrunk += usize::from(!asked);
        }
        codes.extend(verdict.rejected.iter().flat_map(|r| r.reasons.iter().map(|x| x.code)));
    }
    assert!(approved * 5 >= proposed, "{approved} of {proposed} approved");
    assert!(shrunk > 50, "{shrunk} shrunk");
    assert!(sold > 10, "{sold} sold");
    assert!(codes.len() >= 12, "{codes:?}");
}
