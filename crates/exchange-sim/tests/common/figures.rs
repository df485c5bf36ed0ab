//! The figures by which a market is measured, from its hours.

use domain::Bar;

/// One hour of one product.
#[derive(Debug, Clone, Copy)]
pub struct Hour {
    /// Since 1970.
    pub number: i64,
    /// The last price.
    pub close: f64,
    /// Volume × close of its bars, in quote units.
    pub quote: f64,
    /// Bars in it.
    pub bars: f64,
    /// Bars in it that saw one price only.
    pub flat: f64,
}

impl Hour {
    /// Saturday or Sunday, UTC; 1970-01-01 was a Thursday.
    pub fn is_weekend(&self) -> bool {
        (self.number.div_euclid(24) + 4).rem_euclid(7) % 6 == 0
    }

    /// Of the day, UTC.
    pub fn of_day(&self) -> usize {
        usize::try_from(self.number.rem_euclid(24)).unwrap_or(0)
    }
}

/// Bars of an hour or less as hours; an hour without bars is absent.
pub fn hours(bars: impl IntoIterator<Item = Bar>) -> Vec<Hour> {
    let mut hours: Vec<Hour> = Vec::new();
    for bar in bars {
        let number = bar.start.secs().div_euclid(3600);
        let quote = bar.volume * bar.close;
        let flat = f64::from(u8::from(bar.high <= bar.low));
        match hours.last_mut() {
            Some(hour) if hour.number == number => {
                hour.close = bar.close;
                hour.quote += quote;
                hour.bars += 1.0;
                hour.flat += flat;
            }
            _ => hours.push(Hour { number, close: bar.close, quote, bars: 1.0, flat }),
        }
    }
    hours
}

/// A return over one hour, with that hour.
pub type Return = (Hour, f64);

/// Simple returns between hours that follow each other.
pub fn returns(hours: &[Hour]) -> Vec<Return> {
    let pairs = hours.windows(2).filter(|w| w[1].number == w[0].number + 1);
    pairs.map(|w| (w[1], w[1].close / w[0].close - 1.0)).collect()
}

pub fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for value in values {
        sum += value;
        count += 1.0;
    }
    sum / count
}

/// NaN are left out.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().filter(|v| !v.is_nan()).collect();
    values.sort_by(f64::total_cmp);
    let (lower, upper) = (values.len().saturating_sub(1) / 2, values.len() / 2);
    match (values.get(lower), values.get(upper)) {
        (Some(a), Some(b)) => 0.5 * (a + b),
        _ => f64::NAN,
    }
}

/// Pearson's, NaN for fewer than 30 pairs.
pub fn pearson(pairs: &[(f64, f64)]) -> f64 {
    if pairs.len() < 30 {
        return f64::NAN;
    }
    let (x, y) = (mean(pairs.iter().map(|p| p.0)), mean(pairs.iter().map(|p| p.1)));
    let xy: f64 = pairs.iter().map(|p| (p.0 - x) * (p.1 - y)).sum();
    let xx: f64 = pairs.iter().map(|p| (p.0 - x).powi(2)).sum();
    let yy: f64 = pairs.iter().map(|p| (p.1 - y).powi(2)).sum();
    xy / (xx * yy).sqrt()
}

/// Pairs of values of the same hour, the second series `lag` hours later.
fn matched(a: &[(i64, f64)], b: &[(i64, f64)], lag: i64) -> Vec<(f64, f64)> {
    let mut later = b.iter().peekable();
    let mut pairs = Vec::with_capacity(a.len());
    for (number, x) in a {
        while later.next_if(|(n, _)| *n < number + lag).is_some() {}
        if let Some((_, y)) = later.peek().filter(|(n, _)| *n == number + lag) {
            pairs.push((*x, *y));
        }
    }
    pairs
}

fn numbered(returns: &[Return], of: impl Fn(&Return) -> f64) -> Vec<(i64, f64)> {
    returns.iter().map(|r| (r.0.number, of(r))).collect()
}

/// Standard deviation of hourly returns × √8760, in percent.
pub fn yearly_pct(returns: &[Return]) -> f64 {
    let centre = mean(returns.iter().map(|r| r.1));
    (mean(returns.iter().map(|r| (r.1 - centre).powi(2))) * 8760.0).sqrt() * 100.0
}

/// Fourth moment / squared second moment − 3.
pub fn excess_kurtosis(returns: &[Return]) -> f64 {
    let centre = mean(returns.iter().map(|r| r.1));
    let second = mean(returns.iter().map(|r| (r.1 - centre).powi(2)));
    mean(returns.iter().map(|r| (r.1 - centre).powi(4))) / (second * second) - 3.0
}

/// Of absolute returns, `lag` hours apart.
pub fn autocorrelation(returns: &[Return], lag: i64) -> f64 {
    let moves = numbered(returns, |r| r.1.abs());
    pearson(&matched(&moves, &moves, lag))
}

/// Of returns of the same hours.
pub fn correlation(a: &[Return], b: &[Return]) -> f64 {
    pearson(&matched(&numbered(a, |r| r.1), &numbered(b, |r| r.1), 0))
}

/// Of the log of an hour's volume with its absolute return.
pub fn volume_with_move(returns: &[Return]) -> f64 {
    let traded = returns.iter().filter(|r| r.0.quote > 0.0);
    pearson(&traded.map(|r| (r.0.quote.ln(), r.1.abs())).collect::<Vec<_>>())
}

/// Standard deviation of the log of a day's volume.
pub fn daily_log_volume_sd(hours: &[Hour]) -> f64 {
    let logs: Vec<f64> = daily(hours).into_iter().map(f64::ln).collect();
    let centre = mean(logs.iter().copied());
    mean(logs.iter().map(|v| (v - centre).powi(2))).sqrt()
}

/// Quote volume of each day but the first and the last.
pub fn daily(hours: &[Hour]) -> Vec<f64> {
    let mut days: Vec<(i64, f64)> = Vec::new();
    for hour in hours {
        let day = hour.number.div_euclid(24);
        match days.last_mut() {
            Some((last, sum)) if *last == day => *sum += hour.quote,
            _ => days.push((day, hour.quote)),
        }
    }
    let inner = days.get(1..days.len().saturating_sub(1)).unwrap_or_default();
    inner.iter().map(|(_, sum)| *sum).filter(|sum| *sum > 0.0).collect()
}

/// Mean of a measure in the hours that are picked / its mean in the others.
pub fn ratio(
    returns: &[Return],
    of: impl Fn(&Return) -> f64 + Copy,
    picked: impl Fn(&Hour) -> bool + Copy,
) -> f64 {
    let side = |wanted: bool| returns.iter().filter(move |r| picked(&r.0) == wanted).map(of);
    mean(side(true)) / mean(side(false))
}

/// By hour of the day: mean of a measure / its mean.
pub fn by_hour(returns: &[Return], of: impl Fn(&Return) -> f64 + Copy) -> [f64; 24] {
    let all = mean(returns.iter().map(of));
    core::array::from_fn(|hour| mean(returns.iter().filter(|r| r.0.of_day() == hour).map(of)) / all)
}

/// The regime word of each hour that has 168 closes up to it: trend and volatility of the last 168
/// hourly closes against 10, −5, −10 and 60, 100 percent.
pub fn regimes(closes: &[f64]) -> Vec<&'static str> {
    closes.windows(168).map(regime).collect()
}

pub fn regime(closes: &[f64]) -> &'static str {
    let trend = (closes[closes.len() - 1] / closes[0] - 1.0) * 100.0;
    let returns: Vec<f64> = closes.windows(2).map(|w| w[1] / w[0] - 1.0).collect();
    let centre = mean(returns.iter().copied());
    let square: f64 = returns.iter().map(|r| (r - centre).powi(2)).sum();
    let volatility = (square / (returns.len() - 1) as f64 * 8760.0).sqrt() * 100.0;
    match () {
        () if trend < -10.0 || volatility > 100.0 => "crash",
        () if trend >= 10.0 && volatility < 60.0 => "bull",
        () if trend <= -5.0 => "bear",
        () => "chop",
    }
}

/// Upper bounds of the classes of an hour's mean quote volume a minute.
pub const CLASSES: [f64; 4] = [100.0, 1_000.0, 10_000.0, f64::INFINITY];

/// By class: share of empty minutes, share of the others that saw one price only, number of hours.
/// From hours of one-minute bars; an hour without any is in none.
pub fn sparse<'a>(hours: impl IntoIterator<Item = &'a Hour>) -> [(f64, f64, f64); 4] {
    let mut sums = [(0.0, 0.0, 0.0); 4];
    for hour in hours {
        let class = CLASSES.iter().position(|bound| hour.quote / 60.0 < *bound).unwrap_or(3);
        let (bars, flat, count) = &mut sums[class];
        *bars += hour.bars;
        *flat += hour.flat;
        *count += 1.0;
    }
    sums.map(|(bars, flat, count)| (1.0 - bars / (60.0 * count), flat / bars, count))
}
