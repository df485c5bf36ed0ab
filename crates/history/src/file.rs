//! One file of candles.

use std::path::{Path, PathBuf};

use domain::{Bar, Bars, Granularity, Timestamp};

use crate::{HistoryError, csv_file, parquet_file};

/// The numbers of a file, column by column, as they were written.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    pub(crate) start: Vec<i64>,
    pub(crate) open: Vec<f64>,
    pub(crate) high: Vec<f64>,
    pub(crate) low: Vec<f64>,
    pub(crate) close: Vec<f64>,
    pub(crate) volume: Vec<f64>,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Parquet,
    Csv,
}

/// A file whose name and columns say that it holds candles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandleFile {
    path: PathBuf,
    granularity: Granularity,
    format: Format,
}

impl CandleFile {
    /// A file named `<granularity>[_<anything>].parquet` or `.csv`; `None` for any other name.
    pub fn named(path: &Path) -> Option<Self> {
        let format = match path.extension()?.to_str()? {
            "parquet" => Format::Parquet,
            "csv" => Format::Csv,
            _ => return None,
        };
        let stem = path.file_stem()?.to_str()?;
        let granularity = stem.split('_').next()?.parse().ok()?;
        Some(Self { path: path.to_owned(), granularity, format })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The length of its bars.
    pub const fn granularity(&self) -> Granularity {
        self.granularity
    }

    /// Checks that it is whole and has the columns, without reading them all.
    ///
    /// # Errors
    /// [`HistoryError`] naming the file and what is wrong.
    pub fn check(&self) -> Result<(), HistoryError> {
        match self.format {
            Format::Parquet => parquet_file::check(&self.path),
            Format::Csv => csv_file::check(&self.path),
        }
    }

    /// The bars' start times, in order.
    ///
    /// # Errors
    /// [`HistoryError`] naming the file and the row.
    pub fn starts(&self) -> Result<Vec<Timestamp>, HistoryError> {
        let starts = match self.format {
            Format::Parquet => parquet_file::starts(&self.path)?,
            Format::Csv => csv_file::columns(&self.path)?.start,
        };
        let starts: Vec<_> = starts.into_iter().map(Timestamp::from_secs).collect();
        match starts.windows(2).position(|pair| pair[0] >= pair[1]) {
            None => Ok(starts),
            Some(at) => {
                let source = BarError::OutOfOrder(starts.get(at + 1).copied().unwrap_or(MISSING));
                Err(HistoryError::Bar { file: self.path.clone(), row: at + 2, source })
            }
        }
    }

    /// The bars at positions `from..to`.
    ///
    /// # Errors
    /// [`HistoryError`] naming the file and the row.
    pub fn bars(&self, from: usize, to: usize) -> Result<Bars, HistoryError> {
        let columns = match self.format {
            Format::Parquet => parquet_file::columns(&self.path)?,
            Format::Csv => csv_file::columns(&self.path)?,
        };
        let mut bars = Bars::with_capacity(self.granularity, to.saturating_sub(from));
        for row in from..to {
            let Some(bar) = columns.bar(row) else { break };
            let file = || self.path.clone();
            bars.push(bar).map_err(|source| HistoryError::Bar {
                file: file(),
                row: row + 1,
                source,
            })?;
        }
        Ok(bars)
    }
}

use domain::BarError;

/// Stands for a position that cannot be missing, in an error's text alone.
const MISSING: Timestamp = Timestamp::from_secs(0);

impl Columns {
    fn bar(&self, row: usize) -> Option<Bar> {
        Some(Bar {
            start: Timestamp::from_secs(*self.start.get(row)?),
            open: *self.open.get(row)?,
            high: *self.high.get(row)?,
            low: *self.low.get(row)?,
            close: *self.close.get(row)?,
            volume: *self.volume.get(row)?,
        })
    }
}
