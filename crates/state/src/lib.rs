//! What is remembered, as a fold over facts.
//!
//! [`State::apply`] is the only way in: lots per asset from fills, latches from halts and resumes,
//! the peak and the day's and week's references from recorded NAVs. The same facts in the same
//! order give the same state, so a restart remembers by folding again.
//!
//! # Promises
//! - L-01, L-03: a position is the sum of its fills; a fill applied twice counts once.
//! - latches stay until they end by themselves (day, week) or are resumed.
//!
//! # Not here
//! Pacing counters and exposure (`risk` folds its own), files (`store`).

mod fold;
mod ledger;
mod marks;

pub use fold::State;
pub use ledger::{Ledger, LedgerError};
pub use marks::NavMarks;
