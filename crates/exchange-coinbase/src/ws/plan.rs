//! Who asks for what on which connection, within the venue's limits.

use core::time::Duration;
use std::collections::BTreeSet;

use domain::ProductId;

use super::{Channel, Request, Verb};

/// The subscriptions of one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shard {
    /// The products; empty for channels that need none, or for all of them.
    pub products: BTreeSet<ProductId>,
    /// The channels besides heartbeats, which are always asked for.
    pub channels: BTreeSet<Channel>,
}

/// How subscriptions are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// Products on one connection: what one loss costs.
    pub products_per_connection: usize,
    /// Products in one message.
    pub products_per_message: usize,
}

impl Default for Spread {
    /// 400 products need 14 connections; a loss costs 30 snapshots.
    fn default() -> Self {
        Self { products_per_connection: 30, products_per_message: 30 }
    }
}

impl Spread {
    /// Deals products to connections. Every product's channels share its connection, so that the
    /// sequence that vouches for its book vouches for its candles too.
    pub fn deal(self, products: &BTreeSet<ProductId>, channels: &BTreeSet<Channel>) -> Vec<Shard> {
        let products: Vec<_> = products.iter().copied().collect();
        products
            .chunks(self.products_per_connection.max(1))
            .map(|chunk| Shard {
                products: chunk.iter().copied().collect(),
                channels: channels.clone(),
            })
            .collect()
    }

    /// The messages for some products of a channel.
    pub fn requests(
        self,
        verb: Verb,
        channel: Channel,
        products: &BTreeSet<ProductId>,
    ) -> Vec<Request> {
        if products.is_empty() || channel == Channel::Heartbeats {
            return vec![Request { verb, channel, products: Vec::new() }];
        }
        let products: Vec<_> = products.iter().copied().collect();
        products
            .chunks(self.products_per_message.max(1))
            .map(|chunk| Request { verb, channel, products: chunk.to_vec() })
            .collect()
    }
}

/// Spaces something out: at most so many at once, then one each interval. The venue allows 8
/// connections and 8 messages without a token in a second from one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pacer {
    interval: Duration,
    burst: u32,
    /// When the allowance is full again.
    full_at: Duration,
}

impl Pacer {
    /// `per_second` a second with no burst beyond `burst`; both at least 1.
    pub fn new(per_second: u32, burst: u32) -> Self {
        let interval = Duration::from_secs(1) / per_second.max(1);
        Self { interval, burst: burst.max(1), full_at: Duration::ZERO }
    }

    /// Takes one of the allowance at a monotonic time, or says how long to wait for it.
    ///
    /// # Errors
    /// The time to wait.
    pub fn take(&mut self, now: Duration) -> Result<(), Duration> {
        let room = self.interval * (self.burst - 1);
        let earliest = self.full_at.saturating_sub(room);
        match earliest.saturating_sub(now) {
            Duration::ZERO => {}
            wait => return Err(wait),
        }
        self.full_at = self.full_at.max(now) + self.interval;
        Ok(())
    }
}

/// The delays between attempts to connect: full jitter below a bound that doubles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backoff {
    base: Duration,
    cap: Duration,
    attempts: u32,
}

impl Backoff {
    /// The first delay is below `base`, every other below twice as much, up to `cap`.
    pub const fn new(base: Duration, cap: Duration) -> Self {
        Self { base, cap, attempts: 0 }
    }

    /// The next delay; `random` is drawn evenly from all values.
    pub fn next(&mut self, random: u64) -> Duration {
        let doubled =
            self.base.saturating_mul(1_u32.checked_shl(self.attempts).unwrap_or(u32::MAX));
        self.attempts = self.attempts.saturating_add(1);
        let bound = u64::try_from(doubled.min(self.cap).as_nanos()).unwrap_or(u64::MAX);
        Duration::from_nanos(if bound == 0 { 0 } else { random % bound })
    }

    /// All is well: the next delay is the first again.
    pub const fn reset(&mut self) {
        self.attempts = 0;
    }
}
