//! Every broken configuration of `tests/corpus/config` is refused with exit code 4, and exactly
//! what is wrong with it is named: file, line, key and sort.
//!
//! A case is a directory with the files that differ from the shipped ones, and `expected.txt`: one
//! line for each problem, `file:line: key: sort`, with `-` where there is no line or no key.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use config::{Config, FILES, Problem};
use system_tests::Home;

fn cases() -> Vec<PathBuf> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/config");
    let mut found: Vec<_> =
        fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// A home whose configuration is the shipped one with a case's files over it.
fn home(case: &Path) -> Home {
    let home = Home::shipped().unwrap();
    for file in FILES.into_iter().filter(|file| case.join(file).exists()) {
        fs::copy(case.join(file), home.config().join(file)).unwrap();
    }
    home
}

fn line(problem: &Problem) -> String {
    let file = problem.file.file_name().unwrap().to_string_lossy();
    let place = problem.at.map_or("-".to_owned(), |(line, _)| line.to_string());
    let key = problem.key.as_deref().unwrap_or("-");
    format!("{file}:{place}: {key}: {}", problem.kind.as_str())
}

/// A line for each file: sound, or how many problems it has.
fn verdicts(home: &Home, problems: &[Problem]) -> String {
    let verdict = |file: &str| {
        let path = home.config().join(file);
        match problems.iter().filter(|problem| problem.file == path).count() {
            0 => format!("✓ {} valid\n", path.display()),
            1 => format!("✗ {}: 1 problem\n", path.display()),
            n => format!("✗ {}: {n} problems\n", path.display()),
        }
    };
    FILES.into_iter().map(verdict).collect()
}

#[test]
fn every_broken_configuration_is_refused_with_every_problem_named() {
    let mut wrong = String::new();
    for case in cases() {
        let home = home(&case);
        let Err(error) = Config::load(&home.config()) else {
            writeln!(wrong, "== {}\naccepted", case.display()).unwrap();
            continue;
        };
        let found: Vec<_> = error.0.iter().map(line).collect();
        let expected = fs::read_to_string(case.join("expected.txt")).unwrap_or_default();
        let expected: Vec<_> = expected.lines().collect();
        if found != expected {
            let details: Vec<_> = error.0.iter().map(ToString::to_string).collect();
            let (found, details) = (found.join("\n"), details.join("\n  "));
            writeln!(wrong, "== {}\n{found}\n  {details}", case.display()).unwrap();
        }
        let outcome = home.run(&["check"]);
        assert_eq!(
            (outcome.code, outcome.out),
            (4, verdicts(&home, &error.0)),
            "{}",
            case.display()
        );
        for problem in &error.0 {
            let said = outcome.error.contains(&problem.to_string());
            assert!(said, "{} is not said: {problem}", case.display());
        }
        assert_eq!(outcome.error.lines().count(), error.0.len() + 1, "{}", outcome.error);
    }
    assert!(wrong.is_empty(), "found otherwise than expected:\n{wrong}");
}

#[test]
fn the_corpus_has_every_sort_in_every_file_that_can_have_it() {
    let mut sorts: BTreeMap<String, usize> = BTreeMap::new();
    let mut files: BTreeMap<String, usize> = BTreeMap::new();
    let cases = cases();
    for case in &cases {
        let text = fs::read_to_string(case.join("expected.txt")).unwrap();
        assert!(!text.is_empty(), "{}", case.display());
        for line in text.lines() {
            *sorts.entry(line.rsplit(": ").next().unwrap().to_owned()).or_default() += 1;
            *files.entry(line.split(':').next().unwrap().to_owned()).or_default() += 1;
        }
    }
    assert!(cases.len() >= 70, "{}", cases.len());
    for sort in [
        "unknown",
        "duplicate",
        "missing",
        "type",
        "form",
        "word",
        "range",
        "contradiction",
        "reference",
        "secret",
        "env",
        "syntax",
    ] {
        assert!(sorts.get(sort).is_some_and(|count| *count >= 3), "{sort}: {sorts:?}");
    }
    for file in FILES {
        assert!(files.get(file).is_some_and(|count| *count >= 15), "{file}: {files:?}");
    }
}

#[test]
fn a_secret_is_never_printed() {
    for case in cases() {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("secret-") {
            continue;
        }
        let error = home(&case).run(&["check"]).error;
        for secret in ["hunter2", "MHcC", "0a1b", "9f8e", "3f9a7c5e", "Zm9vYmFy", "abc"] {
            assert!(!error.contains(secret), "{name} prints {secret}: {error}");
        }
    }
}
