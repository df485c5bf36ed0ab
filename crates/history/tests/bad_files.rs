//! Files from elsewhere, each wrong in one way: refused or marked, with the row named.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::{Granularity, Timestamp};
use history::{Completeness, Dataset, Format, HistoryError, Target, import};
use parquet::data_type::{DoubleType, Int64Type};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

/// 2023-12-03T00:00:00Z.
const FROM: i64 = 1_701_561_600;
const HEADER: &str = "start,open,high,low,close,volume";

/// Twelve sound minutes; the first is on line 2.
fn sound() -> Vec<String> {
    let row = |at: i64| format!("{},100,101.5,99.5,100.5,{}", FROM + 60 * at, at + 1);
    core::iter::once(HEADER.to_owned()).chain((0..12).map(row)).collect()
}

fn target(dir: &Path) -> Target {
    Target {
        dir: dir.to_owned(),
        product: "BTC-USD".parse().unwrap(),
        granularity: Granularity::M1,
        format: Format::Csv,
        now: "2026-01-01T00:00:00Z".parse().unwrap(),
        replace: false,
    }
}

fn put(dir: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = dir.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// What is done to the lines: one is another, one is put before, one goes, or text replaces text.
enum Edit {
    Line(usize, &'static str),
    Before(usize, &'static str),
    Without(usize),
    Swapped(usize, usize),
    /// In every line from one on.
    Each(usize, fn(&str) -> String),
}

use Edit::{Before, Each, Line, Swapped, Without};

impl Edit {
    fn made(&self) -> String {
        let mut lines = sound();
        match self {
            Line(at, text) => (*text).clone_into(&mut lines[at - 1]),
            Before(at, text) => lines.insert(at - 1, (*text).to_owned()),
            Without(at) => drop(lines.remove(at - 1)),
            Swapped(one, two) => lines.swap(one - 1, two - 1),
            Each(from, change) => {
                for line in lines.iter_mut().skip(from - 1) {
                    *line = change(line);
                }
            }
        }
        lines.join("\n") + "\n"
    }
}

/// A row with another time.
fn moved(line: &str, change: impl Fn(i64) -> String) -> String {
    let (start, rest) = line.split_once(',').unwrap();
    format!("{},{rest}", change(start.parse().unwrap()))
}

const REFUSED: [(&str, Edit, &str); 36] = [
    ("NaN", Line(5, "1701561780,100,NaN,99.5,100.5,4"), "line 5: its high is NaN"),
    ("infinite", Line(5, "1701561780,100,101,99.5,100.5,inf"), "line 5: its volume is inf"),
    ("an open of zero", Line(6, "1701561840,0,101,99,100,4"), "line 6: its open is 0"),
    ("a low of zero", Line(6, "1701561840,100,101,0,100,4"), "line 6: its low is 0"),
    ("all prices zero", Line(6, "1701561840,0,0,0,0,0"), "line 6: its open is 0"),
    ("a negative close", Line(6, "1701561840,100,101,99,-100,4"), "line 6: its close is -100"),
    ("a negative volume", Line(7, "1701561900,100,101,99,100,-4"), "line 7: its volume is -4"),
    ("high below low", Line(7, "1701561900,100,99,101,100,4"), "line 7: its high 99 is below"),
    ("open above high", Line(7, "1701561900,102,101,99,100,4"), "line 7: its open 102 is not"),
    ("close below low", Line(7, "1701561900,100,101,99,98,4"), "line 7: its close 98 is not"),
    ("columns swapped", Line(7, "1701561900,4,100,101,99,100"), "line 7: its high 100 is below"),
    ("two rows swapped", Swapped(5, 6), "line 6: it starts at 2023-12-03T00:03:00Z, before line 5"),
    ("newest first", Each(2, |l| moved(l, |s| (2 * FROM + 660 - s).to_string())), "line 3: "),
    ("one time twice", Before(6, "1701561780,100,101,99,100,9"), "line 6: 2023-12-03T00:03:00Z is"),
    ("rows of a later part again", Before(9, "1701561660,100,101,99,100,9"), "line 9: it starts"),
    ("ms among seconds", Line(8, "1701561960000,100,101,99,100,4"), "line 8: its time is 170"),
    ("seconds among ms", Each(9, |l| moved(l, |s| format!("{s}000"))), "line 9: its time is 170"),
    ("words among numbers", Line(8, "2023-12-03T00:06:00Z,100,101,99,100,4"), "line 8: its time"),
    ("µs among seconds", Line(8, "1701561960000000,1,1,1,1,4"), "line 8: its time is 170"),
    ("no zone", Line(2, "2023-12-03 00:00:00,100,101,99,100,4"), "line 2: its time is \"2023"),
    ("minutes since 1970", Line(2, "28359360,100,101,99,100,4"), "line 2: its time is 28359360"),
    ("a time of zero", Line(2, "0,100,101,99,100,4"), "line 2: its time is 0"),
    ("off the grid", Line(4, "1701561721,100,101,99,100,4"), "line 4: it starts at"),
    ("half a second", Each(2, |l| moved(l, |s| format!("{s}500"))), "line 2: it starts at"),
    ("not over yet", Line(13, "1893456000,100,101,99,100,4"), "line 13: it ends at 2030-01-01"),
    ("prices in cents from there", Line(9, "1701562020,10000,10100,9900,10000,4"), "line 9: it op"),
    ("prices in thousands", Line(9, "1701562020,0.1,0.11,0.09,0.1,4"), "line 9: it opens at 0.1"),
    ("a comma in a number", Line(4, "1701561720,\"100,5\",101,99,100,4"), "line 4: its open is"),
    ("a word for a number", Line(4, "1701561720,100,101,99,100,none"), "line 4: its volume is"),
    ("an empty cell", Line(4, "1701561720,100,,99,100,4"), "line 4: its high is \"\""),
    ("cut in the last row", Line(13, "1701562260,100,101.5,99"), "line: 13"),
    ("a cell too many", Line(5, "1701561780,100,101,99,100,4,7"), "line: 5"),
    ("a second header", Before(8, HEADER), "line 8: its time is \"start\""),
    ("a column missing", Line(1, "start,open,high,low,close,amount"), "\"volume\" is missing on"),
    ("a column twice", Line(1, "start,open,high,low,close,Close,volume"), "\"close\" is there twi"),
    ("no header", Without(1), "\"start\" is missing on line 1"),
];

#[test]
fn what_is_wrong_is_refused_and_the_row_is_named() {
    for (name, edit, says) in &REFUSED {
        let dir = tempfile::tempdir().unwrap();
        let source = put(dir.path(), "source.csv", edit.made().as_bytes());
        let error = import(&source, &target(dir.path())).unwrap_err().to_string();
        assert!(error.contains(says), "{name}: {error}");
        assert!(error.contains("source.csv"), "{name}: {error}");
        assert!(!dir.path().join("BTC-USD").exists(), "{name}: nothing was taken");
    }
}

const MARKED: [(&str, Edit, u64, &str); 6] = [
    (
        "six minutes missing",
        Each(6, |l| moved(l, |s| (s + 360).to_string())),
        12,
        "gap after line 5",
    ),
    ("a row repeated", Before(6, "1701561780,100,101.5,99.5,100.5,4"), 12, "line 6 repeats"),
    ("a jump by half", Line(13, "1701562260,160,161,159,160,4"), 12, "line 13 opens at 160"),
    ("a fall by half", Line(13, "1701562260,50,51,49,50,4"), 12, "line 13 opens at 50"),
    ("a bad tick", Line(13, "1701562260,100,900,99,100,4"), 12, "line 13 reaches from 99 to 900"),
    ("no volume", Line(13, "1701562260,100,101,99,100,0"), 12, "without volume, the first on line"),
];

#[test]
fn what_may_be_right_is_taken_and_marked_with_its_row() {
    for (name, edit, candles, says) in &MARKED {
        let dir = tempfile::tempdir().unwrap();
        let source = put(dir.path(), "source.csv", edit.made().as_bytes());
        let found = import(&source, &target(dir.path())).unwrap();
        let marks: Vec<_> = found.marks.iter().map(ToString::to_string).collect();
        assert_eq!(marks.len(), 1, "{name}: {marks:?}");
        assert!(marks[0].contains(says), "{name}: {marks:?}");
        assert_eq!((found.candles, found.added), (*candles, *candles), "{name}");
    }
}

#[test]
fn a_last_line_without_an_end_is_marked() {
    let dir = tempfile::tempdir().unwrap();
    let text = sound().join("\n");
    let source = put(dir.path(), "source.csv", text.as_bytes());
    let found = import(&source, &target(dir.path())).unwrap();
    assert_eq!(found.marks.len(), 1);
    assert!(found.marks[0].to_string().contains("line 13 is the last and has no end"));
}

#[test]
fn files_that_are_no_tables_are_refused_by_name() {
    let cases: [(&str, &[u8], &str); 6] = [
        ("empty.csv", b"", "is missing"),
        ("header.csv", b"start,open,high,low,close,volume\n", "has no rows"),
        ("bytes.csv", b"start,open,high,low,close,volume\n\xff\xfe,1,1,1,1,1\n", "line 2"),
        ("text.parquet", b"PAR1 and then nothing", "damaged or not Parquet"),
        ("empty.parquet", b"", "damaged or not Parquet"),
        ("candles.json", b"[]", "neither .csv nor .parquet"),
    ];
    for (name, bytes, says) in cases {
        let dir = tempfile::tempdir().unwrap();
        let source = put(dir.path(), name, bytes);
        let error = import(&source, &target(dir.path())).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains(says), "{name}: {error}");
    }
    let error = import(Path::new("/nowhere/a.csv"), &target(Path::new("/nowhere"))).unwrap_err();
    assert!(error.to_string().contains("/nowhere/a.csv"), "{error}");
}

#[test]
fn hours_that_are_called_minutes_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let edit = Each(2, |line| moved(line, |start| (FROM + (start - FROM) * 60).to_string()));
    let source = put(dir.path(), "source.csv", edit.made().as_bytes());
    let error = import(&source, &target(dir.path())).unwrap_err().to_string();
    assert!(error.contains("line 13") && error.contains("they are 1h candles, not 1m"), "{error}");
    let hours = Target { granularity: Granularity::H1, ..target(dir.path()) };
    assert_eq!(import(&source, &hours).unwrap().marks, []);
}

/// Twelve minutes as Parquet: times as given, prices by the layout, one number another.
fn parquet(path: &Path, names: &str, times: &[i64], odd: Option<(usize, usize, f64)>) {
    let fields: Vec<_> = names.split(' ').collect();
    let numbers = fields.iter().skip(1).map(|name| format!("optional double {name};"));
    let schema =
        format!("message m {{ optional int64 {}; {} }}", fields[0], numbers.collect::<String>());
    let schema = Arc::new(parse_message_type(&schema).unwrap());
    let file = File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let full: Vec<i16> = vec![1; times.len()];
    let mut at = 0;
    while let Some(mut column) = group.next_column().unwrap() {
        if at == 0 {
            column.typed::<Int64Type>().write_batch(times, Some(&full), None).unwrap();
        } else {
            let mut values = vec![[100.0, 101.5, 99.5, 100.5, 3.0][at - 1]; times.len()];
            if let Some((row, _, value)) = odd.filter(|(_, column, _)| *column == at) {
                values[row - 1] = value;
            }
            column.typed::<DoubleType>().write_batch(&values, Some(&full), None).unwrap();
        }
        column.close().unwrap();
        at += 1;
    }
    group.close().unwrap();
    writer.close().unwrap();
}

const OWN: &str = "start open high low close volume";

#[test]
fn columns_are_held_to_the_same() {
    let times: Vec<i64> = (0..12).map(|at| FROM + 60 * at).collect();
    let with = |row: usize, time: i64| {
        let mut times = times.clone();
        times[row - 1] = time;
        times
    };
    let cases = [
        (OWN, times.clone(), Some((4, 2, f64::NAN)), "row 4: its high is NaN"),
        (OWN, times.clone(), Some((12, 3, 0.0)), "row 12: its low is 0"),
        (OWN, times.clone(), Some((1, 5, -1.0)), "row 1: its volume is -1"),
        (OWN, with(7, (FROM + 360) * 1000), None, "row 7: its time is 170"),
        (OWN, with(7, FROM + 300), Some((7, 5, 9.0)), "row 7: 2023-12-03T00:05:00Z is"),
        (OWN, with(7, FROM), None, "row 7: it starts at"),
        (OWN, with(7, FROM + 361), None, "row 7: it starts at"),
        ("begin open high low close volume", times.clone(), None, "\"start\" is missing"),
        ("start open high low last volume", times.clone(), None, "\"close\" is missing"),
    ];
    for (names, times, odd, says) in cases {
        let dir = tempfile::tempdir().unwrap();
        let source = dir.path().join("source.parquet");
        parquet(&source, names, &times, odd);
        let error = import(&source, &target(dir.path())).unwrap_err().to_string();
        assert!(error.contains(says) && error.contains("source.parquet"), "{says}: {error}");
    }
}

#[test]
fn a_column_file_cut_anywhere_is_refused() {
    let times: Vec<i64> = (0..12).map(|at| FROM + 60 * at).collect();
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole.parquet");
    parquet(&whole, OWN, &times, None);
    let bytes = fs::read(&whole).unwrap();
    for length in (0..bytes.len()).step_by(31) {
        let source = put(dir.path(), "cut.parquet", &bytes[..length]);
        let error = import(&source, &target(dir.path())).unwrap_err();
        assert!(matches!(error, HistoryError::Unreadable { .. }), "at {length}: {error}");
    }
    assert!(!dir.path().join("BTC-USD").exists(), "nothing was taken");
}

/// The twelve minutes as other programs write them.
#[test]
fn what_other_programs_write_is_the_same_candles() {
    let times: Vec<i64> = (0..12).map(|at| FROM + 60 * at).collect();
    let dir = tempfile::tempdir().unwrap();
    let in_unit = |factor: i64| times.iter().map(|time| time * factor).collect::<Vec<_>>();
    let rows = |time: &dyn Fn(i64) -> String, head: &str| {
        let line = |at: &i64| format!("x,{},100.5,100,99.5,101.5,3\n", time(*at));
        format!("id,{head}\n{}", times.iter().map(line).collect::<String>())
    };
    let mut loaded = Vec::new();
    for (at, factor) in [1, 1_000, 1_000_000, 1_000_000_000].into_iter().enumerate() {
        let source = dir.path().join(format!("{at}.parquet"));
        parquet(&source, "date open high low close volume", &in_unit(factor), None);
        loaded.push(source);
    }
    let moment = |secs: i64| Timestamp::from_secs(secs).to_string();
    let spaced = |secs: i64| moment(secs).replace('T', " ").replace('Z', "+00:00");
    let texts: [(&dyn Fn(i64) -> String, &str); 4] = [
        (&|secs| secs.to_string(), "Timestamp,close,open,low,high,volume"),
        (&|secs| format!("{secs}000"), "open_time,Close,Open,Low,High,Volume"),
        (&moment, "time,close,open,low,high,volume"),
        (&spaced, "date,close,open,low,high,volume"),
    ];
    for (at, (time, head)) in texts.into_iter().enumerate() {
        loaded.push(put(dir.path(), &format!("{at}.csv"), rows(time, head).as_bytes()));
    }
    let mut first = None;
    for (at, source) in loaded.iter().enumerate() {
        let out = dir.path().join(format!("out{at}"));
        let found = import(source, &target(&out)).unwrap();
        assert_eq!((found.added, found.marks.as_slice()), (12, &[][..]), "{}", source.display());
        let bars = target(&out).file().all().unwrap();
        assert_eq!(*first.get_or_insert_with(|| bars.clone()), bars, "{}", source.display());
    }
}

#[test]
fn a_file_is_taken_once_and_parts_that_overlap_become_one() {
    let dir = tempfile::tempdir().unwrap();
    let lines = sound();
    let part = |name: &str, from: usize, to: usize| {
        let text = format!("{HEADER}\n{}\n", lines[from..to].join("\n"));
        put(dir.path(), name, text.as_bytes())
    };
    let (late, early) = (part("late.csv", 6, 13), part("early.csv", 1, 9));
    let to = target(dir.path());
    assert_eq!(import(&late, &to).unwrap().added, 7);
    let found = import(&early, &to).unwrap();
    assert_eq!((found.candles, found.added, found.replaced), (8, 5, 0));
    assert!(import(&early, &to).unwrap().already, "the same bytes again");
    let renamed = part("renamed.csv", 1, 9);
    assert!(import(&renamed, &to).unwrap().already, "under another name, too");
    let bars = to.file().all().unwrap();
    assert_eq!(bars.len(), 12);
    assert_eq!(Completeness::of(bars.starts(), Granularity::M1, &[]).missing, 0);
    let dataset = Dataset::open(dir.path()).unwrap();
    assert_eq!(dataset.files(&to.product).len(), 1, "what is written beside it is no candles");
    // Without the candles the record of what was taken says nothing.
    fs::remove_file(to.file().path()).unwrap();
    assert_eq!(import(&early, &to).unwrap().added, 8);
}

/// A process that ended before the record was written takes the file again, and nothing is twice.
#[test]
fn an_import_that_was_interrupted_is_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let source = put(dir.path(), "source.csv", (sound().join("\n") + "\n").as_bytes());
    let to = target(dir.path());
    import(&source, &to).unwrap();
    let before = fs::read(to.file().path()).unwrap();
    fs::remove_file(dir.path().join("BTC-USD/imports.json")).unwrap();
    fs::write(dir.path().join("BTC-USD/1m.csv.new"), "start,op").unwrap();
    let again = import(&source, &to).unwrap();
    assert_eq!((again.already, again.candles, again.added), (false, 12, 0));
    assert_eq!(fs::read(to.file().path()).unwrap(), before);
    assert!(import(&source, &to).unwrap().already);
}

#[test]
fn another_word_on_a_candle_is_refused_unless_it_is_to_replace() {
    let dir = tempfile::tempdir().unwrap();
    let to = target(dir.path());
    let source = put(dir.path(), "one.csv", (sound().join("\n") + "\n").as_bytes());
    import(&source, &to).unwrap();
    let other = Line(5, "1701561780,100,102.5,99.5,100.5,4").made();
    let other = put(dir.path(), "two.csv", other.as_bytes());
    let error = import(&other, &to).unwrap_err().to_string();
    for says in ["two.csv", "line 5", "100/102.5/99.5/100.5", "100/101.5/99.5/100.5", "--replace"] {
        assert!(error.contains(says), "{says}: {error}");
    }
    let replacing = Target { replace: true, ..to.clone() };
    let found = import(&other, &replacing).unwrap();
    assert_eq!((found.added, found.replaced), (0, 1));
    let high = to.file().all().unwrap().get(3).unwrap().high;
    assert_eq!(high.to_bits(), 102.5_f64.to_bits());
}

#[test]
fn records_of_imports_that_are_damaged_are_refused_by_name() {
    for (text, says) in [("{", "EOF"), (r#"{"schema":9,"sources":[]}"#, "schema is 9")] {
        let dir = tempfile::tempdir().unwrap();
        let to = target(dir.path());
        let source = put(dir.path(), "one.csv", (sound().join("\n") + "\n").as_bytes());
        import(&source, &to).unwrap();
        fs::write(dir.path().join("BTC-USD/imports.json"), text).unwrap();
        let error = import(&source, &to).unwrap_err().to_string();
        assert!(error.contains("imports.json") && error.contains(says), "{error}");
    }
}
