//! Candles from Parquet files beside the checkout.

use std::path::{Path, PathBuf};

use parquet::column::reader::{ColumnReaderImpl, get_typed_column_reader};
use parquet::data_type::DoubleType;
use parquet::file::reader::{FileReader as _, SerializedFileReader};

use crate::Candles;

/// `TRADER_CANDLES_DIR`, else `shared/data` beside the checkout.
///
/// Where there is none it says so; with `TRADER_REQUIRE_CANDLES=1` that fails.
pub(crate) fn directory() -> Option<PathBuf> {
    let told = std::env::var_os("TRADER_CANDLES_DIR").map(PathBuf::from);
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let directory = told.unwrap_or_else(beside);
    if directory.join("coinbase").is_dir() {
        return Some(directory);
    }
    let required = std::env::var_os("TRADER_REQUIRE_CANDLES").is_some_and(|value| value == "1");
    assert!(!required, "TRADER_REQUIRE_CANDLES=1, but no candles in {}", directory.display());
    eprintln!("skipped: no candles in {}", directory.display());
    None
}

/// The whole file; one that cannot be read fails the test.
pub(crate) fn read(path: &Path) -> Candles {
    let read = std::fs::read(path);
    assert!(read.is_ok(), "{}: {read:?}", path.display());
    let bytes = read.unwrap();
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
    let column = |name| column(&reader, name);
    Candles { high: column("high"), low: column("low"), close: column("close") }
}

fn column(reader: &SerializedFileReader<bytes::Bytes>, name: &str) -> Vec<f64> {
    let schema = reader.metadata().file_metadata().schema_descr();
    let at = schema.columns().iter().position(|column| column.name() == name).unwrap();
    let mut values = Vec::new();
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group).unwrap();
        let rows = usize::try_from(group.metadata().num_rows()).unwrap();
        let mut column: ColumnReaderImpl<DoubleType> =
            get_typed_column_reader(group.get_column_reader(at).unwrap());
        let (mut levels, mut done, before) = (Vec::new(), 0, values.len());
        while done < rows {
            let read = column.read_records(rows - done, Some(&mut levels), None, &mut values);
            done += read.unwrap().0;
        }
        assert_eq!(values.len() - before, rows, "column {name} has nulls");
    }
    values
}
