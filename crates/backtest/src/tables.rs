//! A report as plain text and as CSV.

mod summary;

use core::fmt::Write as _;
use std::collections::BTreeMap;

use crate::metrics::Measure;
use crate::observe::Point;
use crate::report::{Group, Period, Report};

pub use summary::summary;

/// The whole report for a terminal: what is assumed comes first.
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _written = write_text(report, &mut out);
    out
}

fn write_text(report: &Report, out: &mut String) -> core::fmt::Result {
    let inputs = &report.inputs;
    writeln!(out, "BACKTEST {} to {}", inputs.from, inputs.to)?;
    writeln!(
        out,
        "{} products, {} bars of {} and longer, a decision every {} s, {} s of the span without data",
        inputs.products.len(),
        inputs.product_bars,
        inputs.granularity,
        inputs.interval_secs,
        inputs.gap_secs
    )?;
    heading(out, "ASSUMPTIONS")?;
    for one in &report.assumptions {
        writeln!(out, "  {:<18} {}", one.about, one.text)?;
    }
    heading(out, "PAIRS")?;
    groups(out, "Pair", &report.by_product)?;
    heading(out, "ENTER TAGS")?;
    groups(out, "Enter tag", &report.by_trigger)?;
    heading(out, "EXIT REASONS")?;
    groups(out, "Exit reason", &report.by_exit)?;
    open_trades(report, out)?;
    heading(out, "MONTHS")?;
    periods(out, &report.months)?;
    heading(out, "GATES")?;
    funnel(report, out)?;
    heading(out, "SUMMARY")?;
    for (name, value, _) in summary(report) {
        writeln!(out, "  {name:<28} {value}")?;
    }
    if !report.warnings.is_empty() {
        heading(out, "WARNINGS")?;
        for warning in &report.warnings {
            writeln!(out, "  {warning}")?;
        }
    }
    Ok(())
}

fn heading(out: &mut String, text: &str) -> core::fmt::Result {
    writeln!(out, "\n{text}")
}

fn groups(out: &mut String, what: &str, groups: &[Group]) -> core::fmt::Result {
    writeln!(
        out,
        "  {what:<16}{:>7}{:>14}{:>13}{:>14}{:>14}{:>11}{:>18}",
        "Trades",
        "Avg Profit %",
        "Tot Profit",
        "Tot Profit %",
        "Avg Duration",
        "Fees",
        "W/D/L Win%"
    )?;
    if groups.is_empty() {
        writeln!(out, "  no trade was closed")?;
    }
    for group in groups {
        let win = 100.0 * group.wins as f64 / group.trades.max(1) as f64;
        let outcome = format!("{}/{}/{} {win:.1}", group.wins, group.draws, group.losses);
        writeln!(
            out,
            "  {:<16}{:>7}{:>14}{:>13.2}{:>14.2}{:>14}{:>11.2}{outcome:>18}",
            group.key,
            group.trades,
            figure(&group.avg_profit_pct, 2),
            group.tot_profit_usd,
            group.tot_profit_pct,
            group.avg_duration_secs.map(duration).unwrap_or_default(),
            group.fees_usd,
        )?;
    }
    Ok(())
}

fn open_trades(report: &Report, out: &mut String) -> core::fmt::Result {
    let open: Vec<_> = report.trades.iter().filter(|row| row.is_open).collect();
    if open.is_empty() {
        return Ok(());
    }
    heading(out, "LEFT OPEN")?;
    for row in open {
        let profit = row.profit_abs.map_or_else(|| "?".to_owned(), |p| cents(p.get()));
        let held = duration(row.trade_duration_secs);
        writeln!(
            out,
            "  {:<16}{:<16}since {}  {held}  profit at the bid {profit}",
            row.pair.as_str(),
            row.enter_tag,
            row.open_date
        )?;
    }
    Ok(())
}

fn periods(out: &mut String, periods: &[Period]) -> core::fmt::Result {
    writeln!(
        out,
        "  {:<12}{:>7}{:>13}{:>12}{:>10}",
        "Date", "Trades", "Tot Profit", "Account %", "W/L"
    )?;
    for period in periods {
        let gained = period.return_pct.map_or_else(|| "n/a".to_owned(), |pct| format!("{pct:.2}"));
        let outcome = format!("{}/{}", period.wins, period.losses);
        writeln!(
            out,
            "  {:<12}{:>7}{:>13.2}{gained:>12}{outcome:>10}",
            period.date, period.trades, period.profit_usd
        )?;
    }
    Ok(())
}

fn funnel(report: &Report, out: &mut String) -> core::fmt::Result {
    gates(report)
        .into_iter()
        .try_for_each(|(gate, count, why)| writeln!(out, "  {gate:<28}{count:>10}  {why}"))
}

/// The gates in their order: how many passed, and what stopped others, most frequent first.
pub fn gates(report: &Report) -> [(&'static str, u64, String); 7] {
    let funnel = &report.funnel;
    let reasons = |by: &BTreeMap<&'static str, u64>| {
        let mut by: Vec<_> = by.iter().collect();
        by.sort_by_key(|(word, count)| (core::cmp::Reverse(**count), **word));
        by.iter().map(|(word, count)| format!("{word} {count}")).collect::<Vec<_>>().join(", ")
    };
    let given_up: Vec<_> = funnel.given_up.iter().map(|(why, n)| format!("{why} {n}")).collect();
    [
        ("universe (product-decisions)", funnel.members, reasons(&funnel.excluded)),
        ("triggers", funnel.triggers, reasons(&funnel.triggers_by_kind)),
        ("proposed", funnel.proposed, reasons(&funnel.refused)),
        ("approved", funnel.approved, reasons(&funnel.rejected)),
        ("entries sent", funnel.sent, String::new()),
        ("entries filled", funnel.filled, given_up.join(", ")),
        ("sales sent", report.orders.exits, reasons(&funnel.exits_rejected)),
    ]
}

/// Dollars to the nearest cent; a format alone would cut what is behind it.
fn cents(usd: rust_decimal::Decimal) -> String {
    let nearest = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
    format!("{:.2}", usd.round_dp_with_strategy(2, nearest))
}

/// A figure with so many digits, or why there is none.
pub fn figure(measure: &Measure, digits: usize) -> String {
    match measure {
        Measure::Is(value) => format!("{value:.digits$}"),
        Measure::Na { na } => format!("n/a: {na}"),
    }
}

/// Seconds as days, hours and minutes.
pub fn duration(secs: i64) -> String {
    let (days, hours, minutes) = (secs / 86_400, secs / 3600 % 24, secs / 60 % 60);
    if days > 0 {
        format!("{days}d {hours:02}:{minutes:02}")
    } else {
        format!("{hours:02}:{minutes:02}")
    }
}

/// Every trade, a line each.
pub fn trades_csv(report: &Report) -> String {
    let mut out = String::from(
        "pair,enter_tag,open_date,close_date,trade_duration_secs,amount,stake_amount,open_rate,\
         close_rate,fees,profit_abs,profit_pct,r_multiple,exit_reason,is_open\n",
    );
    for row in &report.trades {
        let text = |value: Option<String>| value.unwrap_or_default();
        let _written = writeln!(
            out,
            "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}",
            row.pair,
            row.enter_tag,
            row.open_date,
            text(row.close_date.map(|at| at.to_string())),
            row.trade_duration_secs,
            row.amount,
            row.stake_amount,
            row.open_rate,
            text(row.close_rate.map(|rate| rate.to_string())),
            row.fees,
            text(row.profit_abs.map(|profit| profit.to_string())),
            text(row.profit_pct.map(|pct| pct.to_string())),
            text(row.r_multiple.map(|r| r.to_string())),
            row.exit_reason,
            row.is_open,
        );
    }
    out
}

/// The account at every decision, a line each.
pub fn equity_csv(points: &[Point]) -> String {
    let mut out = String::from("at,equity_usd,invested_usd\n");
    for point in points {
        let _written = writeln!(out, "{},{},{}", point.at, point.equity, point.invested);
    }
    out
}
