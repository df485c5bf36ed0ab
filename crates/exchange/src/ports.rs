//! What the program needs from a venue: three small holes in the wall.

use async_trait::async_trait;
use domain::{
    Bars, Book, Fees, Gap, IntentId, Product, ProductId, Purse, SubmitOutcome, Timestamp,
};

use crate::{Durability, Journalled, VenueFill, VenueOrder};

/// A venue did not answer a question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// It cannot be reached, or broke off.
    #[error("the venue cannot be reached: {0}")]
    Unreachable(String),
    /// It answered something that means nothing to us.
    #[error("the venue's answer is unreadable: {0}")]
    Unreadable(String),
    /// It does not know what was asked about.
    #[error("the venue does not know {0}")]
    Unknown(String),
}

/// A book and how far the feed vouches for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookReading {
    /// The book.
    pub book: Book,
    /// Venue time up to which it is known to be the newest.
    pub vouched: Timestamp,
}

/// Products, bars and books. Needs no key.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MarketData: Send + Sync {
    /// Every product of the venue, sorted by id.
    async fn products(&self) -> Result<Vec<Product>, PortError>;

    /// The closed bars of a product in `[from, to]` at the finest granularity there is; `None`
    /// when there are none at all.
    async fn bars(
        &self,
        product: ProductId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<Bars>, PortError>;

    /// The closed hours of a product in `[from, to]` from before the first of the finer bars that
    /// [`Self::bars`] gives of that span. A venue that streams keeps its fine bars for a day only;
    /// `None`, the default, says that they go back as far as anything does.
    async fn hours(
        &self,
        product: ProductId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<Bars>, PortError> {
        // Names that begin with an underscore would be used by the mock.
        let _nothing_older = (product, from, to);
        Ok(None)
    }

    /// Spans in `[from, to]` in which the venue's data is missing.
    async fn gaps(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Gap>, PortError>;

    /// The book of a product; `None` when it has none.
    async fn book(&self, product: ProductId) -> Result<Option<BookReading>, PortError>;

    /// The venue's time.
    async fn now(&self) -> Result<Timestamp, PortError>;
}

/// Balances and fee rates. Needs a key that can view.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Account: Send + Sync {
    /// Free and held money, one purse a currency.
    async fn purses(&self) -> Result<Vec<Purse>, PortError>;

    /// The account's fee rates.
    async fn fees(&self) -> Result<Fees, PortError>;
}

/// Orders. Needs a key that can trade, and proofs.
#[cfg_attr(feature = "mock", mockall::automock(type Durability = crate::Memory;))]
#[async_trait]
pub trait OrderVenue: Send + Sync {
    /// How durable a record this venue insists on.
    type Durability: Durability;

    /// Sends a journalled order, once.
    async fn submit(&self, order: Journalled<Self::Durability>) -> SubmitOutcome;

    /// Why no order is sent any more, if that is so: something was to be sent that must not be, and
    /// only a new process sends again. Cancels and questions go on.
    fn shut(&self) -> Option<String> {
        None
    }

    /// Asks for the cancel of an own order; the acknowledgement is not its end (O-12).
    async fn cancel(&self, intent: IntentId) -> Result<(), PortError>;

    /// An own order as the venue has it. That the venue does not know it ([`PortError::Unknown`])
    /// proves nothing: what was taken a moment ago may not be shown yet.
    async fn order(&self, intent: IntentId) -> Result<VenueOrder, PortError>;

    /// Every spot order of the account that was made at or after `from`, in whatever state, ours or
    /// not: all of them, or an error.
    async fn orders(&self, from: Timestamp) -> Result<Vec<VenueOrder>, PortError>;

    /// Every fill of the account at or after `from`, ours or not: all of them, or an error.
    async fn fills(&self, from: Timestamp) -> Result<Vec<VenueFill>, PortError>;
}
