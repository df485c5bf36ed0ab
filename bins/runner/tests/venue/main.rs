//! The program as a process against a served venue. One binary, since most of these tests wait for
//! clocks: they wait beside each other.
#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    reason = "tests; the served venue runs on this machine's clock, as Coinbase does"
)]

mod closing;
mod coinbase;
mod doctor;
mod download;
mod drill;
#[cfg(target_os = "linux")]
mod full_disk;
mod hearing;
mod kills;
mod live;
mod operator;
mod outage;
mod paper;
mod protection;
#[path = "../rehearsal/mod.rs"]
mod rehearsal;
#[path = "../served/mod.rs"]
mod served;
mod stopped;
mod warm;
