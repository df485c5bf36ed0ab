//! Wrong input gets a clear error and its exit code, never a panic; nothing is half done.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::fs;
use std::path::Path;

use system_tests::Home;

const HEADER: &str = "start,open,high,low,close,volume\n";

fn dataset(home: &Home, name: &str, file: &str, text: &[u8]) -> String {
    let folder = home.path(name).join("BTC-USD");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(file), text).unwrap();
    home.path(name).display().to_string()
}

/// Runs and checks the code, that there is no result, and that the message says all of these.
fn refused(home: &Home, words: &[&str], code: u8, says: &[&str]) {
    assert_eq!(failed(home, words, code, says), "", "{words:?}: nothing on stdout");
}

/// Runs, checks the code and the message, and gives back what stands on stdout.
fn failed(home: &Home, words: &[&str], code: u8, says: &[&str]) -> String {
    let outcome = home.run(words);
    assert_eq!(outcome.code, code, "{words:?}: {}", outcome.error);
    for text in says {
        assert!(outcome.error.contains(text), "{words:?} does not say {text:?}: {}", outcome.error);
    }
    outcome.out
}

#[test]
fn data_that_is_not_there_is_wrong_usage() {
    let home = Home::shipped().unwrap();
    refused(&home, &["--data", "/nowhere/at/all"], 2, &["/nowhere/at/all", "not a directory"]);
    fs::create_dir(home.path("empty")).unwrap();
    let empty = home.path("empty").display().to_string();
    refused(&home, &["--data", &empty], 2, &["no candle files", "BTC-USD/1h.parquet"]);
}

#[test]
fn a_moment_outside_the_data_is_wrong_usage_and_names_the_bounds() {
    let home = Home::shipped().unwrap();
    let csv = format!("{HEADER}1700000400,10,12,9,11,1\n1700004000,11,12,9,11,1\n");
    let dir = dataset(&home, "short", "1h.csv", csv.as_bytes());
    for moment in ["2020-01-01T00:00:00Z", "2026-01-01T00:00:00Z"] {
        refused(&home, &["--data", &dir, "--as-of", moment], 2, &[moment, "outside", "2023-11-1"]);
    }
    refused(&home, &["--as-of", "1999-01-01T00:00:00Z"], 2, &["1999-01-01"]);
    refused(&home, &["--as-of", "yesterday"], 2, &["RFC 3339"]);
}

#[test]
fn damaged_files_are_named() {
    let home = Home::shipped().unwrap();
    let cases: [(&str, &str, &[u8], &[&str]); 6] = [
        ("cut", "1h.parquet", b"PAR1 and then nothing", &["1h.parquet", "damaged"]),
        ("none", "1h.parquet", b"", &["1h.parquet"]),
        ("column", "1h.csv", b"start,open,high,low,close\n", &["1h.csv", "\"volume\"", "missing"]),
        (
            "word",
            "1h.csv",
            b"start,open,high,low,close,volume\n3600,a,1,1,1,1\n",
            &["\"open\"", "\"a\""],
        ),
        (
            "order",
            "1h.csv",
            b"start,open,high,low,close,volume\n7200,1,1,1,1,1\n3600,1,1,1,1,1\n",
            &["row 2"],
        ),
        (
            "negative",
            "1h.csv",
            b"start,open,high,low,close,volume\n3600,-1,1,-1,1,1\n",
            &["row 1", "1970-01-01T01:00:00Z"],
        ),
    ];
    for (name, file, bytes, says) in cases {
        let dir = dataset(&home, name, file, bytes);
        refused(&home, &["--data", &dir], 1, says);
    }
}

#[test]
fn modes_that_may_not_run_are_refused_by_a_gate_that_names_every_reason() {
    let home = Home::shipped().unwrap();
    let live = ["read_only", "live_trading_enabled", "live: true", "simulated"];
    refused(&home, &["--mode", "live"], 6, &live);
    assert!(!home.data().exists(), "a refused mode leaves no records");
    home.edit("app.yaml", "read_only: true", "read_only: false").unwrap();
    home.edit("policy.yaml", "live_trading_enabled: false", "live_trading_enabled: true").unwrap();
    home.edit("strategy.yaml", "live: false", "live: true").unwrap();
    refused(&home, &["--mode", "live"], 6, &["simulated takes no real orders"]);
}

#[test]
fn configuration_that_cannot_be_right_is_refused_by_file_and_key() {
    let edits: [(&str, &str, &str, &[&str]); 9] = [
        ("policy.yaml", "control:", "surprise: 1\ncontrol:", &["policy.yaml", "surprise"]),
        ("policy.yaml", "max_total_pct: 15", "max_totl_pct: 15", &["policy.yaml", "max_totl_pct"]),
        ("policy.yaml", "max_total_pct: 15", "max_total_pct: 80", &["max_total_pct", "80", "50"]),
        ("app.yaml", "mode: DRY_RUN", "mode: TEST", &["app.yaml", "TEST"]),
        ("app.yaml", "mode: DRY_RUN", "", &["app.yaml", "mode"]),
        ("app.yaml", "start_cash_usd: 10000", "start_cash_usd: -5", &["start_cash_usd", "-5"]),
        ("universe.yaml", "method: static", "method: sideways", &["universe.yaml", "sideways"]),
        ("strategy.yaml", "min_score: 0.2", "min_score: many", &["strategy.yaml", "min_score"]),
        (
            "strategy.yaml",
            "max_triggers_per_cycle: 10",
            "max_triggers_per_cycle: 0",
            &["max_triggers_per_cycle"],
        ),
    ];
    for (file, from, to, says) in edits {
        let home = Home::shipped().unwrap();
        home.edit(file, from, to).unwrap();
        refused(&home, &[], 4, says);
        let verdicts = failed(&home, &["check"], 4, says);
        let bad: Vec<_> = verdicts.lines().filter(|line| line.starts_with('✗')).collect();
        assert!(matches!(bad[..], [only] if only.contains(file)), "{verdicts}");
    }
    let home = Home::shipped().unwrap();
    fs::remove_file(home.config().join("policy.yaml")).unwrap();
    refused(&home, &[], 4, &["policy.yaml", "cannot be read"]);
}

#[test]
fn check_ticks_each_file_off() {
    let home = Home::shipped().unwrap();
    let outcome = home.run(&["check"]);
    assert_eq!(outcome.code, 0, "{}", outcome.error);
    assert_eq!(outcome.out.lines().filter(|line| line.starts_with("✓ ")).count(), 4);
}

#[test]
fn records_that_another_instance_holds_or_that_were_touched_are_refused() {
    let home = Home::shipped().unwrap();
    assert_eq!(home.run(&[]).code, 0);
    let records = home.data().join("dry-run/simulated/seed-247");
    let held = fs::File::options().write(true).open(records.join("lock")).unwrap();
    held.try_lock().unwrap();
    refused(&home, &[], 3, &["in use by another instance"]);
    drop(held);
    assert_eq!(home.run(&[]).code, 0);
    fs::write(records.join("trader.db"), "not a database at all, not even nearly").unwrap();
    refused(&home, &[], 1, &["trader.db"]);
}

/// Every file of the records but the lock.
fn files(records: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let paths = fs::read_dir(records).unwrap().map(|entry| entry.unwrap().path());
    let mut kept: Vec<_> = paths.filter(|path| !path.ends_with("lock")).collect();
    kept.sort();
    kept.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// Damages the records of a loop, which must then be refused by everyone, and left as they are.
fn unusable(damage: impl Fn(&Path), says: &[&str]) {
    let home = Home::shipped().unwrap();
    let run = ["run", "--loop", "--speed", "max", "--cycles", "5"];
    assert_eq!(home.run(&run).code, 0);
    let records = home.data().join("dry-run/simulated/seed-247");
    damage(&records);
    let before = files(&records);
    for words in [&run[..], &["run", "--once"], &["status"], &["backup", "never.db"]] {
        refused(&home, words, 1, says);
        assert!(files(&records) == before, "{words:?} changed something");
    }
}

fn sql(text: &str) -> impl Fn(&Path) {
    move |records| {
        let db = rusqlite::Connection::open(records.join("trader.db")).unwrap();
        db.execute_batch(text).unwrap();
    }
}

#[test]
fn records_that_are_damaged_newer_or_somebody_elses_are_refused_by_name() {
    let fact = "UPDATE facts SET body = replace(body, '10000', '99999') WHERE number = 3";
    unusable(sql(fact), &["trader.db", "fact 3 is damaged", "restore a backup"]);
    let newest = "DELETE FROM facts WHERE number = (SELECT max(number) FROM facts)";
    unusable(sql(newest), &["head", "facts are lost"]);
    unusable(sql("DELETE FROM facts WHERE number = 4"), &["fact 4 is damaged (it is missing)"]);
    unusable(sql("UPDATE memory SET body = '{}'"), &["trader.db", "memory is damaged"]);
    unusable(sql("PRAGMA user_version = 9"), &["trader.db", "layout 9", "newer program"]);
    let owner = "UPDATE meta SET value = 'DRY_RUN simulated seed-1'";
    unusable(sql(owner), &["trader.db", "seed-1, not of DRY_RUN simulated seed-247"]);
    unusable(|records| fs::write(records.join("head"), "x").unwrap(), &["head", "is damaged"]);
    unusable(|records| fs::remove_file(records.join("head")).unwrap(), &["head", "is missing"]);
    let junk = |records: &Path| {
        let path = records.join("trader.db");
        let mut bytes = fs::read(&path).unwrap();
        bytes[4096..8192].fill(0xA5);
        fs::write(path, bytes).unwrap();
    };
    unusable(junk, &["trader.db", "malformed"]);
}

#[test]
fn a_data_directory_that_cannot_be_written_is_named() {
    let home = Home::shipped().unwrap();
    fs::write(home.data(), "a file where a directory should be").unwrap();
    refused(&home, &[], 1, &["data"]);
}

#[test]
fn words_that_mean_nothing_are_wrong_usage() {
    let home = Home::shipped().unwrap();
    for words in [
        &["fly"][..],
        &["--seed", "x"],
        &["--seed", "1", "--data", "d"],
        &["--mode", "yolo"],
        &["--venue", "moon"],
    ] {
        assert_eq!(home.run(words).code, 2, "{words:?}");
    }
    assert!(!Path::new(&home.data()).exists());
}

#[test]
fn candles_of_other_programs_are_taken_whole_or_refused_with_their_row() {
    let home = Home::shipped().unwrap();
    let line = |minute: i64, open: &str| {
        format!("{},{open},101,99,100,{}\n", 1_701_561_600 + 60 * minute, minute + 1)
    };
    let sound: String =
        (0..12).filter(|at| !(4..10).contains(at)).map(|at| line(at, "100")).collect();
    let put = |name: &str, text: &str| {
        fs::write(home.path(name), text).unwrap();
        home.path(name).display().to_string()
    };
    let good = put("good.csv", &format!("{HEADER}{sound}"));
    let bad = put("bad.csv", &format!("{HEADER}{}{}", line(20, "100"), line(21, "0")));
    let out = home.path("candles").display().to_string();
    let words = [
        "data",
        "import",
        &bad,
        &good,
        "--product",
        "BTC-USD",
        "--granularity",
        "1m",
        "--out",
        &out,
    ];
    let first = home.run_alone(&words);
    assert_eq!(first.code, 1, "{}", first.error);
    for text in ["1 of 2 files refused", "bad.csv, line 3: its open is 0"] {
        assert!(first.error.contains(text), "{text:?} is not in {}", first.error);
    }
    for text in [
        "bad.csv, line 3",
        "good.csv: 6 candles from 2023-12-03T00:00:00Z to 2023-12-03T00:12:00Z, 6 new",
        "gap after line 5: no candle from 2023-12-03T00:04:00Z to 2023-12-03T00:10:00Z",
        "50.00 % of 12 candles known: 6 there, 0 quiet, 6 missing; gaps of 5 minutes or longer: 1",
    ] {
        assert!(first.out.contains(text), "{text:?} is not in {}", first.out);
    }
    let again = home.run_alone(&[&words[..2], &words[3..], &["--format", "json"]].concat());
    assert_eq!(again.code, 0, "{}", again.error);
    let value: serde_json::Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(value["taken"][0]["already"], true, "{value}");
    let list = home.run_alone(&["data", "list", &out, "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&list.out).unwrap();
    assert_eq!(value["files"][0]["completeness"]["missing"], 6, "{value}");
    assert_eq!(value["files"][0]["candles"], 6, "{value}");
}
