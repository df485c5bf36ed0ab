//! Standard deviation and z-score of a window.

use core::num::NonZeroUsize;
use core::ops::Add;

use crate::gate::usable;
use crate::halves::Halves;

/// Σ and Σ² of distances from a pivot; in a raw item, the value itself and nothing.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    first: f64,
    second: f64,
}

impl Moments {
    #[inline]
    fn around(value: f64, pivot: f64) -> Self {
        let distance = value - pivot;
        Self { first: distance, second: distance * distance }
    }
}

impl Add for Moments {
    type Output = Self;

    #[inline]
    fn add(self, other: Self) -> Self {
        Self { first: self.first + other.first, second: self.second + other.second }
    }
}

/// Mean and spread of the last `n` values, in their unit.
///
/// Moments are summed around a pivot that always is one of the window's own values, so Σ² is at
/// most n + 1 times the squared spread it is reduced to (the shifted formula in
/// T. F. Chan et al., *Algorithms for Computing the Sample Variance*, 1983), and a window of equal
/// values deviates by exactly 0.
#[derive(Debug, Clone)]
pub struct RollingStd {
    around: Halves<Moments>,
    pivot: f64,
    n: f64,
}

impl RollingStd {
    /// A window of `n` values.
    pub fn new(n: NonZeroUsize) -> Self {
        Self { around: Halves::new(n), pivot: 0.0, n: n.get() as f64 }
    }

    /// Takes a value and returns the sample deviation; a value that is not finite changes nothing.
    #[inline]
    pub fn update(&mut self, value: f64) -> Option<f64> {
        if usable(value) {
            let item = Moments { first: value, second: 0.0 };
            let term = Moments::around(value, self.pivot);
            // The newest value stays in the window until the halves turn again.
            if self.around.push(item, term, |old| Moments::around(old.first, value)) {
                self.pivot = value;
            }
        }
        self.value()
    }

    /// [`sample`](Self::sample).
    #[inline]
    pub fn value(&self) -> Option<f64> {
        self.sample()
    }

    /// The mean; `None` before `n` values.
    #[inline]
    pub fn mean(&self) -> Option<f64> {
        self.around.is_full().then(|| self.pivot + self.around.sum().first / self.n)
    }

    /// Sample standard deviation, √(Σ (value − mean)² / (n − 1)); `None` before `n` values or for
    /// n = 1.
    #[inline]
    pub fn sample(&self) -> Option<f64> {
        let freedom = self.n - 1.0;
        (self.around.is_full() && freedom > 0.0).then(|| (self.squares() / freedom).sqrt())
    }

    /// Population standard deviation, √(Σ (value − mean)² / n); `None` before `n` values.
    #[inline]
    pub fn population(&self) -> Option<f64> {
        self.around.is_full().then(|| (self.squares() / self.n).sqrt())
    }

    /// Whether there are `n` values.
    #[inline]
    pub const fn is_ready(&self) -> bool {
        self.around.is_full()
    }

    /// Σ (value − mean)².
    #[inline]
    fn squares(&self) -> f64 {
        let Moments { first, second } = self.around.sum();
        (second - first * (first / self.n)).max(0.0)
    }
}

/// How many sample deviations a value is from the mean of the `n` values before it.
///
/// The window never contains the value under test, which would pull the mean towards itself.
#[derive(Debug, Clone)]
pub struct ZScore {
    before: RollingStd,
    value: Option<f64>,
}

impl ZScore {
    /// A score against `n` values.
    pub fn new(n: NonZeroUsize) -> Self {
        Self { before: RollingStd::new(n), value: None }
    }

    /// Scores a value, then takes it in; one that is not finite changes nothing.
    #[inline]
    pub fn update(&mut self, value: f64) -> Option<f64> {
        if usable(value) {
            self.value = self.peek(value);
            self.before.update(value);
        }
        self.value
    }

    /// The newest value's score; `None` before `n` + 1 values, or when those before it were equal
    /// or fewer than two.
    #[inline]
    pub const fn value(&self) -> Option<f64> {
        self.value
    }

    /// A value's score without taking it in; `None` for one that is not finite.
    #[inline]
    pub fn peek(&self, value: f64) -> Option<f64> {
        let deviation = self.before.sample().filter(|deviation| *deviation > 0.0)?;
        let mean = self.before.mean()?;
        Some((value - mean) / deviation).filter(|score| score.is_finite())
    }

    /// Whether the newest value has a score.
    #[inline]
    pub const fn is_ready(&self) -> bool {
        self.value.is_some()
    }
}
