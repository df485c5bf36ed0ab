//! Four files to typed meaning, or a list of problems.
//!
//! `app.yaml` (how it runs), `policy.yaml` (what it must never do), `universe.yaml` (what it may
//! trade) and `strategy.yaml` (how it decides). A file is read as a tree that knows its lines, held
//! against the schema that is generated from the types, and only then read into them.
//!
//! ```
//! use config::{Config, Kind};
//!
//! let place = tempfile::tempdir()?;
//! let Err(error) = Config::load(place.path()) else { unreachable!("the directory is empty") };
//! assert_eq!(error.0.len(), 4, "one problem for each file that is not there");
//! assert!(error.0.iter().all(|problem| problem.kind == Kind::File));
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Promises
//! - One run finds every problem of all four files, and each [`Problem`] names file, line, column,
//!   key, the value as written and what would be right. No text, however broken, ends in a panic.
//! - Every key must be there, every key is read, no key is there twice. A broken key does not hide
//!   what is wrong with the sound ones.
//! - A secret in a file is refused and never shown; `${NAME}` is expanded in an [`EnvPath`] only.
//! - The shipped files cannot trade: DRY_RUN and `read_only: true` (C-04), kept so by a test.
//! - [`Config::hash`] depends on the effective values alone: not on paths, comments, or order.
//! - Neither flags nor the environment change a value in silence; a flag that changes one does so
//!   before the hash is taken.
//!
//! # Not here
//! Command lines (`runner`), what the values mean (the crates that own the types).

mod app;
mod check;
mod env;
mod files;
mod hash;
mod load;
mod meaning;
mod problem;
mod reference;
mod schema;
mod secret;
mod strategy;
mod tree;
mod vary;

pub use app::{
    App, ExchangeSettings, LoopSettings, PaperSettings, RecordSettings, SimulationSettings, Venue,
};
pub use env::EnvPath;
pub use load::{Config, FILES};
pub use problem::{ConfigError, Kind, Problem};
pub use reference::reference;
pub use schema::schemas;
pub use strategy::Strategy;
pub use vary::{Base, Holds, Key, NoKey};
