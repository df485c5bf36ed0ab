//! The median of a window.

use core::num::NonZeroUsize;

use crate::Ring;
use crate::gate::usable;

/// The median of the last `n` values, in their unit: the middle one, or the mean of the two middle
/// ones. Two searches of O(log n), and one move of the values between the old and the new place.
#[derive(Debug, Clone)]
pub struct RollingMedian {
    window: Ring<f64>,
    /// The window's values in order, in as many places from the start as it has values.
    sorted: Box<[f64]>,
}

impl RollingMedian {
    /// A window of `n` values.
    pub fn new(n: NonZeroUsize) -> Self {
        Self { window: Ring::new(n), sorted: vec![0.0; n.get()].into_boxed_slice() }
    }

    /// Takes a value and returns the median; a value that is not finite changes nothing.
    #[inline]
    pub fn update(&mut self, value: f64) -> Option<f64> {
        if usable(value) {
            let len = self.window.len();
            let old = self.window.push(value);
            self.replace(len, old, value);
        }
        self.value()
    }

    /// Moves the hole that `old` leaves, or the first unused place, to where `value` belongs.
    fn replace(&mut self, len: usize, old: Option<f64>, value: f64) {
        let Some(used) = self.sorted.get(..len) else { return };
        let hole = old.map_or(len, |old| used.partition_point(|v| *v < old));
        let above = used.partition_point(|v| *v < value);
        let at = if above > hole {
            self.sorted.copy_within(hole + 1..above, hole);
            above - 1
        } else {
            self.sorted.copy_within(above..hole, above + 1);
            above
        };
        if let Some(place) = self.sorted.get_mut(at) {
            *place = value;
        }
    }

    /// The median; `None` before `n` values.
    #[inline]
    pub fn value(&self) -> Option<f64> {
        if !self.window.is_full() {
            return None;
        }
        let n = self.sorted.len();
        let upper = *self.sorted.get(n / 2)?;
        if n % 2 == 1 {
            return Some(upper);
        }
        Some(0.5 * (self.sorted.get(n / 2 - 1)? + upper))
    }

    /// Whether there is a value.
    #[inline]
    pub const fn is_ready(&self) -> bool {
        self.window.is_full()
    }
}
