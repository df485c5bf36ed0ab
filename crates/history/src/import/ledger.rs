//! Which files were taken already, by the hash of their bytes.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Imported, Target};
use crate::HistoryError;
use crate::file::replace;

/// The file's name in a product's folder.
const NAME: &str = "imports.json";
/// The one layout there is.
const SCHEMA: u32 = 1;

/// The sources of a product's candles.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ledger {
    schema: u32,
    sources: Vec<Taken>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Taken {
    sha256: String,
    /// Where it was, for a person.
    source: String,
    /// The file that its candles went to.
    into: String,
    candles: u64,
    marks: Vec<String>,
}

fn place(target: &Target) -> PathBuf {
    target.dir.join(target.product.as_str()).join(NAME)
}

fn into(target: &Target) -> String {
    let file = target.file();
    file.path().file_name().unwrap_or_default().to_string_lossy().into_owned()
}

impl Ledger {
    /// What the product's file says; nothing when there is none.
    pub(super) fn read(target: &Target) -> Result<Self, HistoryError> {
        let path = place(target);
        let unreadable = |why: String| HistoryError::Unreadable { file: path.clone(), why };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(unreadable(error.to_string())),
        };
        let read: Self = serde_json::from_str(&text).map_err(|e| unreadable(e.to_string()))?;
        if read.schema != SCHEMA {
            return Err(unreadable(format!("its schema is {}, not {SCHEMA}", read.schema)));
        }
        Ok(read)
    }

    pub(super) fn write(&mut self, target: &Target) -> Result<(), HistoryError> {
        self.schema = SCHEMA;
        replace(&place(target), |out| {
            let text = serde_json::to_string_pretty(self).map_err(|e| e.to_string())?;
            writeln!(out, "{text}").map_err(|e| e.to_string())
        })
    }

    pub(super) fn has(&self, sha256: &str, target: &Target) -> bool {
        let into = into(target);
        self.sources.iter().any(|one| one.sha256 == sha256 && one.into == into)
    }

    pub(super) fn add(&mut self, imported: &Imported, target: &Target) {
        self.sources.push(Taken {
            sha256: imported.sha256.clone(),
            source: imported.source.clone(),
            into: into(target),
            candles: imported.candles,
            marks: imported.marks.iter().map(ToString::to_string).collect(),
        });
    }
}

/// SHA-256 of a file's bytes, as lower-case hex.
pub(super) fn hash(path: &Path) -> Result<String, HistoryError> {
    let unreadable =
        |e: io::Error| HistoryError::Unreadable { file: path.to_owned(), why: e.to_string() };
    let mut hasher = Sha256::new();
    let mut file = File::open(path).map_err(unreadable)?;
    let mut part = vec![0; 1 << 16];
    loop {
        let long = file.read(&mut part).map_err(unreadable)?;
        let Some(read) = part.get(..long).filter(|read| !read.is_empty()) else { break };
        hasher.update(read);
    }
    let hex = |byte: &u8| format!("{byte:02x}");
    Ok(hasher.finalize().iter().map(hex).collect())
}
