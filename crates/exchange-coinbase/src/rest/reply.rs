//! A complete reply, and what its headers say.

use core::time::Duration;

use bytes::Bytes;
use domain::Timestamp;
use serde::de::DeserializeOwned;

use super::error::clean;
use super::{RestError, VenueError};
use crate::wire::Object;

/// A complete reply within its size limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// `Date`: the venue's time in whole seconds, when it gave one.
    pub date: Option<Timestamp>,
    /// `x-ratelimit-remaining`.
    pub remaining: Option<u64>,
    /// `x-ratelimit-reset`: a number of seconds, or a moment in seconds since 1970.
    pub reset: Option<u64>,
    /// `retry-after` in seconds.
    pub retry_after: Option<u64>,
    /// The body.
    pub body: Bytes,
}

impl Reply {
    /// Whether the status is 2xx.
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// Reads the headers of a reply. Those that make no sense count as absent.
    pub fn with_headers<'a>(
        status: u16,
        headers: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let mut reply = Self { status, ..Self::default() };
        for (name, value) in headers {
            let value = value.trim();
            match name {
                "date" => reply.date = http_date(value),
                "x-ratelimit-remaining" => reply.remaining = value.parse().ok(),
                "x-ratelimit-reset" => reply.reset = value.parse().ok(),
                "retry-after" => {
                    reply.retry_after = value.parse().ok().or_else(|| {
                        // A date counts from the reply's own.
                        let until = http_date(value)?;
                        let from = reply.date?;
                        u64::try_from(until.secs_since(from)).ok()
                    });
                }
                _ => {}
            }
        }
        reply
    }

    /// How long the venue asks not to be asked: `retry-after`, or until the reset when nothing
    /// remains.
    pub fn asks_to_wait(&self, now: Timestamp) -> Option<Duration> {
        if let Some(secs) = self.retry_after {
            return Some(Duration::from_secs(secs));
        }
        if self.remaining != Some(0) && self.status != 429 {
            return None;
        }
        let reset = self.reset?;
        // Coinbase does not say which of the two it sends.
        if reset < 1_000_000_000 {
            return Some(Duration::from_secs(reset));
        }
        let now = u64::try_from(self.date.unwrap_or(now).secs()).unwrap_or(0);
        Some(Duration::from_secs(reset.saturating_sub(now)))
    }

    /// The value in a successful reply.
    ///
    /// # Errors
    /// [`RestError::Status`] or [`RestError::Unreadable`].
    pub fn read<T: DeserializeOwned>(&self, endpoint: &'static str) -> Result<T, RestError> {
        if !self.is_success() {
            return Err(RestError::Status {
                endpoint,
                status: self.status,
                error: VenueError::read(&self.body),
                retry_after: self.retry_after.map(Duration::from_secs),
            });
        }
        serde_json::from_slice(&self.body)
            .map(|Object(value)| value)
            .map_err(|error| RestError::Unreadable { endpoint, cause: clean(&error.to_string()) })
    }
}

/// A date as HTTP writes it, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<Timestamp> {
    let zoned = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(Timestamp::from_secs(zoned.timestamp().as_second()))
}
