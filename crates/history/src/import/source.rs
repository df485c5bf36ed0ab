//! The rows of a file from elsewhere, each with its place; times in whatever unit they are in.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use domain::{Bar, Timestamp};

use super::Place;
use crate::{HistoryError, parquet_file};

/// Names that other programs give to the time at which a candle begins.
pub(crate) const TIMES: [&str; 5] = ["start", "time", "timestamp", "date", "open_time"];
const NUMBERS: [&str; 5] = ["open", "high", "low", "close", "volume"];

/// What was read.
pub(super) struct Rows {
    pub(super) rows: Vec<(Place, Bar)>,
    /// Whether the last line ends.
    pub(super) ends: bool,
}

/// How times are written. Numbers of one unit are unlike those of another from 2001 to 2286.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Text,
    Seconds,
    Millis,
    Micros,
    Nanos,
}

impl Unit {
    const fn of(number: i64) -> Option<Self> {
        Some(match number {
            1_000_000_000..10_000_000_000 => Self::Seconds,
            1_000_000_000_000..10_000_000_000_000 => Self::Millis,
            1_000_000_000_000_000..10_000_000_000_000_000 => Self::Micros,
            1_000_000_000_000_000_000.. => Self::Nanos,
            _ => return None,
        })
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "RFC 3339",
            Self::Seconds => "seconds",
            Self::Millis => "milliseconds",
            Self::Micros => "microseconds",
            Self::Nanos => "nanoseconds",
        }
    }

    /// The moment; none where it is no whole millisecond.
    const fn moment(self, number: i64) -> Option<Timestamp> {
        let per_milli = match self {
            Self::Text | Self::Seconds => return Some(Timestamp::from_secs(number)),
            Self::Millis => 1,
            Self::Micros => 1_000,
            Self::Nanos => 1_000_000,
        };
        if number % per_milli == 0 {
            Some(Timestamp::from_millis(number / per_milli))
        } else {
            None
        }
    }
}

/// Holds every time against the unit of the first.
#[derive(Debug, Default)]
struct Times(Option<(Unit, Option<Place>)>);

impl Times {
    fn number(&mut self, number: i64, at: Place) -> Result<Timestamp, String> {
        let none =
            || format!("its time is {number}, which is no moment since 2001 in s, ms, µs or ns");
        let unit = Unit::of(number).ok_or_else(none)?;
        self.unit(unit, at, &number.to_string())?;
        unit.moment(number).ok_or_else(|| format!("its time {number} is no start of a candle"))
    }

    fn text(&mut self, text: &str, at: Place) -> Result<Timestamp, String> {
        if let Ok(number) = text.parse::<i64>() {
            return self.number(number, at);
        }
        let moment = text.parse::<Timestamp>().map_err(|_| {
            format!(
                "its time is {text:?}; unix seconds, or RFC 3339 with its zone, such as \
                 2023-12-03T00:00:00Z, would be right"
            )
        })?;
        self.unit(Unit::Text, at, text)?;
        Ok(moment)
    }

    fn unit(&mut self, unit: Unit, at: Place, shown: &str) -> Result<(), String> {
        match self.0 {
            None => self.0 = Some((unit, Some(at))),
            Some((held, Some(first))) if held != unit => {
                let (new, old) = (unit.as_str(), held.as_str());
                return Err(format!(
                    "its time is {shown}, in {new}, and that of {first} is in {old}"
                ));
            }
            Some(_) => {}
        }
        Ok(())
    }
}

/// Reads a file by its extension.
pub(super) fn read(path: &Path) -> Result<Rows, HistoryError> {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => csv(path),
        Some("parquet") => parquet(path),
        Some(_) | None => {
            let why = "it is neither .csv nor .parquet".to_owned();
            Err(HistoryError::Unreadable { file: path.to_owned(), why })
        }
    }
}

fn parquet(path: &Path) -> Result<Rows, HistoryError> {
    let columns = parquet_file::foreign(path, &TIMES)?;
    let mut times = Times::default();
    let mut rows = Vec::with_capacity(columns.start.len());
    for (at, number) in columns.start.iter().enumerate() {
        let place = Place::Row(at as u64 + 1);
        let wrong = |what: String| HistoryError::Row { file: path.to_owned(), place, what };
        let start = times.number(*number, place).map_err(wrong)?;
        if let Some(bar) = columns.bar(at) {
            rows.push((place, Bar { start, ..bar }));
        }
    }
    Ok(Rows { rows, ends: true })
}

fn csv(path: &Path) -> Result<Rows, HistoryError> {
    let mut reader = csv::Reader::from_path(path).map_err(|e| unreadable(path, &e))?;
    let header = reader.headers().map_err(|e| unreadable(path, &e))?.clone();
    let time = column(path, &header, "start", &TIMES)?;
    let mut at = [0; 5];
    for (slot, name) in at.iter_mut().zip(NUMBERS) {
        *slot = column(path, &header, name, &[name])?;
    }
    let mut times = Times::default();
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|e| unreadable(path, &e))? {
        let place = Place::Line(record.position().map_or(0, csv::Position::line));
        let wrong = |what: String| HistoryError::Row { file: path.to_owned(), place, what };
        let cell = |at: usize| record.get(at).unwrap_or_default().trim();
        let start = times.text(cell(time), place).map_err(wrong)?;
        let mut numbers = [0.0; 5];
        for ((number, at), name) in numbers.iter_mut().zip(at).zip(NUMBERS) {
            let text = cell(at);
            let none = |_| wrong(format!("its {name} is {text:?}; it must be a number"));
            *number = text.parse().map_err(none)?;
        }
        let [open, high, low, close, volume] = numbers;
        rows.push((place, Bar { start, open, high, low, close, volume }));
    }
    Ok(Rows { rows, ends: ends(path)? })
}

/// Where a column is; it must be there once.
fn column(
    path: &Path,
    header: &csv::StringRecord,
    name: &'static str,
    names: &[&str],
) -> Result<usize, HistoryError> {
    let fits = |cell: &str| names.iter().any(|name| cell.trim().eq_ignore_ascii_case(name));
    let mut found = header.iter().enumerate().filter(|(_, cell)| fits(cell));
    let wrong =
        |problem: String| HistoryError::Column { file: path.to_owned(), column: name, problem };
    match (found.next(), found.next()) {
        (Some((at, _)), None) => Ok(at),
        (Some(_), Some((_, again))) => Err(wrong(format!("is there twice, also as {again:?}"))),
        (None, _) => {
            let cells: Vec<_> = header.iter().collect();
            Err(wrong(format!(
                "is missing on line 1, which is {:?}; it must name start, open, high, low, close \
                 and volume",
                cells.join(",")
            )))
        }
    }
}

/// Whether the last byte ends a line.
fn ends(path: &Path) -> Result<bool, HistoryError> {
    let unreadable =
        |e: std::io::Error| HistoryError::Unreadable { file: path.to_owned(), why: e.to_string() };
    let mut file = File::open(path).map_err(unreadable)?;
    let mut last = [0];
    file.seek(SeekFrom::End(-1)).map_err(unreadable)?;
    file.read_exact(&mut last).map_err(unreadable)?;
    Ok(last == *b"\n")
}

fn unreadable(path: &Path, error: &csv::Error) -> HistoryError {
    HistoryError::Unreadable { file: path.to_owned(), why: error.to_string() }
}
