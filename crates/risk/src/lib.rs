//! The only place that can say yes.
//!
//! A [`Policy`] that passes its checks becomes [`Limits`]; [`assess`] holds proposals against them
//! and answers with a [`Verdict`]: what may be done, as [`ApprovedOrder`]s that nothing else can
//! make, and what may not, with every reason.
//!
//! ```
//! use domain::{Fact, PolicyHash};
//! use risk::{Counters, Exposure, Limits, Policy};
//!
//! let limits = Limits::new(Policy::default(), PolicyHash("shipped".into())).unwrap();
//! let facts: Vec<Fact> = Vec::new();
//! let (exposure, counters) = (Exposure::of(&facts).unwrap(), Counters::of(&facts));
//! assert!(exposure.open().is_empty());
//! assert_eq!(counters.trades_in_day("2026-01-05T12:00:00Z".parse().unwrap()), 0);
//!
//! let mut wide = Policy::default();
//! wide.positions.max_open_positions = 51;
//! let problems = Limits::new(wide, PolicyHash("wide".into())).unwrap_err();
//! assert_eq!(problems[0].0, "positions.max_open_positions");
//! # let _ = limits;
//! ```
//!
//! `examples/gate.rs` judges one order from beginning to end.
//!
//! # Promises
//! - R-01: an approved order is at or above every minimum at any price from the bid to the ask,
//!   and never above the order maximum or its proposal.
//! - R-02, R-03, R-04: positions at the bid plus the worst case of every live and approved buy stay
//!   within the caps of asset, tier, cluster and book; a live sale earns no credit.
//! - R-05: approved buys never reserve more than the purse that pays for them has free.
//! - R-06, R-12: a sale is never larger than the position without what is being sold already.
//! - R-07: counts come from facts; a restart refills nothing, nor does a clock that steps back.
//! - R-09, R-10, R-11: a verdict is a partition with reasons; more caution never turns a no into a
//!   yes; the same inputs in any order give the same verdict.
//! - R-13: a reservation ends by fills and by an order's end, never by time.
//! - C-07: [`Limits`] come only from a policy without problems under the compiled [`ceilings`];
//!   [`Limits::tighten`] takes only what is stricter by the declared direction of every key.
//!
//! [`explain`] tells every gate with its numbers from the same pass as the verdict; [`assess_next`]
//! approves what is left of an entry; [`Limits::band`], [`Limits::openings`] and [`Policy::idle`]
//! tell which sizes an account could ever be granted, what would open more, and which limits never
//! decide; [`StopWatch`] waits for the second reading of a loss.
//!
//! # Not here
//! What to trade, at which price to quote, how an order is sent.

mod approved;
mod assess;
mod cap;
pub mod ceilings;
mod counters;
mod defaults;
mod exact;
mod exposure;
mod family;
mod feasibility;
mod gate;
mod keys;
mod limits;
mod live;
mod names;
mod openings;
mod outcomes;
mod policy;
mod problems;
mod shelf;
mod stake;
mod standing;
mod stops;
mod verdict;
mod view;
mod worth;

pub use approved::{APPROVAL_LIFE_SECS, ApprovedOrder, Spent, Stamp, Under};
pub use assess::{Desk, Over, assess, assess_next, explain};
pub use counters::Counters;
/// The vocabulary of values, so that this crate alone is enough.
pub use domain;
pub use domain::PerTier;
pub use exposure::Exposure;
pub use family::MAX_CHILDREN;
pub use feasibility::{Band, Entrant, Leave};
pub use gate::{Gate, Ladder, Nearest, Sense, Unit};
pub use keys::{Change, Direction, Stricter, Value};
pub use limits::{Limits, LossReferences, NotTighter, Problem};
pub use openings::{Idle, Opening};
pub use outcomes::Outcome;
pub use policy::{
    Caps, Control, Entries, External, Flows, KillExits, LossStops, Market, Messages, Orders,
    Pacing, Policy, Portfolio, Positions, Venue,
};
pub use stops::{STOP_CONFIRM_SECS, StopWatch};
pub use verdict::{Reason, Rejected, Verdict};
pub use view::{Clusters, OTHER, RiskView};

/// The README's program compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
