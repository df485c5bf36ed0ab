//! Why a backtest cannot be made, or cannot go on.

use domain::{NumError, Timestamp};
use engine::EngineError;
use exchange::CommitError;
use exchange_sim::{CatalogError, SimError};
use history::HistoryError;

/// A backtest that did not come to its end. What the strategy or the policy refuses is no error.
#[derive(Debug, thiserror::Error)]
pub enum BacktestError {
    /// Candles that are not there, or not readable.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// Increments that are not readable.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// No product has bars in the span.
    #[error("no product has {granularity} bars or finer between {from} and {to}")]
    NoBars {
        /// The longest bars that would do.
        granularity: domain::Granularity,
        /// The span's start.
        from: Timestamp,
        /// Its end.
        to: Timestamp,
    },
    /// A span that ends before it begins.
    #[error("the span ends at {to}, which is not after its start {from}")]
    EmptySpan {
        /// The span's start.
        from: Timestamp,
        /// Its end.
        to: Timestamp,
    },
    /// Orders that are on their way for longer than from one decision to the next.
    #[error("orders cannot be {secs} s on their way: give 0 to {most}, the time between decisions")]
    Delay {
        /// What was asked for, seconds.
        secs: i64,
        /// The most that can be.
        most: i64,
    },
    /// Two runs without a moment that both have records of.
    #[error("the two have no time in common")]
    NothingInCommon,
    /// Something was traded before its first candle.
    #[error("{product} was traded, and no candle of it is over by {at}")]
    NoClose {
        /// What.
        product: domain::ProductId,
        /// When.
        at: Timestamp,
    },
    /// The engine was told something that cannot be true: a defect of the driver.
    #[error("the engine refused an event: {0}")]
    Engine(#[from] EngineError),
    /// The venue cannot go on.
    #[error("the venue stands still: {0}")]
    Venue(#[from] SimError),
    /// The engine asked for an order that its approval does not cover: a defect.
    #[error("an order could not be put on record: {0}")]
    Commit(#[from] CommitError),
    /// What is new at a decision could not be kept.
    #[error("the records of decisions could not be kept: {0}")]
    Records(#[source] std::io::Error),
    /// A sum beyond exact decimals.
    #[error(transparent)]
    Num(#[from] NumError),
    /// A fee ladder that cannot be used.
    #[error("fees: {0}")]
    Fees(String),
}
