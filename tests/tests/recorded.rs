//! The whole program on recorded Coinbase candles: every hour of three weeks, and the same with
//! everything after the hour cut away.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use domain::Timestamp;
use history::{CandleFile, Dataset};
use serde_json::Value;
use system_tests::{Home, Outcome, Recordings, recordings};

/// The month of minutes that has all of the shipped lists.
const FILE: &str = "1m_2023q4.parquet";
const FIRST: &str = "2023-12-03T00:00:00Z";
const LAST: &str = "2023-12-24T00:00:00Z";

fn coinbase() -> Option<PathBuf> {
    match recordings() {
        Recordings::At(place) => Some(place.join("coinbase")),
        Recordings::Absent => None,
    }
}

/// A directory with links to the month's files alone.
fn month(home: &Home) -> Option<PathBuf> {
    let (coinbase, month) = (coinbase()?, home.path("month"));
    for folder in fs::read_dir(coinbase).unwrap() {
        let folder = folder.unwrap().path();
        let file = folder.join(FILE);
        if file.is_file() {
            let own = month.join(folder.file_name().unwrap());
            fs::create_dir_all(&own).unwrap();
            std::os::unix::fs::symlink(file.canonicalize().unwrap(), own.join(FILE)).unwrap();
        }
    }
    Some(month)
}

fn hours() -> impl Iterator<Item = Timestamp> {
    let (first, last): (Timestamp, Timestamp) = (FIRST.parse().unwrap(), LAST.parse().unwrap());
    (0..=last.secs_since(first) / 3600).map(move |hour| first.plus_secs(hour * 3600))
}

fn decide(home: &Home, data: &Path, as_of: Timestamp) -> Outcome {
    let (data, as_of) = (data.display().to_string(), as_of.to_string());
    home.run(&["run", "--once", "--data", &data, "--as-of", &as_of])
}

#[test]
fn the_moment_of_the_readme_has_a_universe_with_the_majors_in_tier_1() {
    let home = Home::shipped().unwrap();
    let Some(coinbase) = coinbase() else { return };
    let outcome = decide(&home, &coinbase, "2023-12-08T18:00:00Z".parse().unwrap());
    let summary = outcome.summary().unwrap();
    assert!(summary["universe_size"].as_u64().unwrap() >= 10);
    let t1: Vec<_> = summary["universe"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|member| member["tier"] == "T1")
        .map(|member| member["symbol"].as_str().unwrap())
        .collect();
    assert_eq!(t1, ["BTC-USD", "ETH-USD", "SOL-USD"]);
}

#[test]
fn three_weeks_of_hours_see_every_kind_of_event_and_quiet_hours_too() {
    let home = Home::shipped().unwrap();
    let Some(month) = month(&home) else { return };
    let (mut fresh, mut quiet, mut approved) = (BTreeMap::<String, u32>::new(), 0, 0);
    let mut regimes = BTreeSet::new();
    for hour in hours() {
        let outcome = decide(&home, &month, hour);
        assert_eq!(outcome.code, 0, "{hour}: {}", outcome.error);
        let summary = outcome.summary().unwrap();
        for trigger in summary["triggers"].as_array().unwrap() {
            if trigger["fresh"] == true {
                *fresh.entry(trigger["kind"].as_str().unwrap().to_owned()).or_default() += 1;
            }
        }
        quiet += u32::from(summary["proposals_generated"] == 0);
        approved += u32::from(summary["proposals_approved"] != 0);
        regimes.insert(summary["regime"].as_str().unwrap().to_owned());
    }
    let kinds = ["price_move", "volume_spike", "breakout", "reversal", "momentum"];
    let seen: Vec<_> = kinds.iter().filter(|kind| fresh.contains_key(**kind)).collect();
    assert_eq!(seen.len(), kinds.len(), "fresh events by kind: {fresh:?}");
    assert!(quiet > 0, "some hours propose nothing");
    assert!(approved > 0, "some hours approve something");
    println!(
        "fresh {fresh:?}, quiet hours {quiet}, hours with an approval {approved}, {regimes:?}"
    );
}

/// The bars of a file that are closed at the moment, as CSV: another format, the same numbers.
fn cut(file: &CandleFile, as_of: Timestamp, to: &Path) {
    let starts = file.starts().unwrap();
    let secs = file.granularity().secs();
    let closed = starts.partition_point(|start| start.plus_secs(secs) <= as_of);
    let mut text = String::from("start,open,high,low,close,volume\n");
    for bar in file.bars(0, closed).unwrap().iter() {
        let (start, o, h, l) = (bar.start.secs(), bar.open, bar.high, bar.low);
        writeln!(text, "{start},{o:?},{h:?},{l:?},{:?},{:?}", bar.close, bar.volume).unwrap();
    }
    fs::write(to, text).unwrap();
}

#[test]
fn cutting_the_files_at_the_moment_changes_no_byte() {
    let home = Home::shipped().unwrap();
    let Some(month) = month(&home) else { return };
    let dataset = Dataset::open(&month).unwrap();
    // One hour of each day, another one every day, and odd minutes: all hours would write gigabytes.
    let moments =
        hours().step_by(53).chain(hours().skip(7).step_by(101).map(|t| t.plus_secs(1234)));
    for as_of in moments {
        let pruned = home.path("cut");
        for product in dataset.products() {
            let own = pruned.join(product.as_str());
            fs::create_dir_all(&own).unwrap();
            for file in dataset.files(&product) {
                let name = file.path().with_extension("csv");
                cut(file, as_of, &own.join(name.file_name().unwrap()));
            }
        }
        let whole = decide(&home, &month, as_of);
        let part = decide(&home, &pruned, as_of);
        assert_eq!(whole.summary().unwrap(), part.summary().unwrap(), "at {as_of}");
        fs::remove_dir_all(pruned).unwrap();
    }
}

#[test]
fn a_truncated_file_is_named_wherever_it_is_cut() {
    let home = Home::shipped().unwrap();
    let Some(month) = month(&home) else { return };
    let bytes = fs::read(month.join("BTC-USD").join(FILE)).unwrap();
    let own = home.path("torn").join("BTC-USD");
    fs::create_dir_all(&own).unwrap();
    for share in [0, 1, 10, 50, 90, 99] {
        fs::write(own.join(FILE), &bytes[..bytes.len() * share / 100]).unwrap();
        let outcome = decide(&home, &home.path("torn"), "2023-12-08T18:00:00Z".parse().unwrap());
        assert_eq!(outcome.code, 1, "{share} %: {}", outcome.error);
        assert!(outcome.error.contains(FILE), "{share} %: {}", outcome.error);
    }
}

/// The one place that says what was skipped, and fails where skipping is not allowed.
#[test]
fn recorded_candles_are_there_or_their_absence_is_said() {
    if let Recordings::At(place) = recordings() {
        println!("recorded candles: {}", place.display());
        return;
    }
    println!(
        "SKIPPED, no recorded candles: 5 tests of the whole program, 1 of history, 1 of \
         indicators. Put them in ../shared/data or name their directory in TRADER_CANDLES_DIR."
    );
    #[expect(clippy::disallowed_methods, reason = "the gate demands the recordings")]
    let required = std::env::var("TRADER_REQUIRE_CANDLES").is_ok_and(|v| v == "1");
    assert!(!required, "TRADER_REQUIRE_CANDLES=1, and there are no recorded candles");
}

/// Each event's evidence follows from the candles by the definitions, computed here from scratch.
#[test]
fn evidence_recomputes_from_the_candles_by_hand() {
    let home = Home::shipped().unwrap();
    let Some(month) = month(&home) else { return };
    let dataset = Dataset::open(&month).unwrap();
    let mut checked = BTreeMap::<String, u32>::new();
    for as_of in hours().step_by(3) {
        let summary = decide(&home, &month, as_of).summary().unwrap();
        for trigger in summary["triggers"].as_array().unwrap() {
            let product = trigger["symbol"].as_str().unwrap().parse().unwrap();
            let loaded = dataset.load(&product, as_of, 200 * 3600).unwrap().unwrap();
            by_hand::check(&loaded.bars, as_of, trigger);
            *checked.entry(trigger["kind"].to_string()).or_default() += 1;
        }
    }
    assert_eq!(checked.len(), 5, "{checked:?}");
}

/// The definitions, plainly: no windows are kept, every number is looked up in the minutes.
mod by_hand {
    use domain::{Bars, Timestamp};

    use super::Value;

    const HOUR: i64 = 3600;

    fn within(bars: &Bars, from: Timestamp, to: Timestamp) -> Vec<domain::Bar> {
        bars.iter().filter(|bar| bar.start >= from && bar.start < to).collect()
    }

    fn close_before(bars: &Bars, at: Timestamp) -> f64 {
        bars.iter().filter(|bar| bar.start < at).last().unwrap().close
    }

    fn volume(bars: &Bars, from: Timestamp, to: Timestamp) -> f64 {
        within(bars, from, to).iter().map(|bar| bar.volume).sum()
    }

    fn high(bars: &Bars, from: Timestamp, to: Timestamp) -> f64 {
        within(bars, from, to).iter().map(|bar| bar.high).fold(f64::MIN, f64::max)
    }

    fn same(trigger: &Value, field: &str, expected: f64) {
        let found = trigger["evidence"][field].as_f64().unwrap();
        let near = (found - expected).abs() <= 1e-9 * expected.abs().max(1.0);
        assert!(near, "{field}: {found} is not {expected} in {trigger}");
    }

    pub(super) fn check(bars: &Bars, now: Timestamp, trigger: &Value) {
        let ago = |hours: i64| now.plus_secs(-hours * HOUR);
        let close = close_before(bars, now);
        let percent = |before: f64| 100.0 * (close / before - 1.0);
        let ratio = || volume(bars, ago(1), now) / (volume(bars, ago(25), ago(1)) / 24.0);
        match trigger["kind"].as_str().unwrap() {
            "price_move" => {
                let minutes = |m: i64| close_before(bars, now.plus_secs(-m * 60));
                same(trigger, "return_15m_pct", percent(minutes(15)));
                same(trigger, "return_60m_pct", percent(minutes(60)));
            }
            "volume_spike" => {
                same(trigger, "volume_ratio", ratio());
                same(trigger, "return_1h_pct", percent(close_before(bars, ago(1))));
            }
            "breakout" => {
                same(trigger, "close", close);
                same(trigger, "high_24h_before", high(bars, ago(25), ago(1)));
                same(trigger, "high_168h_before", high(bars, ago(169), ago(1)));
                same(trigger, "volume_ratio", ratio());
            }
            "reversal" => {
                let low = within(bars, ago(24), now).iter().map(|b| b.low).fold(f64::MAX, f64::min);
                same(trigger, "low", low);
                same(trigger, "recovery_pct", percent(low));
                let hours = trigger["evidence"]["low_hours_ago"].as_i64().unwrap();
                let before = high(bars, ago(hours + 25), ago(hours + 1));
                same(trigger, "high_before", before);
            }
            "momentum" => {
                same(trigger, "return_24h_pct", percent(close_before(bars, ago(24))));
                let up = close > close_before(bars, ago(24));
                let signed = (0..12).filter(|h| {
                    let (end, start) =
                        (close_before(bars, ago(*h)), close_before(bars, ago(h + 1)));
                    if up { end > start } else { end < start }
                });
                same(trigger, "hours_with_sign", f64::from(u32::try_from(signed.count()).unwrap()));
            }
            other => panic!("{other} is no kind of event"),
        }
    }
}
