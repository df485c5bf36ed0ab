//! The directory of a search: its plan, a file for each candidate and split, and all of them as one.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::plan::Plan;
use crate::row::{Row, columns, rows};
use crate::space::short;
use crate::table;

/// The plan's file.
const PLAN: &str = "sweep.json";
/// The directory of results, one file a candidate and split.
const PARTS: &str = "parts";
/// All results.
const ALL: &str = "results.parquet";

/// A directory that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be read or written.
    #[error("{} cannot be {what}: {error}", .path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// `read` or `written`.
        what: &'static str,
        /// Why.
        error: io::Error,
    },
    /// It belongs to another search.
    #[error("{} belongs to another search: {differs} of its sweep.json differs; give another \
             directory", .dir.display())]
    Other {
        /// The directory.
        dir: PathBuf,
        /// The fields that differ.
        differs: String,
    },
    /// It has no search.
    #[error("{} has no sweep.json: it is not the directory of a search", .0.display())]
    NoPlan(PathBuf),
    /// A part in it is of another search.
    #[error("{} is of another search than the sweep.json beside it; take it out", .0.display())]
    Strange(PathBuf),
    /// A file of it is damaged.
    #[error("{} is damaged: {why}; delete it and run the search again", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// In what way.
        why: String,
    },
}

/// The directory of a search.
#[derive(Debug, Clone)]
pub struct Store {
    dir: PathBuf,
    keys: Vec<String>,
    /// The plan in short: every file of results says that it is of this one.
    of: String,
}

/// What a directory says of its search.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// The plan as JSON.
    pub plan: Value,
    /// Candidates in all.
    pub candidates: usize,
    /// Splits.
    pub splits: usize,
}

impl Store {
    /// Begins a search in a directory, or goes on with it.
    ///
    /// # Errors
    /// [`StoreError`]: it cannot be written, or belongs to another search.
    pub fn open(dir: &Path, plan: &Plan) -> Result<Self, StoreError> {
        let parts = dir.join(PARTS);
        fs::create_dir_all(&parts).map_err(|error| written(&parts, error))?;
        let path = dir.join(PLAN);
        let damaged = |error: serde_json::Error| StoreError::Damaged {
            path: path.clone(),
            why: error.to_string(),
        };
        let own = serde_json::to_value(plan).map_err(damaged)?;
        if path.exists() {
            let there = plan_of(dir)?;
            let differs = differing(&there, &own);
            if !differs.is_empty() {
                return Err(StoreError::Other { dir: dir.to_owned(), differs: differs.join(", ") });
            }
        } else {
            let text = format!("{}\n", serde_json::to_string_pretty(&own).map_err(damaged)?);
            whole(&path, |file| io::Write::write_all(file, text.as_bytes()))?;
        }
        Ok(Self { dir: dir.to_owned(), keys: plan.keys(), of: short(&own.to_string()) })
    }

    /// What is there of a search that was begun.
    ///
    /// # Errors
    /// [`StoreError`]: there is none, or it cannot be read.
    pub fn found(dir: &Path) -> Result<(Self, Stored), StoreError> {
        let plan = plan_of(dir)?;
        let list = |name: &str| plan.get(name).and_then(Value::as_array);
        let axes = list("axes").into_iter().flatten();
        let keys = axes.filter_map(|axis| axis.get("key").and_then(Value::as_str));
        let keys: Vec<_> = keys.map(str::to_owned).collect();
        let many = plan.get("candidates").and_then(Value::as_u64);
        let stored = many.and_then(|many| usize::try_from(many).ok()).zip(list("splits"));
        let Some((candidates, splits)) = stored.map(|(many, splits)| (many, splits.len())) else {
            let why = "it has no candidates or no splits".to_owned();
            return Err(StoreError::Damaged { path: dir.join(PLAN), why });
        };
        let store = Self { dir: dir.to_owned(), keys, of: short(&plan.to_string()) };
        Ok((store, Stored { plan, candidates, splits }))
    }

    /// The keys of the axes.
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// Whether a candidate is done on a split.
    pub fn has(&self, candidate: &str, split: usize) -> bool {
        self.part(candidate, split).exists()
    }

    /// Puts the rows of a candidate on a split in place, whole.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn put(&self, candidate: &str, split: usize, rows: &[Row]) -> Result<(), StoreError> {
        self.write(&self.part(candidate, split), rows)
    }

    /// Every row there is, by candidate, split and part.
    ///
    /// # Errors
    /// [`StoreError`] naming the file: damaged, or of another search.
    pub fn rows(&self) -> Result<Vec<Row>, StoreError> {
        let dir = self.dir.join(PARTS);
        let unreadable = |error| StoreError::Io { path: dir.clone(), what: "read", error };
        let mut all = Vec::new();
        for entry in fs::read_dir(&dir).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.extension().is_none_or(|extension| extension != "parquet") {
                continue;
            }
            let damaged = |why| StoreError::Damaged { path: path.clone(), why };
            let part = table::read(&path).map_err(damaged)?;
            if part.of.as_ref() != Some(&self.of) {
                return Err(StoreError::Strange(path));
            }
            all.extend(rows(part.columns, &self.keys).map_err(damaged)?);
        }
        all.sort_by(|a, b| {
            let place = |row: &Row| (row.number, row.split, row.part);
            place(a).cmp(&place(b)).then_with(|| a.candidate.cmp(&b.candidate))
        });
        Ok(all)
    }

    /// Writes all rows as one file, whose path it gives.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn write_all(&self, rows: &[Row]) -> Result<PathBuf, StoreError> {
        let path = self.dir.join(ALL);
        self.write(&path, rows)?;
        Ok(path)
    }

    fn write(&self, path: &Path, rows: &[Row]) -> Result<(), StoreError> {
        let columns = columns(rows, &self.keys);
        whole(path, |file| table::write(file, &columns, &self.of).map_err(io::Error::other))
    }

    fn part(&self, candidate: &str, split: usize) -> PathBuf {
        self.dir.join(PARTS).join(format!("{candidate}-{split}.parquet"))
    }
}

fn plan_of(dir: &Path) -> Result<Value, StoreError> {
    let path = dir.join(PLAN);
    if !path.is_file() {
        return Err(StoreError::NoPlan(dir.to_owned()));
    }
    let text = fs::read_to_string(&path);
    let text = text.map_err(|error| StoreError::Io { path: path.clone(), what: "read", error })?;
    serde_json::from_str(&text)
        .map_err(|error| StoreError::Damaged { path, why: error.to_string() })
}

/// The names of what differs, of `inputs` one level deeper.
fn differing(there: &Value, own: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (name, value) in own.as_object().into_iter().flatten() {
        let other = there.get(name).unwrap_or(&Value::Null);
        if other == value {
            continue;
        }
        match (name.as_str(), value.as_object()) {
            ("inputs", Some(inner)) => {
                let differs = inner.iter().filter(|(name, value)| other.get(name) != Some(value));
                found.extend(differs.map(|(name, _)| format!("inputs.{name}")));
            }
            _ => found.push(name.clone()),
        }
    }
    found
}

fn written(path: &Path, error: io::Error) -> StoreError {
    StoreError::Io { path: path.to_owned(), what: "written", error }
}

/// Puts a file in place whole, or leaves what is there. Two processes may do the same file at once.
fn whole(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), StoreError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = path.with_file_name(name);
    let done = File::create(&beside).and_then(|mut file| {
        write(&mut file)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    });
    done.map_err(|error| written(path, error))
}
