//! EMA, SMA, RSI and ATR (Wilder), VWAP, rolling sums, extremes, medians and deviations, z-scores,
//! pivots: incremental, allocation-free after construction, each equal to its [`batch`] definition.
//!
//! ```
//! use core::num::NonZeroUsize;
//! use indicators::Rsi;
//!
//! let Some(n) = NonZeroUsize::new(14) else { unreachable!() };
//! let mut rsi = Rsi::new(n);
//! let values: Vec<_> = (0..20).map(|_| rsi.update(100.0)).collect();
//! assert_eq!(values[13], None, "14 changes need 15 closes");
//! assert_eq!(values[14], Some(50.0), "a series that never moved is neither strong nor weak");
//! ```
//!
//! Every indicator has `new`, `update`, `value` and `is_ready`, and `peek` where what-if is cheap.
//! A window of 0 does not compile: lengths are [`NonZeroUsize`](core::num::NonZeroUsize).
//!
//! # Promises
//! - **IND-1** Fed value by value, an indicator is its [`batch`] definition of all it was fed.
//! - **IND-2** One update is O(1) on average ([`RollingMedian`]: O(log n) comparisons and one move
//!   of memory) and allocates nothing, in a clone either.
//! - **IND-3** Rounding does not pile up, however long it runs: nothing is subtracted from a sum
//!   that was added before, so an outlier leaves no trace once it is out of the window.
//! - **IND-4** A number that is not finite, or is beyond ±10¹⁴⁰ where squares would overflow, is
//!   refused: `update` changes nothing and returns the value from before.
//! - **IND-5** A value that is returned is finite.
//!
//! # Not here
//! Candles, products, time. A window of `n` slots is `n` updates; spans without trades are told
//! with `update_absent` or `None`.

pub mod batch;
mod deviation;
mod extreme;
mod gate;
mod halves;
mod median;
mod moving;
mod order;
mod pivots;
mod ring;
mod vwap;
mod wilder;

pub use deviation::{RollingStd, ZScore};
pub use extreme::{RollingExtreme, RollingMax, RollingMin};
pub use median::RollingMedian;
pub use moving::{Ema, RollingSum, RollingSums, Sma};
pub use order::{Highest, Lowest, Order};
pub use pivots::{PivotHighs, PivotLows, Pivots};
pub use ring::Ring;
pub use vwap::Vwap;
pub use wilder::{Atr, Rsi};

/// The README's program compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
