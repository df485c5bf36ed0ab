//! Parameters as they are shipped, read and judged.

use domain::{Mode, Pct};
use rules::{ExitParams, Params};
use serde_json::Value;

use crate::given::pct;

#[test]
fn shipped_values_are_sound_and_nothing_is_live() {
    let params = Params::default();
    assert_eq!(params.problems(), []);
    assert_eq!(ExitParams::default().problems(), []);
    assert!(!params.any_acts_in(Mode::Live));
    assert!(params.any_acts_in(Mode::DryRun) && params.any_acts_in(Mode::Paper));
    let off: Vec<_> = params
        .rows()
        .iter()
        .filter(|(_, row)| !row.enabled)
        .map(|(rule, _)| rule.as_str())
        .collect();
    assert_eq!(off, ["price_move_bounce", "volume_spike_bounce"]);
}

#[test]
fn files_are_read_back_as_written_complete_and_without_unknown_keys() {
    let params = serde_json::to_value(Params::default()).unwrap();
    assert_eq!(serde_json::from_value::<Params>(params.clone()).unwrap(), Params::default());
    every_key_counts(&params, &|v| serde_json::from_value::<Params>(v).is_ok());
    let exits = serde_json::to_value(ExitParams::default()).unwrap();
    assert_eq!(serde_json::from_value::<ExitParams>(exits.clone()).unwrap(), ExitParams::default());
    every_key_counts(&exits, &|v| serde_json::from_value::<ExitParams>(v).is_ok());
}

/// Takes each key away, and adds one, at every depth: neither may be read.
fn every_key_counts(whole: &Value, reads: &dyn Fn(Value) -> bool) {
    let mut pointers = vec![String::new()];
    while let Some(at) = pointers.pop() {
        let Some(Value::Object(map)) = whole.pointer(&at) else { continue };
        for key in map.keys() {
            let mut without = whole.clone();
            without.pointer_mut(&at).unwrap().as_object_mut().unwrap().remove(key);
            assert!(!reads(without), "{at}/{key} is required");
            pointers.push(format!("{at}/{key}"));
        }
        let mut more = whole.clone();
        let object = more.pointer_mut(&at).unwrap().as_object_mut().unwrap();
        object.insert("surprise".to_owned(), Value::Null);
        assert!(!reads(more), "{at}/surprise is unknown");
    }
}

#[test]
fn each_bound_has_a_value_inside_and_one_outside() {
    type Set = fn(&mut Params, f64);
    let table: [(&str, Set, [f64; 2], [f64; 2]); 12] = [
        ("min_score", |p, v| p.min_score = v, [0.0, 1.0], [-0.1, 1.1]),
        ("base_size_pct.T1", |p, v| p.base_size_pct.t1 = v, [0.0, 100.0], [-1.0, 101.0]),
        ("base_size_pct.T2", |p, v| p.base_size_pct.t2 = v, [0.0, 100.0], [-1.0, 101.0]),
        ("base_size_pct.T3", |p, v| p.base_size_pct.t3 = v, [0.0, 100.0], [-1.0, 101.0]),
        (
            "risk_parity.risk_budget_pct",
            |p, v| p.risk_parity.risk_budget_pct = v,
            [0.01, 100.0],
            [0.0, 101.0],
        ),
        (
            "risk_parity.reference_volatility_pct",
            |p, v| p.risk_parity.reference_volatility_pct = v,
            [1.0, 1000.0],
            [0.0, 1001.0],
        ),
        (
            "risk_parity.volatility_floor_pct",
            |p, v| p.risk_parity.volatility_floor_pct = v,
            [1.0, 1000.0],
            [0.0, 1001.0],
        ),
        (
            "conviction.strength_weight",
            |p, v| p.conviction.strength_weight = v,
            [-1.0, 1.0],
            [-1.1, f64::NAN],
        ),
        ("conviction.boosts.t1", |p, v| p.conviction.boosts.t1 = v, [-1.0, 1.0], [-1.1, f64::NAN]),
        ("momentum.size_factor", |p, v| p.momentum.size_factor = v, [0.0, 1.2], [-0.1, f64::NAN]),
        (
            "price_move.min_move_pct",
            |p, v| p.price_move.min_move_pct = Some(v),
            [0.0, 5.0],
            [-0.1, f64::INFINITY],
        ),
        (
            "volume_spike_bounce.max_move_pct",
            |p, v| p.volume_spike_bounce.max_move_pct = Some(v),
            [-5.0, 0.0],
            [0.1, f64::NEG_INFINITY],
        ),
    ];
    for (key, set, inside, outside) in table {
        for value in inside {
            let mut params = Params::default();
            set(&mut params, value);
            assert_eq!(params.problems(), [], "{key} = {value}");
        }
        for value in outside {
            let mut params = Params::default();
            set(&mut params, value);
            assert_eq!(keys(&params.problems()), [key], "{key} = {value}");
        }
    }
}

#[test]
fn stops_targets_and_hours_have_bounds() {
    type Set = fn(&mut Params, Pct);
    let table: [(&str, Set, &str, &str); 2] = [
        ("reversal.stop_pct", |p, v| p.reversal.stop_pct = v, "50", "50.1"),
        ("breakout.target_pct", |p, v| p.breakout.target_pct = v, "500", "500.1"),
    ];
    for (key, set, most, more) in table {
        for (value, sound) in [("0", false), ("0.1", true), (most, true), (more, false)] {
            let mut params = Params::default();
            set(&mut params, pct(value));
            let expected: &[&str] = if sound { &[] } else { &[key] };
            assert_eq!(keys(&params.problems()), expected, "{key} = {value}");
        }
    }
    for (hours, sound) in [(0, false), (1, true), (2160, true), (2161, false)] {
        let mut params = Params { t3_max_hold_hours: hours, ..Params::default() };
        params.momentum.max_hold_hours = hours;
        let expected: &[&str] =
            if sound { &[] } else { &["t3_max_hold_hours", "momentum.max_hold_hours"] };
        assert_eq!(keys(&params.problems()), expected, "{hours} hours");
    }
}

#[test]
fn rows_that_contradict_themselves_are_named() {
    let mut params = Params::default();
    params.breakout.min_move_pct = Some(3.0);
    params.breakout.max_move_pct = Some(2.0);
    params.volume_spike.min_move_pct = None;
    params.price_move_bounce.max_move_pct = None;
    let expected =
        ["price_move_bounce.max_move_pct", "volume_spike.min_move_pct", "breakout.min_move_pct"];
    assert_eq!(keys(&params.problems()), expected);
}

#[test]
fn exits_have_bounds_too() {
    type Break = fn(&mut ExitParams);
    let table: [(&str, Break); 6] = [
        ("trailing.arm_gain_pct", |p| p.trailing.arm_gain_pct = pct("501")),
        ("trailing.trail_pct", |p| p.trailing.trail_pct = Pct::ZERO),
        ("trailing.trail_pct", |p| p.trailing.trail_pct = pct("51")),
        ("trailing.trail_atrs", |p| p.trailing.trail_atrs = f64::NAN),
        ("trailing.trail_atrs", |p| p.trailing.trail_atrs = 0.0),
        ("crash_stop_pct", |p| p.crash_stop_pct = Pct::ZERO),
    ];
    for (key, spoil) in table {
        let mut params = ExitParams::default();
        spoil(&mut params);
        assert_eq!(keys(&params.problems()), [key]);
    }
}

fn keys(problems: &[(String, String)]) -> Vec<&str> {
    problems.iter().map(|(key, _)| key.as_str()).collect()
}
