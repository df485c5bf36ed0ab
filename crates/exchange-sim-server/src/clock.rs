//! Time: the one place that reads a clock.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use domain::Timestamp;

/// How the venue's time passes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// With the machine's time from `from` on, so many times as fast.
    Running {
        /// The venue's time when the server starts; `None` is the machine's own time.
        from: Option<Timestamp>,
        /// Venue seconds in a second, above 0.
        speed: f64,
    },
    /// Only by [`crate::Server::advance`].
    ByHand {
        /// The venue's time when the server starts.
        from: Timestamp,
    },
}

#[derive(Debug)]
enum Kind {
    Running { from: Timestamp, speed: f64 },
    ByHand { from: Timestamp, now: Mutex<Timestamp> },
}

/// The venue's clock, shared by everything in the server.
#[derive(Debug, Clone)]
pub(crate) struct VenueClock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    started: Instant,
    /// What the venue's time is shown wrong by, in milliseconds: a fault.
    skew_millis: Mutex<i64>,
}

impl VenueClock {
    pub(crate) fn new(pace: Pace) -> Self {
        let kind = match pace {
            Pace::Running { from, speed } => {
                Kind::Running { from: from.unwrap_or_else(wall), speed }
            }
            Pace::ByHand { from } => Kind::ByHand { from, now: Mutex::new(from) },
        };
        Self(Arc::new(Inner { kind, started: instant(), skew_millis: Mutex::new(0) }))
    }

    /// The time that the market and the accounts are at.
    pub(crate) fn now(&self) -> Timestamp {
        match &self.0.kind {
            Kind::Running { from, speed } => *from + self.elapsed().mul_f64(*speed),
            Kind::ByHand { now, .. } => *now.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// The time that the venue claims: [`Self::now`], unless a fault skews it.
    pub(crate) fn shown(&self) -> Timestamp {
        Timestamp::from_millis(self.now().millis().saturating_add(self.skew()))
    }

    /// The machine's time, as wrong as the venue's: what tokens are checked against, since
    /// clients sign with the machine's time whatever the market's date.
    fn token_time(&self) -> Timestamp {
        match &self.0.kind {
            Kind::Running { .. } => {
                Timestamp::from_millis(wall().millis().saturating_add(self.skew()))
            }
            Kind::ByHand { .. } => self.shown(),
        }
    }

    /// The times that a token may be fresh at: the machine's, and the venue's, since clients that ask
    /// for its time sign with that.
    pub(crate) fn token_times(&self) -> [Timestamp; 2] {
        [self.token_time(), self.shown()]
    }

    /// Time since the start, never stepping back: for budgets.
    pub(crate) fn since_start(&self) -> Duration {
        match &self.0.kind {
            Kind::Running { .. } => self.elapsed(),
            Kind::ByHand { from, now } => {
                let now = now.lock().unwrap_or_else(PoisonError::into_inner);
                let millis = now.millis().saturating_sub(from.millis());
                Duration::from_millis(u64::try_from(millis).unwrap_or(0))
            }
        }
    }

    /// The machine's time since the start, however the venue's passes.
    pub(crate) fn up(&self) -> Duration {
        self.elapsed()
    }

    /// Moves a clock that is driven by hand; any other is left alone.
    pub(crate) fn advance(&self, span: Duration) {
        if let Kind::ByHand { now, .. } = &self.0.kind {
            let mut now = now.lock().unwrap_or_else(PoisonError::into_inner);
            *now = *now + span;
        }
    }

    pub(crate) fn set_skew(&self, millis: i64) {
        *self.0.skew_millis.lock().unwrap_or_else(PoisonError::into_inner) = millis;
    }

    fn skew(&self) -> i64 {
        *self.0.skew_millis.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn elapsed(&self) -> Duration {
        instant().saturating_duration_since(self.0.started)
    }
}

#[expect(clippy::disallowed_methods, reason = "a server's own clock is the edge where time enters")]
fn wall() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_secs(0) + since
}

#[expect(clippy::disallowed_methods, reason = "a server's own clock is the edge where time enters")]
fn instant() -> Instant {
    Instant::now()
}
