//! Parquet: whole columns of one file, without Arrow.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use domain::{Bar, Bars};
use parquet::basic::{Compression, Type, ZstdLevel};
use parquet::column::reader::{ColumnReaderImpl, get_typed_column_reader};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use crate::HistoryError;
use crate::file::Columns;

/// The columns and their physical types.
const LAYOUT: [(&str, Type); 6] = [
    ("start", Type::INT64),
    ("open", Type::DOUBLE),
    ("high", Type::DOUBLE),
    ("low", Type::DOUBLE),
    ("close", Type::DOUBLE),
    ("volume", Type::DOUBLE),
];

/// What we call the time.
const OWN: [&str; 1] = ["start"];

/// A file whose columns were found where they are.
struct Opened<'a> {
    path: &'a Path,
    reader: SerializedFileReader<File>,
    /// Positions of the columns of [`LAYOUT`].
    at: [usize; 6],
}

/// Checks footer and columns.
pub(crate) fn check(path: &Path) -> Result<(), HistoryError> {
    guarded(path, || open(path, &OWN).map(|_| ()))
}

/// The `start` column.
pub(crate) fn starts(path: &Path) -> Result<Vec<i64>, HistoryError> {
    guarded(path, || open(path, &OWN)?.column::<Int64Type>(0))
}

/// All six columns, equally long.
pub(crate) fn columns(path: &Path) -> Result<Columns, HistoryError> {
    foreign(path, &OWN)
}

/// The same where the time may have one of several names; what it counts is whoever's who wrote it.
pub(crate) fn foreign(path: &Path, times: &[&str]) -> Result<Columns, HistoryError> {
    guarded(path, || {
        let file = open(path, times)?;
        Ok(Columns {
            start: file.column::<Int64Type>(0)?,
            open: file.column::<DoubleType>(1)?,
            high: file.column::<DoubleType>(2)?,
            low: file.column::<DoubleType>(3)?,
            close: file.column::<DoubleType>(4)?,
            volume: file.column::<DoubleType>(5)?,
        })
    })
}

/// The decoders of the Parquet library trust page headers: a flipped bit in one makes them index
/// beyond their buffers. What they hold is dropped with the panic, so that it ends here, as an
/// unreadable file.
fn guarded<T>(
    path: &Path,
    read: impl FnOnce() -> Result<T, HistoryError>,
) -> Result<T, HistoryError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        let why = "it is damaged: a page is not what its header says".to_owned();
        Err(HistoryError::Unreadable { file: path.to_owned(), why })
    })
}

/// All bars as one row group.
pub(crate) fn write(file: &mut File, bars: &Bars) -> Result<(), String> {
    let failed = |error: ParquetError| error.to_string();
    let columns =
        LAYOUT.map(|(name, kind)| format!("required {} {name};", kind.to_string().to_lowercase()));
    let schema = format!("message candles {{ {} }}", columns.join(" "));
    let schema = parse_message_type(&schema).map_err(failed)?;
    let zstd = Compression::ZSTD(ZstdLevel::default());
    let properties = WriterProperties::builder().set_compression(zstd).build();
    let mut writer =
        SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties)).map_err(failed)?;
    let mut group = writer.next_row_group().map_err(failed)?;
    let starts: Vec<i64> = bars.starts().iter().map(|start| start.secs()).collect();
    let numbers: [fn(&Bar) -> f64; 5] =
        [|bar| bar.open, |bar| bar.high, |bar| bar.low, |bar| bar.close, |bar| bar.volume];
    let mut numbers = numbers.into_iter();
    while let Some(mut column) = group.next_column().map_err(failed)? {
        match column.untyped() {
            ColumnWriter::Int64ColumnWriter(typed) => {
                typed.write_batch(&starts, None, None).map_err(failed)?;
            }
            ColumnWriter::DoubleColumnWriter(typed) => {
                let number = numbers.next().ok_or("more columns than numbers")?;
                let values: Vec<f64> = bars.iter().map(|bar| number(&bar)).collect();
                typed.write_batch(&values, None, None).map_err(failed)?;
            }
            ColumnWriter::BoolColumnWriter(_)
            | ColumnWriter::Int32ColumnWriter(_)
            | ColumnWriter::Int96ColumnWriter(_)
            | ColumnWriter::FloatColumnWriter(_)
            | ColumnWriter::ByteArrayColumnWriter(_)
            | ColumnWriter::FixedLenByteArrayColumnWriter(_) => {
                return Err("a column of another type".to_owned());
            }
        }
        column.close().map_err(failed)?;
    }
    group.close().map_err(failed)?;
    writer.close().map(|_| ()).map_err(failed)
}

fn open<'a>(path: &'a Path, times: &[&str]) -> Result<Opened<'a>, HistoryError> {
    let unreadable = |why: String| HistoryError::Unreadable { file: path.to_owned(), why };
    let file = File::open(path).map_err(|e| unreadable(e.to_string()))?;
    let reader = SerializedFileReader::new(file)
        .map_err(|e| unreadable(format!("it is damaged or not Parquet ({e})")))?;
    let schema = reader.metadata().file_metadata().schema_descr();
    let mut at = [0; 6];
    for (slot, (name, wanted)) in at.iter_mut().zip(LAYOUT) {
        let wrong = |problem| HistoryError::Column { file: path.to_owned(), column: name, problem };
        let fits = |found: &str| found == name || (name == "start" && times.contains(&found));
        let found = schema.columns().iter().position(|column| fits(column.name()));
        let Some(position) = found else {
            let names: Vec<_> = schema.columns().iter().map(|c| c.name().to_owned()).collect();
            return Err(wrong(format!("is missing; the file has {}", names.join(", "))));
        };
        let column = schema.column(position);
        if column.physical_type() != wanted {
            let text = format!("is {}; it must be {wanted}", column.physical_type());
            return Err(wrong(text));
        }
        if column.max_rep_level() > 0 || column.max_def_level() > 1 {
            return Err(wrong("is nested; it must be a plain column".to_owned()));
        }
        *slot = position;
    }
    Ok(Opened { path, reader, at })
}

impl Opened<'_> {
    /// Reads a whole column; a value that is null is an error.
    fn column<T: DataType>(&self, which: usize) -> Result<Vec<T::T>, HistoryError> {
        let (name, _) = LAYOUT.get(which).copied().unwrap_or(("start", Type::INT64));
        let damaged = |e: &dyn core::fmt::Display| HistoryError::Column {
            file: self.path.to_owned(),
            column: name,
            problem: format!("is damaged ({e})"),
        };
        let mut values = Vec::new();
        let at = self.at.get(which).copied().unwrap_or(0);
        for group in 0..self.reader.num_row_groups() {
            let group = self.reader.get_row_group(group).map_err(|e| damaged(&e))?;
            let rows = usize::try_from(group.metadata().num_rows()).map_err(|e| damaged(&e))?;
            let reader = group.get_column_reader(at).map_err(|e| damaged(&e))?;
            let mut reader: ColumnReaderImpl<T> = get_typed_column_reader(reader);
            let (mut levels, before, mut done) = (Vec::new(), values.len(), 0);
            while done < rows {
                let (records, _, _) = reader
                    .read_records(rows - done, Some(&mut levels), None, &mut values)
                    .map_err(|e| damaged(&e))?;
                if records == 0 {
                    return Err(damaged(&"it ends before its last row"));
                }
                done += records;
            }
            if values.len() - before != rows {
                return Err(HistoryError::Column {
                    file: self.path.to_owned(),
                    column: name,
                    problem: "has empty values; every row needs a number".to_owned(),
                });
            }
        }
        Ok(values)
    }
}
