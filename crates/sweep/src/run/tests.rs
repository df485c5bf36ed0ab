//! A search whose runs are sums: what is played, in which order, and what is left on disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use domain::Timestamp;

use super::*;
use crate::plan::{Plan, SCHEMA};
use crate::space::{candidates, grid};
use crate::split::{Lengths, splits};

/// Stops when so many are done.
struct Stops(usize, AtomicUsize);

impl Watch for Stops {
    fn done(&self, done: usize, _of: usize) {
        self.1.fetch_max(done, Ordering::Relaxed);
    }

    fn is_stopped(&self) -> bool {
        self.1.load(Ordering::Relaxed) >= self.0
    }
}

/// What a day of a configuration gains.
struct Gain(f64);

struct Given {
    plan: Plan,
    candidates: Vec<(Candidate, Option<Gain>)>,
}

/// Nine candidates, of which one is refused, on three splits.
fn given() -> Given {
    let axes = ["a=1,2,3", "b=10,20,x"].map(|text| text.parse().unwrap()).to_vec();
    let span = Span { from: Timestamp::from_secs(0), to: Timestamp::from_secs(86_400 * 100) };
    let lengths = Lengths { train: 50, embargo: 5, test: 15 };
    let points = grid(&axes, 100).unwrap();
    let candidates = candidates(points, |point| {
        let sum = point.iter().try_fold(0.0, |sum, value| Ok(sum + value.parse::<f64>()?));
        sum.map(|sum| (point.join(" "), Gain(sum)))
            .map_err(|error: core::num::ParseFloatError| error.to_string())
    });
    let plan = Plan {
        schema: SCHEMA,
        inputs: serde_json::json!({ "config": "abc", "nav_usd": "10000" }),
        axes,
        draws: None,
        splits: splits(span, Some(lengths)).unwrap(),
        candidates: candidates.len(),
    };
    Given { plan, candidates }
}

fn play(Gain(gain): &Gain, span: Span) -> Played {
    let days = span.to.secs_since(span.from) / 86_400;
    let days = (0..days).map(|day| gain * if day % 2 == 0 { 1e-4 } else { -2e-5 }).collect();
    let figures = Figures { trades: span.from.secs() / 86_400, days, ..Figures::default() };
    Played::Figures(Box::new(figures), Proposed::Something)
}

fn search(given: &Given, dir: &Path, shard: &str, threads: usize, stop: usize) -> Ran {
    let store = Store::open(dir, &given.plan).unwrap();
    let shard = shard.parse().unwrap();
    let (splits, candidates) = (&given.plan.splits, &given.candidates);
    let search = Search { splits, candidates, shard, threads };
    search.run(&store, &play, &Stops(stop, AtomicUsize::new(0))).unwrap()
}

/// The bytes of all rows as one file.
fn all(dir: &Path) -> Vec<u8> {
    let (store, _) = Store::found(dir).unwrap();
    fs::read(store.write_all(&store.rows().unwrap()).unwrap()).unwrap()
}

#[test]
fn threads_shards_and_interruptions_change_no_byte() {
    let given = given();
    let place = tempfile::tempdir().unwrap();
    let dir = |name: &str| place.path().join(name);
    let whole = search(&given, &dir("one"), "1/1", 1, usize::MAX);
    assert_eq!(whole, Ran { there: 0, done: 27, stopped: false });
    let expected = all(&dir("one"));
    search(&given, &dir("four"), "1/1", 4, usize::MAX);
    assert!(all(&dir("four")) == expected, "threads");

    let stopped = search(&given, &dir("stopped"), "1/1", 1, 5);
    assert_eq!(stopped, Ran { there: 0, done: 5, stopped: true });
    let on = search(&given, &dir("stopped"), "1/1", 2, usize::MAX);
    assert_eq!(on, Ran { there: 5, done: 22, stopped: false });
    assert!(all(&dir("stopped")) == expected, "an interruption");

    let mut done = 0;
    for shard in ["1/3", "2/3", "3/3"] {
        let own = dir(&shard.replace('/', "of"));
        done += search(&given, &own, shard, 1, usize::MAX).done;
        fs::create_dir_all(dir("merged/parts")).unwrap();
        fs::copy(own.join("sweep.json"), dir("merged/sweep.json")).unwrap();
        for part in fs::read_dir(own.join("parts")).unwrap() {
            let part = part.unwrap();
            fs::copy(part.path(), dir("merged/parts").join(part.file_name())).unwrap();
        }
    }
    assert_eq!(done, 27);
    assert!(all(&dir("merged")) == expected, "shards");
}

#[test]
fn what_is_refused_is_on_record_and_never_played() {
    let given = given();
    let place = tempfile::tempdir().unwrap();
    search(&given, place.path(), "1/1", 1, usize::MAX);
    let (store, there) = Store::found(place.path()).unwrap();
    assert_eq!((there.candidates, there.splits, store.keys().len()), (9, 3, 2));
    let mut seen = BTreeMap::new();
    for row in store.rows().unwrap() {
        let refused = matches!(row.status, Status::Refused(_));
        assert_eq!(refused, row.values[1] == "x", "{row:?}");
        assert_eq!(refused, row.figures == Figures::default());
        *seen.entry(row.candidate).or_insert(0) += 1;
    }
    assert!(seen.len() == 9 && seen.values().all(|rows| *rows == 6), "{seen:?}");
}

#[test]
fn the_directory_of_another_search_is_refused_with_what_differs() {
    let place = tempfile::tempdir().unwrap();
    let mut given = given();
    Store::open(place.path(), &given.plan).unwrap();
    given.plan.inputs["nav_usd"] = "5000".into();
    given.plan.candidates = 3;
    let error = Store::open(place.path(), &given.plan).unwrap_err().to_string();
    assert!(error.contains("candidates, inputs.nav_usd of its sweep.json differs"), "{error}");
    // Nor does a result of it count that somebody put beside another plan.
    let other = tempfile::tempdir().unwrap();
    let store = Store::open(other.path(), &given.plan).unwrap();
    search(&given, other.path(), "1/1", 1, 1);
    let part = fs::read_dir(other.path().join("parts")).unwrap().next().unwrap().unwrap();
    assert_eq!(store.rows().unwrap().len(), 2);
    fs::copy(part.path(), place.path().join("parts").join(part.file_name())).unwrap();
    let (store, _) = Store::found(place.path()).unwrap();
    let error = store.rows().unwrap_err().to_string();
    assert!(error.contains("is of another search than the sweep.json beside it"), "{error}");
    let none = Store::found(&place.path().join("nowhere")).unwrap_err().to_string();
    assert!(none.contains("not the directory of a search"), "{none}");
}

#[test]
fn a_damaged_file_is_named() {
    let given = given();
    let place = tempfile::tempdir().unwrap();
    search(&given, place.path(), "1/1", 1, usize::MAX);
    let part = place.path().join(format!("parts/{}-0.parquet", given.candidates[0].0.id));
    let bytes = fs::read(&part).unwrap();
    fs::write(&part, &bytes[..bytes.len() - 20]).unwrap();
    let (store, _) = Store::found(place.path()).unwrap();
    let error = store.rows().unwrap_err().to_string();
    assert!(error.contains("-0.parquet is damaged") && error.contains("delete it"), "{error}");
}
