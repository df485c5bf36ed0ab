//! Volume-weighted average price of a window.

use core::num::NonZeroUsize;

use crate::RollingSum;

/// Σ typical price × volume / Σ volume over the last `n` slots; the typical price of a bar is
/// (high + low + close) / 3.
#[derive(Debug, Clone)]
pub struct Vwap {
    value: RollingSum,
    volume: RollingSum,
}

impl Vwap {
    /// A window of `n` slots.
    pub fn new(n: NonZeroUsize) -> Self {
        Self { value: RollingSum::new(n), volume: RollingSum::new(n) }
    }

    /// Takes a bar; one with a number that is not finite is refused and changes nothing.
    #[inline]
    pub fn update(&mut self, high: f64, low: f64, close: f64, volume: f64) -> Option<f64> {
        let value = (high + low + close) / 3.0 * volume;
        if value.is_finite() && volume.is_finite() {
            self.value.update(value);
            self.volume.update(volume);
        }
        self.value()
    }

    /// Takes a slot without trades.
    #[inline]
    pub fn update_absent(&mut self) -> Option<f64> {
        self.value.update(0.0);
        self.volume.update(0.0);
        self.value()
    }

    /// The average; `None` before `n` slots or when none of them had volume.
    #[inline]
    pub fn value(&self) -> Option<f64> {
        let (value, volume) = (self.value.value()?, self.volume.value()?);
        (volume > 0.0 && value > 0.0).then(|| value / volume)
    }
}
