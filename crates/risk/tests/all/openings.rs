//! The band of legal sizes, the ways that open an empty one, and limits that never decide.

use crate::common::*;
use crate::extremes::each;
use crate::feasibility::fees;
use domain::{Fees, PolicyHash, RiskCode, Tier};
use risk::{Entrant, Limits, Policy};

fn entrant<'a>(nav: &str, venue_min: &str) -> Entrant<'a> {
    let fees = Fees { maker_bps: "60".parse().unwrap(), taker_bps: "120".parse().unwrap() };
    let (nav, venue_min) = (usd(nav), usd(venue_min));
    Entrant { nav, tier: Tier::T1, cluster: "LAYER1", fees, venue_min }
}

fn limits(with: impl FnOnce(&mut Policy)) -> Limits {
    let mut policy = Policy::default();
    with(&mut policy);
    Limits::new(policy, hash()).unwrap()
}

/// 5 % of 10,000 with a fee of 1.2 % are 494.07.
#[test]
fn a_band_of_one_size_is_not_empty() {
    for (least, empty) in [("494.07", false), ("494.08", true)] {
        let limits = limits(|policy| policy.orders.min_order_usd = usd(least));
        let band = limits.band(&entrant("10000", "1")).unwrap();
        assert_eq!(band.is_empty(), empty, "{least}");
        let by: Vec<_> = band.emptied_by().map(|leave| leave.code).collect();
        let expected: &[RiskCode] = if empty { &[RiskCode::PositionCap] } else { &[] };
        assert_eq!(by, expected, "{least}");
    }
}

/// Ways as they are told: each change with whether the program allows it.
fn ways(limits: &Limits, entrant: &Entrant<'_>) -> Vec<String> {
    let ways = limits.openings(entrant).unwrap();
    let told = |way: &Vec<risk::Opening>| {
        let changes = way.iter().map(|c| format!("{} {} {}", c.key, c.to.normalize(), c.allowed));
        changes.collect::<Vec<_>>().join(", ")
    };
    ways.iter().map(told).collect()
}

#[test]
fn a_way_that_is_not_allowed_is_told_last() {
    // 25 dollars with their fee are 25.3: too much for a position of a hundred, and not for more.
    let small = limits(|policy| {
        policy.orders.min_order_usd = usd("25");
        policy.caps.max_total_pct = pct("50");
        policy.caps.clusters_pct.insert("LAYER1".into(), pct("30"));
    });
    let expected = [
        "orders.min_order_usd 4.94 true",
        "the account 506 true",
        "caps.max_position_pct 25.3 false",
    ];
    assert_eq!(ways(&small, &entrant("100", "1")), expected);
    // What the venue does not take is no way, and neither is an order of nothing.
    let taken: &[&str] = &["the account 506 true", "caps.max_position_pct 25.3 false"];
    assert_eq!(ways(&small, &entrant("100", "5")), taken);
    let shut = limits(|policy| policy.caps.tiers_pct.t1 = pct("0"));
    assert_eq!(ways(&shut, &entrant("10000", "0")), ["caps.tiers_pct.T1 0.0102 true"]);
    // An order of 1,000 and a venue that takes none below 2,000, or below 26,000.
    let large = limits(|_| {});
    let wide = ways(&large, &entrant("1000000", "2000"));
    assert_eq!(wide, ["orders.max_order_usd 2000 true"]);
    let wider = ways(&large, &entrant("1000000", "26000"));
    assert_eq!(wider, ["orders.max_order_usd 26000 false"]);
}

/// What never decides, and what still may: on a par with the total, or with no spacing at all.
#[test]
fn a_limit_on_a_par_with_another_may_still_decide() {
    let idle = |with: fn(&mut Policy)| -> Vec<String> {
        let mut policy = Policy::default();
        policy.caps.tiers_pct = each(pct("15"));
        policy.pacing.symbol_spacing_secs = 600;
        with(&mut policy);
        policy.idle().into_iter().map(|idle| format!("{} < {}", idle.key, idle.because)).collect()
    };
    assert_eq!(idle(|_| {}), <[&str; 0]>::default());
    let cluster: fn(&mut Policy) = |policy| {
        policy.caps.clusters_pct.insert("MEME".into(), pct("15"));
    };
    assert_eq!(idle(cluster), <[&str; 0]>::default());
    // At 20 minutes three trades fit an hour and 72 a day.
    let spaced: fn(&mut Policy) = |policy| {
        policy.pacing.spacing_secs = 1_200;
        (policy.pacing.trades_per_hour, policy.pacing.trades_per_day) = (2, 47);
        policy.pacing.symbol_spacing_secs = 1_201;
    };
    assert_eq!(idle(spaced), <[&str; 0]>::default());
    let full: fn(&mut Policy) = |policy| {
        policy.pacing.spacing_secs = 1_200;
        (policy.pacing.trades_per_hour, policy.pacing.trades_per_day) = (3, 72);
        policy.pacing.symbol_spacing_secs = 1_200;
    };
    let expected = [
        "pacing.symbol_spacing_secs < pacing.spacing_secs",
        "pacing.trades_per_day < pacing.spacing_secs",
        "pacing.trades_per_day < pacing.trades_per_hour",
        "pacing.trades_per_hour < pacing.spacing_secs",
    ];
    assert_eq!(idle(full), expected);
    let none: fn(&mut Policy) = |policy| policy.pacing.symbol_spacing_secs = 0;
    assert_eq!(idle(none), <[&str; 0]>::default());
    let attempts: fn(&mut Policy) = |policy| {
        (policy.pacing.attempts_per_hour, policy.pacing.attempts_per_day) = (2, 48);
    };
    assert_eq!(idle(attempts), ["pacing.attempts_per_day < pacing.attempts_per_hour"]);
}

#[test]
fn an_opening_by_hand() {
    let mut policy = Policy::default();
    policy.orders.min_order_usd = usd("20");
    let limits = Limits::new(policy, PolicyHash("test".into())).unwrap();
    let cluster = "MEME";
    let (nav, venue_min) = (usd("255"), usd("1"));
    let entrant = Entrant { nav, tier: Tier::T2, cluster, fees: fees(), venue_min };
    let ways = limits.openings(&entrant).unwrap();
    let told: Vec<Vec<_>> =
        ways.iter().map(|w| w.iter().map(|c| format!("{} {}", c.key, c.to)).collect()).collect();
    // 20 dollars with 1.2 % are 20.24: 7.9373 % of 255, or 5 % of 404.80.
    let expected: [&[&str]; 3] = [
        &["orders.min_order_usd 12.59"],
        &["the account 404.80"],
        &["caps.max_position_pct 7.9373", "caps.clusters_pct.MEME 7.9373"],
    ];
    assert_eq!(told, expected);
    assert!(ways.iter().flatten().all(|change| change.allowed));
}

#[test]
fn an_opening_beyond_a_ceiling_is_told_and_not_allowed() {
    let mut policy = Policy::default();
    policy.orders.min_order_usd = usd("60");
    policy.caps.tiers_pct.t2 = pct("0");
    let limits = Limits::new(policy, PolicyHash("test".into())).unwrap();
    let entrant = |nav: &str, venue_min: &str| Entrant {
        nav: usd(nav),
        tier: Tier::T2,
        cluster: "DEFI",
        fees: fees(),
        venue_min: usd(venue_min),
    };
    let ways = limits.openings(&entrant("100", "1")).unwrap();
    assert_eq!(ways.len(), 1, "a tier of nothing stays empty however rich: {ways:?}");
    assert!(ways[0].iter().any(|change| !change.allowed), "{ways:?}");
    // A venue that takes nothing below 2,000 dollars, and an order that may be 1,000 at most.
    let limits = Limits::new(Policy::default(), PolicyHash("test".into())).unwrap();
    let ways = limits.openings(&entrant("100000", "2000")).unwrap();
    assert_eq!(ways[0][0].key, "orders.max_order_usd");
    let ways = limits.openings(&entrant("0", "1")).unwrap();
    assert!(ways.iter().flatten().any(|change| change.key == "the account"), "{ways:?}");
}

#[test]
fn limits_that_never_decide_are_named() {
    let idle = |policy: &Policy| -> Vec<_> {
        policy.idle().into_iter().map(|idle| format!("{} < {}", idle.key, idle.because)).collect()
    };
    let shipped =
        ["caps.tiers_pct.T1 < caps.max_total_pct", "caps.tiers_pct.T2 < caps.max_total_pct"];
    assert_eq!(idle(&Policy::default()), shipped);
    let mut policy = Policy::default();
    policy.caps.clusters_pct.insert("MEME".into(), pct("16"));
    policy.pacing.spacing_secs = 1_200;
    policy.pacing.trades_per_hour = 4;
    policy.pacing.trades_per_day = 50;
    policy.pacing.attempts_per_hour = 1;
    let found = idle(&policy);
    for expected in [
        "caps.clusters_pct.MEME < caps.max_total_pct",
        "pacing.trades_per_hour < pacing.spacing_secs",
        "pacing.symbol_spacing_secs < pacing.spacing_secs",
        "pacing.attempts_per_day < pacing.attempts_per_hour",
    ] {
        assert!(found.iter().any(|idle| idle == expected), "{expected}: {found:?}");
    }
    policy.pacing.spacing_secs = 0;
    assert!(!idle(&policy).iter().any(|idle| idle.contains("< pacing.spacing_secs")));
}
