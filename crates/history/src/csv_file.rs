//! CSV with a header; `start` in unix seconds or RFC 3339.

use std::fs::File;
use std::path::Path;

use domain::{Bars, Timestamp};

use crate::HistoryError;
use crate::file::Columns;

const NAMES: [&str; 6] = ["start", "open", "high", "low", "close", "volume"];

struct Opened<'a> {
    path: &'a Path,
    reader: csv::Reader<File>,
    at: [usize; 6],
}

/// Checks the header.
pub(crate) fn check(path: &Path) -> Result<(), HistoryError> {
    open(path).map(|_| ())
}

/// All six columns.
pub(crate) fn columns(path: &Path) -> Result<Columns, HistoryError> {
    let Opened { path, mut reader, at } = open(path)?;
    let [start, rest @ ..] = at;
    let mut columns = Columns::default();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|e| unreadable(path, &e))? {
        let row = record.position().map_or(0, csv::Position::line);
        let cell = |column: &'static str, at: usize| {
            let text = record.get(at).unwrap_or_default().trim();
            let problem = format!("has {text:?} on line {row}; it must be a number");
            (text, HistoryError::Column { file: path.to_owned(), column, problem })
        };
        let (text, wrong) = cell("start", start);
        let seconds = text.parse::<i64>().ok();
        let moment = || text.parse::<Timestamp>().ok().map(Timestamp::secs);
        columns.start.push(seconds.or_else(moment).ok_or(wrong)?);
        let targets = [
            &mut columns.open,
            &mut columns.high,
            &mut columns.low,
            &mut columns.close,
            &mut columns.volume,
        ];
        for ((target, at), name) in targets.into_iter().zip(rest).zip(NAMES.into_iter().skip(1)) {
            let (text, wrong) = cell(name, at);
            target.push(text.parse().map_err(|_| wrong)?);
        }
    }
    Ok(columns)
}

/// All bars, with a header; numbers keep every digit.
pub(crate) fn write(file: &mut File, bars: &Bars) -> Result<(), String> {
    let mut writer = csv::Writer::from_writer(file);
    let failed = |error: csv::Error| error.to_string();
    writer.write_record(NAMES).map_err(failed)?;
    for bar in bars.iter() {
        let numbers = [bar.open, bar.high, bar.low, bar.close, bar.volume];
        let cells = numbers.iter().map(ToString::to_string);
        let row = core::iter::once(bar.start.secs().to_string()).chain(cells);
        writer.write_record(row).map_err(failed)?;
    }
    writer.flush().map_err(|error| error.to_string())
}

fn open(path: &Path) -> Result<Opened<'_>, HistoryError> {
    let mut reader = csv::Reader::from_path(path).map_err(|e| unreadable(path, &e))?;
    let header = reader.headers().map_err(|e| unreadable(path, &e))?;
    let mut at = [0; 6];
    for (slot, name) in at.iter_mut().zip(NAMES) {
        let found = header.iter().position(|cell| cell.trim() == name);
        *slot = found.ok_or_else(|| HistoryError::Column {
            file: path.to_owned(),
            column: name,
            problem: format!("is missing; the first line must be {}", NAMES.join(",")),
        })?;
    }
    Ok(Opened { path, reader, at })
}

fn unreadable(path: &Path, error: &csv::Error) -> HistoryError {
    HistoryError::Unreadable { file: path.to_owned(), why: error.to_string() }
}
