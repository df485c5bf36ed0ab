//! Room that is held for a full disk.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod memory;

use domain::{AccountId, Fact, Latch, Mode, Timestamp};
use store::{Records, Scope, Store};

/// About four kilobytes each on disk.
const FACTS: i64 = 500;

fn scope() -> Scope {
    let account = AccountId("a".to_owned());
    Scope { mode: Mode::Live, venue: "simulated".to_owned(), account }
}

fn fact(n: i64) -> Fact {
    let at = Timestamp::from_secs(n);
    Fact::Latched { at, latch: Latch::Kill, reason: "x".repeat(3_900) }
}

/// Facts that are kept until one is not, but at most so many.
fn kept(store: &mut Store, most: i64) -> i64 {
    (1..=most).take_while(|n| store.append(&fact(*n)).is_ok()).count().try_into().unwrap()
}

#[test]
fn a_database_that_may_not_grow_takes_facts_from_its_reserve_and_only_from_it() {
    let dir = memory::directory();
    let mut store = Store::open(dir.path(), &scope()).unwrap();
    // A limit below what there is leaves what there is.
    store.limit_pages(1).unwrap();
    assert!(kept(&mut store, FACTS) < 5);
    drop(store);

    let dir = memory::directory();
    let mut store = Store::open(dir.path(), &scope()).unwrap();
    assert!(!store.has_reserve().unwrap());
    assert!(store.take_reserve().unwrap());
    assert!(store.has_reserve().unwrap());
    store.limit_pages(1).unwrap();
    assert_eq!(kept(&mut store, FACTS), FACTS);
    assert!(store.has_reserve().unwrap(), "not half of it is used");
    drop(store);
    assert_eq!(Records::read(dir.path(), &scope()).unwrap().last_fact(), FACTS);
}

#[test]
fn a_reserve_that_cannot_be_filled_up_says_so_and_facts_go_on() {
    let dir = memory::directory();
    let mut store = Store::open(dir.path(), &scope()).unwrap();
    assert!(store.take_reserve().unwrap());
    store.limit_pages(1).unwrap();
    let mut number = 0;
    while store.has_reserve().unwrap() {
        number = store.append(&fact(number)).unwrap();
        assert!(number < 10_000, "it is never used up");
    }
    let error = store.take_reserve().unwrap_err();
    assert!(error.to_string().contains("trader.db: database or disk is full"), "{error}");
    assert_eq!(store.append(&fact(0)).unwrap(), number + 1);
    drop(store);
    let mut store = Store::open(dir.path(), &scope()).unwrap();
    assert_eq!(store.records().last_fact(), number + 1);
    assert!(store.take_reserve().unwrap() && store.has_reserve().unwrap());
    assert_eq!(store.append(&fact(0)).unwrap(), number + 2);
}

#[test]
fn a_process_that_died_while_it_took_its_reserve_leaves_nothing_in_the_way() {
    let dir = memory::directory();
    drop(Store::open(dir.path(), &scope()).unwrap());
    let path = scope().directory(dir.path()).join("trader.db");
    let db = rusqlite::Connection::open(path).unwrap();
    db.execute_batch("CREATE TABLE reserve (body BLOB) STRICT").unwrap();
    drop(db);
    let mut store = Store::open(dir.path(), &scope()).unwrap();
    assert!(store.take_reserve().unwrap());
}
