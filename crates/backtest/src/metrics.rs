//! Figures by exact definitions, `n/a` with its reason where one is undefined.
//!
//! Returns are simple, between the ends of whole UTC days, of the account marked to market with all
//! fees paid; a year has 365 days.

use domain::Timestamp;
use serde::Serialize;

use crate::observe::Point;

const DAY_SECS: i64 = 86_400;
/// Days of a year: the market never closes.
const YEAR_DAYS: f64 = 365.0;
/// Below so many trades or days a figure says nothing.
pub const ENOUGH_TRADES: usize = 30;
/// See [`ENOUGH_TRADES`].
pub const ENOUGH_DAYS: usize = 60;

/// A figure, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Measure {
    /// The figure.
    Is(f64),
    /// Why it is undefined.
    Na {
        /// The reason, for a person.
        na: &'static str,
    },
}

impl Measure {
    /// A figure that must be finite.
    pub(crate) fn of(value: f64, otherwise: &'static str) -> Self {
        if value.is_finite() { Self::Is(value) } else { Self::Na { na: otherwise } }
    }

    /// Undefined.
    pub(crate) const fn na(na: &'static str) -> Self {
        Self::Na { na }
    }

    /// The figure, if there is one.
    pub const fn get(&self) -> Option<f64> {
        match self {
            Self::Is(value) => Some(*value),
            Self::Na { .. } => None,
        }
    }
}

/// The account at the end of each whole UTC day, from the first moment on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Days {
    /// The ends; the first is the start.
    pub ends: Vec<(Timestamp, f64)>,
}

impl Days {
    /// The last value at or before each end of a day. A day that is not over when the points end is
    /// no day.
    pub fn of(points: &[Point]) -> Self {
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            return Self::default();
        };
        let mut ends = vec![(first.at, first.equity)];
        let mut end = first.at.floor_secs(DAY_SECS).plus_secs(DAY_SECS);
        let mut rest = points;
        while end <= last.at {
            let until = rest.partition_point(|point| point.at <= end);
            if let Some(point) = until.checked_sub(1).and_then(|at| rest.get(at)) {
                ends.push((end, point.equity));
            }
            rest = rest.get(until.saturating_sub(1)..).unwrap_or_default();
            end = end.plus_secs(DAY_SECS);
        }
        Self { ends }
    }

    /// Simple returns from end to end.
    pub fn returns(&self) -> Vec<f64> {
        let pairs = self.ends.windows(2);
        let of = |pair: &[(Timestamp, f64)]| match pair {
            [(_, before), (_, after)] => after / before - 1.0,
            _ => 0.0,
        };
        pairs.map(of).collect()
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// A spread below this, or below this part of the largest value, is an error of rounding: returns are
/// ratios less 1, good to some 10⁻¹⁶.
const NOISE: (f64, f64) = (1e-14, 1e-12);

/// Standard deviation with `n − 1`; 0 where the values differ by errors of rounding alone.
fn deviation(values: &[f64]) -> Option<f64> {
    let centre = mean(values).filter(|_| values.len() > 1)?;
    let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    let spread = (squares / (values.len() as f64 - 1.0)).sqrt();
    let largest = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    let varies = spread > NOISE.0 && spread > NOISE.1 * largest;
    Some(if varies { spread } else { 0.0 })
}

/// Sharpe = mean / standard deviation (n − 1) × √365, risk-free rate 0.
pub fn sharpe(returns: &[f64]) -> Measure {
    let (Some(mean), Some(deviation)) = (mean(returns), deviation(returns)) else {
        return Measure::na("fewer than two whole days");
    };
    if deviation > 0.0 {
        Measure::of(mean / deviation * YEAR_DAYS.sqrt(), "the returns do not vary")
    } else {
        Measure::na("the returns do not vary")
    }
}

/// Sortino = mean / √(Σ min(r, 0)² / n) × √365.
pub fn sortino(returns: &[f64]) -> Measure {
    let Some(mean) = mean(returns) else { return Measure::na("no whole day") };
    let squares: f64 = returns.iter().map(|r| r.min(0.0).powi(2)).sum();
    let downside = (squares / returns.len() as f64).sqrt();
    if downside > 0.0 {
        Measure::of(mean / downside * YEAR_DAYS.sqrt(), "no day lost")
    } else {
        Measure::na("no day lost")
    }
}

/// CAGR % = (end / start)^(365 days / elapsed seconds) − 1.
pub fn cagr(points: &[Point]) -> Measure {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Measure::na("the account was never worth a known sum");
    };
    let secs = last.at.secs_since(first.at) as f64;
    if secs <= 0.0 || first.equity <= 0.0 || last.equity <= 0.0 {
        return Measure::na("no time passed, or nothing was there");
    }
    let years = secs / (YEAR_DAYS * DAY_SECS as f64);
    let growth = (last.equity / first.equity).powf(1.0 / years) - 1.0;
    Measure::of(100.0 * growth, "beyond what can be shown")
}

/// The deepest fall from a peak.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drawdown {
    /// How deep, percent of the peak, 0 or more.
    pub pct: f64,
    /// The same in dollars.
    pub usd: f64,
    /// The peak.
    pub peak_at: Option<Timestamp>,
    /// The lowest moment after it.
    pub trough_at: Option<Timestamp>,
    /// When the peak was reached again; none when it was not.
    pub recovered_at: Option<Timestamp>,
    /// The longest time below an earlier peak, seconds.
    pub longest_under_water_secs: i64,
}

/// The maximum drawdown on every decision's equity.
pub fn drawdown(points: &[Point]) -> Drawdown {
    let mut worst = Drawdown {
        pct: 0.0,
        usd: 0.0,
        peak_at: None,
        trough_at: None,
        recovered_at: None,
        longest_under_water_secs: 0,
    };
    let Some(mut peak) = points.first().copied() else { return worst };
    for point in points {
        if point.equity >= peak.equity {
            if worst.peak_at == Some(peak.at) && worst.recovered_at.is_none() {
                worst.recovered_at = Some(point.at);
            }
            peak = *point;
            continue;
        }
        let under = point.at.secs_since(peak.at);
        worst.longest_under_water_secs = worst.longest_under_water_secs.max(under);
        let pct = 100.0 * (1.0 - point.equity / peak.equity);
        if pct > worst.pct {
            (worst.pct, worst.usd) = (pct, peak.equity - point.equity);
            (worst.peak_at, worst.trough_at) = (Some(peak.at), Some(point.at));
            worst.recovered_at = None;
        }
    }
    worst
}

/// Calmar = CAGR / |maximum drawdown|.
pub fn calmar(cagr: &Measure, drawdown: &Drawdown) -> Measure {
    match cagr.get() {
        _ if drawdown.pct <= 0.0 => Measure::na("there was no drawdown"),
        Some(cagr) => Measure::of(cagr / drawdown.pct, "beyond what can be shown"),
        None => Measure::na("there is no CAGR"),
    }
}

/// Gross exposure as a share of equity, weighted by time, percent.
pub fn exposure(points: &[Point]) -> Measure {
    let (mut sum, mut secs) = (0.0, 0.0);
    for pair in points.windows(2) {
        if let [point, next] = pair
            && point.equity > 0.0
        {
            let span = next.at.secs_since(point.at) as f64;
            sum += point.invested / point.equity * span;
            secs += span;
        }
    }
    if secs > 0.0 { Measure::Is(100.0 * sum / secs) } else { Measure::na("no time passed") }
}

/// Turnover = Σ |traded| / mean equity, percent a day.
pub fn turnover(traded_usd: f64, points: &[Point]) -> Measure {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Measure::na("the account was never worth a known sum");
    };
    let days = last.at.secs_since(first.at) as f64 / DAY_SECS as f64;
    let mean = points.iter().map(|p| p.equity).sum::<f64>() / points.len() as f64;
    if days > 0.0 && mean > 0.0 {
        Measure::Is(100.0 * traded_usd / mean / days)
    } else {
        Measure::na("no time passed")
    }
}

/// Profit factor = Σ gains / |Σ losses|, of closed trades net of fees.
pub fn profit_factor(profits: &[f64]) -> Measure {
    if profits.is_empty() {
        return Measure::na("no trade was closed");
    }
    let won: f64 = profits.iter().filter(|p| **p > 0.0).sum();
    let lost: f64 = profits.iter().filter(|p| **p < 0.0).sum();
    if lost < 0.0 { Measure::Is(won / -lost) } else { Measure::na("no trade lost") }
}

/// Winning trades, percent of closed ones.
pub fn win_rate(profits: &[f64]) -> Measure {
    if profits.is_empty() {
        return Measure::na("no trade was closed");
    }
    let won = profits.iter().filter(|p| **p > 0.0).count();
    Measure::Is(100.0 * won as f64 / profits.len() as f64)
}

/// The mean of closed trades, in whatever unit they are in.
pub fn expectancy(profits: &[f64]) -> Measure {
    mean(profits).map_or(Measure::na("no trade was closed"), Measure::Is)
}

/// SQN = √n × mean / standard deviation (n − 1) of closed trades' profits.
pub fn sqn(profits: &[f64]) -> Measure {
    match (mean(profits), deviation(profits)) {
        (Some(mean), Some(deviation)) if deviation > 0.0 => {
            Measure::Is((profits.len() as f64).sqrt() * mean / deviation)
        }
        _ => Measure::na("fewer than two trades that differ"),
    }
}

/// The chance that the true Sharpe ratio is above 0 (Bailey and López de Prado 2012):
/// Φ(SR √(n − 1) / √(1 − γ₃ SR + (γ₄ − 1) / 4 × SR²)), SR a day, moments of the population.
pub fn probabilistic_sharpe(returns: &[f64]) -> Measure {
    sharpe_beyond(returns, 0.0)
}

/// The chance that the true Sharpe ratio is above what the best of so many trials without skill is
/// expected to show (Bailey and López de Prado 2014, "The deflated Sharpe ratio", equation 9):
/// [`probabilistic_sharpe`] against [`luck`] in place of 0. The variance is that of the trials'
/// Sharpe ratios a day.
pub fn deflated_sharpe(returns: &[f64], trials: u64, variance: f64) -> Measure {
    sharpe_beyond(returns, luck(trials, variance))
}

/// The highest Sharpe ratio a day that so many trials without skill are expected to show (the same,
/// equation 1): √V × ((1 − γ) Φ⁻¹(1 − 1/N) + γ Φ⁻¹(1 − 1/(N e))), γ Euler's constant; 0 of one trial.
pub fn luck(trials: u64, variance: f64) -> f64 {
    if trials < 2 || variance <= 0.0 {
        return 0.0;
    }
    let many = trials as f64;
    let gamma = core::f64::consts::EULER_GAMMA;
    let first = quantile(1.0 - 1.0 / many);
    let second = quantile(1.0 - 1.0 / (many * core::f64::consts::E));
    variance.sqrt() * ((1.0 - gamma) * first + gamma * second)
}

/// The Sharpe ratio of a day, with its standard deviation by `n − 1`.
pub fn daily_sharpe(returns: &[f64]) -> Option<f64> {
    let (centre, spread) = (mean(returns)?, deviation(returns)?);
    (spread > 0.0).then(|| centre / spread)
}

/// The variance (n − 1) of some numbers.
pub fn variance(values: &[f64]) -> Option<f64> {
    deviation(values).map(|deviation| deviation * deviation)
}

/// Φ(SR − benchmark), scaled by the length and the shape of the returns.
fn sharpe_beyond(returns: &[f64], benchmark: f64) -> Measure {
    let undefined = Measure::na("fewer than three whole days that differ");
    let (Some(centre), Some(ratio)) = (mean(returns), daily_sharpe(returns)) else {
        return undefined;
    };
    let n = returns.len() as f64;
    let moment = |power: i32| returns.iter().map(|r| (r - centre).powi(power)).sum::<f64>() / n;
    let variance = moment(2);
    if returns.len() < 3 || variance <= 0.0 {
        return undefined;
    }
    let shape = (moment(3) / variance.powf(1.5), moment(4) / variance.powi(2));
    score(ratio, n, shape, benchmark)
        .map_or(Measure::na("the returns are too skewed for the formula"), |above| {
            Measure::of(normal(above), "beyond what can be shown")
        })
}

/// How many standard errors a Sharpe ratio a day of so many days is above a benchmark, from skewness
/// and kurtosis; none where these allow no error.
fn score(ratio: f64, days: f64, (skew, kurtosis): (f64, f64), benchmark: f64) -> Option<f64> {
    let scale = 1.0 - skew * ratio + (kurtosis - 1.0) / 4.0 * ratio * ratio;
    (scale > 0.0).then(|| (ratio - benchmark) * (days - 1.0).sqrt() / scale.sqrt())
}

/// Φ⁻¹ by halving, within the 8 standard deviations that Φ is exact for.
fn quantile(chance: f64) -> f64 {
    let (mut low, mut high) = (-8.0, 8.0);
    for _ in 0..64 {
        let middle = f64::midpoint(low, high);
        if normal(middle) < chance {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// Φ: Marsaglia's series, exact to the last digits where a double has any, 0 or 1 beyond 8.
fn normal(x: f64) -> f64 {
    if x.abs() > 8.0 {
        return if x > 0.0 { 1.0 } else { 0.0 };
    }
    let (mut term, mut sum, mut odd) = (x, x, 1.0);
    for _ in 0..400 {
        odd += 2.0;
        term *= x * x / odd;
        sum += term;
        if term.abs() < f64::EPSILON * sum.abs() {
            break;
        }
    }
    0.5 + sum * (-0.5 * x * x).exp() / (2.0 * core::f64::consts::PI).sqrt()
}

/// The 5 % and 95 % quantiles of a figure over resampled days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// One in twenty is below.
    pub low: f64,
    /// One in twenty is above.
    pub high: f64,
}

const RESAMPLES: usize = 2_000;
const SEED: u64 = 0x9E37_79B9_7F4A_7C15;

/// A 90 % interval of a figure of daily returns by circular block bootstrap: 2,000 resamples in
/// blocks of ∛n days (Politis and Romano 1992), drawn by a generator with a fixed seed. `None` below
/// ten days, and where the figure is undefined in too many resamples.
pub fn interval(returns: &[f64], figure: impl Fn(&[f64]) -> Option<f64>) -> Option<Interval> {
    let n = returns.len();
    if n < 10 {
        return None;
    }
    let block = (1..=n).find(|b| b * b * b >= n).unwrap_or(1);
    let mut state = SEED;
    let mut sample = Vec::with_capacity(n);
    let mut figures = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        sample.clear();
        while sample.len() < n {
            let from = usize::try_from(draw(&mut state) % n as u64).unwrap_or(0);
            let days = returns.iter().cycle().skip(from).take(block.min(n - sample.len()));
            sample.extend(days);
        }
        figures.extend(figure(&sample).filter(|value| value.is_finite()));
    }
    if figures.len() < RESAMPLES / 2 {
        return None;
    }
    figures.sort_by(f64::total_cmp);
    let low = figures.get(figures.len() / 20)?;
    let high = figures.get(figures.len() - 1 - figures.len() / 20)?;
    Some(Interval { low: *low, high: *high })
}

/// The next of a sequence of well mixed numbers (splitmix64).
const fn draw(state: &mut u64) -> u64 {
    *state = state.wrapping_add(SEED);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// What returns compound to, percent.
pub fn compounded_pct(returns: &[f64]) -> f64 {
    100.0 * (returns.iter().fold(1.0, |product, r| product * (1.0 + r)) - 1.0)
}

#[cfg(test)]
mod tests;
