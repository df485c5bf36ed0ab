//! Pivots: values with less extreme ones on both sides.

use core::marker::PhantomData;
use core::num::{NonZeroU64, NonZeroUsize};

use crate::Ring;
use crate::gate::usable;
use crate::order::{Highest, Lowest, Order};

/// The newest two pivots within the last `lookback` slots, in the values' unit; O(`wing`) an update
/// at worst. A wing is a few slots, and looking at each of them costs less than a window's bookkeeping.
///
/// A pivot is strictly more extreme than the `wing` slots on each side, so it is known `wing` slots
/// after it was made. An absent slot counts as infinitely weak: it never is a pivot and never
/// hinders one. A pivot needs `wing` slots before it, absent or not.
#[derive(Debug, Clone)]
pub struct Pivots<O> {
    /// The `wing` slots before the next one.
    before_next: Ring<f64>,
    /// The newest slot more extreme than the wing before it, until a later slot takes its place.
    candidate: Option<Pivot>,
    newest: Option<Pivot>,
    before: Option<Pivot>,
    /// The number of the next slot; the first is 1.
    next: NonZeroU64,
    wing: u64,
    lookback: u64,
    order: PhantomData<O>,
}

#[derive(Debug, Clone, Copy)]
struct Pivot {
    /// Its number.
    slot: NonZeroU64,
    value: f64,
}

/// Lows with higher lows on both sides.
pub type PivotLows = Pivots<Lowest>;
/// Highs with lower highs on both sides.
pub type PivotHighs = Pivots<Highest>;

impl<O: Order> Pivots<O> {
    /// Pivots of `wing` slots on each side, remembered for `lookback` slots.
    pub fn new(wing: NonZeroUsize, lookback: NonZeroUsize) -> Self {
        Self {
            before_next: Ring::new(wing),
            candidate: None,
            newest: None,
            before: None,
            next: NonZeroU64::MIN,
            wing: wing.get() as u64,
            lookback: lookback.get() as u64,
            order: PhantomData,
        }
    }

    /// Takes a slot and returns the newest pivot; `None` is a slot without a value. A value that is
    /// not finite changes nothing, so the window does not advance either.
    #[inline]
    pub fn update(&mut self, value: Option<f64>) -> Option<f64> {
        if value.is_none_or(usable) {
            self.push(value);
        }
        self.newest()
    }

    #[inline]
    fn push(&mut self, value: Option<f64>) {
        let slot = self.next;
        self.next = slot.saturating_add(1);
        let value = value.unwrap_or(O::ABSENT);
        if let Some(candidate) = self.candidate {
            if !O::exceeds(candidate.value, value) {
                self.candidate = None;
            } else if slot.get() - candidate.slot.get() == self.wing {
                self.before = self.newest.replace(candidate);
                self.candidate = None;
            }
        }
        let wing = &self.before_next;
        if wing.is_full() && wing.as_pushed().iter().all(|before| O::exceeds(value, *before)) {
            self.candidate = Some(Pivot { slot, value });
        }
        self.before_next.push(value);
    }

    /// The newest pivot within the lookback.
    #[inline]
    pub fn newest(&self) -> Option<f64> {
        self.within(self.newest)
    }

    /// The pivot before it, within the lookback.
    #[inline]
    pub fn before(&self) -> Option<f64> {
        self.within(self.before)
    }

    /// Whether there is a pivot within the lookback.
    #[inline]
    pub fn is_ready(&self) -> bool {
        self.newest().is_some()
    }

    #[inline]
    fn within(&self, pivot: Option<Pivot>) -> Option<f64> {
        pivot
            .filter(|pivot| self.next.get() - pivot.slot.get() <= self.lookback)
            .map(|pivot| pivot.value)
    }
}
