//! `docs/operations/scenarios.md` says what is in the library and what these tests test.

use std::collections::BTreeSet;
use std::path::Path;

use exchange_sim_server::scenarios;

const PAGE: &str = include_str!("../../../../docs/operations/scenarios.md");

/// The rows of the table under a heading, cell by cell.
fn rows(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, below) = PAGE.split_once(&format!("## {heading}\n")).unwrap();
    let section = below.split("\n## ").next().unwrap();
    let lines = section.lines().filter(|line| line.starts_with('|')).skip(2);
    let cells = |line: &'static str| line.trim_matches('|').split('|').map(str::trim).collect();
    lines.map(cells).collect()
}

fn bare(cell: &str) -> &str {
    cell.trim_matches('`')
}

/// The text of a test of this program.
fn body_of(test: &str) -> String {
    let (module, name) = test.split_once("::").unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/our_client");
    let text = std::fs::read_to_string(folder.join(format!("{module}.rs"))).unwrap();
    let (_, from) = text
        .split_once(&format!("#[tokio::test]\nasync fn {name}() {{\n"))
        .unwrap_or_else(|| panic!("there is no test {test}"));
    from.split_once("\n}\n").unwrap().0.to_owned()
}

#[test]
fn every_scenario_has_its_row_and_a_test_that_names_it() {
    let rows = rows("What our client concludes");
    let library = scenarios().unwrap();
    let names: Vec<&str> = rows.iter().map(|row| bare(row[0])).collect();
    let expected: Vec<&str> = library.iter().map(|scenario| scenario.name.as_str()).collect();
    assert_eq!(names, expected, "the page has the library's scenarios, in its order");
    for (row, scenario) in rows.iter().zip(&library) {
        let [_, about, seen, concluded, test] = row[..] else { panic!("{row:?}") };
        assert_eq!(about, scenario.about, "{}", scenario.name);
        assert_eq!(seen, scenario.seen.join(", "), "{}", scenario.name);
        assert!(!concluded.is_empty(), "{}", scenario.name);
        let named = body_of(bare(test)).contains(&format!("\"{}\"", scenario.name));
        assert!(named, "{test} does not name {}", scenario.name);
    }
}

#[test]
fn every_complaint_has_scenarios_and_every_scenario_stands_for_one() {
    let library = scenarios().unwrap();
    let known: BTreeSet<&str> = library.iter().map(|scenario| scenario.name.as_str()).collect();
    let mut covered = BTreeSet::new();
    for row in rows("What people complain about") {
        let [complaint, named] = row[..] else { panic!("{row:?}") };
        let named: BTreeSet<&str> = named.split(", ").map(bare).collect();
        assert!(named.is_subset(&known), "{complaint}: {named:?}");
        covered.extend(named);
    }
    assert_eq!(covered, known);
}
