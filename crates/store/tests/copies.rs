//! S-01 to S-04 for exports, and requests that wait: whole or not at all, and refused by name.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use domain::{
    AccountId, CycleId, CycleRecord, CycleStatus, Fact, Latch, Mode, Regime, Timestamp, Universe,
};
use store::{
    Answer, CycleEntry, Found, Letter, Mailbox, Records, Scope, StageMillis, Store, StoreError,
    export, import,
};

fn scope(account: &str) -> Scope {
    let account = AccountId(account.to_owned());
    Scope { mode: Mode::Paper, venue: "simulated".to_owned(), account }
}

fn fact(n: i64) -> Fact {
    let at = Timestamp::from_secs(n);
    Fact::Latched { at, latch: Latch::Kill, reason: format!("{n}: \"quoted\", {{}} ,\"fact\":") }
}

fn cycle() -> CycleRecord {
    CycleRecord {
        schema: 1,
        id: CycleId::default(),
        as_of: Timestamp::from_secs(9),
        mode: Mode::Paper,
        venue: "simulated".to_owned(),
        account: AccountId("a".to_owned()),
        config_hash: String::new(),
        status: CycleStatus::NoOpportunities,
        no_trade_reason: None,
        regime: Regime::Chop,
        universe: Universe::default(),
        features: Vec::new(),
        triggers: Vec::new(),
        refused: Vec::new(),
        proposals: Vec::new(),
        base_trades: Vec::new(),
        rejections: Vec::new(),
        orders: Vec::new(),
        exits: Vec::new(),
        nav: None,
        purses: Vec::new(),
        judged: None,
    }
}

/// Four facts, the last of them a cycle with its record and memory; and an export of them.
fn exported(dir: &Path) -> PathBuf {
    let mut store = Store::open(dir, &scope("a")).unwrap();
    for n in 1..=3 {
        store.append(&fact(n)).unwrap();
    }
    let times = StageMillis::new();
    let memory = Some("{\"n\":\"1\\n\"}".to_owned());
    let ended = Fact::Cycle { at: Timestamp::from_secs(9), id: CycleId::default(), nav: None };
    let entry = CycleEntry { record: cycle(), stage_ms: &times, memory };
    store.append_cycle(&[ended], entry).unwrap();
    // Beside a running writer.
    let to = dir.join("facts.jsonl");
    assert_eq!(export(dir, &scope("a"), &to).unwrap().last_fact, 4);
    assert!(!dir.join("facts.jsonl.part").exists());
    to
}

#[test]
fn an_export_comes_back_as_it_was_and_goes_on() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = exported(dir.path());
    assert_eq!(import(other.path(), &scope("a"), &file).unwrap().last_fact, 4);
    let (old, new) = (dir.path(), other.path());
    let records = |data: &Path| Records::read(data, &scope("a")).unwrap();
    assert_eq!(records(new).facts().unwrap(), records(old).facts().unwrap());
    let memory = |data: &Path| records(data).memory::<serde_json::Value>().unwrap();
    assert_eq!(memory(new), memory(old));
    let again = new.join("again.jsonl");
    export(new, &scope("a"), &again).unwrap();
    assert_eq!(fs::read(&again).unwrap(), fs::read(&file).unwrap(), "byte by byte");
    let mut store = Store::open(new, &scope("a")).unwrap();
    assert_eq!(store.append(&fact(5)).unwrap(), 5);
    drop(store);
    // Neither way overwrites anything.
    let occupied = import(new, &scope("a"), &file).unwrap_err();
    assert!(matches!(occupied, StoreError::Occupied { .. }), "{occupied}");
    assert_eq!(records(new).last_fact(), 5);
    assert!(matches!(export(old, &scope("a"), &file), Err(StoreError::Occupied { .. })));
}

#[test]
fn every_line_is_a_json_document_for_other_programs() {
    let dir = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(exported(dir.path())).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 5);
    assert_eq!((&lines[0]["facts"], &lines[0]["mode"]), (&4.into(), &"PAPER".into()));
    assert_eq!(lines[2]["fact"], serde_json::to_value(fact(2)).unwrap());
}

/// Refused, and nothing is there afterwards.
fn refused(bytes: &[u8], to: &Scope) -> StoreError {
    let dir = tempfile::tempdir().unwrap();
    let (file, data) = (dir.path().join("f.jsonl"), dir.path().join("data"));
    fs::write(&file, bytes).unwrap();
    let error = import(&data, to, &file).unwrap_err();
    assert!(!to.directory(&data).exists(), "{error}: something was left");
    error
}

#[test]
fn what_was_touched_is_refused_by_line_or_by_fact() {
    let dir = tempfile::tempdir().unwrap();
    let good = fs::read_to_string(exported(dir.path())).unwrap();
    let lines: Vec<_> = good.lines().collect();
    let of = |lines: &[&str]| lines.join("\n") + "\n";
    let without = |at: usize| {
        let mut lines = lines.clone();
        lines.remove(at);
        of(&lines)
    };
    let swapped = of(&[lines[0], lines[2], lines[1], lines[3], lines[4]]);
    let cases = [
        (String::new(), "line 1: the file is empty"),
        ("{}\n".to_owned(), "line 1: it is not the heading"),
        (good.replacen("\"export\":1", "\"export\":2", 1), "line 1: form 2 is not 1"),
        (good.replacen("\"layout\":4", "\"layout\":9", 1), "layout 9"),
        (good.replacen("\"reason\":\"2:", "\"reason\":\"7:", 1), "fact 2 is damaged"),
        (good.replacen("\"number\":3", "\"number\":8", 1), "fact 3 is damaged (it is missing)"),
        (good.replacen("\"fact\":\"latched\"", "\"fact\":\"danced\"", 1), "line 2"),
        (good.replacen("\\\"1\\\\n\\\"", "\\\"2\\\\n\\\"", 1), "memory is damaged"),
        (without(2), "fact 2 is damaged (it is missing)"),
        (without(4), "tells of 4 facts, and 3 are there"),
        (without(0), "line 1: it is not the heading"),
        // Rows lie by number, so that the order of lines is no matter.
        (good.replacen(lines[3], "{\"number\":3}", 1), "line 4: it is no fact"),
    ];
    for (bytes, why) in cases {
        let error = refused(bytes.as_bytes(), &scope("a"));
        assert!(error.to_string().contains(why), "{why}: {error}");
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("swapped");
    fs::write(&file, swapped).unwrap();
    assert!(import(dir.path(), &scope("a"), &file).is_ok());
    let foreign = refused(good.as_bytes(), &scope("b"));
    assert!(matches!(foreign, StoreError::Foreign { .. }), "{foreign}");
    let live = Scope { mode: Mode::Live, ..scope("a") };
    assert!(matches!(refused(good.as_bytes(), &live), StoreError::Foreign { .. }));
}

#[test]
fn no_beginning_of_an_export_is_taken_for_the_whole() {
    let dir = tempfile::tempdir().unwrap();
    let good = fs::read(exported(dir.path())).unwrap();
    for length in (0..good.len()).step_by(37).chain([good.len() - 1]) {
        refused(&good[..length], &scope("a"));
    }
}

fn letter(id: &str, account: &str, request: &str) -> Letter<String> {
    let account = AccountId(account.to_owned());
    Letter::new(id.to_owned(), Timestamp::from_secs(1), account, request.to_owned())
}

#[test]
fn requests_wait_in_order_until_they_are_answered() {
    let dir = tempfile::tempdir().unwrap();
    let boxes = Mailbox::of(dir.path(), &scope("a"));
    let own = AccountId("a".to_owned());
    assert_eq!(boxes.waiting::<String>(&own).unwrap(), []);
    for (id, account) in [("2-b", "a"), ("1-a", "a"), ("3-c", "other")] {
        boxes.post(&letter(id, account, "halt")).unwrap();
    }
    assert!(boxes.post(&letter("1-a", "a", "resume")).is_err(), "a name is taken once");
    assert!(boxes.post(&letter("../x", "a", "halt")).is_err());
    fs::write(boxes.directory().join("0.request.json"), "{").unwrap();
    fs::write(boxes.directory().join("9.request.json"), vec![b' '; 70_000]).unwrap();
    let found = boxes.waiting::<String>(&own).unwrap();
    let names: Vec<_> = found
        .iter()
        .map(|found| match found {
            Found::Letter(letter) => (letter.id.as_str(), true),
            Found::Unreadable { id, .. } => (id.as_str(), false),
        })
        .collect();
    assert_eq!(names, [("0", false), ("1-a", true), ("2-b", true), ("9", false)]);
    let answer = Answer::new("1-a".into(), Timestamp::from_secs(2), true, "halted".into());
    boxes.answer(&answer).unwrap();
    assert_eq!(boxes.waiting::<String>(&own).unwrap().len(), 3);
    assert_eq!(boxes.take_answer("1-a").unwrap(), Some(answer));
    assert_eq!(boxes.take_answer("1-a").unwrap(), None);
    boxes.take_back("2-b").unwrap();
    boxes.take_back("2-b").unwrap();
    assert_eq!(boxes.waiting::<String>(&own).unwrap().len(), 2);
}
