//! What is damaged, lost, newer, full or foreign is refused by name, and left as it is.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod numbered;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use domain::{Fact, Latch, Timestamp};
use numbered::{fact, scope};
use proptest::prelude::*;
use store::{Records, Store, StoreError};

fn home(dir: &Path) -> PathBuf {
    scope().directory(dir)
}

fn written(dir: &Path, facts: i64) {
    let mut store = Store::open(dir, &scope()).unwrap();
    for n in 1..=facts {
        store.append(&fact(n)).unwrap();
    }
}

/// Every file of the scope but the lock, with its bytes.
fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = fs::read_dir(home(dir)).unwrap().map(|entry| entry.unwrap().path());
    let kept = entries.filter(|path| path.file_name().unwrap() != "lock");
    kept.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// Refused for writing and for reading, with an error that names the file; nothing changed.
fn refused(dir: &Path, file: &str) -> StoreError {
    let before = files(dir);
    let reading = Records::read(dir, &scope()).unwrap_err();
    assert!(reading.to_string().contains(file), "{reading}");
    let error = Store::open(dir, &scope()).unwrap_err();
    assert!(error.to_string().contains(file), "{error}");
    assert!(files(dir) == before, "{error}: something changed");
    error
}

fn meddle(dir: &Path, sql: &str) {
    rusqlite::Connection::open(home(dir).join("trader.db")).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn facts_that_the_head_saw_and_the_database_lost_are_missed() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 5);
    meddle(dir.path(), "DELETE FROM facts WHERE number = 5");
    let error = refused(dir.path(), "head");
    assert!(matches!(error, StoreError::Head { .. }), "{error}");
    assert!(error.to_string().contains("5 facts were kept, and the database has 4"), "{error}");
}

#[test]
fn an_older_copy_of_the_database_is_missed_too() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 3);
    let db = home(dir.path()).join("trader.db");
    let old = fs::read(&db).unwrap();
    let mut store = Store::open(dir.path(), &scope()).unwrap();
    store.append(&fact(4)).unwrap();
    drop(store);
    fs::write(&db, old).unwrap();
    assert!(matches!(refused(dir.path(), "head"), StoreError::Head { .. }));
}

#[test]
fn a_database_with_another_history_is_not_the_one_the_head_names() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    written(one.path(), 3);
    let mut store = Store::open(two.path(), &scope()).unwrap();
    for n in 11..=14 {
        store.append(&fact(n)).unwrap();
    }
    drop(store);
    fs::copy(home(two.path()).join("trader.db"), home(one.path()).join("trader.db")).unwrap();
    let error = refused(one.path(), "head");
    assert!(error.to_string().contains("fact 3 is not the one it names"), "{error}");
}

#[test]
fn a_missing_or_damaged_head_is_refused_and_a_torn_slot_is_not() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 5);
    let head = home(dir.path()).join("head");
    let good = fs::read(&head).unwrap();
    fs::remove_file(&head).unwrap();
    assert!(refused(dir.path(), "head").to_string().contains("missing"));
    fs::write(&head, "nothing like it").unwrap();
    assert!(refused(dir.path(), "head").to_string().contains("damaged"));
    let mut torn = good.clone();
    torn[..60].fill(0);
    fs::write(&head, torn).unwrap();
    let mut store = Store::open(dir.path(), &scope()).unwrap();
    assert_eq!(store.append(&fact(6)).unwrap(), 6);
}

#[test]
fn a_newer_layout_and_another_owner_are_refused_untouched() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 2);
    meddle(dir.path(), "UPDATE meta SET value = 'LIVE coinbase somebody' WHERE key = 'scope'");
    assert!(matches!(refused(dir.path(), "trader.db"), StoreError::Foreign { .. }));
    meddle(dir.path(), "DELETE FROM meta");
    assert!(matches!(refused(dir.path(), "trader.db"), StoreError::Unmarked { .. }));
    meddle(dir.path(), "PRAGMA user_version = 99");
    assert!(matches!(refused(dir.path(), "trader.db"), StoreError::Newer { found: 99, .. }));
}

#[test]
fn memory_that_was_changed_by_hand_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 2);
    meddle(dir.path(), "INSERT INTO memory (id, fact, body) VALUES (1, 2, '{}')");
    let error = refused(dir.path(), "trader.db");
    assert!(matches!(&error, StoreError::Damaged { what, .. } if what == "memory"), "{error}");
}

#[test]
fn a_full_disk_ends_in_an_error_and_the_store_takes_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path(), &scope()).unwrap();
    store.append(&fact(1)).unwrap();
    store.limit_pages(8).unwrap();
    let long = "x".repeat(3000);
    let mut kept = 1;
    let error = loop {
        let at = Timestamp::from_secs(kept);
        let fact = Fact::Latched { at, latch: Latch::Kill, reason: long.clone() };
        match store.append(&fact) {
            Ok(number) => kept = number,
            Err(error) => break error,
        }
        assert!(kept < 50, "the limit was never met");
    };
    assert!(error.to_string().contains("full"), "{error}");
    let again = store.append(&fact(0)).unwrap_err();
    assert!(matches!(again, StoreError::Failed { .. }), "S-06: {again}");
    drop(store);
    let store = Store::open(dir.path(), &scope()).unwrap();
    assert_eq!(store.records().last_fact(), kept, "all that was confirmed is there, and no more");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// S-03: bits that flip in either file are noticed, or changed nothing that is read.
    #[test]
    fn flipped_bits_never_change_what_is_read(
        in_head in any::<bool>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..8), 1..4),
    ) {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path(), 12);
        let path = home(dir.path()).join(if in_head { "head" } else { "trader.db" });
        let mut bytes = fs::read(&path).unwrap();
        for (place, bit) in flips {
            let at = place.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        fs::write(&path, bytes).unwrap();
        let expected: Vec<_> = (1..=12).map(fact).collect();
        if let Ok(records) = Records::read(dir.path(), &scope()) {
            prop_assert_eq!(&records.facts().unwrap(), &expected);
        }
        if let Ok(store) = Store::open(dir.path(), &scope()) {
            prop_assert_eq!(&store.records().facts().unwrap(), &expected);
        }
    }
}
