//! What holds for any input.

use domain::{
    BaseQty, ExitPlan, ExitReason, IntentId, Lot, LotId, MarketView, Mode, Pct, Price, Proposal,
    Regime, Tier, Timestamp, Trigger, TriggerKind, Usd,
};
use proptest::prelude::*;
use rules::{
    CrashAction, ExitParams, Params, Proposals, RulesStrategy, TrailBy, Trailing, exits, propose,
};

use crate::given::{NOW, World, features, lot, market, member, quote, trigger};

const NAMES: [&str; 4] = ["ADA-USD", "BTC-USD", "HBAR-USD", "XRP-USD"];

fn cents(least: u64, most: u64) -> impl Strategy<Value = String> {
    (least..=most).prop_map(|n| format!("{}.{:02}", n / 100, n % 100))
}

fn any_pct(most: u64) -> impl Strategy<Value = Pct> {
    cents(1, most * 100).prop_map(|text| Pct::parse(&text).unwrap())
}

fn any_price() -> impl Strategy<Value = Price> {
    cents(1, 20_000).prop_map(|text| Price::parse(&text).unwrap())
}

fn any_regime() -> impl Strategy<Value = Regime> {
    proptest::sample::select(Regime::ALL.as_slice())
}

fn any_kind() -> impl Strategy<Value = TriggerKind> {
    proptest::sample::select(TriggerKind::ALL.as_slice())
}

fn any_exit_params() -> impl Strategy<Value = ExitParams> {
    let by = proptest::sample::select([TrailBy::Off, TrailBy::Percent, TrailBy::Atr].as_slice());
    let action = [CrashAction::Tighten, CrashAction::Close, CrashAction::Ignore];
    let numbers = (any_pct(20), any_pct(20), 0.1..5.0_f64, any_pct(20));
    (by, numbers, proptest::sample::select(action.to_vec())).prop_map(
        |(by, (arm_gain_pct, trail_pct, trail_atrs, crash_stop_pct), on_regime_crash)| ExitParams {
            protection: rules::ProtectBy::Engine,
            trailing: Trailing { by, arm_gain_pct, trail_pct, trail_atrs },
            on_regime_crash,
            crash_stop_pct,
        },
    )
}

fn any_lot() -> impl Strategy<Value = Lot> {
    (any_price(), any_price(), any_pct(50), any_pct(200), 1..200_u32, 0..300_i64).prop_map(
        |(average_price, best_bid, stop_pct, target_pct, max_hold_hours, age)| Lot {
            average_price,
            best_bid,
            opened: NOW.plus_secs(-age * 3600),
            plan: ExitPlan { stop_pct, target_pct, max_hold_hours },
            ..lot()
        },
    )
}

fn cause(params: &ExitParams, lot: Lot, bid: Price, regime: Regime) -> Option<ExitReason> {
    let products = [market("HBAR-USD", Some(quote(&bid.to_string(), "1000")))];
    let view = MarketView { now: NOW, products: &products };
    let own = [features("HBAR-USD", Ok(60.0))];
    let mut out = Vec::new();
    exits(params, &[lot], view, &own, regime, NOW, &mut out);
    assert!(out.len() <= 1, "one exit a lot");
    match out.pop()? {
        Proposal::Exit(exit) => {
            assert_eq!(exit.qty, lot.qty, "never more than is held");
            Some(exit.cause)
        }
        Proposal::Entry(entry) => panic!("an exit, not {entry:?}"),
    }
}

fn any_candidate() -> impl Strategy<Value = Trigger> {
    let name = proptest::sample::select(NAMES.as_slice());
    (name, any_kind(), -15.0..15.0_f64, 0.0..=1.0_f64, 0.0..=1.0_f64).prop_map(
        |(name, kind, move_pct, strength, confidence)| Trigger {
            strength,
            confidence,
            ..trigger(name, kind, move_pct)
        },
    )
}

prop_compose! {
    fn any_world()(
        candidates in proptest::collection::vec(any_candidate(), 0..12),
        facts in proptest::collection::vec((0..3_usize, 0.0..1.3_f64, 0.0..900.0_f64), 4),
        regime in any_regime(),
        nav in proptest::option::of(cents(0, 5_000_000)),
    ) -> World {
        let mut world = World::with(trigger(NAMES[0], TriggerKind::Momentum, 5.0));
        world.universe.members.clear();
        world.features.clear();
        world.products.clear();
        for (name, (tier, factor, volatility)) in NAMES.iter().zip(facts) {
            world.universe.members.push(member(name, Tier::ALL[tier], factor));
            world.features.push(features(name, Ok(volatility)));
            world.products.push(market(name, Some(quote("9.99", "10.01"))));
        }
        world.candidates = candidates;
        world.regime = regime;
        world.sizing_nav = nav.map(|text| Usd::parse(&text).unwrap());
        world
    }
}

fn run(params: Params, world: &World) -> Proposals {
    let mut out = Proposals::default();
    propose(&[RulesStrategy::new(params)], &world.context(), &mut out);
    out
}

proptest! {
    #[test]
    fn a_bid_at_or_below_the_stop_sells_whatever_else_holds(
        params in any_exit_params(), lot in any_lot(), bid in any_price(), regime in any_regime(),
    ) {
        // The stop, multiplied out instead of divided.
        let hundred = rust_decimal::Decimal::ONE_HUNDRED;
        let stopped = bid.get() * hundred
            <= lot.average_price.get() * (hundred - lot.plan.stop_pct.get());
        let found = cause(&params, lot, bid, regime);
        prop_assert_eq!(stopped, found == Some(ExitReason::StopLoss));
    }

    #[test]
    fn a_higher_bid_never_creates_a_stop(
        params in any_exit_params(), lot in any_lot(), one in any_price(), other in any_price(),
        regime in any_regime(),
    ) {
        let falling = |bid| {
            let found = cause(&params, lot, bid, regime);
            let closing = params.on_regime_crash == CrashAction::Close;
            match found? {
                ExitReason::StopLoss => Some(3),
                ExitReason::TrailingStop => Some(2),
                ExitReason::RegimeCrash => (!closing).then_some(1),
                ExitReason::TakeProfit
                | ExitReason::MaxHold
                | ExitReason::Flatten
                | ExitReason::Protection => None,
            }
        };
        let (low, high) = (one.min(other), one.max(other));
        prop_assert!(falling(high) <= falling(low), "{:?} {:?}", falling(low), falling(high));
    }

    #[test]
    fn time_sells_with_any_bid_or_none(lot in any_lot(), extra in 0..1000_i64) {
        let lot = Lot { id: LotId(IntentId(1)), qty: BaseQty::parse("1").unwrap(), ..lot };
        let hold = i64::from(lot.plan.max_hold_hours) * 3600;
        let now: Timestamp = lot.opened.plus_secs(hold + extra);
        let mut out = Vec::new();
        let view = MarketView { now, products: &[] };
        exits(&ExitParams::default(), &[lot], view, &[], Regime::Chop, now, &mut out);
        prop_assert_eq!(out.len(), 1);
    }

    #[test]
    fn candidates_are_partitioned_and_proposals_unique(world in any_world()) {
        let out = run(Params::default(), &world);
        prop_assert_eq!(out.entries.len() + out.refused.len(), world.candidates.len());
        prop_assert!(out.entries.is_sorted_by(|a, b| a.product() < b.product()));
    }

    #[test]
    fn the_order_of_candidates_changes_no_proposal(world in any_world()) {
        let found = run(Params::default(), &world).entries;
        let mut turned = world;
        turned.candidates.reverse();
        let again = run(Params::default(), &turned).entries;
        prop_assert_eq!(found.len(), again.len());
        for (a, b) in found.iter().zip(&again) {
            let (Proposal::Entry(a), Proposal::Entry(b)) = (a, b) else { panic!("entries") };
            prop_assert_eq!(a.product, b.product);
            prop_assert!(a.conviction.total_cmp(&b.conviction).is_eq());
        }
    }

    #[test]
    fn nothing_is_proposed_where_no_rule_acts(mut world in any_world(), live in any_regime()) {
        world.mode = Mode::Live;
        world.regime = live;
        prop_assert!(run(Params::default(), &world).entries.is_empty());
        world.mode = Mode::Paper;
        world.regime = Regime::Unknown;
        prop_assert!(run(Params::default(), &world).entries.is_empty());
    }

    #[test]
    fn a_proposal_is_an_order_within_risk_parity(world in any_world()) {
        let params = Params::default();
        for proposal in run(params.clone(), &world).entries {
            let Proposal::Entry(entry) = proposal else { panic!("an entry") };
            let member = world.universe.member(&entry.product).unwrap();
            let at = NAMES.iter().position(|name| *name == entry.product.as_str()).unwrap();
            let own = world.features[at].hour.unwrap().volatility_168h_pct.unwrap();
            let cap = params.risk_parity.cap_pct(entry.plan.stop_pct, own) * member.regime_factor;
            let size: f64 = entry.size_pct.to_string().parse().unwrap();
            prop_assert!(size <= cap + 1e-8, "{size} above {cap}");
            let dollars = world.sizing_nav.unwrap().percent(entry.size_pct).unwrap();
            prop_assert!(dollars >= world.min_order_usd);
            prop_assert!((0.0..=1.0).contains(&entry.conviction));
            prop_assert!(entry.trigger.score() >= params.min_score);
            prop_assert!(entry.tier != Tier::T3 || entry.plan.max_hold_hours <= 72);
        }
    }

    #[test]
    fn sizes_are_monotone(
        confidence in (0.0..=1.0_f64, 0.0..=1.0_f64), volatility in (0.0..2000.0_f64, 0.0..2000.0_f64),
        factor in (0.0..2.0_f64, 0.0..2.0_f64), tier in 0..3_usize,
    ) {
        let params = Params::default();
        let tier = Tier::ALL[tier];
        let size = |c, v, f| params.size_pct(&params.breakout, tier, c, v, f);
        let (c, v, f) = (confidence.0, volatility.0, factor.0);
        let here = size(c, v, f);
        prop_assert!(size(c.max(confidence.1), v, f) >= here, "more confidence, not less size");
        prop_assert!(size(c, v.max(volatility.1), f) <= here, "more volatility, not more size");
        prop_assert!(size(c, v, f.max(factor.1)) >= here, "a better regime, not less size");
        let tighter = rules::Row { stop_pct: Pct::parse("3").unwrap(), ..params.breakout.clone() };
        prop_assert!(params.size_pct(&tighter, tier, c, v, f) >= here, "a nearer stop, not less");
    }
}
