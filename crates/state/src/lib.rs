//! What is remembered, as a fold over facts.
//!
//! [`State::apply`] is the only way in: lots, trades and books from fills; flows, and what a person
//! said they were; latches from halts and resumes; the references of the loss stops from recorded
//! NAVs. The same facts in the same order give the same state, so a restart remembers by folding
//! again. Of fills even the order is no matter: the ledger is a function of the set of them.
//!
//! # Promises
//! - L-01, L-03: a position is the sum of its fills; a fill counts once, in whatever order and how
//!   often it comes.
//! - L-02: every fill, adoption and flow is booked twice, and adds up to nothing in each currency
//!   and coin, to the last digit ([`State::entries`]).
//! - L-05: what a trade realised is a function of its sums; folded again it is the same.
//! - What is not understood is a [`Doubt`] of one asset, never an error that loses a fact.
//! - latches stay until they end by themselves (day, week) or are resumed; money paid in or
//!   taken out moves no loss.
//!
//! # Not here
//! Pacing counters and exposure (`risk` folds its own), files (`store`).

mod adjust;
mod asset;
mod bests;
mod books;
mod disposal;
mod doubt;
mod exact;
mod flows;
mod fold;
mod holding;
mod ledger;
mod marks;
mod orders;
mod position;
mod profit;
mod request;
mod trade;

pub use books::{Account, Entry, Posting, balance};
pub use disposal::Disposal;
pub use doubt::Doubt;
pub use flows::{Flows, Holds};
pub use fold::State;
pub use ledger::Ledger;
pub use marks::NavMarks;
pub use profit::{Profit, Totals};
pub use request::{Refusal, Request};
pub use trade::Trade;
