//! IND-1: fed value by value, every indicator is its batch definition, after each value.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use core::num::NonZeroUsize;

use indicators::{
    Atr, Ema, PivotHighs, PivotLows, Ring, RollingMax, RollingMedian, RollingMin, RollingStd,
    RollingSum, RollingSums, Rsi, Sma, Vwap, ZScore, batch,
};
use proptest::prelude::*;

fn n(value: usize) -> NonZeroUsize {
    NonZeroUsize::new(value).unwrap()
}

/// Equal within 1e-9 of the definition, or of the smallest size that matters.
fn close(a: Option<f64>, b: Option<f64>, smallest: f64) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * smallest.max(b.abs()),
        (None, None) => true,
        _ => false,
    }
}

/// Values with repetitions, flat stretches, outliers and an offset that dwarfs their spread.
fn series() -> impl Strategy<Value = Vec<f64>> {
    let value = prop_oneof![8 => -50.0..50.0_f64, 3 => Just(7.0), 1 => Just(1e9), 1 => Just(-1e7)];
    let run = (value, 1_usize..6).prop_map(|(value, times)| vec![value; times]);
    let offset = prop_oneof![2 => Just(0.0), 1 => Just(1e6)];
    (prop::collection::vec(run, 1..60), offset)
        .prop_map(|(runs, offset)| runs.concat().iter().map(|v| v + offset).collect())
}

/// Prices that move by steps or stand still.
fn closes() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(prop_oneof![3 => 1.0..100.0_f64, 1 => Just(50.0)], 1..120)
}

/// Few different values, so that many are equal, and holes.
fn slots() -> impl Strategy<Value = Vec<Option<f64>>> {
    let value = prop_oneof![1.0..20.0_f64, (1_u8..6).prop_map(f64::from)];
    prop::collection::vec(prop::option::weighted(0.7, value), 1..120)
}

fn bars() -> impl Strategy<Value = Vec<(f64, f64, f64, f64)>> {
    let volume = prop_oneof![2 => 0.0..9.0_f64, 2 => Just(0.0), 1 => Just(1e12), 1 => Just(1e-9)];
    let bar = (1.0..100.0_f64, 0.0..5.0_f64, 0.0..1.0_f64, volume)
        .prop_map(|(low, range, at, volume)| (low + range, low, low + range * at, volume));
    prop::collection::vec(bar, 1..100)
}

fn are_pivots<const WING: usize>(
    slots: &[Option<f64>],
    lookback: usize,
) -> Result<(), TestCaseError> {
    let mut lows = PivotLows::<WING>::new(n(lookback));
    let mut highs = PivotHighs::<WING>::new(n(lookback));
    for (at, slot) in slots.iter().copied().enumerate() {
        let found = batch::pivot_lows(&slots[..=at], WING, lookback);
        prop_assert_eq!(lows.update(slot), found.first().copied());
        prop_assert_eq!(lows.before(), found.get(1).copied());
        let found = batch::pivot_highs(&slots[..=at], WING, lookback);
        prop_assert_eq!(highs.update(slot), found.first().copied());
        prop_assert_eq!(highs.before(), found.get(1).copied());
    }
    Ok(())
}

proptest! {
    #[test]
    fn sums_means_and_deviations(series in series(), size in 1_usize..30) {
        let n = n(size);
        let (mut sum, mut sma, mut ema) = (RollingSum::new(n), Sma::new(n), Ema::new(n));
        let (mut std, mut median, mut z) = (RollingStd::new(n), RollingMedian::new(n), ZScore::new(n));
        for (at, value) in series.iter().copied().enumerate() {
            let seen = &series[..=at];
            // What a sum may be off by follows the largest term of its own window.
            let window = &seen[seen.len().saturating_sub(size + 1)..];
            let largest = window.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
            let every = seen.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
            prop_assert!(close(sum.update(value), batch::sum(seen, size), largest));
            prop_assert!(close(sma.update(value), batch::sma(seen, size), largest));
            prop_assert!(close(ema.update(value), batch::ema(seen, size), every));
            prop_assert_eq!(median.update(value), batch::median(seen, size));
            prop_assert!(close(std.update(value), batch::sample_std(seen, size), 1e-6 * largest));
            prop_assert!(close(std.population(), batch::population_std(seen, size), 1e-6 * largest));
            prop_assert!(close(std.mean(), batch::sma(seen, size), largest));
            // A score divides by the deviation: where that is next to nothing, so is its accuracy.
            let deviates = std.sample().is_none_or(|s| s > 1e-6 * largest);
            let scored = (z.update(value), batch::z_score(seen, size));
            let before = seen.split_last().and_then(|(_, before)| batch::sample_std(before, size));
            if deviates && before.is_none_or(|s| s > 1e-6 * largest) {
                prop_assert!(close(scored.0, scored.1, 1e3), "{scored:?}");
            }
        }
    }

    #[test]
    fn rsi(closes in closes(), size in 1_usize..30) {
        let mut rsi = Rsi::new(n(size));
        for (at, value) in closes.iter().enumerate() {
            prop_assert!(close(rsi.update(*value), batch::rsi(&closes[..=at], size), 1.0));
            prop_assert!(rsi.value().is_none_or(|rsi| (0.0..=100.0).contains(&rsi)));
        }
    }

    #[test]
    fn atr_and_vwap(bars in bars(), size in 1_usize..20) {
        let hlc: Vec<_> = bars.iter().map(|(h, l, c, _)| (*h, *l, *c)).collect();
        let (mut atr, mut vwap) = (Atr::new(n(size)), Vwap::new(n(size)));
        for (at, (h, l, c, v)) in bars.iter().copied().enumerate() {
            prop_assert!(close(atr.update(h, l, c), batch::atr(&hlc[..=at], size), 1.0));
            let found = if v > 0.0 { vwap.update(h, l, c, v) } else { vwap.update_absent() };
            prop_assert!(close(found, batch::vwap(&bars[..=at], size), 0.0));
            prop_assert_eq!(vwap.is_ready(), found.is_some());
        }
    }

    #[test]
    fn atr_of_slots_without_trades(bars in prop::collection::vec((1.0..50.0_f64, 0.0..5.0_f64, any::<bool>()), 1..60),
                                   size in 1_usize..20) {
        let (mut atr, mut whole) = (Atr::new(n(size)), Vec::new());
        for (low, range, traded) in bars {
            let bar = (low + range, low, low + range / 2.0);
            let found = match whole.last().copied() {
                Some((_, _, close)) if !traded => {
                    whole.push((close, close, close));
                    atr.update_absent()
                }
                _ => {
                    whole.push(bar);
                    atr.update(bar.0, bar.1, bar.2)
                }
            };
            prop_assert!(close(found, batch::atr(&whole, size), 1.0));
        }
    }

    #[test]
    fn extremes_of_slots_with_holes(slots in slots(), size in 1_usize..30) {
        let (mut max, mut min) = (RollingMax::new(n(size)), RollingMin::new(n(size)));
        for (at, slot) in slots.iter().copied().enumerate() {
            let seen = &slots[..=at];
            prop_assert_eq!(max.peek(slot), batch::max(seen, size));
            prop_assert_eq!(min.peek(slot), batch::min(seen, size));
            prop_assert_eq!(max.update(slot), batch::max(seen, size));
            prop_assert_eq!(min.update(slot), batch::min(seen, size));
            prop_assert_eq!(max.is_full(), at + 1 >= size);
            let ago = |best: f64| seen.iter().rev().position(|slot| *slot == Some(best)).unwrap();
            prop_assert_eq!(max.placed(), max.value().map(|best| (best, ago(best))));
            prop_assert_eq!(min.placed(), min.value().map(|best| (best, ago(best))));
        }
    }

    #[test]
    fn sums_of_series_that_advance_together(series in series(), size in 1_usize..30) {
        let (mut sums, mut one, mut two) =
            (RollingSums::new(n(size)), RollingSum::new(n(size)), RollingSum::new(n(size)));
        for value in series {
            let alone = (one.update(value), two.update(-3.0 * value));
            let together = sums.update([value, -3.0 * value]);
            prop_assert_eq!(together, alone.0.zip(alone.1).map(<[f64; 2]>::from));
            let means = one.mean().zip(two.mean()).map(<[f64; 2]>::from);
            prop_assert_eq!((sums.means(), sums.is_ready()), (means, one.is_ready()));
        }
    }

    #[test]
    fn pivots_of_slots_with_holes(slots in slots(), lookback in 1_usize..60) {
        are_pivots::<1>(&slots, lookback)?;
        are_pivots::<2>(&slots, lookback)?;
        are_pivots::<3>(&slots, lookback)?;
        are_pivots::<4>(&slots, lookback)?;
    }

    #[test]
    fn a_peek_is_the_update_that_was_not_made(closes in closes(), size in 1_usize..20) {
        let n = n(size);
        let (mut sum, mut sma, mut ema) = (RollingSum::new(n), Sma::new(n), Ema::new(n));
        let (mut rsi, mut atr, mut z) = (Rsi::new(n), Atr::new(n), ZScore::new(n));
        for c in closes {
            // A sum may be added up in another order when its halves turn.
            let (peeked, updated) = (sum.peek(c), sum.update(c));
            prop_assert!(close(peeked, updated, 0.0));
            let (peeked, updated) = (sma.peek(c), sma.update(c));
            prop_assert!(close(peeked, updated, 0.0));
            let peeked = (ema.peek(c), rsi.peek(c), atr.peek(c + 1.0, c - 1.0, c), z.peek(c));
            let updated = (ema.update(c), rsi.update(c), atr.update(c + 1.0, c - 1.0, c), z.update(c));
            prop_assert_eq!(peeked, updated);
        }
    }

    #[test]
    fn a_ring_is_the_tail_of_what_was_pushed(values in prop::collection::vec(0_u32..100, 1..50), size in 1_usize..12) {
        let mut ring = Ring::new(n(size));
        prop_assert!(ring.is_empty() && ring.back(0).is_none() && ring.iter().next().is_none());
        for (at, value) in values.iter().enumerate() {
            let out = ring.push(*value);
            prop_assert_eq!(out, at.checked_sub(size).map(|gone| values[gone]));
            let tail = &values[(at + 1).saturating_sub(size)..=at];
            prop_assert_eq!(ring.iter().collect::<Vec<_>>(), tail);
            prop_assert_eq!((ring.len(), ring.is_full()), (tail.len(), tail.len() == ring.capacity()));
            for ago in 0..size + 2 {
                prop_assert_eq!(ring.back(ago), tail.iter().rev().nth(ago).copied());
            }
        }
    }
}
