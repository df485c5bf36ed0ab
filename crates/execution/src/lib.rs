//! The life of an order: from an approval to an intent with a price and a size, and from there to
//! its end at the venue.
//!
//! [`plan`] makes intents. [`Orders`] is the set of own orders as a fold over facts: what is seen at
//! the venue goes in ([`Orders::observe`], [`Orders::look`]) and comes out as facts to record;
//! [`Orders::due`] says what must be done now. [`Entries`] is the ladder of an entry: rest, rest
//! again, and then no more or take. [`reconcile`] compares the records with the venue.
//!
//! # Promises
//! - O-04: an order changes its state along [`EDGES`] and no other way. What is filled never
//!   shrinks but by a reversal or a correction; what the venue ended stays ended.
//! - O-05, R-13: an order without proof is [`OrderState::Unknown`]; nothing here sends it again, and
//!   nothing but the venue, a proof or an operator ends it.
//! - O-06: absence takes two complete listings, late enough by the clock that never steps back.
//! - O-07: fills count in every state; an order that comes back is live, cancelled and alarmed.
//! - O-10: prices and sizes are exact multiples of the increments, rounded towards less risk, and
//!   checked again after rounding.
//! - O-11: an entry rests at the touch, inside the approval's collar; one that takes is an
//!   immediate-or-cancel limit at the collar.
//! - O-12: a cancel, asked for or acknowledged, ends nothing.
//! - O-13: what is at the venue and not on record is a finding, never an own order; and what own orders
//!   may have done unseen is no halt.
//! - what falls below the venue's minimum after rounding is refused, never raised.
//! - Pure: no clock, no venue, no journal. Waits are counted by the clock that never steps back.
//!
//! # Not here
//! Whether an order may exist at all (`risk`, each next step included), lots and purses (`state`),
//! who asks the venue and writes the records (`runner`).

mod due;
mod life;
mod look;
mod names;
mod orders;
mod own;
mod plan;
mod protection;
mod reconcile;
mod steps;
mod terms;
mod timing;
mod unseen;

pub use due::{Action, Alarm};
pub use life::{EDGES, OrderState, Sign, table};
pub use look::Look;
pub use names::ClientNames;
pub use orders::{Orders, ResolveError};
pub use own::Order;
pub use plan::{Approach, PlanRefusal, plan, plan_as};
pub use protection::{ProtectError, Protection, TakeOver};
pub use reconcile::{Grading, Portfolio, Records, Shown, reconcile};
pub use steps::{Entries, Step, StepRefusal, StepView};
pub use terms::{ExecutionTerms, OrderTerms};
pub use timing::Timing;
