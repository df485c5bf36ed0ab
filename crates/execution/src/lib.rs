//! The life of an order, from an approval to an intent with a price and a size.
//!
//! # Promises
//! - O-10: prices and sizes are exact multiples of the increments, rounded towards less risk, and
//!   checked again after rounding.
//! - O-11: an entry rests at the touch, inside the approval's collar.
//! - what falls below the venue's minimum after rounding is refused, never raised.
//! - Pure: no clock, no venue, no journal.
//!
//! # Not here
//! Whether an order may exist at all (`risk`), what became of it (planned: the state machine).

mod plan;
mod terms;

pub use plan::{PlanRefusal, plan};
pub use terms::ExecutionTerms;
