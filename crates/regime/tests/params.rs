//! What a parameter file may say.
#![allow(missing_docs, clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use regime::Params;

#[test]
fn the_shipped_values_have_no_problem() {
    assert_eq!(Params::default().problems(), []);
}

#[test]
fn each_problem_names_its_key() {
    type Break = fn(&mut Params);
    let cases: [(&str, Break); 10] = [
        ("crash_trend_below_pct", |p| p.crash_trend_below_pct = f64::NAN),
        ("crash_trend_below_pct", |p| p.crash_trend_below_pct = -5.0),
        ("crash_trend_below_pct", |p| p.crash_trend_below_pct = -100.0),
        ("crash_volatility_above_pct", |p| p.crash_volatility_above_pct = f64::INFINITY),
        ("bear_trend_at_most_pct", |p| p.bear_trend_at_most_pct = 10.0),
        ("bull_trend_at_least_pct", |p| p.bull_trend_at_least_pct = f64::INFINITY),
        ("bull_volatility_below_pct", |p| p.bull_volatility_below_pct = 0.0),
        ("bull_volatility_below_pct", |p| p.bull_volatility_below_pct = 101.0),
        ("stale_after_hours", |p| p.stale_after_hours = 0),
        ("stale_after_hours", |p| p.stale_after_hours = 169),
    ];
    for (key, spoil) in cases {
        let mut params = Params::default();
        spoil(&mut params);
        let keys: Vec<_> = params.problems().into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, [key], "{params:?}");
    }
}

#[test]
fn a_file_names_every_key_and_no_other() {
    let whole = serde_json::to_value(Params::default()).unwrap();
    let keys: Vec<_> = whole.as_object().unwrap().keys().cloned().collect();
    for key in keys {
        let mut missing = whole.clone();
        missing.as_object_mut().unwrap().remove(&key);
        assert!(serde_json::from_value::<Params>(missing).is_err(), "{key}");
    }
    let mut more = whole;
    more["mystery_pct"] = 1.into();
    assert!(serde_json::from_value::<Params>(more).is_err());
}
