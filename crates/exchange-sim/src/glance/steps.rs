//! Prices as numbers of price increments, in doubles as far as they leave no doubt.

use domain::{Price, Product};
use rust_decimal::prelude::ToPrimitive as _;

/// Between a double and its fifteen digits lie at most half of this, relatively.
pub(super) const NOISE: f64 = 1e-13;
/// Prices of so many digits are the same as doubles and as decimals.
const MOST_UNITS: f64 = 1e14;

/// A product's steps as doubles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Steps {
    /// The price increment in units of its last digit, and how many of those are one.
    units: f64,
    scale: f64,
    digits: u32,
    pub(super) tick: f64,
    /// How many steps are one.
    per_one: f64,
    pub(super) base: f64,
}

impl Steps {
    pub(super) fn of(product: &Product) -> Option<Self> {
        let limits = &product.limits;
        let tick = limits.price_increment.normalize();
        let scale = i32::try_from(tick.scale()).ok().filter(|scale| *scale <= 15)?;
        let scale = 10_f64.powi(scale);
        let units = tick.mantissa().to_f64().filter(|units| *units >= 1.0 && *units < 1e6)?;
        Some(Self {
            units,
            scale,
            digits: tick.scale(),
            tick: tick.to_f64()?,
            per_one: scale / units,
            base: limits.base_increment.to_f64()?,
        })
    }

    /// The price of so many steps: the double that is nearest to it.
    pub(super) fn price(&self, steps: f64) -> f64 {
        steps * self.units / self.scale
    }

    /// The same to the last digit.
    pub(super) fn exact(&self, steps: f64) -> Option<Price> {
        Price::of_units((steps * self.units).to_i64()?, self.digits).ok()
    }

    /// How many steps a price is, with what is over; `None` so near to a whole one that only exact
    /// numbers tell on which side.
    pub(super) fn whole(&self, price: f64) -> Option<f64> {
        // As near to the quotient as any double here has to be.
        let steps = price * self.per_one;
        // Cut off: a call of `floor` costs more than all else here.
        let below = steps.to_i64()? as f64;
        let over = steps - below;
        let near = if over < 0.5 { over } else { 1.0 - over };
        let told = price > 0.0 && steps * self.units < MOST_UNITS;
        (told && near > steps * NOISE + 1e-9).then_some(below)
    }
}
