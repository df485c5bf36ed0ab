//! Records cut off at any byte and with any byte changed: read as they were, or refused by name.
//!
//! A crash leaves the database as it was last checkpointed and a write-ahead log beside it. SQLite
//! drops damaged frames of that log, and all behind them, without a word: the head is what notices.
//! Heads and logs are cut at every byte of what frames them and at every `STEP`th byte between;
//! `TRADER_EVERY_BYTE=1` takes them all.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod memory;
mod numbered;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use domain::Fact;
use numbered::{fact, scope};
use store::{Records, Store};

const FACTS: i64 = 5;
const DATABASE: &str = "trader.db";
const LOG: &str = "trader.db-wal";
const HEAD: &str = "head";
/// SQLite's, bytes.
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
const PAGE: usize = 4096;
/// Between two samples of a page, bytes: a prime, so that samples fall on all places of a word.
const STEP: usize = 61;

type Files = BTreeMap<&'static str, Vec<u8>>;

fn facts(count: i64) -> Vec<Fact> {
    (1..=count).map(fact).collect()
}

/// What a crash leaves: two facts in the database, three more in its log.
fn crashed() -> Files {
    let dir = memory::directory();
    let mut store = Store::open(dir.path(), &scope()).unwrap();
    for n in 1..=2 {
        store.append(&fact(n)).unwrap();
    }
    drop(store);
    let mut store = Store::open(dir.path(), &scope()).unwrap();
    for n in 3..=FACTS {
        store.append(&fact(n)).unwrap();
    }
    let home = scope().directory(dir.path());
    let files: Files =
        [DATABASE, LOG, HEAD].map(|name| (name, fs::read(home.join(name)).unwrap())).into();
    assert!(files[LOG].len() >= LOG_HEADER + 3 * (FRAME_HEADER + PAGE), "three facts are in it");
    files
}

fn lay_out(dir: &Path, files: &Files) {
    let home = scope().directory(dir);
    fs::create_dir_all(&home).unwrap();
    let _absent = fs::remove_file(home.join("trader.db-shm"));
    for (name, bytes) in files {
        fs::write(home.join(name), bytes).unwrap();
    }
}

/// How cases ended.
#[derive(Debug, Default)]
struct Tally {
    whole: usize,
    refused: usize,
}

/// For reading and for writing: the whole history, or a refusal that names a file of it.
fn check(dir: &Path, files: &Files, what: &str, tally: &mut Tally) {
    lay_out(dir, files);
    let read = Records::read(dir, &scope()).and_then(|records| records.facts());
    lay_out(dir, files);
    let opened = Store::open(dir, &scope()).and_then(|store| store.records().facts());
    for found in [read, opened] {
        match found {
            Ok(found) => {
                assert_eq!(found, facts(FACTS), "{what}: another history");
                tally.whole += 1;
            }
            Err(error) => {
                let said = error.to_string();
                assert!(said.contains(DATABASE) || said.contains("/head"), "{what}: {said}");
                tally.refused += 1;
            }
        }
    }
}

/// The places of a file that are looked at.
fn places(name: &str, length: usize) -> Vec<usize> {
    let all = std::env::var_os("TRADER_EVERY_BYTE").is_some() || name == HEAD;
    let framing = |at: usize| match name {
        LOG => at < LOG_HEADER || (at - LOG_HEADER) % (FRAME_HEADER + PAGE) <= FRAME_HEADER,
        _ => at < 100 || at % PAGE < 8,
    };
    (0..length).filter(|at| all || framing(*at) || at % STEP == 0).collect()
}

#[test]
fn every_prefix_is_the_whole_history_or_refused_by_name() {
    let (dir, sound) = (memory::directory(), crashed());
    check(dir.path(), &sound, "nothing cut", &mut Tally::default());
    for name in [DATABASE, LOG, HEAD] {
        let mut tally = Tally::default();
        for length in places(name, sound[name].len()) {
            let mut files = sound.clone();
            files.get_mut(name).unwrap().truncate(length);
            check(dir.path(), &files, &format!("{name} cut at {length}"), &mut tally);
        }
        println!("{name} of {} bytes, cut: {tally:?}", sound[name].len());
        assert!(tally.refused > 0, "{name}: {tally:?}");
    }
}

#[test]
fn a_flipped_bit_changes_nothing_that_is_read_or_is_refused_by_name() {
    let (dir, sound) = (memory::directory(), crashed());
    for name in [DATABASE, LOG, HEAD] {
        let mut tally = Tally::default();
        for at in places(name, sound[name].len()) {
            let mut files = sound.clone();
            files.get_mut(name).unwrap()[at] ^= 1 << (at % 8);
            check(dir.path(), &files, &format!("{name}, bit {} of byte {at}", at % 8), &mut tally);
        }
        println!("{name} of {} bytes, flipped: {tally:?}", sound[name].len());
        // Every byte of the log counts, and either half of the head may be lost; pages have room
        // that nobody reads.
        assert_eq!((tally.whole > 0, tally.refused > 0), (name != LOG, name != HEAD), "{name}");
    }
}

#[test]
fn a_head_that_is_flipped_in_both_halves_is_refused_by_name() {
    let (dir, sound) = (memory::directory(), crashed());
    let half = sound[HEAD].len() / 2;
    let mut tally = Tally::default();
    for at in 0..half {
        let mut files = sound.clone();
        let head = files.get_mut(HEAD).unwrap();
        head[at] ^= 1 << (at % 8);
        head[half + at] ^= 1 << (at % 8);
        check(dir.path(), &files, &format!("byte {at} of both halves"), &mut tally);
    }
    assert_eq!((tally.whole, tally.refused), (0, 2 * half));
}

#[test]
fn without_the_log_or_with_an_older_one_the_head_says_that_facts_are_lost() {
    let (dir, sound) = (memory::directory(), crashed());
    let mut lost = sound.clone();
    lost.get_mut(LOG).unwrap().clear();
    lay_out(dir.path(), &lost);
    let said = Store::open(dir.path(), &scope()).unwrap_err().to_string();
    assert!(said.contains("5 facts were kept, and the database has 2"), "{said}");
    // The last frame's page: SQLite forgets the newest fact and says nothing.
    let mut torn = sound;
    let log = torn.get_mut(LOG).unwrap();
    let last = log.len() - 1;
    log[last] ^= 1;
    lay_out(dir.path(), &torn);
    let said = Store::open(dir.path(), &scope()).unwrap_err().to_string();
    assert!(said.contains("5 facts were kept, and the database has 4"), "{said}");
}
