//! Volume-weighted average price of a window.

use core::num::NonZeroUsize;
use core::ops::Add;

use crate::gate::usable;
use crate::halves::Halves;

/// What was traded: price × volume, and volume.
#[derive(Debug, Clone, Copy, Default)]
struct Traded {
    value: f64,
    volume: f64,
}

impl Add for Traded {
    type Output = Self;

    #[inline]
    fn add(self, other: Self) -> Self {
        Self { value: self.value + other.value, volume: self.volume + other.volume }
    }
}

/// Σ typical price × volume / Σ volume over the last `n` slots, in price units; the typical price
/// of a bar is (high + low + close) / 3.
#[derive(Debug, Clone)]
pub struct Vwap(Halves<Traded>);

impl Vwap {
    /// A window of `n` slots.
    pub fn new(n: NonZeroUsize) -> Self {
        Self(Halves::new(n))
    }

    /// Takes a bar and returns the average; one with a number that is not finite, or a negative
    /// volume, changes nothing.
    #[inline]
    pub fn update(&mut self, high: f64, low: f64, close: f64, volume: f64) -> Option<f64> {
        let price = (high + low + close) / 3.0;
        if usable(price) && usable(volume) && volume >= 0.0 {
            let traded = Traded { value: price * volume, volume };
            self.0.push(traded, traded, |traded| traded);
        }
        self.value()
    }

    /// Takes a slot without trades.
    #[inline]
    pub fn update_absent(&mut self) -> Option<f64> {
        self.0.push(Traded::default(), Traded::default(), |traded| traded);
        self.value()
    }

    /// The average; `None` before `n` slots or when none of them had volume.
    #[inline]
    pub fn value(&self) -> Option<f64> {
        let Traded { value, volume } = self.0.sum();
        (self.0.is_full() && volume > 0.0).then(|| value / volume)
    }

    /// Whether there is a value.
    #[inline]
    pub fn is_ready(&self) -> bool {
        self.0.is_full() && self.0.sum().volume > 0.0
    }
}
