//! The four files as bytes, texts, trees and sound values.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::check::{Against, Checked, check};
use crate::env::Lookup;
use crate::schema::{Keys, schemas, shipped};
use crate::secret;
use crate::tree::{self, Mark};
use crate::{Kind, Problem};

/// No file of ours is nearly as large.
const LARGEST: u64 = 256 * 1024;

/// One file, as far as it could be read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Read {
    /// Its path.
    pub(crate) path: PathBuf,
    /// Its text; empty where it has none.
    pub(crate) text: String,
    /// What came of it.
    pub(crate) checked: Checked,
}

/// Reads one file for each of [`crate::FILES`], wherever it lies, and holds it against its schema.
pub(crate) fn read_these(paths: [PathBuf; 4], env: Lookup<'_>) -> [Read; 4] {
    let (schemas, shipped) = (schemas(), shipped());
    let keys = Keys::of(&schemas);
    let mut at = 0;
    paths.map(|path| {
        let none = Value::Null;
        let schema = schemas.get(at).unwrap_or(&none);
        let shipped = shipped.get(at).unwrap_or(&none);
        at += 1;
        read(&path, Against { file: &path, schema, shipped, keys: &keys, env })
    })
}

fn read(path: &Path, against: Against<'_>) -> Read {
    let (text, checked) = match text(path) {
        Ok(text) => {
            let mut checked = match tree::read(&text) {
                Ok(root) => check(&root, against),
                Err(fault) => {
                    let problem = problem(path, Kind::Syntax, Some(fault.at), fault.what);
                    nothing(problem, against.shipped)
                }
            };
            checked.problems.extend(commented_secrets(path, &text));
            (text, checked)
        }
        Err(problem) => (String::new(), nothing(problem, against.shipped)),
    };
    Read { path: path.to_owned(), text, checked }
}

/// A file of which nothing can be used.
fn nothing(problem: Problem, shipped: &Value) -> Checked {
    Checked {
        problems: vec![problem],
        values: shipped.clone(),
        unsound: vec![String::new()],
        ..Checked::default()
    }
}

fn problem(path: &Path, kind: Kind, at: Option<Mark>, what: impl Into<String>) -> Problem {
    let at = at.map(|at| (at.line, at.column));
    Problem { kind, file: path.to_owned(), at, key: None, what: what.into() }
}

/// The text of a file, if it is one of ours in size and encoding.
fn text(path: &Path) -> Result<String, Problem> {
    let unreadable =
        |error: std::io::Error| problem(path, Kind::File, None, format!("cannot be read: {error}"));
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST {
        let what = format!("has {size} bytes; a configuration has at most {LARGEST}");
        return Err(problem(path, Kind::File, None, what));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let sound = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let what = "is not UTF-8 from here on; save the file as UTF-8";
        problem(path, Kind::Syntax, Some(end_of(&String::from_utf8_lossy(sound))), what)
    })?;
    if text.starts_with('\u{feff}') {
        let what = "begins with a byte order mark; save the file as UTF-8 without one";
        return Err(problem(path, Kind::Syntax, Some(Mark::START), what));
    }
    let unprintable = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}');
    if let Some((before, _)) = text.split_once(unprintable) {
        let what = "a control character stands here; take it out";
        return Err(problem(path, Kind::Syntax, Some(end_of(before)), what));
    }
    Ok(text)
}

/// The place just behind a text.
fn end_of(text: &str) -> Mark {
    let line = text.matches('\n').count() + 1;
    let last = text.rsplit('\n').next().unwrap_or_default();
    Mark { line, column: last.chars().count() + 1 }
}

/// A comment is in the file too.
fn commented_secrets(path: &Path, text: &str) -> Vec<Problem> {
    let comments = text.lines().enumerate().filter_map(|(at, line)| {
        let (before, comment) = line.split_once('#')?;
        let column = before.chars().count() + 1;
        secret::looks(comment).then_some(Mark { line: at + 1, column })
    });
    let what = format!("this comment looks like a secret; {}", secret::WHERE);
    comments.map(|at| problem(path, Kind::Secret, Some(at), what.clone())).collect()
}

impl Read {
    /// The sound values as a type; nothing when they are none, which only a broken file can cause.
    pub(crate) fn draft<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_value(self.checked.values.clone()).ok()
    }

    /// The text as a type. Only a text without problems is read; what is wrong even then is one.
    pub(crate) fn typed<T: DeserializeOwned>(&mut self) -> Option<T> {
        if !self.checked.problems.is_empty() {
            return None;
        }
        match serde_yaml::from_str(&self.text) {
            Ok(value) => Some(value),
            Err(error) => {
                let at = error.location().map(|at| Mark { line: at.line(), column: at.column() });
                let what = secret::shown(&error.to_string());
                let found = problem(&self.path, Kind::Syntax, at.or(Some(Mark::START)), what);
                self.checked.problems.push(found);
                None
            }
        }
    }

    /// Whether a key, and all of it, is what the file says.
    pub(crate) fn says(&self, key: &str) -> bool {
        let under = |inner: &str, outer: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| {
                rest.is_empty() || outer.is_empty() || rest.starts_with(['.', '['])
            })
        };
        !self.checked.unsound.iter().any(|lost| under(key, lost) || under(lost, key))
    }

    /// A key of the sound values as the file counts it: items that are not sound were left out.
    pub(crate) fn counted(&self, key: &str) -> String {
        let mut out = String::with_capacity(key.len());
        let mut rest = key;
        while let Some((before, after)) = rest.split_once('[') {
            out.push_str(before);
            let Some((at, tail)) = after.split_once(']') else { break };
            let kept = self.checked.kept.get(&out);
            let here = at.parse().ok().and_then(|at: usize| kept.and_then(|kept| kept.get(at)));
            let at = here.map_or_else(|| at.to_owned(), ToString::to_string);
            out.extend(["[", &at, "]"]);
            rest = tail;
        }
        out.push_str(rest);
        out
    }

    /// The other keys of this file that a sentence about `key` names.
    pub(crate) fn named_in(&self, what: &str, key: &str) -> Vec<String> {
        let of_a_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '[' | ']');
        let words = what.split(|c| !of_a_key(c)).map(|word| word.trim_end_matches('.'));
        let mut found = Vec::new();
        for word in words.filter(|word| !word.is_empty()) {
            let mut parent = Some(key);
            while let Some(up) = parent {
                parent = up.rsplit_once('.').map(|(up, _)| up).or((!up.is_empty()).then_some(""));
                let name = crate::check::joined(parent.unwrap_or_default(), word);
                let known = self.checked.spots.contains_key(&name) || !self.says(&name);
                if known && name != key && !found.contains(&name) {
                    found.push(name);
                    break;
                }
            }
        }
        found
    }
}
