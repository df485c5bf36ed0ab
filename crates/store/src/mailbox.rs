//! What commands ask of a running process, and what it answers: files in one directory.
//!
//! `<data>/<mode>/<venue>/control/<id>.request.json` is written whole or not at all; whoever takes
//! it writes `<id>.answer.json` and removes the request. A request outlives a crash: it is taken
//! again, so what it asks for has to be the same when it is done twice.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use domain::{AccountId, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::backup::rename;
use crate::{Scope, StoreError};

/// The form that is written, and the only one that is read.
const SCHEMA: u32 = 1;
/// No request is larger.
const MOST_BYTES: u64 = 64 << 10;
/// So many requests are looked at in one go.
const MOST_LETTERS: usize = 100;
const REQUEST: &str = ".request.json";
const ANSWER: &str = ".answer.json";

/// A request on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter<T> {
    /// The form.
    pub schema: u32,
    /// Its name: letters, digits and `-`; requests are taken in the order of their names.
    pub id: String,
    /// When it was written, by the writer's clock.
    pub at: Timestamp,
    /// Whose process it is for.
    pub account: AccountId,
    /// What is asked for.
    pub request: T,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The form.
    pub schema: u32,
    /// The request's name.
    pub id: String,
    /// When it was answered, by the venue's clock.
    pub at: Timestamp,
    /// Whether it was done.
    pub done: bool,
    /// What was done, or why not.
    pub text: String,
}

impl<T> Letter<T> {
    /// A letter of the present form.
    pub const fn new(id: String, at: Timestamp, account: AccountId, request: T) -> Self {
        Self { schema: SCHEMA, id, at, account, request }
    }
}

impl Answer {
    /// An answer of the present form.
    pub const fn new(id: String, at: Timestamp, done: bool, text: String) -> Self {
        Self { schema: SCHEMA, id, at, done, text }
    }
}

/// A request as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<T> {
    /// It can be read.
    Letter(Letter<T>),
    /// It cannot: it is to be answered all the same.
    Unreadable {
        /// Its name.
        id: String,
        /// Why not.
        why: String,
    },
}

/// The directory of one mode and venue.
#[derive(Debug, Clone)]
pub struct Mailbox {
    directory: PathBuf,
}

impl Mailbox {
    /// The one of a scope's mode and venue.
    pub fn of(data: &Path, scope: &Scope) -> Self {
        Self { directory: data.join(scope.mode.slug()).join(&scope.venue).join("control") }
    }

    /// Where it is.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Leaves a request.
    ///
    /// # Errors
    /// [`StoreError`]: the name is none, or is taken, or the file cannot be written.
    pub fn post<T: Serialize>(&self, letter: &Letter<T>) -> Result<(), StoreError> {
        let path = self.path(&letter.id, REQUEST)?;
        if path.exists() {
            return Err(StoreError::Occupied { path });
        }
        self.write(&path, &serde_json::to_vec(letter)?)
    }

    /// Requests for an account that wait, in the order of their names; an unreadable one is
    /// everybody's. A directory that is not there has none.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the directory cannot be read.
    pub fn waiting<T: DeserializeOwned>(
        &self,
        account: &AccountId,
    ) -> Result<Vec<Found<T>>, StoreError> {
        let io = |source| StoreError::Io { path: self.directory.clone(), source };
        let entries = match fs::read_dir(&self.directory) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(io)?,
        };
        let mut ids = Vec::new();
        for entry in entries {
            let name = entry.map_err(io)?.file_name();
            ids.extend(name.to_str().and_then(|n| n.strip_suffix(REQUEST)).map(str::to_owned));
        }
        ids.sort();
        let found = ids.into_iter().filter_map(|id| match self.letter::<T>(&id) {
            Ok(letter) if letter.account != *account => None,
            Ok(letter) => Some(Found::Letter(letter)),
            Err(why) => Some(Found::Unreadable { id, why }),
        });
        Ok(found.take(MOST_LETTERS).collect())
    }

    /// Answers a request, and removes it.
    ///
    /// # Errors
    /// [`StoreError`] when the answer cannot be written; the request stays then.
    pub fn answer(&self, answer: &Answer) -> Result<(), StoreError> {
        self.write(&self.path(&answer.id, ANSWER)?, &serde_json::to_vec(answer)?)?;
        remove(&self.path(&answer.id, REQUEST)?)
    }

    /// Takes the answer to a request, if there is one.
    ///
    /// # Errors
    /// [`StoreError`] when there is one that cannot be read.
    pub fn take_answer(&self, id: &str) -> Result<Option<Answer>, StoreError> {
        let path = self.path(id, ANSWER)?;
        let Some(bytes) = read(&path)? else { return Ok(None) };
        let answer = serde_json::from_slice(&bytes)?;
        remove(&path)?;
        Ok(Some(answer))
    }

    /// Takes a request back that nobody has answered.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be removed.
    pub fn take_back(&self, id: &str) -> Result<(), StoreError> {
        remove(&self.path(id, REQUEST)?)
    }

    fn letter<T: DeserializeOwned>(&self, id: &str) -> Result<Letter<T>, String> {
        let path = self.path(id, REQUEST).map_err(|error| error.to_string())?;
        let bytes = read(&path).map_err(|error| error.to_string())?.ok_or("it is gone")?;
        let letter: Letter<T> = serde_json::from_slice(&bytes).map_err(|e| e.to_string())?;
        match (letter.schema, letter.id == id) {
            (SCHEMA, true) => Ok(letter),
            (SCHEMA, false) => Err(format!("its name is {id}, and it says {}", letter.id)),
            (other, _) => Err(format!("schema {other} is not {SCHEMA}")),
        }
    }

    fn path(&self, id: &str, suffix: &str) -> Result<PathBuf, StoreError> {
        let sound = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if id.is_empty() || id.len() > 64 || !id.bytes().all(sound) {
            let path = self.directory.join(id.escape_default().to_string());
            let why = "a request is named by up to 64 letters, digits and `-`";
            let source = std::io::Error::new(std::io::ErrorKind::InvalidInput, why);
            return Err(StoreError::Io { path, source });
        }
        Ok(self.directory.join(format!("{id}{suffix}")))
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| StoreError::Io { path, source }
        };
        fs::create_dir_all(&self.directory).map_err(io(&self.directory))?;
        let new = path.with_extension("new");
        let mut file = File::create(&new).map_err(io(&new))?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(io(&new))?;
        rename(&new, path)
    }
}

/// A small file; none when it is not there.
fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    let io = |source| StoreError::Io { path: path.to_owned(), source };
    let file = match File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        file => file.map_err(io)?,
    };
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > MOST_BYTES {
        let why = format!("more than {MOST_BYTES} bytes");
        let source = std::io::Error::new(std::io::ErrorKind::InvalidData, why);
        return Err(StoreError::Io { path: path.to_owned(), source });
    }
    Ok(Some(bytes))
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(StoreError::Io { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}
