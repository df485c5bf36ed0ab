//! Simulations from the command line: `simulate sim SEEDS CYCLES [FROM]` runs many seeds and prints
//! what they came to and their digest, `simulate replay SEED CYCLES [EFFECT]` tells the story of one.
//! `cargo xtask sim` and `cargo xtask replay` call it.

use std::io::{self, Write};
use std::process::ExitCode;

use system_tests::sim::{Plan, Tallies, run};

const USAGE: &str =
    "usage: simulate sim SEEDS CYCLES [FROM] | simulate replay SEED CYCLES [EFFECT]";

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args().skip(1).collect();
    let numbers: Option<Vec<u64>> = words.iter().skip(1).map(|word| word.parse().ok()).collect();
    let out = &mut io::stdout().lock();
    let done = match (words.first().map(String::as_str), numbers.as_deref()) {
        (Some("sim"), Some([seeds, cycles])) => many(0, *seeds, *cycles, out),
        (Some("sim"), Some([seeds, cycles, from])) => many(*from, *seeds, *cycles, out),
        (Some("replay"), Some([seed, cycles])) => one(&Plan::new(*seed, *cycles), out),
        (Some("replay"), Some([seed, cycles, effect])) => {
            one(&Plan { crash_at: Some(*effect), ..Plan::new(*seed, *cycles) }, out)
        }
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, USAGE)),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // A closed stderr leaves nobody to tell; the exit code still speaks.
            let _closed = writeln!(io::stderr(), "{error}");
            ExitCode::from(2)
        }
    }
}

/// Runs seeds one after the other; whether none of them broke a rule.
fn many(from: u64, seeds: u64, cycles: u64, out: &mut dyn Write) -> io::Result<bool> {
    let (mut sum, mut digest, mut bad) = (Tallies::default(), 0_u64, 0_u64);
    for seed in from..from + seeds {
        let outcome = run(&Plan::new(seed, cycles));
        sum.add(&outcome.tallies);
        digest = (digest ^ outcome.digest).wrapping_mul(0x0100_0000_01b3);
        bad += u64::from(!outcome.violations.is_empty());
        for violation in outcome.violations.iter().take(3) {
            writeln!(out, "seed {seed}: {violation}")?;
        }
    }
    writeln!(out, "{sum:#?}")?;
    writeln!(out, "{seeds} seeds from {from} x {cycles} cycles: {bad} broke a rule")?;
    writeln!(out, "digest {digest:016x}")?;
    Ok(bad == 0)
}

/// Tells the story of one seed.
fn one(plan: &Plan, out: &mut dyn Write) -> io::Result<bool> {
    let outcome = run(&Plan { story: true, ..*plan });
    for line in &outcome.story {
        writeln!(out, "{line}")?;
    }
    writeln!(out, "{} effects, digest {:016x}", outcome.effects, outcome.digest)?;
    Ok(outcome.violations.is_empty())
}
