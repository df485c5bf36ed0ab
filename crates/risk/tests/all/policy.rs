//! What a policy may say.

use domain::{Latch, Pct, PolicyHash, Usd};
use risk::{Limits, LossReferences, Policy};

fn hash() -> PolicyHash {
    PolicyHash("p".into())
}

fn pct(text: &str) -> Pct {
    Pct::parse(text).unwrap()
}

fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

#[test]
fn the_shipped_policy_is_safe_and_has_no_problems() {
    let policy = Policy::default();
    assert_eq!(policy.problems(), []);
    assert!(!policy.control.live_trading_enabled);
    let clusters: Vec<_> = policy.clusters().collect();
    assert_eq!(clusters, ["DEFI", "LAYER1", "LAYER2", "MEME", "OTHER"]);
    assert_eq!(policy.orders.quote_preference.len(), 2);
    assert_eq!(policy.caps.max_total_pct, pct("15"));
}

type Spoil = fn(&mut Policy);

/// One key, one value beyond what is allowed: the key comes back, alone.
#[test]
fn every_ceiling_and_contradiction_names_its_key() {
    let cases: [(&str, Spoil); 38] = [
        ("loss_stops.daily_stop_pct", |p| {
            p.loss_stops.daily_stop_pct = pct("10.1");
            p.loss_stops.weekly_stop_pct = pct("11");
        }),
        ("loss_stops.weekly_stop_pct", |p| p.loss_stops.weekly_stop_pct = pct("20.1")),
        ("loss_stops.max_drawdown_pct", |p| p.loss_stops.max_drawdown_pct = pct("30.1")),
        ("loss_stops.daily_stop_pct", |p| p.loss_stops.daily_stop_pct = pct("8")),
        ("loss_stops.daily_stop_pct", |p| p.loss_stops.daily_stop_pct = pct("0")),
        ("caps.max_total_pct", |p| p.caps.max_total_pct = pct("51")),
        ("caps.max_position_pct", |p| {
            p.caps.max_total_pct = pct("40");
            p.caps.max_position_pct = pct("21");
        }),
        ("caps.max_position_pct", |p| p.caps.max_position_pct = pct("16")),
        ("caps.clusters_pct.MEME", |p| {
            p.caps.clusters_pct.insert("MEME".into(), pct("31"));
        }),
        ("caps.clusters_pct", |p| {
            p.caps.clusters_pct.remove("OTHER");
        }),
        ("caps.tiers_pct.T1", |p| p.caps.tiers_pct.t1 = pct("51")),
        ("positions.max_open_positions", |p| p.positions.max_open_positions = 51),
        ("positions.max_open_positions", |p| p.positions.max_open_positions = 0),
        ("positions.max_new_positions_per_cycle", |p| {
            p.pacing.spacing_secs = 0;
            p.positions.max_new_positions_per_cycle = 6;
        }),
        ("positions.max_new_positions_per_cycle", |p| p.positions.max_new_positions_per_cycle = 2),
        ("orders.max_order_usd", |p| p.orders.max_order_usd = usd("25000.01")),
        ("orders.min_order_usd", |p| p.orders.min_order_usd = usd("1001")),
        ("orders.min_order_usd", |p| p.orders.min_order_usd = usd("-1")),
        ("orders.quote_preference", |p| p.orders.quote_preference.clear()),
        ("orders.quote_preference", |p| {
            let first = p.orders.quote_preference[0];
            p.orders.quote_preference.push(first);
        }),
        ("pacing.trades_per_day", |p| p.pacing.trades_per_day = 51),
        ("pacing.trades_per_hour", |p| p.pacing.trades_per_hour = 11),
        ("pacing.spacing_secs", |p| p.pacing.spacing_secs = 86_401),
        ("pacing.cooldown_stop_minutes", |p| p.pacing.cooldown_stop_minutes = 1441),
        ("pacing.losses_in_a_row", |p| p.pacing.losses_in_a_row = 0),
        ("venue.rejects", |p| p.venue.rejects = 0),
        ("flows.auto_reward_usd_per_day", |p| p.flows.auto_reward_usd_per_day = usd("-0.01")),
        ("flows.auto_reward_usd_per_day", |p| p.flows.auto_reward_usd_per_day = usd("10.01")),
        ("market.quote_max_age_secs", |p| p.market.quote_max_age_secs = 0),
        ("market.depth_multiple", |p| p.market.depth_multiple = 0),
        ("market.spread_bps.T3", |p| p.market.spread_bps.t3 = 301),
        ("market.slippage_bps.T1", |p| p.market.slippage_bps.t1 = 301),
        ("market.jump_5m_pct", |p| p.market.jump_5m_pct = pct("20.1")),
        ("entries.min_conviction", |p| p.entries.min_conviction = f64::NAN),
        ("entries.stop_min_pct", |p| p.entries.stop_min_pct = pct("16")),
        ("entries.stop_max_pct", |p| p.entries.stop_max_pct = pct("100")),
        ("entries.target_min_pct", |p| p.entries.target_min_pct = pct("51")),
        ("control.capital_usd", |p| p.control.capital_usd = Some(usd("0"))),
    ];
    for (key, spoil) in cases {
        let mut policy = Policy::default();
        spoil(&mut policy);
        let problems = Limits::new(policy, hash()).unwrap_err();
        let keys: Vec<_> = problems.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, [key], "{problems:?}");
    }
}

#[test]
fn a_file_says_every_key_and_no_other() {
    let whole = serde_json::to_value(Policy::default()).unwrap();
    let read: Policy = serde_json::from_value(whole.clone()).unwrap();
    assert_eq!(read, Policy::default());
    for section in whole.as_object().unwrap().keys() {
        for key in whole[section].as_object().unwrap().keys() {
            let mut short = whole.clone();
            short[section].as_object_mut().unwrap().remove(key);
            assert!(serde_json::from_value::<Policy>(short).is_err(), "{section}.{key} is missing");
        }
        let mut long = whole.clone();
        long[section]["ceiling"] = 1.into();
        assert!(serde_json::from_value::<Policy>(long).is_err(), "{section}.ceiling is unknown");
    }
}

#[test]
fn a_loss_reaches_its_stop_and_no_other() {
    let limits = Limits::new(Policy::default(), hash()).unwrap();
    let since = |day, week, peak| LossReferences {
        day: Some(usd(day)),
        week: Some(usd(week)),
        peak: Some(usd(peak)),
    };
    // The largest exact decimal, and its negative: the loss between them fits none.
    let most = "79228162514264337593543950335";
    let least = &format!("-{most}");
    let every = [Latch::DailyStop, Latch::WeeklyStop, Latch::MaxDrawdown];
    let cases: [(&str, LossReferences, &[Latch]); 8] = [
        ("97.01", since("100", "100", "100"), &[]),
        ("97", since("100", "100", "100"), &[Latch::DailyStop]),
        ("93", since("93", "100", "93"), &[Latch::WeeklyStop]),
        ("90", since("90", "90", "100"), &[Latch::MaxDrawdown]),
        ("101", since("100", "100", "100"), &[]),
        ("90", LossReferences::default(), &[]),
        (least, since(most, most, most), &every),
        (most, since("100", "100", "100"), &every),
    ];
    for (nav, since, expected) in cases {
        assert_eq!(limits.loss_stops(usd(nav), &since), expected, "{nav} {since:?}");
    }
}

#[test]
fn an_asset_is_in_the_cluster_that_names_it_first_and_else_in_the_rest() {
    let assets = |names: &[&str]| names.iter().map(|n| n.parse().unwrap()).collect::<Vec<_>>();
    let (first, again, rest) = (assets(&["SOL"]), assets(&["SOL", "ADA"]), assets(&["XRP", "ADA"]));
    let clusters = risk::Clusters::new([
        ("LAYER1", first.as_slice()),
        (risk::OTHER, rest.as_slice()),
        ("LAYER2", again.as_slice()),
        ("LAYER1", again.as_slice()),
    ]);
    let named = [("SOL", "LAYER1"), ("XRP", "OTHER"), ("ADA", "OTHER"), ("BTC", "OTHER")];
    for (asset, cluster) in named {
        assert_eq!(clusters.of(&asset.parse().unwrap()), cluster, "{asset}");
    }
}

/// In an account that is the program's alone, coins of others are a matter for a person.
#[test]
fn coins_of_others_count_where_others_may_trade_and_the_policy_says_so() {
    use risk::Portfolio::{Dedicated, Shared};
    let cases = [
        (Dedicated, true, false),
        (Dedicated, false, false),
        (Shared, true, true),
        (Shared, false, false),
    ];
    for (portfolio, count, counts) in cases {
        let external = risk::External { portfolio, count };
        assert_eq!(external.counts(), counts, "{external:?}");
    }
}
