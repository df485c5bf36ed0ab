//! The thresholds between the regimes.

use domain::Regime;
use serde::{Deserialize, Serialize};

/// Where one regime ends and the next begins. Trend and volatility are percent over 168 hours.
///
/// An hour says, in this order: crash when trend < `crash_trend_below_pct` or volatility >
/// `crash_volatility_above_pct`; else bull when trend ≥ `bull_trend_at_least_pct` and volatility <
/// `bull_volatility_below_pct`; else bear when trend ≤ `bear_trend_at_most_pct`; else chop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Crash when the trend is below this, percent; negative.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = -100)))]
    pub crash_trend_below_pct: f64,
    /// Crash when the annualised volatility is above this, percent.
    pub crash_volatility_above_pct: f64,
    /// Bull when the trend is this or more, percent.
    pub bull_trend_at_least_pct: f64,
    /// Bull only while the annualised volatility is below this, percent.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0)))]
    pub bull_volatility_below_pct: f64,
    /// Bear when the trend is this or less, percent.
    pub bear_trend_at_most_pct: f64,
    /// Unknown when the newest closed hour ended longer ago than this, hours.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 168)))]
    pub stale_after_hours: u32,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            crash_trend_below_pct: -10.0,
            crash_volatility_above_pct: 100.0,
            bull_trend_at_least_pct: 10.0,
            bull_volatility_below_pct: 60.0,
            bear_trend_at_most_pct: -5.0,
            stale_after_hours: 2,
        }
    }
}

impl Params {
    /// What one hour says on its own; both numbers in percent and finite.
    pub fn hour_says(&self, trend_pct: f64, volatility_pct: f64) -> Regime {
        if trend_pct < self.crash_trend_below_pct
            || volatility_pct > self.crash_volatility_above_pct
        {
            Regime::Crash
        } else if trend_pct >= self.bull_trend_at_least_pct
            && volatility_pct < self.bull_volatility_below_pct
        {
            Regime::Bull
        } else if trend_pct <= self.bear_trend_at_most_pct {
            Regime::Bear
        } else {
            Regime::Chop
        }
    }

    /// Every key that cannot be right, with what would be.
    pub fn problems(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut say = |key: &str, what: String| found.push((key.to_owned(), what));
        let percents = [
            ("crash_trend_below_pct", self.crash_trend_below_pct),
            ("crash_volatility_above_pct", self.crash_volatility_above_pct),
            ("bull_trend_at_least_pct", self.bull_trend_at_least_pct),
            ("bull_volatility_below_pct", self.bull_volatility_below_pct),
            ("bear_trend_at_most_pct", self.bear_trend_at_most_pct),
        ];
        for (key, value) in percents {
            if !value.is_finite() {
                say(key, format!("is {value}; give a finite percentage"));
            }
        }
        let (crash, bear) = (self.crash_trend_below_pct, self.bear_trend_at_most_pct);
        if crash <= -100.0 {
            say(
                "crash_trend_below_pct",
                format!("is {crash}, which no price can fall below; give more than -100"),
            );
        }
        if crash >= bear {
            say(
                "crash_trend_below_pct",
                format!("is {crash}; it must be below bear_trend_at_most_pct, {bear}"),
            );
        }
        let bull = self.bull_trend_at_least_pct;
        if bear >= bull {
            say(
                "bear_trend_at_most_pct",
                format!("is {bear}; it must be below bull_trend_at_least_pct, {bull}"),
            );
        }
        let calm = self.bull_volatility_below_pct;
        if calm <= 0.0 {
            say(
                "bull_volatility_below_pct",
                format!("is {calm}; volatility is never below 0, so give more than 0"),
            );
        }
        let wild = self.crash_volatility_above_pct;
        if calm > wild {
            say(
                "bull_volatility_below_pct",
                format!("is {calm}; it must not exceed crash_volatility_above_pct, {wild}"),
            );
        }
        if !(1..=168).contains(&self.stale_after_hours) {
            let hours = self.stale_after_hours;
            say("stale_after_hours", format!("is {hours}; give 1 to 168 hours"));
        }
        found
    }
}
