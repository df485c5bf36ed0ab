//! The last `n` values, oldest overwritten first.

use core::num::NonZeroUsize;

/// A window of fixed capacity; nothing is allocated after construction.
#[derive(Debug, Clone)]
pub struct Ring<T> {
    values: Vec<T>,
    capacity: usize,
    next: usize,
}

impl<T: Copy> Ring<T> {
    /// An empty window of `capacity` values.
    pub fn new(capacity: NonZeroUsize) -> Self {
        let capacity = capacity.get();
        Self { values: Vec::with_capacity(capacity), capacity, next: 0 }
    }

    /// Puts a value in; returns the one that falls out of a full window.
    #[inline]
    pub fn push(&mut self, value: T) -> Option<T> {
        if self.values.len() < self.capacity {
            self.values.push(value);
            return None;
        }
        let slot = self.values.get_mut(self.next)?;
        let old = core::mem::replace(slot, value);
        self.next = if self.next + 1 == self.capacity { 0 } else { self.next + 1 };
        Some(old)
    }

    /// The value `ago` pushes before the newest; 0 is the newest.
    #[inline]
    pub fn back(&self, ago: usize) -> Option<T> {
        let len = self.values.len();
        if ago >= len {
            return None;
        }
        let newest = if self.next == 0 { len - 1 } else { self.next - 1 };
        let at = if newest >= ago { newest - ago } else { newest + len - ago };
        self.values.get(at).copied()
    }

    /// Oldest to newest.
    pub fn iter(&self) -> impl Iterator<Item = T> + '_ {
        let split = self.next.min(self.values.len());
        let (newer, older) = self.values.split_at(split);
        older.iter().chain(newer).copied()
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether the next value pushes one out.
    pub fn is_full(&self) -> bool {
        self.values.len() == self.capacity
    }
}
