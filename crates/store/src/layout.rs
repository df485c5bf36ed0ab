//! The tables, their versions, and whose they are.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::cycles::{Batches, encode};
use crate::{Scope, StoreError};

/// The newest layout this program knows.
pub(crate) const LAYOUT: i64 = 4;
/// The oldest that can be read as it is.
pub(crate) const READABLE: i64 = 2;

/// What brings a database to the next layout.
type Step = fn(&Connection, &Path) -> Result<(), StoreError>;

/// How each older layout becomes the next one; none where its tables stay. The third and the fourth have the tables of the
/// second, and facts that older programs cannot read: those are to refuse by the layout, not to
/// fail over a fact.
const STEPS: [(i64, Option<Step>); 3] = [(1, Some(from_first)), (2, None), (3, None)];

const TABLES: &str = "
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE facts (
        number INTEGER PRIMARY KEY, body TEXT NOT NULL, hash BLOB NOT NULL, attached BLOB) STRICT;";

const CYCLES: &str = "
    CREATE TABLE features (number INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
    CREATE TABLE cycles (
        number INTEGER PRIMARY KEY, fact INTEGER, cycle_id TEXT NOT NULL, as_of INTEGER NOT NULL,
        body BLOB NOT NULL, features INTEGER NOT NULL, stage_ms TEXT NOT NULL) STRICT;
    CREATE INDEX cycles_as_of ON cycles (as_of);
    CREATE INDEX cycles_fact ON cycles (fact);
    CREATE TABLE memory (
        id INTEGER PRIMARY KEY CHECK (id = 1), fact INTEGER NOT NULL, body TEXT NOT NULL) STRICT;";

/// The layout of a database; 0 when it is empty.
pub(crate) fn version(db: &Connection) -> Result<i64, rusqlite::Error> {
    db.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Refuses, without writing a byte, what this program cannot read or what is somebody else's.
/// Returns the layout found.
pub(crate) fn admit(db: &Connection, path: &Path, scope: &Scope) -> Result<i64, StoreError> {
    let sqlite = |source| StoreError::Sqlite { path: path.to_owned(), source };
    let found = version(db).map_err(sqlite)?;
    if !(0..=LAYOUT).contains(&found) {
        return Err(StoreError::Newer { path: path.to_owned(), found, known: LAYOUT });
    }
    if found == 0 {
        return Ok(0);
    }
    let owner: Option<String> = db
        .query_row("SELECT value FROM meta WHERE key = 'scope'", [], |row| row.get(0))
        .optional()
        .map_err(sqlite)?;
    match owner {
        Some(owner) if owner != scope.name() => {
            let (path, wanted) = (path.to_owned(), scope.name());
            Err(StoreError::Foreign { path, found: owner, wanted })
        }
        // The owner is written in the transaction that makes the tables.
        None => Err(StoreError::Unmarked { path: path.to_owned() }),
        Some(_) => Ok(found),
    }
}

/// Makes the tables, or brings those of an older layout up to date, in one transaction.
pub(crate) fn prepare(
    db: &mut Connection,
    path: &Path,
    scope: &Scope,
    found: i64,
) -> Result<(), StoreError> {
    let sqlite = |source| StoreError::Sqlite { path: path.to_owned(), source };
    if found == LAYOUT {
        return Ok(());
    }
    if found > 0 {
        keep_copy(db, path, found)?;
    }
    let work = db.transaction().map_err(sqlite)?;
    if found == 0 {
        work.execute_batch(TABLES).map_err(sqlite)?;
        work.execute_batch(CYCLES).map_err(sqlite)?;
        work.execute("INSERT INTO meta (key, value) VALUES ('scope', ?1)", [scope.name()])
            .map_err(sqlite)?;
    }
    let due = STEPS.iter().filter(|(from, _)| found > 0 && *from >= found);
    for step in due.filter_map(|(_, step)| *step) {
        step(&work, path)?;
    }
    work.pragma_update(None, "user_version", LAYOUT).map_err(sqlite)?;
    work.commit().map_err(sqlite)
}

/// A whole copy beside the database, before its layout changes.
fn keep_copy(db: &Connection, path: &Path, found: i64) -> Result<(), StoreError> {
    let copy = path.with_extension(format!("db.layout-{found}"));
    if copy.exists() {
        return Ok(());
    }
    db.execute("VACUUM INTO ?1", [copy.to_string_lossy()])
        .map(drop)
        .map_err(|source| StoreError::Sqlite { path: copy, source })
}

/// Layout 1 kept whole cycle records as text, with their features, and no memory.
fn from_first(db: &Connection, path: &Path) -> Result<(), StoreError> {
    let sqlite = |source| StoreError::Sqlite { path: path.to_owned(), source };
    db.execute_batch(
        "ALTER TABLE facts ADD COLUMN attached BLOB;
         DROP INDEX cycles_as_of;
         ALTER TABLE cycles RENAME TO old_cycles;",
    )
    .map_err(sqlite)?;
    db.execute_batch(CYCLES).map_err(sqlite)?;
    let mut batches = Batches::default();
    let mut query =
        db.prepare("SELECT number, body FROM old_cycles ORDER BY number").map_err(sqlite)?;
    let mut rows = query.query([]).map_err(sqlite)?;
    while let Some(row) = rows.next().map_err(sqlite)? {
        let number: i64 = row.get(0).map_err(sqlite)?;
        let body: String = row.get(1).map_err(sqlite)?;
        let record = serde_json::from_str(&body).map_err(|error| StoreError::Damaged {
            path: path.to_owned(),
            what: format!("cycle {number}"),
            why: error.to_string(),
        })?;
        let encoded = encode(record, &mut batches, db, path)?;
        db.execute(
            "INSERT INTO cycles (number, fact, cycle_id, as_of, body, features, stage_ms)
             VALUES (?1, NULL, ?2, ?3, ?4, ?5, '{}')",
            params![number, encoded.id, encoded.as_of, encoded.body, encoded.batch],
        )
        .map_err(sqlite)?;
    }
    drop(rows);
    drop(query);
    db.execute_batch("DROP TABLE old_cycles").map_err(sqlite)
}
