//! A whole copy in one file, and the way back.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::head::{Head, Mark};
use crate::layout::{LAYOUT, READABLE};
use crate::open::{DATABASE, HEAD, LOCK, verify};
use crate::{Records, Scope, StoreError, layout, lock};

/// What a copy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// The number of its newest fact.
    pub last_fact: i64,
}

/// What becomes of records that are in the way of a restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Present {
    /// They stay, and nothing is restored.
    Keep,
    /// They are moved into a folder beside, named `replaced-<n>`.
    SetAside,
}

/// Copies the records of a scope into one file, also while a process writes them. The copy is
/// verified before it gets its name.
///
/// # Errors
/// [`StoreError`]: the records cannot be read, the file exists, or cannot be written.
pub fn backup(data: &Path, scope: &Scope, to: &Path) -> Result<Copied, StoreError> {
    if to.exists() {
        return Err(StoreError::Occupied { path: to.to_owned() });
    }
    // Verifies chain, owner and head; the view is closed before the copy is made.
    let path = Records::read(data, scope)?.path().to_owned();
    let part = with_suffix(to, ".part");
    let db = crate::records::view(&path)
        .and_then(|db| db.execute_batch("COMMIT").map(|()| db))
        .map_err(|source| StoreError::Sqlite { path: path.clone(), source })?;
    copy(&db, &part)?;
    let last_fact = check(&part, scope)?;
    rename(&part, to)?;
    Ok(Copied { last_fact })
}

/// Puts a copy made by [`backup`] in place as the records of a scope.
///
/// # Errors
/// [`StoreError`]: another instance has the records, there are some and they are to stay, or the
/// copy is damaged or somebody else's. Nothing was changed then.
pub fn restore(
    data: &Path,
    scope: &Scope,
    from: &Path,
    present: Present,
) -> Result<Copied, StoreError> {
    if !from.is_file() {
        return Err(StoreError::Nothing { path: from.to_owned() });
    }
    let last_fact = check(from, scope)?;
    let directory = scope.directory(data);
    let io = |source| StoreError::Io { path: directory.clone(), source };
    fs::create_dir_all(&directory).map_err(io)?;
    let _lock = lock::take(&directory.join(LOCK))?;
    let path = directory.join(DATABASE);
    if path.exists() {
        match present {
            Present::Keep => return Err(StoreError::Occupied { path: directory }),
            Present::SetAside => set_aside(&directory)?,
        }
    }
    let part = with_suffix(&path, ".part");
    let db = crate::records::view(from)
        .and_then(|db| db.execute_batch("COMMIT").map(|()| db))
        .map_err(|source| StoreError::Sqlite { path: from.to_owned(), source })?;
    copy(&db, &part)?;
    let copied = Connection::open(&part)
        .map_err(|source| StoreError::Sqlite { path: part.clone(), source })?;
    let newest = verify(&copied, &part, LAYOUT)?.newest;
    drop(copied);
    settle(&directory, &part, newest)?;
    Ok(Copied { last_fact })
}

/// Gives a checked database its name. The head goes first: without its database it makes the next
/// start refuse, not begin anew.
pub(crate) fn settle(directory: &Path, part: &Path, newest: Mark) -> Result<(), StoreError> {
    fs::File::open(part)
        .and_then(|file| file.sync_all())
        .map_err(|source| StoreError::Io { path: part.to_owned(), source })?;
    Head::create(&directory.join(HEAD), newest)?;
    rename(part, &directory.join(DATABASE))
}

fn copy(db: &Connection, to: &Path) -> Result<(), StoreError> {
    // What an interrupted copy left behind.
    match fs::remove_file(to) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            return Err(StoreError::Io { path: to.to_owned(), source });
        }
        _ => {}
    }
    db.execute("VACUUM INTO ?1", [to.to_string_lossy()])
        .map(drop)
        .map_err(|source| StoreError::Sqlite { path: to.to_owned(), source })?;
    fs::File::open(to)
        .and_then(|file| file.sync_all())
        .map_err(|source| StoreError::Io { path: to.to_owned(), source })
}

/// Whose it is, its layout and its chain; the number of its newest fact.
fn check(path: &Path, scope: &Scope) -> Result<i64, StoreError> {
    let db = crate::records::view(path)
        .map_err(|source| StoreError::Sqlite { path: path.to_owned(), source })?;
    match layout::admit(&db, path, scope)? {
        READABLE..=LAYOUT => {
            let chain = verify(&db, path, LAYOUT)?;
            chain.agrees_with_memory(&db, path, LAYOUT)?;
            Ok(chain.newest.number)
        }
        found => Err(StoreError::Older { path: path.to_owned(), found, known: LAYOUT }),
    }
}

fn set_aside(directory: &Path) -> Result<(), StoreError> {
    let mut names = (1..=9_999).map(|n| directory.join(format!("replaced-{n}")));
    let free = names.find(|path| !path.exists());
    let Some(aside) = free else {
        return Err(StoreError::Occupied { path: directory.to_owned() });
    };
    fs::create_dir(&aside).map_err(|source| StoreError::Io { path: aside.clone(), source })?;
    for name in [DATABASE, "trader.db-wal", "trader.db-shm", HEAD, "state.json"] {
        let from = directory.join(name);
        if from.exists() {
            rename(&from, &aside.join(name))?;
        }
    }
    Ok(())
}

pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::rename(from, to).map_err(|source| StoreError::Io { path: to.to_owned(), source })
}

pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
