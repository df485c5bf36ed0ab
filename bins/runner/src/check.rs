//! `runner check`: is the configuration sound, and what does it leave to an account?

use std::io::Write;
use std::path::Path;

use config::{Config, ConfigError, FILES};
use domain::{Regime, Tier, Usd};
use serde_json::json;

use crate::cli::{CheckArgs, Format};
use crate::feasibility::{BandRow, Feasibility, RuleRow};
use crate::style::{BAD, DIM, GOOD, STRONG, WARN, grouped, paint};
use crate::{Code, Failure, assemble};

/// Prints a line for each file and, when all are valid, what they leave to accounts; or fails with
/// every problem.
pub(crate) fn check(args: &CheckArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let config = match Config::load(&args.config) {
        Ok(config) => config,
        Err(error) => {
            if args.format == Format::Table {
                verdicts(&args.config, &error, out)?;
            }
            return Err(error.into());
        }
    };
    let limits = assemble::limits(&config)?;
    let too_large = |e| Failure::new(Code::Usage, format!("--nav: {e}"));
    let told = Feasibility::of(&config, &limits, &args.nav).map_err(too_large)?;
    match args.format {
        Format::Json => {
            let files: Vec<_> =
                FILES.iter().map(|f| args.config.join(f).display().to_string()).collect();
            let value = json!({
                "schema": 1, "valid": files, "config_hash": config.hash(), "feasibility": told,
            });
            serde_json::to_writer(&mut *out, &value)?;
            writeln!(out)?;
        }
        Format::Table => {
            for file in FILES {
                let file = args.config.join(file);
                writeln!(out, "{} {} valid", paint(GOOD, "✓"), file.display())?;
            }
            writeln!(out)?;
            bands(&config, &told, out)?;
            writeln!(out)?;
            rules(&config, &told.rules, out)?;
            openings(&told, out)?;
        }
    }
    Ok(Code::Done)
}

/// A line for each file: valid, or with how many problems.
fn verdicts(dir: &Path, error: &ConfigError, out: &mut dyn Write) -> std::io::Result<()> {
    for file in FILES {
        let path = dir.join(file);
        match error.0.iter().filter(|problem| problem.file == path).count() {
            0 => writeln!(out, "{} {} valid", paint(GOOD, "✓"), path.display())?,
            1 => writeln!(out, "{} {}: 1 problem", paint(BAD, "✗"), path.display())?,
            n => writeln!(out, "{} {}: {n} problems", paint(BAD, "✗"), path.display())?,
        }
    }
    Ok(())
}

/// The columns of the table.
const REGIMES: [Regime; 4] = [Regime::Bull, Regime::Chop, Regime::Bear, Regime::Crash];
const COLUMN: usize = 25;

fn bands(config: &Config, told: &Feasibility, out: &mut dyn Write) -> std::io::Result<()> {
    let fee = config.app.execution.taker_fee_bps.max(config.app.execution.maker_fee_bps);
    writeln!(
        out,
        "The largest entry of an account that holds nothing, in dollars without fees (at worst \
         {fee} bps), and\nwhat keeps it from being larger: a limit of the policy, or the rule that \
         asks for most. Depth, slippage\nand increments come on top; they are the market's."
    )?;
    let navs = told.bands.chunk_by(|a, b| a.nav_usd == b.nav_usd);
    for rows in navs {
        let Some(first) = rows.first() else { continue };
        let nav = format!("${}", grouped(first.nav_usd));
        write!(out, "\n{}", paint(STRONG, &format!("{nav:<12}")))?;
        for regime in REGIMES {
            write!(out, "{}", paint(DIM, &format!("{:<COLUMN$}", regime.as_str())))?;
        }
        writeln!(out)?;
        for tier in Tier::ALL {
            write!(out, "  {:<10}", tier.as_str())?;
            for regime in REGIMES {
                let cell = rows.iter().find(|row| row.tier == tier && row.regime == regime);
                write!(out, "{}", cell.map(band).unwrap_or_default())?;
            }
            writeln!(out)?;
        }
    }
    let least = told.bands.iter().filter_map(|row| row.legal_usd).map(|(least, _)| least).max();
    if let Some(least) = least {
        writeln!(out, "\nThe smallest entry is ${}.", grouped(least))?;
    }
    Ok(())
}

/// What would open what limits leave nothing of, and limits that never decide.
fn openings(told: &Feasibility, out: &mut dyn Write) -> std::io::Result<()> {
    let mut said: Vec<String> = Vec::new();
    for row in told.bands.iter().filter(|row| !row.opened_by.is_empty()) {
        let changes = row.opened_by.iter().map(|change| {
            let beyond = if change.allowed { "" } else { ", which the program does not allow" };
            format!("{} at {}{beyond}", change.key, change.to)
        });
        let changes: Vec<_> = changes.collect();
        let (nav, tier) = (grouped(row.nav_usd), row.tier.as_str());
        let line = format!("  ${nav} {tier}: {}", changes.join(" and "));
        if !said.contains(&line) {
            said.push(line);
        }
    }
    if !said.is_empty() {
        writeln!(out, "\nWhat would let the smallest entry through:\n{}", said.join("\n"))?;
    }
    if !told.idle.is_empty() {
        writeln!(out, "\nLimits that never decide, since another one always does before:")?;
        for idle in &told.idle {
            writeln!(out, "  {:<32} {}", idle.key, paint(DIM, &idle.because))?;
        }
    }
    Ok(())
}

fn band(row: &BandRow) -> String {
    let Some(first) = row.because.first() else { return " ".repeat(COLUMN) };
    let limit = first.limit;
    // There is room for the tightest; the others are counted, and named in JSON.
    let more = match row.because.len() {
        1 => String::new(),
        n => format!(" +{}", n - 1),
    };
    match row.legal_usd {
        Some((_, most)) => format!("{:<COLUMN$}", format!("{} {limit}", grouped(most))),
        None if first.leaves_usd > Usd::ZERO => {
            let text = format!("– {limit} {}{more}", grouped(first.leaves_usd));
            paint(WARN, &format!("{text:<COLUMN$}"))
        }
        None => paint(DIM, &format!("{:<COLUMN$}", format!("– {limit}"))),
    }
}

fn rules(config: &Config, rows: &[RuleRow], out: &mut dyn Write) -> std::io::Result<()> {
    let terms = &config.app.execution;
    writeln!(
        out,
        "What the fees ask of a rule: bought resting at {} bps, sold taking at {} bps.",
        terms.maker_fee_bps, terms.taker_fee_bps
    )?;
    let heads = format!(
        "  {:<21}{:>7}{:>9}{:>8}{:>12}{:>14}{:>13}",
        "rule", "stop", "target", "hold", "must rise", "taking both", "wins needed"
    );
    writeln!(out, "{}", paint(DIM, &heads))?;
    for row in rows {
        let wins = match row.wins_needed_pct {
            Some(pct) => format!("{:>13}", format!("{pct:.1} %")),
            None => paint(BAD, &format!("{:>13}", "cannot win")),
        };
        let line = format!(
            "  {:<21}{:>7}{:>9}{:>8}{:>12}{:>14}",
            row.rule,
            format!("{} %", row.stop_pct),
            format!("{} %", row.target_pct),
            format!("{} h", row.max_hold_hours),
            format!("{:.2} %", row.break_even_pct),
            format!("{:.2} %", row.break_even_taker_pct),
        );
        if row.acts {
            writeln!(out, "{line}{wins}")?;
        } else {
            writeln!(out, "{}", paint(DIM, &format!("{line}{:>13}", "off")))?;
        }
    }
    Ok(())
}

/// Dollars of an account, as typed.
pub(crate) fn parse_nav(text: &str) -> Result<Usd, String> {
    match Usd::parse(text) {
        Ok(nav) if nav > Usd::ZERO => Ok(nav),
        Ok(_) => Err("give dollars above 0".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
