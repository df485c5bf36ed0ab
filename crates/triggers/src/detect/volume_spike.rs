//! An hour with much more volume than the day before.

use domain::{Evidence, Features, Regime, Trigger, TriggerKind};

use super::{Detect, Found, hourly};
use crate::Params;

/// r = volume / mean volume of the 24 hours before, against the regime's threshold. Strength
/// min((r − 1) / 3, 1), confidence min(r / 4, 1), move = the hour's return.
///
/// Volume has no direction: a spike that stands stands, whichever way the hours went.
#[derive(Debug, Clone, Copy)]
pub struct VolumeSpikes;

impl Detect for VolumeSpikes {
    fn detect(&self, params: &Params, features: &Features, regime: Regime) -> Option<Trigger> {
        let least = params.volume_spike.min_ratio.of(regime)?;
        hourly(features, TriggerKind::VolumeSpike, |hour| {
            let ratio = hour.volume_ratio.ok().filter(|r| *r >= least)?;
            let return_1h_pct = hour.return_1h_pct.ok()?;
            Some(Found {
                move_pct: return_1h_pct,
                strength: ((ratio - 1.0) / 3.0).min(1.0),
                confidence: (ratio / 4.0).min(1.0),
                evidence: Evidence::VolumeSpike { volume_ratio: ratio, return_1h_pct },
            })
        })
    }
}
