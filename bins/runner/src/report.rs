//! Prints cycles: one JSON object a line for programs, or lines for people.

use std::io::Write;

use domain::{CycleStatus, NoTrade, Regime, Trigger};
use engine::{Approved, Cycle, Engine};

use crate::Failure;
use crate::cli::Format;
use crate::clock::Stopwatch;
use crate::style::{BAD, DIM, GOOD, STRONG, WARN, paint};
use crate::summary::{Summary, dollars};

/// Prints cycles in one format.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reporter {
    format: Format,
}

impl Reporter {
    pub(crate) const fn new(format: Format) -> Self {
        Self { format }
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
                let summary = Summary::of(engine, ordinal, skipped, watch.stages());
                serde_json::to_writer(&mut *out, &summary)?;
                writeln!(out)?;
            }
            Format::Table => table(engine, skipped, out)?,
        }
        Ok(())
    }
}

fn table(engine: &Engine, skipped: u64, out: &mut dyn Write) -> std::io::Result<()> {
    let (cycle, identity) = (engine.cycle(), engine.identity());
    let nav =
        cycle.nav.map_or_else(|| "NAV unknown".to_owned(), |n| format!("NAV ${}", dollars(n)));
    writeln!(
        out,
        "{}  {}  {} on {} {}  {nav}",
        paint(STRONG, &cycle.as_of.to_string()),
        status(cycle),
        identity.mode,
        identity.venue,
        identity.account,
    )?;
    writeln!(
        out,
        "  {}; {} in the universe, {} fresh of {} triggers, {} proposed, {} approved",
        weather(cycle),
        cycle.universe.members.len(),
        cycle.fresh_triggers(),
        cycle.scan.triggers.len(),
        cycle.proposals.len(),
        cycle.approved.len() + cycle.exits.len(),
    )?;
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
    for (stage, refused) in &cycle.refused {
        let stage = format!("{stage:?}").to_lowercase();
        refusal(
            out,
            &stage,
            &refused.product.to_string(),
            refused.code.as_str(),
            refused.limit,
            refused.found,
        )?;
    }
    for refused in &cycle.rejections {
        refusal(
            out,
            "risk",
            &refused.product.to_string(),
            refused.code.as_str(),
            refused.limit,
            refused.found,
        )?;
    }
    if let Some(failure) = &cycle.failure {
        let text = format!("{:?} failed: {}", failure.stage, failure.what);
        writeln!(out, "  {}", paint(BAD, &text))?;
    }
    Ok(())
}

fn status(cycle: &Cycle) -> String {
    let style = match cycle.status {
        CycleStatus::Error | CycleStatus::Halted => BAD,
        CycleStatus::Executed | CycleStatus::ApprovedDryRun => GOOD,
        CycleStatus::NoTrade => WARN,
        CycleStatus::NoOpportunities => DIM,
    };
    let why = cycle.no_trade_reason.map(NoTrade::as_str);
    let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
    format!("{}{why}", paint(style, cycle.status.as_str()))
}

fn weather(cycle: &Cycle) -> String {
    let reading = &cycle.reading;
    let style = match reading.regime {
        Regime::Bull => GOOD,
        Regime::Chop => STRONG,
        Regime::Bear => WARN,
        Regime::Crash | Regime::Unknown => BAD,
    };
    let name = paint(style, reading.regime.as_str());
    match (reading.trend_pct, reading.volatility_pct) {
        (Some(trend), Some(volatility)) => {
            format!("{name}, BTC {trend:+.1} % in 7 days, volatility {volatility:.0} %")
        }
        _ => name,
    }
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
        dollars(approved.notional),
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

fn refusal(
    out: &mut dyn Write,
    stage: &str,
    product: &str,
    code: &str,
    limit: Option<f64>,
    found: Option<f64>,
) -> std::io::Result<()> {
    let number = |name: &str, value: Option<f64>| {
        value.map(|v| format!("  {name} {}", (v * 1e4).round() / 1e4)).unwrap_or_default()
    };
    let detail = format!("{}{}", number("limit", limit), number("found", found));
    writeln!(out, "  {} {product:<10} {stage} {code}{detail}", paint(DIM, "no "))
}
