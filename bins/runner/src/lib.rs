//! The wiring of 247trader's one binary: parse, wire, run.
//!
//! Logs go to stderr, results to stdout. Every failure is a [`Failure`]: a message that says what,
//! where and what would be right, and an exit code from the documented list.

mod assemble;
mod check;
mod cli;
mod clock;
mod cycle;
mod failure;
mod gates;
mod logs;
mod run;
mod summary;
mod venue;

use std::io::Write;

pub use cli::Cli;
pub use failure::{Code, Failure};
pub use logs::init_logs;

/// Does what the command line says and writes its result to `out`.
///
/// # Errors
/// [`Failure`]: the message for stderr and the exit code.
pub fn dispatch(cli: Cli, out: &mut dyn Write) -> Result<(), Failure> {
    match cli.into_command() {
        cli::Command::Run(args) => run::run(&args, out),
        cli::Command::Check(args) => check::check(&args, out),
    }
}
