//! Bull, chop, bear, crash or unknown: one word for the market's weather, read from the last 168
//! closed hours of BTC-USD.
//!
//! ```
//! use domain::{Regime, Timestamp};
//! use regime::{Memory, Params, Why, classify};
//!
//! let now: Timestamp = "2026-01-05T12:00:00Z".parse()?;
//! let reading = classify(&Params::default(), None, now, &mut Memory::default());
//! assert_eq!(reading.regime, Regime::Unknown);
//! assert_eq!(reading.why, Some(Why::NoData));
//! # Ok::<(), domain::TimeError>(())
//! ```
//!
//! # Promises
//! - One hour alone never changes the regime, except into crash: a change needs two consecutive
//!   closed hours that say the same, and leaving a crash is a change like any other.
//! - An hour counts once, however many cycles read it.
//! - What is missing, broken by a gap or too old is [`Regime::Unknown`](domain::Regime::Unknown),
//!   never a guess. Unknown neither erases nor confirms what is remembered; the next known hour
//!   starts a new pair.
//! - Pure: the same calls give the same readings, and none of them allocates.
//!
//! # Not here
//! What a regime means for sizes or tiers, where the candles come from, what time it is.

mod classify;
mod params;
mod reading;

pub use classify::{Classify, Memory, classify};
pub use params::Params;
pub use reading::{Reading, Why};
