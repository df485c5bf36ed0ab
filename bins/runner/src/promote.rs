//! `runner promote --check`: what stands between the PAPER records of this configuration and a first
//! LIVE. It looks and changes nothing.

use std::collections::BTreeSet;
use std::io::Write;

use config::{Config, Venue};
use domain::{AccountId, Fact, Mode, Timestamp, Usd, remembered};
use serde::Serialize;
use serde_json::json;
use state::State;
use store::{Records, Scope};

use crate::cli::{Format, PromoteArgs};
use crate::clock::wall;
use crate::coinbase;
use crate::looping::network_runtime;
use crate::status::only_account;
use crate::style::{BAD, DIM, GOOD, paint};
use crate::{Code, Failure, gates, keys};

/// Days of PAPER, each with a decision.
const DAYS: usize = 7;
/// Trades that were opened and closed.
const ROUND_TRIPS: usize = 20;
/// The first LIVE stakes no more than this, dollars, for so many days.
const CAPITAL: i64 = 100;
const CAPITAL_DAYS: i64 = 14;

/// One thing that must be so.
#[derive(Debug, Clone, Serialize)]
struct Line {
    what: &'static str,
    value: String,
    needed: String,
    holds: bool,
    /// What to do where it does not hold.
    todo: String,
}

impl Line {
    fn new(what: &'static str, value: String, needed: &str, holds: bool, todo: &str) -> Self {
        let todo = if holds { String::new() } else { todo.to_owned() };
        Self { what, value, needed: needed.to_owned(), holds, todo }
    }
}

/// Prints each line; all must hold.
pub(crate) fn promote(args: &PromoteArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let config = Config::load(&args.config)?;
    let paper = scope(&config, args)?;
    let facts = Records::read(&config.app.data_dir, &paper)?.facts()?;
    let mut lines = experience(&facts);
    lines.push(capital(&config, wall())?);
    lines.extend(shut(&config));
    lines.push(key(&config)?);
    let holds = lines.iter().all(|line| line.holds);
    match args.format {
        Format::Json => {
            let value = json!({
                "schema": 1, "venue": paper.venue, "account": paper.account, "holds": holds,
                "lines": lines,
            });
            serde_json::to_writer(&mut *out, &value)?;
            writeln!(out)?;
        }
        Format::Table => table(&paper, &lines, out)?,
    }
    Ok(if holds { Code::Done } else { Code::Gate })
}

fn scope(config: &Config, args: &PromoteArgs) -> Result<Scope, Failure> {
    let of = |venue: Venue| -> Result<Scope, Failure> {
        let venue = venue.as_str().to_owned();
        let account = match &args.account {
            Some(name) => AccountId(name.clone()),
            None => only_account(config, Mode::Paper, &venue)?,
        };
        Ok(Scope { mode: Mode::Paper, venue, account })
    };
    let data = &config.app.data_dir;
    match args.venue {
        Some(venue) => of(venue.into()),
        None if data.join(Mode::Paper.slug()).join(Venue::Coinbase.as_str()).exists() => {
            of(Venue::Coinbase)
        }
        None => of(Venue::Simulated),
    }
}

/// What PAPER has to show.
fn experience(facts: &[Fact]) -> Vec<Line> {
    let known: Vec<Fact> = remembered(facts.iter().cloned()).collect();
    let day = |fact: &Fact| {
        let cycle = matches!(fact, Fact::Cycle { .. });
        cycle.then(|| fact.at().secs().div_euclid(86_400))
    };
    let days = known.iter().filter_map(day).collect::<BTreeSet<_>>().len();
    let state = State::of(&known);
    let trades = state.ledger().trades();
    let trips = trades.iter().filter(|trade| trade.closed.is_some() && !trade.adopted).count();
    let doubts = state.ledger().doubts().count();
    let violations = verify::verify(facts, None).violation_count();
    vec![
        Line::new(
            "PAPER",
            format!("{days} days with decisions"),
            "7 days",
            days >= DAYS,
            "go on: runner run --loop --mode paper",
        ),
        Line::new(
            "round trips",
            format!("{trips} trades opened and closed"),
            "20 trades",
            trips >= ROUND_TRIPS,
            "go on: runner run --loop --mode paper",
        ),
        Line::new(
            "journal",
            format!("{violations} violations"),
            "0",
            violations == 0,
            "see what runner verify --mode paper says",
        ),
        Line::new(
            "ledger",
            format!("{doubts} things not understood"),
            "0",
            doubts == 0,
            "see what runner positions --mode paper says",
        ),
    ]
}

/// A first LIVE stakes little: until two weeks after the first decision of any LIVE account here.
fn capital(config: &Config, now: Timestamp) -> Result<Line, Failure> {
    let live = config.app.data_dir.join(Mode::Live.slug()).join(Venue::Coinbase.as_str());
    let mut first: Option<Timestamp> = None;
    for entry in std::fs::read_dir(&live).into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let venue = Venue::Coinbase.as_str().to_owned();
        // What was on a machine's own venue was a rehearsal.
        if name.starts_with("rehearsal-") || !entry.path().join("trader.db").is_file() {
            continue;
        }
        let scope = Scope { mode: Mode::Live, venue, account: AccountId(name) };
        let facts = Records::read(&config.app.data_dir, &scope)?.facts()?;
        let began = facts.iter().find(|fact| matches!(fact, Fact::Cycle { .. })).map(Fact::at);
        first = first.into_iter().chain(began).min();
    }
    let most = Usd::new(CAPITAL.into()).map_err(|e| Failure::new(Code::Failed, e.to_string()))?;
    let staked = config.policy.control.capital_usd;
    let value = staked.map_or_else(|| "no bound".to_owned(), |usd| format!("${usd}"));
    let old = first.is_some_and(|first| now.secs_since(first) >= CAPITAL_DAYS * 86_400);
    let holds = old || staked.is_some_and(|staked| staked <= most);
    let needed = if old {
        "any: LIVE is older than 14 days"
    } else {
        "at most $100 for the first 14 days of LIVE"
    };
    let todo = "policy.yaml: control.capital_usd: 100";
    Ok(Line::new("capital", value, needed, holds, todo))
}

/// The gates of LIVE, a line each that is shut.
fn shut(config: &Config) -> Vec<Line> {
    let shut = gates::live(config);
    if shut.is_empty() {
        return vec![Line::new("gates", "all open".to_owned(), "all open", true, "")];
    }
    let line = |why: &String| Line::new("gate", "shut".to_owned(), "open", false, why);
    shut.iter().map(line).collect()
}

/// A key that can trade and cannot transfer, as the venue says.
fn key(config: &Config) -> Result<Line, Failure> {
    let needed = "view and trade, not transfer";
    let line = |value: String, todo: &str| Line::new("key", value, needed, todo.is_empty(), todo);
    let key = match keys::find() {
        Ok(Some(key)) => key,
        Ok(None) => return Ok(line("none".to_owned(), "name its file in CB_API_SECRET_FILE")),
        Err(error) => return Ok(line("unusable".to_owned(), &error.to_string())),
    };
    let may = network_runtime()?.block_on(coinbase::permissions(config, &key));
    Ok(match may {
        Ok(may) if may.can_trade && may.can_view => line("view and trade".to_owned(), ""),
        Ok(_) => line("cannot trade".to_owned(), "make a key with view and trade, and no more"),
        Err(failure) => line("not admitted".to_owned(), &failure.message),
    })
}

fn table(paper: &Scope, lines: &[Line], out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "{} to LIVE", paper.name())?;
    let heads = format!("  {:<8}{:<14}{:<28}{}", "", "what", "is", "needed");
    writeln!(out, "{}", paint(DIM, &heads))?;
    for line in lines {
        let word = if line.holds { paint(GOOD, "ok  ") } else { paint(BAD, "no  ") };
        writeln!(out, "  {word}    {:<14}{:<28}{}", line.what, line.value, line.needed)?;
        if !line.holds {
            writeln!(out, "          {}", line.todo)?;
        }
    }
    let open = lines.iter().filter(|line| !line.holds).count();
    match open {
        0 => writeln!(out, "{}", paint(GOOD, "ready: `runner run --loop` asks for your word")),
        1 => writeln!(out, "{}", paint(BAD, "1 thing is missing")),
        n => writeln!(out, "{}", paint(BAD, &format!("{n} things are missing"))),
    }
}
