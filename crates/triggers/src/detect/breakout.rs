//! A close above the highest high of the day before.

use domain::{Evidence, Features, HourFeatures, Regime, Trigger, TriggerKind};

use super::{Detect, Found, hourly};
use crate::Params;

/// close > highest high of the 24 hours before, on at least the mean volume of those hours. Fresh
/// when the previous close was not above its own. Strength clamp((close − high) / ATR14, 0, 1), and
/// no less than the configured value above the highest high of 168 hours; confidence
/// min(volume ratio / 2, 1); move = close / high − 1.
#[derive(Debug, Clone, Copy)]
pub struct Breakouts;

impl Detect for Breakouts {
    fn detect(&self, params: &Params, features: &Features, regime: Regime) -> Option<Trigger> {
        if regime == Regime::Unknown {
            return None;
        }
        let kind = TriggerKind::Breakout;
        let mut trigger = hourly(features, kind, |hour| holds(params, hour))?;
        // Freshness asks about the price alone: a first hour on little volume was the event.
        trigger.fresh = !features.previous_hour.as_ref().is_some_and(is_above);
        Some(trigger)
    }
}

fn is_above(hour: &HourFeatures) -> bool {
    hour.high_24h_before.is_ok_and(|high| hour.close > high)
}

fn holds(params: &Params, hour: &HourFeatures) -> Option<Found> {
    let high = hour.high_24h_before.ok().filter(|high| hour.close > *high)?;
    let ratio = hour.volume_ratio.ok().filter(|r| *r >= params.breakout.min_volume_ratio)?;
    let atr = hour.atr_14.ok().filter(|atr| *atr > 0.0)?;
    let week_high = hour.high_168h_before.ok();
    let strength = ((hour.close - high) / atr).clamp(0.0, 1.0);
    let least = match week_high {
        Some(week_high) if hour.close > week_high => params.breakout.week_high_strength,
        _ => 0.0,
    };
    Some(Found {
        move_pct: 100.0 * (hour.close / high - 1.0),
        strength: strength.max(least),
        confidence: (ratio / 2.0).min(1.0),
        evidence: Evidence::Breakout {
            close: hour.close,
            high_24h_before: high,
            high_168h_before: week_high,
            atr_14: atr,
            volume_ratio: ratio,
        },
    })
}
