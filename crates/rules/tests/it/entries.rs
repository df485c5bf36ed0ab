//! From an event to a proposal or a refusal.

use domain::TriggerKind::{Breakout, Momentum, PriceMove, Reversal, VolumeSpike};
use domain::{
    Absent, BaseQty, Entry, Evidence, Mode, PriceMoveRow, Proposal, QuoteAmt, Regime, Rejection,
    RuleRefusal, Tier, Usd,
};
use rules::{Params, Proposals, Row, RulesStrategy, describe, propose};

use crate::given::{World, features, lot, market, pct, quote, trigger};

fn decide_with(params: Params, world: &World) -> Result<Entry, Rejection<RuleRefusal>> {
    let mut out = Proposals::default();
    propose(&[RulesStrategy::new(params)], &world.context(), &mut out);
    match (out.entries.pop(), out.refused.pop()) {
        (Some(Proposal::Entry(entry)), None) => Ok(entry),
        (None, Some(refused)) => Err(refused),
        other => panic!("one proposal or one refusal, not {other:?}"),
    }
}

fn decide(world: &World) -> Result<Entry, Rejection<RuleRefusal>> {
    decide_with(Params::default(), world)
}

fn code(world: &World) -> RuleRefusal {
    decide(world).unwrap_err().code
}

#[test]
fn the_reference_case_comes_out_to_the_digit() {
    for (factor, size) in [(1.0, "1.75"), (0.8, "1.4"), (1.2, "2.1")] {
        let mut world = World::with(trigger("HBAR-USD", Momentum, 7.8));
        world.universe.members[0].regime_factor = factor;
        let entry = decide(&world).unwrap();
        assert_eq!(entry.size_pct, pct(size), "regime factor {factor}");
        assert!((entry.conviction - 0.565).abs() < 1e-12);
        assert_eq!(entry.plan, lot().plan, "stop 8, target 15, 72 hours");
        assert_eq!(entry.reason, "Momentum up (+7.8% in 24h)");
        assert_eq!(entry.tier, Tier::T2);
    }
}

#[test]
fn each_row_of_the_table_is_as_written() {
    // Kind, move, stop, target, hours, size at T2 with confidence 7/12 and no regime factor.
    let table = [
        (PriceMove, 1.5, "6", "12", 48, "1.75"),
        (VolumeSpike, 2.0, "8", "15", 72, "1.75"),
        (Breakout, 0.1, "6", "20", 120, "2.1"),
        (Breakout, -0.1, "6", "20", 120, "2.1"),
        (Reversal, 6.0, "12", "25", 48, "1.4"),
        (Momentum, 2.0, "8", "15", 72, "1.75"),
    ];
    for (kind, move_pct, stop, target, hours, size) in table {
        let mut world = World::with(trigger("HBAR-USD", kind, move_pct));
        world.universe.members[0].regime_factor = 1.0;
        let entry = decide(&world).unwrap();
        let plan = entry.plan;
        assert_eq!((plan.stop_pct, plan.target_pct), (pct(stop), pct(target)), "{kind}");
        assert_eq!((plan.max_hold_hours, entry.size_pct), (hours, pct(size)), "{kind}");
    }
}

#[test]
fn bounces_are_rows_of_their_own_and_off() {
    let table = [(PriceMove, -1.5, "10", "20", 24), (VolumeSpike, -2.0, "8", "15", 72)];
    for (kind, move_pct, stop, target, hours) in table {
        let mut world = World::with(trigger("HBAR-USD", kind, move_pct));
        world.universe.members[0].regime_factor = 1.0;
        assert_eq!(code(&world), RuleRefusal::RuleDisabled, "{kind}");

        let mut params = Params::default();
        params.price_move_bounce.enabled = true;
        params.volume_spike_bounce.enabled = true;
        let entry = decide_with(params, &world).unwrap();
        let plan = entry.plan;
        assert_eq!((plan.stop_pct, plan.target_pct), (pct(stop), pct(target)), "{kind}");
        assert_eq!((plan.max_hold_hours, entry.size_pct), (hours, pct("1.225")), "{kind}");
    }
}

#[test]
fn a_move_that_no_row_speaks_about_is_refused_with_the_bound_it_missed() {
    let table = [
        (PriceMove, 1.49, Some(1.5)),
        (PriceMove, -1.49, Some(-1.5)),
        (PriceMove, 0.0, Some(1.5)),
        (VolumeSpike, 1.99, Some(2.0)),
        (VolumeSpike, -1.99, Some(-2.0)),
        (Momentum, -7.8, Some(0.0)),
        (Momentum, 0.0, Some(0.0)),
        (Breakout, f64::NAN, None),
    ];
    for (kind, move_pct, bound) in table {
        let refused = decide(&World::with(trigger("HBAR-USD", kind, move_pct))).unwrap_err();
        assert_eq!(refused.code, RuleRefusal::NoRule, "{kind} {move_pct}");
        assert_eq!(refused.limit, bound, "{kind} {move_pct}");
    }
}

#[test]
fn every_refusal_names_its_cause() {
    type Change = fn(&mut World);
    let table: [(&str, Change, RuleRefusal); 20] = [
        ("weak", |w| w.candidates[0].strength = 0.3, RuleRefusal::WeakTrigger),
        ("no number", |w| w.candidates[0].strength = f64::NAN, RuleRefusal::WeakTrigger),
        ("unknown regime", |w| w.regime = Regime::Unknown, RuleRefusal::RegimeUnsuited),
        ("live", |w| w.mode = Mode::Live, RuleRefusal::RuleDisabled),
        ("not a member", |w| w.universe.members.clear(), RuleRefusal::DataUnavailable),
        ("no features", |w| w.features.clear(), RuleRefusal::InsufficientHistory),
        ("no hour", |w| w.features[0].hour = None, RuleRefusal::InsufficientHistory),
        ("gap", |w| volatility(w, Err(Absent::DataGap)), RuleRefusal::DataGap),
        (
            "short",
            |w| volatility(w, Err(Absent::InsufficientHistory)),
            RuleRefusal::InsufficientHistory,
        ),
        (
            "coarse",
            |w| volatility(w, Err(Absent::UnavailableGranularity)),
            RuleRefusal::DataUnavailable,
        ),
        ("nan", |w| volatility(w, Ok(f64::NAN)), RuleRefusal::DataUnavailable),
        ("infinite", |w| volatility(w, Ok(f64::INFINITY)), RuleRefusal::DataUnavailable),
        ("negative", |w| volatility(w, Ok(-1.0)), RuleRefusal::DataUnavailable),
        ("no nav", |w| w.sizing_nav = None, RuleRefusal::DataUnavailable),
        ("no market", |w| w.products.clear(), RuleRefusal::DataUnavailable),
        ("no quote", |w| w.products[0].quote = None, RuleRefusal::DataUnavailable),
        (
            "crossed",
            |w| w.products[0].quote = Some(quote("101", "100")),
            RuleRefusal::DataUnavailable,
        ),
        (
            "factor",
            |w| w.universe.members[0].regime_factor = f64::INFINITY,
            RuleRefusal::DataUnavailable,
        ),
        ("factor 0", |w| w.universe.members[0].regime_factor = 0.0, RuleRefusal::BelowMinOrder),
        ("small", |w| w.min_order_usd = Usd::parse("140.01").unwrap(), RuleRefusal::BelowMinOrder),
    ];
    for (name, change, expected) in table {
        let mut world = World::with(trigger("HBAR-USD", Momentum, 7.8));
        change(&mut world);
        assert_eq!(code(&world), expected, "{name}");
    }
}

fn volatility(world: &mut World, value: Result<f64, Absent>) {
    world.features = vec![features("HBAR-USD", value)];
}

#[test]
fn a_reversal_does_not_act_in_a_crash_and_the_others_do() {
    let mut world = World::with(trigger("HBAR-USD", Reversal, 6.0));
    world.regime = Regime::Crash;
    assert_eq!(code(&world), RuleRefusal::RegimeUnsuited);
    let mut world = World::with(trigger("HBAR-USD", Breakout, 1.0));
    world.regime = Regime::Crash;
    assert!(decide(&world).is_ok(), "the universe's factor decides about crashes");
}

#[test]
fn a_size_meets_the_largest_minimum_or_is_dropped_never_raised() {
    // The size is 1.4 % of the NAV; the product's minimum is the larger of the two.
    let table = [
        ("10000", "140", "1", "0.001", true),
        ("10000", "140.01", "1", "0.001", false),
        ("10000", "1", "140", "0.001", true),
        ("10000", "1", "140.01", "0.001", false),
        ("10001", "1", "1", "1.4", true),
        ("10000", "1", "1", "1.4", false),
        ("0", "0", "0", "0", false),
        ("-5", "0", "0", "0", false),
    ];
    for (nav, policy, value, size, allowed) in table {
        let mut world = World::with(trigger("HBAR-USD", Momentum, 7.8));
        world.sizing_nav = Some(Usd::parse(nav).unwrap());
        world.min_order_usd = Usd::parse(policy).unwrap();
        let limits = &mut world.products[0].product.limits;
        limits.quote_min = QuoteAmt::parse(value).unwrap();
        limits.base_min = BaseQty::parse(size).unwrap();
        let case = format!("nav {nav}, policy {policy}, value {value}, size {size}");
        match decide(&world) {
            Ok(entry) => {
                assert!(allowed, "{case}");
                assert_eq!(entry.size_pct, pct("1.4"), "{case}");
            }
            Err(refused) => {
                assert!(!allowed, "{case}: {refused:?}");
                assert_eq!(refused.code, RuleRefusal::BelowMinOrder, "{case}");
                assert!(refused.limit.is_some() && refused.found.is_some(), "{case}");
            }
        }
    }
}

#[test]
fn risk_parity_binds_when_a_product_is_wild() {
    // Stop 8 %: 1 % / 8 % × 50 / max(volatility, 10).
    let params = Params::default();
    let table = [(50.0, 12.5), (100.0, 6.25), (10.0, 62.5), (0.0, 62.5), (625.0, 1.0)];
    for (volatility_pct, cap) in table {
        let found = params.risk_parity.cap_pct(pct("8"), volatility_pct);
        assert!((found - cap).abs() < 1e-12, "{volatility_pct}: {found}");
    }
    let mut world = World::with(trigger("HBAR-USD", Momentum, 7.8));
    volatility(&mut world, Ok(625.0));
    assert_eq!(decide(&world).unwrap().size_pct, pct("0.8"), "1 % × the regime's 0.8");
}

#[test]
fn a_rule_is_switched_by_mode() {
    let table = [
        (Mode::DryRun, true, false, true),
        (Mode::DryRun, false, true, false),
        (Mode::Paper, true, false, true),
        (Mode::Paper, false, true, false),
        (Mode::Live, true, false, false),
        (Mode::Live, false, true, true),
    ];
    for (mode, enabled, live, acts) in table {
        let mut world = World::with(trigger("HBAR-USD", Momentum, 7.8));
        world.mode = mode;
        let mut params = Params::default();
        params.momentum = Row { enabled, live, ..params.momentum };
        let found = decide_with(params, &world);
        assert_eq!(found.is_ok(), acts, "{mode}, enabled {enabled}, live {live}");
    }
}

#[test]
fn tiers_differ_in_size_hold_and_conviction() {
    let table = [
        (Tier::T1, Breakout, "3.5", 120, 0.585),
        (Tier::T2, Breakout, "2.1", 120, 0.565),
        (Tier::T3, Breakout, "0.7", 72, 0.565),
        (Tier::T3, PriceMove, "0.583333", 48, 0.565),
        (Tier::T1, Reversal, "2.333333", 48, 0.695),
        (Tier::T2, Reversal, "1.4", 48, 0.675),
    ];
    for (tier, kind, size, hours, conviction) in table {
        let mut world = World::with(trigger("HBAR-USD", kind, 6.0));
        world.universe.members[0].tier = tier;
        world.universe.members[0].regime_factor = 1.0;
        let entry = decide(&world).unwrap();
        assert_eq!(entry.size_pct, pct(size), "{tier} {kind}");
        assert_eq!(entry.plan.max_hold_hours, hours, "{tier} {kind}");
        assert!((entry.conviction - conviction).abs() < 1e-12, "{tier} {kind}");
    }
}

#[test]
fn conviction_stays_between_0_and_1() {
    let mut params = Params::default();
    let sure = trigger("BTC-USD", Momentum, 7.8);
    params.conviction.strength_weight = 9.0;
    assert!(params.conviction.of(&sure, Tier::T1).total_cmp(&1.0).is_eq());
    params.conviction.strength_weight = -9.0;
    assert!(params.conviction.of(&sure, Tier::T1).total_cmp(&0.0).is_eq());
}

#[test]
fn reasons_are_readable() {
    let say = |kind, move_pct| describe(&trigger("HBAR-USD", kind, move_pct));
    assert_eq!(say(PriceMove, 3.4), "Price up (+1.7% in 15m, +3.4% in 60m)");
    assert_eq!(say(PriceMove, -3.4), "Price down (-1.7% in 15m, -3.4% in 60m)");
    assert_eq!(say(VolumeSpike, 2.6), "Volume spike up (2.4x volume, +2.6% in 1h)");
    assert_eq!(say(Breakout, 1.0), "Breakout (+1.0% over the 24h high, 1.6x volume, a 7-day high)");
    assert_eq!(say(Reversal, 6.0), "Reversal (+6.0% off the low 3h ago, 3 of 4 confirmed)");
    assert_eq!(say(Momentum, 7.8), "Momentum up (+7.8% in 24h)");
    assert_eq!(say(Momentum, -7.8), "Momentum down (-7.8% in 24h)");
    for (row, words) in [
        (PriceMoveRow::Hour, "Price up (+3.4% in 60m)"),
        (PriceMoveRow::Quarter, "Price up (+1.7% in 15m)"),
    ] {
        let mut moved = trigger("HBAR-USD", PriceMove, 3.4);
        moved.evidence = Evidence::PriceMove { return_15m_pct: 1.7, return_60m_pct: 3.4, row };
        assert_eq!(describe(&moved), words);
    }
}

#[test]
fn a_quiet_cycle_allocates_nothing() {
    let mut world = World::with(trigger("HBAR-USD", Momentum, 7.8));
    world.candidates.clear();
    let mut out = Proposals::default();
    propose(&[RulesStrategy::default()], &world.context(), &mut out);
    assert_eq!((out.entries.capacity(), out.refused.capacity()), (0, 0));
}

#[test]
fn a_product_that_is_held_is_proposed_all_the_same() {
    let world = World::with(trigger("HBAR-USD", Momentum, 7.8));
    let lots = [lot()];
    let context = rules::Context { lots: &lots, ..world.context() };
    let mut out = Proposals::default();
    propose(&[RulesStrategy::default()], &context, &mut out);
    assert_eq!(out.entries.len(), 1);
    assert_eq!(market("HBAR-USD", None).product.id, out.entries[0].product());
}

#[test]
fn a_score_of_exactly_the_minimum_is_enough() {
    let mut world = World::with(trigger("HBAR-USD", Momentum, 7.8));
    let params = Params { min_score: world.candidates[0].score(), ..Params::default() };
    assert!(decide_with(params.clone(), &world).is_ok());
    world.candidates[0].strength -= 1e-9;
    let refused = decide_with(params, &world).unwrap_err();
    assert_eq!(refused.code, RuleRefusal::WeakTrigger);
    assert!(refused.found < refused.limit);
}

#[test]
fn a_size_from_a_missing_number_is_missing() {
    let params = Params::default();
    let (row, nan) = (&params.breakout, f64::NAN);
    for (confidence, volatility, factor) in [(nan, 60.0, 1.0), (0.5, nan, 1.0), (0.5, 60.0, nan)] {
        assert!(params.size_pct(row, Tier::T1, confidence, volatility, factor).is_nan());
    }
}
