//! What happens at the edges: flat and stepping series, one value, refused numbers, long runs.
#![allow(clippy::unwrap_used, clippy::float_cmp, missing_docs, reason = "tests of exact cases")]

use core::num::NonZeroUsize;

use indicators::{
    Atr, Ema, PivotHighs, PivotLows, RollingMax, RollingMedian, RollingMin, RollingStd, RollingSum,
    RollingSums, Rsi, Sma, Vwap, ZScore, batch,
};

fn n(value: usize) -> NonZeroUsize {
    NonZeroUsize::new(value).unwrap()
}

fn rsi_of(closes: impl IntoIterator<Item = f64>, size: usize) -> Option<f64> {
    let mut rsi = Rsi::new(n(size));
    closes.into_iter().fold(None, |_, close| rsi.update(close))
}

#[test]
fn rsi_of_simple_series() {
    let up = || (0..20).map(f64::from);
    for (name, closes, expected) in [
        ("never moved", vec![7.0; 15], Some(50.0)),
        ("one short", vec![7.0; 14], None),
        ("only up", up().collect(), Some(100.0)),
        ("only down", up().map(|v| -v).collect(), Some(0.0)),
        ("one step up, then flat", [vec![1.0], vec![2.0; 40]].concat(), Some(100.0)),
        ("up and down alike", (0..15_u8).map(|v| f64::from(v % 2)).collect(), Some(50.0)),
    ] {
        assert_eq!(rsi_of(closes, 14), expected, "{name}");
    }
}

#[test]
fn a_move_so_long_ago_that_it_has_decayed_is_no_move() {
    let long = |flat: usize| [1.0, 2.0].into_iter().chain(core::iter::repeat_n(2.0, flat));
    assert_eq!(rsi_of(long(8_000), 14), Some(100.0));
    assert_eq!(rsi_of(long(20_000), 14), Some(50.0));
    let closes: Vec<_> = long(20_000).collect();
    assert_eq!(batch::rsi(&closes, 14), Some(50.0));
    let moved_again = long(20_000).chain([3.0]);
    assert_eq!(rsi_of(moved_again, 14), Some(100.0));
}

#[test]
fn windows_of_one_value_follow_it() {
    let (mut sum, mut sma, mut ema) = (RollingSum::new(n(1)), Sma::new(n(1)), Ema::new(n(1)));
    let (mut std, mut median, mut max) =
        (RollingStd::new(n(1)), RollingMedian::new(n(1)), RollingMax::new(n(1)));
    let mut vwap = Vwap::new(n(1));
    for value in [3.0, -1.0, 8.0] {
        let found = [sum.update(value), sma.update(value), ema.update(value), median.update(value)];
        assert_eq!(found, [Some(value); 4]);
        assert_eq!(max.update(Some(value)), Some(value));
        assert_eq!(vwap.update(value, value, value, 2.0), Some(value));
        assert_eq!(std.update(value), None, "one value has no sample deviation");
        assert_eq!(std.population(), Some(0.0));
        assert_eq!(std.mean(), Some(value));
    }
    assert_eq!(max.update(None), None);
    assert_eq!(vwap.update_absent(), None);
}

#[test]
fn an_ema_starts_at_the_mean_and_steps_towards_each_value() {
    let mut ema = Ema::new(n(3));
    let found: Vec<_> = [1.0, 2.0, 6.0, 5.0, 4.0].iter().map(|v| ema.update(*v)).collect();
    assert_eq!(found, [None, None, Some(3.0), Some(4.0), Some(4.0)]);
}

#[test]
fn a_true_range_reaches_to_the_close_before() {
    let mut atr = Atr::new(n(1));
    assert_eq!(atr.update_absent(), None, "nor one for a slot before the first bar");
    for (name, (high, low, close), expected) in [
        ("no close before", (12.0, 9.0, 10.0), None),
        ("inside", (11.0, 9.5, 10.0), Some(1.5)),
        ("gap up", (15.0, 14.0, 14.5), Some(5.0)),
        ("gap down", (8.0, 7.0, 7.5), Some(7.5)),
    ] {
        assert_eq!(atr.update(high, low, close), expected, "{name}");
    }
    assert_eq!(atr.update_absent(), Some(0.0));
}

#[test]
fn a_window_that_traded_no_more_has_no_vwap() {
    let mut vwap = Vwap::new(n(3));
    for volume in [0.1, 0.2, 0.3, 0.7, 1e9] {
        vwap.update(1.0, 1.0, 1.0, volume);
    }
    let absent: Vec<_> = (0..3).map(|_| vwap.update_absent()).collect();
    assert_eq!(absent, [Some(1.0), Some(1.0), None], "nothing is left of volumes that are out");
}

#[test]
fn a_span_without_values_has_no_extreme_and_a_window_goes_on_through_it() {
    let mut min = RollingMin::new(n(3));
    let found: Vec<_> =
        [Some(1.0), None, Some(2.0), None, None, None].map(|slot| min.update(slot)).to_vec();
    assert_eq!(found, [Some(1.0), Some(1.0), Some(1.0), Some(2.0), Some(2.0), None]);
    assert!(min.is_full() && !min.is_ready());
}

#[test]
fn pivots_need_strictly_weaker_slots_on_both_sides() {
    for (name, lows, newest, before) in [
        ("too early to know", vec![Some(3.0), Some(2.0), Some(1.0), Some(2.0)], None, None),
        ("known", vec![Some(3.0), Some(2.0), Some(1.0), Some(2.0), Some(3.0)], Some(1.0), None),
        ("no wing before", vec![Some(2.0), Some(1.0), Some(2.0), Some(3.0)], None, None),
        (
            "equal",
            vec![Some(3.0), Some(2.0), Some(1.0), Some(1.0), Some(3.0), Some(3.0)],
            None,
            None,
        ),
        ("between holes", vec![None, None, Some(1.0), None, None], Some(1.0), None),
        ("of holes", vec![None; 9], None, None),
        (
            "two",
            [9.0, 8.0, 1.0, 8.0, 9.0, 8.0, 2.0, 8.0, 9.0].map(Some).to_vec(),
            Some(2.0),
            Some(1.0),
        ),
    ] {
        let (mut low, mut high) = (PivotLows::<2>::new(n(48)), PivotHighs::<2>::new(n(48)));
        for slot in lows {
            low.update(slot);
            high.update(slot.map(|v| -v));
        }
        assert_eq!((low.newest(), low.before()), (newest, before), "{name}");
        let mirrored = (newest.map(|v| -v), before.map(|v| -v));
        assert_eq!((high.newest(), high.before()), mirrored, "{name}, mirrored");
    }
}

#[test]
fn equal_values_deviate_by_exactly_nothing_and_have_no_score() {
    let (mut std, mut z) = (RollingStd::new(n(5)), ZScore::new(n(5)));
    for value in [1e9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1] {
        std.update(value);
        z.update(value);
    }
    assert_eq!((std.sample(), std.population()), (Some(0.0), Some(0.0)));
    assert_eq!((z.peek(5.0), z.is_ready()), (None, false));
}

#[test]
fn a_score_does_not_see_its_own_value() {
    let mut z = ZScore::new(n(3));
    let found: Vec<_> = [1.0, 2.0, 3.0, 4.0].iter().map(|v| z.update(*v)).collect();
    assert_eq!(found, [None, None, None, Some(2.0)]);
}

/// Feeds three values to everything, then what `bad` says, then two values more.
fn readings(bad: &[f64]) -> Vec<Option<f64>> {
    let n = n(3);
    let (mut sum, mut sma, mut ema) = (RollingSum::new(n), Sma::new(n), Ema::new(n));
    let (mut rsi, mut atr, mut vwap) = (Rsi::new(n), Atr::new(n), Vwap::new(n));
    let (mut std, mut z, mut median) = (RollingStd::new(n), ZScore::new(n), RollingMedian::new(n));
    let (mut max, mut lows) = (RollingMax::new(n), PivotLows::<1>::new(n));
    let mut sums = RollingSums::new(n);
    let mut all = Vec::new();
    let fine = [4.0, 2.0, 5.0];
    for value in fine.iter().chain(bad).chain(&[3.0, 6.0]).copied() {
        let found = [
            sum.update(value),
            sums.update([value, 1.0]).map(|[first, _]| first),
            sma.update(value),
            ema.update(value),
            rsi.update(value),
            atr.update(value, value, value),
            vwap.update(value, value, value, 1.0),
            std.update(value),
            z.update(value),
            median.update(value),
            max.update(Some(value)),
            lows.update(Some(value)),
        ];
        if value.is_finite() && value.abs() < 1e140 {
            all.extend(found);
        } else {
            assert_eq!(found[..], all[all.len() - found.len()..], "the value from before");
            // One bad number spoils a bar or a row, whichever it is.
            sums.update([1.0, value]);
            atr.update(value, 1.0, 1.0);
            atr.update(1.0, value, 1.0);
            atr.update(1.0, 1.0, value);
            vwap.update(1.0, value, 1.0, 1.0);
            vwap.update(1.0, 1.0, 1.0, value);
            vwap.update(1.0, 1.0, 1.0, -1.0);
        }
    }
    all
}

#[test]
fn a_number_that_is_not_finite_changes_nothing() {
    let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, 1e141];
    assert_eq!(readings(&bad), readings(&[]));
}

#[test]
fn what_is_returned_is_finite_at_the_limits() {
    let n = n(4);
    let (mut sum, mut std, mut ema) = (RollingSum::new(n), RollingStd::new(n), Ema::new(n));
    let (mut rsi, mut vwap) = (Rsi::new(n), Vwap::new(n));
    for step in 0..20_u8 {
        let value = if step % 3 == 0 { 1e140 } else { -1e140 };
        let found = [
            sum.update(value),
            std.update(value),
            ema.update(value),
            rsi.update(value),
            vwap.update(value, value, value, 1e140),
        ];
        assert!(found.into_iter().flatten().all(f64::is_finite), "{found:?}");
    }
}

#[test]
fn a_clone_goes_on_alone() {
    let mut one = RollingMedian::new(n(3));
    one.update(1.0);
    one.update(5.0);
    let mut two = one.clone();
    assert_eq!((two.update(9.0), one.update(2.0)), (Some(5.0), Some(2.0)));
}

/// IND-3, checked where it would hurt: right after outliers, at every step, over a long run.
#[test]
fn rounding_does_not_pile_up_over_millions_of_updates() {
    for (name, offset, spread, outlier) in
        [("returns", 0.0, 1e-3, 0.5), ("prices", 6e4, 10.0, 9e4), ("spikes", 0.0, 1e-3, 1e6)]
    {
        let (mut sum, mut std) = (RollingSum::new(n(168)), RollingStd::new(n(168)));
        let mut tail = std::collections::VecDeque::with_capacity(169);
        let mut x = 0.5_f64;
        for step in 0..2_000_000_u32 {
            x = 3.99 * x * (1.0 - x);
            let value = if step % 5003 == 0 { outlier } else { offset + x * spread };
            sum.update(value);
            std.update(value);
            tail.push_back(value);
            if tail.len() > 168 {
                tail.pop_front();
            }
            if step % 997 == 0 || (step > 1_990_000 && step % 5003 < 400) {
                let window = tail.make_contiguous();
                for (found, exact) in [
                    (sum.value(), batch::sum(window, 168)),
                    (std.sample(), batch::sample_std(window, 168)),
                ] {
                    let (Some(found), Some(exact)) = (found, exact) else { continue };
                    assert!((found / exact - 1.0).abs() < 1e-9, "{name} {step} {found} {exact}");
                }
            }
        }
    }
}
