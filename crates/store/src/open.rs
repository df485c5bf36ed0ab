//! Opening: lock, layout, owner, and the chain from the first fact to the last.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _};

use crate::chain::{GENESIS, link};
use crate::{Scope, StoreError};

/// The newest layout this program knows.
const LAYOUT: i64 = 1;

/// The records of one scope, open for writing.
#[derive(Debug)]
pub struct Store {
    pub(crate) path: PathBuf,
    pub(crate) db: Connection,
    pub(crate) last_number: i64,
    pub(crate) last_hash: [u8; 32],
    /// Held until the store is dropped: the kernel frees it even after `kill -9`.
    _lock: File,
}

impl Store {
    /// Opens, or makes, the records of a scope under a data directory.
    ///
    /// # Errors
    /// [`StoreError`]: another instance has it, it belongs to somebody else, is newer, or damaged.
    pub fn open(data: &Path, scope: &Scope) -> Result<Self, StoreError> {
        let directory = scope.directory(data);
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| StoreError::Io { path, source }
        };
        fs::create_dir_all(&directory).map_err(io(&directory))?;
        let lock = lock(&directory.join("lock"))?;
        let path = directory.join("trader.db");
        let sqlite = |source| StoreError::Sqlite { path: path.clone(), source };
        let db = Connection::open(&path).map_err(sqlite)?;
        db.pragma_update(None, "journal_mode", "WAL").map_err(sqlite)?;
        db.pragma_update(None, "synchronous", "FULL").map_err(sqlite)?;
        prepare(&db, &path, scope)?;
        let (last_number, last_hash) = verify_chain(&db, &path)?;
        Ok(Self { path, db, last_number, last_hash, _lock: lock })
    }

    /// The number of the newest fact; 0 when there is none.
    pub const fn last_fact(&self) -> i64 {
        self.last_number
    }
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let io = |source| StoreError::Io { path: path.to_owned(), source };
    let file = File::options().create(true).truncate(false).write(true).open(path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(io(source)),
    }
}

fn prepare(db: &Connection, path: &Path, scope: &Scope) -> Result<(), StoreError> {
    let sqlite = |source| StoreError::Sqlite { path: path.to_owned(), source };
    let layout: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(sqlite)?;
    if layout > LAYOUT {
        let path = path.to_owned();
        return Err(StoreError::Newer { path, found: layout, known: LAYOUT });
    }
    if layout == 0 {
        db.execute_batch(
            "BEGIN;
             CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
             CREATE TABLE facts (
                 number INTEGER PRIMARY KEY, body TEXT NOT NULL, hash BLOB NOT NULL) STRICT;
             CREATE TABLE cycles (
                 number INTEGER PRIMARY KEY, cycle_id TEXT NOT NULL, as_of TEXT NOT NULL,
                 body TEXT NOT NULL) STRICT;
             CREATE INDEX cycles_as_of ON cycles (as_of);
             PRAGMA user_version = 1;
             COMMIT;",
        )
        .map_err(sqlite)?;
    }
    let found: Option<String> = db
        .query_row("SELECT value FROM meta WHERE key = 'scope'", [], |row| row.get(0))
        .optional()
        .map_err(sqlite)?;
    match found {
        None => db
            .execute("INSERT INTO meta (key, value) VALUES ('scope', ?1)", [scope.name()])
            .map(|_| ())
            .map_err(sqlite),
        Some(found) if found == scope.name() => Ok(()),
        Some(found) => {
            let path = path.to_owned();
            Err(StoreError::Foreign { path, found, wanted: scope.name() })
        }
    }
}

fn verify_chain(db: &Connection, path: &Path) -> Result<(i64, [u8; 32]), StoreError> {
    let sqlite = |source| StoreError::Sqlite { path: path.to_owned(), source };
    let mut query =
        db.prepare("SELECT number, body, hash FROM facts ORDER BY number").map_err(sqlite)?;
    let mut rows = query.query([]).map_err(sqlite)?;
    let (mut number, mut hash) = (0_i64, GENESIS);
    while let Some(row) = rows.next().map_err(sqlite)? {
        let found: i64 = row.get(0).map_err(sqlite)?;
        let body: String = row.get(1).map_err(sqlite)?;
        let stored: Vec<u8> = row.get(2).map_err(sqlite)?;
        number += 1;
        let damaged =
            |why: &str| StoreError::Damaged { path: path.to_owned(), number, why: why.to_owned() };
        if found != number {
            return Err(damaged("it is missing"));
        }
        hash = link(&hash, &body);
        if stored != hash {
            return Err(damaged("its hash does not follow from the facts before it"));
        }
    }
    Ok((number, hash))
}
