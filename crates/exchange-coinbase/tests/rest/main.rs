//! Tests of the REST half: keys, requests on the wire, replies, limits, and what leaks (nothing).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    reason = "tests"
)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/pieces.rs"]
mod pieces;

mod canary;
mod corpus;
mod examples;
mod keys;
mod placing;
mod pooled;
mod reading;
mod server;
mod signing;
mod timing;
mod tls;
