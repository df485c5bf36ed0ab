//! The tables of trades: one by one, by what they have in common, and by time.

use core::fmt::{Result, Write as _};

use super::candles::rate;
use super::parts::{bar, escaped, measure, num, number, optional, table, toned, when, word};
use crate::report::{Group, Period, Report, TradeRow};
use crate::tables::duration;
use rust_decimal::prelude::ToPrimitive as _;

/// So many trades are on the page; the CSV has all.
const MOST_TRADES: usize = 500;

/// Closed trades by what they have in common, with freqtrade's names.
pub(super) fn groups(
    out: &mut String,
    what: &'static str,
    place: &str,
    groups: &[Group],
) -> Result {
    let columns = [
        word(what, "key"),
        num("Trades", "trades"),
        num("Avg Profit %", "avg_profit_pct"),
        num("Tot Profit USD", "tot_profit_usd"),
        num("Tot Profit %", "tot_profit_pct"),
        num("Avg Duration", "avg_duration_secs"),
        num("Win", "wins"),
        num("Draw", "draws"),
        num("Loss", "losses"),
        num("Win %", ""),
        num("Fees USD", "fees_usd"),
    ];
    let row = |(at, group): (usize, &Group)| {
        let won = 100.0 * group.wins as f64 / group.trades.max(1) as f64;
        let cells = vec![
            escaped(&group.key),
            number(group.trades as f64, 0),
            measure(&group.avg_profit_pct, 2),
            toned(group.tot_profit_usd, 2),
            toned(group.tot_profit_pct, 2),
            group.avg_duration_secs.map(duration).unwrap_or_default(),
            number(group.wins as f64, 0),
            number(group.draws as f64, 0),
            number(group.losses as f64, 0),
            number(won, 1),
            number(group.fees_usd, 2),
        ];
        (format!("{place}/{at}"), cells)
    };
    table(out, &columns, groups.iter().enumerate().map(row))
}

/// Days or months.
pub(super) fn periods(out: &mut String, what: &'static str, place: &str, all: &[Period]) -> Result {
    let columns = [
        word(what, "date"),
        num("Account %", "return_pct"),
        word("", ""),
        num("Trades", "trades"),
        num("Tot Profit USD", "profit_usd"),
        num("Win", "wins"),
        num("Loss", "losses"),
    ];
    let most =
        all.iter().filter_map(|one| one.return_pct).fold(1e-9_f64, |most, pct| most.max(pct.abs()));
    let row = |(at, period): (usize, &Period)| {
        let beam = period.return_pct.filter(|pct| *pct != 0.0).map(|pct| {
            let side = if pct < 0.0 { "down" } else { "up" };
            format!("<span class=\"beam\">{}</span>", bar(50.0 * pct.abs() / most, side))
        });
        let cells = vec![
            period.date.clone(),
            period.return_pct.map_or_else(|| "n/a".to_owned(), |pct| toned(pct, 2)),
            beam.unwrap_or_default(),
            number(period.trades as f64, 0),
            toned(period.profit_usd, 2),
            number(period.wins as f64, 0),
            number(period.losses as f64, 0),
        ];
        (format!("{place}/{at}"), cells)
    };
    table(out, &columns, all.iter().enumerate().map(row))
}

/// Trades one by one: those that are open, or those that are closed.
pub(super) fn trades(report: &Report, out: &mut String, open: bool) -> Result {
    let columns = [
        num("#", ""),
        word("Pair", "pair"),
        word("Enter tag", "enter_tag"),
        word("Opened", "open_date"),
        word("Closed", "close_date"),
        num("Duration", "trade_duration_secs"),
        num("Stake USD", "stake_amount"),
        num("Open rate", "open_rate"),
        num("Close rate", "close_rate"),
        num("Fees USD", "fees"),
        num("Profit USD", "profit_abs"),
        num("Profit %", "profit_pct"),
        num("R", "r_multiple"),
        word("Exit reason", "exit_reason"),
    ];
    let chosen = report.trades.iter().enumerate().filter(|(_, row)| row.is_open == open);
    let many = chosen.clone().count();
    let cells = |(at, row): (usize, &TradeRow)| {
        let profit = row.profit_abs.and_then(|profit| profit.get().to_f64());
        let gained = |value: Option<f64>| value.map_or_else(|| "n/a".to_owned(), |v| toned(v, 2));
        let cells = vec![
            (at + 1).to_string(),
            row.pair.to_string(),
            escaped(row.enter_tag),
            when(row.open_date),
            row.close_date.map_or_else(|| "open".to_owned(), when),
            duration(row.trade_duration_secs),
            optional(row.stake_amount.get().to_f64(), 2),
            rate(row.open_rate.get()),
            row.close_rate.map_or_else(|| "n/a".to_owned(), |price| rate(price.get())),
            optional(row.fees.get().to_f64(), 2),
            gained(profit),
            gained(row.profit_pct),
            row.r_multiple.map_or_else(|| "n/a".to_owned(), |r| toned(r, 2)),
            escaped(row.exit_reason),
        ];
        (format!("/trades/{at}"), cells)
    };
    table(out, &columns, chosen.skip(many.saturating_sub(MOST_TRADES)).map(cells))?;
    if many > MOST_TRADES {
        writeln!(
            out,
            "<p class=\"note\">The last {MOST_TRADES} of {many}; <code>trades.csv</code> has all.</p>"
        )?;
    }
    Ok(())
}
