//! What a policy file may say.
#![allow(missing_docs, clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

mod common;

use common::{T0, id};
use domain::{Asset, ProductId, Regime, Tier};
use universe::{ClusterName, Event, EventKind, Flag, Method, Policy};

fn asset(text: &str) -> Asset {
    text.parse().unwrap()
}

#[test]
fn the_shipped_policy_is_whole_and_without_problems() {
    let policy = Policy::default();
    assert_eq!(policy.problems(), []);
    let listed: Vec<_> = policy.symbols.iter().map(|(tier, p)| (tier, p.as_str())).collect();
    let (t1, t2) = (Tier::T1, Tier::T2);
    let expected = [
        (t1, "BTC-USD"),
        (t1, "ETH-USD"),
        (t1, "SOL-USD"),
        (t2, "DOGE-USD"),
        (t2, "XRP-USD"),
        (t2, "ADA-USD"),
        (t2, "AVAX-USD"),
        (t2, "DOT-USD"),
        (t2, "LINK-USD"),
        (t2, "UNI-USD"),
        (t2, "ATOM-USD"),
        (t2, "ALGO-USD"),
        (t2, "XLM-USD"),
        (t2, "HBAR-USD"),
    ];
    assert_eq!(listed, expected);
    assert_eq!(policy.quotes, [asset("USD"), asset("USDC")]);
    assert_eq!(policy.stablecoins.len(), 17);
    let sizes: Vec<_> = policy.clusters.iter().map(|(n, a)| (n.as_str(), a.len())).collect();
    assert_eq!(sizes, [("DEFI", 4), ("LAYER1", 9), ("LAYER2", 3), ("MEME", 4)]);
}

#[test]
fn each_regime_scales_each_tier() {
    let policy = Policy::default();
    let cases: [(Regime, [f64; 3]); 5] = [
        (Regime::Bull, [1.2, 1.2, 0.5]),
        (Regime::Chop, [1.0, 0.8, 0.25]),
        (Regime::Bear, [0.6, 0.5, 0.0]),
        (Regime::Crash, [0.0; 3]),
        (Regime::Unknown, [0.0; 3]),
    ];
    for (regime, factors) in cases {
        for (tier, factor) in Tier::ALL.into_iter().zip(factors) {
            let found = policy.factor(regime, tier);
            assert_eq!(found.to_bits(), factor.to_bits(), "{regime} {tier}");
        }
    }
}

#[test]
fn an_asset_is_in_one_cluster_or_in_other() {
    let policy = Policy::default();
    let cases = [
        ("BTC", "LAYER1"),
        ("HBAR", "LAYER1"),
        ("ARB", "LAYER2"),
        ("DOGE", "MEME"),
        ("LINK", "DEFI"),
        ("XRP", "OTHER"),
        ("XLM", "OTHER"),
        ("USD", "OTHER"),
    ];
    for (text, cluster) in cases {
        assert_eq!(policy.cluster_of(&asset(text)).to_string(), cluster, "{text}");
    }
    assert_eq!("OTHER".parse(), Ok(ClusterName::OTHER));
    assert!("layer 1".parse::<ClusterName>().is_err());
}

#[test]
fn it_names_its_lists_and_events_once() {
    let mut policy = Policy::default();
    for product in ["TIA-USD", "TIA-USD", "BTC-USD"] {
        policy.events.push(event(product));
    }
    let symbols = policy.symbols();
    assert!(symbols.is_sorted());
    assert_eq!(symbols.len(), 15);
    assert!(symbols.contains(&id("TIA-USD")));
}

fn event(product: &str) -> Event {
    Event {
        product: id(product),
        kind: EventKind::Listing,
        until: T0,
        sources: vec!["https://example.org".to_owned()],
    }
}

#[test]
fn each_problem_names_its_key() {
    type Spoil = fn(&mut Policy);
    let cases: &[(&str, Spoil)] = &[
        ("static_volume_floor_usd.T3", |p| p.static_volume_floor_usd.t3 = 0.0),
        ("static_volume_floor_usd.T1", |p| p.static_volume_floor_usd.t1 = 0.5e6),
        ("dynamic_volume_floor_usd.T2", |p| p.dynamic_volume_floor_usd.t2 = 0.5e6),
        ("dynamic_volume_floor_usd.T1", |p| p.dynamic_volume_floor_usd.t1 = f64::NAN),
        ("spread_ceiling_bps.T2", |p| p.spread_ceiling_bps.t2 = f64::INFINITY),
        ("depth_floor_usd.T1", |p| p.depth_floor_usd.t1 = -1.0),
        ("regime_factors.bear.T3", |p| p.regime_factors.bear.t3 = -0.1),
        ("regime_factors.bull.T1", |p| p.regime_factors.bull.t1 = f64::NAN),
        ("hysteresis.refresh_minutes", |p| p.hysteresis.refresh_minutes = 0),
        ("hysteresis.enter_refreshes", |p| p.hysteresis.enter_refreshes = 0),
        ("hysteresis.exit_refreshes", |p| p.hysteresis.exit_refreshes = 0),
        ("hysteresis.exit_factor", |p| p.hysteresis.exit_factor = 1.01),
        ("hysteresis.exit_factor", |p| p.hysteresis.exit_factor = f64::NAN),
        ("history_min_hours", |p| p.history_min_hours = 337),
        ("quote_max_age_secs", |p| p.quote_max_age_secs = 0),
        ("candle_max_age_secs", |p| p.candle_max_age_secs = 0),
        ("quotes[2]", |p| p.quotes.push(asset("USD"))),
        ("stablecoins[17]", |p| p.stablecoins.push(asset("DAI"))),
        ("exclusions[1]", |p| p.exclusions = vec![id("A-USD"); 2]),
        ("symbols.T1[3]", |p| p.symbols.t1.push(id("BTC-USD"))),
        ("symbols.T2[11]", |p| p.symbols.t2.push(id("BTC-USD"))),
        ("symbols.T1[0]", |p| p.exclusions.push(id("BTC-USD"))),
        ("symbols.T1[3]", |p| p.symbols.t1.push(id("USDT-USD"))),
        ("symbols.T1[3]", |p| p.symbols.t1.push(id("BTC-EUR"))),
        ("symbols", |p| {
            p.symbols.t1.clear();
            p.symbols.t2.clear();
        }),
        ("clusters.LAYER2[3]", |p| add(p, "LAYER2", "BTC")),
        ("clusters.MEME[4]", |p| add(p, "MEME", "DOGE")),
        ("clusters.OTHER", |p| add(p, "OTHER", "XRP")),
        ("clusters.EMPTY", |p| {
            p.clusters.insert("EMPTY".parse().unwrap(), Vec::new());
        }),
        ("events[0].sources", |p| {
            p.events.push(Event { sources: vec![" ".to_owned()], ..event("TIA-USD") });
        }),
        ("events[0].product", |p| p.events.push(event("DAI-USD"))),
        ("flags[0].reason", |p| {
            p.flags.push(Flag { product: id("BTC-USD"), until: T0, reason: String::new() });
        }),
    ];
    for (key, spoil) in cases {
        let mut policy = Policy::default();
        spoil(&mut policy);
        let found: Vec<_> = policy.problems().into_iter().map(|(key, _)| key).collect();
        assert_eq!(found, [*key]);
    }
}

fn add(policy: &mut Policy, cluster: &str, base: &str) {
    let assets = policy.clusters.entry(cluster.parse().unwrap());
    assets.or_default().push(asset(base));
}

#[test]
fn the_dynamic_method_needs_no_lists() {
    let mut policy = Policy { method: Method::Dynamic, ..Policy::default() };
    policy.symbols.t1.clear();
    policy.symbols.t2.clear();
    assert_eq!(policy.problems(), []);
}

#[test]
fn a_file_names_every_key_and_no_other() {
    let whole = serde_json::to_value(Policy::default()).unwrap();
    let back: Policy = serde_json::from_value(whole.clone()).unwrap();
    assert_eq!(back, Policy::default());
    let keys: Vec<_> = whole.as_object().unwrap().keys().cloned().collect();
    for key in keys {
        let mut missing = whole.clone();
        missing.as_object_mut().unwrap().remove(&key);
        assert!(serde_json::from_value::<Policy>(missing).is_err(), "{key}");
    }
    let mut more = whole.clone();
    more["mystery_usd"] = 1.into();
    assert!(serde_json::from_value::<Policy>(more).is_err());
    let mut wrong = whole;
    wrong["symbols"]["T1"][0] = "btc".into();
    let error = serde_json::from_value::<Policy>(wrong).unwrap_err().to_string();
    assert!(error.contains("BASE-QUOTE"), "{error}");
    assert!("BTC".parse::<ProductId>().is_err());
}
