//! A directory of candles.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use domain::{Bars, Granularity, ProductId, Timestamp};

use crate::{CandleFile, Coverage, HistoryError, Span};

/// A file whose newest closed bar is older than this says nothing about the moment.
const REACH_SECS: i64 = 24 * 3600;

/// Candle files by product.
#[derive(Debug, Clone)]
pub struct Dataset {
    dir: PathBuf,
    files: BTreeMap<ProductId, Vec<CandleFile>>,
}

/// What was chosen for one product.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// Closed bars, at most the span asked for.
    pub bars: Bars,
    /// Where they are from.
    pub file: PathBuf,
}

/// A candidate: a file with the positions of its closed bars within the span.
struct Candidate<'a> {
    file: &'a CandleFile,
    from: usize,
    to: usize,
}

impl Dataset {
    /// Finds the candle files of a directory and checks each one's footer and columns. Folders that
    /// are no product and files that are not named by a granularity are something else and ignored.
    ///
    /// # Errors
    /// [`HistoryError`]: the directory is not there or has no candles, or a file is damaged or has
    /// the wrong columns.
    pub fn open(dir: &Path) -> Result<Self, HistoryError> {
        if !dir.is_dir() {
            return Err(HistoryError::NotFound(dir.to_owned()));
        }
        let mut files = BTreeMap::new();
        for folder in entries(dir)? {
            let name = folder.file_name().and_then(|name| name.to_str());
            let Some(product) = name.and_then(|name| name.parse::<ProductId>().ok()) else {
                continue;
            };
            if !folder.is_dir() {
                continue;
            }
            let found: Vec<_> =
                entries(&folder)?.iter().filter_map(|path| CandleFile::named(path)).collect();
            found.iter().try_for_each(CandleFile::check)?;
            if !found.is_empty() {
                files.insert(product, found);
            }
        }
        if files.is_empty() {
            return Err(HistoryError::Empty(dir.to_owned()));
        }
        Ok(Self { dir: dir.to_owned(), files })
    }

    /// Where it is.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The products that have a folder with candles, sorted.
    pub fn products(&self) -> impl Iterator<Item = ProductId> {
        self.files.keys().copied()
    }

    /// The candle files of a product, sorted by name.
    pub fn files(&self, product: &ProductId) -> &[CandleFile] {
        self.files.get(product).map_or(&[], Vec::as_slice)
    }

    /// The closed bars of a product within `span_secs` before a moment, from the file with the
    /// finest bars that reach to within 24 hours of it (among equals: the most bars in the span,
    /// then the name). Bars longer than an hour are never chosen. `None` when no file reaches.
    ///
    /// # Errors
    /// [`HistoryError`] naming the file and what is wrong with it.
    pub fn load(
        &self,
        product: &ProductId,
        as_of: Timestamp,
        span_secs: i64,
    ) -> Result<Option<Loaded>, HistoryError> {
        let Some(best) = self.best(product, as_of, span_secs)? else { return Ok(None) };
        let (bars, file) = (best.file.bars(best.from, best.to)?, best.file.path().to_owned());
        Ok(Some(Loaded { bars, file }))
    }

    fn best(
        &self,
        product: &ProductId,
        as_of: Timestamp,
        span_secs: i64,
    ) -> Result<Option<Candidate<'_>>, HistoryError> {
        let mut best: Option<Candidate<'_>> = None;
        for file in self.usable(product) {
            let Some(found) = candidate(file, as_of, span_secs)? else { continue };
            let better = best.as_ref().is_none_or(|best| {
                let rank = |c: &Candidate<'_>| (c.file.granularity(), usize::MAX - (c.to - c.from));
                rank(&found) < rank(best)
            });
            if better {
                best = Some(found);
            }
        }
        Ok(best)
    }

    /// As [`Self::load`], and on from the same file to its end: for a clock that moves. What lies
    /// after the moment is for whoever keeps to that clock.
    ///
    /// # Errors
    /// [`HistoryError`] naming the file and what is wrong with it.
    pub fn load_on(
        &self,
        product: &ProductId,
        as_of: Timestamp,
        span_secs: i64,
    ) -> Result<Option<Loaded>, HistoryError> {
        let Some(best) = self.best(product, as_of, span_secs)? else { return Ok(None) };
        let end = best.file.starts()?.len();
        let (bars, file) = (best.file.bars(best.from, end)?, best.file.path().to_owned());
        Ok(Some(Loaded { bars, file }))
    }

    /// The bars of a product that start within `[from, to)`: from the file that covers most days of
    /// that span, among equals the one with the finest bars, then the most, then the first by name.
    /// Bars longer than `longest` are never chosen. `None` when no file has any.
    ///
    /// # Errors
    /// [`HistoryError`] naming the file and what is wrong with it.
    pub fn load_span(
        &self,
        product: &ProductId,
        from: Timestamp,
        to: Timestamp,
        longest: Granularity,
    ) -> Result<Option<Loaded>, HistoryError> {
        let mut best: Option<(_, Candidate<'_>)> = None;
        for file in self.usable(product).filter(|file| file.granularity() <= longest) {
            let starts = file.starts()?;
            let first = starts.partition_point(|start| *start < from);
            let end = starts.partition_point(|start| *start < to);
            let inside = starts.get(first..end).unwrap_or_default();
            let (Some(low), Some(high)) = (inside.first(), inside.last()) else { continue };
            let days = high.secs_since(*low) / REACH_SECS;
            let rank = (-days, file.granularity(), usize::MAX - inside.len());
            if best.as_ref().is_none_or(|(held, _)| rank < *held) {
                best = Some((rank, Candidate { file, from: first, to: end }));
            }
        }
        let Some((_, best)) = best else { return Ok(None) };
        let (bars, file) = (best.file.bars(best.from, best.to)?, best.file.path().to_owned());
        Ok(Some(Loaded { bars, file }))
    }

    /// From the first bar's start to the last bar's end, over all usable files.
    ///
    /// # Errors
    /// [`HistoryError`] naming the file and what is wrong with it.
    pub fn bounds(&self) -> Result<Option<(Timestamp, Timestamp)>, HistoryError> {
        let mut bounds: Option<(Timestamp, Timestamp)> = None;
        for file in self.files.keys().flat_map(|product| self.usable(product)) {
            let starts = file.starts()?;
            let (Some(first), Some(last)) = (starts.first(), starts.last()) else { continue };
            let end = last.plus_secs(file.granularity().secs());
            let (low, high) = bounds.unwrap_or((*first, end));
            bounds = Some((low.min(*first), high.max(end)));
        }
        Ok(bounds)
    }

    /// All spans that downloads asked about.
    ///
    /// # Errors
    /// [`HistoryError`] naming the file.
    pub fn asked(&self) -> Result<Vec<Span>, HistoryError> {
        let mut asked = Vec::new();
        for product in self.files.keys() {
            asked.extend(Coverage::read(&self.dir, product)?.all());
        }
        asked.sort_unstable();
        Ok(asked)
    }

    /// The error that says that a moment is outside the data.
    ///
    /// # Errors
    /// [`HistoryError`] when a file cannot be read.
    pub fn outside(&self, as_of: Timestamp) -> Result<HistoryError, HistoryError> {
        let dir = self.dir.clone();
        Ok(match self.bounds()? {
            Some((first, end)) => HistoryError::OutsideData { dir, as_of, first, end },
            None => HistoryError::Empty(dir),
        })
    }

    fn usable(&self, product: &ProductId) -> impl Iterator<Item = &CandleFile> {
        self.files(product).iter().filter(|file| file.granularity() <= Granularity::H1)
    }
}

/// What a file has for the moment, from closed bars alone.
fn candidate(
    file: &CandleFile,
    as_of: Timestamp,
    span_secs: i64,
) -> Result<Option<Candidate<'_>>, HistoryError> {
    let starts = file.starts()?;
    let secs = file.granularity().secs();
    let to = starts.partition_point(|start| start.plus_secs(secs) <= as_of);
    let newest = to.checked_sub(1).and_then(|at| starts.get(at));
    let reaches = newest.is_some_and(|start| as_of.secs_since(start.plus_secs(secs)) <= REACH_SECS);
    if !reaches {
        return Ok(None);
    }
    let from = starts.partition_point(|start| *start < as_of.plus_secs(-span_secs));
    Ok(Some(Candidate { file, from: from.min(to), to }))
}

/// The paths of a folder, sorted.
fn entries(dir: &Path) -> Result<Vec<PathBuf>, HistoryError> {
    let unreadable =
        |e: std::io::Error| HistoryError::Unreadable { file: dir.to_owned(), why: e.to_string() };
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).map_err(unreadable)? {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.sort();
    Ok(paths)
}
