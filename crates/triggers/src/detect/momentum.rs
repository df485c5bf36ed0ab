//! A move that has lasted a day.

use domain::{Evidence, Features, Granularity, Regime, Trigger, TriggerKind};

use super::{Detect, Found};
use crate::Params;

/// |24 h return| at least the threshold. Strength min(|r| / full strength, 1), confidence = share
/// of the last 12 hourly returns with its sign. Fresh in the first hour of a streak and every
/// `repeat_hours` of it. Upward momentum is ignored in bear and crash.
#[derive(Debug, Clone, Copy)]
pub struct Momenta;

impl Detect for Momenta {
    fn detect(&self, params: &Params, features: &Features, regime: Regime) -> Option<Trigger> {
        let hour = features.hour.as_ref()?;
        let r = hour.return_24h_pct.ok()?;
        let streak = hour.momentum_streak_hours?;
        let deaf = match regime {
            Regime::Bull | Regime::Chop => false,
            Regime::Bear | Regime::Crash => r > 0.0,
            Regime::Unknown => true,
        };
        if deaf {
            return None;
        }
        let with_sign = if r > 0.0 { hour.up_hours_12 } else { hour.down_hours_12 };
        let found = Found {
            move_pct: r,
            strength: (r.abs() / params.momentum.full_strength_pct).min(1.0),
            confidence: f64::from(with_sign) / 12.0,
            evidence: Evidence::Momentum {
                return_24h_pct: r,
                hours_with_sign: with_sign,
                streak_hours: streak,
            },
        };
        let fresh = streak % params.momentum.repeat_hours.max(1) == 0;
        let kind = TriggerKind::Momentum;
        Some(found.on(features, kind, hour.start, Granularity::H1, fresh))
    }
}
