//! `runner check`.

use std::io::Write;

use config::{Config, FILES};

use crate::Failure;
use crate::cli::CheckArgs;

/// Prints a line for each valid file, or fails with every problem.
pub(crate) fn check(args: &CheckArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let config = Config::load(&args.config)?;
    for file in FILES {
        writeln!(out, "✓ {} valid", args.config.join(file).display())?;
    }
    tracing::info!(config_hash = %config.hash(), "configuration");
    Ok(())
}
