//! The loop remembers, repeats itself to the byte, and goes on where it stopped.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;
use system_tests::{Home, Outcome};

/// The lines of a loop, without `stage_ms`.
fn lines(outcome: &Outcome) -> Vec<Value> {
    assert_eq!((outcome.code, outcome.error.as_str()), (0, ""));
    let line = |text: &str| {
        let mut value: Value = serde_json::from_str(text).unwrap();
        value.as_object_mut().unwrap().remove("stage_ms").unwrap();
        value
    };
    outcome.out.lines().map(line).collect()
}

fn run(home: &Home, cycles: u32, more: &[&str]) -> Vec<Value> {
    let cycles = cycles.to_string();
    let words = ["run", "--loop", "--interval", "0.5", "--speed", "max", "--cycles", &cycles];
    lines(&home.run(&[&words[..], more].concat()))
}

/// Every record of a seed as it was kept, without `stage_ms`.
fn records(home: &Home, seed: u32) -> Vec<domain::CycleRecord> {
    let mut kept = Vec::new();
    let account = domain::AccountId(format!("seed-{seed}"));
    let scope = store::Scope { mode: domain::Mode::DryRun, venue: "simulated".to_owned(), account };
    let records = store::Records::read(&home.data(), &scope).unwrap();
    records.each_cycle(|cycle| kept.push(cycle.record)).unwrap();
    kept
}

#[test]
fn the_same_200_cycles_twice_are_the_same_records() {
    let (one, two) = (Home::shipped().unwrap(), Home::shipped().unwrap());
    let first = run(&one, 200, &["--seed", "7"]);
    assert_eq!(first, run(&two, 200, &["--seed", "7"]));
    let (one, two) = (records(&one, 7), records(&two, 7));
    assert_eq!(one.len(), 200, "one record a cycle");
    assert!(one == two, "records differ");
}

/// Optimised or not: decisions use only what every build computes to the same bit.
#[test]
fn a_release_build_prints_and_keeps_the_same_200_cycles() {
    #[expect(clippy::disallowed_methods, reason = "the gate says where the release build is")]
    let Ok(release) = std::env::var("TRADER_RELEASE_RUNNER") else {
        println!("SKIPPED, no release build: the gate names one in TRADER_RELEASE_RUNNER");
        return;
    };
    let (here, there) = (Home::shipped().unwrap(), Home::shipped().unwrap());
    let printed = run(&here, 200, &["--seed", "7"]);
    let output = Command::new(release)
        .args(["run", "--loop", "--interval", "0.5", "--speed", "max", "--cycles", "200"])
        .args(["--seed", "7", "--config", &there.config().display().to_string()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(lines(&Outcome { code: 0, out, error: String::new() }), printed);
    assert!(records(&here, 7) == records(&there, 7), "records differ");
}

#[test]
fn each_cycle_is_an_interval_later_and_numbered() {
    let home = Home::shipped().unwrap();
    let lines = run(&home, 20, &[]);
    for (at, line) in lines.iter().enumerate() {
        let secs = 30 * i64::try_from(at).unwrap();
        let start: domain::Timestamp = "2026-01-05T12:00:00Z".parse().unwrap();
        assert_eq!(line["as_of"], start.plus_secs(secs).to_string());
        assert_eq!(line["cycle"], at + 1);
        assert_eq!(line["skipped_ticks"], 0);
    }
    let ids: BTreeSet<_> = lines.iter().map(|line| line["cycle_id"].to_string()).collect();
    assert_eq!(ids.len(), 20);
}

/// What must not depend on whether the process was restarted in between: everything, to nine
/// digits. The last ones of smoothed numbers may differ, since a restart warms up from its own last
/// 336 hours.
fn rounded(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            let number = number.as_f64().unwrap();
            format!("{number:.9e}").parse::<f64>().unwrap().into()
        }
        Value::Array(items) => items.iter().map(rounded).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), rounded(value))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[test]
fn a_loop_that_was_stopped_goes_on_as_if_it_had_not_been() {
    let (whole, parts) = (Home::shipped().unwrap(), Home::shipped().unwrap());
    let expected = run(&whole, 400, &["--seed", "7"]);
    let mut found = run(&parts, 150, &["--seed", "7"]);
    found.extend(run(&parts, 1, &["--seed", "7"]));
    found.extend(run(&parts, 249, &["--seed", "7"]));
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(&expected) {
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(rounded(&found[name]), rounded(value), "{name} at {}", expected["as_of"]);
        }
    }
}

#[test]
fn what_once_records_is_not_remembered_by_the_loop_nor_by_once() {
    let (clean, mixed) = (Home::shipped().unwrap(), Home::shipped().unwrap());
    let once = mixed.run(&["run", "--once", "--as-of", "2026-01-09T12:00:00Z"]);
    assert_eq!(once.code, 0);
    assert_eq!(run(&mixed, 30, &[]), run(&clean, 30, &[]));
    let again = mixed.run(&["run", "--once", "--as-of", "2026-01-09T12:00:00Z"]);
    assert_eq!(again.summary().unwrap(), once.summary().unwrap());
    assert_eq!(run(&mixed, 30, &[]), run(&clean, 30, &[]), "and the loop goes on behind its own");
}

#[test]
fn a_clock_before_the_records_is_refused() {
    let home = Home::shipped().unwrap();
    run(&home, 5, &[]);
    let refused = home.run(&["run", "--loop", "--speed", "max", "--as-of", "2026-01-05T12:00:30Z"]);
    assert_eq!(refused.code, 2);
    assert!(refused.error.contains("is before what is on record"), "{}", refused.error);
    assert!(refused.error.contains("2026-01-05T12:02:00Z"), "{}", refused.error);
}

#[test]
fn flags_of_the_loop_alone_are_wrong_usage() {
    let home = Home::shipped().unwrap();
    for words in [
        &["run", "--interval", "1"][..],
        &["run", "--loop", "--once"],
        &["run", "--loop", "--interval", "0"],
        &["run", "--loop", "--interval", "nan"],
        &["run", "--loop", "--speed", "0"],
        &["run", "--loop", "--speed", "fast"],
        &["run", "--loop", "--cycles", "-1"],
    ] {
        assert_eq!(home.run(words).code, 2, "{words:?}");
    }
}

#[test]
fn status_tells_of_the_last_cycle_and_backup_brings_it_elsewhere() {
    let home = Home::shipped().unwrap();
    let last = run(&home, 12, &["--seed", "7"]).pop().unwrap();
    let status = home.run(&["status", "--format", "json"]);
    let status: Value = serde_json::from_str(&status.out).unwrap();
    assert_eq!(status["last_cycle"]["cycle_id"], last["cycle_id"]);
    assert_eq!((&status["loop_cycles"], &status["running"]), (&12.into(), &false.into()));
    let table = home.run(&["status"]).out;
    assert!(table.contains("seed-7") && table.contains("12 cycles kept"), "{table}");

    let copy = home.path("copy.db").display().to_string();
    assert_eq!(home.run(&["backup", &copy]).code, 0);
    assert_eq!(home.run(&["backup", &copy]).code, 1, "a file that is there is left alone");
    let next = run(&home, 1, &["--seed", "7"]);

    let other = Home::shipped().unwrap();
    let restore = ["restore", copy.as_str(), "--account", "seed-7"];
    assert_eq!(other.run(&restore).code, 0);
    assert_eq!(run(&other, 1, &["--seed", "7"]), next, "it goes on from the copy");
    let refused = other.run(&restore);
    assert_eq!(refused.code, 1);
    assert!(refused.error.contains("left alone"), "{}", refused.error);
    assert_eq!(other.run(&[&restore[..], &["--replace"]].concat()).code, 0);
    assert!(other.data().join("dry-run/simulated/seed-7/replaced-1/trader.db").is_file());
    let foreign = other.run(&["restore", &copy, "--account", "seed-8"]);
    assert!(foreign.error.contains("not of DRY_RUN simulated seed-8"), "{}", foreign.error);
}

#[test]
fn lines_for_people_have_no_codes_for_terminals_in_a_pipe() {
    let home = Home::shipped().unwrap();
    let out = home.run(&["run", "--once", "--format", "table"]).out;
    assert!(out.contains("DRY_RUN on simulated seed-247"), "{out}");
    assert!(!out.contains('\u{1b}'), "{out}");
}
