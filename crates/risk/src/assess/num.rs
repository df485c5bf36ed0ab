//! Exact arithmetic that refuses instead of rounding up.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::worth::power;

/// The largest multiple of a step at or below a value; `None` when there is none.
pub(super) fn floor_to(value: Decimal, step: Decimal) -> Option<Decimal> {
    to_step(value, step, i128::div_euclid)
}

/// The smallest multiple of a step at or above a value; `None` when there is none.
pub(super) fn ceil_to(value: Decimal, step: Decimal) -> Option<Decimal> {
    to_step(value, step, |units, by| -(-units).div_euclid(by))
}

/// In units of the step's last digit, where rounding to whole units first and then to whole steps
/// is the same as rounding once.
fn to_step(value: Decimal, step: Decimal, divide: fn(i128, i128) -> i128) -> Option<Decimal> {
    if step <= Decimal::ZERO {
        return None;
    }
    let (from, to) = (value.scale(), step.scale());
    let units = value.mantissa();
    let units = if from <= to {
        units.checked_mul(power(to - from))?
    } else {
        divide(units, power(from - to))
    };
    let by = step.mantissa();
    let units = if by == 1 { units } else { divide(units, by).checked_mul(by)? };
    // As a product of decimals would say it: nothing has no digits.
    if units == 0 {
        return Some(Decimal::ZERO);
    }
    Decimal::try_from_i128_with_scale(units, to).ok()
}

/// 1 + so many basis points.
pub(super) fn plus_bps(bps: u32) -> Decimal {
    Decimal::ONE + Decimal::new(bps.into(), 4)
}

/// An exact number as a signal, for reasons and ratios.
pub(super) fn signal(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(f64::NAN)
}
