//! When volume moves a product across a floor, and when it does not.
#![allow(missing_docs, clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

mod common;

use common::Scene;
use domain::{Absent, Exclusion, Tier};
use universe::{Method, Policy};

const QUARTER_SECS: i64 = 900;
const BTC: &str = "BTC-USD";

/// Volumes in millions, one for each refresh; `NaN` stands for a day that cannot be summed.
fn sides(volumes: &[f64]) -> Vec<bool> {
    let mut scene = Scene::new(Policy::default(), &[(BTC, 0.0)]);
    let mut side = |volume: &f64| {
        let volume = if volume.is_nan() { Err(Absent::DataGap) } else { Ok(volume * 1e6) };
        scene.set_volume(BTC, volume);
        let fate = scene.fate(BTC);
        scene.advance(QUARTER_SECS);
        fate.is_none()
    };
    volumes.iter().map(&mut side).collect()
}

#[test]
fn a_side_changes_after_three_refreshes_in_a_row() {
    const GAP: f64 = f64::NAN;
    let (i, o) = (true, false);
    let cases: &[(&str, &[f64], &[bool])] = &[
        ("the first look decides", &[10.0], &[i]),
        ("the first look between counts as below", &[9.9], &[o]),
        ("three to enter", &[9.0, 10.0, 10.0, 10.0], &[o, o, o, i]),
        ("a row broken", &[9.0, 10.0, 10.0, 9.9, 10.0, 10.0, 10.0], &[o, o, o, o, o, o, i]),
        ("three to leave", &[10.0, 9.4, 9.4, 9.4], &[i, i, i, o]),
        ("exactly 0.95 stays", &[10.0, 9.5, 9.5, 9.5, 9.5], &[i; 5]),
        ("a pause while leaving", &[10.0, 9.4, 9.4, 9.6, 9.4, 9.4, 9.4], &[i, i, i, i, i, i, o]),
        ("a gap does not help to enter", &[9.0, 10.0, 10.0, GAP, 10.0, 10.0], &[o; 6]),
        ("a gap does not help to stay", &[10.0, 9.4, 9.4, GAP, 9.4], &[i, i, i, o, o]),
        ("a gap forgets no side", &[10.0, GAP, 9.6], &[i, o, i]),
        ("nothing is remembered of a gap", &[GAP, 10.0], &[o, i]),
    ];
    for (name, volumes, expected) in cases {
        assert_eq!(sides(volumes), *expected, "{name}");
    }
}

#[test]
fn cycles_between_refreshes_do_not_count() {
    let mut scene = Scene::new(Policy::default(), &[(BTC, 9e6)]);
    assert_eq!(scene.fate(BTC), Some(Exclusion::Volume));
    scene.set_volume(BTC, Ok(20e6));
    for second in 1..2700 {
        scene.advance(1);
        assert_eq!(scene.fate(BTC), Some(Exclusion::Volume), "second {second}");
    }
    scene.advance(1);
    assert_eq!(scene.fate(BTC), None, "the third refresh");
}

#[test]
fn refreshes_count_while_something_else_keeps_the_product_out() {
    let mut scene = Scene::new(Policy::default(), &[(BTC, 20e6)]);
    assert_eq!(scene.fate(BTC), None);
    scene.set_volume(BTC, Ok(1e6));
    scene.regime = domain::Regime::Crash;
    for _ in 0..3 {
        scene.advance(QUARTER_SECS);
        assert_eq!(scene.fate(BTC), Some(Exclusion::RegimeRemovesTier));
    }
    scene.regime = domain::Regime::Chop;
    assert_eq!(scene.fate(BTC), Some(Exclusion::Volume));
}

#[test]
fn each_dynamic_floor_has_its_own_row() {
    let policy = Policy { method: Method::Dynamic, ..Policy::default() };
    let mut scene = Scene::new(policy, &[(BTC, 30e6)]);
    let mut tiers = Vec::new();
    for volume in [30.0, 24.0, 23.0, 23.0, 23.0, 30.0, 30.0, 30.0, 0.5, 0.5, 0.5] {
        scene.set_volume(BTC, Ok(volume * 1e6));
        tiers.push(scene.select().members.first().map(|member| member.tier));
        scene.advance(QUARTER_SECS);
    }
    let (a, b) = (Some(Tier::T1), Some(Tier::T2));
    assert_eq!(tiers, [a, a, a, a, b, b, b, a, a, a, None]);
}

#[test]
fn memory_comes_back_from_a_file_as_it_went() {
    let mut scene = Scene::new(Policy::default(), &[(BTC, 9e6), ("ADA-USD", 9e6)]);
    for _ in 0..3 {
        scene.select();
        scene.set_volume(BTC, Ok(20e6));
        scene.advance(QUARTER_SECS);
    }
    let text = serde_json::to_string(&scene.memory).unwrap();
    let back: universe::Memory = serde_json::from_str(&text).unwrap();
    assert_eq!(back, scene.memory);
    scene.memory = back;
    assert_eq!(scene.fate(BTC), None, "its row went on");
}

#[test]
fn a_product_that_was_away_is_remembered() {
    let mut scene = Scene::new(Policy::default(), &[(BTC, 20e6), ("ADA-USD", 9e6)]);
    scene.select();
    let away = scene.products.clone();
    scene.products.retain(|market| market.product.id.as_str() != BTC);
    scene.advance(QUARTER_SECS);
    assert_eq!(scene.fate(BTC), Some(Exclusion::UnknownProduct));
    scene.products = away;
    scene.advance(QUARTER_SECS);
    scene.set_volume(BTC, Ok(9.6e6));
    assert_eq!(scene.fate(BTC), None, "between the floors it stays inside");
}
