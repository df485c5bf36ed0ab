//! Incremental equals batch, value by value.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use core::num::NonZeroUsize;

use indicators::{
    Atr, Ema, PivotLows, Ring, RollingMax, RollingMedian, RollingMin, RollingStd, RollingSum, Rsi,
    Sma, Vwap, batch,
};
use proptest::prelude::*;

fn n(value: usize) -> NonZeroUsize {
    NonZeroUsize::new(value).unwrap()
}

fn close(a: Option<f64>, b: Option<f64>, scale: f64) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * scale.max(b.abs()),
        (None, None) => true,
        _ => false,
    }
}

fn series() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(prop_oneof![4 => 1.0..100.0_f64, 1 => Just(50.0)], 1..120)
}

fn slots() -> impl Strategy<Value = Vec<Option<f64>>> {
    prop::collection::vec(prop::option::weighted(0.7, 1.0..20.0_f64), 1..120)
}

proptest! {
    #[test]
    fn of_values(series in series(), size in 1_usize..30) {
        let (mut sma, mut ema, mut sum) = (Sma::new(n(size)), Ema::new(n(size)), RollingSum::new(n(size)));
        let (mut rsi, mut std, mut median) = (Rsi::new(n(size)), RollingStd::new(n(size)), RollingMedian::new(n(size)));
        for (at, value) in series.iter().enumerate() {
            let seen = &series[..=at];
            prop_assert!(close(sma.update(*value), batch::sma(seen, size), 1.0));
            prop_assert!(close(ema.update(*value), batch::ema(seen, size), 1.0));
            prop_assert!(close(sum.update(*value), batch::sum(seen, size), 100.0));
            prop_assert!(close(rsi.update(*value), batch::rsi(seen, size), 100.0));
            std.update(*value);
            // A deviation is a root: an error of 1e-14 in the squares may be 1e-7 near 0.
            prop_assert!(close(std.sample(), batch::sample_std(seen, size), 1e3));
            prop_assert!(close(median.update(*value), batch::median(seen, size), 1.0));
        }
    }

    #[test]
    fn of_bars(series in prop::collection::vec((1.0..100.0_f64, 0.0..5.0_f64, 0.0..1.0_f64, 0.0..9.0_f64), 1..100),
               size in 1_usize..20) {
        let bars: Vec<_> = series.iter()
            .map(|(low, range, at, volume)| (low + range, *low, low + range * at, *volume)).collect();
        let hlc: Vec<_> = bars.iter().map(|(h, l, c, _)| (*h, *l, *c)).collect();
        let (mut atr, mut vwap) = (Atr::new(n(size)), Vwap::new(n(size)));
        for (at, (h, l, c, v)) in bars.iter().enumerate() {
            prop_assert!(close(atr.update(*h, *l, *c), batch::atr(&hlc[..=at], size), 10.0));
            prop_assert!(close(vwap.update(*h, *l, *c, *v), batch::vwap(&bars[..=at], size), 100.0));
        }
    }

    #[test]
    fn of_slots_with_holes(slots in slots(), size in 1_usize..30, wing in 1_usize..4) {
        let (mut max, mut min) = (RollingMax::new(n(size)), RollingMin::new(n(size)));
        let mut pivots = PivotLows::new(n(wing), n(size));
        for (at, slot) in slots.iter().enumerate() {
            let seen = &slots[..=at];
            prop_assert_eq!(max.update(*slot), batch::max(seen, size));
            prop_assert_eq!(min.update(*slot), batch::min(seen, size));
            pivots.update(*slot);
            let found = batch::pivot_lows(seen, wing, size);
            prop_assert_eq!(pivots.newest(), found.first().copied());
            prop_assert_eq!(pivots.before(), found.get(1).copied());
        }
    }

    #[test]
    fn a_ring_is_the_tail_of_what_was_pushed(values in prop::collection::vec(0_u32..100, 1..50), size in 1_usize..12) {
        let mut ring = Ring::new(n(size));
        for (at, value) in values.iter().enumerate() {
            let out = ring.push(*value);
            prop_assert_eq!(out, at.checked_sub(size).map(|gone| values[gone]));
            let tail = &values[(at + 1).saturating_sub(size)..=at];
            prop_assert_eq!(ring.iter().collect::<Vec<_>>(), tail);
            for ago in 0..size + 2 {
                prop_assert_eq!(ring.back(ago), tail.iter().rev().nth(ago).copied());
            }
        }
    }
}

#[test]
fn a_series_that_never_moves_has_an_rsi_of_50() {
    let mut rsi = Rsi::new(n(14));
    let values: Vec<_> = (0..40).map(|_| rsi.update(7.0)).collect();
    assert!(values[..14].iter().all(Option::is_none));
    assert!(values[14..].iter().all(|v| *v == Some(50.0)));
}

#[test]
fn a_number_that_is_not_finite_changes_nothing() {
    let (mut rsi, mut atr, mut std) = (Rsi::new(n(2)), Atr::new(n(2)), RollingStd::new(n(3)));
    for price in [1.0, 2.0, 4.0, 3.0] {
        rsi.update(price);
        atr.update(price + 1.0, price, price);
        std.update(price);
    }
    let before = (rsi.value(), atr.value(), std.sample());
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        rsi.update(bad);
        atr.update(bad, 1.0, 1.0);
        std.update(bad);
    }
    assert_eq!((rsi.value(), atr.value(), std.sample()), before);
}

#[test]
fn rounding_does_not_pile_up_over_a_million_updates() {
    let (mut sum, mut std) = (RollingSum::new(n(168)), RollingStd::new(n(168)));
    let mut tail = Vec::new();
    let mut x = 0.5_f64;
    for step in 0..1_000_000_u32 {
        x = 3.99 * x * (1.0 - x);
        let value = if step % 5000 == 0 { 1e6 } else { x * 1e-3 };
        sum.update(value);
        std.update(value);
        tail.push(value);
        if tail.len() > 400 {
            tail.drain(..200);
        }
    }
    let (exact, deviation) = (batch::sum(&tail, 168), batch::sample_std(&tail, 168));
    assert!(close(sum.value(), exact, 0.0), "{:?} {exact:?}", sum.value());
    assert!(close(std.sample(), deviation, 0.0), "{:?} {deviation:?}", std.sample());
}
