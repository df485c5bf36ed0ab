//! `runner parity`: the records of a run beside a backtest of the same time.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use backtest::parity::{Pair, Parity, Taken, span};
use backtest::{Data, Wanted};
use config::Config;
use domain::{Fact, Usd, remembered};
use rust_decimal::Decimal;
use serde_json::json;
use store::Records;

use crate::backtest::unusable;
use crate::cli::{Format, ParityArgs};
use crate::positions::cents;
use crate::status::scope;
use crate::style::{BAD, DIM, GOOD, STRONG, paint};
use crate::{Code, Failure};

/// Compares, and prints what differs and why.
pub(crate) fn parity(args: &ParityArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let played = facts(&args.backtest)?;
    let (name, one) = compared(args)?;
    let (from, to) = span(&played).ok_or_else(|| {
        let text = format!("{} holds no facts", args.backtest.display());
        Failure::new(Code::Usage, text)
    })?;
    let wanted = Wanted { products: None, granularity: None, from, to };
    let data = Data::load(&args.data, &wanted).map_err(|error| unusable(&error))?;
    let parity = Parity::of(&one, &played, &data).map_err(|error| unusable(&error))?;
    let other = args.backtest.display().to_string();
    match args.format {
        Format::Json => {
            let value = json!({"schema": 1, "of": name, "against": other, "parity": parity});
            serde_json::to_writer(&mut *out, &value)?;
            writeln!(out)?;
        }
        Format::Table => table(&parity, [&name, &other], out)?,
    }
    Ok(Code::Done)
}

/// What the backtest is held against, and its facts.
fn compared(args: &ParityArgs) -> Result<(String, Vec<Fact>), Failure> {
    if let Some(place) = &args.against {
        return Ok((place.display().to_string(), facts(place)?));
    }
    let config = Config::load(&args.scope.config)?;
    let scope = scope(&config, &args.scope)?;
    let records = Records::read(&config.app.data_dir, &scope)?;
    Ok((scope.name(), remembered(records.facts()?).collect()))
}

/// The facts that a backtest wrote.
fn facts(place: &Path) -> Result<Vec<Fact>, Failure> {
    let file = if place.is_dir() { place.join("facts.jsonl") } else { place.to_owned() };
    let shown = file.display();
    let text = fs::read_to_string(&file).map_err(|error| {
        let text = format!("{shown}: {error}; give a directory that `backtest --out` wrote");
        Failure::new(Code::Usage, text)
    })?;
    let read = |(number, line): (usize, &str)| {
        let text = |error| format!("{shown}, line {}: no fact: {error}", number + 1);
        serde_json::from_str(line).map_err(|error| Failure::new(Code::Failed, text(error)))
    };
    text.lines().enumerate().map(read).collect()
}

fn table(parity: &Parity, names: [&str; 2], out: &mut dyn Write) -> io::Result<()> {
    let [one, other] = names;
    writeln!(out, "{} {one}", paint(STRONG, "one:  "))?;
    writeln!(out, "{} {other}", paint(STRONG, "other:"))?;
    writeln!(out, "from {} to {}", parity.from, parity.to)?;
    writeln!(
        out,
        "approved by both {}, by one alone {}, by the other alone {}",
        parity.approved_by_both,
        parity.approved_by_one.len(),
        parity.approved_by_other.len()
    )?;
    let heads =
        format!("\n{:<44}{:>12}{:>12}{:>12}  {}", "event", "one $", "other $", "differs $", "why");
    writeln!(out, "{}", paint(DIM, &heads))?;
    for pair in &parity.trades {
        let (ours, theirs) = (came_to(pair.one.as_ref()), came_to(pair.other.as_ref()));
        let event = pair.event.to_string();
        writeln!(out, "{event:<44}{ours:>12}{theirs:>12}{}  {}", gain(pair.difference), why(pair))?;
    }
    let (ours, theirs) = (usd(parity.one), usd(parity.other));
    writeln!(out, "{:<44}{ours:>12}{theirs:>12}{}", "all", gain(parity.difference))?;
    for (name, part) in parity.parts.named() {
        writeln!(out, "  of it {name:<60}{}", gain(part))?;
    }
    let [ours, theirs] = parity.left_out;
    if ours + theirs > 0 {
        writeln!(
            out,
            "not compared, since older or of no event: {ours} of one, {theirs} of the other"
        )?;
    }
    Ok(())
}

fn came_to(taken: Option<&Taken>) -> String {
    taken.map_or_else(|| "-".to_owned(), |taken| usd(taken.result))
}

/// Its parts that come to a cent at least.
fn why(pair: &Pair) -> String {
    let parts = pair.parts.named().into_iter().filter(|(_, part)| !part.round_dp(2).is_zero());
    let words: Vec<_> = parts.map(|(name, part)| format!("{name} {}", usd(part))).collect();
    match (words.is_empty(), pair.difference.is_zero()) {
        (false, _) => words.join(", "),
        (true, true) => "the same".to_owned(),
        (true, false) => "less than a cent".to_owned(),
    }
}

fn gain(value: Decimal) -> String {
    let style = if value.is_sign_negative() { BAD } else { GOOD };
    paint(style, &format!("{:>12}", usd(value)))
}

fn usd(value: Decimal) -> String {
    Usd::new(value).map_or_else(|_| value.to_string(), cents)
}
