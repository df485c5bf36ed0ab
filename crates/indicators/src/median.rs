//! The median of a window.

use core::num::NonZeroUsize;

use crate::Ring;

/// The median of the last `n` values: the middle one, or the mean of the two middle ones. Search is
/// O(log n); moving the values between the old and the new place is one `memmove`.
#[derive(Debug, Clone)]
pub struct RollingMedian {
    window: Ring<f64>,
    sorted: Vec<f64>,
}

impl RollingMedian {
    /// A window of `n` values.
    pub fn new(n: NonZeroUsize) -> Self {
        Self { window: Ring::new(n), sorted: Vec::with_capacity(n.get() + 1) }
    }

    /// Takes a value; one that is not finite is refused and changes nothing.
    #[inline]
    pub fn update(&mut self, value: f64) -> Option<f64> {
        if value.is_finite() {
            if let Some(old) = self.window.push(value) {
                let at = self.sorted.partition_point(|v| *v < old);
                self.sorted.remove(at);
            }
            let at = self.sorted.partition_point(|v| *v < value);
            self.sorted.insert(at, value);
        }
        self.value()
    }

    /// The median; `None` before `n` values.
    #[inline]
    pub fn value(&self) -> Option<f64> {
        if !self.window.is_full() {
            return None;
        }
        let middle = self.sorted.len() / 2;
        let upper = *self.sorted.get(middle)?;
        if self.sorted.len() % 2 == 1 {
            return Some(upper);
        }
        Some(0.5 * (self.sorted.get(middle - 1)? + upper))
    }
}
