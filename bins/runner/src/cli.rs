//! The command line.

mod connect;
mod control;
mod given;
mod history;
mod judging;
mod money;
mod records;
mod run;
mod sweep;

use std::io::{self, Write};

use clap::{CommandFactory as _, Parser, Subcommand};

pub(crate) use connect::{
    CandlesArgs, DataCommand, DoctorArgs, DownloadArgs, FileArg, ListArgs, RepeatedIdArg,
    ServeArgs, TooManyCandlesArg, VenueCommand,
};
pub(crate) use control::{
    FlattenArgs, HaltArgs, OrdersArgs, OrdersCommand, ResolveArgs, ResumeArgs,
};
pub(crate) use given::{Format, ScopeArgs, Since};
pub(crate) use history::{BacktestArgs, ParityArgs, PlayArgs, TimeRange};
pub(crate) use judging::{
    CheckArgs, DiffArgs, GateArgs, PolicyCommand, PromoteArgs, ReplayArgs, VerifyArgs, WhyArgs,
};
pub(crate) use money::{
    AdoptArgs, AskArgs, ConfirmArgs, FlagArgs, FlowCommand, HeldArgs, HeldCommand, PositionsArgs,
    ProfitArgs, RebuildArgs, TradesArgs,
};
pub(crate) use records::{BackupArgs, ExportArgs, ImportArgs, RestoreArgs, StatusArgs};
pub(crate) use run::RunArgs;
pub(crate) use sweep::SweepArgs;

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
    /// What it holds and what that is worth; `positions rebuild` finds what the records lack of it
    Positions(HeldArgs),
    /// Its orders of the last days, and where each is in its life
    Orders(OrdersArgs),
    /// What its entries became, one by one
    Trades(TradesArgs),
    /// What they came to: in all, by product, by rule, by exit
    Profit(ProfitArgs),
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
    /// What stands between the PAPER records and a first LIVE, line by line
    Promote(PromoteArgs),
    /// Check the journal independently: every order had an approval and kept to the policy
    Verify(VerifyArgs),
    /// Why it did, or did not: the gates a product or an order went through
    Why(WhyArgs),
    /// What another policy would have done
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Judge recorded cycles again
    Replay(ReplayArgs),
    /// Play recorded candles to the same engine, and report what came of it
    Backtest(BacktestArgs),
    /// Hold the records of a run against a backtest of the same time: where the money differs, and why
    Parity(ParityArgs),
    /// Play many configurations over recorded candles, and rank them by what is more than luck
    Sweep(Box<SweepArgs>),
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
    /// Print a script that completes this command line in a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

impl Cli {
    /// The command, with `run` where none was typed.
    pub(crate) fn into_command(self) -> Command {
        self.command.unwrap_or(Command::Run(self.run))
    }
}

/// Writes what makes a shell complete these words.
pub(crate) fn complete(shell: clap_complete::Shell, out: &mut dyn Write) -> io::Result<()> {
    // Made in memory: the generator panics where a stream is closed.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "runner", &mut script);
    out.write_all(&script)
}
