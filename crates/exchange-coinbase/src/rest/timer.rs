//! Time for the client: read and waited for through one trait, so that tests own both.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::time::Duration;
use std::sync::Mutex;

use domain::{Clock, Instants, Timestamp};

/// A clock that can also be waited on.
pub trait Timer: Clock + Send + Sync {
    /// Waits for the span to pass.
    fn wait(&self, span: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    /// Tells how far the venue's clock is ahead of the machine's (behind when negative), in
    /// milliseconds. A timer whose venue time comes from elsewhere need not listen.
    fn venue_is_ahead(&self, _millis: i64) {}
}

/// The machine's clocks, and the venue's as far as it is known.
pub struct SystemTimer {
    start: std::time::Instant,
    /// Venue time minus wall time, in milliseconds.
    skew: Mutex<Option<i64>>,
}

impl fmt::Debug for SystemTimer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemTimer").finish_non_exhaustive()
    }
}

impl Default for SystemTimer {
    fn default() -> Self {
        Self::new()
    }
}

impl SystemTimer {
    /// Starts counting now.
    #[expect(clippy::disallowed_methods, reason = "the edge that reads the machine's clock")]
    pub fn new() -> Self {
        Self { start: std::time::Instant::now(), skew: Mutex::new(None) }
    }

    /// Tells how far the venue's clock is ahead of the machine's (behind when negative), in
    /// milliseconds. Tokens are then signed with the venue's time.
    pub fn set_skew_millis(&self, ahead: i64) {
        *self.skew.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(ahead);
    }
}

impl Clock for SystemTimer {
    #[expect(clippy::disallowed_methods, reason = "the edge that reads the machine's clock")]
    fn now(&self) -> Instants {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let millis = since.map_or(0, |span| i64::try_from(span.as_millis()).unwrap_or(i64::MAX));
        let skew = *self.skew.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Instants {
            mono: self.start.elapsed(),
            wall: Timestamp::from_millis(millis),
            venue: skew.map(|ahead| Timestamp::from_millis(millis.saturating_add(ahead))),
        }
    }
}

impl Timer for SystemTimer {
    fn venue_is_ahead(&self, millis: i64) {
        self.set_skew_millis(millis);
    }

    fn wait(&self, span: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(span))
    }
}
