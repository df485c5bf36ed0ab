//! Pivot lows: lows with higher lows on both sides.

use core::num::NonZeroUsize;

use crate::Ring;

/// The newest two pivot lows within the last `lookback` slots. A pivot's low is strictly below the
/// lows of `wing` slots on each side, so it is known `wing` slots after it was made. An absent slot
/// counts as infinitely high: it never is a pivot and never hinders one.
#[derive(Debug, Clone)]
pub struct PivotLows {
    recent: Ring<f64>,
    wing: usize,
    lookback: u64,
    slots: u64,
    newest: Option<(u64, f64)>,
    before: Option<(u64, f64)>,
}

impl PivotLows {
    /// Pivots of `wing` slots on each side, remembered for `lookback` slots.
    pub fn new(wing: NonZeroUsize, lookback: NonZeroUsize) -> Self {
        let span = wing.saturating_mul(NonZeroUsize::MIN.saturating_add(1)).saturating_add(1);
        Self {
            recent: Ring::new(span),
            wing: wing.get(),
            lookback: lookback.get() as u64,
            slots: 0,
            newest: None,
            before: None,
        }
    }

    /// Takes a slot's low; `None`, or one that is not finite, is an absent slot.
    #[inline]
    pub fn update(&mut self, low: Option<f64>) {
        self.slots += 1;
        self.recent.push(low.filter(|l| l.is_finite()).unwrap_or(f64::INFINITY));
        if !self.recent.is_full() {
            return;
        }
        let Some(middle) = self.recent.back(self.wing).filter(|m| m.is_finite()) else { return };
        let lower = |ago| self.recent.back(ago).is_some_and(|other| middle < other);
        if (0..self.wing).all(lower) && (self.wing + 1..=2 * self.wing).all(lower) {
            self.before = self.newest;
            self.newest = Some((self.slots - self.wing as u64, middle));
        }
    }

    /// The newest pivot low within the lookback.
    #[inline]
    pub fn newest(&self) -> Option<f64> {
        self.within(self.newest)
    }

    /// The pivot low before it, within the lookback.
    #[inline]
    pub fn before(&self) -> Option<f64> {
        self.within(self.before)
    }

    #[inline]
    fn within(&self, pivot: Option<(u64, f64)>) -> Option<f64> {
        pivot.filter(|(slot, _)| slot + self.lookback > self.slots).map(|(_, low)| low)
    }
}
