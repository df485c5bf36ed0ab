//! Candles on disk: Parquet and CSV, read and written as columns.
//!
//! A [`Dataset`] is a directory with one folder a product and files named by their granularity:
//! `BTC-USD/1m_2023q4.parquet`, `BTC-USD/1h.csv`. Columns: `start` (unix seconds, the bar's open
//! time), `open`, `high`, `low`, `close`, `volume` (base units). Bars without trades are absent; a
//! [`Coverage`] beside them says for which spans they were asked for, so that a quiet span is no gap.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use history::Dataset;
//!
//! let dir = tempfile::tempdir()?;
//! std::fs::create_dir(dir.path().join("BTC-USD"))?;
//! let csv = "start,open,high,low,close,volume\n0,10,12,9,11,1.5\n3600,11,11,10,10,2\n";
//! std::fs::write(dir.path().join("BTC-USD/1h.csv"), csv)?;
//! let dataset = Dataset::open(dir.path())?;
//! let as_of = "1970-01-01T01:30:00Z".parse()?;
//! let loaded = dataset.load(&"BTC-USD".parse()?, as_of, 86_400)?.ok_or("there are bars")?;
//! assert_eq!(loaded.bars.len(), 1, "the second hour is not closed yet");
//! # Ok(())
//! # }
//! ```
//!
//! # Promises
//! - D-04: [`Dataset::load`] returns closed bars alone, and its choice among files depends on closed
//!   bars alone: cutting every file at the moment asked about changes nothing.
//! - What is unreadable, missing or malformed is an error that names file, column or row.
//! - A file is written whole or not at all.
//! - [`import`] takes a file of another program whole or not at all; what refuses it names the row.
//!
//! # Not here
//! Folding bars into longer ones, downloading, and what a gap means for a feature.

mod complete;
mod coverage;
mod csv_file;
mod dataset;
mod error;
mod file;
mod gaps;
mod import;
mod parquet_file;

pub use complete::Completeness;
pub use coverage::{Coverage, Span};
pub use dataset::{Dataset, Loaded};
pub use error::HistoryError;
pub use file::{CandleFile, Format};
pub use gaps::gaps;
pub use import::{Imported, Mark, Place, Target, import};
