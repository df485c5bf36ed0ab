//! What holds for every catalog.
#![allow(missing_docs, clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

mod common;

use std::collections::BTreeSet;

use common::{Scene, id};
use domain::{ProductId, ProductStatus, Regime, Tier};
use proptest::prelude::*;
use universe::{Event, EventKind, Method, Policy};

const NAMES: [&str; 12] = [
    "BTC-USD",
    "BTC-USDC",
    "ETH-USD",
    "ADA-USD",
    "DOGE-USD",
    "USDT-USD",
    "TIA-USD",
    "ZEC-USD",
    "BTC-EUR",
    "ONLY-USDC",
    "SOL-USD",
    "XLM-USD",
];

/// One product's luck.
#[derive(Debug, Clone)]
struct Luck {
    name: &'static str,
    volume: f64,
    spread: Option<f64>,
    depth: Option<f64>,
    hours: u32,
    quote_age: i64,
    online: bool,
    has_features: bool,
}

fn luck() -> impl Strategy<Value = Luck> {
    let measures = (
        prop::sample::select(&NAMES[..]),
        prop_oneof![0.0..5e6, 0.0..60e6],
        prop::option::weighted(0.9, 0.0..80.0),
        prop::option::weighted(0.9, 0.0..300e3),
    );
    let luck = (170_u32..200, 0_i64..7, prop::bool::weighted(0.9), prop::bool::weighted(0.9));
    (measures, luck).prop_map(|((name, volume, spread, depth), (hours, age, online, has))| Luck {
        name,
        volume,
        spread,
        depth,
        hours,
        quote_age: age,
        online,
        has_features: has,
    })
}

fn scene(method: Method, regime: Regime, lucks: &[Luck]) -> Scene {
    let mut policy = Policy { method, ..Policy::default() };
    policy.events.push(Event {
        product: id("TIA-USD"),
        kind: EventKind::Listing,
        until: common::T0.plus_secs(3600),
        sources: vec!["https://example.org".to_owned()],
    });
    let mut volumes: Vec<_> = lucks.iter().map(|luck| (luck.name, luck.volume)).collect();
    volumes.sort_by_key(|(name, _)| id(name));
    volumes.dedup_by_key(|(name, _)| *name);
    let mut scene = Scene::new(policy, &volumes);
    scene.regime = regime;
    for luck in lucks {
        let now = scene.now;
        let market = scene.product(luck.name);
        market.spread_bps = luck.spread;
        market.depth_20bps = luck.depth;
        market.quote_vouched = Some(now.plus_secs(-luck.quote_age));
        if !luck.online {
            market.product.status = ProductStatus::LimitOnly;
        }
        scene.features(luck.name).closed_hours = luck.hours;
    }
    let gone: BTreeSet<_> = lucks.iter().filter(|l| !l.has_features).map(|l| id(l.name)).collect();
    scene.features.retain(|features| !gone.contains(&features.product));
    scene
}

fn method() -> impl Strategy<Value = Method> {
    prop_oneof![Just(Method::Static), Just(Method::Dynamic)]
}

proptest! {
    #[test]
    fn every_name_is_in_exactly_one_list(
        lucks in prop::collection::vec(luck(), 0..12),
        method in method(),
        regime in prop::sample::select(&Regime::ALL[..]),
    ) {
        let mut scene = scene(method, regime, &lucks);
        let universe = scene.select();
        let members: Vec<ProductId> = universe.members.iter().map(|m| m.product).collect();
        let excluded: Vec<ProductId> = universe.excluded.iter().map(|(p, _)| *p).collect();
        prop_assert!(members.is_sorted_by(|a, b| a < b), "sorted, each once");
        prop_assert!(excluded.is_sorted_by(|a, b| a < b), "sorted, each once");
        let all: BTreeSet<_> = members.iter().chain(&excluded).copied().collect();
        prop_assert_eq!(all.len(), members.len() + excluded.len(), "disjoint");
        let mut known: BTreeSet<_> = scene.products.iter().map(|m| m.product.id).collect();
        known.extend(match method {
            Method::Static => scene.policy.symbols(),
            Method::Dynamic => vec![id("TIA-USD")],
        });
        prop_assert_eq!(all, known);
    }

    #[test]
    fn nobody_is_exempt_from_a_limit(
        lucks in prop::collection::vec(luck(), 0..12),
        method in method(),
        regime in prop::sample::select(&Regime::ALL[..]),
    ) {
        let mut scene = scene(method, regime, &lucks);
        let universe = scene.select();
        let policy = scene.policy.clone();
        for member in &universe.members {
            let tier = member.tier;
            prop_assert!(member.spread_bps <= *policy.spread_ceiling_bps.get(tier));
            prop_assert!(member.depth_20bps >= *policy.depth_floor_usd.get(tier));
            prop_assert!(member.quote_volume_24h >= *policy.volume_floor_usd().get(tier));
            prop_assert!(member.regime_factor > 0.0);
            prop_assert!(tier != Tier::T3 || member.product == id("TIA-USD"));
            let market = scene.product(member.product.as_str()).clone();
            prop_assert_eq!(market.product.status, ProductStatus::Online);
            prop_assert!(scene.now.secs_since(market.quote_vouched.unwrap()) <= 5);
            prop_assert!(scene.features(member.product.as_str()).closed_hours >= 183);
            if method == Method::Static {
                let listed = policy.symbols.tier_of(&member.product);
                prop_assert_eq!(listed.unwrap_or(Tier::T3), tier);
            }
        }
    }

    #[test]
    fn noise_around_a_floor_does_not_flap(
        start in 0.96..1.04_f64,
        noise in prop::collection::vec(0.951..1.049_f64, 1..80),
        method in method(),
    ) {
        // Never three refreshes in a row on the other side: every third one is in between.
        let mut scene = scene(method, Regime::Chop, &[]);
        scene.products.push(common::market("BTC-USD"));
        scene.features.push(common::features("BTC-USD", 0.0));
        let floor = scene.policy.volume_floor_usd().t1;
        scene.set_volume("BTC-USD", Ok(start * floor));
        let tier = |scene: &mut Scene| scene.select().members.first().map(|m| m.tier);
        let first = tier(&mut scene);
        for (at, share) in noise.into_iter().enumerate() {
            scene.advance(900);
            let share = if at % 3 == 2 { 0.97 } else { share };
            scene.set_volume("BTC-USD", Ok(share * floor));
            prop_assert_eq!(tier(&mut scene), first);
        }
    }

    #[test]
    fn asking_again_at_the_same_moment_changes_nothing(
        lucks in prop::collection::vec(luck(), 0..12), method in method(),
    ) {
        let mut scene = scene(method, Regime::Bull, &lucks);
        let first = scene.select();
        let memory = scene.memory.clone();
        prop_assert_eq!(scene.select(), first);
        prop_assert_eq!(&scene.memory, &memory);
    }

    #[test]
    fn a_worse_market_never_lets_a_product_in(
        luck in luck(), method in method(), wider in 0.0..50.0_f64, thinner in 0.0..1.0_f64,
    ) {
        let mut worse = luck.clone();
        worse.spread = luck.spread.map(|spread| spread + wider);
        worse.depth = luck.depth.map(|depth| depth * thinner);
        worse.quote_age += 1;
        let is_in = |luck: &Luck| {
            let lucks = std::slice::from_ref(luck);
            !scene(method, Regime::Bull, lucks).select().members.is_empty()
        };
        prop_assert!(is_in(&luck) || !is_in(&worse));
    }
}
