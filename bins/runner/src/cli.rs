//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::{Mode, Timestamp};

/// A rules-first trader for a Coinbase Advanced Trade spot account.
///
/// With no command it decides once, in the configured mode, and prints the cycle's summary as one
/// JSON object. Logs go to stderr, results to stdout.
#[derive(Debug, Parser)]
#[command(
    name = "runner",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Exit codes: 0 done; 1 failed; 2 wrong usage; 3 another instance holds the data \
                  directory; 4 configuration invalid; 5 venue unreachable; 6 refused by a gate."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: RunArgs,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Decide once and print the cycle's summary (the default)
    Run(RunArgs),
    /// Validate the four configuration files
    Check(CheckArgs),
}

/// How to run.
#[derive(Debug, Clone, Args)]
pub(crate) struct RunArgs {
    /// Decide once and end (what `run` does today)
    #[arg(long)]
    pub(crate) once: bool,
    /// Overrides the mode of app.yaml
    #[arg(long, value_enum)]
    pub(crate) mode: Option<ModeArg>,
    /// Overrides the venue of app.yaml
    #[arg(long, value_enum)]
    pub(crate) venue: Option<VenueArg>,
    /// Directory of recorded candles, one folder a product
    #[arg(long, value_name = "DIR", conflicts_with = "seed")]
    pub(crate) data: Option<PathBuf>,
    /// Seed of the modelled market
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// The moment to decide for, RFC 3339 in UTC [default: the end of the data, or app.yaml's]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) as_of: Option<Timestamp>,
    /// Directory of the four configuration files
    #[arg(long, value_name = "DIR", default_value = "config")]
    pub(crate) config: PathBuf,
}

/// What to check.
#[derive(Debug, Clone, Args)]
pub(crate) struct CheckArgs {
    /// Directory of the four configuration files
    #[arg(long, value_name = "DIR", default_value = "config")]
    pub(crate) config: PathBuf,
}

/// The mode as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModeArg {
    /// Decide and record
    DryRun,
    /// Trade a simulated account
    Paper,
    /// Trade
    Live,
}

/// The venue as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum VenueArg {
    /// The embedded venue: no network, no keys
    Simulated,
}

impl From<ModeArg> for Mode {
    fn from(arg: ModeArg) -> Self {
        match arg {
            ModeArg::DryRun => Self::DryRun,
            ModeArg::Paper => Self::Paper,
            ModeArg::Live => Self::Live,
        }
    }
}

impl Cli {
    /// The command, with `run` where none was typed.
    pub(crate) fn into_command(self) -> Command {
        self.command.unwrap_or(Command::Run(self.run))
    }
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|e: domain::TimeError| e.to_string())
}
