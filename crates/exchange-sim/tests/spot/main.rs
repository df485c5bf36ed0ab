//! The spot venue: each order kind, each reason, the tape, and what never breaks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_cmp,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    reason = "tests"
)]

mod attached;
mod edits;
mod events;
mod fees;
mod ladders;
mod life;
mod money;
mod properties;
mod reasons;
mod states;
mod stops;
mod tape;
mod world;
