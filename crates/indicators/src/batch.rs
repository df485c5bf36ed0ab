//! The definitions: each takes a whole series and returns the value after its last element. Slow
//! and plain on purpose; the incremental forms are tested against these.
//!
//! The series are finite, and volumes are not negative. `None` means that there is no such value:
//! the series is too short, or `n` is 0.

use crate::gate::TINY;
use crate::order::{Highest, Lowest, Order};

/// The last `n` of a series; `None` when it is shorter or `n` is 0.
fn tail<T>(series: &[T], n: usize) -> Option<&[T]> {
    let from = series.len().checked_sub(n).filter(|_| n > 0)?;
    series.get(from..)
}

/// Sum of the last `n`.
pub fn sum(series: &[f64], n: usize) -> Option<f64> {
    tail(series, n).map(|window| window.iter().sum())
}

/// Mean of the last `n`.
pub fn sma(series: &[f64], n: usize) -> Option<f64> {
    sum(series, n).map(|sum| sum / n as f64)
}

/// α = 2 / (n + 1) after the mean of the first `n`.
pub fn ema(series: &[f64], n: usize) -> Option<f64> {
    let (first, rest) = series.split_at_checked(n).filter(|_| n > 0)?;
    let alpha = 2.0 / (n as f64 + 1.0);
    let seed = first.iter().sum::<f64>() / n as f64;
    Some(rest.iter().fold(seed, |ema, value| alpha * value + (1.0 - alpha) * ema))
}

/// Wilder's smoothing after the mean of the first `n`.
fn wilder(series: &[f64], n: usize) -> Option<f64> {
    let (first, rest) = series.split_at_checked(n).filter(|_| n > 0)?;
    let n = n as f64;
    let seed = first.iter().sum::<f64>() / n;
    Some(rest.iter().fold(seed, |average, value| (average * (n - 1.0) + value) / n))
}

/// 100 × average gain / (average gain + average loss); 50 when nothing moved, or both averages have
/// decayed to nothing (less than 10⁻²⁹⁰ together).
pub fn rsi(closes: &[f64], n: usize) -> Option<f64> {
    let changes: Vec<f64> = closes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let gains: Vec<f64> = changes.iter().map(|c| c.max(0.0)).collect();
    let losses: Vec<f64> = changes.iter().map(|c| (-c).max(0.0)).collect();
    let (gain, loss) = (wilder(&gains, n)?, wilder(&losses, n)?);
    Some(if gain + loss < TINY { 50.0 } else { 100.0 * gain / (gain + loss) })
}

/// Wilder's average of the true range, the largest of high − low, |high − previous close| and
/// |low − previous close|; bars are (high, low, close). A slot without trades is a bar at the
/// previous close.
pub fn atr(bars: &[(f64, f64, f64)], n: usize) -> Option<f64> {
    let ranges: Vec<f64> = bars
        .windows(2)
        .map(|pair| {
            let ((_, _, before), (high, low, _)) = (pair[0], pair[1]);
            (high - low).max((high - before).abs()).max((low - before).abs())
        })
        .collect();
    wilder(&ranges, n)
}

/// Highest of the last `n` slots, absent ones ignored; `None` when all are absent.
pub fn max(slots: &[Option<f64>], n: usize) -> Option<f64> {
    let from = slots.len().saturating_sub(n);
    slots.get(from..)?.iter().flatten().copied().reduce(f64::max)
}

/// Lowest of the last `n` slots, absent ones ignored; `None` when all are absent.
pub fn min(slots: &[Option<f64>], n: usize) -> Option<f64> {
    let from = slots.len().saturating_sub(n);
    slots.get(from..)?.iter().flatten().copied().reduce(f64::min)
}

/// Middle of the sorted last `n`, or the mean of the two middle ones.
pub fn median(series: &[f64], n: usize) -> Option<f64> {
    let mut sorted = tail(series, n)?.to_vec();
    sorted.sort_by(f64::total_cmp);
    Some(0.5 * (sorted.get((n - 1) / 2)? + sorted.get(n / 2)?))
}

/// Σ (value − mean)² of the last `n`, without what the mean's own rounding adds to it.
fn squares(series: &[f64], n: usize) -> Option<f64> {
    let mean = sma(series, n)?;
    let distances = || tail(series, n).into_iter().flatten().map(|value| value - mean);
    let (first, second) = (distances().sum::<f64>(), distances().map(|d| d * d).sum::<f64>());
    Some((second - first * first / n as f64).max(0.0))
}

/// √(Σ (value − mean)² / (n − 1)) of the last `n`; `None` for n = 1.
pub fn sample_std(series: &[f64], n: usize) -> Option<f64> {
    let squares = squares(series, n)?;
    (n > 1).then(|| (squares / (n as f64 - 1.0)).sqrt())
}

/// √(Σ (value − mean)² / n) of the last `n`.
pub fn population_std(series: &[f64], n: usize) -> Option<f64> {
    squares(series, n).map(|squares| (squares / n as f64).sqrt())
}

/// (last − mean) / sample deviation, of the `n` before the last; `None` when they do not deviate.
pub fn z_score(series: &[f64], n: usize) -> Option<f64> {
    let (last, before) = series.split_last()?;
    let deviation = sample_std(before, n).filter(|deviation| *deviation > 0.0)?;
    Some((last - sma(before, n)?) / deviation)
}

/// Σ typical × volume / Σ volume of the last `n` bars (high, low, close, volume), where the typical
/// price is (high + low + close) / 3; `None` without volume. A slot without trades is a bar without
/// volume.
pub fn vwap(bars: &[(f64, f64, f64, f64)], n: usize) -> Option<f64> {
    let window = tail(bars, n)?;
    let value: f64 = window.iter().map(|(h, l, c, v)| (h + l + c) / 3.0 * v).sum();
    let volume: f64 = window.iter().map(|(_, _, _, v)| v).sum();
    (volume > 0.0).then(|| value / volume)
}

/// Pivot lows within the last `lookback` slots, newest first: strictly below `wing` slots on each
/// side, absent slots being infinitely high. `wing` is at least 1.
pub fn pivot_lows(lows: &[Option<f64>], wing: usize, lookback: usize) -> Vec<f64> {
    pivots::<Lowest>(lows, wing, lookback)
}

/// Pivot highs within the last `lookback` slots, newest first: strictly above `wing` slots on each
/// side, absent slots being infinitely low. `wing` is at least 1.
pub fn pivot_highs(highs: &[Option<f64>], wing: usize, lookback: usize) -> Vec<f64> {
    pivots::<Highest>(highs, wing, lookback)
}

fn pivots<O: Order>(slots: &[Option<f64>], wing: usize, lookback: usize) -> Vec<f64> {
    let value = |at: usize| slots.get(at).copied().flatten().unwrap_or(O::ABSENT);
    let stands_out = |at: usize, other: usize| other == at || O::exceeds(value(at), value(other));
    let oldest = slots.len().saturating_sub(lookback);
    (oldest.max(wing)..slots.len().saturating_sub(wing))
        .rev()
        .filter(|at| (at - wing..=at + wing).all(|other| stands_out(*at, other)))
        .map(value)
        .collect()
}
