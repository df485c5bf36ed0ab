//! Time as a value: nothing here reads a clock.

use core::fmt;
use core::ops::{Add, Sub};
use core::str::FromStr;
use core::time::Duration;
use std::sync::Mutex;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A moment in UTC, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A text that is no moment in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a time: give RFC 3339 in UTC, such as 2023-12-08T18:00:00Z")]
pub struct TimeError {
    /// What was found.
    pub text: String,
}

impl Timestamp {
    /// The moment so many seconds after the epoch.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// The moment so many milliseconds after the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Seconds from `earlier` to here; negative when it is later.
    pub const fn secs_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0).div_euclid(1000)
    }

    /// The moment so many seconds later (earlier when negative).
    pub const fn plus_secs(self, secs: i64) -> Self {
        Self(self.0.saturating_add(secs.saturating_mul(1000)))
    }

    /// The last multiple of `secs` since the epoch at or before this moment.
    pub const fn floor_secs(self, secs: i64) -> Self {
        let step = if secs < 1 { 1 } else { secs };
        Self::from_secs(self.secs().div_euclid(step).saturating_mul(step))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(at) => fmt::Display::fmt(&at, f),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let at: jiff::Timestamp = text.parse().map_err(|_| TimeError { text: text.to_owned() })?;
        Ok(Self(at.as_millisecond()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// The three clocks, read together: waiting uses `mono`, people read `wall`, days and ages use
/// `venue`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instants {
    /// Time since an arbitrary start that never steps back; not comparable across processes.
    pub mono: Duration,
    /// The machine's UTC time.
    pub wall: Timestamp,
    /// The venue's own time, when it is known.
    pub venue: Option<Timestamp>,
}

/// The port through which time comes in.
pub trait Clock {
    /// Reads all clocks.
    fn now(&self) -> Instants;
}

/// A clock that moves only when told: for recorded and modelled markets, and tests.
#[derive(Debug)]
pub struct ManualClock(Mutex<Instants>);

impl ManualClock {
    /// Starts at `at`, with venue and wall in agreement.
    pub fn starting_at(at: Timestamp) -> Self {
        Self(Mutex::new(Instants { mono: Duration::ZERO, wall: at, venue: Some(at) }))
    }

    /// Moves all three clocks forward.
    pub fn advance(&self, span: Duration) {
        let mut now = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        now.mono = now.mono.saturating_add(span);
        now.wall = now.wall + span;
        now.venue = now.venue.map(|at| at + span);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instants {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
