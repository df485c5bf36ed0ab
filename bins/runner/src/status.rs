//! `runner status`: what it holds and did last, from its records alone; also beside a running loop.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;

use config::{Config, Venue};
use domain::{AccountId, ControlState, Fact, Grade, Latch, Mode, ReconciledFact, remembered};
use execution::Orders;
use serde_json::json;
use state::State;
use store::{KeptCycle, Records, Scope, is_running};

use crate::cli::{Format, ScopeArgs, StatusArgs};
use crate::orders::folded;
use crate::style::{BAD, DIM, GOOD, STRONG, WARN, grouped, paint};
use crate::summary::{dollars, positions};
use crate::{Code, Failure};

/// What the records say.
struct Status {
    scope: Scope,
    running: bool,
    state: State,
    orders: Orders,
    compared: Option<ReconciledFact>,
    sent: usize,
    facts: i64,
    kept: i64,
    loops: usize,
    last: Option<KeptCycle>,
    path: String,
}

/// The records that the flags and the configuration name.
pub(crate) fn scope(config: &Config, args: &ScopeArgs) -> Result<Scope, Failure> {
    let mode = args.mode.map_or(config.app.mode, Mode::from);
    let venue = args.venue.map_or(config.app.exchange.venue, Venue::from).as_str().to_owned();
    let account = match &args.account {
        Some(name) => AccountId(name.clone()),
        None => only_account(config, mode, &venue)?,
    };
    Ok(Scope { mode, venue, account })
}

/// The one account that a mode has records of at a venue.
pub(crate) fn only_account(config: &Config, mode: Mode, venue: &str) -> Result<AccountId, Failure> {
    let place = config.app.data_dir.join(mode.slug()).join(venue);
    let mut names: Vec<String> = fs::read_dir(&place)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().join("trader.db").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    match names.as_slice() {
        [one] => Ok(AccountId(one.clone())),
        [] => {
            let text = format!("{} has no records yet: run a cycle first", place.display());
            Err(Failure::new(Code::Failed, text))
        }
        many => {
            let text = format!("say which with --account: {}", many.join(", "));
            Err(Failure::new(Code::Usage, text))
        }
    }
}

impl Status {
    /// As of the newest fact: what is latched ends in the venue's time, not in this machine's.
    fn latches(&self) -> BTreeSet<Latch> {
        self.state.as_of().map(|at| self.state.latches(at)).unwrap_or_default()
    }

    fn control(&self) -> ControlState {
        self.state.as_of().map_or(ControlState::Active, |at| self.state.control(at))
    }
}

fn compared(fact: &Fact) -> Option<&ReconciledFact> {
    if let Fact::Reconciled(compared) = fact { Some(compared) } else { None }
}

/// What the last comparison with the venue found.
fn reconciled(compared: &ReconciledFact, out: &mut dyn Write) -> std::io::Result<()> {
    let said = match compared.grade() {
        _ if !compared.complete => paint(WARN, "not complete"),
        None => paint(GOOD, "agrees with the venue"),
        Some(Grade::Info) => paint(GOOD, "agrees with the venue, with news"),
        Some(Grade::Degraded) => paint(WARN, "degraded"),
        Some(Grade::Halt) => paint(BAD, "halt"),
    };
    writeln!(out, "  compared    {}  {said}", compared.at)?;
    for finding in &compared.findings {
        let (code, subject) = (finding.code.as_str(), &finding.subject);
        let (found, expected) = (&finding.found, &finding.expected);
        let grade = finding.grade.as_str();
        writeln!(out, "    {grade:<9} {code} {subject}: {found}; on record {expected}")?;
    }
    Ok(())
}

/// Prints the status.
pub(crate) fn status(args: &StatusArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let config = Config::load(&args.scope.config)?;
    let scope = scope(&config, &args.scope)?;
    let running = is_running(&config.app.data_dir, &scope);
    let records = Records::read(&config.app.data_dir, &scope)?;
    let facts: Vec<Fact> = remembered(records.facts()?).collect();
    let state = State::of(&facts);
    let status = Status {
        scope,
        running,
        state,
        orders: folded(&facts),
        compared: facts.iter().rev().find_map(compared).cloned(),
        sent: facts.iter().filter(|fact| matches!(fact, Fact::Intent(_))).count(),
        facts: records.last_fact(),
        kept: records.cycle_count()?,
        loops: facts.iter().filter(|fact| matches!(fact, Fact::Cycle { .. })).count(),
        last: records.last_cycle()?,
        path: records.path().display().to_string(),
    };
    match args.format {
        Format::Json => json(&status, out)?,
        Format::Table => table(&status, out)?,
    }
    Ok(Code::Done)
}

fn json(status: &Status, out: &mut dyn Write) -> Result<(), Failure> {
    let last = status.last.as_ref().map(|kept| {
        let record = &kept.record;
        json!({
            "cycle_id": record.id, "as_of": record.as_of, "status": record.status,
            "no_trade_reason": record.no_trade_reason, "regime": record.regime,
            "nav_usd": record.nav.map(dollars), "universe_size": record.universe.members.len(),
            "stage_ms": kept.stage_ms,
        })
    });
    let value = json!({
        "schema": 1,
        "mode": status.scope.mode, "venue": status.scope.venue, "account": status.scope.account,
        "running": status.running,
        "control": status.control(), "latches": status.latches(),
        "positions": positions(&status.state),
        "open_orders": status.orders.live().count(),
        "orders": status.sent,
        "reconciled": status.compared,
        "unexplained_flows": status.state.flows().unexplained().count(),
        "doubts": status.state.ledger().doubts().map(|(_, d)| d.to_string()).collect::<Vec<_>>(),
        "facts": status.facts, "cycles_kept": status.kept, "loop_cycles": status.loops,
        "last_cycle": last, "records": status.path,
    });
    serde_json::to_writer(&mut *out, &value)?;
    writeln!(out)?;
    Ok(())
}

fn table(status: &Status, out: &mut dyn Write) -> std::io::Result<()> {
    let Scope { mode, venue, account } = &status.scope;
    let running = if status.running { paint(GOOD, "running") } else { paint(DIM, "not running") };
    writeln!(out, "{} on {venue} {account}  {running}", paint(STRONG, mode.as_str()))?;
    let latches: Vec<_> = status.latches().iter().map(|l| l.as_str()).collect();
    if latches.is_empty() {
        writeln!(out, "  control     {}", status.control().as_str())?;
    } else {
        let text = format!("{}: {}", status.control().as_str(), latches.join(", "));
        writeln!(out, "  control     {}", paint(BAD, &text))?;
    }
    if let Some(kept) = &status.last {
        let record = &kept.record;
        let why = record.no_trade_reason.map(|w| format!(" ({})", w.as_str())).unwrap_or_default();
        let nav = record.nav.map_or_else(|| paint(WARN, "unknown"), |n| format!("${}", grouped(n)));
        writeln!(out, "  last cycle  {}  {}{why}", record.as_of, record.status.as_str())?;
        writeln!(out, "  regime      {}", record.regime.as_str())?;
        writeln!(out, "  NAV         {nav}")?;
    }
    let lots: Vec<_> = status.state.ledger().lots().collect();
    writeln!(
        out,
        "  positions   {}",
        if lots.is_empty() { "none".to_owned() } else { lots.len().to_string() }
    )?;
    for lot in lots {
        let (qty, price) = (lot.qty, lot.average_price);
        writeln!(out, "    {:<10} {qty} at {price} since {}", lot.product.as_str(), lot.opened)?;
    }
    if let Some(compared) = &status.compared {
        writeln!(out, "  orders      {} live", status.orders.live().count())?;
        reconciled(compared, out)?;
    }
    let unexplained = status.state.flows().unexplained().count();
    if unexplained > 0 {
        let text = format!("{unexplained} changes of balances are not explained");
        writeln!(out, "  flows       {}: see `runner flow list`", paint(WARN, &text))?;
    }
    for (asset, doubt) in status.state.ledger().doubts() {
        writeln!(out, "  {} {asset}: {doubt}", paint(BAD, "not understood:"))?;
    }
    writeln!(
        out,
        "  records     {} facts, {} cycles kept, {} of loops",
        status.facts, status.kept, status.loops
    )?;
    writeln!(out, "  {}", paint(DIM, &status.path))
}
