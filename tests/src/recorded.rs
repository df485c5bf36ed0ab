//! The recorded candles, which are not part of the repository.

use std::path::{Path, PathBuf};

/// Where recorded candles are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recordings {
    /// Here.
    At(PathBuf),
    /// They are not on this machine: what needs them is skipped, and says so.
    Absent,
}

/// Looks in `TRADER_CANDLES_DIR`, else beside the checkout in `../shared/data`.
#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where data lies")]
pub fn recordings() -> Recordings {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let told = std::env::var("TRADER_CANDLES_DIR").map(PathBuf::from);
    let place = told.unwrap_or(beside);
    if place.join("coinbase").is_dir() { Recordings::At(place) } else { Recordings::Absent }
}
