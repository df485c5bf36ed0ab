//! How much a proposal is believed in; the policy has the minimum.

use domain::{Evidence, Tier, Trigger};
use serde::{Deserialize, Serialize};

/// Weights of what the trigger says.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Conviction {
    /// Multiplies the trigger's strength.
    #[cfg_attr(feature = "schema", schemars(range(min = -1, max = 1)))]
    pub strength_weight: f64,
    /// Multiplies the trigger's confidence.
    #[cfg_attr(feature = "schema", schemars(range(min = -1, max = 1)))]
    pub confidence_weight: f64,
    /// What is added for more signs.
    pub boosts: Boosts,
}

/// Added to the conviction when a sign is there. The first four are a reversal's confirmations and
/// count for reversals only.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Boosts {
    /// Close above the VWAP of an hour.
    #[cfg_attr(feature = "schema", schemars(range(min = -1, max = 1)))]
    pub above_vwap: f64,
    /// The last pivot low is above the one before.
    #[cfg_attr(feature = "schema", schemars(range(min = -1, max = 1)))]
    pub higher_low: f64,
    /// RSI14 crossed up through 50.
    #[cfg_attr(feature = "schema", schemars(range(min = -1, max = 1)))]
    pub rsi_crossed_up: f64,
    /// It bounced off the low of three hours.
    #[cfg_attr(feature = "schema", schemars(range(min = -1, max = 1)))]
    pub bounced: f64,
    /// The product is in tier 1; any trigger.
    #[cfg_attr(feature = "schema", schemars(range(min = -1, max = 1)))]
    pub t1: f64,
}

impl Default for Conviction {
    fn default() -> Self {
        Self {
            strength_weight: 0.5,
            confidence_weight: 0.3,
            boosts: Boosts {
                above_vwap: 0.04,
                higher_low: 0.04,
                rsi_crossed_up: 0.03,
                bounced: 0.04,
                t1: 0.02,
            },
        }
    }
}

impl Conviction {
    /// `clamp(strength weight × strength + confidence weight × confidence + boosts, 0, 1)`; NaN
    /// when a number is.
    pub fn of(&self, trigger: &Trigger, tier: Tier) -> f64 {
        let spoken =
            self.strength_weight * trigger.strength + self.confidence_weight * trigger.confidence;
        (spoken + self.boost(trigger, tier)).clamp(0.0, 1.0)
    }

    fn boost(&self, trigger: &Trigger, tier: Tier) -> f64 {
        let when = |holds: bool, boost: f64| if holds { boost } else { 0.0 };
        let confirmed = match trigger.evidence {
            Evidence::Reversal { confirmations: c, .. } => {
                when(c.above_vwap, self.boosts.above_vwap)
                    + when(c.higher_low, self.boosts.higher_low)
                    + when(c.rsi_crossed_up, self.boosts.rsi_crossed_up)
                    + when(c.bounced, self.boosts.bounced)
            }
            Evidence::PriceMove { .. }
            | Evidence::VolumeSpike { .. }
            | Evidence::Breakout { .. }
            | Evidence::Momentum { .. } => 0.0,
        };
        confirmed + when(tier == Tier::T1, self.boosts.t1)
    }
}
