//! What a venue tells of own orders while they live.

use async_trait::async_trait;
use domain::Timestamp;

use crate::VenueOrder;

/// News of the account's orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderNews {
    /// An order, because it is open or because it changed; foreign ones are among them. Its sums
    /// are of all its fills so far: the newest holds, and one may come twice or late.
    Order {
        /// When the venue sent this.
        at: Timestamp,
        /// The order.
        order: VenueOrder,
    },
    /// Every order that is open at this time has been told since the beginning or the last loss.
    Whole {
        /// When the venue sent the last of them.
        at: Timestamp,
    },
    /// News may be missing. What ended meanwhile is never told again: whoever depends on it reads
    /// the orders and fills.
    Lost {
        /// Why, for a person.
        cause: String,
    },
}

/// A stream of news. Single fills are not in it: they are read.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OrderFeed: Send {
    /// Waits for the next news; `None` when the stream has ended for good. Nothing is lost when
    /// the wait is given up.
    async fn next(&mut self) -> Option<OrderNews>;
}
