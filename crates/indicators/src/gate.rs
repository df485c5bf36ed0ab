//! Which numbers may enter.

/// Beyond it a sum of squares of a window could overflow: 2³² × (2 × 10¹⁴⁰)² is still finite.
const LIMIT: f64 = 1e140;

/// Smoothed values below it are nothing: they would decay into subnormal numbers, where arithmetic
/// is slow and ratios are noise.
pub(crate) const TINY: f64 = 1e-290;

/// Whether a number can be taken in: not NaN, not infinite, not beyond ±10¹⁴⁰.
#[inline]
pub(crate) fn usable(value: f64) -> bool {
    value.abs() <= LIMIT
}

/// A smoothed value, or 0 when it is next to nothing.
#[inline]
pub(crate) fn settled(value: f64) -> f64 {
    if value.abs() < TINY { 0.0 } else { value }
}
