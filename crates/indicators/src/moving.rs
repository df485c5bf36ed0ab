//! Sums and averages of a window.

use core::num::NonZeroUsize;
use core::ops::Add;

use crate::gate::{settled, usable};
use crate::halves::Halves;

/// The sum of the last `n` values, in their unit.
///
/// As exact as adding the window up anew each time: nothing is ever subtracted.
#[derive(Debug, Clone)]
pub struct RollingSum(Halves<f64>);

impl RollingSum {
    /// A window of `n` values.
    pub fn new(n: NonZeroUsize) -> Self {
        Self(Halves::new(n))
    }

    /// Takes a value and returns the sum; a value that is not finite changes nothing.
    #[inline]
    pub fn update(&mut self, value: f64) -> Option<f64> {
        if usable(value) {
            self.0.push(value, value, |value| value);
        }
        self.value()
    }

    /// The sum; `None` before `n` values.
    #[inline]
    pub fn value(&self) -> Option<f64> {
        self.0.is_full().then(|| self.0.sum())
    }

    /// What [`update`](Self::update) would return, without taking the value.
    #[inline]
    pub fn peek(&self, value: f64) -> Option<f64> {
        if !usable(value) {
            return self.value();
        }
        self.0.is_full_with_one().then(|| self.0.sum_with(value))
    }

    /// The sum divided by `n`; `None` before `n` values.
    #[inline]
    pub fn mean(&self) -> Option<f64> {
        self.value().map(|sum| sum / self.0.capacity() as f64)
    }

    /// Whether there is a value.
    #[inline]
    pub const fn is_ready(&self) -> bool {
        self.0.is_full()
    }
}

/// The sums of the last `n` values of `K` series that advance together, each in its own unit.
#[derive(Debug, Clone)]
pub struct RollingSums<const K: usize> {
    rows: Halves<Row<K>>,
    n: f64,
}

/// One value of each series.
#[derive(Debug, Clone, Copy)]
struct Row<const K: usize>([f64; K]);

impl<const K: usize> Default for Row<K> {
    fn default() -> Self {
        Self([0.0; K])
    }
}

impl<const K: usize> Add for Row<K> {
    type Output = Self;

    #[inline]
    fn add(mut self, other: Self) -> Self {
        for (sum, value) in self.0.iter_mut().zip(other.0) {
            *sum += value;
        }
        self
    }
}

impl<const K: usize> RollingSums<K> {
    /// Windows of `n` values.
    pub fn new(n: NonZeroUsize) -> Self {
        Self { rows: Halves::new(n), n: n.get() as f64 }
    }

    /// Takes a value of each series and returns the sums; where one is not finite nothing changes.
    #[inline]
    pub fn update(&mut self, values: [f64; K]) -> Option<[f64; K]> {
        if values.iter().all(|value| usable(*value)) {
            self.rows.push(Row(values), Row(values), |row| row);
        }
        self.value()
    }

    /// The sums; `None` before `n` values.
    #[inline]
    pub fn value(&self) -> Option<[f64; K]> {
        self.rows.is_full().then(|| self.rows.sum().0)
    }

    /// The sums divided by `n`; `None` before `n` values.
    #[inline]
    pub fn means(&self) -> Option<[f64; K]> {
        self.value().map(|sums| sums.map(|sum| sum / self.n))
    }

    /// Whether there are sums.
    #[inline]
    pub const fn is_ready(&self) -> bool {
        self.rows.is_full()
    }
}

/// Simple moving average, the mean of the last `n` values.
#[derive(Debug, Clone)]
pub struct Sma {
    sum: RollingSum,
    n: f64,
}

impl Sma {
    /// An average of `n` values.
    pub fn new(n: NonZeroUsize) -> Self {
        Self { sum: RollingSum::new(n), n: n.get() as f64 }
    }

    /// Takes a value and returns the average; a value that is not finite changes nothing.
    #[inline]
    pub fn update(&mut self, value: f64) -> Option<f64> {
        self.sum.update(value).map(|sum| sum / self.n)
    }

    /// The average; `None` before `n` values.
    #[inline]
    pub fn value(&self) -> Option<f64> {
        self.sum.value().map(|sum| sum / self.n)
    }

    /// What [`update`](Self::update) would return, without taking the value.
    #[inline]
    pub fn peek(&self, value: f64) -> Option<f64> {
        self.sum.peek(value).map(|sum| sum / self.n)
    }

    /// Whether there is a value.
    #[inline]
    pub const fn is_ready(&self) -> bool {
        self.sum.is_ready()
    }
}

/// A mean of the first `n` values, then a step of `weight` towards each value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Smoothed {
    value: f64,
    weight: f64,
    n: f64,
    /// Values still missing from the first mean.
    missing: usize,
}

impl Smoothed {
    pub(crate) fn new(n: NonZeroUsize, weight: f64) -> Self {
        Self { value: 0.0, weight, n: n.get() as f64, missing: n.get() }
    }

    #[inline]
    pub(crate) fn update(&mut self, value: f64) {
        if self.missing == 0 {
            self.value = settled(self.value + (value - self.value) * self.weight);
            return;
        }
        self.value += value;
        self.missing -= 1;
        if self.missing == 0 {
            self.value /= self.n;
        }
    }

    #[inline]
    pub(crate) const fn value(&self) -> Option<f64> {
        if self.missing == 0 { Some(self.value) } else { None }
    }
}

/// Exponential moving average: previous + α × (value − previous), α = 2 / (n + 1), seeded with the
/// mean of the first `n` values as TA-Lib does.
#[derive(Debug, Clone)]
pub struct Ema(Smoothed);

impl Ema {
    /// An average over a span of `n` values.
    pub fn new(n: NonZeroUsize) -> Self {
        Self(Smoothed::new(n, 2.0 / (n.get() as f64 + 1.0)))
    }

    /// Takes a value and returns the average; a value that is not finite changes nothing.
    #[inline]
    pub fn update(&mut self, value: f64) -> Option<f64> {
        if usable(value) {
            self.0.update(value);
        }
        self.value()
    }

    /// The average; `None` before `n` values.
    #[inline]
    pub const fn value(&self) -> Option<f64> {
        self.0.value()
    }

    /// What [`update`](Self::update) would return, without taking the value.
    #[inline]
    pub fn peek(&self, value: f64) -> Option<f64> {
        self.clone().update(value)
    }

    /// Whether there is a value.
    #[inline]
    pub const fn is_ready(&self) -> bool {
        self.value().is_some()
    }
}
