//! A catalog of 400 products, cycle after cycle: nothing that the stage writes to grows or moves.
//!
//! The workspace forbids `unsafe`, and with it an allocator that counts; buffers that neither move
//! nor grow are the evidence that remains.
#![allow(missing_docs, clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

mod common;

use common::Scene;
use domain::{Regime, Universe};
use universe::{Method, Policy, Seen, Select as _, Selector};

fn scene(method: Method) -> Scene {
    let names: Vec<_> = (0..400).map(|n| format!("A{n:03}-USD")).collect();
    let volume = |n: usize| 3e5 * f64::from(u32::try_from(n).unwrap());
    let mut volumes: Vec<_> =
        names.iter().enumerate().map(|(n, t)| (t.as_str(), volume(n))).collect();
    volumes.push(("BTC-USD", 1e9));
    let policy = Policy { method, ..Policy::default() };
    Scene::new(policy, &volumes)
}

#[test]
fn buffers_stay_where_they_are() {
    for method in [Method::Static, Method::Dynamic] {
        let mut scene = scene(method);
        let mut selector = Selector::new(scene.policy.clone());
        let mut out = Universe::default();
        let mut seen = Vec::new();
        for cycle in 0..500_u32 {
            // Every product crosses floors now and then, so that members come and go.
            let swing = if cycle / 20 % 2 == 0 { 1.0 } else { 0.3 };
            for features in &mut scene.features {
                if let Some(hour) = &mut features.hour {
                    hour.quote_volume_24h = hour.quote_volume_24h.map(|_| 1e8 * swing);
                }
            }
            let regime = Regime::ALL[cycle as usize / 7 % 5];
            let (products, features) = (&scene.products, &scene.features);
            selector.select(scene.now, products, features, regime, &mut scene.memory, &mut out);
            seen.push((
                out.members.as_ptr(),
                out.members.capacity(),
                out.excluded.as_ptr(),
                out.excluded.capacity(),
            ));
            scene.advance(300);
        }
        assert!(seen.iter().all(|buffers| *buffers == seen[0]), "{method:?}");
    }
}

/// What was seen spares a look at each product, and never hides that quotes grew old.
#[test]
fn what_was_seen_repeats_until_it_is_something_else_or_old() {
    let mut scene = scene(Method::Dynamic);
    let mut selector = Selector::new(scene.policy.clone());
    let mut out = Universe::default();
    let (now, regime) = (scene.now, Regime::Chop);
    let (products, features) = (&scene.products, &scene.features);
    selector.select(now, products, features, regime, &mut scene.memory, &mut out);
    let mut repeats = |version, at: i64, regime| {
        let seen = Some(Seen { version, quotes: now, candles: now });
        let memory = &scene.memory;
        selector.repeats(now.plus_secs(at), products, features, regime, memory, seen)
    };
    assert!(repeats(1, 1, regime) && repeats(1, 5, regime) && repeats(2, 5, regime));
    assert!(!repeats(2, 6, regime), "quotes are old, whatever the version says");
    assert!(!repeats(2, 5, Regime::Bear), "other weather");
    assert!(repeats(2, 5, regime));
}

#[test]
fn a_selector_sees_what_a_fresh_selection_sees() {
    for method in [Method::Static, Method::Dynamic] {
        let mut scene = scene(method);
        let mut selector = Selector::new(scene.policy.clone());
        let (mut out, mut memory) = (Universe::default(), scene.memory.clone());
        for cycle in 0..20_usize {
            // The catalog shrinks on the way: the selector notices by itself.
            scene.products.remove(cycle * 3);
            let (products, features) = (&scene.products, &scene.features);
            selector.select(scene.now, products, features, scene.regime, &mut memory, &mut out);
            assert_eq!(out, scene.select());
            assert_eq!(memory, scene.memory);
            scene.advance(900);
        }
    }
}
