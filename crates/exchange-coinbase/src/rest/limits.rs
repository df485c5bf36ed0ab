//! How many requests may go out, and whose turn it is.

use core::time::Duration;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Timer;

/// What a request is for; earlier lanes go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Taking orders off the book.
    Cancel,
    /// Reducing a position.
    Exit,
    /// Opening a position.
    Entry,
    /// Everything else.
    Data,
}

impl Lane {
    /// The share of a budget, in percent, that this lane leaves for those before it.
    const fn leaves_pct(self) -> u64 {
        match self {
            Self::Cancel => 0,
            Self::Exit => 10,
            Self::Entry => 20,
            Self::Data => 30,
        }
    }
}

/// The budgets of one client. Coinbase documents 30 requests a second for a key, 10 for an address,
/// and 10,000 an hour for a key. In any second (hour) at most `burst + rate` go out, so the
/// defaults add up to those figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests without a key: how many at once.
    pub public_burst: u32,
    /// Requests without a key: how many a second.
    pub public_per_sec: u32,
    /// Requests with a key: how many at once.
    pub private_burst: u32,
    /// Requests with a key: how many a second.
    pub private_per_sec: u32,
    /// Requests with a key: half of the hour's allowance, as burst and as rate an hour.
    pub private_half_hourly: u32,
    /// How many requests may wait for their turn; more are turned away.
    pub waiting: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            public_burst: 4,
            public_per_sec: 6,
            private_burst: 12,
            private_per_sec: 18,
            private_half_hourly: 5_000,
            waiting: 1_024,
        }
    }
}

/// The longest pause that a venue's header can cause.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// The longest that a cancel waits for such a pause to end.
const CANCEL_PAUSE: Duration = Duration::from_secs(1);

/// A token bucket with lanes, driven by the time it is told: pure. Tokens are counted in millionths.
#[derive(Debug, Clone)]
pub struct Bucket {
    capacity: u64,
    per_sec: u64,
    tokens: u64,
    at: Duration,
    paused_from: Duration,
    paused_until: Duration,
}

const ONE: u64 = 1_000_000;

impl Bucket {
    /// A full bucket of `burst` requests that gains `count` in every `span`.
    pub fn new(burst: u32, count: u32, span: Duration) -> Self {
        let capacity = u64::from(burst.max(1)).saturating_mul(ONE);
        let per_sec = u64::from(count.max(1)).saturating_mul(ONE) / span.as_secs().max(1);
        let zero = Duration::ZERO;
        Self {
            capacity,
            per_sec: per_sec.max(1),
            tokens: capacity,
            at: zero,
            paused_from: zero,
            paused_until: zero,
        }
    }

    /// How long this lane has to wait at `now` before it may take a token; nothing when it may.
    pub fn wait(&mut self, lane: Lane, now: Duration) -> Duration {
        self.refill(now);
        let until = if lane == Lane::Cancel {
            self.paused_until.min(self.paused_from.saturating_add(CANCEL_PAUSE))
        } else {
            self.paused_until
        };
        let paused = until.saturating_sub(now);
        // A full bucket serves every lane, however small it is.
        let left = (self.capacity / 100).saturating_mul(lane.leaves_pct());
        let needed = ONE.saturating_add(left).min(self.capacity);
        let missing = needed.saturating_sub(self.tokens);
        let micros = missing.saturating_mul(1_000_000).div_ceil(self.per_sec);
        paused.max(Duration::from_micros(micros))
    }

    /// Takes a token.
    pub const fn take(&mut self) {
        self.tokens = self.tokens.saturating_sub(ONE);
    }

    /// Nobody goes for so long (at most a minute; a cancel waits at most a second of it).
    pub fn pause(&mut self, now: Duration, span: Duration) {
        let until = now.saturating_add(span.min(LONGEST_PAUSE));
        if until > self.paused_until {
            self.paused_until = until;
            self.paused_from = now;
        }
    }

    /// The venue says how many are left.
    pub fn at_most(&mut self, now: Duration, remaining: u64) {
        self.refill(now);
        self.tokens = self.tokens.min(remaining.saturating_mul(ONE));
    }

    fn refill(&mut self, now: Duration) {
        let passed = u64::try_from(now.saturating_sub(self.at).as_micros()).unwrap_or(u64::MAX);
        let gained = u128::from(passed) * u128::from(self.per_sec) / 1_000_000;
        if gained > 0 {
            let gained = u64::try_from(gained).unwrap_or(u64::MAX);
            self.tokens = self.tokens.saturating_add(gained).min(self.capacity);
            self.at = now;
        }
    }
}

/// A turn could not be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoTurn {
    /// Too many wait already.
    Crowded,
    /// It would not come before the deadline.
    TooLate,
}

/// Buckets that all have to agree, the one of the shortest span first, and the queue in front of
/// them.
pub(crate) struct Gate {
    inner: Mutex<Inner>,
    waiting: usize,
}

struct Inner {
    buckets: Vec<Bucket>,
    queue: BTreeSet<(Lane, u64)>,
    next: u64,
}

/// A place in the queue, given up when it is dropped.
struct Place<'a> {
    gate: &'a Gate,
    key: (Lane, u64),
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.gate.lock().queue.remove(&self.key);
    }
}

impl Gate {
    pub(crate) fn new(buckets: Vec<Bucket>, waiting: usize) -> Self {
        let inner = Inner { buckets, queue: BTreeSet::new(), next: 0 };
        Self { inner: Mutex::new(inner), waiting }
    }

    /// Waits for a turn in this lane, no longer than until `deadline` (monotonic).
    pub(crate) async fn turn(
        &self,
        lane: Lane,
        timer: &dyn Timer,
        deadline: Duration,
    ) -> Result<(), NoTurn> {
        let place = self.enter(lane)?;
        loop {
            let now = timer.now().mono;
            let wait = self.attempt(place.key, now);
            if wait.is_zero() {
                return Ok(());
            }
            if now.saturating_add(wait) > deadline {
                return Err(NoTurn::TooLate);
            }
            timer.wait(wait).await;
        }
    }

    /// The venue says how many requests are left of the shortest span, which is the first bucket's:
    /// that says nothing about an hour.
    pub(crate) fn remaining(&self, now: Duration, remaining: u64) {
        if let Some(shortest) = self.lock().buckets.first_mut() {
            shortest.at_most(now, remaining);
        }
    }

    /// Changes all buckets.
    pub(crate) fn adjust(&self, mut change: impl FnMut(&mut Bucket)) {
        self.lock().buckets.iter_mut().for_each(&mut change);
    }

    fn enter(&self, lane: Lane) -> Result<Place<'_>, NoTurn> {
        let mut inner = self.lock();
        // A cancel is never turned away.
        if inner.queue.len() >= self.waiting && lane != Lane::Cancel {
            return Err(NoTurn::Crowded);
        }
        let key = (lane, inner.next);
        inner.next = inner.next.wrapping_add(1);
        inner.queue.insert(key);
        Ok(Place { gate: self, key })
    }

    /// Takes a token from each bucket if it is this place's turn, else says how long to wait.
    fn attempt(&self, key: (Lane, u64), now: Duration) -> Duration {
        /// How soon a place that is not the first looks again.
        const LOOK_AGAIN: Duration = Duration::from_millis(5);
        let mut inner = self.lock();
        let wait = inner.buckets.iter_mut().map(|b| b.wait(key.0, now)).max().unwrap_or_default();
        if inner.queue.first() != Some(&key) {
            return wait.max(LOOK_AGAIN);
        }
        if wait.is_zero() {
            inner.buckets.iter_mut().for_each(Bucket::take);
            inner.queue.remove(&key);
        }
        wait
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
