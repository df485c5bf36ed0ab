//! Lines and areas over time: the worth of the account, how far it fell, what it was exposed to.

use core::fmt::{Result, Write as _};

use super::frame::{Frame, UNITS};
use super::parts::{Column, escaped, num, number, optional, signed, table, when, word};
use crate::report::{ClusterUse, Report, Sample};

/// So many names fit beneath a chart on a telephone.
const TIMES: usize = 6;
/// Colours that clusters have, before they begin again.
const COLOURS: usize = 6;

type Value<'a> = &'a dyn Fn(&Sample) -> Option<f64>;

fn line(out: &mut String, class: &str, frame: &Frame, curve: &[Sample], of: Value<'_>) -> Result {
    write!(out, "<polyline class=\"{class}\" points=\"")?;
    for sample in curve {
        if let Some(value) = of(sample) {
            write!(out, "{:.1},{:.1} ", frame.x(sample.at.secs()), frame.y(value))?;
        }
    }
    write!(out, "\"/>")
}

/// What lies between two values, each held until the next sample.
fn area(
    out: &mut String,
    class: &str,
    frame: &Frame,
    curve: &[Sample],
    between: &dyn Fn(&Sample) -> (f64, f64),
) -> Result {
    write!(out, "<path class=\"{class}\" d=\"")?;
    for (at, sample) in curve.iter().enumerate() {
        let (x, y) = (frame.x(sample.at.secs()), frame.y(between(sample).1));
        if at == 0 { write!(out, "M{x:.1} {y:.1}")? } else { write!(out, "H{x:.1}V{y:.1}")? }
    }
    for (at, sample) in curve.iter().enumerate().rev() {
        let (x, y) = (frame.x(sample.at.secs()), frame.y(between(sample).0));
        if at + 1 == curve.len() { write!(out, "V{y:.1}")? } else { write!(out, "V{y:.1}H{x:.1}")? }
    }
    write!(out, "Z\"/>")
}

/// The account beside what holding was worth, and below it how far it was under water.
pub(super) fn equity(report: &Report, out: &mut String) -> Result {
    let curve = &report.curve;
    let (Some(first), Some(last)) = (curve.first(), curve.last()) else {
        return writeln!(out, "<p>The worth of the account was never known.</p>");
    };
    let lines: [(&str, Value<'_>); 3] = [
        ("basket", &|s: &Sample| s.basket),
        ("btc", &|s: &Sample| s.btc),
        ("own", &|s: &Sample| Some(s.equity)),
    ];
    let values = curve.iter().flat_map(|s| lines.iter().filter_map(move |(_, of)| of(s)));
    writeln!(out, "<figure><figcaption>Worth <small>US dollars</small></figcaption>")?;
    if let Some(frame) = Frame::of(first.at, last.at, values, TIMES) {
        let draw = |out: &mut String| {
            lines.iter().try_for_each(|(class, of)| line(out, class, &frame, curve, *of))
        };
        frame.write(out, "Worth of the account over time", 0, draw, |_| Ok(()))?;
    }
    let at = curve.len() - 1;
    writeln!(out, "<ul class=\"legend\">")?;
    for (class, name, key, value) in [
        ("own", "the account", "equity", Some(last.equity)),
        ("btc", "holding BTC", "btc", last.btc),
        ("basket", "holding everything in equal parts", "basket", last.basket),
    ] {
        writeln!(
            out,
            "<li class=\"{class}\">{name} <b data-json=\"/curve/{at}/{key}\">{}</b></li>",
            optional(value, 2)
        )?;
    }
    writeln!(out, "</ul></figure>")?;
    drawdown(report, out)
}

fn drawdown(report: &Report, out: &mut String) -> Result {
    let curve = &report.curve;
    let (Some(first), Some(last)) = (curve.first(), curve.last()) else { return Ok(()) };
    let worst = &report.figures.drawdown;
    let values = curve.iter().map(|s| s.drawdown_pct).chain([0.0, -worst.pct]);
    writeln!(
        out,
        "<figure class=\"low\"><figcaption>Drawdown <small>% below the highest worth so far</small></figcaption>"
    )?;
    if let Some(frame) = Frame::of(first.at, last.at, values, TIMES) {
        let draw = |out: &mut String| {
            area(out, "fall", &frame, curve, &|s| (0.0, s.drawdown_pct))?;
            line(out, "fall", &frame, curve, &|s| Some(s.drawdown_pct))
        };
        let over = |out: &mut String| match worst.trough_at {
            Some(at) => {
                let (x, y) = (frame.x(at.secs()) / 10.0, frame.y(-worst.pct) / 10.0);
                write!(out, "<b class=\"dot\" style=\"left:{x:.2}%;top:{y:.2}%\"></b>")
            }
            None => Ok(()),
        };
        frame.write(out, "Drawdown over time", 0, draw, over)?;
    }
    let dates = match (worst.peak_at, worst.trough_at) {
        (Some(peak), Some(trough)) => format!(
            " from <span data-json=\"/figures/drawdown/peak_at\">{}</span> to <span \
             data-json=\"/figures/drawdown/trough_at\">{}</span>",
            when(peak),
            when(trough)
        ),
        _ => String::new(),
    };
    writeln!(
        out,
        "<ul class=\"legend\"><li class=\"fall\">deepest <b data-json=\"/figures/drawdown/pct\">{}</b> \
         %{dates}</li></ul></figure>",
        number(worst.pct, 2)
    )
}

/// Coins by cluster, stacked, and how close each came to its cap.
pub(super) fn exposure(report: &Report, out: &mut String) -> Result {
    let (curve, clusters) = (&report.curve, &report.exposure.clusters);
    let (Some(first), Some(last)) = (curve.first(), curve.last()) else { return Ok(()) };
    let total = &report.exposure.total;
    if clusters.is_empty() {
        return writeln!(out, "<p>Nothing was ever held.</p>");
    }
    let upto = |s: &Sample, many: usize| s.clusters_pct.iter().take(many).sum::<f64>();
    let highest = curve.iter().map(|s| upto(s, clusters.len())).fold(0.0, f64::max);
    // A cap that is far away would press what is shown to the ground.
    let cap = total.cap_pct.filter(|cap| *cap < 2.5 * highest);
    writeln!(
        out,
        "<figure><figcaption>Coins by cluster <small>% of the account</small></figcaption>"
    )?;
    let values = [0.0, highest].into_iter().chain(cap);
    if let Some(frame) = Frame::of(first.at, last.at, values, TIMES) {
        let draw = |out: &mut String| {
            for at in 0..clusters.len() {
                let class = format!("stack c{}", at % COLOURS);
                area(out, &class, &frame, curve, &|s| (upto(s, at), upto(s, at + 1)))?;
            }
            match cap {
                Some(cap) => {
                    write!(out, "<path class=\"cap\" d=\"M0 {:.1}H{UNITS}\"/>", frame.y(cap))
                }
                None => Ok(()),
            }
        };
        frame.write(out, "Coins by cluster over time", 0, draw, |_| Ok(()))?;
    }
    writeln!(out, "<ul class=\"legend\">")?;
    for (at, one) in clusters.iter().enumerate() {
        writeln!(out, "<li class=\"c{}\">{}</li>", at % COLOURS, escaped(&one.cluster))?;
    }
    if let Some(cap) = cap {
        writeln!(out, "<li class=\"cap\">cap on the whole, {} %</li>", number(cap, 1))?;
    }
    writeln!(out, "</ul></figure>")?;
    uses(report, out)
}

fn uses(report: &Report, out: &mut String) -> Result {
    let columns: [Column; 6] = [
        word("Cluster", "cluster"),
        num("Mean %", "mean_pct"),
        num("Worst %", "worst_pct"),
        num("Cap %", "cap_pct"),
        num("Worst use %", "worst_use_pct"),
        word("Worst at", "worst_at"),
    ];
    let row = |(pointer, one): (String, &ClusterUse)| {
        let cells = vec![
            escaped(&one.cluster),
            number(one.mean_pct, 2),
            number(one.worst_pct, 2),
            optional(one.cap_pct, 1),
            optional(one.worst_use_pct, 1),
            one.worst_at.map_or_else(|| "n/a".to_owned(), when),
        ];
        (pointer, cells)
    };
    let all = [("/exposure/total".to_owned(), &report.exposure.total)];
    let each = report.exposure.clusters.iter().enumerate();
    let each = each.map(|(at, one)| (format!("/exposure/clusters/{at}"), one));
    table(out, &columns, each.chain(all).map(row))?;
    writeln!(
        out,
        "<p class=\"note\">Caps bind what is bought, at its worst case; prices may carry what is held \
         beyond them. Percent are of the account, or of <code>control.capital_usd</code> where that is \
         less.</p>"
    )
}

/// What closed trades gained before fees, what fees took, and what was left.
pub(super) fn took(report: &Report, out: &mut String) -> Result {
    let costs = &report.costs;
    let rows = [
        ("before fees", costs.closed_gross_usd, "closed_gross_usd"),
        ("fees", -costs.closed_fees_usd, "closed_fees_usd"),
        ("after fees", costs.closed_net_usd, "closed_net_usd"),
    ];
    let most = rows.iter().map(|(_, value, _)| value.abs()).fold(1e-9, f64::max);
    writeln!(
        out,
        "<div class=\"scales\" role=\"img\" aria-label=\"Closed trades before and after fees\">"
    )?;
    for (name, value, key) in rows {
        let (width, side) = (50.0 * value.abs() / most, if value < 0.0 { "down" } else { "up" });
        // Fees are shown as what they took.
        let minus = if key == "closed_fees_usd" { " data-minus" } else { "" };
        writeln!(
            out,
            "<span>{name}</span><span class=\"beam\"><i class=\"{side}\" style=\"width:{width:.1}%\">\
             </i></span><b data-json=\"/costs/{key}\"{minus}>{}</b>",
            signed(value, 2)
        )?;
    }
    writeln!(out, "</div><p class=\"note\">Closed trades, US dollars.</p>")
}
