//! A report as one page that needs nothing else: no script, no font, no network.

mod candles;
mod curves;
mod frame;
mod gates;
mod parts;
mod tables;

use core::fmt::{Result, Write as _};

use crate::report::Report;
use crate::tables::summary;
use parts::{escaped, measure, num, number, optional, pairs, signed, table, when, word};

const STYLE: &str = include_str!("page.css");

/// The page.
pub fn page(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _written = write_page(report, &mut out);
    out
}

/// A section: its anchor, its title, and what writes it.
type Section = (&'static str, &'static str, fn(&Report, &mut String) -> Result);

/// What the page has, in its order, with freqtrade's names where they mean the same.
const SECTIONS: &[Section] = &[
    ("equity", "Equity and drawdown", curves::equity),
    ("months", "Month breakdown", |report, out| {
        tables::periods(out, "Month", "/months", &report.months)
    }),
    ("exposure", "Exposure by cluster", curves::exposure),
    ("candles", "Candles, entries and exits", candles::candles),
    ("pairs", "Backtesting report", |report, out| {
        tables::groups(out, "Pair", "/by_product", &report.by_product)
    }),
    ("tags", "Enter tag stats", |report, out| {
        tables::groups(out, "Enter Tag", "/by_trigger", &report.by_trigger)
    }),
    ("exits", "Exit reason stats", |report, out| {
        tables::groups(out, "Exit Reason", "/by_exit", &report.by_exit)
    }),
    ("open", "Left open trades report", |report, out| tables::trades(report, out, true)),
    ("gates", "Gates", gates::funnel),
    ("limits", "Limits, worst use", gates::limits),
    ("costs", "Fees and slippage", costs),
    ("summary", "Summary metrics", |report, out| {
        let lines = summary(report).into_iter();
        pairs(out, lines.map(|(name, value, at)| (name, parts::minuses(&value), at.to_owned())))
    }),
    ("trades", "Trades", |report, out| tables::trades(report, out, false)),
    ("days", "Day breakdown", days),
    ("assumptions", "What it rests on", assumptions),
    ("data", "Data", data),
];

fn write_page(report: &Report, out: &mut String) -> Result {
    let inputs = &report.inputs;
    let (from, to) = (parts::day_or_moment(inputs.from), parts::day_or_moment(inputs.to));
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta \
         name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta \
         name=\"color-scheme\" content=\"light dark\">\n<title>Backtest {from} to {to}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n\
         <p class=\"eyebrow\">Backtest</p>\n<h1><span data-json=\"/inputs/from\">{from}</span> to <span \
         data-json=\"/inputs/to\">{to}</span></h1>"
    )?;
    writeln!(
        out,
        "<p class=\"sub\">{} products, <span data-json=\"/inputs/product_bars\">{}</span> bars of {} \
         and longer, a decision every {} s; times are UTC. Configuration <code>{}</code>, policy \
         <code>{}</code>.</p>\n</header>",
        inputs.products.len(),
        number(inputs.product_bars as f64, 0),
        inputs.granularity,
        inputs.interval_secs,
        short(&inputs.config_hash),
        short(&inputs.policy_hash)
    )?;
    for warning in &report.warnings {
        writeln!(out, "<p class=\"warning\">{}</p>", escaped(warning))?;
    }
    tiles(report, out)?;
    write!(out, "<nav aria-label=\"Sections\">")?;
    for (anchor, title, _) in SECTIONS {
        write!(out, "<a href=\"#{anchor}\">{title}</a> ")?;
    }
    writeln!(out, "</nav>\n<main>")?;
    for (anchor, title, write) in SECTIONS {
        writeln!(out, "<section id=\"{anchor}\">\n<h2>{title}</h2>")?;
        write(report, out)?;
        writeln!(out, "</section>")?;
    }
    writeln!(out, "</main>\n</body>\n</html>")
}

/// The figures that are looked for first.
fn tiles(report: &Report, out: &mut String) -> Result {
    let (account, figures, costs) = (&report.account, &report.figures, &report.costs);
    let interval = |interval: Option<crate::metrics::Interval>| {
        interval.map_or_else(
            || "no interval below ten days".to_owned(),
            |i| format!("90 %: {} to {}", signed(i.low, 2), signed(i.high, 2)),
        )
    };
    let money = |usd: Option<domain::Usd>| {
        use rust_decimal::prelude::ToPrimitive as _;
        optional(usd.and_then(|usd| usd.get().to_f64()), 2)
    };
    let pct = |measure: &crate::metrics::Measure| {
        measure.get().map_or_else(|| "n/a".to_owned(), |value| signed(value, 2))
    };
    let plain = |measure: &crate::metrics::Measure, digits| optional(measure.get(), digits);
    let beyond = report.holding.first().map(|held| pct(&held.excess_pct)).unwrap_or_default();
    let all = [
        (
            "Total profit %",
            "/account/profit_pct",
            pct(&account.profit_pct),
            interval(figures.return_90_pct),
        ),
        (
            "Final balance $",
            "/account/end_marked_usd",
            money(account.end_marked_usd),
            format!("from {}", money(Some(account.start_usd))),
        ),
        ("Beyond holding BTC, %", "/holding/0/excess_pct", beyond, "percent points".to_owned()),
        ("Sharpe", "/figures/sharpe", plain(&figures.sharpe, 2), interval(figures.sharpe_90)),
        (
            "Max drawdown %",
            "/figures/drawdown/pct",
            number(figures.drawdown.pct, 2),
            format!("{} $", number(figures.drawdown.usd, 2)),
        ),
        (
            "Closed trades",
            "/figures/trades",
            number(figures.trades as f64, 0),
            format!("{} % won", plain(&figures.win_rate_pct, 1)),
        ),
        (
            "Fees $",
            "/costs/fees_usd",
            number(costs.fees_usd, 2),
            format!(
                "{} bps a side, even at {}",
                plain(&costs.fee_bps, 1),
                plain(&costs.break_even_bps, 1)
            ),
        ),
        (
            "Exposure %",
            "/figures/exposure_pct",
            plain(&figures.exposure_pct, 2),
            format!("at most {}", number(report.exposure.total.worst_pct, 2)),
        ),
    ];
    writeln!(out, "<dl class=\"tiles\">")?;
    for (name, pointer, value, more) in all {
        writeln!(
            out,
            "<div><dt>{name}</dt><dd><b data-json=\"{pointer}\">{value}</b><small>{more}</small></dd></div>"
        )?;
    }
    writeln!(out, "</dl>")
}

fn costs(report: &Report, out: &mut String) -> Result {
    curves::took(report, out)?;
    let costs = &report.costs;
    let usd = |value: f64| number(value, 2);
    let rows = [
        ("Total trade volume, USD", usd(costs.volume_usd), "volume_usd"),
        ("Fees, USD", usd(costs.fees_usd), "fees_usd"),
        ("Fees of what rested, USD", usd(costs.maker_fees_usd), "maker_fees_usd"),
        ("Fees of what took, USD", usd(costs.taker_fees_usd), "taker_fees_usd"),
        ("Fees, bps a side", measure(&costs.fee_bps, 2), "fee_bps"),
        ("Even at, bps a side", measure(&costs.break_even_bps, 2), "break_even_bps"),
        ("Slippage, USD", usd(costs.slippage_usd), "slippage_usd"),
        ("Slippage, bps", measure(&costs.slippage_bps, 2), "slippage_bps"),
        ("Rested, % of the value", measure(&costs.maker_pct, 1), "maker_pct"),
    ];
    pairs(out, rows.into_iter().map(|(name, value, key)| (name, value, format!("/costs/{key}"))))?;
    writeln!(
        out,
        "<p class=\"note\">Slippage is against the middle of the book that each verdict saw; below 0 \
         where resting orders bought below it.</p>"
    )
}

fn days(report: &Report, out: &mut String) -> Result {
    writeln!(out, "<details><summary>{} days</summary>", report.days.len())?;
    tables::periods(out, "Day", "/days", &report.days)?;
    writeln!(out, "</details>")
}

fn assumptions(report: &Report, out: &mut String) -> Result {
    let rows = report.assumptions.iter().enumerate();
    pairs(
        out,
        rows.map(|(at, one)| (one.about, one.text.clone(), format!("/assumptions/{at}/text"))),
    )
}

fn data(report: &Report, out: &mut String) -> Result {
    let columns = [
        word("Product", "product"),
        num("Change %", "change_pct"),
        num("Bars", "bars"),
        word("of", "granularity"),
        word("First", "first"),
        word("End", "end"),
        word("File", "file"),
    ];
    let row = |(at, played): (usize, &crate::report::Played)| {
        let cells = vec![
            played.product.to_string(),
            played.change_pct.map_or_else(|| "n/a".to_owned(), |pct| parts::toned(pct, 2)),
            number(played.bars as f64, 0),
            played.granularity.to_string(),
            played.first.map_or_else(|| "n/a".to_owned(), when),
            played.end.map_or_else(|| "n/a".to_owned(), when),
            escaped(&played.file),
        ];
        (format!("/inputs/products/{at}"), cells)
    };
    table(out, &columns, report.inputs.products.iter().enumerate().map(row))
}

/// The first digits of a hash.
fn short(hash: &str) -> String {
    hash.chars().take(12).collect()
}
