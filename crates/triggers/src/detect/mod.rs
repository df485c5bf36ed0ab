//! The five detectors. Each looks at one candle and at the one before it.

mod breakout;
mod momentum;
mod price_move;
mod reversal;
mod volume_spike;

use domain::{
    Evidence, Features, Granularity, HourFeatures, Regime, Timestamp, Trigger, TriggerId,
    TriggerKind,
};

use crate::Params;

pub use breakout::Breakouts;
pub use momentum::Momenta;
pub use price_move::PriceMoves;
pub use reversal::Reversals;
pub use volume_spike::VolumeSpikes;

/// Something that sees one kind of event.
///
/// It is pure: the same features and regime give the same answer, whenever it is asked.
pub trait Detect: core::fmt::Debug {
    /// The event on the newest closed candle, fresh or standing; `None` while its condition does
    /// not hold or its features are absent.
    fn detect(&self, params: &Params, features: &Features, regime: Regime) -> Option<Trigger>;
}

/// A condition that holds on a candle, before it is known whether it is fresh.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Found {
    pub(crate) move_pct: f64,
    pub(crate) strength: f64,
    pub(crate) confidence: f64,
    pub(crate) evidence: Evidence,
}

impl Found {
    pub(crate) fn on(
        self,
        features: &Features,
        kind: TriggerKind,
        candle: Timestamp,
        granularity: Granularity,
        fresh: bool,
    ) -> Trigger {
        Trigger {
            id: TriggerId { product: features.product, kind, candle },
            granularity,
            fresh,
            move_pct: self.move_pct,
            strength: self.strength,
            confidence: self.confidence,
            evidence: self.evidence,
        }
    }
}

/// An event of the hour: `holds` is asked about the newest hour and, for freshness, about the hour
/// before. A condition that held with the same sign merely stands.
pub(crate) fn hourly(
    features: &Features,
    kind: TriggerKind,
    holds: impl Fn(&HourFeatures) -> Option<Found>,
) -> Option<Trigger> {
    let hour = features.hour.as_ref()?;
    let found = holds(hour)?;
    let before = features.previous_hour.as_ref().and_then(holds);
    let fresh = before.is_none_or(|before| turned(before.move_pct, found.move_pct));
    Some(found.on(features, kind, hour.start, Granularity::H1, fresh))
}

/// Whether a move has another direction than the one before.
pub(crate) fn turned(before: f64, now: f64) -> bool {
    before * now < 0.0
}
