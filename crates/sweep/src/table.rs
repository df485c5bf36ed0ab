//! Named columns as one Parquet file, without Arrow.

use std::collections::BTreeMap;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::column::reader::{ColumnReaderImpl, get_typed_column_reader};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader as _, RowGroupReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnDescriptor, Type};

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Column {
    /// A text a row.
    Text(Vec<String>),
    /// A text a row, or none.
    MaybeText(Vec<Option<String>>),
    /// A whole number a row.
    Whole(Vec<i64>),
    /// A number a row, or none.
    Number(Vec<Option<f64>>),
    /// Any number of numbers a row.
    Numbers(Vec<Vec<f64>>),
}

impl Column {
    /// Its type in a file.
    fn field(&self, name: &str) -> Result<Type, ParquetError> {
        let (physical, repetition) = match self {
            Self::Text(_) => (Physical::BYTE_ARRAY, Repetition::REQUIRED),
            Self::MaybeText(_) => (Physical::BYTE_ARRAY, Repetition::OPTIONAL),
            Self::Whole(_) => (Physical::INT64, Repetition::REQUIRED),
            Self::Number(_) => (Physical::DOUBLE, Repetition::OPTIONAL),
            Self::Numbers(_) => (Physical::DOUBLE, Repetition::REPEATED),
        };
        let text = matches!(self, Self::Text(_) | Self::MaybeText(_));
        Type::primitive_type_builder(name, physical)
            .with_repetition(repetition)
            .with_logical_type(text.then_some(LogicalType::String))
            .build()
    }

    fn write(&self, writer: &mut ColumnWriter<'_>) -> Result<(), String> {
        let failed = |error: ParquetError| error.to_string();
        match (self, writer) {
            (Self::Text(texts), ColumnWriter::ByteArrayColumnWriter(typed)) => {
                let values: Vec<_> = texts.iter().map(|text| bytes(text)).collect();
                typed.write_batch(&values, None, None).map_err(failed)?;
            }
            (Self::MaybeText(texts), ColumnWriter::ByteArrayColumnWriter(typed)) => {
                let levels: Vec<_> = texts.iter().map(|text| i16::from(text.is_some())).collect();
                let values: Vec<_> = texts.iter().flatten().map(|text| bytes(text)).collect();
                typed.write_batch(&values, Some(&levels), None).map_err(failed)?;
            }
            (Self::Whole(values), ColumnWriter::Int64ColumnWriter(typed)) => {
                typed.write_batch(values, None, None).map_err(failed)?;
            }
            (Self::Number(numbers), ColumnWriter::DoubleColumnWriter(typed)) => {
                let levels: Vec<_> = numbers.iter().map(|one| i16::from(one.is_some())).collect();
                let values: Vec<_> = numbers.iter().flatten().copied().collect();
                typed.write_batch(&values, Some(&levels), None).map_err(failed)?;
            }
            (Self::Numbers(rows), ColumnWriter::DoubleColumnWriter(typed)) => {
                // A row begins at repetition 0; one without numbers has a level and no value.
                let (mut defined, mut repeated) = (Vec::new(), Vec::new());
                for row in rows {
                    repeated.push(0);
                    defined.push(i16::from(!row.is_empty()));
                    for _ in 1..row.len() {
                        repeated.push(1);
                        defined.push(1);
                    }
                }
                let values = rows.concat();
                typed.write_batch(&values, Some(&defined), Some(&repeated)).map_err(failed)?;
            }
            _ => return Err("a column of another type".to_owned()),
        }
        Ok(())
    }
}

fn bytes(text: &str) -> ByteArray {
    ByteArray::from(text.as_bytes().to_vec())
}

/// The key under which a file says whose it is.
const OF: &str = "sweep.plan";

/// Writes equally long columns as one row group, and whose they are.
pub(crate) fn write(file: &mut File, columns: &[(String, Column)], of: &str) -> Result<(), String> {
    let failed = |error: ParquetError| error.to_string();
    let fields = columns.iter().map(|(name, column)| column.field(name).map(Arc::new));
    let fields = fields.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    let schema = Type::group_type_builder("sweep").with_fields(fields).build().map_err(failed)?;
    let zstd = Compression::ZSTD(ZstdLevel::default());
    let of = Some(vec![KeyValue::new(OF.to_owned(), of.to_owned())]);
    let properties =
        WriterProperties::builder().set_compression(zstd).set_key_value_metadata(of).build();
    let mut writer =
        SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties)).map_err(failed)?;
    let mut group = writer.next_row_group().map_err(failed)?;
    let mut left = columns.iter();
    while let Some(mut writer) = group.next_column().map_err(failed)? {
        let (_, column) = left.next().ok_or("more columns than there is to write")?;
        column.write(writer.untyped())?;
        writer.close().map_err(failed)?;
    }
    group.close().map_err(failed)?;
    writer.close().map(|_| ()).map_err(failed)
}

/// What a file holds.
#[derive(Debug, PartialEq)]
pub(crate) struct Table {
    /// Whose it is, where it says so.
    pub(crate) of: Option<String>,
    /// All columns by name.
    pub(crate) columns: BTreeMap<String, Column>,
}

/// Reads a file whole.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn read(path: &Path) -> Result<Table, String> {
    // The decoders of the library trust page headers, and panic where one lies.
    let read = || read_columns(path);
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err("a page is damaged".to_owned()))
}

fn read_columns(path: &Path) -> Result<Table, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let reader = SerializedFileReader::new(file).map_err(|error| error.to_string())?;
    let about = reader.metadata().file_metadata();
    let said = about.key_value_metadata().into_iter().flatten().find(|said| said.key == OF);
    let (of, schema) = (said.and_then(|said| said.value.clone()), about.schema_descr_ptr());
    let mut columns = BTreeMap::new();
    for (at, descriptor) in schema.columns().iter().enumerate() {
        let mut column: Option<Column> = None;
        for group in 0..reader.num_row_groups() {
            let group = reader.get_row_group(group).map_err(|error| error.to_string())?;
            let more = column_of(group.as_ref(), at, descriptor)?;
            column = Some(match column {
                None => more,
                Some(_) => return Err("it has more than one row group".to_owned()),
            });
        }
        if let Some(column) = column {
            columns.insert(descriptor.name().to_owned(), column);
        }
    }
    Ok(Table { of, columns })
}

fn column_of(
    group: &dyn RowGroupReader,
    at: usize,
    descriptor: &ColumnDescriptor,
) -> Result<Column, String> {
    let optional = descriptor.max_def_level() > 0;
    let repeated = descriptor.max_rep_level() > 0;
    let text = |bytes: &ByteArray| String::from_utf8_lossy(bytes.data()).into_owned();
    Ok(match (descriptor.physical_type(), optional, repeated) {
        (Physical::BYTE_ARRAY, false, _) => {
            let raw = raw::<ByteArrayType>(group, at)?;
            Column::Text(raw.values.iter().map(text).collect())
        }
        (Physical::BYTE_ARRAY, true, false) => {
            let raw = raw::<ByteArrayType>(group, at)?;
            Column::MaybeText(raw.optional().map(|value| value.as_ref().map(text)).collect())
        }
        (Physical::INT64, false, _) => Column::Whole(raw::<Int64Type>(group, at)?.values),
        (Physical::DOUBLE, true, false) => {
            Column::Number(raw::<DoubleType>(group, at)?.optional().collect())
        }
        (Physical::DOUBLE, true, true) => {
            let raw = raw::<DoubleType>(group, at)?;
            let mut rows: Vec<Vec<f64>> = Vec::new();
            for (value, repeated) in raw.optional().zip(&raw.repeated) {
                if *repeated == 0 {
                    rows.push(Vec::new());
                }
                if let Some(row) = rows.last_mut() {
                    row.extend(value);
                }
            }
            Column::Numbers(rows)
        }
        (kind, ..) => return Err(format!("{} is a column of {kind}", descriptor.name())),
    })
}

/// A column as the library gives it.
struct Raw<T> {
    values: Vec<T>,
    defined: Vec<i16>,
    repeated: Vec<i16>,
}

impl<T: Clone> Raw<T> {
    /// A value for each level, or none.
    fn optional(&self) -> impl Iterator<Item = Option<T>> {
        let mut values = self.values.iter();
        self.defined.iter().map(move |level| if *level > 0 { values.next().cloned() } else { None })
    }
}

fn raw<T: DataType>(group: &dyn RowGroupReader, at: usize) -> Result<Raw<T::T>, String> {
    let damaged = |error: ParquetError| error.to_string();
    let rows = usize::try_from(group.metadata().num_rows()).map_err(|error| error.to_string())?;
    let reader = group.get_column_reader(at).map_err(damaged)?;
    let mut reader: ColumnReaderImpl<T> = get_typed_column_reader(reader);
    let mut raw = Raw { values: Vec::new(), defined: Vec::new(), repeated: Vec::new() };
    let mut done = 0;
    while done < rows {
        let (defined, repeated) = (Some(&mut raw.defined), Some(&mut raw.repeated));
        let (records, _, _) = reader
            .read_records(rows - done, defined, repeated, &mut raw.values)
            .map_err(damaged)?;
        if records == 0 {
            return Err("it ends before its last row".to_owned());
        }
        done += records;
    }
    Ok(raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_with_nothing_and_with_many() {
        let named = |name: &str, column: Column| (name.to_owned(), column);
        let columns = [
            named("a.b", Column::Text(vec!["x".to_owned(), String::new(), "ü".to_owned()])),
            named("why", Column::MaybeText(vec![None, Some("no".to_owned()), None])),
            named("n", Column::Whole(vec![1, -2, i64::MAX])),
            named("pct", Column::Number(vec![Some(0.1), None, Some(-1e300)])),
            named("days", Column::Numbers(vec![vec![], vec![0.5, -0.5], vec![1.0]])),
            named("none", Column::Numbers(vec![vec![], vec![], vec![]])),
        ];
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.parquet");
        write(&mut File::create(&path).unwrap(), &columns, "a plan").unwrap();
        let expected =
            Table { of: Some("a plan".to_owned()), columns: columns.into_iter().collect() };
        assert_eq!(read(&path).unwrap(), expected);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        assert!(read(&path).is_err());
    }
}
