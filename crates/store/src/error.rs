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
    /// A record was changed, lost or is unreadable (S-03).
    #[error("{path}: fact {number} is damaged ({why}); restore a backup")]
    Damaged {
        /// The database.
        path: PathBuf,
        /// The first bad fact.
        number: i64,
        /// What is wrong with it.
        why: String,
    },
    /// A value could not be written as JSON.
    #[error("a record could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}
