//! The walls of the architecture, as written in `ARCHITECTURE_SPEC.md`, hold in `cargo metadata`.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// What no pure crate may reach, however deep: runtimes, networks, databases, logs, randomness.
const IMPURE: &[&str] = &[
    "tokio",
    "reqwest",
    "hyper",
    "mio",
    "socket2",
    "rusqlite",
    "libsqlite3-sys",
    "tracing",
    "tracing-subscriber",
    "log",
    "rand",
    "rand_core",
    "getrandom",
    "fastrand",
];

struct Row {
    sees: BTreeSet<String>,
    everything: bool,
    pure: bool,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn table() -> BTreeMap<String, Row> {
    let page = root().join("docs/architecture/ARCHITECTURE_SPEC.md");
    let text = std::fs::read_to_string(page).unwrap();
    let rows = text.lines().skip_while(|line| !line.starts_with("| crate |")).skip(2);
    rows.take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
            let sees = cells[2].split(' ').filter(|s| !matches!(*s, "-" | "*"));
            let row = Row {
                sees: sees.map(str::to_owned).collect(),
                everything: cells[2] == "*",
                pure: cells[3] == "yes",
            };
            (cells[0].to_owned(), row)
        })
        .collect()
}

fn metadata() -> Metadata {
    let manifest = root().join("Cargo.toml");
    MetadataCommand::new()
        .manifest_path(manifest)
        .other_options(["--offline".into()])
        .exec()
        .unwrap()
}

#[test]
fn every_crate_is_on_the_map_and_sees_what_its_row_allows() {
    let (table, metadata) = (table(), metadata());
    let ours: BTreeSet<_> =
        metadata.workspace_packages().iter().map(|p| p.name.to_string()).collect();
    assert_eq!(table.keys().cloned().collect::<BTreeSet<_>>(), ours, "the map and the workspace");
    for package in metadata.workspace_packages() {
        let row = &table[package.name.as_str()];
        for dependency in &package.dependencies {
            let foreign = !ours.contains(&dependency.name);
            if foreign || dependency.kind == DependencyKind::Development || row.everything {
                continue;
            }
            assert!(
                row.sees.contains(&dependency.name),
                "{} may not see {}",
                package.name,
                dependency.name
            );
        }
    }
}

#[test]
fn the_walls_of_the_brief_hold() {
    let table = table();
    assert_eq!(table["risk"].sees, BTreeSet::from(["domain".to_owned()]));
    for decides in ["regime", "universe", "triggers", "rules"] {
        for hidden in ["risk", "exchange", "execution"] {
            assert!(!table[decides].sees.contains(hidden), "{decides} sees {hidden}");
        }
    }
    for edge in ["exchange-sim", "store", "history", "config"] {
        assert!(!table[edge].sees.contains("engine"), "{edge} sees the engine");
    }
}

/// The packages that a crate is really built with, by `cargo tree`: metadata lists optional ones
/// too.
fn reached(package: &str) -> BTreeSet<String> {
    let tree = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["tree", "--offline", "--edges", "normal", "--prefix", "none", "--package", package])
        .output()
        .unwrap();
    let text = String::from_utf8(tree.stdout).unwrap();
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn pure_crates_reach_nothing_impure_however_deep() {
    for (package, _) in table().iter().filter(|(_, row)| row.pure) {
        let reached = reached(package);
        assert!(reached.contains(package.as_str()), "cargo tree of {package} is empty");
        for impure in IMPURE {
            assert!(!reached.contains(*impure), "{package} reaches {impure}");
        }
    }
}

#[test]
fn only_the_store_calls_its_journal_durable() {
    let mut found = Vec::new();
    let mut todo = vec![root().join("crates"), root().join("bins")];
    while let Some(path) = todo.pop() {
        if path.is_dir() {
            todo.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            // A venue that insists on a durable record names it too; only a journal promises one.
            if text.contains("IntentJournal for") && text.contains("type Durability = Durable") {
                found.push(path.strip_prefix(root()).unwrap().to_owned());
            }
        }
    }
    assert_eq!(found, [Path::new("crates/store/src/append.rs")]);
}
