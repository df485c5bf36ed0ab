//! All tests of the gate in one program, which a mutant builds in a third of the time that twelve take:
//! `cargo mutants` runs it, see docs/testing.md. Nothing else does, since each is a test of its own.
#![allow(missing_docs, clippy::unwrap_used, clippy::duplicate_mod, reason = "tests")]

#[path = "adjusted.rs"]
mod adjusted;
#[path = "allocations.rs"]
mod allocations;
#[path = "batch.rs"]
mod batch;
#[path = "boundaries.rs"]
mod boundaries;
#[path = "codes/main.rs"]
mod codes;
#[path = "edges.rs"]
mod edges;
#[path = "feasibility.rs"]
mod feasibility;
#[path = "folds.rs"]
mod folds;
#[path = "keys.rs"]
mod keys;
#[path = "ladder.rs"]
mod ladder;
#[path = "next.rs"]
mod next;
#[cfg(feature = "planted")]
#[path = "planted.rs"]
mod planted;
#[path = "policy.rs"]
mod policy;
#[path = "properties.rs"]
mod properties;
#[path = "purses.rs"]
mod purses;
#[path = "stops.rs"]
mod stops;
#[path = "worlds.rs"]
mod worlds;
