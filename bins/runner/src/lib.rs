//! The wiring of 247trader's one binary: parse, wire, run.
//!
//! Logs go to stderr, results to stdout. Every failure is a [`Failure`]: a message that says what,
//! where and what would be right, and an exit code from the documented list.

mod again;
mod asking;
mod assemble;
mod backtest;
mod check;
mod cli;
mod clock;
mod coinbase;
mod confirm;
mod control;
mod copies;
mod counterfactual;
mod desk;
mod disk;
mod disposals;
mod doctor;
mod download;
mod drill;
mod failure;
mod feasibility;
mod feed;
mod gates;
mod hands;
mod hearing;
mod holdings;
mod importing;
mod judge;
mod keep;
mod keys;
mod ladder;
mod listing;
mod logs;
mod looping;
mod once;
mod orders;
mod pace;
mod parity;
mod positions;
mod promote;
mod rebuild;
mod replay;
mod report;
mod run;
mod serve;
mod status;
mod stop;
mod style;
mod summary;
mod sweep;
mod trades;
mod venue;
mod verifying;
mod watch;
mod why;

use std::io::Write;

pub use cli::Cli;
pub use desk::{Desk, Kept, Killed, Trading};
pub use failure::{Code, Failure};
pub use logs::init_logs;

/// Does what the command line says and writes its result to `out`, styled where it is for people:
/// give it a stream that takes styles out where no terminal shows them.
///
/// Returns the code to end with.
///
/// # Errors
/// [`Failure`]: the message for stderr and the exit code.
pub fn dispatch(cli: Cli, out: &mut dyn Write) -> Result<Code, Failure> {
    match cli.into_command() {
        cli::Command::Run(args) => run::run(&args, out),
        cli::Command::Check(args) => check::check(&args, out),
        cli::Command::Doctor(args) => doctor::doctor(&args, out),
        cli::Command::Status(args) => status::status(&args, out),
        cli::Command::Positions(args) => positions::positions(&args, out),
        cli::Command::Trades(args) => trades::trades(&args, out),
        cli::Command::Profit(args) => trades::profit(&args, out),
        cli::Command::Flow(cli::FlowCommand::List(args)) => asking::flows(&args, out),
        cli::Command::Flow(cli::FlowCommand::Confirm(args)) => asking::confirm(&args, out),
        cli::Command::Adopt(args) => asking::adopt(&args, out),
        cli::Command::Orders(args) => orders::orders(&args, out),
        cli::Command::Halt(args) => control::halt(&args, out),
        cli::Command::Resume(args) => control::resume(&args, out),
        cli::Command::Flatten(args) => control::flatten(&args, out),
        cli::Command::Flag(args) => asking::flag(&args, out),
        cli::Command::Promote(args) => promote::promote(&args, out),
        cli::Command::Verify(args) => verifying::verify(&args, out),
        cli::Command::Why(args) => why::why(&args, out),
        cli::Command::Policy(cli::PolicyCommand::Diff(args)) => counterfactual::diff(&args, out),
        cli::Command::Replay(args) => replay::replay(&args, out),
        cli::Command::Backtest(args) => backtest::backtest(&args, out),
        cli::Command::Parity(args) => parity::parity(&args, out),
        cli::Command::Sweep(args) => sweep::sweep(&args, out),
        cli::Command::Gate(args) => judge::judge(&args, out),
        cli::Command::Data(cli::DataCommand::Download(args)) => download::download(&args, out),
        cli::Command::Data(cli::DataCommand::Import(args)) => importing::import(&args, out),
        cli::Command::Data(cli::DataCommand::List(args)) => listing::list(&args, out),
        cli::Command::Venue(cli::VenueCommand::Serve(args)) => serve::serve(&args, out),
        cli::Command::Backup(args) => copies::backup(&args, out),
        cli::Command::Restore(args) => copies::restore(&args, out),
        cli::Command::Export(args) => copies::export(&args, out),
        cli::Command::Import(args) => copies::import(&args, out),
        cli::Command::Completions { shell } => {
            cli::complete(shell, out)?;
            Ok(Code::Done)
        }
    }
}
