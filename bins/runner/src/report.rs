//! Prints cycles: one JSON object a line for programs, or lines for people.

use std::io::Write;

use domain::{CycleStatus, Fact, NoTrade, Regime, Side, SubmitOutcome, Trigger};
use engine::{Approved, Cycle, Engine};

use crate::Failure;
use crate::cli::Format;
use crate::clock::Stopwatch;
use crate::style::{BAD, DIM, GOOD, STRONG, WARN, grouped, paint};
use crate::summary::Summary;
use crate::venue::NavSource;

/// Prints cycles in one format.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reporter {
    format: Format,
    nav_source: NavSource,
}

impl Reporter {
    pub(crate) const fn new(format: Format, nav_source: NavSource) -> Self {
        Self { format, nav_source }
    }

    /// Prints the engine's last cycle.
    pub(crate) fn cycle(
        self,
        engine: &Engine,
        ordinal: u64,
        skipped: u64,
        watch: &Stopwatch,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Json => {
                let summary =
                    Summary::of(engine, ordinal, skipped, self.nav_source, watch.stages());
                serde_json::to_writer(&mut *out, &summary)?;
                writeln!(out)?;
            }
            Format::Table => table(engine, ordinal, skipped, out)?,
        }
        Ok(())
    }
}

/// One line for a cycle in which nothing happened; else what happened, below it. Whose cycles these
/// are is told with the first and with those that say more.
fn table(engine: &Engine, ordinal: u64, skipped: u64, out: &mut dyn Write) -> std::io::Result<()> {
    let cycle = engine.cycle();
    headline(cycle, out)?;
    if !is_quiet(cycle) || ordinal == 1 {
        counts(engine, out)?;
    }
    if skipped > 0 {
        writeln!(out, "  {}", paint(WARN, &format!("{skipped} ticks before it were missed")))?;
    }
    for trigger in cycle.scan.triggers.iter().filter(|t| t.fresh) {
        writeln!(out, "  {}", event(trigger))?;
    }
    for exit in &cycle.exits {
        writeln!(out, "  {} {}  {}", paint(WARN, "SELL"), exit.product, exit.reason)?;
    }
    for approved in &cycle.approved {
        entry(approved, out)?;
    }
    for fact in engine.activity() {
        happened(fact, out)?;
    }
    refusals(cycle, out)?;
    if let Some(failure) = &cycle.failure {
        let text = format!("{:?} failed: {}", failure.stage, failure.what);
        writeln!(out, "  {}", paint(BAD, &text))?;
    }
    Ok(())
}

fn is_quiet(cycle: &Cycle) -> bool {
    cycle.fresh_triggers() == 0
        && cycle.proposals.is_empty()
        && cycle.exits.is_empty()
        && cycle.failure.is_none()
}

fn headline(cycle: &Cycle, out: &mut dyn Write) -> std::io::Result<()> {
    let nav = cycle.nav.map_or_else(|| paint(WARN, "NAV unknown"), |n| format!("${}", grouped(n)));
    let members = cycle.universe.members.len();
    writeln!(
        out,
        "{}  {}  {}  {members:>2} in the universe  {nav}",
        paint(STRONG, &cycle.as_of.to_string()),
        status(cycle),
        weather(cycle),
    )
}

fn counts(engine: &Engine, out: &mut dyn Write) -> std::io::Result<()> {
    let (cycle, identity) = (engine.cycle(), engine.identity());
    let reading = match (cycle.reading.trend_pct, cycle.reading.volatility_pct) {
        (Some(trend), Some(volatility)) => {
            format!("BTC {trend:+.1} % in 7 days, volatility {volatility:.0} %; ")
        }
        _ => String::new(),
    };
    writeln!(
        out,
        "  {} on {} {}; {reading}{} fresh of {} triggers, {} proposed, {} approved",
        identity.mode,
        identity.venue,
        identity.account,
        cycle.fresh_triggers(),
        cycle.scan.triggers.len(),
        cycle.proposals.len(),
        cycle.approved.len() + cycle.exits.len(),
    )
}

/// Wide enough for the longest, so that the lines of a loop are columns.
fn status(cycle: &Cycle) -> String {
    let style = match cycle.status {
        CycleStatus::Error | CycleStatus::Halted => BAD,
        CycleStatus::Executed | CycleStatus::ApprovedDryRun => GOOD,
        CycleStatus::NoTrade => WARN,
        CycleStatus::NoOpportunities => DIM,
    };
    let why = cycle.no_trade_reason.map(NoTrade::as_str);
    let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
    paint(style, &format!("{:<33}", format!("{}{why}", cycle.status.as_str())))
}

fn weather(cycle: &Cycle) -> String {
    let style = match cycle.reading.regime {
        Regime::Bull => GOOD,
        Regime::Chop => STRONG,
        Regime::Bear => WARN,
        Regime::Crash | Regime::Unknown => BAD,
    };
    paint(style, &format!("{:<7}", cycle.reading.regime.as_str()))
}

fn event(trigger: &Trigger) -> String {
    format!(
        "{:<12} {:<10} {:>+7.2} %  strength {:.2}  confidence {:.2}",
        trigger.id.kind.as_str(),
        trigger.id.product.as_str(),
        trigger.move_pct,
        trigger.strength,
        trigger.confidence,
    )
}

fn entry(approved: &Approved, out: &mut dyn Write) -> std::io::Result<()> {
    let (entry, plan) = (&approved.entry, &approved.entry.plan);
    writeln!(
        out,
        "  {} {}  ${} ({:.2} %)  stop {} %  target {} %  at most {} h  conviction {:.2}",
        paint(GOOD, "BUY"),
        paint(STRONG, entry.product.as_str()),
        grouped(approved.notional),
        approved.size_pct,
        plan.stop_pct,
        plan.target_pct,
        plan.max_hold_hours,
        entry.conviction,
    )?;
    match &approved.order {
        Ok(order) => writeln!(
            out,
            "      {}; {} at {} until {}",
            entry.reason, order.qty, order.limit, order.expires
        ),
        Err(why) => writeln!(out, "      {}; {}", entry.reason, paint(BAD, why)),
    }
}

/// What the venue said to an order, or filled of one.
fn happened(fact: &Fact, out: &mut dyn Write) -> std::io::Result<()> {
    let refused = |word: &str, why: &str| format!("{} ({why})", paint(BAD, word));
    if let Fact::Submitted(answer) = fact {
        let text = match &answer.outcome {
            SubmitOutcome::Accepted { venue_order_id } => format!("accepted as {venue_order_id}"),
            SubmitOutcome::Refused { reason } => refused("refused", reason),
            SubmitOutcome::Unknown { cause } => refused("unknown", cause),
        };
        writeln!(out, "  order {} {text}", answer.intent.0)?;
    } else if let Fact::Fill(fill) = fact {
        let side = match fill.side {
            Side::Buy => paint(GOOD, "bought"),
            Side::Sell => paint(WARN, "sold"),
        };
        let (qty, price, fee) = (fill.qty, fill.price, fill.fee);
        let product = paint(STRONG, fill.product.as_str());
        writeln!(out, "  {side} {qty} {product} at {price}, fee {fee}")?;
    }
    Ok(())
}

/// A line for each product and stage, however many reasons there are.
fn refusals(cycle: &Cycle, out: &mut dyn Write) -> std::io::Result<()> {
    let early = cycle.refused.iter().map(|(stage, refused)| {
        let stage = format!("{stage:?}").to_lowercase();
        (stage, refused.product, reason(refused.code.as_str(), refused.found, refused.limit))
    });
    let late = cycle.rejections.iter().map(|refused| {
        let reason = reason(refused.code.as_str(), refused.found, refused.limit);
        ("risk".to_owned(), refused.product, reason)
    });
    let all: Vec<_> = early.chain(late).collect();
    for same in all.chunk_by(|a, b| (&a.0, a.1) == (&b.0, b.1)) {
        let Some((stage, product, _)) = same.first() else { continue };
        let reasons: Vec<_> = same.iter().map(|(.., reason)| reason.as_str()).collect();
        let (no, reasons) = (paint(DIM, "no "), reasons.join(", "));
        writeln!(out, "  {no} {:<10} {stage:<8} {reasons}", product.as_str())?;
    }
    Ok(())
}

/// The code with what was found and its limit, where there are any.
fn reason(code: &str, found: Option<f64>, limit: Option<f64>) -> String {
    let number = |value: f64| (value * 1e4).round() / 1e4;
    match (found, limit) {
        (Some(found), Some(limit)) => {
            format!("{code} ({}, limit {})", number(found), number(limit))
        }
        (Some(found), None) => format!("{code} ({})", number(found)),
        (None, Some(limit)) => format!("{code} (limit {})", number(limit)),
        (None, None) => code.to_owned(),
    }
}
