//! A fast move within 15 or 60 minutes.

use domain::{
    Evidence, Features, Granularity, PriceMoveRow, Regime, SlotFeatures, Trigger, TriggerKind,
};

use super::{Detect, Found, turned};
use crate::Params;

/// Signed 15- and 60-minute returns of 5-minute closes against the regime's thresholds. Both with
/// one sign: strength 0.8, confidence 0.85; else 60 minutes: 0.7, 0.75; else 15 minutes: 0.6, 0.7.
/// The move is the return that set the row.
#[derive(Debug, Clone, Copy)]
pub struct PriceMoves;

impl Detect for PriceMoves {
    fn detect(&self, params: &Params, features: &Features, regime: Regime) -> Option<Trigger> {
        let min_15m = params.price_move.min_15m_pct.of(regime)?;
        let min_60m = params.price_move.min_60m_pct.of(regime)?;
        let slot = features.slot.as_ref()?;
        let found = holds(slot, min_15m, min_60m)?;
        let before = features.previous_slot.as_ref().and_then(|s| holds(s, min_15m, min_60m));
        let fresh = before.is_none_or(|before| turned(before.move_pct, found.move_pct));
        let kind = TriggerKind::PriceMove;
        Some(found.on(features, kind, slot.start, Granularity::M5, fresh))
    }
}

fn holds(slot: &SlotFeatures, min_15m: f64, min_60m: f64) -> Option<Found> {
    let (quarter, hour) = (slot.return_15m_pct.ok()?, slot.return_60m_pct.ok()?);
    let (fast, long) = (quarter.abs() >= min_15m, hour.abs() >= min_60m);
    let (row, move_pct, strength, confidence) = match (fast, long) {
        (true, true) if quarter * hour > 0.0 => (PriceMoveRow::Both, hour, 0.8, 0.85),
        (_, true) => (PriceMoveRow::Hour, hour, 0.7, 0.75),
        (true, false) => (PriceMoveRow::Quarter, quarter, 0.6, 0.7),
        (false, false) => return None,
    };
    let evidence = Evidence::PriceMove { return_15m_pct: quarter, return_60m_pct: hour, row };
    Some(Found { move_pct, strength, confidence, evidence })
}
