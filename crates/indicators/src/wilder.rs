//! Wilder's RSI and ATR (J. Welles Wilder, *New Concepts in Technical Trading Systems*, 1978),
//! seeded with a simple mean as TA-Lib does.

use core::num::NonZeroUsize;

use crate::gate::{TINY, settled, usable};
use crate::moving::Smoothed;
use crate::order::{Highest, Lowest, Order as _};

fn smoothed(n: NonZeroUsize) -> Smoothed {
    Smoothed::new(n, 1.0 / n.get() as f64)
}

/// Relative strength index, 0 to 100: 100 × average gain / (average gain + average loss).
///
/// It is 50 when nothing has moved: ever, or for so long that both averages have decayed below
/// 10⁻²⁹⁰ (some 9,000 values of a 14-value index).
#[derive(Debug, Clone)]
pub struct Rsi {
    // Two averages with one count and one weight: as two of `Smoothed` an update takes longer.
    /// Averages of what closes rose and fell by; sums of them until none are missing.
    gain: f64,
    loss: f64,
    last: Option<f64>,
    weight: f64,
    n: f64,
    /// Changes still missing from the first averages.
    missing: usize,
}

impl Rsi {
    /// An index over `n` changes.
    pub fn new(n: NonZeroUsize) -> Self {
        Self {
            gain: 0.0,
            loss: 0.0,
            last: None,
            n: n.get() as f64,
            missing: n.get(),
            weight: 1.0 / n.get() as f64,
        }
    }

    /// Takes a close and returns the index; one that is not finite changes nothing.
    #[inline]
    pub fn update(&mut self, close: f64) -> Option<f64> {
        if !usable(close) {
            return self.value();
        }
        let change = close - self.last.replace(close)?;
        // What was not gained was lost; one of the two is 0.
        let gain = if change > 0.0 { change } else { 0.0 };
        let loss = gain - change;
        if self.missing > 0 {
            return self.seed(gain, loss);
        }
        self.gain += (gain - self.gain) * self.weight;
        self.loss += (loss - self.loss) * self.weight;
        if self.gain < TINY || self.loss < TINY {
            (self.gain, self.loss) = (settled(self.gain), settled(self.loss));
            return self.value();
        }
        Some(100.0 * (self.gain / (self.gain + self.loss)))
    }

    /// One of the changes that the first averages are of.
    #[inline(never)]
    fn seed(&mut self, gain: f64, loss: f64) -> Option<f64> {
        self.gain += gain;
        self.loss += loss;
        self.missing -= 1;
        if self.missing == 0 {
            self.gain /= self.n;
            self.loss /= self.n;
        }
        self.value()
    }

    /// The index; `None` before `n` changes, which take `n` + 1 closes.
    #[inline]
    pub fn value(&self) -> Option<f64> {
        let moved = self.gain + self.loss;
        let index = if moved < TINY { 50.0 } else { 100.0 * (self.gain / moved) };
        self.is_ready().then_some(index)
    }

    /// What [`update`](Self::update) would return, without taking the close.
    #[inline]
    pub fn peek(&self, close: f64) -> Option<f64> {
        self.clone().update(close)
    }

    /// Whether there is a value.
    #[inline]
    pub const fn is_ready(&self) -> bool {
        self.missing == 0
    }
}

/// Average true range, in price units: the average of max(high, previous close) −
/// min(low, previous close).
#[derive(Debug, Clone)]
pub struct Atr {
    ranges: Smoothed,
    last_close: Option<f64>,
}

impl Atr {
    /// An average over `n` true ranges; the first bar has none, for it has no close before it.
    pub fn new(n: NonZeroUsize) -> Self {
        Self { ranges: smoothed(n), last_close: None }
    }

    /// Takes a bar and returns the average; one with a number that is not finite changes nothing.
    #[inline]
    pub fn update(&mut self, high: f64, low: f64, close: f64) -> Option<f64> {
        if usable(high) && usable(low) && usable(close) {
            if let Some(last) = self.last_close {
                self.ranges.update(Highest::better(high, last) - Lowest::better(low, last));
            }
            self.last_close = Some(close);
        }
        self.value()
    }

    /// Takes a slot without trades: a true range of 0 at the last close.
    #[inline]
    pub fn update_absent(&mut self) -> Option<f64> {
        if self.last_close.is_some() {
            self.ranges.update(0.0);
        }
        self.value()
    }

    /// The average; `None` before `n` true ranges, which take `n` + 1 bars.
    #[inline]
    pub const fn value(&self) -> Option<f64> {
        self.ranges.value()
    }

    /// What [`update`](Self::update) would return, without taking the bar.
    #[inline]
    pub fn peek(&self, high: f64, low: f64, close: f64) -> Option<f64> {
        self.clone().update(high, low, close)
    }

    /// Whether there is a value.
    #[inline]
    pub const fn is_ready(&self) -> bool {
        self.value().is_some()
    }
}
