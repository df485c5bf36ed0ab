//! When and how often a read is repeated.

use core::time::Duration;

/// How a read is repeated. Order posts, cancels and whatever else changes something are never
/// repeated by the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How many attempts there are in all, at least 1.
    pub attempts: u32,
    /// The upper end of the first wait.
    pub base: Duration,
    /// The upper end of any wait.
    pub cap: Duration,
    /// The whole of a call, turns and waits included.
    pub total: Duration,
    /// Connecting, TLS included.
    pub connect: Duration,
    /// The longest silence while waiting for a reply or reading it.
    pub read: Duration,
    /// One attempt.
    pub attempt: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 4,
            base: Duration::from_millis(250),
            cap: Duration::from_secs(4),
            total: Duration::from_secs(12),
            connect: Duration::from_secs(3),
            read: Duration::from_secs(5),
            attempt: Duration::from_secs(10),
        }
    }
}

impl Patience {
    /// The wait before repetition `n` (from 0): anything up to `base × 2ⁿ`, at most `cap`, chosen by
    /// `dice` (full jitter, so that many clients do not come back together).
    pub fn backoff(&self, n: u32, dice: u64) -> Duration {
        let factor = 1_u32.checked_shl(n.min(16)).unwrap_or(u32::MAX);
        let top = self.base.saturating_mul(factor).min(self.cap);
        let micros = u64::try_from(top.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(dice % micros.saturating_add(1))
    }
}
