//! Our client at the served venue: a whole story, and what it must conclude in each scenario of the
//! library. That is the column "concluded" of `docs/operations/scenarios.md`; a test here keeps the
//! page true to the library and to these tests.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    reason = "tests; a helper's panic is a test's failure"
)]

mod client;
#[path = "../common/mod.rs"]
mod common;
mod listed;
mod market;
mod orders;
mod reads;
mod story;
mod streams;
