//! Reads a configuration: `cargo run -p config --example load [-- DIR]`.
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::path::PathBuf;
use std::process::ExitCode;

use config::Config;

fn main() -> ExitCode {
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config");
    let dir = std::env::args().nth(1).map_or_else(|| PathBuf::from(shipped), PathBuf::from);
    match Config::load(&dir) {
        Ok(config) => {
            println!("{} on {}", config.app.mode, config.app.exchange.venue.as_str());
            println!("configuration {}", config.hash());
            println!("policy        {}", config.policy_hash().0);
            ExitCode::SUCCESS
        }
        Err(problems) => {
            println!("{problems}");
            ExitCode::FAILURE
        }
    }
}
