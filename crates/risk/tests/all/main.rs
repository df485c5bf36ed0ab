//! All tests of the gate but those of programs that must not compile: one program, which is linked once, and
//! which a mutant builds in seconds.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

mod allocations;
mod approvals;
mod batch;
mod codes;
mod common;
mod counters;
mod edges;
mod exits;
mod extremes;
mod feasibility;
mod folds;
mod gates;
mod holdings;
mod keys;
mod ladder;
mod next;
mod openings;
mod outcomes;
mod plain;
#[cfg(feature = "planted")]
mod planted;
mod policy;
mod properties;
mod purses;
mod reservations;
mod stops;
mod worlds;
