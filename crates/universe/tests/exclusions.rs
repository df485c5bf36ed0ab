//! One product at a time: each reason to be out, and its limits.
#![allow(missing_docs, clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

mod common;

use common::{Scene, T0, id};
use domain::{Absent, Exclusion, ProductStatus, Regime, Tier, Timestamp};
use universe::{Event, EventKind, Flag, Method, Policy, Select as _, Selector};

const BTC: &str = "BTC-USD";
const ADA: &str = "ADA-USD";
const TIA: &str = "TIA-USD";

/// BTC in tier 1, ADA in tier 2, TIA in tier 3 with an event, and what no list names.
fn scene() -> Scene {
    let mut policy = Policy::default();
    policy.events.push(event(TIA, T0.plus_secs(1)));
    let volumes = [
        (BTC, 1e9),
        (ADA, 5e7),
        (TIA, 5e6),
        ("ZEC-USD", 5e8),
        ("USDT-USD", 5e8),
        ("BTC-USDC", 1e9),
        ("BTC-EUR", 1e9),
    ];
    Scene::new(policy, &volumes)
}

fn event(product: &str, until: Timestamp) -> Event {
    Event {
        product: id(product),
        kind: EventKind::Upgrade,
        until,
        sources: vec!["https://example.org/upgrade".to_owned()],
    }
}

fn flag(product: &str, until: Timestamp) -> Flag {
    Flag { product: id(product), until, reason: "an exploit".to_owned() }
}

type Spoil = fn(&mut Scene);

/// What is wrong, with which product, and what comes of it.
type Case<'a> = (&'a str, &'a str, Spoil, Option<Exclusion>);

fn check(cases: &[Case<'_>]) {
    for (name, product, spoil, expected) in cases {
        let mut scene = scene();
        spoil(&mut scene);
        assert_eq!(scene.fate(product), *expected, "{name}");
    }
}

/// A millisecond longer ago than so many seconds.
fn just_before(secs: i64) -> Timestamp {
    Timestamp::from_millis(T0.millis() - secs * 1000 - 1)
}

#[test]
fn a_product_is_out_for_its_name_its_tier_or_the_regime() {
    use Exclusion as E;
    check(&[
        ("nothing wrong in tier 1", BTC, |_| {}, None),
        ("nothing wrong in tier 2", ADA, |_| {}, None),
        ("nothing wrong in tier 3", TIA, |_| {}, None),
        ("named, not in the catalog", "SOL-USD", |_| {}, Some(E::UnknownProduct)),
        ("in no list", "ZEC-USD", |_| {}, Some(E::NoTier)),
        ("a stablecoin", "USDT-USD", |_| {}, Some(E::Stablecoin)),
        ("the alias of a market", "BTC-USDC", |_| {}, Some(E::Excluded)),
        ("another quote", "BTC-EUR", |_| {}, Some(E::Excluded)),
        ("excluded", BTC, |s| s.policy.exclusions.push(id(BTC)), Some(E::Excluded)),
        ("flagged", BTC, |s| s.policy.flags.push(flag(BTC, T0.plus_secs(1))), Some(E::Flagged)),
        ("no longer flagged", BTC, |s| s.policy.flags.push(flag(BTC, T0)), None),
        ("event over", TIA, |s| s.policy.events[0].until = T0, Some(E::NoEvent)),
        ("crash", BTC, |s| s.regime = Regime::Crash, Some(E::RegimeRemovesTier)),
        ("unknown regime", BTC, |s| s.regime = Regime::Unknown, Some(E::RegimeRemovesTier)),
        ("tier 2 in a bear", ADA, |s| s.regime = Regime::Bear, None),
        ("tier 3 in a bear", TIA, |s| s.regime = Regime::Bear, Some(E::RegimeRemovesTier)),
    ]);
}

#[test]
fn a_product_is_out_for_a_missing_or_stale_input() {
    use Exclusion as E;
    check(&[
        ("no features", BTC, |s| s.features.clear(), Some(E::DataUnavailable)),
        ("no hour", BTC, |s| s.features(BTC).hour = None, Some(E::DataUnavailable)),
        ("no candles", BTC, |s| s.product(BTC).candles_through = None, Some(E::DataUnavailable)),
        (
            "candles as old as allowed",
            BTC,
            |s| s.product(BTC).candles_through = Some(T0.plus_secs(-330)),
            None,
        ),
        (
            "older candles",
            BTC,
            |s| s.product(BTC).candles_through = Some(just_before(330)),
            Some(E::StaleCandles),
        ),
        (
            "a day too short",
            BTC,
            |s| s.set_volume(BTC, Err(Absent::InsufficientHistory)),
            Some(E::InsufficientHistory),
        ),
        ("a gap in the day", BTC, |s| s.set_volume(BTC, Err(Absent::DataGap)), Some(E::DataGap)),
        (
            "bars too coarse",
            BTC,
            |s| s.set_volume(BTC, Err(Absent::UnavailableGranularity)),
            Some(E::DataUnavailable),
        ),
        ("no number", BTC, |s| s.set_volume(BTC, Ok(f64::NAN)), Some(E::DataUnavailable)),
        (
            "no quote, hence no spread",
            BTC,
            |s| (s.product(BTC).quote, s.product(BTC).spread_bps) = (None, None),
            Some(E::DataUnavailable),
        ),
        ("nobody vouches", BTC, |s| s.product(BTC).quote_vouched = None, Some(E::DataUnavailable)),
        (
            "quote as old as allowed",
            BTC,
            |s| s.product(BTC).quote_vouched = Some(T0.plus_secs(-5)),
            None,
        ),
        (
            "older quote",
            BTC,
            |s| s.product(BTC).quote_vouched = Some(just_before(5)),
            Some(E::StaleQuote),
        ),
        ("no spread", BTC, |s| s.product(BTC).spread_bps = None, Some(E::DataUnavailable)),
        (
            "a crossed spread",
            BTC,
            |s| s.product(BTC).spread_bps = Some(-1.0),
            Some(E::DataUnavailable),
        ),
        ("no depth", BTC, |s| s.product(BTC).depth_20bps = None, Some(E::DataUnavailable)),
    ]);
}

#[test]
fn a_product_is_out_for_a_limit_it_misses_and_in_when_it_meets_it() {
    use Exclusion as E;
    check(&[
        ("volume at the floor", BTC, |s| s.set_volume(BTC, Ok(10e6)), None),
        ("volume below it", BTC, |s| s.set_volume(BTC, Ok(9_999_999.0)), Some(E::Volume)),
        ("tier 2's volume", ADA, |s| s.set_volume(ADA, Ok(1e6)), None),
        ("less than tier 2's", ADA, |s| s.set_volume(ADA, Ok(999_999.0)), Some(E::Volume)),
        ("less than tier 3's", TIA, |s| s.set_volume(TIA, Ok(999_999.0)), Some(E::Volume)),
        ("spread at the ceiling", BTC, |s| s.product(BTC).spread_bps = Some(20.0), None),
        ("spread above it", BTC, |s| s.product(BTC).spread_bps = Some(20.01), Some(E::Spread)),
        ("tier 2's spread", ADA, |s| s.product(ADA).spread_bps = Some(35.0), None),
        ("above tier 2's", ADA, |s| s.product(ADA).spread_bps = Some(35.01), Some(E::Spread)),
        ("tier 3's spread", TIA, |s| s.product(TIA).spread_bps = Some(60.0), None),
        ("above tier 3's", TIA, |s| s.product(TIA).spread_bps = Some(60.01), Some(E::Spread)),
        ("depth at the floor", BTC, |s| s.product(BTC).depth_20bps = Some(100e3), None),
        ("depth below it", BTC, |s| s.product(BTC).depth_20bps = Some(99_999.0), Some(E::Depth)),
        ("below tier 2's", ADA, |s| s.product(ADA).depth_20bps = Some(24_999.0), Some(E::Depth)),
        ("below tier 3's", TIA, |s| s.product(TIA).depth_20bps = Some(9_999.0), Some(E::Depth)),
        ("enough history", BTC, |s| s.features(BTC).closed_hours = 183, None),
        ("an hour less", BTC, |s| s.features(BTC).closed_hours = 182, Some(E::InsufficientHistory)),
    ]);
}

#[test]
fn only_online_is_online() {
    for status in [
        ProductStatus::CancelOnly,
        ProductStatus::LimitOnly,
        ProductStatus::PostOnly,
        ProductStatus::Auction,
        ProductStatus::ViewOnly,
        ProductStatus::Offline,
        ProductStatus::Delisted,
    ] {
        let mut scene = scene();
        scene.product(BTC).product.status = status;
        assert_eq!(scene.fate(BTC), Some(Exclusion::ProductStatus), "{status:?}");
    }
}

/// Everything is wrong with the product; mending the first fault shows the next.
#[test]
fn faults_show_in_the_order_of_the_tests() {
    type Mend = fn(&mut Scene);
    use Exclusion as E;
    let mut scene = scene();
    scene.product(TIA).product.status = ProductStatus::PostOnly;
    scene.policy.exclusions.push(id(TIA));
    scene.policy.flags.push(flag(TIA, T0.plus_secs(60)));
    scene.policy.events[0].until = T0;
    scene.regime = Regime::Crash;
    scene.product(TIA).candles_through = Some(T0.plus_secs(-3600));
    scene.product(TIA).quote_vouched = Some(T0.plus_secs(-3600));
    scene.product(TIA).spread_bps = Some(500.0);
    scene.product(TIA).depth_20bps = Some(1.0);
    scene.features(TIA).closed_hours = 30;
    scene.set_volume(TIA, Ok(1.0));
    let mends: [(Exclusion, Mend); 11] = [
        (E::ProductStatus, |s| s.product(TIA).product.status = ProductStatus::Online),
        (E::Excluded, |s| s.policy.exclusions.clear()),
        (E::Flagged, |s| s.policy.flags.clear()),
        (E::NoEvent, |s| s.policy.events[0].until = T0.plus_secs(60)),
        (E::RegimeRemovesTier, |s| s.regime = Regime::Chop),
        (E::StaleCandles, |s| s.product(TIA).candles_through = Some(T0)),
        (E::Volume, |s| {
            s.set_volume(TIA, Ok(5e6));
            s.memory = universe::Memory::default();
        }),
        (E::StaleQuote, |s| s.product(TIA).quote_vouched = Some(T0)),
        (E::Spread, |s| s.product(TIA).spread_bps = Some(5.0)),
        (E::Depth, |s| s.product(TIA).depth_20bps = Some(1e6)),
        (E::InsufficientHistory, |s| s.features(TIA).closed_hours = 183),
    ];
    for (expected, mend) in mends {
        assert_eq!(scene.fate(TIA), Some(expected));
        mend(&mut scene);
    }
    assert_eq!(scene.fate(TIA), None);
}

#[test]
fn a_member_carries_what_it_was_let_in_for() {
    let universe = scene().select();
    let found: Vec<_> = universe
        .members
        .iter()
        .map(|m| (m.product.as_str(), m.tier, m.quote_volume_24h, m.regime_factor))
        .collect();
    let expected =
        [(ADA, Tier::T2, 5e7, 0.8), (BTC, Tier::T1, 1e9, 1.0), (TIA, Tier::T3, 5e6, 0.25)];
    assert_eq!(found, expected);
    let btc = universe.member(&id(BTC)).unwrap();
    assert_eq!((btc.spread_bps, btc.depth_20bps), (10.0, 1e6));
}

#[test]
fn volume_alone_decides_the_dynamic_tier() {
    let mut policy = Policy { method: Method::Dynamic, ..Policy::default() };
    policy.events.push(event(TIA, T0.plus_secs(1)));
    policy.events.push(event("YFI-USD", T0.plus_secs(1)));
    let cases = [
        (BTC, 24.9e6, Ok(Tier::T2)),
        (ADA, 25e6, Ok(Tier::T1)),
        ("ZEC-USD", 2e6, Ok(Tier::T2)),
        (TIA, 1e6, Ok(Tier::T3)),
        ("FIL-USD", 1.9e6, Err(Exclusion::NoEvent)),
        ("ICP-USD", 0.9e6, Err(Exclusion::NoTier)),
        ("USDT-USD", 1e9, Err(Exclusion::Stablecoin)),
        ("BTC-USDC", 1e9, Err(Exclusion::Excluded)),
        ("ONLY-USDC", 1e9, Ok(Tier::T1)),
    ];
    let volumes: Vec<_> = cases.iter().map(|(text, volume, _)| (*text, *volume)).collect();
    let mut scene = Scene::new(policy, &volumes);
    let universe = scene.select();
    for (text, _, expected) in cases {
        let member = universe.member(&id(text)).map(|member| member.tier);
        let excluded = universe.excluded.iter().find(|(other, _)| *other == id(text));
        assert_eq!(member, expected.ok(), "{text}");
        assert_eq!(excluded.map(|(_, why)| *why), expected.err(), "{text}");
    }
    let unknown = (id("YFI-USD"), Exclusion::UnknownProduct);
    assert!(universe.excluded.contains(&unknown), "an event for nothing is noticed");
    assert_eq!(universe.members.len() + universe.excluded.len(), cases.len() + 1);
}

#[test]
fn the_operators_flags_come_and_go_while_it_runs() {
    let mut scene = scene();
    let mut selector = Selector::new(scene.policy.clone());
    let mut out = domain::Universe::default();
    let mut fate = |selector: &mut Selector, now| {
        scene.advance(now);
        let (products, features) = (&scene.products, &scene.features);
        let memory = &mut scene.memory;
        selector.select(scene.now, products, features, Regime::Chop, memory, &mut out);
        out.excluded.iter().find(|(product, _)| *product == id(BTC)).map(|(_, why)| *why)
    };
    assert_eq!(fate(&mut selector, 0), None);
    selector.set_flags(vec![flag(BTC, T0.plus_secs(60))]);
    assert_eq!(fate(&mut selector, 59), Some(Exclusion::Flagged));
    assert_eq!(fate(&mut selector, 1), None, "until is the first moment after");
    selector.set_flags(vec![flag(BTC, T0.plus_secs(900))]);
    assert_eq!(fate(&mut selector, 1), Some(Exclusion::Flagged));
    selector.set_flags(Vec::new());
    assert_eq!(fate(&mut selector, 1), None);
}

#[test]
fn features_need_not_be_aligned() {
    let mut scene = scene();
    scene.features.retain(|features| features.product != id(ADA));
    assert_eq!(scene.fate(BTC), None);
    assert_eq!(scene.fate(ADA), Some(Exclusion::DataUnavailable));
}
