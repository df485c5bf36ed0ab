//! Room taken before it is needed, so that what must go on record still can when a disk is full.
//!
//! The reserve is nobody else's: pages inside the database that hold nothing, and a write-ahead log
//! that has grown already. A file beside them, deleted when room is short, could be filled by
//! whoever filled the disk.

use rusqlite::Connection;

use crate::{Store, StoreError};

/// Bytes of the reserve, in the database and again in its log: ten thousand facts, and twice the log
/// that SQLite lets grow before it writes it back.
const RESERVE: i64 = 8 << 20;

impl Store {
    /// Takes the reserve. False where a reader kept the log from being written back: it is to be
    /// taken again then.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`]: there is no room for it. What is on record is untouched.
    pub fn take_reserve(&mut self) -> Result<bool, StoreError> {
        fill(&self.records.db).map_err(|source| self.records.sqlite(source))
    }

    /// Whether more than half of the reserve is left.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn has_reserve(&self) -> Result<bool, StoreError> {
        let number = |pragma| {
            let value =
                self.records.db.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
            value.map_err(|source| self.records.sqlite(source))
        };
        Ok(number("freelist_count")? * number("page_size")? > RESERVE / 2)
    }
}

/// Fills pages with what no file system can leave out, has them written to the database, and lets
/// them go.
fn fill(db: &Connection) -> Result<bool, rusqlite::Error> {
    // What a process left that died here.
    db.execute_batch("DROP TABLE IF EXISTS reserve")?;
    let work = db.unchecked_transaction()?;
    work.execute("CREATE TABLE reserve (body BLOB) STRICT", [])?;
    work.execute("INSERT INTO reserve (body) VALUES (randomblob(?1))", [RESERVE])?;
    work.commit()?;
    let (behind, done): (i64, i64) =
        db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| Ok((row.get(1)?, row.get(2)?)))?;
    db.execute_batch("DROP TABLE reserve")?;
    Ok(behind == done)
}
