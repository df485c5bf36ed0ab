//! Faults as data: a scenario is a list of rules, each saying when what goes wrong.

mod change;
mod engine;
mod rules;

use std::path::Path;

pub use rules::{Fault, On, PageBreak, Rule, Scenario, When};

pub(crate) use change::{change_json, fill_page};
pub(crate) use engine::{Engine, Moment};

use crate::error::ServeError;
use rules::Library;

/// The scenarios that come with the venue.
const LIBRARY: &str = include_str!("library.yaml");
/// The one version of the format there is.
const VERSION: u32 = 1;

/// All embedded scenarios, in the order of the library.
///
/// # Errors
/// [`ServeError::Scenario`] if the library does not parse; a test shows that it does.
pub fn scenarios() -> Result<Vec<Scenario>, ServeError> {
    parse("the embedded scenarios", LIBRARY)
}

/// The scenarios of one file.
///
/// # Errors
/// [`ServeError::File`], [`ServeError::Scenario`] with what is wrong and where.
pub fn scenarios_in(path: &Path) -> Result<Vec<Scenario>, ServeError> {
    let failed = |source| ServeError::File { path: path.to_owned(), source };
    let text = std::fs::read_to_string(path).map_err(failed)?;
    parse(&path.display().to_string(), &text)
}

/// A scenario by name: embedded, or in a `.yaml` file of `dir`.
///
/// # Errors
/// [`ServeError::UnknownScenario`] with the names there are; a file that cannot be read.
pub fn scenario(name: &str, dir: Option<&Path>) -> Result<Scenario, ServeError> {
    let mut all = scenarios()?;
    if let Some(dir) = dir {
        let failed = |source| ServeError::File { path: dir.to_owned(), source };
        let mut files = Vec::new();
        for entry in std::fs::read_dir(dir).map_err(failed)? {
            files.push(entry.map_err(failed)?.path());
        }
        files.sort();
        for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "yaml")) {
            all.extend(scenarios_in(file)?);
        }
    }
    let known = all.iter().map(|s| s.name.clone()).collect();
    // A file of one's own replaces an embedded scenario of the same name.
    let found = all.into_iter().rev().find(|s| s.name == name);
    found.ok_or_else(|| ServeError::UnknownScenario { name: name.to_owned(), known })
}

fn parse(origin: &str, text: &str) -> Result<Vec<Scenario>, ServeError> {
    let wrong = |reason: String| ServeError::Scenario { origin: origin.to_owned(), reason };
    let library: Library = serde_yaml::from_str(text).map_err(|e| wrong(e.to_string()))?;
    if library.version != VERSION {
        return Err(wrong(format!("version {} is not {VERSION}", library.version)));
    }
    Ok(library.scenarios)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_library_parses_and_every_scenario_has_a_name_of_its_own_and_says_what_it_is() {
        let all = scenarios().unwrap();
        let names: BTreeSet<_> = all.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names.len(), all.len());
        for scenario in &all {
            assert!(scenario.about.ends_with('.') && !scenario.rules.is_empty(), "{scenario:?}");
        }
    }

    #[test]
    fn an_unknown_key_or_version_or_name_is_refused() {
        let cases = [
            ("version: 2\nscenarios: []", "version 2 is not 1"),
            ("version: 1\nscenarios: []\nmore: 1", "unknown field `more`"),
            (
                "version: 1\nscenarios: [{name: a, about: b., rules: [{fault: {kind: rain}}]}]",
                "unknown variant `rain`",
            ),
        ];
        for (text, expected) in cases {
            let error = parse("test", text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        let error = scenario("no-such", None).unwrap_err().to_string();
        assert!(error.contains("reply-lost"), "{error}");
    }
}
