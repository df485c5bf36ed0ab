//! How long what may take.

use core::time::Duration;

/// A session's patience. All times are monotonic but for `vouching`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Without any frame for so long, the connection is given up; heartbeats come every second.
    pub silence: Duration,
    /// Without a heartbeat for so long, too.
    pub heartbeat: Duration,
    /// A message vouches for books if a heartbeat came at most so long before it, by the venue's
    /// own times.
    pub vouching: Duration,
    /// How long a snapshot may take before it is asked for again; doubles at every further time.
    pub snapshot: Duration,
    /// What has been well for so long starts afresh when it fails.
    pub healthy: Duration,
    /// More losses than this within `healthy` end the connection.
    pub losses: usize,
    /// A book with more levels than this is not believed (the largest recorded has 46,000).
    pub levels: usize,
    /// The first delay before a new connection is below this.
    pub reconnect: Duration,
    /// Every delay is below this.
    pub reconnect_cap: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            silence: Duration::from_secs(5),
            heartbeat: Duration::from_secs(10),
            vouching: Duration::from_secs(2),
            snapshot: Duration::from_secs(20),
            healthy: Duration::from_mins(1),
            losses: 3,
            levels: 1_000_000,
            reconnect: Duration::from_secs(1),
            reconnect_cap: Duration::from_mins(1),
        }
    }
}
