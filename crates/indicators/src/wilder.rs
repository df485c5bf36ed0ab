//! Wilder's RSI and ATR (J. Welles Wilder, *New Concepts in Technical Trading Systems*, 1978),
//! seeded with a simple mean as TA-Lib does.

use core::num::NonZeroUsize;

/// Wilder's smoothing: the mean of the first `n` values, then (previous × (n − 1) + value) / n.
#[derive(Debug, Clone, Copy)]
struct Smoothed {
    n: f64,
    seen: f64,
    value: f64,
}

impl Smoothed {
    fn new(n: NonZeroUsize) -> Self {
        Self { n: n.get() as f64, seen: 0.0, value: 0.0 }
    }

    #[inline]
    fn update(&mut self, value: f64) {
        if self.seen < self.n {
            self.seen += 1.0;
            self.value += value;
            if self.seen >= self.n {
                self.value /= self.n;
            }
        } else {
            self.value = (self.value * (self.n - 1.0) + value) / self.n;
        }
    }

    #[inline]
    fn ready(&self) -> Option<f64> {
        (self.seen >= self.n).then_some(self.value)
    }
}

/// Relative strength index, 0 to 100. A series that never moved has an RSI of 50.
#[derive(Debug, Clone)]
pub struct Rsi {
    gains: Smoothed,
    losses: Smoothed,
    last: Option<f64>,
}

impl Rsi {
    /// An index over `n` changes.
    pub fn new(n: NonZeroUsize) -> Self {
        Self { gains: Smoothed::new(n), losses: Smoothed::new(n), last: None }
    }

    /// Takes a close; one that is not finite is refused and changes nothing.
    #[inline]
    pub fn update(&mut self, close: f64) -> Option<f64> {
        if close.is_finite() {
            if let Some(last) = self.last {
                let change = close - last;
                self.gains.update(change.max(0.0));
                self.losses.update((-change).max(0.0));
            }
            self.last = Some(close);
        }
        self.value()
    }

    /// The index; `None` before `n` changes.
    #[inline]
    pub fn value(&self) -> Option<f64> {
        let (gain, loss) = (self.gains.ready()?, self.losses.ready()?);
        let moved = gain + loss;
        Some(if moved > 0.0 { 100.0 * gain / moved } else { 50.0 })
    }
}

/// Average true range, in price units.
#[derive(Debug, Clone)]
pub struct Atr {
    ranges: Smoothed,
    last_close: Option<f64>,
}

impl Atr {
    /// An average over `n` true ranges; the first bar has none, for it has no close before it.
    pub fn new(n: NonZeroUsize) -> Self {
        Self { ranges: Smoothed::new(n), last_close: None }
    }

    /// Takes a bar; one with a number that is not finite is refused and changes nothing.
    #[inline]
    pub fn update(&mut self, high: f64, low: f64, close: f64) -> Option<f64> {
        if high.is_finite() && low.is_finite() && close.is_finite() {
            if let Some(last) = self.last_close {
                self.ranges.update(high.max(last) - low.min(last));
            }
            self.last_close = Some(close);
        }
        self.value()
    }

    /// Takes a span without trades: a true range of 0 at the last close.
    #[inline]
    pub fn update_absent(&mut self) -> Option<f64> {
        if self.last_close.is_some() {
            self.ranges.update(0.0);
        }
        self.value()
    }

    /// The average; `None` before `n` true ranges.
    #[inline]
    pub fn value(&self) -> Option<f64> {
        self.ranges.ready()
    }
}
