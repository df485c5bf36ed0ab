//! Durable facts and cycle records: one SQLite file for each mode, venue and account.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use domain::{AccountId, Fact, Mode, PolicyHash};
//! use store::{Scope, Store};
//!
//! let data = tempfile::tempdir()?;
//! let scope = Scope {
//!     mode: Mode::DryRun,
//!     venue: "simulated".to_owned(),
//!     account: AccountId("seed-247".to_owned()),
//! };
//! let mut store = Store::open(data.path(), &scope)?;
//! let at = "2026-01-05T12:00:00Z".parse()?;
//! let policy = PolicyHash("ab".to_owned());
//! store.append(&Fact::Boot { at, mode: Mode::DryRun, policy })?;
//! assert_eq!(store.facts()?.len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Promises
//! - S-05: one writer; a kernel lock on the directory is held as long as the store lives.
//! - S-03, S-04: records of another account, of a newer layout, or whose hash chain is broken are
//!   refused by name; nothing unreadable becomes a default.
//! - O-03: [`exchange::IntentJournal::append_intent`] returns after the commit, with SQLite in WAL
//!   mode and `synchronous=FULL`.
//!
//! # Not here
//! What facts mean (`state`). Where the data directory is (`config`).

mod chain;
mod error;
mod open;
mod records;
mod scope;

pub use error::StoreError;
pub use open::Store;
pub use scope::Scope;
