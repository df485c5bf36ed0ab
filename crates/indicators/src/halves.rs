//! Sums over a sliding window that never subtract.

use core::num::NonZeroUsize;
use core::ops::Add;

/// The sum of the last `n` items in two halves: the older one as suffix sums, each dropped when its
/// first item leaves the window, the newer one as a running sum.
///
/// Nothing is ever taken away from a sum, so a huge item leaves no trace once it is out, and a
/// window of zeros adds up to 0. Every `n` pushes the newer half becomes the older one, in place.
#[derive(Debug, Clone)]
pub(crate) struct Halves<T> {
    /// Items as they came in `[..at]`, sums from there to the end of the older half in `[at..]`.
    items: Box<[T]>,
    newer: T,
    at: usize,
    full: bool,
}

impl<T: Copy + Default + Add<Output = T>> Halves<T> {
    pub(crate) fn new(n: NonZeroUsize) -> Self {
        let items = vec![T::default(); n.get()].into_boxed_slice();
        Self { items, newer: T::default(), at: 0, full: false }
    }

    /// Takes an item that counts as `term`. When the halves turn, every item is counted again as
    /// what `again` makes of it, and the answer is true.
    #[inline]
    pub(crate) fn push(&mut self, item: T, term: T, again: impl Fn(T) -> T) -> bool {
        if let Some(place) = self.items.get_mut(self.at) {
            *place = item;
            self.at += 1;
        }
        self.newer = self.newer + term;
        let turns = self.at == self.items.len();
        if turns {
            self.turn(again);
        }
        turns
    }

    fn turn(&mut self, again: impl Fn(T) -> T) {
        let mut sum = T::default();
        for item in self.items.iter_mut().rev() {
            sum = again(*item) + sum;
            *item = sum;
        }
        self.newer = T::default();
        self.at = 0;
        self.full = true;
    }

    /// The sum of the window, of fewer items before it is full.
    #[inline]
    pub(crate) fn sum(&self) -> T {
        self.older(self.at) + self.newer
    }

    /// The sum as it would be after a push.
    #[inline]
    pub(crate) fn sum_with(&self, term: T) -> T {
        self.older(self.at + 1) + self.newer + term
    }

    #[inline]
    fn older(&self, from: usize) -> T {
        self.items.get(from).copied().unwrap_or_default()
    }

    /// Whether `n` items have been taken.
    #[inline]
    pub(crate) const fn is_full(&self) -> bool {
        self.full
    }

    /// Whether one more item makes it full.
    #[inline]
    pub(crate) const fn is_full_with_one(&self) -> bool {
        self.full || self.at + 1 == self.items.len()
    }

    /// `n`.
    #[inline]
    pub(crate) const fn capacity(&self) -> usize {
        self.items.len()
    }
}
