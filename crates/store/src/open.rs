//! Opening: lock, owner, layout, the chain from the first fact to the last, and the head.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::chain::{GENESIS, Hash, digest, link};
use crate::cycles::Batches;
use crate::head::{self, Found, Head, Mark};
use crate::{Records, Scope, StoreError, layout, lock};

/// The database's name in a scope's directory.
pub(crate) const DATABASE: &str = "trader.db";
/// The head's.
pub(crate) const HEAD: &str = "head";
/// The lock's.
pub(crate) const LOCK: &str = "lock";

/// The records of one scope, open for writing.
#[derive(Debug)]
pub struct Store {
    pub(crate) records: Records,
    pub(crate) head: Head,
    pub(crate) batches: Batches,
    pub(crate) directory: PathBuf,
    /// Set when a write failed: SQLite and the disk may disagree about it from then on (S-06).
    pub(crate) failed: bool,
    /// Held until the store is dropped.
    _lock: File,
}

impl Store {
    /// Opens, or makes, the records of a scope under a data directory.
    ///
    /// # Errors
    /// [`StoreError`]: another instance has it, it belongs to somebody else, is newer, or damaged.
    /// Nothing was changed then.
    pub fn open(data: &Path, scope: &Scope) -> Result<Self, StoreError> {
        let directory = scope.directory(data);
        fs::create_dir_all(&directory)
            .map_err(|source| StoreError::Io { path: directory.clone(), source })?;
        let lock = lock::take(&directory.join(LOCK))?;
        let path = directory.join(DATABASE);
        let sqlite = |source| StoreError::Sqlite { path: path.clone(), source };
        let mut db = Connection::open(&path).map_err(sqlite)?;
        let found = layout::admit(&db, &path, scope)?;
        let chain = if found == 0 { Chain::default() } else { verify(&db, &path, found)? };
        let newest = chain.newest;
        let head_path = directory.join(HEAD);
        let slot = agree(&db, &head_path, &head::read(&head_path)?, newest, found)?;
        chain.agrees_with_memory(&db, &path, found)?;
        db.pragma_update(None, "journal_mode", "WAL").map_err(sqlite)?;
        db.pragma_update(None, "synchronous", "FULL").map_err(sqlite)?;
        layout::prepare(&mut db, &path, scope, found)?;
        let head = match slot {
            Some(slot) => Head::reopen(&head_path, slot)?,
            None => Head::create(&head_path, newest)?,
        };
        let records = Records { path, db, newest };
        let batches = Batches::default();
        Ok(Self { records, head, batches, directory, failed: false, _lock: lock })
    }
}

/// What a chain that was recomputed says.
#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) newest: Mark,
    /// The cycle that memory was kept with, and the digest of it.
    memory: Option<(i64, Vec<u8>)>,
}

impl Default for Chain {
    fn default() -> Self {
        Self { newest: Mark::START, memory: None }
    }
}

/// Recomputes the chain.
pub(crate) fn verify(db: &Connection, path: &Path, found: i64) -> Result<Chain, StoreError> {
    let sqlite = |source| StoreError::Sqlite { path: path.to_owned(), source };
    // Layout 1 attached nothing to its facts.
    let sql = if found == 1 {
        "SELECT number, body, hash, NULL FROM facts ORDER BY number"
    } else {
        "SELECT number, body, hash, attached FROM facts ORDER BY number"
    };
    let mut query = db.prepare(sql).map_err(sqlite)?;
    let mut rows = query.query([]).map_err(sqlite)?;
    let (mut number, mut hash) = (0_i64, GENESIS);
    let mut memory: Option<(i64, Vec<u8>)> = None;
    while let Some(row) = rows.next().map_err(sqlite)? {
        let stored: i64 = row.get(0).map_err(sqlite)?;
        let body: String = row.get(1).map_err(sqlite)?;
        let claimed: Vec<u8> = row.get(2).map_err(sqlite)?;
        let attached: Option<Vec<u8>> = row.get(3).map_err(sqlite)?;
        number += 1;
        let damaged = |why: &str| StoreError::Damaged {
            path: path.to_owned(),
            what: format!("fact {number}"),
            why: why.to_owned(),
        };
        if stored != number {
            return Err(damaged("it is missing"));
        }
        hash = link(&hash, &body, attached.as_deref());
        if claimed != hash {
            return Err(damaged("its hash does not follow from the facts before it"));
        }
        if let Some(digest) = attached.as_deref().and_then(|both| both.get(32..64)) {
            memory = Some((number, digest.to_owned()));
        }
    }
    Ok(Chain { newest: Mark { number, hash }, memory })
}

impl Chain {
    /// Memory is the one that was kept with the newest cycle of a loop.
    pub(crate) fn agrees_with_memory(
        &self,
        db: &Connection,
        path: &Path,
        found: i64,
    ) -> Result<(), StoreError> {
        if found < 2 {
            return Ok(());
        }
        let sqlite = |source| StoreError::Sqlite { path: path.to_owned(), source };
        let mut query = db.prepare("SELECT fact, body FROM memory").map_err(sqlite)?;
        let kept = query
            .query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(sqlite)?;
        let mut kept = kept.iter().map(|(fact, body)| (*fact, digest(&[body.as_bytes()])));
        let expected = self.memory.as_ref().map(|(fact, digest)| (*fact, digest.as_slice()));
        let first = kept.next();
        let first = first.as_ref().map(|(fact, digest)| (*fact, digest.as_slice()));
        if first == expected && kept.next().is_none() {
            return Ok(());
        }
        Err(StoreError::Damaged {
            path: path.to_owned(),
            what: "memory".to_owned(),
            why: "it is not what the chain says was kept".to_owned(),
        })
    }
}

/// Whether the head agrees with the facts; its newer slot, or none where it has to be made.
pub(crate) fn agree(
    db: &Connection,
    path: &Path,
    head: &Found,
    newest: Mark,
    found: i64,
) -> Result<Option<u64>, StoreError> {
    let refuse = |why: String| Err(StoreError::Head { path: path.to_owned(), why });
    // The head is made after the tables and before the first fact; layout 1 had none.
    let may_lack = newest.number == 0 || found < 2;
    match head {
        Found::Nothing | Found::Damaged if may_lack => Ok(None),
        Found::Nothing => refuse("it is missing, and there are facts".to_owned()),
        Found::Damaged => refuse("it is damaged".to_owned()),
        Found::Mark { mark, slot } => {
            if mark.number > newest.number {
                return refuse(format!(
                    "{} facts were kept, and the database has {}: facts are lost",
                    mark.number, newest.number
                ));
            }
            if hash_of(db, path, mark.number)? != Some(mark.hash) {
                return refuse(format!("fact {} is not the one it names", mark.number));
            }
            Ok(Some(*slot))
        }
    }
}

fn hash_of(db: &Connection, path: &Path, number: i64) -> Result<Option<Hash>, StoreError> {
    if number == 0 {
        return Ok(Some(GENESIS));
    }
    let hash = db.query_row("SELECT hash FROM facts WHERE number = ?1", [number], |row| row.get(0));
    match hash {
        Ok(hash) => Ok(Some(hash)),
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
        Err(source) => Err(StoreError::Sqlite { path: path.to_owned(), source }),
    }
}
