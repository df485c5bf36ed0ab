//! What can go wrong with records.

use std::path::PathBuf;

/// The records cannot be used; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds the directory.
    #[error(
        "{path} is in use by another instance; wait for it to end, or give another data directory"
    )]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// There are no records.
    #[error("{path} has no records yet")]
    Nothing {
        /// Where they would be.
        path: PathBuf,
    },
    /// There are records where there must be none.
    #[error("{path} has records already; they are left alone")]
    Occupied {
        /// Where they are.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("{path}: {source}")]
    Io {
        /// What was touched.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// SQLite refused.
    #[error("{path}: {source}")]
    Sqlite {
        /// The database.
        path: PathBuf,
        /// Why not.
        source: rusqlite::Error,
    },
    /// The records belong to somebody else (S-04).
    #[error("{path} holds records of {found}, not of {wanted}")]
    Foreign {
        /// The database.
        path: PathBuf,
        /// Whose they are.
        found: String,
        /// Whose they should be.
        wanted: String,
    },
    /// A database that does not say whose it is (S-04).
    #[error("{path} is a database, and not one of this program's: it does not say whose it is")]
    Unmarked {
        /// The database.
        path: PathBuf,
    },
    /// The layout is newer than this program (S-04).
    #[error("{path} has layout {found}; this program reads up to {known}: use a newer program")]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its layout.
        found: i64,
        /// The newest we know.
        known: i64,
    },
    /// The layout is older than this program writes, and this command only reads.
    #[error("{path} has layout {found}, not {known}: run the loop or a cycle once to renew it")]
    Older {
        /// The database.
        path: PathBuf,
        /// Its layout.
        found: i64,
        /// The one we write.
        known: i64,
    },
    /// A record was changed, lost or is unreadable (S-03).
    #[error("{path}: {what} is damaged ({why}); restore a backup")]
    Damaged {
        /// The database.
        path: PathBuf,
        /// Which record.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// A line of an export is not what it should be.
    #[error("{path}, line {line}: {why}")]
    Line {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
    /// The head does not agree with the facts (S-03).
    #[error("{path}: {why}; restore a backup")]
    Head {
        /// The head file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// An earlier write failed; what is on disk is not known any more (S-06).
    #[error("{path}: an earlier write failed; nothing more is written by this process")]
    Failed {
        /// The database.
        path: PathBuf,
    },
    /// A value could not be written as JSON.
    #[error("a record could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}
