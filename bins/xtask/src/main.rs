//! Chores of the repository: `cargo xtask docs` writes the reference of the configuration,
//! `cargo xtask sim` and `replay` run the simulation, `cargo xtask full` what takes too long for every
//! change.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::{env, fs};

const USAGE: &str = "usage: cargo xtask docs    (writes docs/reference/config)
       cargo xtask sim [--seeds N] [--cycles M] [--from SEED]    (2,000 seeds of 200 cycles)
       cargo xtask replay --seed N [--cycles M] [--effect K]    (the story of one seed; its process
           ends at effect K)
       cargo xtask full    (many more cases, every mutant of risk, hours of fuzzing; takes a day)";

/// What the full tier runs: what it is, and the command.
const FULL: [(&str, &[&str]); 5] = [
    (
        "100,000 simulated seeds, and as many places for a process to end",
        &["cargo", "test", "--release", "--locked", "-p", "system-tests", "--test", "simulation"],
    ),
    (
        "200 kills of a process that trades at a served venue",
        &["cargo", "test", "--release", "--locked", "-p", "runner", "--test", "venue", "kills"],
    ),
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
/// The decoders that the full tier feeds with whatever a fuzzer thinks of, and for how long each:
/// four hours, in seconds.
const FUZZED: [&str; 2] = ["rest_decode", "ws_envelope"];
const FUZZ_SECS: &str = "14400";
/// The test of random cycles, and how many of them the full tier asks for.
const CYCLES_TEST: &str = "gate_and_verifier";
const FULL_CYCLES: &str = "1000000";
/// Seeds of the simulation, and places to end at, in the full tier.
const FULL_SEEDS: &str = "100000";
/// Real kills in the full tier.
const FULL_KILLS: &str = "200";
/// Cases of a property in the full tier; mutants are killed by what the gate runs.
const FULL_CASES: &str = "200000";

fn main() -> ExitCode {
    let words: Vec<_> = env::args().skip(1).collect();
    let done = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["docs"] => docs(),
        ["sim", options @ ..] => sim(options),
        ["replay", options @ ..] => replay(options),
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

/// The numbers of options, in the order of their names; the default where one is not given.
fn numbers(options: &[&str], known: &[(&str, Option<u64>)]) -> io::Result<Vec<Option<u64>>> {
    let wrong =
        |what: &str| io::Error::new(io::ErrorKind::InvalidInput, format!("{what}\n{USAGE}"));
    let mut found: Vec<_> = known.iter().map(|(_, number)| *number).collect();
    for pair in options.chunks(2) {
        let [name, number] = pair else { return Err(wrong("an option needs a number")) };
        let place = known.iter().position(|(known, _)| known == name);
        let Some(kept) = place.and_then(|place| found.get_mut(place)) else {
            return Err(wrong(&format!("{name} is no option here")));
        };
        *kept = Some(number.parse().map_err(|_| wrong(&format!("{number} is no number")))?);
    }
    Ok(found)
}

/// Runs many seeds of the simulation.
fn sim(options: &[&str]) -> io::Result<()> {
    let known = [("--seeds", Some(2_000)), ("--cycles", Some(200)), ("--from", Some(0))];
    simulate("sim", &numbers(options, &known)?)
}

/// Tells the story of one seed.
fn replay(options: &[&str]) -> io::Result<()> {
    let known = [("--seed", None), ("--cycles", Some(200)), ("--effect", None)];
    let found = numbers(options, &known)?;
    if found.first().copied().flatten().is_none() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, USAGE));
    }
    simulate("replay", &found)
}

fn simulate(what: &str, numbers: &[Option<u64>]) -> io::Result<()> {
    let numbers = numbers.iter().flatten().map(u64::to_string);
    let status = Command::new("cargo")
        .args(["run", "--quiet", "--release", "--locked", "-p", "system-tests", "--bin"])
        .args(["simulate", "--", what])
        .args(numbers)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("simulate {what}: {status}")))
    }
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
            run.env("TRADER_SIM_SEEDS", FULL_SEEDS).env("TRADER_SIM_CRASHES", FULL_SEEDS);
            run.env("TRADER_KILLS", FULL_KILLS);
        }
        let status = run.status()?;
        if !status.success() {
            return Err(io::Error::other(format!("{what}: {status}")));
        }
    }
    FUZZED.iter().try_for_each(|target| fuzz(&root, target))
}

/// Fuzzes a decoder. What the fuzzer learns grows in a copy of the corpus: the tree stays as it is.
fn fuzz(root: &Path, target: &str) -> io::Result<()> {
    writeln!(io::stderr(), "== {target}, fuzzed for {FUZZ_SECS} s")?;
    let place = root.join("crates/exchange-coinbase/fuzz");
    let corpus = env::temp_dir().join(format!("247trader-fuzz-{target}"));
    fs::create_dir_all(&corpus)?;
    for seed in fs::read_dir(place.join("corpus").join(target))? {
        let seed = seed?;
        fs::copy(seed.path(), corpus.join(seed.file_name()))?;
    }
    let status = Command::new("cargo")
        .args(["fuzz", "run", "--fuzz-dir", ".", "--sanitizer", "none", target])
        .arg(&corpus)
        .args(["--", "-rss_limit_mb=1024", &format!("-max_total_time={FUZZ_SECS}")])
        // The fuzzer's switches are not stable; the toolchain is.
        .env("RUSTC_BOOTSTRAP", "1")
        .current_dir(place)
        .status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("{target}: {status}"))) }
}
