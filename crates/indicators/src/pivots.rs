//! Pivots: values with less extreme ones on both sides.

use core::marker::PhantomData;
use core::num::NonZeroUsize;

use crate::gate::usable;
use crate::order::{Highest, Lowest, Order};

/// The newest two pivots within the last `lookback` slots, in the values' unit; O(`WING`) an update
/// at worst. A wing is a few slots, and looking at each of them costs less than a window's bookkeeping.
///
/// A pivot is strictly more extreme than the `WING` slots on each side, so it is known `WING` slots
/// after it was made. An absent slot counts as infinitely weak: it never is a pivot and never
/// hinders one. A pivot needs `WING` slots before it, absent or not.
#[derive(Debug, Clone)]
pub struct Pivots<O, const WING: usize> {
    /// The `WING` slots before the next one, newest first. Nothing exceeds NaN, which is where
    /// there was no slot.
    wing: [f64; WING],
    /// The newest slot more extreme than the wing before it, until a later slot takes its place.
    candidate: Option<Candidate>,
    newest: Pivot,
    before: Pivot,
    /// Slots so far.
    taken: u64,
    lookback: u64,
    order: PhantomData<O>,
}

#[derive(Debug, Clone, Copy)]
struct Candidate {
    value: f64,
    /// Its slot's number; the first is 1.
    slot: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Pivot {
    value: f64,
    /// The first slot that does not look back so far, by number; 0 where there was no pivot.
    until: u64,
}

/// Lows with higher lows on both sides.
pub type PivotLows<const WING: usize> = Pivots<Lowest, WING>;
/// Highs with lower highs on both sides.
pub type PivotHighs<const WING: usize> = Pivots<Highest, WING>;

impl<O: Order, const WING: usize> Pivots<O, WING> {
    /// Pivots remembered for `lookback` slots.
    pub fn new(lookback: NonZeroUsize) -> Self {
        const { assert!(WING > 0, "a pivot has slots on both sides") }
        Self {
            wing: [f64::NAN; WING],
            candidate: None,
            newest: Pivot::default(),
            before: Pivot::default(),
            taken: 0,
            lookback: lookback.get() as u64,
            order: PhantomData,
        }
    }

    /// Takes a slot and returns the newest pivot; `None` is a slot without a value. A value that is
    /// not finite changes nothing, so the window does not advance either.
    #[inline]
    pub fn update(&mut self, value: Option<f64>) -> Option<f64> {
        if value.is_none_or(usable) {
            self.push(value.unwrap_or(O::ABSENT));
        }
        self.newest()
    }

    #[inline]
    fn push(&mut self, value: f64) {
        self.taken += 1;
        if let Some(candidate) = self.candidate {
            if !O::exceeds(candidate.value, value) {
                self.candidate = None;
            } else if self.taken - candidate.slot == WING as u64 {
                let until = candidate.slot + self.lookback;
                self.before = self.newest;
                self.newest = Pivot { value: candidate.value, until };
                self.candidate = None;
            }
        }
        let (mut stands_out, mut next) = (true, value);
        for before in &mut self.wing {
            stands_out &= O::exceeds(value, *before);
            next = core::mem::replace(before, next);
        }
        if stands_out {
            self.candidate = Some(Candidate { value, slot: self.taken });
        }
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
    fn within(&self, pivot: Pivot) -> Option<f64> {
        (self.taken < pivot.until).then_some(pivot.value)
    }
}
