//! What the tests of the seeded market share with the example that measures it.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "shared by tests and examples")]

pub mod figures;
pub mod sample;
