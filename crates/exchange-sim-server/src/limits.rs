//! Request budgets: so many a second, per key in private and per address in public.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Requests a second, each also the most that may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budgets {
    /// Signed REST requests of one key.
    pub private_per_sec: u32,
    /// Unsigned REST requests from one address.
    pub public_per_sec: u32,
    /// Unsigned WebSocket messages from one address.
    pub messages_per_sec: u32,
    /// WebSocket connections from one address.
    pub connections_per_sec: u32,
}

impl Budgets {
    /// What Coinbase publishes: 30, 10, 8 and 8 a second.
    pub const COINBASE: Self = Self {
        private_per_sec: 30,
        public_per_sec: 10,
        messages_per_sec: 8,
        connections_per_sec: 8,
    };
}

/// Whose budget.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Payer {
    Key(String),
    Address(IpAddr),
    Messages(IpAddr),
    Connections(IpAddr),
}

/// What is left after a request, for the reply's headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) allowed: bool,
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// Seconds until the budget is whole again.
    pub(crate) reset_secs: u64,
}

/// Token buckets, filled by time.
#[derive(Debug)]
pub(crate) struct Limiter {
    budgets: Option<Budgets>,
    buckets: Mutex<BTreeMap<Payer, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// In millionths of a request.
    micros: u64,
    at: Duration,
}

impl Limiter {
    pub(crate) const fn new(budgets: Option<Budgets>) -> Self {
        Self { budgets, buckets: Mutex::new(BTreeMap::new()) }
    }

    /// Takes one request from a payer's budget; `None` when nothing is limited.
    pub(crate) fn take(&self, payer: Payer, now: Duration) -> Option<Standing> {
        let budgets = self.budgets?;
        let limit = match payer {
            Payer::Key(_) => budgets.private_per_sec,
            Payer::Address(_) => budgets.public_per_sec,
            Payer::Messages(_) => budgets.messages_per_sec,
            Payer::Connections(_) => budgets.connections_per_sec,
        };
        let full = u64::from(limit) * 1_000_000;
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(payer).or_insert(Bucket { micros: full, at: now });
        let passed = now.saturating_sub(bucket.at).as_micros();
        let gained = u64::try_from(passed).unwrap_or(u64::MAX).saturating_mul(u64::from(limit));
        bucket.micros = bucket.micros.saturating_add(gained).min(full);
        bucket.at = now;
        let allowed = bucket.micros >= 1_000_000;
        if allowed {
            bucket.micros -= 1_000_000;
        }
        let remaining = u32::try_from(bucket.micros / 1_000_000).unwrap_or(limit);
        Some(Standing { allowed, limit, remaining, reset_secs: 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_spent_at_once_and_refills_by_time() {
        let limiter = Limiter::new(Some(Budgets::COINBASE));
        let key = || Payer::Key("k".to_owned());
        let at = Duration::from_secs;
        for _ in 0..30 {
            assert!(limiter.take(key(), at(0)).unwrap().allowed);
        }
        let refused = limiter.take(key(), at(0)).unwrap();
        assert_eq!((refused.allowed, refused.limit, refused.remaining), (false, 30, 0));
        assert!(limiter.take(Payer::Key("other".to_owned()), at(0)).unwrap().allowed);
        assert!(limiter.take(key(), Duration::from_millis(40)).unwrap().allowed);
        assert_eq!(limiter.take(key(), at(9)).unwrap().remaining, 29);
    }
}
