//! From an hour's numbers to a regime that does not flap.

use domain::{Features, HourFeatures, Regime, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Params, Reading, Why};

const HOUR_SECS: i64 = 3600;

/// What is remembered between calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// The regime in force; none before the first known hour.
    held: Option<Regime>,
    /// The newest hour that was counted and what it said; none once an unknown came between.
    newest: Option<Said>,
}

/// One closed hour's own opinion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    hour: Timestamp,
    regime: Regime,
}

impl Memory {
    /// The regime in force, whatever the present data says; none before the first known hour.
    pub const fn held(&self) -> Option<Regime> {
        self.held
    }

    /// What of it still counts at `now`: nothing, once the newest hour it knows ended longer ago
    /// than an hour may be old to be believed. The weather was not watched in between.
    pub fn recalled(self, params: &Params, now: Timestamp) -> Self {
        let limit = i64::from(params.stale_after_hours) * HOUR_SECS;
        let age = |said: Said| now.secs_since(said.hour.plus_secs(HOUR_SECS));
        if self.newest.is_some_and(|said| age(said) <= limit) { self } else { Self::default() }
    }

    fn count(&mut self, said: Said) {
        let pair = self.newest.is_some_and(|before| {
            before.hour.plus_secs(HOUR_SECS) == said.hour && before.regime == said.regime
        });
        if self.held.is_none() || said.regime == Regime::Crash || pair {
            self.held = Some(said.regime);
        }
        self.newest = Some(said);
    }
}

/// A way to name the market's weather.
pub trait Classify {
    /// The regime at `now` from BTC-USD's features; `memory` carries over from call to call.
    fn classify(&self, btc: Option<&Features>, now: Timestamp, memory: &mut Memory) -> Reading;
}

impl Classify for Params {
    fn classify(&self, btc: Option<&Features>, now: Timestamp, memory: &mut Memory) -> Reading {
        classify(self, btc, now, memory)
    }
}

/// The regime at `now` (the venue's time) from the features of BTC-USD.
///
/// The newest closed hour is counted once. When cycles are further apart than an hour, the hour
/// before it is counted first, so that a slow caller sees the same pairs as a quick one.
///
/// ```
/// use domain::Regime;
/// use regime::Params;
///
/// let params = Params::default();
/// assert_eq!(params.hour_says(-10.0, 40.0), Regime::Bear, "a crash is below -10 %");
/// assert_eq!(params.hour_says(10.0, 60.0), Regime::Chop, "a bull is calm");
/// ```
pub fn classify(
    params: &Params,
    btc: Option<&Features>,
    now: Timestamp,
    memory: &mut Memory,
) -> Reading {
    let hour = btc.and_then(|features| features.hour.as_ref());
    let reading = |regime, why| Reading {
        regime,
        trend_pct: hour.and_then(|h| h.trend_168h_pct.ok()),
        volatility_pct: hour.and_then(|h| h.volatility_168h_pct.ok()),
        why,
    };
    match read(params, hour, now) {
        Ok(said) => {
            let before = btc.and_then(|features| features.previous_hour.as_ref());
            remember(params, said, before, memory);
            reading(memory.held.unwrap_or(said.regime), None)
        }
        Err(why) => {
            memory.newest = None;
            reading(Regime::Unknown, Some(why))
        }
    }
}

fn remember(params: &Params, said: Said, before: Option<&HourFeatures>, memory: &mut Memory) {
    let Some(counted) = memory.newest else {
        memory.count(said);
        return;
    };
    if said.hour <= counted.hour {
        return;
    }
    let skipped = before.filter(|hour| counted.hour < hour.start);
    if let Some(earlier) = skipped.and_then(|hour| opinion(params, hour).ok()) {
        memory.count(earlier);
    }
    memory.count(said);
}

fn read(params: &Params, hour: Option<&HourFeatures>, now: Timestamp) -> Result<Said, Why> {
    let hour = hour.ok_or(Why::NoData)?;
    let end = hour.start.plus_secs(HOUR_SECS);
    if end > now {
        return Err(Why::NotClosed);
    }
    if end.plus_secs(i64::from(params.stale_after_hours) * HOUR_SECS) < now {
        return Err(Why::Stale);
    }
    opinion(params, hour)
}

fn opinion(params: &Params, hour: &HourFeatures) -> Result<Said, Why> {
    let (trend, volatility) = (hour.trend_168h_pct?, hour.volatility_168h_pct?);
    if !hour.whole_168h {
        return Err(Why::DataGap);
    }
    if !trend.is_finite() || !volatility.is_finite() {
        return Err(Why::NoData);
    }
    Ok(Said { hour: hour.start, regime: params.hour_says(trend, volatility) })
}
