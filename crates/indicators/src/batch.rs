//! The definitions: each takes a whole series and returns the value after its last element. Slow
//! and plain on purpose; the incremental forms are tested against these.

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

/// 100 × average gain / (average gain + average loss); 50 when nothing moved.
pub fn rsi(closes: &[f64], n: usize) -> Option<f64> {
    let changes: Vec<f64> = closes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let gains: Vec<f64> = changes.iter().map(|c| c.max(0.0)).collect();
    let losses: Vec<f64> = changes.iter().map(|c| (-c).max(0.0)).collect();
    let (gain, loss) = (wilder(&gains, n)?, wilder(&losses, n)?);
    Some(if gain + loss > 0.0 { 100.0 * gain / (gain + loss) } else { 50.0 })
}

/// Wilder's average of max(high, previous close) − min(low, previous close); bars are
/// (high, low, close).
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

/// √(Σ (value − mean)² / (n − 1)) of the last `n`.
pub fn sample_std(series: &[f64], n: usize) -> Option<f64> {
    let mean = sma(series, n)?;
    let squares: f64 = tail(series, n)?.iter().map(|v| (v - mean) * (v - mean)).sum();
    (n > 1).then(|| (squares / (n as f64 - 1.0)).sqrt())
}

/// Σ typical × volume / Σ volume of the last `n` bars (high, low, close, volume).
pub fn vwap(bars: &[(f64, f64, f64, f64)], n: usize) -> Option<f64> {
    let window = tail(bars, n)?;
    let value: f64 = window.iter().map(|(h, l, c, v)| (h + l + c) / 3.0 * v).sum();
    let volume: f64 = window.iter().map(|(_, _, _, v)| v).sum();
    (volume > 0.0).then(|| value / volume)
}

/// Pivot lows within the last `lookback` slots, newest first: strictly below `wing` slots on each
/// side, absent slots being infinitely high.
pub fn pivot_lows(lows: &[Option<f64>], wing: usize, lookback: usize) -> Vec<f64> {
    let low = |at: usize| lows.get(at).copied().flatten().unwrap_or(f64::INFINITY);
    let oldest = lows.len().saturating_sub(lookback);
    (oldest.max(wing)..lows.len().saturating_sub(wing))
        .rev()
        .filter(|at| low(*at).is_finite())
        .filter(|at| (1..=wing).all(|d| low(*at) < low(at - d) && low(*at) < low(at + d)))
        .map(low)
        .collect()
}
