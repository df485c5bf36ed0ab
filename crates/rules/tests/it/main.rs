//! What the rules promise.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod given;

mod entries;
mod exits;
mod merging;
mod params;
mod properties;
