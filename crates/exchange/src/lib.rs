//! The ports to a venue, and the proofs that an order must carry to pass them.
//!
//! The witness chain: only `risk` makes a [`risk::ApprovedOrder`]; only that makes an
//! [`OrderIntent`], which may ask for less and never for more; only committing an intent to an
//! [`IntentJournal`] makes a [`Journalled`]; and [`OrderVenue::submit`] takes nothing else, by
//! value. So an order without approval, a byte on the wire before the record of it, and a second
//! submit of one intent do not compile.
//!
//! With the feature `mock` each port has a mock made by `mockall`, for tests of what stands on them:
//! `MockMarketData`, `MockAccount`, `MockOrderVenue`, `MockOrderFeed`, `MockIntentJournal`.
//!
//! A venue is also looked at: [`OrderVenue::orders`] and [`OrderVenue::fills`] give everything there
//! is ([`VenueOrder`], [`VenueFill`]), ours or not, or an error, and never a part of it. [`OrderFeed`]
//! tells what changes, and when it may have missed something.
//!
//! # Promises
//! - O-01, O-03: one intent, one commit, one submit, in that order.
//! - O-10, O-11: an intent's price and size are exact multiples of the product's increments, and
//!   its price is within the approval's bound.
//! - O-05: a submit that proves neither acceptance nor refusal is [`SubmitOutcome::Unknown`].
//!
//! # Not here
//! How a venue is reached (`exchange-coinbase`, `exchange-sim`), how a journal is kept (`store`),
//! what an order's price should be (`execution`).

mod intent;
mod journal;
mod news;
mod ports;
mod seen;

pub use domain::{SubmitOutcome, TimeInForce};
pub use intent::{OrderIntent, Terms, TermsError};
#[cfg(feature = "mock")]
pub use journal::MockIntentJournal;
pub use journal::{
    CommitError, CommitView, Durability, Durable, IntentJournal, JournalError, Journalled, Memory,
    Together,
};
#[cfg(feature = "mock")]
pub use news::MockOrderFeed;
pub use news::{OrderFeed, OrderNews};
pub use ports::{Account, BookReading, MarketData, OrderVenue, PortError};
#[cfg(feature = "mock")]
pub use ports::{MockAccount, MockMarketData, MockOrderVenue};
pub use seen::{VenueFill, VenueOrder, same_book};
