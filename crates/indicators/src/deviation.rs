//! Standard deviation and z-score of a window.

use core::num::NonZeroUsize;

use crate::Ring;

/// Mean and spread of the last `n` values, by Welford's sliding update (B. P. Welford, 1962);
/// computed anew from the window once every `n` updates, so rounding does not pile up.
#[derive(Debug, Clone)]
pub struct RollingStd {
    window: Ring<f64>,
    mean: f64,
    squares: f64,
    until_rebuild: usize,
}

impl RollingStd {
    /// A window of `n` values.
    pub fn new(n: NonZeroUsize) -> Self {
        Self { window: Ring::new(n), mean: 0.0, squares: 0.0, until_rebuild: n.get() }
    }

    /// Takes a value; one that is not finite is refused and changes nothing.
    #[inline]
    pub fn update(&mut self, value: f64) {
        if !value.is_finite() {
            return;
        }
        let old = self.window.push(value);
        self.until_rebuild -= 1;
        if self.until_rebuild == 0 {
            self.rebuild();
        } else if let Some(old) = old {
            let before = self.mean;
            self.mean += (value - old) / self.window.len() as f64;
            self.squares += (value - old) * (value - self.mean + old - before);
        }
    }

    fn rebuild(&mut self) {
        let n = self.window.len();
        self.until_rebuild = n;
        self.mean = self.window.iter().sum::<f64>() / n as f64;
        self.squares = self.window.iter().map(|v| (v - self.mean) * (v - self.mean)).sum();
    }

    /// The mean; `None` before `n` values.
    #[inline]
    pub fn mean(&self) -> Option<f64> {
        self.window.is_full().then_some(self.mean)
    }

    /// Sample standard deviation (divided by n − 1); `None` before `n` values or for n = 1.
    #[inline]
    pub fn sample(&self) -> Option<f64> {
        let freedom = self.window.len().checked_sub(1).filter(|f| *f > 0)? as f64;
        self.window.is_full().then(|| (self.squares.max(0.0) / freedom).sqrt())
    }

    /// Population standard deviation (divided by n); `None` before `n` values.
    #[inline]
    pub fn population(&self) -> Option<f64> {
        let n = self.window.len() as f64;
        self.window.is_full().then(|| (self.squares.max(0.0) / n).sqrt())
    }

    /// How many sample deviations a value is from the mean; `None` without a deviation.
    #[inline]
    pub fn z_score(&self, value: f64) -> Option<f64> {
        let deviation = self.sample().filter(|d| *d > 0.0)?;
        Some((value - self.mean) / deviation).filter(|z| z.is_finite())
    }
}
