//! One configuration with other values of some keys: what a search over parameters is made of.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::check::{Against, Checked, allows, check, joined, nearest};
use crate::env;
use crate::files::Read;
use crate::load::{Config, FILES, judged};
use crate::schema::{Keys, schemas, shipped};
use crate::tree::{self, Node, Value};
use crate::{ConfigError, Kind, Problem};

/// The four files of a directory, read once.
#[derive(Debug, Clone)]
pub struct Base {
    paths: [PathBuf; 4],
    roots: [Node; 4],
    schemas: [Json; 4],
    shipped: [Json; 4],
    keys: Keys,
    config: Config,
}

/// A key of one of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    file: usize,
    path: String,
    holds: Holds,
}

/// What the value of a key may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A whole number.
    Whole,
    /// Any number.
    Number,
    /// A word, a truth value, a list or a mapping.
    Other,
}

/// A key that no file has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key} is not a key of any file{}", hint(.near.as_deref()))]
pub struct NoKey {
    /// As given.
    pub key: String,
    /// The one that was meant, where one is near.
    pub near: Option<String>,
}

fn hint(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean {near}?")).unwrap_or_default()
}

impl Key {
    /// The dotted path within its file: `rules.momentum.stop_pct`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The file's name: `strategy.yaml`.
    pub fn file(&self) -> &'static str {
        FILES.get(self.file).copied().unwrap_or_default()
    }

    /// What its value may be.
    pub const fn holds(&self) -> Holds {
        self.holds
    }
}

impl Base {
    /// Reads and checks the four files of a directory.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem of every file, as [`Config::load`].
    pub fn read(directory: &Path) -> Result<Self, ConfigError> {
        let config = Config::load(directory)?;
        let paths = FILES.map(|name| directory.join(name));
        let mut problems = Vec::new();
        let roots = paths.clone().map(|path| match read_tree(&path) {
            Ok(root) => root,
            Err(problem) => {
                problems.push(problem);
                Node { at: tree::Mark::START, value: Value::Mapping(Vec::new()) }
            }
        });
        if !problems.is_empty() {
            return Err(ConfigError(problems));
        }
        // What is wrong with a variation is said alike wherever the files lie.
        let paths = FILES.map(PathBuf::from);
        let (schemas, shipped) = (schemas(), shipped());
        let keys = Keys::of(&schemas);
        Ok(Self { paths, roots, schemas, shipped, keys, config })
    }

    /// The configuration as the files say it.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// The key with a dotted path. Every file has all its keys, and no two files share one.
    ///
    /// # Errors
    /// [`NoKey`], with the nearest one where one is near.
    pub fn key(&self, path: &str) -> Result<Key, NoKey> {
        let parts: Vec<_> = path.split('.').collect();
        for (file, (root, schema)) in self.roots.iter().zip(&self.schemas).enumerate() {
            if find(root, &parts).is_some() {
                let holds = holds(schema, &parts);
                return Ok(Key { file, path: path.to_owned(), holds });
            }
        }
        let all: Vec<_> = self.paths_of_values();
        let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
        let same = all.iter().filter(|known| !path.contains('.') && last(known) == path);
        let near = match same.collect::<Vec<_>>()[..] {
            [only] => Some(only.clone()),
            _ => nearest(path, all.iter().map(String::as_str)).map(str::to_owned),
        };
        Err(NoKey { key: path.to_owned(), near })
    }

    /// The dotted paths of all values that are no mappings.
    fn paths_of_values(&self) -> Vec<String> {
        let mut all = Vec::new();
        for root in &self.roots {
            values(root, "", &mut all);
        }
        all
    }

    /// The configuration with other values, written as they would be in a file, and checked as the
    /// files would be.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem that the files would then have.
    pub fn with(&self, changes: &[(&Key, &str)]) -> Result<Config, ConfigError> {
        let mut roots = self.roots.clone();
        let mut problems = Vec::new();
        for (key, text) in changes {
            let parts: Vec<_> = key.path.split('.').collect();
            let Some(node) = roots.get_mut(key.file).and_then(|root| find_mut(root, &parts)) else {
                continue;
            };
            match tree::read(text) {
                Ok(read) => node.value = read.value,
                Err(fault) => problems.push(Problem {
                    kind: Kind::Syntax,
                    file: self.paths.get(key.file).cloned().unwrap_or_default(),
                    at: None,
                    key: Some(key.path.clone()),
                    what: format!("{text:?} {}", fault.what),
                }),
            }
        }
        if !problems.is_empty() {
            return Err(ConfigError(problems));
        }
        let mut at = 0;
        let files = roots.map(|root| {
            let file = self.checked(&root, at);
            at += 1;
            file
        });
        judged(&self.paths, files, &env::process)
    }

    fn checked(&self, root: &Node, at: usize) -> Read {
        let none = Json::Null;
        let path = self.paths.get(at).cloned().unwrap_or_default();
        let schema = self.schemas.get(at).unwrap_or(&none);
        let shipped = self.shipped.get(at).unwrap_or(&none);
        let against =
            Against { file: &path, schema, shipped, keys: &self.keys, env: &env::process };
        let checked: Checked = check(root, against);
        Read { path: path.clone(), text: String::new(), checked }
    }
}

fn read_tree(path: &Path) -> Result<Node, Problem> {
    let problem = |kind, what| Problem { kind, file: path.to_owned(), at: None, key: None, what };
    let text = std::fs::read_to_string(path)
        .map_err(|error| problem(Kind::File, format!("cannot be read: {error}")))?;
    tree::read(&text).map_err(|fault| problem(Kind::Syntax, fault.what))
}

fn find<'a>(node: &'a Node, parts: &[&str]) -> Option<&'a Node> {
    let Some((first, rest)) = parts.split_first() else { return Some(node) };
    let Value::Mapping(entries) = &node.value else { return None };
    find(&entries.iter().find(|entry| entry.key == *first)?.node, rest)
}

fn find_mut<'a>(node: &'a mut Node, parts: &[&str]) -> Option<&'a mut Node> {
    let Some((first, rest)) = parts.split_first() else { return Some(node) };
    let Value::Mapping(entries) = &mut node.value else { return None };
    find_mut(&mut entries.iter_mut().find(|entry| entry.key == *first)?.node, rest)
}

fn holds(schema: &Json, parts: &[&str]) -> Holds {
    let inner = parts.iter().try_fold(schema, |schema, part| {
        let named = schema.get("properties").and_then(|all| all.get(part));
        named.or_else(|| schema.get("additionalProperties").filter(|each| each.is_object()))
    });
    match inner {
        Some(found) if allows(found, "number") => Holds::Number,
        Some(found) if allows(found, "integer") => Holds::Whole,
        Some(_) | None => Holds::Other,
    }
}

fn values(node: &Node, path: &str, all: &mut Vec<String>) {
    match &node.value {
        Value::Mapping(entries) => {
            for entry in entries {
                values(&entry.node, &joined(path, &entry.key), all);
            }
        }
        Value::List(_) | Value::Scalar(_) => all.push(path.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped_files() -> Base {
        Base::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config")).unwrap()
    }

    #[test]
    fn no_two_files_share_the_path_of_a_value() {
        let mut all = shipped_files().paths_of_values();
        let many = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), many);
    }

    #[test]
    fn a_variation_is_judged_as_files_that_say_so_and_names_no_directory() {
        let base = shipped_files();
        let (stop, off) =
            (base.key("rules.momentum.stop_pct").unwrap(), base.key("exits.trailing.by").unwrap());
        assert_eq!(base.with(&[]).unwrap(), *base.config());
        let same = base.with(&[(&stop, "8.0")]).unwrap();
        assert_eq!(same.hash(), base.config().hash());
        let other = base.with(&[(&stop, "4.5"), (&off, "pct")]);
        let error = other.unwrap_err().to_string();
        assert!(error.contains("exits.trailing.by"), "{error}");
        let other = base.with(&[(&stop, "4.5")]).unwrap();
        assert_eq!(other.strategy.rules.momentum.stop_pct.to_string(), "4.5");
        let error = base.with(&[(&stop, "20")]).unwrap_err().to_string();
        assert!(error.contains("above the policy's 15"), "{error}");
        assert!(!error.contains("../"), "{error}");
        let error = base.with(&[(&stop, "[4")]).unwrap_err().to_string();
        assert!(error.contains("rules.momentum.stop_pct"), "{error}");
    }

    #[test]
    fn a_key_that_is_not_there_has_the_nearest_one() {
        let base = shipped_files();
        for (key, near) in [
            ("rules.momentun.stop_pct", Some("rules.momentum.stop_pct")),
            ("max_total_pct", Some("caps.max_total_pct")),
            ("stop_pct", None),
            ("weather", None),
        ] {
            assert_eq!(base.key(key).unwrap_err().near.as_deref(), near, "{key}");
        }
    }

    #[test]
    fn what_a_value_may_be_is_known_of_numbers() {
        let base = shipped_files();
        for (path, expected) in [
            ("rules.momentum.stop_pct", Holds::Number),
            ("rules.momentum.max_hold_hours", Holds::Whole),
            ("rules.momentum.min_move_pct", Holds::Number),
            ("caps.clusters_pct.MEME", Holds::Number),
            ("rules.momentum.enabled", Holds::Other),
            ("rules.reversal.not_in_regimes", Holds::Other),
            ("regime_factors.bull", Holds::Other),
        ] {
            assert_eq!(base.key(path).unwrap().holds(), expected, "{path}");
        }
    }
}
