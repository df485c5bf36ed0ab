//! Candles of other programs, taken into a dataset.
//!
//! A file is taken whole or not at all. What is surely wrong refuses it, with its row; what may be
//! right is a [`Mark`].

mod ledger;
mod rows;
mod source;

use core::fmt;
use std::path::{Path, PathBuf};

use domain::{Bar, BarError, Bars, Granularity, ProductId, Timestamp};
use serde::{Serialize, Serializer};

use crate::{CandleFile, Format, HistoryError, Span};
use ledger::Ledger;

/// Where a row is in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A line of text, from 1; the first is the header.
    Line(u64),
    /// A row of columns, from 1.
    Row(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(at) => write!(f, "line {at}"),
            Self::Row(at) => write!(f, "row {at}"),
        }
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

/// Something about a file that was taken that a person should know.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "mark", rename_all = "snake_case")]
pub enum Mark {
    /// No candles for five minutes or longer: an outage, or nobody traded.
    Gap {
        /// The last row before it.
        after: Place,
        /// The span.
        span: Span,
    },
    /// The row before it once more, number by number: left out.
    Repeated {
        /// The row that was left out.
        at: Place,
    },
    /// The price opens far from where it closed.
    Jump {
        /// The row that opens.
        at: Place,
        /// The close before it.
        close: f64,
        /// Its open.
        open: f64,
    },
    /// The highest price of a candle is at least twice its lowest.
    Wide {
        /// The row.
        at: Place,
        /// Its low.
        low: f64,
        /// Its high.
        high: f64,
    },
    /// Candles in which nobody traded: kept as they are.
    Idle {
        /// The first of them.
        first: Place,
        /// How many.
        rows: u64,
    },
    /// The last line does not end, as if the file had been cut in it.
    NoEnd {
        /// The line.
        at: Place,
    },
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gap { after, span } => {
                write!(f, "gap after {after}: no candle from {} to {}", span.from, span.to)
            }
            Self::Repeated { at } => write!(f, "{at} repeats the row before it: left out"),
            Self::Jump { at, close, open } => {
                write!(f, "{at} opens at {open}, after a close of {close}")
            }
            Self::Wide { at, low, high } => write!(f, "{at} reaches from {low} to {high}"),
            Self::Idle { first, rows } => {
                write!(f, "{rows} candles without volume, the first on {first}")
            }
            Self::NoEnd { at } => {
                write!(f, "{at} is the last and has no end: the file may be cut in it")
            }
        }
    }
}

/// Where candles go.
#[derive(Debug, Clone)]
pub struct Target {
    /// The dataset's directory; made when it is not there.
    pub dir: PathBuf,
    /// Whose candles.
    pub product: ProductId,
    /// How long each is.
    pub granularity: Granularity,
    /// How they are written.
    pub format: Format,
    /// Candles that end later are not over yet.
    pub now: Timestamp,
    /// Whether another word on a candle that is there takes its place; it is refused otherwise.
    pub replace: bool,
}

impl Target {
    /// The one file that candles go to.
    pub fn file(&self) -> CandleFile {
        CandleFile::of(&self.dir, &self.product, self.granularity, self.format)
    }
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Imported {
    /// The file.
    pub source: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Whether an earlier import took the same bytes: nothing was done then.
    pub already: bool,
    /// Candles in it.
    pub candles: u64,
    /// Those that were not there before.
    pub added: u64,
    /// Those that took the place of others.
    pub replaced: u64,
    /// From the first to the end of the last.
    pub span: Option<Span>,
    /// What a person should know.
    pub marks: Vec<Mark>,
}

/// Takes the candles of a CSV or Parquet file.
///
/// The dataset's file is written whole and put in place in one step, then the source goes on record by
/// its hash: an import that was interrupted is simply made again, and what was taken is not taken
/// twice.
///
/// # Errors
/// [`HistoryError`]: nothing of the file was taken. It names the row.
pub fn import(source: &Path, target: &Target) -> Result<Imported, HistoryError> {
    let file = target.file();
    let sha256 = ledger::hash(source)?;
    let mut ledger = if file.path().exists() {
        Ledger::read(target)?
    } else {
        // Without its candles a record of sources means nothing.
        Ledger::default()
    };
    let mut imported = Imported {
        source: source.display().to_string(),
        sha256,
        already: false,
        candles: 0,
        added: 0,
        replaced: 0,
        span: None,
        marks: Vec::new(),
    };
    if ledger.has(&imported.sha256, target) {
        imported.already = true;
        return Ok(imported);
    }
    let rows = source::read(source)?;
    let judged = rows::judge(source, rows, target)?;
    let old = file.all()?;
    let step = target.granularity.secs();
    let (first, last) = (judged.bars.first(), judged.bars.last());
    imported.span = first
        .zip(last)
        .map(|((_, first), (_, last))| Span { from: first.start, to: last.start.plus_secs(step) });
    imported.candles = judged.bars.len() as u64;
    imported.marks = judged.marks;
    let bars = merged(source, &old, &judged.bars, target, &mut imported)?;
    if imported.added + imported.replaced > 0 {
        file.replace(&bars)?;
    }
    ledger.add(&imported, target);
    ledger.write(target)?;
    Ok(imported)
}

/// What was there and what is new, in order.
fn merged(
    source: &Path,
    old: &Bars,
    new: &[(Place, Bar)],
    target: &Target,
    counts: &mut Imported,
) -> Result<Bars, HistoryError> {
    let mut bars = Bars::with_capacity(target.granularity, old.len() + new.len());
    let path = target.file().path().to_owned();
    let mut push = |bar: Bar| {
        let row = bars.len() + 1;
        let failed = |source: BarError| HistoryError::Bar { file: path.clone(), row, source };
        bars.push(bar).map_err(failed)
    };
    let mut there = old.iter().peekable();
    for (place, bar) in new {
        while let Some(before) = there.next_if(|held| held.start < bar.start) {
            push(before)?;
        }
        match there.next_if(|held| held.start == bar.start) {
            None => counts.added += 1,
            Some(held) if held == *bar => {}
            Some(_) if target.replace => counts.replaced += 1,
            Some(held) => {
                let (at, shown) = (bar.start, rows::shown);
                let what = format!(
                    "the candle of {at} is {}, and {} has {}; --replace takes the new one",
                    shown(bar),
                    target.file().path().display(),
                    shown(&held)
                );
                return Err(HistoryError::Row { file: source.to_owned(), place: *place, what });
            }
        }
        push(*bar)?;
    }
    there.try_for_each(&mut push)?;
    Ok(bars)
}
