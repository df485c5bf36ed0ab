//! A bounce off a fresh low.

use domain::{
    Confirmations, Evidence, Features, HourFeatures, Regime, SlotFeatures, Trigger, TriggerKind,
};

use super::{Detect, Found, hourly};
use crate::Params;

/// The lowest low of 24 closed hours, made lately and well below the highs before it, with the
/// close between the least and the most recovery above it. Strength min(recovery / most, 1). The
/// four confirmations are read from the newest 5-minute slot.
#[derive(Debug, Clone, Copy)]
pub struct Reversals;

impl Detect for Reversals {
    fn detect(&self, params: &Params, features: &Features, regime: Regime) -> Option<Trigger> {
        if regime == Regime::Unknown {
            return None;
        }
        let slot = features.slot.as_ref()?;
        let signs = confirmations(params, slot);
        hourly(features, TriggerKind::Reversal, |hour| holds(params, hour, signs))
    }
}

fn holds(params: &Params, hour: &HourFeatures, signs: Confirmations) -> Option<Found> {
    let limits = &params.reversal;
    let swing = hour.swing.ok()?;
    let deep = swing.low <= swing.high_before * (1.0 - limits.min_drop_pct / 100.0);
    let recovery = 100.0 * (hour.close / swing.low - 1.0);
    let recovered = (limits.min_recovery_pct..=limits.max_recovery_pct).contains(&recovery);
    if swing.low_hours_ago >= limits.low_within_hours || !deep || !recovered {
        return None;
    }
    Some(Found {
        move_pct: recovery,
        strength: (recovery / limits.max_recovery_pct).min(1.0),
        confidence: limits.confidence,
        evidence: Evidence::Reversal {
            close: hour.close,
            low: swing.low,
            low_hours_ago: swing.low_hours_ago,
            high_before: swing.high_before,
            recovery_pct: recovery,
            confirmations: signs,
        },
    })
}

/// The four signs; one whose numbers are absent does not hold.
fn confirmations(params: &Params, slot: &SlotFeatures) -> Confirmations {
    let crossed = |(before, now): (f64, f64)| before <= 50.0 && now > 50.0;
    let rsi = slot.previous_rsi_14.ok().zip(slot.rsi_14.ok());
    let pivots = slot.pivot_low.zip(slot.previous_pivot_low);
    let bounced = 1.0 + params.reversal.bounce_pct / 100.0;
    Confirmations {
        above_vwap: slot.vwap_12.is_ok_and(|vwap| slot.close > vwap),
        higher_low: pivots.is_some_and(|(newest, before)| newest > before),
        rsi_crossed_up: rsi.is_some_and(crossed),
        bounced: slot.low_36.is_ok_and(|low| slot.close >= low * bounced),
    }
}
