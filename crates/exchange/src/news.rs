//! What a venue tells of own orders while they live.

use async_trait::async_trait;
use domain::{BaseQty, IntentId, OrderReport, Price, ProductId, QuoteAmt, Timestamp, VenueStatus};

/// An order of the account as the venue tells it. It is cumulative: the newest holds, whatever
/// came before, and one may come twice or late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSeen {
    /// When the venue sent this.
    pub at: Timestamp,
    /// The client's id, as the venue repeats it: one that is not ours says that the order is not.
    pub client_order_id: String,
    /// The venue's id.
    pub venue_order_id: String,
    /// The product, or the other name of its book; `None` for what is no spot product.
    pub product: Option<ProductId>,
    /// Where it is in its life.
    pub status: VenueStatus,
    /// Base units filled in all.
    pub filled: BaseQty,
    /// What those cost on average, without fees; `None` when nothing is filled.
    pub average_price: Option<Price>,
    /// All fees so far, in quote currency, where the venue says.
    pub fees: Option<QuoteAmt>,
    /// When the venue made it, where it says.
    pub created: Option<Timestamp>,
}

impl OrderSeen {
    /// The same as a fact about an intent of ours: whose it is, is for the caller to know.
    pub fn report(&self, intent: IntentId) -> OrderReport {
        OrderReport {
            at: self.at,
            intent,
            venue_order_id: self.venue_order_id.clone(),
            status: self.status,
            filled: self.filled,
            average_price: self.average_price,
            fees: self.fees,
            created: self.created,
            updated: None,
        }
    }
}

/// News of the account's orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderNews {
    /// An order, because it is open or because it changed. Foreign ones are among them.
    Order(OrderSeen),
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
