//! `runner verify`: the journal before a checker that shares nothing with what decided.

use std::io::Write;

use config::Config;
use domain::Fact;
use serde_json::json;
use store::{Records, Scope};
use verify::Report;

use crate::cli::{Format, VerifyArgs};
use crate::status::scope;
use crate::style::{BAD, DIM, GOOD, STRONG, paint};
use crate::{Code, Failure};

/// So many violations are shown to people; all that were kept are in the JSON.
const SHOWN: usize = 20;

/// Checks and prints; violations end with code 1.
pub(crate) fn verify(args: &VerifyArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let config = Config::load(&args.scope.config)?;
    let scope = scope(&config, &args.scope)?;
    let records = Records::read(&config.app.data_dir, &scope)?;
    let facts = records.facts()?;
    let newest = facts.iter().map(Fact::at).max();
    let since = args.since.zip(newest).map(|(since, newest)| since.from(newest));
    let report = verify::verify(&facts, since);
    match args.format {
        Format::Json => {
            let value = json!({
                "schema": 1,
                "mode": scope.mode, "venue": scope.venue, "account": scope.account,
                "since": since, "clean": report.is_clean(),
                "violations_in_all": report.violation_count(), "report": report,
            });
            serde_json::to_writer(&mut *out, &value)?;
            writeln!(out)?;
        }
        Format::Table => table(&scope, &report, out)?,
    }
    Ok(if report.is_clean() { Code::Done } else { Code::Failed })
}

fn table(scope: &Scope, report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    let Scope { mode, venue, account } = scope;
    writeln!(
        out,
        "{} on {venue} {account}: {} facts, {} grants and {} intents judged",
        paint(STRONG, mode.as_str()),
        report.facts,
        report.grants,
        report.intents
    )?;
    let heads = format!("  {:<26}{:>9}{:>11}{:>12}", "limit", "checked", "worst use", "violations");
    writeln!(out, "{}", paint(DIM, &heads))?;
    for (check, tally) in &report.checks {
        let name = word(*check);
        let used = tally.worst_use_bps.map_or_else(String::new, |bps| {
            // Measured in hundredths of a percent; one digit is shown, rounded up.
            let tenths = bps.div_euclid(10) + i128::from(bps.rem_euclid(10) > 0);
            format!("{}.{} %", tenths / 10, tenths % 10)
        });
        let line = format!("  {name:<26}{:>9}{used:>11}{:>12}", tally.checked, tally.violations);
        writeln!(out, "{}", if tally.violations > 0 { paint(BAD, &line) } else { line })?;
    }
    for violation in report.violations.iter().take(SHOWN) {
        let (fact, at, what) = (violation.fact, violation.at, &violation.what);
        let check = word(violation.check);
        writeln!(out, "  {} fact {fact} {at} {}: {what}", paint(BAD, &check), violation.subject)?;
    }
    match report.violation_count() {
        0 => writeln!(out, "{}", paint(GOOD, "no violations")),
        n => writeln!(out, "{}", paint(BAD, &format!("{n} violations"))),
    }
}

/// A check's snake_case word.
fn word(check: verify::Check) -> String {
    serde_json::to_value(check).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
