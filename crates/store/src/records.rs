//! Reading.

use std::path::{Path, PathBuf};

use domain::Fact;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use serde::de::DeserializeOwned;

use crate::cycles::{KeptCycle, Raw, SELECT, decode};
use crate::head::{self, Mark};
use crate::layout::{LAYOUT, READABLE};
use crate::open::{DATABASE, HEAD, LOCK, agree, verify};
use crate::{Scope, StoreError, layout, lock};

/// Verified records that can be read: of an open [`crate::Store`], or beside one.
#[derive(Debug)]
pub struct Records {
    pub(crate) path: PathBuf,
    pub(crate) db: Connection,
    pub(crate) newest: Mark,
}

impl Records {
    /// Opens records to read, also while another process writes them. What is read is as of now.
    ///
    /// # Errors
    /// [`StoreError`]: there are none, they belong to somebody else, are of another layout, or
    /// damaged.
    pub fn read(data: &Path, scope: &Scope) -> Result<Self, StoreError> {
        let directory = scope.directory(data);
        let path = directory.join(DATABASE);
        if !path.exists() {
            return Err(StoreError::Nothing { path: directory });
        }
        let head_path = directory.join(HEAD);
        // The head first: facts only grow, so what it names must be among what is read after it.
        let head = head::read(&head_path)?;
        let db = view(&path).map_err(|source| StoreError::Sqlite { path: path.clone(), source })?;
        let found = layout::admit(&db, &path, scope)?;
        match found {
            0 => {
                // An emptied database beside a head that knows of facts is not a new one.
                agree(&db, &head_path, &head, Mark::START, found)?;
                return Err(StoreError::Nothing { path: directory });
            }
            READABLE..=LAYOUT => {}
            found => return Err(StoreError::Older { path, found, known: LAYOUT }),
        }
        let chain = verify(&db, &path, found)?;
        let newest = chain.newest;
        agree(&db, &head_path, &head, newest, found)?;
        chain.agrees_with_memory(&db, &path, found)?;
        Ok(Self { path, db, newest })
    }

    /// The number of the newest fact; 0 when there is none.
    pub const fn last_fact(&self) -> i64 {
        self.newest.number
    }

    /// All facts in order.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when one of them cannot be read.
    pub fn facts(&self) -> Result<Vec<Fact>, StoreError> {
        let mut query = self
            .db
            .prepare("SELECT number, body FROM facts ORDER BY number")
            .map_err(|source| self.sqlite(source))?;
        let rows = query
            .query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|source| self.sqlite(source))?;
        rows.into_iter()
            .map(|(number, body)| self.parse(&format!("fact {number}"), &body))
            .collect()
    }

    /// Hands every kept cycle to `each`, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when one of them cannot be read or is not what the chain says.
    pub fn each_cycle(&self, mut each: impl FnMut(KeptCycle)) -> Result<(), StoreError> {
        let mut query = self
            .db
            .prepare(&format!("{SELECT} ORDER BY c.number"))
            .map_err(|source| self.sqlite(source))?;
        let mut rows = query.query([]).map_err(|source| self.sqlite(source))?;
        while let Some(row) = rows.next().map_err(|source| self.sqlite(source))? {
            let raw = Raw::of(row).map_err(|source| self.sqlite(source))?;
            each(decode(&raw, &self.path)?);
        }
        Ok(())
    }

    /// The cycle that was kept last.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it cannot be read or is not what the chain says.
    pub fn last_cycle(&self) -> Result<Option<KeptCycle>, StoreError> {
        let raw = self
            .db
            .query_row(&format!("{SELECT} ORDER BY c.number DESC LIMIT 1"), [], Raw::of)
            .optional()
            .map_err(|source| self.sqlite(source))?;
        raw.map(|raw| decode(&raw, &self.path)).transpose()
    }

    /// How many cycles are kept.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn cycle_count(&self) -> Result<i64, StoreError> {
        self.db
            .query_row("SELECT count(*) FROM cycles", [], |row| row.get(0))
            .map_err(|source| self.sqlite(source))
    }

    /// What the last loop remembered.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it cannot be read.
    pub fn memory<T: DeserializeOwned>(&self) -> Result<Option<T>, StoreError> {
        let body: Option<String> = self
            .db
            .query_row("SELECT body FROM memory", [], |row| row.get(0))
            .optional()
            .map_err(|source| self.sqlite(source))?;
        body.map(|body| self.parse("memory", &body)).transpose()
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn parse<T: DeserializeOwned>(&self, what: &str, body: &str) -> Result<T, StoreError> {
        serde_json::from_str(body).map_err(|error| StoreError::Damaged {
            path: self.path.clone(),
            what: what.to_owned(),
            why: error.to_string(),
        })
    }

    pub(crate) fn sqlite(&self, source: rusqlite::Error) -> StoreError {
        StoreError::Sqlite { path: self.path.clone(), source }
    }
}

/// One unchanging view of a database that others may be writing.
///
/// A file without a WAL beside it is whole, and nobody has it open: it is read as it lies, which
/// leaves no trace and needs no right to write. With a WAL, SQLite's shared memory is needed.
pub(crate) fn view(path: &Path) -> Result<Connection, rusqlite::Error> {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    let read_only = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let db = if Path::new(&wal).exists() {
        Connection::open_with_flags(path, read_only)?
    } else {
        let uri = format!("file:{}?immutable=1", escaped(path));
        Connection::open_with_flags(uri, read_only | OpenFlags::SQLITE_OPEN_URI)?
    };
    db.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema;")?;
    Ok(db)
}

fn escaped(path: &Path) -> String {
    path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}

/// Whether a process has the records of a scope open for writing.
pub fn is_running(data: &Path, scope: &Scope) -> bool {
    lock::is_held(&scope.directory(data).join(LOCK))
}
