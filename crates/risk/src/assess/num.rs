//! Exact arithmetic that refuses instead of rounding up.

use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};

/// The largest multiple of a step at or below a value; `None` when there is none.
pub(super) fn floor_to(value: Decimal, step: Decimal) -> Option<Decimal> {
    to_step(value, step, RoundingStrategy::ToNegativeInfinity)
        .map(|v| if v > value { v - step } else { v })
}

/// The smallest multiple of a step at or above a value; `None` when there is none.
pub(super) fn ceil_to(value: Decimal, step: Decimal) -> Option<Decimal> {
    to_step(value, step, RoundingStrategy::ToPositiveInfinity)
        .map(|v| if v < value { v + step } else { v })
}

fn to_step(value: Decimal, step: Decimal, how: RoundingStrategy) -> Option<Decimal> {
    if step <= Decimal::ZERO {
        return None;
    }
    value.checked_div(step)?.round_dp_with_strategy(0, how).checked_mul(step)
}

/// 1 + so many basis points.
pub(super) fn plus_bps(bps: Decimal) -> Option<Decimal> {
    Decimal::ONE.checked_add(bps.checked_div(Decimal::from(10_000))?)
}

/// An exact number as a signal, for reasons and ratios.
pub(super) fn signal(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(f64::NAN)
}
