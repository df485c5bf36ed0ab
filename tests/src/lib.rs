//! What the end-to-end tests share: a home with the shipped configuration, runs inside the test's
//! process, and the recorded candles, where they are.

mod home;
pub mod random;
mod recorded;
pub mod sim;

pub use home::{Home, Outcome};
pub use recorded::{Recordings, recordings};
