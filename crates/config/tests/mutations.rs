//! Whatever is done to the shipped files, loading ends: in a configuration, or in problems that say
//! where. Never in a panic, and never without an end.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use config::{Config, ConfigError, FILES, Kind};
use proptest::prelude::*;
use tempfile::TempDir;

fn shipped(file: &str) -> Vec<u8> {
    let place: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config");
    fs::read(place.join(file)).unwrap()
}

/// A directory with the shipped files and one that is not.
fn with(file: &str, bytes: &[u8]) -> (TempDir, Result<Config, ConfigError>) {
    let place = tempfile::tempdir().unwrap();
    for name in FILES {
        let bytes = if name == file { bytes.to_vec() } else { shipped(name) };
        fs::write(place.path().join(name), bytes).unwrap();
    }
    let loaded = Config::load_with(place.path(), &|_| None);
    (place, loaded)
}

fn located(place: &Path, result: Result<Config, ConfigError>) {
    let Err(error) = result else { return };
    assert!(!error.0.is_empty());
    for problem in &error.0 {
        assert!(FILES.iter().any(|name| place.join(name) == problem.file), "{problem}");
        let somewhere = problem.at.is_some_and(|(line, column)| line > 0 && column > 0);
        assert!(somewhere || problem.kind == Kind::File, "{problem}");
        assert!(problem.what.len() < 1000, "{problem}");
    }
}

#[derive(Debug, Clone)]
enum Change {
    DeleteLine(usize),
    RepeatLine(usize),
    SwapLines(usize, usize),
    MoveLine(usize, usize),
    Indent(usize, usize),
    Flip(usize, u8),
    Insert(usize, Vec<u8>),
    Truncate(usize),
    Value(usize, &'static str),
}

fn change() -> impl Strategy<Value = Change> {
    let at = 0..20_000_usize;
    let words = prop::sample::select(vec![
        "null",
        "~",
        "",
        "0",
        "-1",
        "1e400",
        ".nan",
        "-.inf",
        "0x1F",
        "true",
        "yes",
        "[]",
        "{}",
        "'5'",
        "\"",
        "&a 1",
        "*a",
        "!!str 1",
        "${X}",
        "|",
        ">",
        "- 1",
        "? a",
        "{ a: 1, a: 2 }",
        "[[[[",
        "99999999999999999999",
        "1_0",
        "0.1",
        "5",
        "BTC-USD",
        "T1",
        "#",
        "%",
        "@",
        "`",
        "\t1",
        "1: 2",
        "---",
        "...",
        "<<: 1",
        "-----BEGIN EC PRIVATE KEY-----",
    ]);
    prop_oneof![
        at.clone().prop_map(Change::DeleteLine),
        at.clone().prop_map(Change::RepeatLine),
        (at.clone(), at.clone()).prop_map(|(a, b)| Change::SwapLines(a, b)),
        (at.clone(), at.clone()).prop_map(|(a, b)| Change::MoveLine(a, b)),
        (at.clone(), 0..9_usize).prop_map(|(a, b)| Change::Indent(a, b)),
        (at.clone(), any::<u8>()).prop_map(|(a, b)| Change::Flip(a, b)),
        (at.clone(), prop::collection::vec(any::<u8>(), 1..8))
            .prop_map(|(a, b)| Change::Insert(a, b)),
        (at.clone(), "[-:{}\\[\\],#&*!|>'\"%@`~?\n\t a0]{1,6}")
            .prop_map(|(a, b)| Change::Insert(a, b.into_bytes())),
        at.clone().prop_map(Change::Truncate),
        (at, words).prop_map(|(a, b)| Change::Value(a, b)),
    ]
}

fn apply(text: &mut Vec<u8>, change: &Change) {
    let bytes = text.len().max(1);
    let mut lines: Vec<_> = text.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    let at = |n: usize| n % lines.len();
    match change {
        Change::Flip(n, mask) => {
            if let Some(byte) = text.get_mut(n % bytes) {
                *byte ^= mask;
            }
            return;
        }
        Change::Insert(n, more) => {
            let at = n % bytes;
            text.splice(at.min(text.len())..at.min(text.len()), more.iter().copied());
            return;
        }
        Change::Truncate(n) => {
            text.truncate(n % bytes);
            return;
        }
        Change::DeleteLine(n) => drop(lines.remove(at(*n))),
        Change::RepeatLine(n) => {
            let at = at(*n);
            lines.insert(at, lines[at].clone());
        }
        Change::SwapLines(a, b) => {
            let (a, b) = (at(*a), at(*b));
            lines.swap(a, b);
        }
        Change::MoveLine(a, b) => {
            let (a, b) = (at(*a), at(*b));
            let line = lines.remove(a);
            lines.insert(b.min(lines.len()), line);
        }
        Change::Indent(n, by) => {
            let at = at(*n);
            let bare = String::from_utf8_lossy(&lines[at]).trim_start().to_owned();
            lines[at] = format!("{}{bare}", " ".repeat(*by)).into_bytes();
        }
        Change::Value(n, value) => {
            let at = at(*n);
            let line = String::from_utf8_lossy(&lines[at]).into_owned();
            let key = line.split(": ").next().unwrap_or_default().to_owned();
            lines[at] = format!("{key}: {value}").into_bytes();
        }
    }
    *text = lines.join(&b'\n');
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn no_change_of_a_file_ends_otherwise_than_in_values_or_problems(
        file in prop::sample::select(FILES.to_vec()),
        changes in prop::collection::vec(change(), 1..6),
    ) {
        let mut text = shipped(file);
        for change in &changes {
            apply(&mut text, change);
        }
        let (place, result) = with(file, &text);
        located(place.path(), result);
    }

    #[test]
    fn no_bytes_end_otherwise_either(
        file in prop::sample::select(FILES.to_vec()),
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let (place, result) = with(file, &bytes);
        prop_assert!(result.is_err());
        located(place.path(), result);
    }
}

#[test]
fn no_monster_of_a_text_takes_long() {
    let long = 200_000;
    let monsters = [
        "[".repeat(long),
        "{".repeat(long),
        "- ".repeat(long / 2),
        "? ".repeat(long / 2),
        "a: ".repeat(long / 3),
        "a:\n".repeat(long / 3),
        "- a\n".repeat(long / 4),
        "\"".repeat(long),
        "a".repeat(long),
        format!("{}: 1", "a".repeat(long)),
        format!("data_dir: \"{}\"", "${".repeat(long / 2)),
        format!("data_dir: {}", "9".repeat(long)),
        format!("{}1", "[1, ".repeat(10)),
        "&a ".repeat(long / 3),
        "*a ".repeat(long / 3),
        "#".repeat(long),
        " ".repeat(long),
        "\t".repeat(long),
        "---\n".repeat(long / 4),
        "%YAML 1.2\n".repeat(long / 10),
        (0..10_000).fold(String::new(), |text, n| text + &format!("k{n}: {n}\n")),
        (0..long).map(|n| format!("{}a:\n", " ".repeat(n % 400))).take(600).collect(),
        "x".repeat(300 * 1024),
    ];
    for text in monsters {
        let start = String::from(&text[..text.len().min(12)]);
        let watch = Stopwatch::default();
        let (place, result) = with("app.yaml", text.as_bytes());
        assert!(result.is_err(), "{start}");
        located(place.path(), result);
        assert!(watch.elapsed() < Duration::from_secs(20), "{start} took {:?}", watch.elapsed());
    }
}

/// The time that a test takes.
struct Stopwatch(std::time::Instant);

impl Default for Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "a test measures how long it takes")]
    fn default() -> Self {
        Self(std::time::Instant::now())
    }
}

impl Stopwatch {
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
