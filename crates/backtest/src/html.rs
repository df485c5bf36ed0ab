//! A report as one page that needs nothing else: no script, no font, no network.

use core::fmt::Write as _;

use crate::report::{Group, Period, Report, Sample};
use crate::tables::{duration, figure, gates, summary};

const STYLE: &str = include_str!("report.css");
const WIDTH: f64 = 800.0;
const HEIGHT: f64 = 240.0;

/// The page.
pub fn page(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _written = write_page(report, &mut out);
    out
}

fn write_page(report: &Report, out: &mut String) -> core::fmt::Result {
    let inputs = &report.inputs;
    let title = format!("Backtest {} to {}", inputs.from, inputs.to);
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta \
         name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>"
    )?;
    writeln!(
        out,
        "<p>{} products, {} bars of {} and longer, a decision every {} s. Configuration \
         <code>{}</code>, policy <code>{}</code>.</p>",
        inputs.products.len(),
        inputs.product_bars,
        inputs.granularity,
        inputs.interval_secs,
        short(&inputs.config_hash),
        short(&inputs.policy_hash)
    )?;
    for warning in &report.warnings {
        writeln!(out, "<p class=\"warning\">{}</p>", escaped(warning))?;
    }
    charts(report, out)?;
    writeln!(out, "<h2>Summary</h2>")?;
    pairs(out, summary(report).iter().map(|(name, value)| (*name, value.as_str())))?;
    for (title, what, groups) in [
        ("Pairs", "Pair", &report.by_product),
        ("Enter tags", "Enter tag", &report.by_trigger),
        ("Exit reasons", "Exit reason", &report.by_exit),
    ] {
        writeln!(out, "<h2>{title}</h2>")?;
        table_of_groups(out, what, groups)?;
    }
    writeln!(out, "<h2>Months</h2>")?;
    table_of_periods(out, &report.months)?;
    writeln!(out, "<h2>Gates</h2>")?;
    funnel(report, out)?;
    writeln!(out, "<h2>Trades</h2>")?;
    trades(report, out)?;
    writeln!(out, "<h2>Days</h2>")?;
    table_of_periods(out, &report.days)?;
    writeln!(out, "<h2>What it rests on</h2>")?;
    pairs(out, report.assumptions.iter().map(|one| (one.about, one.text.as_str())))?;
    writeln!(out, "<h2>Data</h2>")?;
    data(report, out)?;
    writeln!(out, "</body>\n</html>")
}

fn charts(report: &Report, out: &mut String) -> core::fmt::Result {
    let curve = &report.curve;
    writeln!(out, "<h2>Equity</h2>")?;
    let lines: [Line<'_>; 3] = [
        ("basket", &|s: &Sample| s.basket),
        ("btc", &|s: &Sample| s.btc),
        ("own", &|s: &Sample| Some(s.equity)),
    ];
    chart(out, curve, &lines, "$")?;
    writeln!(
        out,
        "<p class=\"legend\"><span class=\"own\">the account</span> <span class=\"btc\">holding \
         BTC</span> <span class=\"basket\">holding the basket</span></p>"
    )?;
    writeln!(out, "<h2>Drawdown and exposure</h2>")?;
    let lines: [Line<'_>; 2] = [
        ("basket", &|s: &Sample| Some(s.invested_pct)),
        ("fall", &|s: &Sample| Some(s.drawdown_pct)),
    ];
    chart(out, curve, &lines, "%")?;
    writeln!(
        out,
        "<p class=\"legend\"><span class=\"fall\">below the highest worth, %</span> <span \
         class=\"basket\">in coins, %</span></p>"
    )
}

type Line<'a> = (&'a str, &'a dyn Fn(&Sample) -> Option<f64>);

/// Lines over time, with the ends of both axes written.
fn chart(out: &mut String, curve: &[Sample], lines: &[Line<'_>], unit: &str) -> core::fmt::Result {
    let (Some(first), Some(last)) = (curve.first(), curve.last()) else {
        return writeln!(out, "<p>The worth of the account was never known.</p>");
    };
    let values = || curve.iter().flat_map(|s| lines.iter().filter_map(move |(_, of)| of(s)));
    let low = values().fold(f64::INFINITY, f64::min);
    let high = values().fold(f64::NEG_INFINITY, f64::max);
    let (span, range) = (last.at.secs_since(first.at).max(1) as f64, (high - low).max(1e-9));
    writeln!(
        out,
        "<svg viewBox=\"0 0 {WIDTH} {}\" role=\"img\" preserveAspectRatio=\"none\">",
        HEIGHT + 4.0
    )?;
    for (class, of) in lines {
        write!(out, "<polyline class=\"{class}\" points=\"")?;
        for sample in curve {
            let Some(value) = of(sample) else { continue };
            let x = WIDTH * sample.at.secs_since(first.at) as f64 / span;
            let y = 2.0 + HEIGHT * (1.0 - (value - low) / range);
            write!(out, "{x:.1},{y:.1} ")?;
        }
        writeln!(out, "\"/>")?;
    }
    writeln!(
        out,
        "</svg>\n<p class=\"axis\"><span>{low:.2} to {high:.2} {unit}</span><span>{} to \
         {}</span></p>",
        first.at, last.at
    )
}

fn pairs<'a>(
    out: &mut String,
    rows: impl Iterator<Item = (&'a str, &'a str)>,
) -> core::fmt::Result {
    writeln!(out, "<table class=\"pairs\">")?;
    for (name, value) in rows {
        writeln!(out, "<tr><th>{}</th><td>{}</td></tr>", escaped(name), escaped(value))?;
    }
    writeln!(out, "</table>")
}

/// A table that scrolls sideways where it is too wide.
fn table(
    out: &mut String,
    heads: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> core::fmt::Result {
    write!(out, "<div class=\"wide\"><table><tr>")?;
    for head in heads {
        write!(out, "<th>{head}</th>")?;
    }
    writeln!(out, "</tr>")?;
    for row in rows {
        write!(out, "<tr>")?;
        for cell in row {
            write!(out, "<td>{}</td>", escaped(&cell))?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</table></div>")
}

fn table_of_groups(out: &mut String, what: &str, groups: &[Group]) -> core::fmt::Result {
    let heads = [
        what,
        "Trades",
        "Avg Profit %",
        "Tot Profit",
        "Tot Profit %",
        "Avg Duration",
        "Fees",
        "W/D/L",
    ];
    table(
        out,
        &heads,
        groups.iter().map(|group| {
            vec![
                group.key.clone(),
                group.trades.to_string(),
                figure(&group.avg_profit_pct, 2),
                format!("{:.2}", group.tot_profit_usd),
                format!("{:.2}", group.tot_profit_pct),
                group.avg_duration_secs.map(duration).unwrap_or_default(),
                format!("{:.2}", group.fees_usd),
                format!("{}/{}/{}", group.wins, group.draws, group.losses),
            ]
        }),
    )
}

fn table_of_periods(out: &mut String, periods: &[Period]) -> core::fmt::Result {
    let heads = ["Date", "Trades", "Tot Profit", "Account %", "W/L"];
    table(
        out,
        &heads,
        periods.iter().map(|period| {
            vec![
                period.date.clone(),
                period.trades.to_string(),
                format!("{:.2}", period.profit_usd),
                period.return_pct.map_or_else(|| "n/a".to_owned(), |pct| format!("{pct:.2}")),
                format!("{}/{}", period.wins, period.losses),
            ]
        }),
    )
}

fn funnel(report: &Report, out: &mut String) -> core::fmt::Result {
    let row =
        |(gate, count, why): (&str, u64, String)| vec![gate.to_owned(), count.to_string(), why];
    table(out, &["Gate", "Passed", "Stopped by"], gates(report).into_iter().map(row))
}

fn trades(report: &Report, out: &mut String) -> core::fmt::Result {
    let heads = [
        "Pair",
        "Enter tag",
        "Opened",
        "Closed",
        "Duration",
        "Stake",
        "Open rate",
        "Close rate",
        "Profit",
        "Profit %",
        "R",
        "Exit",
    ];
    table(
        out,
        &heads,
        report.trades.iter().map(|row| {
            let number = |value: Option<f64>| value.map(|v| format!("{v:.2}")).unwrap_or_default();
            vec![
                row.pair.to_string(),
                row.enter_tag.to_owned(),
                row.open_date.to_string(),
                row.close_date.map_or_else(|| "open".to_owned(), |at| at.to_string()),
                duration(row.trade_duration_secs),
                format!("{:.2}", row.stake_amount.get()),
                row.open_rate.get().round_dp(8).normalize().to_string(),
                row.close_rate
                    .map(|r| r.get().round_dp(8).normalize().to_string())
                    .unwrap_or_default(),
                row.profit_abs.map(|profit| format!("{:.2}", profit.get())).unwrap_or_default(),
                number(row.profit_pct),
                number(row.r_multiple),
                row.exit_reason.to_owned(),
            ]
        }),
    )
}

fn data(report: &Report, out: &mut String) -> core::fmt::Result {
    let heads = ["Product", "File", "Bars", "First", "End", "Change %"];
    table(
        out,
        &heads,
        report.inputs.products.iter().map(|played| {
            vec![
                played.product.to_string(),
                played.file.clone(),
                format!("{} of {}", played.bars, played.granularity),
                played.first.map(|at| at.to_string()).unwrap_or_default(),
                played.end.map(|at| at.to_string()).unwrap_or_default(),
                played.change_pct.map(|pct| format!("{pct:.2}")).unwrap_or_default(),
            ]
        }),
    )
}

/// The first digits of a hash.
fn short(hash: &str) -> String {
    hash.chars().take(12).collect()
}

/// Text that no browser takes for anything else.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
