//! What one product's hours say: updated once an hour, O(48) at most.

use core::num::NonZeroUsize;

use domain::{Absent, Bar, Feature, HourFeatures, Outlier, Swing, Timestamp};
use indicators::{Atr, Ring, RollingMax, RollingMedian, RollingMin, RollingStd, RollingSum};

use crate::Timeline;

const HOUR_SECS: i64 = 3600;
/// √8760: hours of a year.
const SQRT_YEAR_HOURS: f64 = 93.594_871_654_380_73;

/// Rolling windows over closed hours.
#[derive(Debug, Clone)]
pub(crate) struct Hours {
    momentum_min_pct: f64,
    closed: u32,
    closes: Ring<f64>,
    returns: Ring<f64>,
    /// How many of the returns are above 0 and below it.
    up: u8,
    down: u8,
    highs: Ring<f64>,
    low_24: RollingMin,
    /// The hour of the last swing low, by number, and the highest high of the 24 hours before it.
    before_low: Option<(u32, f64)>,
    untraded: Ring<bool>,
    untraded_168: u32,
    deviation_167: RollingStd,
    quote_volume_24: RollingSum,
    volume_24: RollingSum,
    volume_20: RollingSum,
    close_20: RollingSum,
    high_24: RollingMax,
    high_168: RollingMax,
    atr: Atr,
    atr_median: RollingMedian,
    streak: Option<(f64, u32)>,
}

impl Hours {
    pub(crate) fn new(momentum_min_pct: f64) -> Self {
        let n = |n: usize| NonZeroUsize::MIN.saturating_add(n.saturating_sub(1));
        Self {
            momentum_min_pct,
            closed: 0,
            closes: Ring::new(n(168)),
            returns: Ring::new(n(12)),
            up: 0,
            down: 0,
            highs: Ring::new(n(49)),
            low_24: RollingMin::new(n(24)),
            before_low: None,
            untraded: Ring::new(n(168)),
            untraded_168: 0,
            deviation_167: RollingStd::new(n(167)),
            quote_volume_24: RollingSum::new(n(24)),
            volume_24: RollingSum::new(n(24)),
            volume_20: RollingSum::new(n(20)),
            close_20: RollingSum::new(n(20)),
            high_24: RollingMax::new(n(24)),
            high_168: RollingMax::new(n(168)),
            atr: Atr::new(n(14)),
            atr_median: RollingMedian::new(n(168)),
            streak: None,
        }
    }

    pub(crate) const fn closed(&self) -> u32 {
        self.closed
    }

    /// Closes an hour and says in `out` what is known then. One without trades needs an hour with
    /// trades before it; until then nothing is said.
    pub(crate) fn close(
        &mut self,
        start: Timestamp,
        bar: Option<Bar>,
        timeline: &Timeline,
        out: &mut Option<HourFeatures>,
    ) {
        let previous = self.closes.back(0);
        let Some(close) = bar.map(|b| b.close).or(previous) else { return };
        let volume = bar.map_or(0.0, |b| b.volume);
        let end = start.plus_secs(HOUR_SECS);
        let gap = |hours: i64| timeline.is_gap(end, hours * HOUR_SECS);
        self.closed = self.closed.saturating_add(1);
        // Everything that compares with the hours before is read before this hour goes in.
        let volume_ratio = ratio(volume, self.volume_24.mean(), gap(25));
        let outlier = self.outlier(close, volume, gap(21));
        let high_24 = highest(&self.high_24, gap(25));
        let high_168 = highest(&self.high_168, gap(169));
        let return_24h_pct = self
            .closes
            .back(23)
            .map(|before| 100.0 * (close / before - 1.0))
            .ok_or(Absent::InsufficientHistory);
        let return_24h_pct = unless(gap(25), return_24h_pct);
        let hourly = previous.map(|before| close / before - 1.0);
        let atr_ratio = self.push(bar, close, hourly, gap(183));
        let streak = self.advance_streak(return_24h_pct);
        *out = Some(HourFeatures {
            start,
            traded: bar.is_some(),
            close,
            previous_close: previous.ok_or(Absent::InsufficientHistory),
            volume,
            return_1h_pct: hourly.map(|r| 100.0 * r).ok_or(Absent::InsufficientHistory),
            quote_volume_24h: window(gap(24), self.quote_volume_24.value()),
            trend_168h_pct: window(gap(168), self.trend(close)),
            volatility_168h_pct: window(gap(168), self.volatility()),
            whole_168h: self.untraded.is_full()
                && self.untraded_168 == 0
                && !timeline.touches_gap(end, 168 * HOUR_SECS),
            outlier,
            atr_14: window(gap(15), self.atr.value()),
            atr_ratio,
            volume_ratio,
            high_24h_before: high_24,
            high_168h_before: high_168,
            return_24h_pct,
            up_hours_12: self.up,
            down_hours_12: self.down,
            momentum_streak_hours: streak,
            swing: unless(gap(48), self.swing()),
        });
    }

    /// Puts the hour into every window; returns the ATR ratio, which needs the median from before.
    fn push(
        &mut self,
        bar: Option<Bar>,
        close: f64,
        hourly: Option<f64>,
        gap: bool,
    ) -> Feature<f64> {
        let volume = bar.map_or(0.0, |b| b.volume);
        let (high, low) = (bar.map(|b| b.high), bar.map(|b| b.low));
        self.closes.push(close);
        self.highs.push(high.unwrap_or(f64::NEG_INFINITY));
        self.low_24.update(low);
        self.untraded_168 += u32::from(bar.is_none());
        if self.untraded.push(bar.is_none()) == Some(true) {
            self.untraded_168 -= 1;
        }
        if let Some(hourly) = hourly {
            self.count_signs(hourly);
            self.deviation_167.update(hourly);
        }
        self.quote_volume_24.update(volume * close);
        self.volume_24.update(volume);
        self.volume_20.update(volume);
        self.close_20.update(close);
        self.high_24.update(high);
        self.high_168.update(high);
        let atr = match bar {
            Some(bar) => self.atr.update(bar.high, bar.low, bar.close),
            None => self.atr.update_absent(),
        };
        let percent = atr.map(|atr| 100.0 * atr / close);
        let median = self.atr_median.value();
        if let Some(percent) = percent {
            self.atr_median.update(percent);
        }
        ratio(percent.ok_or(Absent::InsufficientHistory)?, median, gap)
    }

    fn outlier(&self, close: f64, volume: f64, gap: bool) -> Feature<Outlier> {
        let mean = self.close_20.mean().ok_or(Absent::InsufficientHistory)?;
        let volume_ratio = ratio(volume, self.volume_20.mean(), gap)?;
        Ok(Outlier { deviation_pct: 100.0 * (close - mean).abs() / mean, volume_ratio })
    }

    fn trend(&self, close: f64) -> Option<f64> {
        self.closes.back(167).map(|first| 100.0 * (close / first - 1.0))
    }

    fn volatility(&self) -> Option<f64> {
        self.closes.is_full().then_some(())?;
        self.deviation_167.sample().map(|std| 100.0 * std * SQRT_YEAR_HOURS)
    }

    fn count_signs(&mut self, hourly: f64) {
        self.up += u8::from(hourly > 0.0);
        self.down += u8::from(hourly < 0.0);
        if let Some(old) = self.returns.push(hourly) {
            self.up -= u8::from(old > 0.0);
            self.down -= u8::from(old < 0.0);
        }
    }

    /// Hours since |24 h return| reached the threshold with this sign.
    fn advance_streak(&mut self, return_24h_pct: Feature<f64>) -> Option<u32> {
        let strong = return_24h_pct.ok().filter(|r| r.abs() >= self.momentum_min_pct);
        self.streak = strong.map(|r| match self.streak {
            Some((sign, hours)) if sign * r > 0.0 => (sign, hours.saturating_add(1)),
            _ => (r.signum(), 0),
        });
        self.streak.map(|(_, hours)| hours)
    }

    /// The lowest low of 24 hours, the most recent of equals, and the highest high of the 24 hours
    /// before it; those are looked up once for each new low.
    fn swing(&mut self) -> Feature<Swing> {
        if self.closed < 48 {
            return Err(Absent::InsufficientHistory);
        }
        let (low, ago) = self.low_24.placed().ok_or(Absent::NoVolume)?;
        let low_hours_ago = u8::try_from(ago).map_err(|_| Absent::NoVolume)?;
        let hour = self.closed.saturating_sub(u32::from(low_hours_ago));
        let high_before = match self.before_low {
            Some((known, high)) if known == hour => high,
            _ => {
                let before = (ago + 1..=ago + 24).filter_map(|at| self.highs.back(at));
                let high = before.fold(f64::NEG_INFINITY, f64::max);
                self.before_low = Some((hour, high));
                high
            }
        };
        if high_before.is_finite() {
            Ok(Swing { low, low_hours_ago, high_before })
        } else {
            Err(Absent::NoVolume)
        }
    }
}

fn unless<T>(gap: bool, feature: Feature<T>) -> Feature<T> {
    if gap { Err(Absent::DataGap) } else { feature }
}

fn window(gap: bool, value: Option<f64>) -> Feature<f64> {
    unless(gap, value.ok_or(Absent::InsufficientHistory))
}

fn ratio(value: f64, mean: Option<f64>, gap: bool) -> Feature<f64> {
    let mean = window(gap, mean)?;
    if mean > 0.0 { Ok(value / mean) } else { Err(Absent::NoVolume) }
}

fn highest(window: &RollingMax, gap: bool) -> Feature<f64> {
    if !window.is_full() {
        return Err(Absent::InsufficientHistory);
    }
    unless(gap, window.value().ok_or(Absent::NoVolume))
}
