//! Files in: closed bars, or an error that names what is wrong; never a panic.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::{Bars, Gap, Granularity, ProductId, Timestamp};
use history::{Dataset, HistoryError, gaps};
use parquet::data_type::{DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;

const SCHEMA: &str = "message bars { required int64 start; required double open; required double \
                      high; required double low; required double close; required double volume; }";

fn btc() -> ProductId {
    "BTC-USD".parse().unwrap()
}

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs)
}

fn folder(dir: &Path) -> PathBuf {
    let folder = dir.join("BTC-USD");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Hourly bars from `from`, `count` of them, as Parquet.
fn write_parquet(path: &Path, schema: &str, from: i64, count: usize, step: i64) {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = Arc::new(WriterProperties::builder().build());
    let file = File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let starts: Vec<i64> = (0..count).map(|i| from + step * i64::try_from(i).unwrap()).collect();
    let values: Vec<f64> = (0..count).map(|i| 100.0 + i as f64).collect();
    let mut column = 0;
    while let Some(mut writer) = group.next_column().unwrap() {
        if column == 0 {
            writer.typed::<Int64Type>().write_batch(&starts, None, None).unwrap();
        } else {
            writer.typed::<DoubleType>().write_batch(&values, None, None).unwrap();
        }
        writer.close().unwrap();
        column += 1;
    }
    group.close().unwrap();
    writer.close().unwrap();
}

fn write_csv(path: &Path, rows: &[(i64, f64)]) {
    let line =
        |(start, price): &(i64, f64)| format!("{start},{price},{price},{price},{price},{price}\n");
    let rows: String = rows.iter().map(line).collect();
    fs::write(path, format!("start,open,high,low,close,volume\n{rows}")).unwrap();
}

#[test]
fn parquet_and_csv_give_the_same_bars() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_parquet(&folder(one.path()).join("1h.parquet"), SCHEMA, 0, 30, 3600);
    let rows: Vec<_> = (0..30).map(|i| (i * 3600, 100.0 + i as f64)).collect();
    write_csv(&folder(two.path()).join("1h_x.csv"), &rows);
    let load = |dir: &Path| {
        let dataset = Dataset::open(dir).unwrap();
        dataset.load(&btc(), at(29 * 3600 + 1), 10 * 3600).unwrap().unwrap().bars
    };
    let bars = load(one.path());
    assert_eq!(bars, load(two.path()));
    assert_eq!(bars.len(), 9, "those that start within ten hours, and the thirtieth is not closed");
    assert_eq!(bars.end(), Some(at(29 * 3600)));
}

#[test]
fn the_finest_file_that_reaches_the_moment_is_chosen() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let minutes = |days: i64| {
        let rows: Vec<_> = (0..days * 24).map(|i| (i * 3600, 50.0)).collect();
        rows
    };
    write_csv(&folder.join("1m_old.csv"), &minutes(2));
    write_csv(&folder.join("5m_new.csv"), &minutes(10));
    write_csv(&folder.join("1h.csv"), &minutes(20));
    write_csv(&folder.join("6h.csv"), &[(0, 1.0), (21_600, 1.0)]);
    fs::write(folder.join("quotes_1m.csv"), "bid,ask\n1,2\n").unwrap();
    fs::write(folder.join("notes.txt"), "not candles").unwrap();
    let dataset = Dataset::open(dir.path()).unwrap();
    assert_eq!(dataset.files(&btc()).len(), 4);
    let day = 86_400;
    for (moment, file) in
        [(day, "1m_old"), (2 * day, "1m_old"), (4 * day, "5m_new"), (15 * day, "1h")]
    {
        let loaded = dataset.load(&btc(), at(moment), day).unwrap().unwrap();
        assert_eq!(loaded.file.file_stem().unwrap(), file, "at {moment}");
    }
    assert_eq!(dataset.load(&btc(), at(22 * day), day).unwrap(), None);
    assert_eq!(dataset.load(&"ETH-USD".parse().unwrap(), at(day), day).unwrap(), None);
    assert_eq!(dataset.bounds().unwrap(), Some((at(0), at(20 * day))));
}

#[test]
fn wrong_layouts_are_named_by_column() {
    let cases = [
        ("message b { required int64 start; required double open; }", "high", "missing"),
        (&SCHEMA.replace("int64", "double"), "start", "INT64"),
        (&SCHEMA.replace("required double low", "required int64 low"), "low", "DOUBLE"),
    ];
    for (schema, column, says) in cases {
        let dir = tempfile::tempdir().unwrap();
        let path = folder(dir.path()).join("1h.parquet");
        let parsed = Arc::new(parse_message_type(schema).unwrap());
        let properties = Arc::new(WriterProperties::builder().build());
        let file = File::create(&path).unwrap();
        SerializedFileWriter::new(file, parsed, properties).unwrap().close().unwrap();
        let error = Dataset::open(dir.path()).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, HistoryError::Column { .. }), "{text}");
        assert!(
            text.contains(column) && text.contains(says) && text.contains("1h.parquet"),
            "{text}"
        );
    }
}

#[test]
fn a_silence_of_five_minutes_in_every_product_is_a_gap() {
    let series = |starts: &[i64]| {
        let mut bars = Bars::with_capacity(Granularity::M1, 8);
        for start in starts {
            let bar = domain::Bar {
                start: at(*start),
                open: 1.0,
                high: 1.0,
                low: 1.0,
                close: 1.0,
                volume: 1.0,
            };
            bars.push(bar).unwrap();
        }
        bars
    };
    let (one, two) = (series(&[0, 60, 600]), series(&[120, 660, 1260]));
    let found = gaps([&one, &two], &[], at(0), at(1500));
    let gap = |from, to| Gap { from: at(from), to: at(to) };
    assert_eq!(found, [gap(180, 600), gap(720, 1260)]);
    assert_eq!(gaps([&one], &[], at(0), at(300)), [], "two minutes of silence are none");
    assert_eq!(gaps([], &[], at(0), at(900)), [gap(0, 900)]);
}

fn parquet_bytes() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("1h.parquet");
    write_parquet(&path, SCHEMA, 0, 200, 3600);
    fs::read(path).unwrap()
}

/// Whatever the bytes are: bars or an error.
fn survives(bytes: &[u8]) {
    let dir = tempfile::tempdir().unwrap();
    fs::write(folder(dir.path()).join("1h.parquet"), bytes).unwrap();
    if let Ok(dataset) = Dataset::open(dir.path()) {
        match dataset.load(&btc(), at(200 * 3600), 400 * 3600) {
            Ok(loaded) => assert!(loaded.is_none_or(|l| l.bars.len() <= 200)),
            Err(error) => assert!(error.to_string().contains("1h.parquet"), "{error}"),
        }
    }
}

#[test]
fn a_file_cut_anywhere_is_an_error_and_no_panic() {
    let bytes = parquet_bytes();
    for length in (0..bytes.len()).step_by(7) {
        let dir = tempfile::tempdir().unwrap();
        fs::write(folder(dir.path()).join("1h.parquet"), &bytes[..length]).unwrap();
        let error = Dataset::open(dir.path()).unwrap_err();
        assert!(matches!(error, HistoryError::Unreadable { .. }), "at {length}: {error}");
    }
}

/// Every single flipped bit, so that what is rare is not left to luck.
#[test]
fn any_flipped_bit_gives_bars_or_an_error() {
    let bytes = parquet_bytes();
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        survives(&damaged);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn flipped_bits_give_bars_or_an_error(flips in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..8), 1..4)) {
        let mut bytes = parquet_bytes();
        for (place, bit) in flips {
            let at = place.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        survives(&bytes);
    }

    #[test]
    fn csv_of_any_text_gives_bars_or_an_error(text in "[0-9a-z,.\\-\n\"]{0,200}") {
        let dir = tempfile::tempdir().unwrap();
        let text = format!("start,open,high,low,close,volume\n{text}");
        fs::write(folder(dir.path()).join("1h.csv"), text).unwrap();
        if let Ok(dataset) = Dataset::open(dir.path()) {
            let _either = dataset.load(&btc(), at(3600), 3600);
        }
    }
}
