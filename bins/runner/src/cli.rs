//! The command line.

mod connect;
mod control;
mod money;

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};
use config::Venue;
use domain::{Mode, Timestamp, Usd};

pub(crate) use connect::{
    DataCommand, DoctorArgs, DownloadArgs, FileArg, ListArgs, RepeatedIdArg, ServeArgs,
    TooManyCandlesArg, VenueCommand,
};

pub(crate) use control::{
    FlattenArgs, HaltArgs, OrdersArgs, OrdersCommand, ResolveArgs, ResumeArgs,
};
pub(crate) use money::{
    AdoptArgs, AskArgs, ConfirmArgs, ExportArgs, FlagArgs, FlowCommand, ImportArgs, PositionsArgs,
    TradesArgs,
};

use crate::check::parse_nav;
use crate::feasibility::ACCOUNTS;
use crate::pace::Speed;

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
                  directory; 4 configuration invalid; 5 venue unreachable; 6 refused by a gate; 8 \
                  kill switch latched; 130 interrupted."
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
    /// Validate the four configuration files, and tell what they leave to an account
    Check(CheckArgs),
    /// What it holds and what it did last, from its own records; also while it runs
    Status(StatusArgs),
    /// What it holds and what that is worth
    Positions(PositionsArgs),
    /// Its orders of the last days, and where each is in its life
    Orders(OrdersArgs),
    /// What its entries became, one by one
    Trades(TradesArgs),
    /// What they came to: in all, by product, by rule, by exit
    Profit(TradesArgs),
    /// Changes of balances that no trade explains
    #[command(subcommand)]
    Flow(FlowCommand),
    /// Give coins to the bot: a lot of its own from then on
    Adopt(AdoptArgs),
    /// Keep a product out for a while
    Flag(FlagArgs),
    /// Stop buying and cancel own entries, until `resume kill`; `touch data/KILL_SWITCH` does it for
    /// all modes
    Halt(HaltArgs),
    /// Clear one latch
    Resume(ResumeArgs),
    /// Sell every lot of the bot, and buy nothing
    Flatten(FlattenArgs),
    /// Check the journal independently: every order had an approval and kept to the policy
    Verify(VerifyArgs),
    /// Why it did, or did not: the gates a product or an order went through
    Why(WhyArgs),
    /// What another policy would have done
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Judge recorded cycles again
    Replay(ReplayArgs),
    /// Judge orders of other programs: one JSON document in, one out
    Gate(GateArgs),
    /// Keys, permissions, clock, disk and venue: what is wrong, and what to do about it
    Doctor(DoctorArgs),
    /// Candles on disk
    #[command(subcommand)]
    Data(DataCommand),
    /// The simulated venue as a server
    #[command(subcommand)]
    Venue(VenueCommand),
    /// Copy the records into one file; also while it runs
    Backup(BackupArgs),
    /// Put a copy of the records in place
    Restore(RestoreArgs),
    /// Write the facts as JSON lines; also while it runs
    Export(ExportArgs),
    /// Make records of facts that `export` wrote
    Import(ImportArgs),
}

/// How to run.
#[derive(Debug, Clone, Args)]
pub(crate) struct RunArgs {
    /// Decide once and end (the default)
    #[arg(long, conflicts_with = "forever")]
    pub(crate) once: bool,
    /// Decide again and again until stopped; goes on from its records
    #[arg(long = "loop")]
    pub(crate) forever: bool,
    /// Minutes from cycle to cycle, fractions allowed [default: what app.yaml says]
    #[arg(long, value_name = "MINUTES", requires = "forever", value_parser = parse_interval)]
    pub(crate) interval: Option<f64>,
    /// How fast the venue's clock runs: a factor, or `max` to jump from cycle to cycle
    #[arg(long, value_name = "X|max", requires = "forever", default_value = "1")]
    pub(crate) speed: Speed,
    /// End the loop after so many cycles
    #[arg(long, value_name = "N", requires = "forever")]
    pub(crate) cycles: Option<u64>,
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
    /// How to print a cycle
    #[arg(long, value_enum, default_value = "json")]
    pub(crate) format: Format,
    /// Directory of the four configuration files
    #[arg(long, value_name = "DIR", default_value = "config")]
    pub(crate) config: PathBuf,
}

/// Whose records.
#[derive(Debug, Clone, Args)]
pub(crate) struct ScopeArgs {
    /// Records of this mode [default: app.yaml's]
    #[arg(long, value_enum)]
    pub(crate) mode: Option<ModeArg>,
    /// Records of this venue [default: app.yaml's]
    #[arg(long, value_enum)]
    pub(crate) venue: Option<VenueArg>,
    /// Records of this account, such as seed-247 or recorded [default: the only one there is]
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// Directory of the four configuration files
    #[arg(long, value_name = "DIR", default_value = "config")]
    pub(crate) config: PathBuf,
}

/// What to show.
#[derive(Debug, Clone, Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// What to verify.
#[derive(Debug, Clone, Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// Judge facts from this moment on: RFC 3339, or a span before the newest fact, such as 24h or
    /// 30d; earlier ones are counted in and not judged
    #[arg(long, value_name = "TIME|SPAN")]
    pub(crate) since: Option<Since>,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// What to explain.
#[derive(Debug, Clone, Args)]
pub(crate) struct WhyArgs {
    /// A product, such as BTC-USD; or `order` with the number of an order
    #[arg(required_unless_present = "quiet", value_name = "PRODUCT | order ID")]
    pub(crate) about: Vec<String>,
    /// The newest cycle at or before this moment [default: the newest one]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) at: Option<Timestamp>,
    /// Rank what kept it quiet over a span, such as 24h
    #[arg(long, value_name = "TIME|SPAN", conflicts_with_all = ["about", "at"])]
    pub(crate) quiet: Option<Since>,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// What to do with policies.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Which keys another policy loosens and tightens, and what it would have done
    Diff(DiffArgs),
}

/// What to compare.
#[derive(Debug, Clone, Args)]
pub(crate) struct DiffArgs {
    /// The other policy file
    pub(crate) file: PathBuf,
    /// Recorded cycles from this moment on, or from so long before the newest
    #[arg(long, value_name = "TIME|SPAN", default_value = "30d")]
    pub(crate) since: Since,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// What to judge again.
#[derive(Debug, Clone, Args)]
pub(crate) struct ReplayArgs {
    /// Recorded cycles from this moment on, or from so long before the newest
    #[arg(long, value_name = "TIME|SPAN", default_value = "30d")]
    pub(crate) since: Since,
    /// Compare each verdict with the recorded one; a difference ends with code 1
    #[arg(long, required = true)]
    pub(crate) verify: bool,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// What to judge.
#[derive(Debug, Clone, Args)]
pub(crate) struct GateArgs {
    /// The document; `-` reads stdin
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,
}

/// Where to copy to.
#[derive(Debug, Clone, Args)]
pub(crate) struct BackupArgs {
    /// The file to make; it must not exist
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}

/// What to put in place.
#[derive(Debug, Clone, Args)]
pub(crate) struct RestoreArgs {
    /// A file made by `backup`
    pub(crate) file: PathBuf,
    /// Move records that are in the way into a folder beside them
    #[arg(long)]
    pub(crate) replace: bool,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}

/// For people or for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Lines to read
    Table,
    /// One JSON object
    Json,
}

/// What to check.
#[derive(Debug, Clone, Args)]
pub(crate) struct CheckArgs {
    /// Accounts to tell of, dollars; may be given more than once
    #[arg(long, value_name = "USD", value_parser = parse_nav, default_values = ACCOUNTS)]
    pub(crate) nav: Vec<Usd>,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
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
    /// Coinbase, or a venue that speaks its protocol: market data needs no key
    Coinbase,
}

impl From<VenueArg> for Venue {
    fn from(arg: VenueArg) -> Self {
        match arg {
            VenueArg::Simulated => Self::Simulated,
            VenueArg::Coinbase => Self::Coinbase,
        }
    }
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

/// A factor or `max`.
impl FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "max" {
            return Ok(Self::Max);
        }
        parse_factor(text).map(Self::Times).map_err(|why| format!("{why}, or max"))
    }
}

fn parse_factor(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(factor) if (0.001..=100_000.0).contains(&factor) => Ok(factor),
        _ => Err("give a factor from 0.001 to 100000".to_owned()),
    }
}

/// A moment, or a span before the newest record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    /// From here on.
    At(Timestamp),
    /// So many seconds before the newest.
    Span(i64),
}

impl Since {
    /// The moment, where the newest record is at `newest`.
    pub(crate) fn from(self, newest: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Span(secs) => newest.plus_secs(-secs),
        }
    }
}

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let span = |letter: char, secs: i64| {
            let count: i64 = text.strip_suffix(letter)?.parse().ok()?;
            (0..=100_000).contains(&count).then(|| Self::Span(count * secs))
        };
        let spans = [('m', 60), ('h', 3600), ('d', 86_400)];
        match spans.into_iter().find_map(|(letter, secs)| span(letter, secs)) {
            Some(since) => Ok(since),
            None => text.parse().map(Self::At).map_err(|_| {
                "give a moment such as 2026-01-05T12:00:00Z, or a span such as 90m, 24h or 30d"
                    .to_owned()
            }),
        }
    }
}

fn parse_interval(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(minutes) if (0.01..=1440.0).contains(&minutes) => Ok(minutes),
        _ => Err("give minutes from 0.01 to 1440; 0.5 is 30 seconds".to_owned()),
    }
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|e: domain::TimeError| e.to_string())
}
