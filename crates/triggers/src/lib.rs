//! Facts worth noticing, per product, updated candle by candle.
//!
//! A [`Tracker`] turns closed candles into [`domain::Features`], once each; [`scan`] reads the
//! features of the universe's members and finds events: price moves, volume spikes, breakouts,
//! reversals, momentum. Each detector is a small type behind [`Detect`].
//!
//! ```
//! use domain::{Bar, Bars, Granularity, Timestamp};
//! use triggers::{Timeline, Tracker};
//!
//! let mut bars = Bars::with_capacity(Granularity::H1, 30);
//! for hour in 0..30_u32 {
//!     let close = 100.0 * 1.01_f64.powi(i32::try_from(hour)?);
//!     let start = Timestamp::from_secs(i64::from(hour) * 3600);
//!     bars.push(Bar { start, open: close, high: close, low: close, close, volume: 1.0 })?;
//! }
//! let now = Timestamp::from_secs(30 * 3600);
//! let tracker = Tracker::warm_up("BTC-USD".parse()?, None, &bars, now, &Timeline::new(), 2.0);
//! let hour = tracker.features().hour.ok_or("an hour has closed")?;
//! assert!((hour.return_24h_pct? - 26.97).abs() < 0.01, "1.01 to the power of 24");
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # Promises
//! - D-04: features depend on closed candles alone, and comparison windows never contain the bar
//!   under test.
//! - Windows are spans of time. What is missing is an [`domain::Absent`] code, never a number.
//! - Moves are signed: mirrored candles give mirrored moves.
//! - Freshness is judged from two candles, not from memory (see the ADR on it).
//! - A closed candle is worked in once; a scan in which nothing is fresh allocates nothing.
//!
//! # Not here
//! Who is a member (`universe`), what an event is worth (`rules`), whether it was used (`risk`).

mod detect;
mod hours;
mod params;
mod scan;
mod slots;
mod timeline;
mod tracker;

pub use detect::{Breakouts, Detect, Momenta, PriceMoves, Reversals, VolumeSpikes};
/// The vocabulary of values, so that this crate alone is enough.
pub use domain;
pub use params::{
    Breakout, Momentum, OutlierGuard, Params, PerRegime, PriceMove, Reversal, VolumeSpike,
};
pub use scan::{Scan, scan};
pub use timeline::Timeline;
pub use tracker::Tracker;

/// The README's program compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
