//! Exact numbers that are made from basis points, and signals from exact numbers.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

/// 1 + so many basis points.
pub(super) fn plus_bps(bps: u32) -> Decimal {
    Decimal::ONE + Decimal::new(bps.into(), 4)
}

/// An exact number as a signal, for reasons and ratios.
pub(super) fn signal(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(f64::NAN)
}
