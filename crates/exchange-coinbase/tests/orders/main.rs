//! The ports for orders and the account: what they conclude from each thing that a venue can say,
//! by a scripted server; and the whole story against the served venue.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    reason = "tests"
)]

#[path = "../../../risk/tests/all/common/mod.rs"]
mod common;
#[path = "../rest/server.rs"]
mod server;

mod account;
mod cancels;
mod desk;
mod door;
mod late;
mod outcomes;
mod read_back;
mod scripted;
mod served;
mod stream;
