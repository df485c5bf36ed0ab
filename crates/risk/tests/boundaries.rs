//! Exactly at a limit, and one step beyond it: policies, what is remembered, and what is counted.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

mod common;

use common::*;
use domain::{
    AccountId, Fact, Fees, Fill, FillKind, IntentId, Mode, PolicyHash, Proposal, RiskCode, Side,
    SubmitOutcome, Tier, Trouble, Usd,
};
use risk::{
    Counters, Desk, Entrant, Exposure, Limits, LossReferences, Outcome, PerTier, Policy, RiskView,
    Verdict,
};

fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

fn hash() -> PolicyHash {
    PolicyHash("p".into())
}

fn each<T: Copy>(value: T) -> PerTier<T> {
    PerTier { t1: value, t2: value, t3: value }
}

/// Every key at the most that the program allows.
fn at_every_ceiling() -> Policy {
    let mut policy = Policy::default();
    let stops = &mut policy.loss_stops;
    (stops.daily_stop_pct, stops.weekly_stop_pct) = (pct("10"), pct("20"));
    stops.max_drawdown_pct = pct("30");
    (policy.caps.max_total_pct, policy.caps.max_position_pct) = (pct("50"), pct("20"));
    policy.caps.tiers_pct = each(pct("50"));
    for cap in policy.caps.clusters_pct.values_mut() {
        *cap = pct("30");
    }
    policy.positions.max_open_positions = 50;
    policy.positions.max_new_positions_per_cycle = 5;
    policy.orders.max_order_usd = usd("25000");
    policy.orders.usdc_max_off_bps = 300;
    let pacing = &mut policy.pacing;
    (pacing.trades_per_day, pacing.trades_per_hour) = (50, 12);
    (pacing.spacing_secs, pacing.symbol_spacing_secs) = (0, 86_400);
    (pacing.cooldown_win_minutes, pacing.cooldown_loss_minutes) = (1440, 1440);
    (pacing.cooldown_stop_minutes, pacing.loss_pause_minutes) = (1440, 1440);
    pacing.losses_in_a_row = 100;
    let market = &mut policy.market;
    (market.quote_max_age_secs, market.unchanged_book_max_secs) = (60, 3600);
    (market.candle_max_age_secs, market.depth_multiple) = (7200, 1000);
    (market.spread_bps, market.slippage_bps) = (each(300), each(300));
    (market.collar_bps, market.jump_5m_pct) = (300, pct("20"));
    policy.entries.min_conviction = 1.0;
    policy.entries.stop_max_pct = pct("99.99");
    let venue = &mut policy.venue;
    (venue.api_errors, venue.api_errors_secs, venue.api_pause_secs) = (100, 3600, 3600);
    (venue.rate_limit_pause_secs, venue.clock_skew_secs) = (3600, 5);
    (venue.rejects, venue.rejects_secs, venue.max_unknown_orders) = (10, 3600, 5);
    let messages = &mut policy.messages;
    (messages.duplicate_secs, messages.messages_per_minute) = (86_400, 240);
    (messages.repeated_executions, messages.repeated_secs) = (20, 3600);
    policy.flows.auto_reward_usd_per_day = usd("10");
    policy
}

/// Every key at the least that means anything, and whatever is ordered on a par.
fn at_every_floor() -> Policy {
    let mut policy = Policy::default();
    let least = pct("0.0001");
    let stops = &mut policy.loss_stops;
    (stops.daily_stop_pct, stops.weekly_stop_pct, stops.max_drawdown_pct) = (least, least, least);
    (policy.caps.max_total_pct, policy.caps.max_position_pct) = (least, least);
    policy.positions.max_open_positions = 1;
    policy.positions.max_new_positions_per_cycle = 1;
    (policy.orders.min_order_usd, policy.orders.max_order_usd) = (usd("0.01"), usd("0.01"));
    policy.orders.usdc_max_off_bps = 1;
    let pacing = &mut policy.pacing;
    (pacing.trades_per_day, pacing.trades_per_hour) = (1, 1);
    (pacing.spacing_secs, pacing.symbol_spacing_secs) = (0, 0);
    (pacing.cooldown_win_minutes, pacing.cooldown_loss_minutes) = (0, 0);
    (pacing.cooldown_stop_minutes, pacing.loss_pause_minutes) = (0, 0);
    pacing.losses_in_a_row = 1;
    let market = &mut policy.market;
    (market.quote_max_age_secs, market.unchanged_book_max_secs) = (1, 1);
    (market.candle_max_age_secs, market.depth_multiple, market.collar_bps) = (1, 1, 1);
    market.jump_5m_pct = least;
    let entries = &mut policy.entries;
    entries.min_conviction = 0.0;
    (entries.stop_min_pct, entries.stop_max_pct) = (least, least);
    (entries.target_min_pct, entries.target_max_pct) = (least, least);
    let venue = &mut policy.venue;
    (venue.api_errors, venue.api_errors_secs, venue.api_pause_secs) = (1, 1, 0);
    (venue.rate_limit_pause_secs, venue.clock_skew_secs) = (0, 1);
    (venue.rejects, venue.rejects_secs, venue.max_unknown_orders) = (1, 1, 1);
    let messages = &mut policy.messages;
    (messages.duplicate_secs, messages.messages_per_minute) = (0, 1);
    (messages.repeated_executions, messages.repeated_secs) = (2, 1);
    policy.flows.auto_reward_usd_per_day = usd("0");
    policy
}

#[test]
fn a_policy_at_every_ceiling_and_one_at_every_floor_may_be_meant() {
    assert_eq!(at_every_ceiling().problems(), []);
    assert_eq!(at_every_floor().problems(), []);
}

/// A problem says what would be right: a range, or a least where a ceiling bounds the rest.
#[test]
fn a_number_out_of_its_range_is_told_what_would_be_right() {
    let mut policy = Policy::default();
    policy.venue.rejects = 0;
    policy.market.depth_multiple = 0;
    policy.pacing.losses_in_a_row = 101;
    policy.positions.max_new_positions_per_cycle = 2;
    let said: Vec<_> =
        policy.problems().into_iter().map(|(key, what)| format!("{key} {what}")).collect();
    let spaced = "positions.max_new_positions_per_cycle is above 1, but pacing.spacing_secs keeps \
                  the second of a cycle waiting; give 1, or 0 for the spacing";
    let expected = [
        "pacing.losses_in_a_row is 101; give 1 to 100",
        spaced,
        "market.depth_multiple is 0; give 1 to 1000",
        "venue.rejects is 0; give at least 1",
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_capital_that_a_file_says_is_read() {
    let mut policy = Policy::default();
    policy.control.capital_usd = Some(usd("1000"));
    let text = serde_json::to_string(&policy).unwrap();
    assert_eq!(serde_json::from_str::<Policy>(&text).unwrap(), policy);
}

/// A loss of nothing reaches no stop, whatever it is measured from.
#[test]
fn an_account_of_nothing_that_lost_nothing_reaches_no_stop() {
    let limits = Limits::new(Policy::default(), hash()).unwrap();
    let nothing = Some(Usd::ZERO);
    let since = LossReferences { day: nothing, week: nothing, peak: nothing };
    assert_eq!(limits.loss_stops(Usd::ZERO, &since), []);
}

#[test]
fn a_cluster_that_is_named_again_goes_on() {
    let of = |name: &str| [asset(name)];
    let (sol, arb, ada, op) = (of("SOL"), of("ARB"), of("ADA"), of("OP"));
    let clusters = risk::Clusters::new([
        ("LAYER1", sol.as_slice()),
        ("LAYER2", arb.as_slice()),
        ("LAYER1", ada.as_slice()),
        ("LAYER2", op.as_slice()),
    ]);
    for (name, cluster) in
        [("SOL", "LAYER1"), ("ADA", "LAYER1"), ("ARB", "LAYER2"), ("OP", "LAYER2")]
    {
        assert_eq!(clusters.of(&asset(name)), cluster, "{name}");
    }
}

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

/// What a counter still knows of one fact, seen from days before so that every window holds it.
fn known(fact: &Fact, later: i64) -> Vec<bool> {
    let at = T0.plus_secs(later);
    let cycle = Fact::Cycle { at, id: domain::CycleId::default(), nav: None };
    let counters = Counters::of([fact, &cycle]);
    let (back, xrp) = (T0.plus_secs(-10_000), asset("XRP"));
    vec![
        counters.trades_in_day(back) > 0,
        counters.last_trade_of(&xrp).is_some(),
        counters.attempts_in_day(back) > 0,
        counters.last_order_of(&xrp).is_some(),
        counters.messages_in_minute(back) > 0,
        counters.refused_in(60, back) > 0,
        counters.errors_crowded(1, 60).is_some(),
        counters.executed().count() > 0,
        counters.last_exit(&xrp).is_some(),
    ]
}

#[test]
fn an_hour_beyond_the_longest_window_everything_is_forgotten() {
    let no = SubmitOutcome::Refused { reason: "no".into() };
    let cases = [
        (approval("XRP-USD", T0), 2),
        (order(1, Side::Buy, "XRP-USD", "10", "2", T0), 3),
        (Fact::Cancel { at: T0, intent: IntentId(1) }, 1),
        (submitted(1, no, T0), 1),
        (Fact::Venue { at: T0, trouble: Trouble::Error }, 1),
        (fill("a", 1, Side::Buy, "XRP-USD", "10", "2", T0), 1),
    ];
    for (fact, remembered) in cases {
        let kinds = |later| known(&fact, later).into_iter().filter(|known| *known).count();
        assert_eq!(kinds(90_000 - 1), remembered, "{fact:?}");
        assert_eq!(kinds(90_000), 0, "{fact:?}");
    }
    // A sale of what was held.
    let sale = |later| {
        let mut counters = Counters::of(&position(1, "XRP-USD", "10", "2", T0));
        counters.apply(&fill("s", 2, Side::Sell, "XRP-USD", "10", "2", T0));
        let at = T0.plus_secs(later);
        counters.apply(&Fact::Cycle { at, id: domain::CycleId::default(), nav: None });
        counters.last_exit(&asset("XRP")).is_some()
    };
    assert_eq!((sale(90_000 - 1), sale(90_000)), (true, false));
}

/// Venues list fills again: for eight days each counts once.
#[test]
fn a_fill_that_is_listed_again_within_eight_days_is_the_same() {
    for (later, again) in [(8 * 86_400 - 1, false), (8 * 86_400, true)] {
        let mut counters = Counters::of(&position(1, "XRP-USD", "10", "2", T0));
        let at = T0.plus_secs(later);
        counters.apply(&Fact::Cycle { at, id: domain::CycleId::default(), nav: None });
        let before = counters.clone();
        counters.apply(&fill("f1", 1, Side::Buy, "XRP-USD", "10", "2", T0));
        // Half of a lot that was booked twice is still there.
        counters.apply(&fill("s", 2, Side::Sell, "XRP-USD", "10", "1.9", at));
        assert_eq!(counters.losses_in_a_row(), u32::from(!again), "{later} s later");
        assert_ne!(counters, before);
    }
}

#[test]
fn adds_and_executions_are_those_of_the_asset_within_the_window() {
    let mut counters = Counters::of(&position(1, "XRP-USD", "10", "2", T0));
    counters.apply(&approval("XRP-USD", T0));
    counters.apply(&approval("BTC-USD", T0.plus_secs(5)));
    let (xrp, btc) = (asset("XRP"), asset("BTC"));
    for (secs, adds) in [(86_399, 1), (86_400, 0)] {
        assert_eq!(counters.adds_in_day(&xrp, T0.plus_secs(secs)), adds, "{secs} s later");
    }
    assert_eq!(counters.adds_in_day(&btc, T0), 0, "it was not held");
    assert_eq!((counters.last_trade_of(&xrp), counters.last_trade()), {
        (Some(T0), Some(T0.plus_secs(5)))
    });
    for (secs, executed) in [(299, 1), (300, 0)] {
        assert_eq!(counters.executed_in(&xrp, 300, T0.plus_secs(secs)), executed);
        assert_eq!(counters.executed_in(&btc, 300, T0.plus_secs(secs)), 0);
    }
}

/// Two fills of one order are one lot; two orders are two.
#[test]
fn an_order_is_one_lot_in_however_many_fills() {
    for (second, losses) in [(1, 1), (2, 2)] {
        let facts = [
            fill("a", 1, Side::Buy, "XRP-USD", "5", "2", T0),
            fill("b", second, Side::Buy, "XRP-USD", "5", "2", T0),
            fill("s", 9, Side::Sell, "XRP-USD", "10", "1.9", T0),
        ];
        assert_eq!(Counters::of(&facts).losses_in_a_row(), losses);
    }
}

#[test]
fn what_breaks_even_is_won() {
    let mut facts = position(1, "XRP-USD", "10", "2", T0).to_vec();
    facts.push(fill("s", 2, Side::Sell, "XRP-USD", "10", "2", T0));
    let counters = Counters::of(&facts);
    assert_eq!(counters.last_exit(&asset("XRP")), Some((T0, Outcome::Win)));
    assert_eq!((counters.losses_in_a_row(), counters.last_loss()), (0, None));
}

/// A sale that sold all that it was to sell is no try in vain, also where more of the asset is held.
#[test]
fn a_sale_that_was_filled_climbs_no_rung() {
    for (sold, rung) in [("4.9", 1), ("5", 0)] {
        let mut facts = position(1, "XRP-USD", "10", "2", T0).to_vec();
        facts.push(order(2, Side::Sell, "XRP-USD", "5", "2", T0));
        facts.push(fill("s", 2, Side::Sell, "XRP-USD", sold, "2", T0));
        facts.push(end(2, sold, T0));
        assert_eq!(Counters::of(&facts).exit_rung(&asset("XRP")), rung, "{sold} of 5");
    }
}

/// An entry of one trade that the venue changes afterwards.
fn changed(kind: FillKind, name: &str, side: Side, qty: &str) -> Fact {
    let Fact::Fill(fill) = fill(name, 1, side, "XRP-USD", qty, "2", T0) else { panic!("a fill") };
    Fact::Fill(Fill { kind, trade_id: Some(format!("{side:?}")), ..fill })
}

/// A purchase that is taken back is none; what a sale had sold stays sold for outcomes.
#[test]
fn a_purchase_that_is_taken_back_leaves_no_lot_and_a_sale_does_not_come_back() {
    let buy = changed(FillKind::Fill, "a", Side::Buy, "10");
    let sell = changed(FillKind::Fill, "b", Side::Sell, "5");
    let cases = [
        (vec![buy.clone()], 1),
        (vec![buy.clone(), changed(FillKind::Reversal, "c", Side::Buy, "10")], 0),
        (vec![buy.clone(), changed(FillKind::Correction, "c", Side::Buy, "4")], 1),
        (vec![buy, sell, changed(FillKind::Reversal, "c", Side::Sell, "5")], 1),
    ];
    for (mut facts, open) in cases {
        facts.push(approval("XRP-USD", T0));
        let counters = Counters::of(&facts);
        assert_eq!(counters.adds_in_day(&asset("XRP"), T0), open, "{facts:?}");
    }
}

/// What the venue may still take back is part of what is known.
#[test]
fn fills_of_different_trades_are_different_exposures() {
    let told = |trade: Option<&str>| {
        let Fact::Fill(fill) = fill("a", 1, Side::Buy, "XRP-USD", "10", "2", T0) else {
            panic!("a fill")
        };
        Exposure::of(&[Fact::Fill(Fill { trade_id: trade.map(str::to_owned), ..fill })]).unwrap()
    };
    assert_eq!(told(Some("t")), told(Some("t")));
    assert_ne!(told(Some("t")), told(Some("u")));
    assert_ne!(told(Some("t")), told(None));
}

/// More was sold than was bought: nothing is held, and nothing has to be valued.
#[test]
fn an_asset_of_which_less_than_nothing_is_held_needs_no_mark() {
    let mut world = World::good();
    world.facts.push(fill("s", 1, Side::Sell, "ADA-USD", "10", "2", T0));
    assert!(!world.exposure().is_open(&asset("ADA")));
    assert!(world.codes(Proposal::Entry(entry("XRP-USD", "1.4"))).is_empty());
}

/// Coins that were given are worth something in their tier, also after some were taken away.
#[test]
fn what_is_left_of_a_gift_stays_in_its_tier() {
    let mut world = World::good();
    world.facts = vec![adopted(1, "UNI-USD", "10", "8", T0), withdrawn("UNI", "4", T0)];
    let ladder = world.explain(vec![Proposal::Entry(entry("XRP-USD", "1"))]).remove(0);
    let gate = ladder.gates.iter().find(|gate| gate.key == "caps.tiers_pct").unwrap();
    // 6 at a bid of 7.9984, and 101.2 more, of 10,000.
    assert!((gate.found.unwrap() - 1.491_904).abs() < 1e-9, "{gate:?}");
}

/// Only what was open before the batch is one more of it; the second of a batch is too close.
#[test]
fn two_entries_of_an_asset_in_one_batch_are_too_close() {
    let mut world = World::good();
    world.policy.pacing.spacing_secs = 0;
    world.policy.pacing.adds_per_asset_and_day = 5;
    world.policy.positions.max_new_positions_per_cycle = 5;
    let mut later = entry("XRP-USD", "1");
    later.trigger.id.candle = T0;
    later.conviction = 0.5;
    let both = vec![Proposal::Entry(entry("XRP-USD", "1")), Proposal::Entry(later)];
    let codes = |world: &World| -> Vec<RiskCode> {
        let verdict = world.assess(both.clone());
        verdict.rejected.iter().flat_map(|r| r.reasons.iter().map(|why| why.code)).collect()
    };
    assert_eq!(codes(&world), [RiskCode::SymbolSpacing, RiskCode::Duplicate]);
    world.policy.pacing.symbol_spacing_secs = 0;
    world.policy.messages.duplicate_secs = 0;
    assert_eq!(codes(&world), []);
    world.policy.pacing.adds_per_asset_and_day = 0;
    assert_eq!(codes(&world), [RiskCode::AddsLimit]);
}

/// Money that the policy leaves alone pays nothing, and where nobody knows of any it is missing.
#[test]
fn money_that_nobody_knows_is_missing_also_where_the_policy_leaves_it_alone() {
    let mut world = World::good();
    world.policy.orders.quote_preference = vec![asset("USDC")];
    world.purses[0].asset = asset("EUR");
    let codes = world.codes(Proposal::Entry(entry("XRP-USD", "1.4")));
    assert_eq!(codes, [RiskCode::DataUnavailable].into());
}

/// Each approval is given under the policy, the account and the mode that it was judged by, at a
/// desk that is used again and again.
#[test]
fn a_desk_gives_each_approval_under_what_it_was_judged_by() {
    let world = World::good();
    let mut desk = Desk::default();
    let cases = [
        ("p", "recorded", Mode::Paper),
        ("q", "recorded", Mode::Paper),
        ("q", "another", Mode::Paper),
        ("q", "another", Mode::DryRun),
        ("p", "recorded", Mode::Paper),
    ];
    for (policy, account, mode) in cases {
        let found = world.judge(|_, view, market| {
            let limits = Limits::new(world.policy.clone(), PolicyHash(policy.into())).unwrap();
            let account = AccountId(account.into());
            let view = RiskView { mode, account: &account, ..*view };
            let (mut wish, mut verdict) =
                (vec![Proposal::Entry(entry("XRP-USD", "1"))], Verdict::default());
            desk.assess(&limits, &view, market, &mut wish, &mut verdict);
            let under = &verdict.approved[0].stamp().under;
            (under.policy_hash.0.clone(), under.account.0.clone(), under.mode)
        });
        assert_eq!(found, (policy.to_owned(), account.to_owned(), mode));
    }
}
