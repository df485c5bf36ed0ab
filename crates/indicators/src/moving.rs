//! Sums and averages of a window.

use core::num::NonZeroUsize;

use crate::Ring;

/// The sum of the last `n` values.
///
/// It is added up anew from the window once every `n` updates, so rounding does not pile up; an
/// update costs O(1) on average.
#[derive(Debug, Clone)]
pub struct RollingSum {
    window: Ring<f64>,
    sum: f64,
    until_rebuild: usize,
}

impl RollingSum {
    /// A window of `n` values.
    pub fn new(n: NonZeroUsize) -> Self {
        Self { window: Ring::new(n), sum: 0.0, until_rebuild: n.get() }
    }

    /// Takes a value; one that is not finite is refused and changes nothing.
    #[inline]
    pub fn update(&mut self, value: f64) -> Option<f64> {
        if value.is_finite() {
            let old = self.window.push(value).unwrap_or(0.0);
            self.sum += value - old;
            self.until_rebuild -= 1;
            if self.until_rebuild == 0 {
                self.until_rebuild = self.window.len();
                self.sum = self.window.iter().sum();
            }
        }
        self.value()
    }

    /// The sum; `None` before `n` values.
    #[inline]
    pub fn value(&self) -> Option<f64> {
        self.window.is_full().then_some(self.sum)
    }

    /// The sum over the mean's divisor, `n`; `None` before `n` values.
    #[inline]
    pub fn mean(&self) -> Option<f64> {
        self.value().map(|sum| sum / self.window.len() as f64)
    }

    /// The values behind it.
    pub const fn window(&self) -> &Ring<f64> {
        &self.window
    }
}

/// Simple moving average of the last `n` values.
#[derive(Debug, Clone)]
pub struct Sma(RollingSum);

impl Sma {
    /// An average of `n` values.
    pub fn new(n: NonZeroUsize) -> Self {
        Self(RollingSum::new(n))
    }

    /// Takes a value; one that is not finite is refused and changes nothing.
    pub fn update(&mut self, value: f64) -> Option<f64> {
        self.0.update(value);
        self.value()
    }

    /// The average; `None` before `n` values.
    pub fn value(&self) -> Option<f64> {
        self.0.mean()
    }
}

/// Exponential moving average: α = 2 / (n + 1), seeded with the mean of the first `n` values as
/// TA-Lib does.
#[derive(Debug, Clone)]
pub struct Ema {
    n: f64,
    alpha: f64,
    seen: f64,
    value: f64,
}

impl Ema {
    /// An average over a span of `n` values.
    pub fn new(n: NonZeroUsize) -> Self {
        let n = n.get() as f64;
        Self { n, alpha: 2.0 / (n + 1.0), seen: 0.0, value: 0.0 }
    }

    /// Takes a value; one that is not finite is refused and changes nothing.
    pub fn update(&mut self, value: f64) -> Option<f64> {
        if value.is_finite() {
            if self.seen < self.n {
                self.seen += 1.0;
                self.value += value;
                if self.seen >= self.n {
                    self.value /= self.n;
                }
            } else {
                self.value += self.alpha * (value - self.value);
            }
        }
        self.value()
    }

    /// The average; `None` before `n` values.
    pub fn value(&self) -> Option<f64> {
        (self.seen >= self.n).then_some(self.value)
    }
}
