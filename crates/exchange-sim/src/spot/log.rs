//! What happened, numbered, for those who follow.

use std::collections::VecDeque;

use domain::{Price, ProductId, ProductStatus, Side, Timestamp};
use rust_decimal::Decimal;

use super::account::AccountNo;
use super::fill::Fill;
use super::order::Order;
use super::tape::Trade;

/// One thing that happened.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its number: one more than the event before it, from 1.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// What can happen.
#[derive(Debug, Clone)]
pub enum What {
    /// An order changed. Coinbase's user channel tells the whole order each time.
    Order {
        /// Whose.
        account: AccountNo,
        /// What changed.
        change: Change,
        /// The order after the change.
        order: Box<Order>,
    },
    /// An order filled, in part or whole; the [`Change::Updated`] or [`Change::Filled`] follows.
    Fill {
        /// Whose.
        account: AccountNo,
        /// The fill.
        fill: Box<Fill>,
    },
    /// A trade of a watched product.
    Trade(Trade),
    /// Levels of a watched product's book, each with its new size; a size of 0 removes it.
    Book {
        /// Whose book.
        product: ProductId,
        /// `Buy` for bids, `Sell` for asks.
        changes: Vec<(Side, Price, Decimal)>,
    },
    /// A product's status changed, or a halt began or ended.
    Product {
        /// Which.
        product: ProductId,
        /// What it allows now.
        status: ProductStatus,
    },
}

/// How an order changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was taken; it is `PENDING`.
    Created,
    /// It reached the book.
    Opened,
    /// Its stop woke.
    Triggered,
    /// It filled in part.
    Updated,
    /// It filled.
    Filled,
    /// A cancel was asked for and waits.
    CancelQueued,
    /// It was cancelled, by whomever.
    Cancelled,
    /// An edit was asked for and waits.
    EditQueued,
    /// It was edited.
    Edited,
    /// Its time was over.
    Expired,
    /// The venue gave it up.
    Failed,
}

/// A follower asked for events that are forgotten: it must start from a snapshot again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("events up to {forgotten} are forgotten, and {asked} was the last one known")]
pub struct Lagged {
    /// The last event that the follower knew.
    pub asked: u64,
    /// The last event that is forgotten.
    pub forgotten: u64,
}

/// The newest events, oldest first.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    events: VecDeque<Event>,
    capacity: usize,
    last: u64,
}

impl Log {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { events: VecDeque::new(), capacity: capacity.max(1), last: 0 }
    }

    pub(crate) const fn last(&self) -> u64 {
        self.last
    }

    pub(crate) fn push(&mut self, at: Timestamp, what: What) {
        self.last += 1;
        if self.events.len() >= self.capacity {
            self.events.pop_front();
        }
        self.events.push_back(Event { seq: self.last, at, what });
    }

    /// Events with a number above `after`.
    pub(crate) fn after(&self, after: u64) -> Result<impl Iterator<Item = &Event>, Lagged> {
        let forgotten = self.last - self.events.len() as u64;
        if after < forgotten {
            return Err(Lagged { asked: after, forgotten });
        }
        let skip = usize::try_from(after - forgotten).unwrap_or(usize::MAX);
        Ok(self.events.range(skip.min(self.events.len())..))
    }
}
