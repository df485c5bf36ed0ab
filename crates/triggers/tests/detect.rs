//! Each detector on both sides of its thresholds, and what makes an event fresh.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests")]

use domain::{
    Absent, Features, Granularity, HourFeatures, Member, Outlier, Regime, RuleRefusal,
    SlotFeatures, Swing, Tier, Timestamp, Trigger, TriggerKind, Universe,
};
use triggers::{Params, Scan, scan};

fn at(hours: i64) -> Timestamp {
    Timestamp::from_secs(1_700_000_000).floor_secs(3600).plus_secs(hours * 3600)
}

/// An hour in which nothing holds and no filter stops anything.
fn calm(start: Timestamp) -> HourFeatures {
    HourFeatures {
        start,
        traded: true,
        close: 100.0,
        previous_close: Ok(100.0),
        volume: 10.0,
        return_1h_pct: Ok(0.0),
        quote_volume_24h: Ok(1e7),
        trend_168h_pct: Ok(0.0),
        volatility_168h_pct: Ok(50.0),
        whole_168h: true,
        outlier: Ok(Outlier { deviation_pct: 0.0, volume_ratio: 1.0 }),
        atr_14: Ok(1.0),
        atr_ratio: Ok(2.0),
        volume_ratio: Ok(1.0),
        high_24h_before: Ok(105.0),
        high_168h_before: Ok(110.0),
        return_24h_pct: Ok(0.0),
        up_hours_12: 6,
        down_hours_12: 6,
        momentum_streak_hours: None,
        swing: Ok(Swing { low: 99.0, low_hours_ago: 3, high_before: 100.0 }),
    }
}

fn still(start: Timestamp) -> SlotFeatures {
    SlotFeatures {
        start,
        close: 100.0,
        return_15m_pct: Ok(0.0),
        return_60m_pct: Ok(0.0),
        vwap_12: Ok(100.0),
        rsi_14: Ok(50.0),
        previous_rsi_14: Ok(50.0),
        low_36: Ok(100.0),
        pivot_low: None,
        previous_pivot_low: None,
    }
}

fn features(name: &str) -> Features {
    Features {
        product: name.parse().unwrap(),
        revision: 1,
        granularity: Granularity::M5,
        closed_hours: 336,
        hour: Some(calm(at(10))),
        previous_hour: Some(calm(at(9))),
        slot: Some(still(at(11).plus_secs(-300))),
        previous_slot: Some(still(at(11).plus_secs(-600))),
    }
}

fn member(features: &Features) -> Member {
    Member {
        product: features.product,
        tier: Tier::T2,
        quote_volume_24h: 1e7,
        spread_bps: 5.0,
        depth_20bps: 1e5,
        regime_factor: 1.0,
    }
}

fn scanned(all: &[Features], regime: Regime) -> Scan {
    let universe = Universe { members: all.iter().map(member).collect(), excluded: Vec::new() };
    let mut out = Scan::default();
    scan(&Params::default(), &universe, all, regime, &mut out);
    out
}

/// The one trigger that a change of the newest (and maybe the previous) candle raises.
fn one(regime: Regime, change: impl Fn(&mut Features)) -> Option<Trigger> {
    let mut own = features("SOL-USD");
    change(&mut own);
    let found = scanned(&[own], regime).triggers;
    assert!(found.len() <= 1, "{found:?}");
    found.first().copied()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12
}

#[test]
fn a_calm_product_raises_nothing() {
    assert_eq!(scanned(&[features("SOL-USD")], Regime::Chop), Scan::default());
}

#[test]
fn price_moves_take_the_row_that_fits() {
    // (regime, 15 m, 60 m) -> (move, strength, confidence)
    let cases = [
        (Regime::Chop, 1.5, 3.0, Some((3.0, 0.8, 0.85))),
        (Regime::Chop, -1.5, -3.0, Some((-3.0, 0.8, 0.85))),
        (Regime::Chop, 1.49, 3.0, Some((3.0, 0.7, 0.75))),
        (Regime::Chop, -1.5, 3.0, Some((3.0, 0.7, 0.75))),
        (Regime::Chop, 1.5, 2.99, Some((1.5, 0.6, 0.7))),
        (Regime::Chop, 1.49, 2.99, None),
        (Regime::Bull, 3.49, 6.99, None),
        (Regime::Bull, 3.5, 6.99, Some((3.5, 0.6, 0.7))),
        (Regime::Bear, 3.0, 7.0, Some((7.0, 0.8, 0.85))),
        (Regime::Crash, -3.0, -6.9, Some((-3.0, 0.6, 0.7))),
        (Regime::Unknown, 9.0, 9.0, None),
    ];
    for (regime, quarter, hour, expected) in cases {
        let found = one(regime, |own| {
            let slot = own.slot.as_mut().unwrap();
            slot.return_15m_pct = Ok(quarter);
            slot.return_60m_pct = Ok(hour);
        });
        let got = found.map(|t| (t.move_pct, t.strength, t.confidence));
        assert_eq!(got, expected, "{regime} {quarter} {hour}");
        assert!(found.is_none_or(|t| t.fresh && t.granularity == Granularity::M5));
    }
}

#[test]
fn a_price_move_stands_until_its_sign_turns() {
    for (before, fresh) in [(0.0, true), (3.2, false), (-3.2, true)] {
        let found = one(Regime::Chop, |own| {
            own.slot.as_mut().unwrap().return_60m_pct = Ok(3.0);
            own.previous_slot.as_mut().unwrap().return_60m_pct = Ok(before);
        });
        assert_eq!(found.unwrap().fresh, fresh, "before {before}");
    }
}

#[test]
fn volume_spikes_grow_with_their_ratio() {
    let cases = [
        (Regime::Chop, 1.79, None),
        (Regime::Chop, 1.8, Some((0.8 / 3.0, 0.45))),
        (Regime::Bull, 1.9, None),
        (Regime::Bear, 2.0, Some((1.0 / 3.0, 0.5))),
        (Regime::Chop, 9.0, Some((1.0, 1.0))),
    ];
    for (regime, ratio, expected) in cases {
        let found = one(regime, |own| {
            let hour = own.hour.as_mut().unwrap();
            hour.volume_ratio = Ok(ratio);
            hour.return_1h_pct = Ok(-0.7);
        });
        let got = found.map(|t| (t.strength, t.confidence));
        match (got, expected) {
            (Some((s, c)), Some((es, ec))) => assert!(near(s, es) && near(c, ec), "{ratio}"),
            (got, expected) => assert_eq!(got, expected, "{regime} {ratio}"),
        }
        assert!(found.is_none_or(|t| near(t.move_pct, -0.7)));
    }
}

#[test]
fn breakouts_need_volume_and_are_fresh_by_price_alone() {
    let breakout = |close: f64, ratio: f64, before: f64, week: f64| {
        one(Regime::Chop, move |own| {
            let hour = own.hour.as_mut().unwrap();
            (hour.close, hour.volume_ratio) = (close, Ok(ratio));
            hour.high_168h_before = Ok(week);
            own.previous_hour.as_mut().unwrap().close = before;
        })
    };
    assert_eq!(breakout(105.0, 1.5, 100.0, 110.0), None, "not above the high");
    assert_eq!(breakout(105.5, 0.99, 100.0, 110.0), None, "too little volume");
    let plain = breakout(105.5, 1.5, 100.0, 110.0).unwrap();
    assert!(near(plain.strength, 0.5) && near(plain.confidence, 0.75) && plain.fresh);
    assert!(near(plain.move_pct, 100.0 * (105.5 / 105.0 - 1.0)));
    let week = breakout(105.1, 1.5, 100.0, 105.05).unwrap();
    assert!(near(week.strength, 0.6), "a 7-day high is worth no less");
    let stands = breakout(106.5, 1.7, 105.6, 110.0).unwrap();
    assert!(!stands.fresh && near(stands.strength, 1.0) && near(stands.confidence, 0.85));
    let quiet_first = one(Regime::Chop, |own| {
        own.hour.as_mut().unwrap().close = 105.5;
        let before = own.previous_hour.as_mut().unwrap();
        (before.close, before.volume_ratio) = (105.4, Ok(0.2));
    });
    assert!(!quiet_first.unwrap().fresh, "the first hour above was the event, on whatever volume");
}

#[test]
fn momentum_is_raised_at_first_and_every_day_of_its_streak() {
    let momentum = |regime, r: f64, streak: u32| {
        one(regime, move |own| {
            let hour = own.hour.as_mut().unwrap();
            (hour.return_24h_pct, hour.momentum_streak_hours) = (Ok(r), Some(streak));
            (hour.up_hours_12, hour.down_hours_12) = (7, 4);
        })
    };
    let reference = momentum(Regime::Chop, 7.8, 0).unwrap();
    assert!(near(reference.strength, 0.78) && near(reference.confidence, 7.0 / 12.0));
    assert!(near(reference.score(), 0.455) && reference.fresh);
    for (streak, fresh) in [(1, false), (23, false), (24, true), (25, false), (48, true)] {
        assert_eq!(momentum(Regime::Bull, 3.0, streak).unwrap().fresh, fresh, "{streak}");
    }
    let down = momentum(Regime::Bear, -25.0, 0).unwrap();
    assert!(near(down.strength, 1.0) && near(down.confidence, 4.0 / 12.0) && down.move_pct < 0.0);
    for deaf in [Regime::Bear, Regime::Crash, Regime::Unknown] {
        assert_eq!(momentum(deaf, 5.0, 0), None, "{deaf}");
    }
}

fn reversed(own: &mut Features, low_ago: u8, high_before: f64, recovery: f64) {
    let hour = own.hour.as_mut().unwrap();
    hour.close = 90.0 * (1.0 + recovery / 100.0);
    hour.swing = Ok(Swing { low: 90.0, low_hours_ago: low_ago, high_before });
}

fn confirmed(own: &mut Features) {
    let slot = own.slot.as_mut().unwrap();
    (slot.close, slot.vwap_12, slot.low_36) = (100.0, Ok(99.0), Ok(99.0));
    (slot.previous_rsi_14, slot.rsi_14) = (Ok(50.0), Ok(50.1));
    (slot.pivot_low, slot.previous_pivot_low) = (Some(99.2), Some(99.0));
}

#[test]
fn reversals_need_a_fresh_deep_low_and_a_recovery_within_bounds() {
    // (low hours ago, high before, recovery %, raised)
    let cases = [
        (0, 95.0, 5.5, true),
        (11, 95.0, 9.9, true),
        (12, 95.0, 7.0, false),
        (3, 94.7, 7.0, false),
        (3, 94.8, 7.0, true),
        (3, 95.0, 4.9, false),
        (3, 95.0, 10.1, false),
    ];
    for (ago, high, recovery, raised) in cases {
        let found = one(Regime::Chop, |own| reversed(own, ago, high, recovery));
        assert_eq!(found.is_some(), raised, "{ago} {high} {recovery}");
        assert!(
            found.is_none_or(|t| near(t.confidence, 0.6) && (t.move_pct - recovery).abs() < 1e-9)
        );
    }
}

#[test]
fn a_reversal_with_fewer_than_three_signs_is_recorded_and_no_candidate() {
    type Spoil = fn(&mut SlotFeatures);
    let spoils: [Spoil; 4] = [
        |slot| slot.vwap_12 = Err(Absent::NoVolume),
        |slot| slot.pivot_low = slot.previous_pivot_low,
        |slot| slot.previous_rsi_14 = Ok(50.1),
        |slot| slot.low_36 = Ok(99.5),
    ];
    for spoilt in 0..=4 {
        let mut own = features("SOL-USD");
        reversed(&mut own, 3, 95.0, 7.0);
        confirmed(&mut own);
        for spoil in &spoils[..spoilt] {
            spoil(own.slot.as_mut().unwrap());
        }
        let found = scanned(&[own], Regime::Chop);
        assert_eq!(found.triggers.len(), 1);
        assert_eq!(found.candidates.len(), usize::from(spoilt <= 1), "{spoilt} signs missing");
        let codes: Vec<_> = found.refused.iter().map(|(_, r)| r.code).collect();
        assert_eq!(codes.contains(&RuleRefusal::Unconfirmed), spoilt > 1);
    }
}

#[test]
fn filters_stop_fresh_events_by_name() {
    type Change = fn(&mut HourFeatures);
    let cases: [(Change, Option<RuleRefusal>); 8] = [
        (|_| {}, None),
        (
            |h| h.outlier = Ok(Outlier { deviation_pct: 10.1, volume_ratio: 0.09 }),
            Some(RuleRefusal::Outlier),
        ),
        (|h| h.outlier = Ok(Outlier { deviation_pct: 10.1, volume_ratio: 0.1 }), None),
        (|h| h.outlier = Ok(Outlier { deviation_pct: 10.0, volume_ratio: 0.0 }), None),
        (|h| h.atr_ratio = Ok(1.04), Some(RuleRefusal::AtrFilter)),
        (|h| h.atr_ratio = Ok(1.05), None),
        (|h| h.atr_ratio = Err(Absent::DataGap), Some(RuleRefusal::DataGap)),
        (|h| h.outlier = Err(Absent::InsufficientHistory), Some(RuleRefusal::InsufficientHistory)),
    ];
    for (at, (change, code)) in cases.into_iter().enumerate() {
        let mut own = features("SOL-USD");
        let hour = own.hour.as_mut().unwrap();
        hour.volume_ratio = Ok(3.0);
        change(hour);
        let found = scanned(&[own], Regime::Chop);
        assert_eq!(found.triggers.len(), 1, "case {at}: it is recorded all the same");
        assert_eq!(found.refused.first().map(|(_, r)| r.code), code, "case {at}");
        assert_eq!(found.candidates.len(), usize::from(code.is_none()), "case {at}");
    }
    let mut quiet = features("SOL-USD");
    quiet.hour.as_mut().unwrap().atr_ratio = Ok(1.1);
    quiet.hour.as_mut().unwrap().volume_ratio = Ok(3.0);
    assert_eq!(scanned(&[quiet], Regime::Bull).candidates, [], "1.2 outside chop");
}

#[test]
fn a_product_sends_its_strongest_and_the_list_has_an_end() {
    let mut all: Vec<_> = (0..13).map(|i| features(&format!("P{i:02}-USD"))).collect();
    for (i, own) in all.iter_mut().enumerate() {
        let hour = own.hour.as_mut().unwrap();
        hour.volume_ratio = Ok(if i == 12 { 4.0 } else { 2.0 });
        hour.return_24h_pct = Ok(9.0);
        (hour.momentum_streak_hours, hour.up_hours_12) = (Some(0), 12);
    }
    let found = scanned(&all, Regime::Chop);
    assert_eq!(found.triggers.len(), 26);
    assert_eq!(found.candidates.len(), 10);
    let names: Vec<_> = found.candidates.iter().map(|t| t.id.product.to_string()).collect();
    assert_eq!(names[..3], ["P12-USD", "P00-USD", "P01-USD"], "strongest first, then by name");
    assert_eq!(found.candidates[0].id.kind, TriggerKind::VolumeSpike);
    assert_eq!(found.candidates[1].id.kind, TriggerKind::Momentum);
    let count = |code| found.refused.iter().filter(|(_, r)| r.code == code).count();
    assert_eq!(count(RuleRefusal::NotStrongest), 13);
    assert_eq!(count(RuleRefusal::TooManyTriggers), 3);
}

#[test]
fn only_members_are_looked_at() {
    let mut all = vec![features("AAA-USD"), features("BBB-USD"), features("CCC-USD")];
    for own in &mut all {
        own.hour.as_mut().unwrap().volume_ratio = Ok(3.0);
    }
    let universe = Universe { members: vec![member(&all[1])], excluded: Vec::new() };
    let mut out = Scan::default();
    scan(&Params::default(), &universe, &all, Regime::Chop, &mut out);
    assert_eq!(out.triggers.len(), 1);
    assert_eq!(out.triggers[0].id.product, all[1].product);
}

#[test]
fn unsound_parameters_are_named() {
    let mut params = Params::default();
    assert_eq!(params.problems(), []);
    params.max_triggers_per_cycle = 0;
    params.momentum.min_move_pct = f64::NAN;
    params.price_move.min_15m_pct.bear = -1.0;
    params.reversal.max_recovery_pct = 4.0;
    let keys: Vec<_> = params.problems().into_iter().map(|(key, _)| key).collect();
    let expected = [
        "max_triggers_per_cycle",
        "momentum.min_move_pct",
        "price_move.min_15m_pct.bear",
        "reversal.min_recovery_pct",
    ];
    assert_eq!(keys, expected);
}
