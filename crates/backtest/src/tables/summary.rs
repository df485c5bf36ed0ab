//! The lines that a report is summed up in.

use super::{cents, duration, figure};
use crate::metrics::{Interval, Measure};
use crate::report::Report;

/// The lines of the summary, with freqtrade's names where they mean the same: each with its name, what
/// it says, and where in the JSON the figure is that it begins with.
pub fn summary(report: &Report) -> Vec<(&'static str, String, &'static str)> {
    let (account, figures, costs) = (&report.account, &report.figures, &report.costs);
    let dollars = |usd: Option<domain::Usd>| {
        usd.map_or_else(|| "n/a: a mark is missing".to_owned(), |usd| cents(usd.get()))
    };
    let drawdown = &figures.drawdown;
    let date =
        |at: Option<domain::Timestamp>| at.map_or_else(|| "never".to_owned(), |at| at.to_string());
    // Of how many it is says more than the number does.
    let sqn = match figures.sqn.get() {
        Some(_) => format!("{} ({} trades)", figure(&figures.sqn, 2), figures.trades),
        None => figure(&figures.sqn, 2),
    };
    let mut lines = vec![
        ("Starting balance", dollars(Some(account.start_usd)), "/account/start_usd"),
        ("Final balance, marked", dollars(account.end_marked_usd), "/account/end_marked_usd"),
        ("Final balance, closed", dollars(account.end_closed_usd), "/account/end_closed_usd"),
        ("Absolute profit", dollars(account.profit_usd), "/account/profit_usd"),
        (
            "Total profit %",
            with(&account.profit_pct, figures.return_90_pct, 2),
            "/account/profit_pct",
        ),
        ("CAGR %", figure(&figures.cagr_pct, 2), "/figures/cagr_pct"),
        ("Sharpe", with(&figures.sharpe, figures.sharpe_90, 2), "/figures/sharpe"),
        (
            "Probabilistic Sharpe",
            figure(&figures.probabilistic_sharpe, 3),
            "/figures/probabilistic_sharpe",
        ),
        ("Deflated Sharpe", figure(&figures.deflated_sharpe, 3), "/figures/deflated_sharpe"),
        ("Sortino", figure(&figures.sortino, 2), "/figures/sortino"),
        ("Calmar", figure(&figures.calmar, 2), "/figures/calmar"),
        (
            "Max drawdown %",
            format!("{:.2} (${:.2})", drawdown.pct, drawdown.usd),
            "/figures/drawdown/pct",
        ),
        ("Drawdown start", date(drawdown.peak_at), "/figures/drawdown/peak_at"),
        ("Drawdown end", date(drawdown.trough_at), "/figures/drawdown/trough_at"),
        ("Drawdown recovered", date(drawdown.recovered_at), "/figures/drawdown/recovered_at"),
        ("Longest under water", duration(drawdown.longest_under_water_secs), ""),
        (
            "Closed trades / days",
            format!("{} / {}", figures.trades, figures.days),
            "/figures/trades",
        ),
        ("Win rate %", figure(&figures.win_rate_pct, 1), "/figures/win_rate_pct"),
        ("Profit factor", figure(&figures.profit_factor, 2), "/figures/profit_factor"),
        ("Expectancy $", figure(&figures.expectancy_usd, 2), "/figures/expectancy_usd"),
        ("Expectancy R", figure(&figures.expectancy_r, 3), "/figures/expectancy_r"),
        ("SQN", sqn, "/figures/sqn"),
        ("Exposure %", figure(&figures.exposure_pct, 2), "/figures/exposure_pct"),
        ("Turnover % a day", figure(&figures.turnover_pct_a_day, 2), "/figures/turnover_pct_a_day"),
        ("Total trade volume $", format!("{:.2}", costs.volume_usd), "/costs/volume_usd"),
    ];
    lines.extend(paid(report));
    lines.extend(held(report));
    lines
}

/// What trading cost, and what became of orders.
fn paid(report: &Report) -> [(&'static str, String, &'static str); 6] {
    let costs = &report.costs;
    let refused: u64 = report.orders.refused.values().sum();
    let beside = |usd: f64, bps: &Measure, unit: &str| match bps.get() {
        Some(_) => format!("{usd:.2} ({} {unit})", figure(bps, 1)),
        None => format!("{usd:.2} ({})", figure(bps, 1)),
    };
    [
        ("Fees $", beside(costs.fees_usd, &costs.fee_bps, "bps a side"), "/costs/fees_usd"),
        (
            "Slippage $",
            beside(costs.slippage_usd, &costs.slippage_bps, "bps"),
            "/costs/slippage_usd",
        ),
        ("Maker share %", figure(&costs.maker_pct, 1), "/costs/maker_pct"),
        ("Break-even fee, bps a side", figure(&costs.break_even_bps, 1), "/costs/break_even_bps"),
        (
            "Orders taken / refused",
            format!("{} / {refused}", report.orders.accepted),
            "/orders/accepted",
        ),
        (
            "Entries filled / sent",
            format!("{} / {}", report.funnel.filled, report.funnel.sent),
            "/funnel/filled",
        ),
    ]
}

/// What holding would have done.
fn held(report: &Report) -> impl Iterator<Item = (&'static str, String, &'static str)> {
    report.holding.iter().map(|held| {
        let (name, at) = match held.name {
            "basket" => ("Holding the basket %", "/holding/1/return_pct"),
            _ => ("Holding BTC %", "/holding/0/return_pct"),
        };
        let (gained, excess) = (figure(&held.return_pct, 2), figure(&held.excess_pct, 2));
        (name, format!("{gained} (the strategy beyond it: {excess})"), at)
    })
}

fn with(measure: &Measure, interval: Option<Interval>, digits: usize) -> String {
    let figure = figure(measure, digits);
    match interval {
        Some(Interval { low, high }) => {
            format!("{figure} (90 %: {low:.digits$} to {high:.digits$})")
        }
        None => figure,
    }
}
