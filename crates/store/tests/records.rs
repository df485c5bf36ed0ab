//! Records survive, belong to one owner, and are refused when they were touched.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use domain::{AccountId, Fact, Latch, Mode, PolicyHash, RunKind, Timestamp};
use store::{Scope, Store, StoreError};

fn scope(account: &str) -> Scope {
    let account = AccountId(account.to_owned());
    Scope { mode: Mode::DryRun, venue: "simulated".to_owned(), account }
}

fn fact(n: i64) -> Fact {
    let at = Timestamp::from_secs(n);
    Fact::Latched { at, latch: Latch::Kill, reason: format!("number {n}") }
}

fn written(dir: &std::path::Path) -> Vec<Fact> {
    let mut store = Store::open(dir, &scope("a")).unwrap();
    let facts: Vec<_> = (1..=5).map(fact).collect();
    for fact in &facts {
        store.append(fact).unwrap();
    }
    facts
}

fn meddle(dir: &std::path::Path, sql: &str) {
    let db = scope("a").directory(dir).join("trader.db");
    rusqlite::Connection::open(db).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn facts_are_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let facts = written(dir.path());
    let store = Store::open(dir.path(), &scope("a")).unwrap();
    assert_eq!(store.records().facts().unwrap(), facts);
    assert_eq!(store.records().last_fact(), 5);
}

#[test]
fn a_second_instance_is_locked_out_while_the_first_lives() {
    let dir = tempfile::tempdir().unwrap();
    let first = Store::open(dir.path(), &scope("a")).unwrap();
    assert!(matches!(Store::open(dir.path(), &scope("a")), Err(StoreError::Locked { .. })));
    assert!(Store::open(dir.path(), &scope("b")).is_ok(), "another account is another lock");
    drop(first);
    assert!(Store::open(dir.path(), &scope("a")).is_ok());
}

#[test]
fn touched_records_are_refused_by_number() {
    for (sql, bad) in [
        ("UPDATE facts SET body = replace(body, 'number 3', 'number 9') WHERE number = 3", 3),
        ("DELETE FROM facts WHERE number = 2", 2),
        ("UPDATE facts SET hash = zeroblob(32) WHERE number = 5", 5),
    ] {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path());
        meddle(dir.path(), sql);
        match Store::open(dir.path(), &scope("a")) {
            Err(StoreError::Damaged { what, .. }) => {
                assert_eq!(what, format!("fact {bad}"), "{sql}");
            }
            other => panic!("{sql}: {other:?}"),
        }
    }
}

#[test]
fn records_of_another_account_or_a_newer_layout_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path());
    meddle(dir.path(), "UPDATE meta SET value = 'LIVE coinbase somebody' WHERE key = 'scope'");
    assert!(matches!(Store::open(dir.path(), &scope("a")), Err(StoreError::Foreign { .. })));
    meddle(dir.path(), "PRAGMA user_version = 99");
    assert!(matches!(Store::open(dir.path(), &scope("a")), Err(StoreError::Newer { .. })));
}

#[test]
fn a_file_that_is_no_database_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let home = scope("a").directory(dir.path());
    std::fs::create_dir_all(&home).unwrap();
    std::fs::write(home.join("trader.db"), "this is no database, and was never one at all")
        .unwrap();
    let error = Store::open(dir.path(), &scope("a")).unwrap_err();
    assert!(error.to_string().contains("trader.db"), "{error}");
}

#[test]
fn a_boot_names_its_policy() {
    let dir = tempfile::tempdir().unwrap();
    let boot = Fact::Boot {
        at: Timestamp::from_secs(0),
        mode: Mode::DryRun,
        policy: PolicyHash("ab".to_owned()),
        run: RunKind::Loop,
    };
    Store::open(dir.path(), &scope("a")).unwrap().append(&boot).unwrap();
    let store = Store::open(dir.path(), &scope("a")).unwrap();
    assert_eq!(store.records().facts().unwrap(), [boot]);
}
