//! EMA, SMA, RSI and ATR (Wilder), VWAP, rolling sums, extremes, medians and deviations, pivots:
//! incremental, allocation-free after construction, each equal to its [`batch`] definition.
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
//! # Promises
//! - One update is O(1) on average ([`RollingMedian`]: O(log n) comparisons and one `memmove`).
//! - Fed value by value or all at once, the result is the [`batch`] definition's.
//! - A value that is not finite is refused and changes nothing.
//! - Rounding does not pile up: windows are added up anew once every `n` updates.
//!
//! # Not here
//! Candles, products, time. A window of `n` slots is `n` updates; spans without trades are told
//! with `update_absent` or `None`.

pub mod batch;
mod deviation;
mod extreme;
mod median;
mod moving;
mod pivots;
mod ring;
mod vwap;
mod wilder;

pub use deviation::RollingStd;
pub use extreme::{Highest, Lowest, Order, RollingExtreme, RollingMax, RollingMin};
pub use median::RollingMedian;
pub use moving::{Ema, RollingSum, Sma};
pub use pivots::PivotLows;
pub use ring::Ring;
pub use vwap::Vwap;
pub use wilder::{Atr, Rsi};
