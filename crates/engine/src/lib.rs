//! One step: an event in, effects out.
//!
//! [`Engine::step`] takes the time and an [`Event`] and leaves [`Effect`]s for a driver to carry
//! out. Live, paper, backtest and simulation differ only in who feeds the events and who carries
//! out the effects; what is decided in between is this crate, and it is pure.
//!
//! # Promises
//! - Z-01: equal settings and equal events give equal effects, to the bit.
//! - D-04: a decision reads closed candles and books that were fed to it, and nothing else.
//! - Exits are proposed before entries in every cycle, and nothing that stops entries stops them.
//! - A cycle in which nothing is fresh allocates nothing.
//!
//! # Not here
//! Clocks, sockets, files, ids: they are passed in. What the policy allows (`risk`).

mod compare;
mod cycle;
mod decide;
mod event;
mod held;
mod lookout;
mod markets;
mod memory;
mod nav;
mod protect;
mod raw;
mod record;
mod settings;
mod status;
mod step;
mod upkeep;

pub use cycle::{Approved, Cycle, Failure};
pub use event::{Effect, Effects, Event, NoProbe, Probe, StageName};
pub use memory::Memory;
pub use nav::nav;
pub use settings::{Custody, Identity, Settings};
pub use step::{Engine, EngineError};
