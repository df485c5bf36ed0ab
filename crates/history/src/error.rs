//! What can be wrong with candles on disk.

use std::path::PathBuf;

use domain::{BarError, Timestamp};

use crate::Place;

/// Candles that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The directory is not there.
    #[error("{0} is not a directory; give one with a folder for each product, such as BTC-USD")]
    NotFound(PathBuf),
    /// No product folder holds a candle file.
    #[error(
        "{0} has no candle files; expected <PRODUCT>/<granularity>*.parquet or .csv, such as \
         BTC-USD/1h.parquet"
    )]
    Empty(PathBuf),
    /// A file or folder cannot be read.
    #[error("{file} cannot be read: {why}")]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// Why not.
        why: String,
    },
    /// A file cannot be written.
    #[error("{file} cannot be written: {why}")]
    Unwritable {
        /// Which.
        file: PathBuf,
        /// Why not.
        why: String,
    },
    /// A column is missing or not what it must be.
    #[error("{file}: column {column:?} {problem}")]
    Column {
        /// Which file.
        file: PathBuf,
        /// Which column.
        column: &'static str,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// A row is no bar.
    #[error("{file}, row {row}: {source}")]
    Bar {
        /// Which file.
        file: PathBuf,
        /// Which row, from 1.
        row: usize,
        /// What is wrong with it.
        source: BarError,
    },
    /// A row of a file from elsewhere refuses it.
    #[error("{file}, {place}: {what}")]
    Row {
        /// Which file.
        file: PathBuf,
        /// Where in it.
        place: Place,
        /// What is wrong, and what would be right.
        what: String,
    },
    /// Nothing is known about the moment asked about.
    #[error("{as_of} is outside the data in {dir}, which runs from {first} to {end}")]
    OutsideData {
        /// The dataset.
        dir: PathBuf,
        /// The moment.
        as_of: Timestamp,
        /// Start of the first bar.
        first: Timestamp,
        /// End of the last bar.
        end: Timestamp,
    },
}

impl HistoryError {
    /// Whether the place or the moment is wrong, rather than the data.
    pub const fn is_usage(&self) -> bool {
        matches!(self, Self::NotFound(_) | Self::Empty(_) | Self::OutsideData { .. })
    }
}
