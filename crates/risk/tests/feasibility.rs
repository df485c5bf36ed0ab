//! The band of legal sizes is what `assess` would grant.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use common::*;
use domain::{Fees, PolicyHash, Proposal, RiskCode, Tier, Usd};
use proptest::prelude::*;
use risk::{Band, Entrant, Limits, Policy};

fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

fn fees() -> Fees {
    Fees { maker_bps: "60".parse().unwrap(), taker_bps: "120".parse().unwrap() }
}

fn band(policy: &Policy, nav: &str, tier: Tier, cluster: &str) -> Band {
    let limits = Limits::new(policy.clone(), PolicyHash("test".into())).unwrap();
    let venue_min = usd("1");
    limits.band(&Entrant { nav: usd(nav), tier, cluster, fees: fees(), venue_min }).unwrap()
}

#[test]
fn the_shipped_policy_by_hand() {
    let policy = Policy::default();
    // 5 % of 10,000 with a fee of 1.2 %: 500 / 1.012 = 494.07…
    let found = band(&policy, "10000", Tier::T1, "LAYER1");
    assert_eq!((found.least(), found.most().usd), (usd("1"), usd("494.07")));
    assert_eq!(found.most().code, RiskCode::PositionCap);
    // 5 % of 100,000 is more than one order may be.
    let found = band(&policy, "100000", Tier::T1, "LAYER1");
    assert_eq!((found.most().code, found.most().usd), (RiskCode::OrderTooLarge, usd("1000")));
    // 5 % of 255 is 12.75, 12.59 without the fee.
    assert_eq!(band(&policy, "255", Tier::T2, "MEME").most().usd, usd("12.59"));
    assert!(!band(&policy, "255", Tier::T2, "MEME").is_empty());
}

#[test]
fn an_empty_band_names_every_limit_that_empties_it() {
    let mut policy = Policy::default();
    policy.orders.min_order_usd = usd("20");
    policy.caps.clusters_pct.insert("MEME".into(), pct("6"));
    let found = band(&policy, "255", Tier::T2, "MEME");
    assert!(found.is_empty());
    let codes: Vec<_> = found.emptied_by().map(|leave| leave.code).collect();
    assert_eq!(codes, [RiskCode::PositionCap, RiskCode::ClusterCap]);
    assert!(!band(&policy, "10000", Tier::T2, "MEME").is_empty());
}

#[test]
fn capital_bounds_what_sizes_are_shares_of_but_not_what_is_free() {
    let mut policy = Policy::default();
    policy.control.capital_usd = Some(usd("1000"));
    let found = band(&policy, "10000", Tier::T1, "LAYER1");
    assert_eq!(found.most().usd, usd("49.40"));
    let free = found.leaves().iter().find(|leave| leave.code == RiskCode::InsufficientFunds);
    assert_eq!(free.unwrap().usd, usd("9881.42"));
}

/// What `assess` grants of a proposal of this share of the NAV.
fn granted(policy: &Policy, nav: &str, size_pct: &str) -> Result<Usd, Vec<RiskCode>> {
    let mut world = World::good();
    world.policy = policy.clone();
    world.nav = Some(usd(nav));
    world.purses[0].available = amount(nav);
    let verdict = world.assess(vec![Proposal::Entry(entry("UNI-USD", size_pct))]);
    match verdict.approved.first() {
        Some(order) => Ok(order.max_notional().usd_at_par()),
        None => Err(verdict.rejected[0].reasons.iter().map(|reason| reason.code).collect()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_granted_lies_in_the_band_and_nothing_else_does(
        nav in 50_u32..200_000,
        min_order in 1_u32..60,
        max_order in 60_u32..25_000,
        position in 1_u32..=200,
        cluster in 1_u32..=300,
        tier in 1_u32..=500,
        total in 1_u32..=500,
        wanted in 1_u32..=100_000,
    ) {
        let tenths = |n: u32| pct(&format!("{}.{}", n / 10, n % 10));
        let mut policy = Policy::default();
        policy.orders.min_order_usd = usd(&min_order.to_string());
        policy.orders.max_order_usd = usd(&max_order.to_string());
        policy.caps.max_position_pct = tenths(position);
        policy.caps.clusters_pct.insert("DEFI".into(), tenths(cluster));
        policy.caps.tiers_pct.t2 = tenths(tier);
        policy.caps.max_total_pct = tenths(total);
        // What contradicts itself is another test's.
        prop_assume!(policy.problems().is_empty());
        let nav = nav.to_string();
        let found = band(&policy, &nav, Tier::T2, "DEFI");
        let size = format!("{}.{:03}", wanted / 1000, wanted % 1000);
        let asked = usd(&nav).percent(pct(&size)).unwrap();
        let cents = |value: Usd| (value.get() * dec("100")).floor() / dec("100");
        let least = found.least().get();
        // Between the bid and the ask of the test's book, 4 bps apart, a minimum is met at one
        // and not at the other; so close to it either answer is right.
        let near = asked.get().min(found.most().usd.get());
        let unsure = near >= least && near < least * dec("1.001");
        match granted(&policy, &nav, &size) {
            Ok(size) => {
                prop_assert!(size >= found.least(), "{size} < {}", found.least());
                prop_assert_eq!(size.get(), cents(asked).min(found.most().usd.get()));
            }
            Err(codes) => {
                prop_assert!(near < least || unsure, "{asked} was refused: {codes:?}");
                prop_assert_eq!(codes[0], RiskCode::BelowMinOrder);
                for leave in found.emptied_by() {
                    prop_assert!(codes.contains(&leave.code), "{leave:?} not in {codes:?}");
                }
            }
        }
    }
}
