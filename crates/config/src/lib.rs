//! Four files to typed meaning, or a list of problems.
//!
//! `app.yaml` (how it runs), `policy.yaml` (what it must never do), `universe.yaml` (what it may
//! trade) and `strategy.yaml` (how it decides). Every key must be there, every key is read, and
//! every value is checked: a [`Problem`] names file, line, key, value and what would be right.
//!
//! # Promises
//! - The shipped files cannot trade: DRY_RUN and `read_only: true` (C-04), kept so by a test.
//! - [`Config::hash`] depends on the effective values alone: not on paths, comments, or order.
//! - Neither flags nor the environment change a value in silence; a flag that changes one does so
//!   before the hash is taken.
//!
//! # Not here
//! Command lines (`runner`), what the values mean (the crates that own the types).

mod app;
mod hash;
mod load;
mod problem;

pub use app::{
    App, ExchangeSettings, LoopSettings, PaperSettings, RecordSettings, SimulationSettings, Venue,
};
pub use load::{Config, FILES, Strategy};
pub use problem::{ConfigError, Problem};
