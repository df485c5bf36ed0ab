//! What one product's hours say: updated once an hour, O(48) at most.

use core::num::NonZeroUsize;

use domain::{Absent, Bar, Feature, HourFeatures, Outlier, Swing, Timestamp};
use indicators::{Atr, Ring, RollingMax, RollingMedian, RollingMin, RollingStd, RollingSums};

use crate::Timeline;

const HOUR_SECS: i64 = 3600;
/// √8760: hours of a year.
const SQRT_YEAR_HOURS: f64 = 93.594_871_654_380_73;
/// As many bits as there are returns whose signs are counted.
const LAST_12: u16 = (1 << 12) - 1;

/// Rolling windows over closed hours.
#[derive(Debug, Clone)]
pub(crate) struct Hours {
    momentum_min_pct: f64,
    closed: u32,
    past: Ring<Past>,
    /// Which of the last 12 returns were above 0, and which below it; the newest is the last bit.
    up: u16,
    down: u16,
    low_24: RollingMin,
    /// The hour of the last swing low, by number, and the highest high of the 24 hours before it.
    before_low: Option<(u32, f64)>,
    /// Hours since the last one without trades.
    traded: u32,
    deviation_167: RollingStd,
    /// Quote volumes and volumes.
    volumes_24: RollingSums<2>,
    /// Closes and volumes.
    closes_20: RollingSums<2>,
    high_24: RollingMax,
    high_168: RollingMax,
    atr: Atr,
    atr_median: RollingMedian,
    streak: Option<(f64, u32)>,
}

/// What is looked up of an hour later on.
#[derive(Debug, Clone, Copy, Default)]
struct Past {
    close: f64,
    /// −∞ of an hour without trades.
    high: f64,
}

impl Hours {
    pub(crate) fn new(momentum_min_pct: f64) -> Self {
        let n = |n: usize| NonZeroUsize::MIN.saturating_add(n.saturating_sub(1));
        Self {
            momentum_min_pct,
            closed: 0,
            past: Ring::new(n(168)),
            up: 0,
            down: 0,
            low_24: RollingMin::new(n(24)),
            before_low: None,
            traded: 0,
            deviation_167: RollingStd::new(n(167)),
            volumes_24: RollingSums::new(n(24)),
            closes_20: RollingSums::new(n(20)),
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
        let previous = self.close_ago(0);
        let Some(close) = bar.map(|b| b.close).or(previous) else { return };
        let volume = bar.map_or(0.0, |b| b.volume);
        let end = start.plus_secs(HOUR_SECS);
        let gap = |hours: i64| timeline.is_gap(end, hours * HOUR_SECS);
        self.closed = self.closed.saturating_add(1);
        // Everything that compares with the hours before is read before this hour goes in.
        let mean_volume = self.volumes_24.means().map(|[_, volume]| volume);
        let volume_ratio = ratio(volume, mean_volume, gap(25));
        let outlier = self.outlier(close, volume, gap(21));
        let high_24 = highest(&self.high_24, gap(25));
        let high_168 = highest(&self.high_168, gap(169));
        let return_24h_pct = self
            .close_ago(23)
            .map(|before| 100.0 * (close / before - 1.0))
            .ok_or(Absent::InsufficientHistory);
        let return_24h_pct = unless(gap(25), return_24h_pct);
        let hourly = previous.map(|before| close / before - 1.0);
        let atr_ratio = self.push(bar, close, hourly, gap(183));
        let quote_volume = self.volumes_24.value().map(|[quote_volume, _]| quote_volume);
        let streak = self.advance_streak(return_24h_pct);
        *out = Some(HourFeatures {
            start,
            traded: bar.is_some(),
            close,
            previous_close: previous.ok_or(Absent::InsufficientHistory),
            volume,
            return_1h_pct: hourly.map(|r| 100.0 * r).ok_or(Absent::InsufficientHistory),
            quote_volume_24h: window(gap(24), quote_volume),
            trend_168h_pct: window(gap(168), self.trend(close)),
            volatility_168h_pct: window(gap(168), self.volatility()),
            whole_168h: self.traded >= 168 && !timeline.touches_gap(end, 168 * HOUR_SECS),
            outlier,
            atr_14: window(gap(15), self.atr.value()),
            atr_ratio,
            volume_ratio,
            high_24h_before: high_24,
            high_168h_before: high_168,
            return_24h_pct,
            up_hours_12: ones(self.up),
            down_hours_12: ones(self.down),
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
        self.past.push(Past { close, high: high.unwrap_or(f64::NEG_INFINITY) });
        self.low_24.update(low);
        self.traded = if bar.is_some() { self.traded.saturating_add(1) } else { 0 };
        if let Some(hourly) = hourly {
            self.up = (self.up << 1 | u16::from(hourly > 0.0)) & LAST_12;
            self.down = (self.down << 1 | u16::from(hourly < 0.0)) & LAST_12;
            self.deviation_167.update(hourly);
        }
        self.volumes_24.update([volume * close, volume]);
        self.closes_20.update([close, volume]);
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
        let [mean, mean_volume] = self.closes_20.means().ok_or(Absent::InsufficientHistory)?;
        let volume_ratio = ratio(volume, Some(mean_volume), gap)?;
        Ok(Outlier { deviation_pct: 100.0 * (close - mean).abs() / mean, volume_ratio })
    }

    fn trend(&self, close: f64) -> Option<f64> {
        self.close_ago(167).map(|first| 100.0 * (close / first - 1.0))
    }

    fn volatility(&self) -> Option<f64> {
        self.past.is_full().then_some(())?;
        self.deviation_167.sample().map(|std| 100.0 * std * SQRT_YEAR_HOURS)
    }

    #[inline]
    fn close_ago(&self, hours: usize) -> Option<f64> {
        self.past.back(hours).map(|past| past.close)
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
                let before = (ago + 1..=ago + 24).filter_map(|at| self.past.back(at));
                let high = before.map(|past| past.high).fold(f64::NEG_INFINITY, f64::max);
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

fn ones(bits: u16) -> u8 {
    u8::try_from(bits.count_ones()).unwrap_or(u8::MAX)
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
