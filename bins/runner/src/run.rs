//! `runner run`: the configuration after flags, the gates, then once or forever.

use std::io::Write;

use config::{Config, Venue};
use domain::Mode;

use crate::cli::RunArgs;
use crate::pace::Speed;
use crate::{Code, Failure, gates, looping, once};

/// Runs as the command line says.
pub(crate) fn run(args: &RunArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let config = effective(args)?;
    if config.app.exchange.venue == Venue::Coinbase {
        refuse_simulation(args)?;
    }
    gates::pass(&config)?;
    if config.app.mode == Mode::Live && !args.forever {
        let text = "LIVE runs in a loop, which looks after what it buys: add --loop";
        return Err(Failure::new(Code::Gate, text));
    }
    if args.forever { looping::forever(&config, args, out) } else { once::once(&config, args, out) }
}

/// The configuration after flags.
fn effective(args: &RunArgs) -> Result<Config, Failure> {
    let mut config = Config::load(&args.config)?;
    if let Some(mode) = args.mode {
        config.app.mode = mode.into();
    }
    if let Some(venue) = args.venue {
        config.app.exchange.venue = venue.into();
    }
    if let Some(seed) = args.seed {
        config.app.simulation.seed = seed;
    }
    Ok(config)
}

/// Coinbase has its own market and its own clock.
fn refuse_simulation(args: &RunArgs) -> Result<(), Failure> {
    let given = [
        ("--data", args.data.is_some()),
        ("--seed", args.seed.is_some()),
        ("--as-of", args.as_of.is_some()),
        ("--speed", args.speed != Speed::Times(1.0)),
    ];
    let given: Vec<_> = given.iter().filter(|(_, is)| *is).map(|(name, _)| *name).collect();
    if given.is_empty() {
        return Ok(());
    }
    let what =
        format!("{}: only the simulated venue has that; coinbase has its own", given.join(", "));
    Err(Failure::new(Code::Usage, what))
}
