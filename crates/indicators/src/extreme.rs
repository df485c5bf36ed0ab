//! The highest or lowest value of a window that may have holes.

use core::marker::PhantomData;
use core::num::NonZeroUsize;
use std::collections::VecDeque;

/// Which of two values wins.
pub trait Order: Copy + core::fmt::Debug {
    /// Whether `new` makes `old` irrelevant for every later window.
    fn beats(new: f64, old: f64) -> bool;
}

/// The higher wins.
#[derive(Debug, Clone, Copy)]
pub struct Highest;

/// The lower wins.
#[derive(Debug, Clone, Copy)]
pub struct Lowest;

impl Order for Highest {
    #[inline]
    fn beats(new: f64, old: f64) -> bool {
        new >= old
    }
}

impl Order for Lowest {
    #[inline]
    fn beats(new: f64, old: f64) -> bool {
        new <= old
    }
}

/// The extreme of the last `n` slots; O(1) on average. A slot may be absent: the window is a span
/// of slots, not a count of values.
#[derive(Debug, Clone)]
pub struct RollingExtreme<O> {
    /// Candidates, best first, each with the slot it came in.
    queue: VecDeque<(u64, f64)>,
    n: u64,
    slots: u64,
    order: PhantomData<O>,
}

/// The highest value of a window.
pub type RollingMax = RollingExtreme<Highest>;
/// The lowest value of a window.
pub type RollingMin = RollingExtreme<Lowest>;

impl<O: Order> RollingExtreme<O> {
    /// A window of `n` slots.
    pub fn new(n: NonZeroUsize) -> Self {
        let queue = VecDeque::with_capacity(n.get() + 1);
        Self { queue, n: n.get() as u64, slots: 0, order: PhantomData }
    }

    /// Takes a slot; `None`, or a value that is not finite, is an absent one.
    #[inline]
    pub fn update(&mut self, value: Option<f64>) -> Option<f64> {
        self.slots += 1;
        if let Some(value) = value.filter(|v| v.is_finite()) {
            while self.queue.back().is_some_and(|(_, old)| O::beats(value, *old)) {
                self.queue.pop_back();
            }
            self.queue.push_back((self.slots, value));
        }
        if self.queue.front().is_some_and(|(slot, _)| slot + self.n <= self.slots) {
            self.queue.pop_front();
        }
        self.value()
    }

    /// The extreme; `None` when the window has no value.
    #[inline]
    pub fn value(&self) -> Option<f64> {
        self.queue.front().map(|(_, value)| *value)
    }

    /// The extreme and how many slots ago it was set (0: the newest); the most recent of equals.
    #[inline]
    pub fn placed(&self) -> Option<(f64, u64)> {
        self.queue.front().map(|(slot, value)| (*value, self.slots - slot))
    }

    /// Whether `n` slots have passed.
    #[inline]
    pub const fn is_full(&self) -> bool {
        self.slots >= self.n
    }
}
