//! Candles of a chosen product with its entries and exits. Choosing needs no script: each product has
//! a button that shows its chart.

use core::fmt::{Result, Write as _};

use super::frame::Frame;
use super::parts::{escaped, optional, signed, when};
use crate::report::{Candle, Chart, Report, TradeRow};
use domain::Timestamp;
use rust_decimal::prelude::ToPrimitive as _;

/// The least room of a candle on a screen.
const CANDLE_PX: usize = 3;
/// How much of its room a candle's body has.
const BODY: f64 = 0.62;
/// Times along the bottom.
const TIMES: usize = 6;

/// Everything of the section.
pub(super) fn candles(report: &Report, out: &mut String) -> Result {
    if report.charts.is_empty() {
        return writeln!(out, "<p>Nothing was traded.</p>");
    }
    writeln!(out, "<style>")?;
    for at in 0..report.charts.len() {
        writeln!(
            out,
            "#pick{at}:checked~.charts>.p{at}{{display:block}}#pick{at}:checked~.picks>[for=pick{at}]\
             {{background:var(--ink);color:var(--paper);border-color:var(--ink)}}\
             #pick{at}:focus-visible~.picks>[for=pick{at}]{{outline:2px solid var(--own);outline-offset:2px}}"
        )?;
    }
    writeln!(out, "</style>\n<div class=\"picker\">")?;
    for (at, chart) in report.charts.iter().enumerate() {
        let checked = if at == 0 { " checked" } else { "" };
        writeln!(
            out,
            "<input type=\"radio\" name=\"product\" id=\"pick{at}\" aria-label=\"{}\"{checked}>",
            chart.product
        )?;
    }
    writeln!(out, "<div class=\"picks\">")?;
    for (at, chart) in report.charts.iter().enumerate() {
        let many = trades_of(report, chart).count();
        writeln!(out, "<label for=\"pick{at}\">{} <small>{many}</small></label>", chart.product)?;
    }
    writeln!(out, "</div>\n<div class=\"charts\">")?;
    for (at, chart) in report.charts.iter().enumerate() {
        writeln!(out, "<div class=\"p{at}\">")?;
        one(report, chart, out)?;
        writeln!(out, "</div>")?;
    }
    writeln!(out, "</div></div>")?;
    let traded: std::collections::BTreeSet<_> = report.trades.iter().map(|row| row.pair).collect();
    let left = traded.len().saturating_sub(report.charts.len());
    if left > 0 {
        writeln!(out, "<p class=\"note\">{left} more products were traded, less often.</p>")?;
    }
    Ok(())
}

/// A product's trades with their numbers in the table of trades.
fn trades_of<'a>(
    report: &'a Report,
    chart: &'a Chart,
) -> impl Iterator<Item = (usize, &'a TradeRow)> {
    report.trades.iter().enumerate().filter(|(_, row)| row.pair == chart.product)
}

fn one(report: &Report, chart: &Chart, out: &mut String) -> Result {
    let (from, to) = (report.inputs.from, report.inputs.to);
    let rates = trades_of(report, chart).flat_map(|(_, row)| {
        [row.open_rate.get().to_f64(), row.close_rate.and_then(|rate| rate.get().to_f64())]
    });
    let values = chart.candles.iter().flat_map(|c| [c.2, c.3]).chain(rates.flatten());
    writeln!(
        out,
        "<figure class=\"tall\"><figcaption>{} <small>US dollars, candles of {}</small></figcaption>",
        chart.product,
        length(chart.secs)
    )?;
    if let Some(frame) = Frame::of(from, to, values, TIMES) {
        let room = usize::try_from(to.secs_since(from) / chart.secs).unwrap_or(0) * CANDLE_PX;
        let label = format!("Candles of {} with entries and exits", chart.product);
        let draw = |out: &mut String| {
            drawn(out, &frame, chart)?;
            trades_of(report, chart).try_for_each(|(_, row)| held(out, &frame, row, to))
        };
        let over = |out: &mut String| {
            trades_of(report, chart).try_for_each(|(at, row)| marks(out, &frame, at, row))
        };
        frame.write(out, &label, room, draw, over)?;
    }
    writeln!(
        out,
        "<ul class=\"legend\"><li class=\"in\">bought</li><li class=\"out\">sold</li><li \
         class=\"rise\">rose</li><li class=\"sink\">fell</li></ul>"
    )?;
    writeln!(out, "<ol class=\"deals\">")?;
    for (at, row) in trades_of(report, chart).take(MOST_TOLD) {
        writeln!(out, "<li value=\"{}\">{}</li>", at + 1, told(row))?;
    }
    writeln!(out, "</ol></figure>")
}

/// So many trades are told beneath a chart; the table has the others.
const MOST_TOLD: usize = 40;

fn drawn(out: &mut String, frame: &Frame, chart: &Chart) -> Result {
    let middle = |candle: &Candle| frame.x(candle.0) + 0.5 * frame.width(chart.secs);
    write!(out, "<path class=\"wick\" d=\"")?;
    for candle in &chart.candles {
        let (x, high, low) = (middle(candle), frame.y(candle.2), frame.y(candle.3));
        write!(out, "M{x:.1} {high:.1}V{low:.1}")?;
    }
    write!(out, "\"/>")?;
    let width = BODY * frame.width(chart.secs);
    for (class, rose) in [("rise", true), ("sink", false)] {
        write!(out, "<path class=\"{class}\" stroke-width=\"{width:.2}\" d=\"")?;
        for candle in chart.candles.iter().filter(|candle| (candle.4 >= candle.1) == rose) {
            let (top, bottom) = (frame.y(candle.1.max(candle.4)), frame.y(candle.1.min(candle.4)));
            // What did not move is a line.
            let bottom = bottom.max(top + 2.0);
            write!(out, "M{:.1} {top:.1}V{bottom:.1}", middle(candle))?;
        }
        write!(out, "\"/>")?;
    }
    Ok(())
}

/// From the entry to the exit.
fn held(out: &mut String, frame: &Frame, row: &TradeRow, end: Timestamp) -> Result {
    let (Some(open), Some(close)) = (
        row.open_rate.get().to_f64(),
        row.close_rate.map_or(row.open_rate, |rate| rate).get().to_f64(),
    ) else {
        return Ok(());
    };
    let until = row.close_date.unwrap_or(end);
    write!(
        out,
        "<path class=\"held\" d=\"M{:.1} {:.1}L{:.1} {:.1}\"/>",
        frame.x(row.open_date.secs()),
        frame.y(open),
        frame.x(until.secs()),
        frame.y(close)
    )
}

/// Triangles at the entry and the exit, with the trade's number.
fn marks(out: &mut String, frame: &Frame, at: usize, row: &TradeRow) -> Result {
    let title = escaped(&told_plain(row));
    let mut mark = |class: &str, secs: i64, rate: Option<f64>| match rate {
        Some(rate) => write!(
            out,
            "<b class=\"mark {class}\" title=\"{title}\" style=\"left:{:.2}%;top:{:.2}%\"><i>{}</i></b>",
            frame.x(secs) / 10.0,
            frame.y(rate) / 10.0,
            at + 1
        ),
        None => Ok(()),
    };
    mark("in", row.open_date.secs(), row.open_rate.get().to_f64())?;
    match (row.close_date, row.close_rate) {
        (Some(closed), Some(rate)) => mark("out", closed.secs(), rate.get().to_f64()),
        _ => Ok(()),
    }
}

/// A trade in a line.
fn told(row: &TradeRow) -> String {
    let profit = row.profit_abs.and_then(|profit| profit.get().to_f64());
    let class = super::parts::tone(profit.unwrap_or(0.0));
    format!(
        "{}, {} <span class=\"{class}\">{}</span>",
        escaped(row.enter_tag),
        escaped(&span(row)),
        profit.map_or_else(|| "n/a".to_owned(), |profit| format!("{} $", signed(profit, 2)))
    )
}

fn told_plain(row: &TradeRow) -> String {
    let profit = row.profit_abs.and_then(|profit| profit.get().to_f64());
    format!("{}, {}, {} $", row.enter_tag, span(row), optional(profit, 2))
}

fn span(row: &TradeRow) -> String {
    let bought = format!("{} at {}", when(row.open_date), rate(row.open_rate.get()));
    match (row.close_date, row.close_rate) {
        (Some(at), Some(price)) => {
            format!("{bought} to {} at {}, {}", when(at), rate(price.get()), row.exit_reason)
        }
        _ => format!("{bought}, still open"),
    }
}

/// A price with no more digits than it needs.
pub(super) fn rate(price: rust_decimal::Decimal) -> String {
    price.round_dp(8).normalize().to_string()
}

/// How long a candle is.
fn length(secs: i64) -> String {
    match secs {
        3600 => "an hour".to_owned(),
        86_400 => "a day".to_owned(),
        ..3600 => format!("{} minutes", secs / 60),
        3601..86_400 => format!("{} hours", secs / 3600),
        _ => format!("{} days", secs / 86_400),
    }
}
