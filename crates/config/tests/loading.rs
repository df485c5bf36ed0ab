//! From directories to configurations.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use config::{Config, FILES, Kind};
use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config")
}

/// The shipped files with a text replaced in one of them.
fn changed(file: &str, from: &str, to: &str) -> TempDir {
    let place = tempfile::tempdir().unwrap();
    for name in FILES {
        let mut text = fs::read_to_string(root().join(name)).unwrap();
        if name == file {
            assert!(text.contains(from), "{file} does not say {from:?}");
            text = text.replacen(from, to, 1);
        }
        fs::write(place.path().join(name), text).unwrap();
    }
    place
}

#[test]
fn a_path_may_name_variables_and_the_hash_does_not_know_it() {
    let place = changed("app.yaml", "data_dir: data", "data_dir: ${PLACE}/records");
    let env = |name: &str| (name == "PLACE").then(|| "/srv".to_owned());
    let config = Config::load_with(place.path(), &env).unwrap();
    assert_eq!(&*config.app.data_dir, Path::new("/srv/records"));
    assert_eq!(config.hash(), Config::load(&root()).unwrap().hash());
    let error = Config::load_with(place.path(), &|_| None).unwrap_err();
    assert_eq!(error.0.len(), 1);
    assert_eq!(error.0[0].kind, Kind::Env);
    assert!(error.0[0].what.contains("PLACE"), "{error}");
}

#[test]
fn numbers_may_be_written_as_yaml_allows() {
    for (file, from, to) in [
        ("policy.yaml", "max_total_pct: 15", "max_total_pct: 15.0"),
        ("policy.yaml", "max_total_pct: 15", "max_total_pct: \"15\""),
        ("policy.yaml", "max_total_pct: 15", "max_total_pct: +15"),
        ("policy.yaml", "max_total_pct: 15", "max_total_pct: 1.5e1"),
        ("strategy.yaml", "min_score: 0.2", "min_score: 2e-1"),
        ("strategy.yaml", "min_score: 0.2", "min_score: .2"),
        ("universe.yaml", "refresh_minutes: 15", "refresh_minutes: +15"),
    ] {
        let place = changed(file, from, to);
        let config = Config::load(place.path());
        let config = config.unwrap_or_else(|error| panic!("{to}: {error}"));
        assert_eq!(config.hash(), Config::load(&root()).unwrap().hash(), "{to}");
    }
}

#[test]
fn an_exact_number_keeps_every_digit_in_quotes() {
    let exact = "14.000000000000000000001";
    let place = changed("policy.yaml", "max_total_pct: 15", &format!("max_total_pct: '{exact}'"));
    let config = Config::load(place.path()).unwrap();
    assert_eq!(config.policy.caps.max_total_pct.to_string(), exact);
}

#[test]
fn an_unsound_item_does_not_hide_what_the_others_cannot_mean() {
    let events = "events:\n  - { product: x, kind: listing, until: soon, sources: [a] }\n  \
                  - { product: SUI-EUR, kind: listing, until: 2026-02-01T00:00:00Z, sources: [a] }";
    let place = changed("universe.yaml", "events: []", events);
    let error = Config::load(place.path()).unwrap_err();
    let keys: Vec<_> = error.0.iter().map(|p| (p.key.as_deref().unwrap(), p.kind)).collect();
    assert_eq!(
        keys,
        [
            ("events[0].product", Kind::Form),
            ("events[0].until", Kind::Form),
            ("events[1].product", Kind::Contradiction),
        ]
    );
}

#[test]
fn problems_come_in_the_order_of_files_and_lines() {
    let place = changed("strategy.yaml", "min_score: 0.2", "min_score: 2");
    let policy = fs::read_to_string(place.path().join("policy.yaml")).unwrap();
    let policy =
        policy.replace("daily_stop_pct: 3", "daily_stop_pct: 8").replace("T3: 60", "T3: 600");
    fs::write(place.path().join("policy.yaml"), policy).unwrap();
    fs::remove_file(place.path().join("app.yaml")).unwrap();
    let error = Config::load(place.path()).unwrap_err();
    let places: Vec<_> = error
        .0
        .iter()
        .map(|problem| {
            let file = problem.file.file_name().unwrap().to_string_lossy().into_owned();
            (FILES.iter().position(|name| *name == file).unwrap(), problem.at)
        })
        .collect();
    let mut sorted = places.clone();
    sorted.sort();
    assert_eq!(places, sorted);
    assert_eq!(places.len(), 5, "{error}");
    assert_eq!(error.0[0].kind, Kind::File);
    let text = error.to_string();
    assert!(text.starts_with("the configuration has 5 problems:\n"), "{text}");
}

#[test]
fn a_file_that_is_far_too_large_is_not_read() {
    let place = changed("app.yaml", "mode:", "mode:");
    fs::write(place.path().join("app.yaml"), vec![b'#'; 300 * 1024]).unwrap();
    let error = Config::load(place.path()).unwrap_err();
    assert_eq!(error.0.len(), 1);
    assert_eq!(error.0[0].kind, Kind::File);
    assert!(error.0[0].what.contains("307200 bytes"), "{error}");
}
