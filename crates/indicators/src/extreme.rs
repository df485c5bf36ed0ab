//! The highest or lowest value of a window that may have holes.

use core::marker::PhantomData;
use core::num::NonZeroUsize;

use crate::gate::usable;
use crate::order::{Highest, Lowest, Order};

/// The extreme of the last `n` slots, in the values' unit; O(1) on average.
///
/// A slot may be absent: the window is a span of slots, not a count of values. The window is kept
/// in two halves, the older one as the extremes from each slot to its end, the newer one as a
/// running extreme; every `n` slots the newer half becomes the older one, in place.
#[derive(Debug, Clone)]
pub struct RollingExtreme<O> {
    /// Slots as they came in `[..at]`, extremes from there to the end of the older half in `[at..]`.
    slots: Box<[f64]>,
    newer: f64,
    newer_at: usize,
    at: usize,
    full: bool,
    order: PhantomData<O>,
}

/// The highest value of a window.
pub type RollingMax = RollingExtreme<Highest>;
/// The lowest value of a window.
pub type RollingMin = RollingExtreme<Lowest>;

impl<O: Order> RollingExtreme<O> {
    /// A window of `n` slots.
    pub fn new(n: NonZeroUsize) -> Self {
        let slots = vec![O::ABSENT; n.get()].into_boxed_slice();
        Self { slots, newer: O::ABSENT, newer_at: 0, at: 0, full: false, order: PhantomData }
    }

    /// Takes a slot and returns the extreme; `None` is a slot without a value. A value that is not
    /// finite changes nothing, so the window does not advance either.
    #[inline]
    pub fn update(&mut self, value: Option<f64>) -> Option<f64> {
        if value.is_none_or(usable) {
            self.push(value.unwrap_or(O::ABSENT));
        }
        self.value()
    }

    #[inline]
    fn push(&mut self, value: f64) {
        if !O::exceeds(self.newer, value) {
            self.newer = value;
            self.newer_at = self.at;
        }
        if let Some(place) = self.slots.get_mut(self.at) {
            *place = value;
            self.at += 1;
        }
        if self.at == self.slots.len() {
            self.turn();
        }
    }

    fn turn(&mut self) {
        let mut best = O::ABSENT;
        for slot in self.slots.iter_mut().rev() {
            if O::exceeds(*slot, best) {
                best = *slot;
            }
            *slot = best;
        }
        self.newer = O::ABSENT;
        self.at = 0;
        self.full = true;
    }

    /// The extreme of the older half without the slots that came before `from`.
    #[inline]
    fn older(&self, from: usize) -> f64 {
        self.slots.get(from).copied().unwrap_or(O::ABSENT)
    }

    /// The extreme, of fewer slots before `n` have passed; `None` when the window has no value.
    #[inline]
    pub fn value(&self) -> Option<f64> {
        Some(O::better(self.older(self.at), self.newer)).filter(|best| best.is_finite())
    }

    /// What [`update`](Self::update) would return, without taking the slot.
    #[inline]
    pub fn peek(&self, value: Option<f64>) -> Option<f64> {
        if !value.is_none_or(usable) {
            return self.value();
        }
        let kept = O::better(self.older(self.at + 1), self.newer);
        Some(O::better(kept, value.unwrap_or(O::ABSENT))).filter(|best| best.is_finite())
    }

    /// The extreme and how many slots ago it was set (0: the newest), the most recent of equals;
    /// O(log n).
    pub fn placed(&self) -> Option<(f64, usize)> {
        let best = self.value()?;
        if !O::exceeds(best, self.newer) {
            return Some((best, self.at - 1 - self.newer_at));
        }
        // Extremes to the end only get weaker; the last slot that still has it is where it was set.
        let older = self.slots.get(self.at..)?;
        let set = older.partition_point(|to_end| !O::exceeds(best, *to_end));
        Some((best, self.at + older.len() - set))
    }

    /// Whether there is a value.
    #[inline]
    pub fn is_ready(&self) -> bool {
        self.value().is_some()
    }

    /// Whether `n` slots have passed, with or without a value.
    #[inline]
    pub const fn is_full(&self) -> bool {
        self.full
    }
}
