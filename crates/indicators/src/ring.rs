//! The last `n` values, oldest overwritten first.

use core::num::NonZeroUsize;

/// A window of fixed capacity; nothing is allocated after construction, nor after a clone.
///
/// ```
/// # use core::num::NonZeroUsize;
/// let mut last_two = indicators::Ring::new(NonZeroUsize::MIN.saturating_add(1));
/// assert_eq!(last_two.push('a'), None);
/// assert_eq!(last_two.push('b'), None);
/// assert_eq!(last_two.push('c'), Some('a'), "what falls out");
/// assert_eq!((last_two.back(0), last_two.back(1)), (Some('c'), Some('b')));
/// assert_eq!(last_two.back(2), None);
/// ```
#[derive(Debug, Clone)]
pub struct Ring<T> {
    values: Box<[T]>,
    /// Where the next value goes.
    next: usize,
    len: usize,
}

impl<T: Copy + Default> Ring<T> {
    /// An empty window of `capacity` values.
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self { values: vec![T::default(); capacity.get()].into_boxed_slice(), next: 0, len: 0 }
    }

    /// Puts a value in; returns the one that falls out of a full window.
    #[inline]
    pub fn push(&mut self, value: T) -> Option<T> {
        let place = self.values.get_mut(self.next)?;
        let old = core::mem::replace(place, value);
        self.next += 1;
        if self.next == self.values.len() {
            self.next = 0;
        }
        if self.is_full() {
            return Some(old);
        }
        self.len += 1;
        None
    }

    /// The value `ago` pushes before the newest; 0 is the newest.
    #[inline]
    pub fn back(&self, ago: usize) -> Option<T> {
        if ago >= self.len {
            return None;
        }
        let at = match self.next.checked_sub(ago + 1) {
            Some(at) => at,
            None => self.next + (self.values.len() - 1 - ago),
        };
        self.values.get(at).copied()
    }
}

impl<T: Copy> Ring<T> {
    /// Oldest to newest.
    pub fn iter(&self) -> impl Iterator<Item = T> + '_ {
        let oldest = if self.is_full() { self.next } else { 0 };
        let (newer, older) = self.values.split_at(oldest);
        older.iter().chain(newer).take(self.len).copied()
    }

    /// How many values there are.
    #[inline]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// How many values there can be.
    #[inline]
    pub const fn capacity(&self) -> usize {
        self.values.len()
    }

    /// Whether there is none.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether the next value pushes one out.
    #[inline]
    pub const fn is_full(&self) -> bool {
        self.len == self.values.len()
    }
}
