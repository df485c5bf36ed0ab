//! Chores of the repository: `cargo xtask docs` writes the reference of the configuration,
//! `cargo xtask full` runs what takes too long for every change.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::{env, fs};

const USAGE: &str = "usage: cargo xtask docs    (writes docs/reference/config)
       cargo xtask full    (many more cases, and every mutant of risk; takes hours)";

/// What the full tier runs: what it is, and the command.
const FULL: [(&str, &[&str]); 3] = [
    (
        "1,000,000 random cycles through gate and verifier",
        &["cargo", "test", "--release", "--locked", "-p", "system-tests", "--test", CYCLES_TEST],
    ),
    (
        "properties of risk and state, 200,000 cases each",
        &["cargo", "test", "--release", "--locked", "-p", "risk", "-p", "state"],
    ),
    (
        "every mutant of risk; survivors are argued in docs/testing.md",
        &["cargo", "mutants", "--package", "risk", "--jobs", "2", "--output", "target/mutants"],
    ),
];
/// The test of random cycles, and how many of them the full tier asks for.
const CYCLES_TEST: &str = "gate_and_verifier";
const FULL_CYCLES: &str = "1000000";
/// Cases of a property in the full tier; mutants are killed by what the gate runs.
const FULL_CASES: &str = "200000";

fn main() -> ExitCode {
    let words: Vec<_> = env::args().skip(1).collect();
    let done = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["docs"] => docs(),
        ["full"] => full(),
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, USAGE)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed stderr leaves nobody to tell; the exit code still speaks.
            let _closed = writeln!(io::stderr(), "{error}");
            if error.kind() == io::ErrorKind::InvalidInput {
                ExitCode::from(2)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

/// Writes what the types say about the four files.
fn docs() -> io::Result<()> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/config");
    fs::create_dir_all(&place)?;
    for (name, text) in config::reference() {
        fs::write(place.join(name), text)?;
    }
    Ok(())
}

/// Runs the full tier, to its first failure.
fn full() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (what, command) in FULL {
        writeln!(io::stderr(), "== {what}")?;
        let Some((program, arguments)) = command.split_first() else { continue };
        let mut run = Command::new(program);
        run.args(arguments).current_dir(&root);
        if arguments.first() == Some(&"test") {
            run.env("PROPTEST_CASES", FULL_CASES).env("TRADER_RANDOM_CYCLES", FULL_CYCLES);
        }
        let status = run.status()?;
        if !status.success() {
            return Err(io::Error::other(format!("{what}: {status}")));
        }
    }
    Ok(())
}
