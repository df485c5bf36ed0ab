//! `runner run`: the configuration after flags, the gates, then once or forever.

use std::io::Write;

use config::Config;

use crate::cli::RunArgs;
use crate::{Code, Failure, gates, looping, once};

/// Runs as the command line says.
pub(crate) fn run(args: &RunArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let config = effective(args)?;
    gates::pass(&config)?;
    if args.forever { looping::forever(&config, args, out) } else { once::once(&config, args, out) }
}

/// The configuration after flags.
fn effective(args: &RunArgs) -> Result<Config, Failure> {
    let mut config = Config::load(&args.config)?;
    if let Some(mode) = args.mode {
        config.app.mode = mode.into();
    }
    if let Some(seed) = args.seed {
        config.app.simulation.seed = seed;
    }
    Ok(config)
}
