//! `runner doctor`: looks at everything that a run needs, and says what to do about what is wrong.

mod key;
mod machine;
mod streams;
mod venue;

use std::io::Write;

use config::{Config, Venue};
use domain::Mode;
use serde::Serialize;
use serde_json::json;

use crate::cli::{DoctorArgs, Format};
use crate::style::{BAD, GOOD, WARN, paint};
use crate::{Code, Failure, looping};

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Good,
    /// It works, and deserves a look.
    Look,
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    state: State,
    /// What was found.
    says: String,
    /// What to do about it; nothing when all is well.
    todo: Option<String>,
    #[serde(skip)]
    code: Code,
}

impl Check {
    fn good(name: &'static str, says: impl Into<String>) -> Self {
        Self { name, state: State::Good, says: says.into(), todo: None, code: Code::Done }
    }

    fn look(name: &'static str, says: impl Into<String>, todo: impl Into<String>) -> Self {
        let (says, todo) = (says.into(), Some(todo.into()));
        Self { name, state: State::Look, says, todo, code: Code::Done }
    }

    fn bad(
        name: &'static str,
        code: Code,
        says: impl Into<String>,
        todo: impl Into<String>,
    ) -> Self {
        Self { name, state: State::Bad, says: says.into(), todo: Some(todo.into()), code }
    }
}

/// Looks at everything; ends with the code of the first thing that is wrong.
pub(crate) fn doctor(args: &DoctorArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let config = effective(args)?;
    let checks = looked(&config)?;
    match args.format {
        Format::Json => {
            let well = checks.iter().all(|check| check.state != State::Bad);
            let value = json!({"schema": 1, "well": well, "checks": checks});
            serde_json::to_writer(&mut *out, &value)?;
            writeln!(out)?;
        }
        Format::Table => checks.iter().try_for_each(|check| print(check, out))?,
    }
    let bad = checks.iter().find(|check| check.state == State::Bad);
    Ok(bad.map_or(Code::Done, |check| check.code))
}

fn effective(args: &DoctorArgs) -> Result<Config, Failure> {
    let mut config = Config::load(&args.config)?;
    if let Some(mode) = args.mode {
        config.app.mode = mode.into();
    }
    if let Some(venue) = args.venue {
        config.app.exchange.venue = venue.into();
    }
    Ok(config)
}

fn looked(config: &Config) -> Result<Vec<Check>, Failure> {
    let mut checks = vec![machine::data(config), machine::space(config)];
    match config.app.exchange.venue {
        Venue::Simulated => {
            let says = "embedded: it needs no network and no key";
            checks.push(Check::good("venue", says));
        }
        Venue::Coinbase => {
            let runtime = looping::network_runtime()?;
            runtime.block_on(venue::look(config, &mut checks));
        }
    }
    Ok(checks)
}

fn print(check: &Check, out: &mut dyn Write) -> std::io::Result<()> {
    let sign = match check.state {
        State::Good => paint(GOOD, "✓"),
        State::Look => paint(WARN, "!"),
        State::Bad => paint(BAD, "✗"),
    };
    writeln!(out, "{sign} {:<16}{}", check.name, check.says)?;
    match &check.todo {
        Some(todo) => writeln!(out, "  {:<16}→ {todo}", ""),
        None => Ok(()),
    }
}

/// Whether the mode sends orders to the venue.
const fn trades(mode: Mode) -> bool {
    matches!(mode, Mode::Live)
}
