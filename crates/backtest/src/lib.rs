//! History through the same engine.
//!
//! [`run`] plays recorded bars to the [`engine`] that trades: the same universe, triggers, rules,
//! policy, order life and ledger as PAPER, against the same simulated venue, with a journal in memory.
//! There is no second path of decisions. [`Report::of`] says what came of it: figures by exact
//! definitions ([`metrics`]), costs, gates, what holding would have done, and what all of it rests on.
//!
//! # Promises
//! - Z-01: the same data and setup give the same report, to the byte.
//! - D-04: a decision at t depends on bars that are closed at t; [`lookahead`] checks it.
//! - O-01: every order is approved, on record and sent once: the types of [`exchange`] hold here too.
//! - A figure that is undefined says so ([`metrics::Measure`]).
//! - What differs from another run of the same time is attributed, and the parts add up ([`parity`]).
//!
//! # Not here
//! Configuration files, the terminal, files that are written (`runner backtest`); searches over
//! parameters (`sweep`).

mod data;
mod desk;
mod error;
mod feed;
mod fees;
pub mod html;
mod journal;
pub mod lookahead;
pub mod metrics;
mod observe;
pub mod parity;
mod records;
mod report;
mod run;
pub mod tables;

pub use data::{Data, Series, WARM_UP_SECS, Wanted};
pub use error::BacktestError;
pub use feed::{Books, FromVenue, Slots, Slow};
pub use fees::{FeeSchedule, VOLUME_DAYS};
pub use journal::Journal;
pub use observe::{Exposed, Failed, Observed, Point, Use};
pub use records::{Allowed, Change, Counts, Ended, RECORDS_SCHEMA, Records};
pub use report::{
    AccountSummary, Assumption, Candle, Chart, ClusterUse, Costs, Described, Exposure, Figures,
    Funnel, Group, Held, Inputs, Judged, LimitUse, OrderCounts, Period, Played, Report, SCHEMA,
    Sample, TradeRow,
};
pub use run::{CycleIds, Outcome, Progress, Setup, Silent, run, run_on, run_recorded};
