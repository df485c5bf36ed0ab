//! What one candidate came to on one span, and how that lies in a file.

use std::collections::BTreeMap;

use backtest::{Held, Report};
use domain::Timestamp;
use rust_decimal::prelude::ToPrimitive as _;

use crate::space::Point;
use crate::split::Span;
use crate::table::Column;

/// Which part of a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Where choices are made.
    Train,
    /// Where they are shown.
    Test,
}

impl Part {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Test => "test",
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Status {
    /// It was played.
    Ok,
    /// It was played, and nothing was ever proposed.
    Nothing,
    /// The configuration contradicts itself, or leaves its ranges: it was never played.
    Refused(String),
    /// It could not be played to its end, or broke the policy: a defect.
    Failed(String),
}

impl Status {
    const fn as_str(&self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Nothing => "nothing_proposed",
            Self::Refused(_) => "refused",
            Self::Failed(_) => "failed",
        }
    }

    fn reason(&self) -> Option<&String> {
        match self {
            Self::Ok | Self::Nothing => None,
            Self::Refused(why) | Self::Failed(why) => Some(why),
        }
    }

    fn of(word: &str, reason: Option<String>) -> Option<Self> {
        let reason = reason.unwrap_or_default();
        Some(match word {
            "ok" => Self::Ok,
            "nothing_proposed" => Self::Nothing,
            "refused" => Self::Refused(reason),
            "failed" => Self::Failed(reason),
            _ => return None,
        })
    }

    /// Whether there are figures.
    pub const fn is_played(&self) -> bool {
        matches!(self, Self::Ok | Self::Nothing)
    }
}

/// The figures of a run; none where one is undefined.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figures {
    /// Closed trades.
    pub trades: i64,
    /// One for each of [`NUMBERS`], in that order.
    pub numbers: [Option<f64>; NUMBERS.len()],
    /// The account's simple returns, one a whole UTC day.
    pub days: Vec<f64>,
    /// The same of holding BTC.
    pub btc_days: Vec<f64>,
    /// The same of holding all products in equal parts.
    pub basket_days: Vec<f64>,
}

/// The columns of single figures. Dollars, percent, and Sharpe a year.
pub const NUMBERS: [&str; 12] = [
    "net_pnl_usd",
    "return_pct",
    "sharpe",
    "max_drawdown_pct",
    "fees_usd",
    "exposure_pct",
    "win_rate_pct",
    "break_even_bps",
    "btc_return_pct",
    "excess_btc_pct",
    "basket_return_pct",
    "excess_basket_pct",
];

impl Figures {
    /// Those of a report.
    pub fn of(report: &Report) -> Self {
        let (account, figures, costs) = (&report.account, &report.figures, &report.costs);
        let held = |name: &str| report.holding.iter().find(|held| held.name == name);
        let (btc, basket) = (held("BTC-USD"), held("basket"));
        let of = |held: Option<&Held>, get: fn(&Held) -> Option<f64>| held.and_then(get);
        let days = |held: Option<&Held>| held.map(|held| held.day_returns.clone());
        Self {
            trades: i64::try_from(figures.trades).unwrap_or(i64::MAX),
            numbers: [
                account.profit_usd.and_then(|usd| usd.get().to_f64()),
                account.profit_pct.get(),
                figures.sharpe.get(),
                Some(figures.drawdown.pct),
                Some(costs.fees_usd),
                figures.exposure_pct.get(),
                figures.win_rate_pct.get(),
                costs.break_even_bps.get(),
                of(btc, |held| held.return_pct.get()),
                of(btc, |held| held.excess_pct.get()),
                of(basket, |held| held.return_pct.get()),
                of(basket, |held| held.excess_pct.get()),
            ],
            days: figures.day_returns.clone(),
            btc_days: days(btc).unwrap_or_default(),
            basket_days: days(basket).unwrap_or_default(),
        }
    }

    /// A figure by its column.
    pub fn get(&self, name: &str) -> Option<f64> {
        let at = NUMBERS.iter().position(|known| *known == name)?;
        self.numbers.get(at).copied().flatten()
    }
}

/// One candidate on one part of one split.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Whose.
    pub candidate: String,
    /// The candidate's place in the search.
    pub number: usize,
    /// Its value for each axis.
    pub values: Point,
    /// The split, from 0.
    pub split: usize,
    /// The part of it.
    pub part: Part,
    /// From when to when.
    pub span: Span,
    /// How it ended.
    pub status: Status,
    /// What it came to; empty where it was not played.
    pub figures: Figures,
}

/// Rows as columns; those of axes have the names of their keys.
pub(crate) fn columns(rows: &[Row], keys: &[String]) -> Vec<(String, Column)> {
    let text = |get: &dyn Fn(&Row) -> String| Column::Text(rows.iter().map(get).collect());
    let whole = |get: &dyn Fn(&Row) -> i64| Column::Whole(rows.iter().map(get).collect());
    let index = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
    let mut columns = vec![
        ("candidate".to_owned(), text(&|row| row.candidate.clone())),
        ("number".to_owned(), whole(&|row| index(row.number))),
        ("split".to_owned(), whole(&|row| index(row.split))),
        ("part".to_owned(), text(&|row| row.part.as_str().to_owned())),
        ("from".to_owned(), whole(&|row| row.span.from.secs())),
        ("to".to_owned(), whole(&|row| row.span.to.secs())),
    ];
    for (at, key) in keys.iter().enumerate() {
        let value = move |row: &Row| row.values.get(at).cloned().unwrap_or_default();
        columns.push((key.clone(), text(&value)));
    }
    let reasons = rows.iter().map(|row| row.status.reason().cloned());
    columns.extend([
        ("status".to_owned(), text(&|row| row.status.as_str().to_owned())),
        ("reason".to_owned(), Column::MaybeText(reasons.collect())),
        ("trades".to_owned(), whole(&|row| row.figures.trades)),
    ]);
    for (at, name) in NUMBERS.iter().enumerate() {
        let values = rows.iter().map(|row| row.figures.numbers.get(at).copied().flatten());
        columns.push(((*name).to_owned(), Column::Number(values.collect())));
    }
    let days =
        |get: fn(&Row) -> &Vec<f64>| Column::Numbers(rows.iter().map(get).cloned().collect());
    columns.extend([
        ("day_returns".to_owned(), days(|row| &row.figures.days)),
        ("btc_day_returns".to_owned(), days(|row| &row.figures.btc_days)),
        ("basket_day_returns".to_owned(), days(|row| &row.figures.basket_days)),
    ]);
    columns
}

/// Rows of columns.
///
/// # Errors
/// What the columns lack.
pub(crate) fn rows(
    mut columns: BTreeMap<String, Column>,
    keys: &[String],
) -> Result<Vec<Row>, String> {
    let mut take = |name: &str| columns.remove(name).ok_or(format!("it has no column {name}"));
    let wrong = |name: &str| format!("its column {name} is of another type");
    let figures = figures(&mut take)?;
    let mut text = |name: &str| {
        let Column::Text(values) = take(name)? else { return Err(wrong(name)) };
        Ok(values)
    };
    let (candidates, parts, status) = (text("candidate")?, text("part")?, text("status")?);
    let values = keys.iter().map(|key| text(key)).collect::<Result<Vec<_>, _>>()?;
    let Column::MaybeText(reasons) = take("reason")? else { return Err(wrong("reason")) };
    let mut whole = |name: &str| {
        let Column::Whole(values) = take(name)? else { return Err(wrong(name)) };
        Ok(values)
    };
    let (numbers, splits, trades) = (whole("number")?, whole("split")?, whole("trades")?);
    let (from, to) = (whole("from")?, whole("to")?);
    let mut days = |name: &str| {
        let Column::Numbers(values) = take(name)? else { return Err(wrong(name)) };
        Ok(values)
    };
    let (own, btc, basket) =
        (days("day_returns")?, days("btc_day_returns")?, days("basket_day_returns")?);
    let row = |at: usize| -> Option<Row> {
        let part = match parts.get(at)?.as_str() {
            "train" => Part::Train,
            "test" => Part::Test,
            _ => return None,
        };
        let moment = |column: &[i64]| column.get(at).map(|secs| Timestamp::from_secs(*secs));
        Some(Row {
            candidate: candidates.get(at)?.clone(),
            number: usize::try_from(*numbers.get(at)?).ok()?,
            values: values.iter().map(|column| column.get(at).cloned()).collect::<Option<_>>()?,
            split: usize::try_from(*splits.get(at)?).ok()?,
            part,
            span: Span { from: moment(&from)?, to: moment(&to)? },
            status: Status::of(status.get(at)?, reasons.get(at)?.clone())?,
            figures: Figures {
                trades: *trades.get(at)?,
                numbers: *figures.get(at)?,
                days: own.get(at)?.clone(),
                btc_days: btc.get(at)?.clone(),
                basket_days: basket.get(at)?.clone(),
            },
        })
    };
    let all = (0..candidates.len()).map(|at| row(at).ok_or(format!("its row {at} is damaged")));
    all.collect()
}

/// The columns of [`NUMBERS`], by row.
fn figures(
    take: &mut impl FnMut(&str) -> Result<Column, String>,
) -> Result<Vec<[Option<f64>; NUMBERS.len()]>, String> {
    let mut rows = Vec::new();
    for (which, name) in NUMBERS.iter().enumerate() {
        let Column::Number(values) = take(name)? else {
            return Err(format!("its column {name} is of another type"));
        };
        rows.resize(values.len(), [None; NUMBERS.len()]);
        for (row, value) in rows.iter_mut().zip(values) {
            if let Some(slot) = row.get_mut(which) {
                *slot = value;
            }
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_as_it_was_written() {
        let span = Span { from: Timestamp::from_secs(0), to: Timestamp::from_secs(86_400) };
        let mut played = Row {
            candidate: "ab".to_owned(),
            number: 3,
            values: vec!["6".to_owned(), "[bear]".to_owned()],
            split: 1,
            part: Part::Test,
            span,
            status: Status::Ok,
            figures: Figures { trades: 5, days: vec![0.01, -0.02], ..Figures::default() },
        };
        played.figures.numbers[1] = Some(1.25);
        let refused = Row {
            part: Part::Train,
            status: Status::Refused("a stop of 0".to_owned()),
            figures: Figures::default(),
            ..played.clone()
        };
        let keys = ["rules.momentum.stop_pct".to_owned(), "b".to_owned()];
        let all = [played, refused];
        let columns: BTreeMap<_, _> = columns(&all, &keys).into_iter().collect();
        assert_eq!(rows(columns.clone(), &keys).unwrap(), all);
        let mut less = columns;
        less.remove("sharpe");
        assert!(rows(less, &keys).unwrap_err().contains("sharpe"));
    }
}
