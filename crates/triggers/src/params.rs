//! The thresholds of the detectors.

use domain::Regime;
use serde::{Deserialize, Serialize};

/// One value for each regime that trades.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PerRegime {
    /// Rising, calmly.
    pub bull: f64,
    /// Neither here nor there.
    pub chop: f64,
    /// Falling.
    pub bear: f64,
    /// Falling fast, or too wild.
    pub crash: f64,
}

impl PerRegime {
    /// The value of a regime; `None` while it is unknown, so that nothing is raised then.
    pub const fn of(&self, regime: Regime) -> Option<f64> {
        match regime {
            Regime::Bull => Some(self.bull),
            Regime::Chop => Some(self.chop),
            Regime::Bear => Some(self.bear),
            Regime::Crash => Some(self.crash),
            Regime::Unknown => None,
        }
    }
}

/// A fast move on 5-minute closes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PriceMove {
    /// Least absolute return of 15 minutes, percent.
    #[cfg_attr(feature = "schema", schemars(transform = domain::schema::each("minimum", 0.1), transform = domain::schema::each("maximum", 100)))]
    pub min_15m_pct: PerRegime,
    /// Least absolute return of 60 minutes, percent.
    #[cfg_attr(feature = "schema", schemars(transform = domain::schema::each("minimum", 0.1), transform = domain::schema::each("maximum", 100)))]
    pub min_60m_pct: PerRegime,
}

/// An hour with much more volume than the day before.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct VolumeSpike {
    /// Least volume / mean volume of the 24 hours before.
    #[cfg_attr(feature = "schema", schemars(transform = domain::schema::each("minimum", 1), transform = domain::schema::each("maximum", 100)))]
    pub min_ratio: PerRegime,
}

/// A close above the highest high of the day before.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Breakout {
    /// Least volume / mean volume of the 24 hours before.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 100)))]
    pub min_volume_ratio: f64,
    /// Least strength of a close that is also above the highest high of 168 hours.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1)))]
    pub week_high_strength: f64,
}

/// A bounce off a fresh low.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Reversal {
    /// The low was made within so many hours.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 24)))]
    pub low_within_hours: u8,
    /// The low is at least so far below the highest high of the 24 hours before it, percent.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.1, max = 90)))]
    pub min_drop_pct: f64,
    /// The close is at least so far above the low, percent.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 100)))]
    pub min_recovery_pct: f64,
    /// And at most so far, percent.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 100)))]
    pub max_recovery_pct: f64,
    /// How sure a confirmed one is, 0 to 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1)))]
    pub confidence: f64,
    /// The bounce above the low of 36 five-minute slots that counts as a sign, percent.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 50)))]
    pub bounce_pct: f64,
    /// How many of the four signs it needs.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 4)))]
    pub min_confirmations: u8,
}

/// A move that has lasted a day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Momentum {
    /// Least absolute return of 24 hours, percent.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.1, max = 100)))]
    pub min_move_pct: f64,
    /// The return that has strength 1, percent.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.1, max = 1000)))]
    pub full_strength_pct: f64,
    /// It is raised again after so many hours of the same streak.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 720)))]
    pub repeat_hours: u32,
}

/// A jump on almost no volume rejects the product for the hour.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OutlierGuard {
    /// Distance of the close from the mean of the 20 hours before, percent.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.1, max = 100)))]
    pub max_deviation_pct: f64,
    /// Volume / mean of the 20 hours before, below which such a distance is not believed.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1)))]
    pub min_volume_ratio: f64,
}

/// The `triggers` section of `strategy.yaml`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Candidates of one cycle, the strongest first.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 100)))]
    pub max_triggers_per_cycle: usize,
    /// A jump on almost no volume rejects the product for the hour.
    pub outlier: OutlierGuard,
    /// Least ATR14 in percent of the close / median of its 168 values before.
    #[cfg_attr(feature = "schema", schemars(transform = domain::schema::each("minimum", 0), transform = domain::schema::each("maximum", 10)))]
    pub min_atr_ratio: PerRegime,
    /// A fast move on 5-minute closes.
    pub price_move: PriceMove,
    /// An hour with much more volume than the day before.
    pub volume_spike: VolumeSpike,
    /// A close above the highest high of the day before.
    pub breakout: Breakout,
    /// A bounce off a fresh low.
    pub reversal: Reversal,
    /// A move that has lasted a day.
    pub momentum: Momentum,
}

impl Default for Params {
    fn default() -> Self {
        let by = |bull, chop, bear, crash| PerRegime { bull, chop, bear, crash };
        Self {
            max_triggers_per_cycle: 10,
            outlier: OutlierGuard { max_deviation_pct: 10.0, min_volume_ratio: 0.1 },
            min_atr_ratio: by(1.2, 1.05, 1.2, 1.2),
            price_move: PriceMove {
                min_15m_pct: by(3.5, 1.5, 3.0, 3.0),
                min_60m_pct: by(7.0, 3.0, 7.0, 7.0),
            },
            volume_spike: VolumeSpike { min_ratio: by(2.0, 1.8, 2.0, 2.0) },
            breakout: Breakout { min_volume_ratio: 1.0, week_high_strength: 0.6 },
            reversal: Reversal {
                low_within_hours: 12,
                min_drop_pct: 5.0,
                min_recovery_pct: 5.0,
                max_recovery_pct: 10.0,
                confidence: 0.6,
                bounce_pct: 0.6,
                min_confirmations: 3,
            },
            momentum: Momentum { min_move_pct: 2.0, full_strength_pct: 10.0, repeat_hours: 24 },
        }
    }
}

impl Params {
    /// Every key that cannot be right, with what would be.
    pub fn problems(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut range = |key: &str, value: f64, low: f64, high: f64| {
            if !(low..=high).contains(&value) {
                found.push((key.to_owned(), format!("{value} is not between {low} and {high}")));
            }
        };
        range("max_triggers_per_cycle", self.max_triggers_per_cycle as f64, 1.0, 100.0);
        range("outlier.max_deviation_pct", self.outlier.max_deviation_pct, 0.1, 100.0);
        range("outlier.min_volume_ratio", self.outlier.min_volume_ratio, 0.0, 1.0);
        range("breakout.min_volume_ratio", self.breakout.min_volume_ratio, 0.0, 100.0);
        range("breakout.week_high_strength", self.breakout.week_high_strength, 0.0, 1.0);
        let reversal = &self.reversal;
        range("reversal.low_within_hours", f64::from(reversal.low_within_hours), 1.0, 24.0);
        range("reversal.min_drop_pct", reversal.min_drop_pct, 0.1, 90.0);
        range("reversal.min_recovery_pct", reversal.min_recovery_pct, 0.0, 100.0);
        range("reversal.max_recovery_pct", reversal.max_recovery_pct, 0.0, 100.0);
        range("reversal.confidence", reversal.confidence, 0.0, 1.0);
        range("reversal.bounce_pct", reversal.bounce_pct, 0.0, 50.0);
        range("reversal.min_confirmations", f64::from(reversal.min_confirmations), 0.0, 4.0);
        range("momentum.min_move_pct", self.momentum.min_move_pct, 0.1, 100.0);
        range("momentum.full_strength_pct", self.momentum.full_strength_pct, 0.1, 1000.0);
        range("momentum.repeat_hours", f64::from(self.momentum.repeat_hours), 1.0, 720.0);
        for (key, by, low, high) in [
            ("min_atr_ratio", self.min_atr_ratio, 0.0, 10.0),
            ("price_move.min_15m_pct", self.price_move.min_15m_pct, 0.1, 100.0),
            ("price_move.min_60m_pct", self.price_move.min_60m_pct, 0.1, 100.0),
            ("volume_spike.min_ratio", self.volume_spike.min_ratio, 1.0, 100.0),
        ] {
            range(&format!("{key}.bull"), by.bull, low, high);
            range(&format!("{key}.chop"), by.chop, low, high);
            range(&format!("{key}.bear"), by.bear, low, high);
            range(&format!("{key}.crash"), by.crash, low, high);
        }
        self.contradictions(&mut found);
        found
    }

    /// Bounds that no market can meet together.
    fn contradictions(&self, found: &mut Vec<(String, String)>) {
        let mut ordered = |key: &str, value: f64, other: &str, most: f64| {
            if value > most {
                found.push((key.to_owned(), format!("{value} is above {other}, which is {most}")));
            }
        };
        let (by, most) = (&self.reversal, "reversal.max_recovery_pct");
        ordered("reversal.min_recovery_pct", by.min_recovery_pct, most, by.max_recovery_pct);
        let (by, full) = (&self.momentum, "momentum.full_strength_pct");
        ordered("momentum.min_move_pct", by.min_move_pct, full, by.full_strength_pct);
    }
}
