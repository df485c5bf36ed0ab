//! Durable facts and cycle records: one SQLite file for each mode, venue and account.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use domain::{AccountId, Fact, Mode, PolicyHash, RunKind};
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
//! let run = RunKind::Loop;
//! store.append(&Fact::Boot { at, mode: Mode::DryRun, policy, run })?;
//! assert_eq!(store.records().facts()?.len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! In a scope's directory: `trader.db`, `head` (how far the facts certainly went), `lock`, and
//! `state.json`, a picture for people that nothing reads back. A cycle's facts, its record and what
//! the next process is to remember are one transaction. Records are compressed; the features that
//! several cycles read are kept once.
//!
//! # Promises
//! - S-05: one writer; a kernel lock on the directory is held as long as the store lives. Readers
//!   ([`Records`]) and [`backup`] need no lock and see one moment.
//! - S-03, S-04: records of another account, of a newer layout, whose hash chain is broken, or
//!   which the head says went further, are refused by name; nothing unreadable becomes a default.
//! - S-01: what is written beside the database (copies, exports, requests) has its name only when
//!   it is whole.
//! - S-06: after a write that failed, a store takes nothing more.
//! - A full disk: [`Store::take_reserve`] keeps room for thousands of facts inside the database and
//!   its log, where nobody else can fill it.
//! - O-03: [`exchange::IntentJournal::append_intent`] returns after the commit, with SQLite in WAL
//!   mode and `synchronous=FULL`, and after the head is on disk.
//!
//! # Not here
//! What facts mean (`state`). Where the data directory is (`config`).

mod append;
mod backup;
mod chain;
mod cycles;
mod error;
mod export;
mod head;
mod layout;
mod lock;
mod mailbox;
mod open;
mod records;
mod reserve;
mod scope;

pub use append::CycleEntry;
pub use backup::{Copied, Present, backup, restore};
pub use cycles::{KeptCycle, StageMillis};
pub use error::StoreError;
pub use export::{export, import};
pub use mailbox::{Answer, Found, Letter, Mailbox};
pub use open::Store;
pub use records::{Records, is_running};
pub use scope::Scope;
