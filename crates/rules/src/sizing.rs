//! How large a proposal is, before the policy looks at it.

use core::cmp::Ordering;

use domain::{Pct, Tier};
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};

use crate::{Params, Row};

/// The more a product moves, the less of it: its stop may cost so much and no more.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RiskParity {
    /// What a stop may cost at the reference volatility, percent of the sizing NAV.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.01, max = 100)))]
    pub risk_budget_pct: f64,
    /// The yearly volatility at which the budget holds as it is, percent.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1000)))]
    pub reference_volatility_pct: f64,
    /// A calmer product counts as this volatile, percent.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1000)))]
    pub volatility_floor_pct: f64,
}

impl Default for RiskParity {
    fn default() -> Self {
        Self { risk_budget_pct: 1.0, reference_volatility_pct: 50.0, volatility_floor_pct: 10.0 }
    }
}

impl RiskParity {
    /// The largest share of the sizing NAV, percent:
    /// `risk_budget / stop × 100 × reference_volatility / max(volatility, floor)`. With a budget of
    /// 1 %, a stop of 8 % and 50 % volatility it is 12.5 %. NaN when a number is.
    pub fn cap_pct(&self, stop_pct: Pct, volatility_pct: f64) -> f64 {
        let stop = stop_pct.get().to_f64().unwrap_or(f64::NAN);
        if volatility_pct.is_nan() {
            return f64::NAN;
        }
        let volatility = volatility_pct.max(self.volatility_floor_pct);
        self.risk_budget_pct / stop * 100.0 * self.reference_volatility_pct / volatility
    }
}

impl Params {
    /// The share of the sizing NAV that an entry asks for, percent:
    /// `min(base size of the tier × row factor × confidence, risk parity) × regime factor`.
    /// NaN when a number is.
    pub fn size_pct(
        &self,
        row: &Row,
        tier: Tier,
        confidence: f64,
        volatility_pct: f64,
        regime_factor: f64,
    ) -> f64 {
        let wanted = self.base_size_pct.get(tier) * row.size_factor * confidence;
        let cap = self.risk_parity.cap_pct(row.stop_pct, volatility_pct);
        // `f64::min` would pick the number beside a NaN; a missing number must stay missing.
        let size = match wanted.partial_cmp(&cap) {
            Some(Ordering::Greater) => cap,
            Some(Ordering::Less | Ordering::Equal) => wanted,
            None => f64::NAN,
        };
        size * regime_factor
    }
}
