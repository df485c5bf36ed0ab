//! One file of candles.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use domain::{Bar, BarError, Bars, Granularity, ProductId, Timestamp};

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
pub enum Format {
    /// Columns, compressed.
    Parquet,
    /// Lines of text.
    Csv,
}

impl Format {
    const fn extension(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
        }
    }
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

    /// The file of a product in a directory of candles, whether it is there or not.
    pub fn of(dir: &Path, product: &ProductId, granularity: Granularity, format: Format) -> Self {
        let name = format!("{granularity}.{}", format.extension());
        Self { path: dir.join(product.as_str()).join(name), granularity, format }
    }

    /// All of its bars; none when it is not there.
    ///
    /// # Errors
    /// [`HistoryError`] naming the file and the row.
    pub fn all(&self) -> Result<Bars, HistoryError> {
        if self.path.exists() {
            self.bars(0, usize::MAX)
        } else {
            Ok(Bars::with_capacity(self.granularity, 0))
        }
    }

    /// Puts these bars in the place of what it has: all of them, or what it had stays.
    ///
    /// # Errors
    /// [`HistoryError`] naming the file.
    pub fn replace(&self, bars: &Bars) -> Result<(), HistoryError> {
        replace(&self.path, |file| match self.format {
            Format::Parquet => parquet_file::write(file, bars),
            Format::Csv => csv_file::write(file, bars),
        })
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
        let to = to.min(columns.start.len());
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

/// Writes a whole new file beside the place, makes it durable, and puts it there.
pub(crate) fn replace(
    path: &Path,
    write: impl FnOnce(&mut File) -> Result<(), String>,
) -> Result<(), HistoryError> {
    let unwritable = |why: String| HistoryError::Unwritable { file: path.to_owned(), why };
    let io = |error: std::io::Error| unwritable(error.to_string());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(io)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    let mut file = File::create(&beside).map_err(io)?;
    write(&mut file).map_err(unwritable)?;
    file.sync_all().map_err(io)?;
    fs::rename(&beside, path).map_err(io)
}

/// Stands for a position that cannot be missing, in an error's text alone.
const MISSING: Timestamp = Timestamp::from_secs(0);

impl Columns {
    pub(crate) fn bar(&self, row: usize) -> Option<Bar> {
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
