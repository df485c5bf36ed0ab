//! Markets made by hand, played to the engine that trades.
#![allow(clippy::unwrap_used, clippy::panic, clippy::float_cmp, missing_docs, reason = "tests")]

mod common;
mod foresight;
mod known;
mod parity;
mod play;
mod properties;
mod records;
mod reference;
mod world;
