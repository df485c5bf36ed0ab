//! Trades one by one, by what they have in common, and by time.

use std::collections::BTreeMap;

use domain::{BaseQty, Fact, IntentId, Pct, Price, ProductId, QuoteAmt, Timestamp, Usd};
use rust_decimal::prelude::ToPrimitive as _;
use serde::Serialize;
use state::Trade;

use crate::Journal;
use crate::metrics::{Days, Measure};

const DAY_SECS: i64 = 86_400;

/// One trade, with freqtrade's names where they mean the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TradeRow {
    /// The product.
    pub pair: ProductId,
    /// The kind of event behind the entry.
    pub enter_tag: &'static str,
    /// When its first coin came.
    pub open_date: Timestamp,
    /// When its last coin went; none while it is open.
    pub close_date: Option<Timestamp>,
    /// How long it was held, or has been at the end.
    pub trade_duration_secs: i64,
    /// Base units bought.
    pub amount: BaseQty,
    /// What that cost, fees included.
    pub stake_amount: QuoteAmt,
    /// Average price paid, without fees.
    pub open_rate: Price,
    /// Average price got, without fees.
    pub close_rate: Option<Price>,
    /// Fees of buying and selling.
    pub fees: QuoteAmt,
    /// Net of fees: of a closed trade what it realised; of an open one with the rest at its bid.
    pub profit_abs: Option<Usd>,
    /// The same, percent of the stake.
    pub profit_pct: Option<f64>,
    /// Multiples of what the stop would have lost, without fees.
    pub r_multiple: Option<f64>,
    /// Why it was sold; `open` while something is left and nothing was sold.
    pub exit_reason: &'static str,
    /// Whether something is left.
    pub is_open: bool,
}

/// Trades that have something in common.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// What they have in common.
    pub key: String,
    /// How many were closed.
    pub trades: u64,
    /// Mean of their percents.
    pub avg_profit_pct: Measure,
    /// Sum in dollars.
    pub tot_profit_usd: f64,
    /// The same, percent of the account's start.
    pub tot_profit_pct: f64,
    /// Mean duration, seconds.
    pub avg_duration_secs: Option<i64>,
    /// Those that gained.
    pub wins: u64,
    /// Those that came out even, to the last digit.
    pub draws: u64,
    /// Those that lost.
    pub losses: u64,
    /// Fees they paid, dollars.
    pub fees_usd: f64,
}

/// A day or a month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Period {
    /// Its name: `2023-12` or `2023-12-08`.
    pub date: String,
    /// Trades closed in it.
    pub trades: u64,
    /// What those realised, dollars.
    pub profit_usd: f64,
    /// What the account gained, percent; whole UTC days alone.
    pub return_pct: Option<f64>,
    /// Trades that gained.
    pub wins: u64,
    /// Trades that lost.
    pub losses: u64,
}

impl TradeRow {
    /// All trades, with the stops that their entries were sent with.
    pub(crate) fn all(
        trades: &[Trade],
        facts: &Journal,
        end: Timestamp,
        bid: impl Fn(&ProductId) -> Option<Price>,
    ) -> Vec<Self> {
        let mut stops: BTreeMap<IntentId, Pct> = BTreeMap::new();
        for fact in facts.events() {
            if let Fact::Intent(intent) = fact
                && let Some(plan) = intent.plan
            {
                stops.insert(intent.intent, plan.stop_pct);
            }
        }
        let row = |trade: &Trade| {
            Self::of(trade, stops.get(&trade.lot.0).copied(), end, bid(&trade.product))
        };
        let mut rows: Vec<_> = trades.iter().map(row).collect();
        rows.sort_by_key(|row| (row.is_open, row.open_date, row.pair));
        rows
    }

    fn of(trade: &Trade, stop: Option<Pct>, end: Timestamp, bid: Option<Price>) -> Self {
        let is_open = trade.closed.is_none();
        let profit = if is_open {
            bid.and_then(|bid| trade.unrealised(bid))
                .and_then(|rest| trade.realised.plus(rest).ok())
        } else {
            Some(trade.realised)
        };
        let number = profit.and_then(|profit| profit.get().to_f64());
        let stake = trade.paid.get().to_f64().filter(|stake| *stake > 0.0);
        let value = trade.entry_price.times(trade.bought).ok().and_then(|v| v.get().to_f64());
        let risk = stop.and_then(|stop| stop.get().to_f64()).zip(value);
        let risk = risk.map(|(pct, value)| pct / 100.0 * value).filter(|risk| *risk > 0.0);
        Self {
            pair: trade.product,
            enter_tag: trade.trigger.map_or("unknown", |trigger| trigger.kind.as_str()),
            open_date: trade.opened,
            close_date: trade.closed,
            trade_duration_secs: trade.held_secs(end),
            amount: trade.bought,
            stake_amount: trade.paid,
            open_rate: trade.entry_price,
            close_rate: trade.exit_price,
            fees: trade.fees,
            profit_abs: profit,
            profit_pct: number.zip(stake).map(|(profit, stake)| 100.0 * profit / stake),
            r_multiple: number.zip(risk).map(|(profit, risk)| profit / risk),
            exit_reason: match (trade.exit, trade.sold.is_zero()) {
                (Some(reason), _) => reason.as_str(),
                (None, true) => "open",
                (None, false) => "unknown",
            },
            is_open,
        }
    }

    /// What a closed trade realised; `None` of an open one.
    pub fn realised(&self) -> Option<f64> {
        self.profit_abs.filter(|_| !self.is_open).and_then(|profit| profit.get().to_f64())
    }
}

impl Group {
    /// Closed trades by a key, the largest sum first.
    pub(crate) fn by(
        rows: &[TradeRow],
        start_usd: f64,
        key: impl Fn(&TradeRow) -> String,
    ) -> Vec<Self> {
        let mut found: BTreeMap<String, Vec<&TradeRow>> = BTreeMap::new();
        for row in rows.iter().filter(|row| !row.is_open) {
            found.entry(key(row)).or_default().push(row);
        }
        let mut groups: Vec<_> =
            found.into_iter().map(|(key, rows)| Self::of(key, &rows, start_usd)).collect();
        groups.sort_by(|a, b| {
            b.tot_profit_usd.total_cmp(&a.tot_profit_usd).then_with(|| a.key.cmp(&b.key))
        });
        groups
    }

    fn of(key: String, rows: &[&TradeRow], start_usd: f64) -> Self {
        let profits: Vec<f64> = rows.iter().filter_map(|row| row.realised()).collect();
        let percents: Vec<f64> = rows.iter().filter_map(|row| row.profit_pct).collect();
        let sum: f64 = profits.iter().sum();
        let count = |is: fn(f64) -> bool| profits.iter().filter(|p| is(**p)).count() as u64;
        let secs: i64 = rows.iter().map(|row| row.trade_duration_secs).sum();
        let many = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        Self {
            key,
            trades: rows.len() as u64,
            avg_profit_pct: crate::metrics::expectancy(&percents),
            tot_profit_usd: sum,
            tot_profit_pct: 100.0 * sum / start_usd,
            avg_duration_secs: secs.checked_div(many),
            wins: count(|p| p > 0.0),
            draws: count(|p| p == 0.0),
            losses: count(|p| p < 0.0),
            fees_usd: rows.iter().filter_map(|row| row.fees.get().to_f64()).sum(),
        }
    }
}

impl Period {
    /// Days, or months, of the span. `letters` of a date name it: 10 a day, 7 a month.
    pub(crate) fn all(rows: &[TradeRow], days: &Days, letters: usize) -> Vec<Self> {
        let name = |at: Timestamp| at.to_string().chars().take(letters).collect::<String>();
        let mut found: BTreeMap<String, Self> = BTreeMap::new();
        let empty = |date: &String| Self {
            date: date.clone(),
            trades: 0,
            profit_usd: 0.0,
            return_pct: None,
            wins: 0,
            losses: 0,
        };
        for pair in days.ends.windows(2) {
            if let [(_, before), (end, after)] = pair {
                let date = name(end.plus_secs(-DAY_SECS));
                let period = found.entry(date.clone()).or_insert_with(|| empty(&date));
                let growth = 1.0 + period.return_pct.unwrap_or(0.0) / 100.0;
                period.return_pct = Some(100.0 * (growth * after / before - 1.0));
            }
        }
        for row in rows {
            let (Some(closed), Some(profit)) = (row.close_date, row.realised()) else { continue };
            let date = name(closed);
            let period = found.entry(date.clone()).or_insert_with(|| empty(&date));
            period.trades += 1;
            period.profit_usd += profit;
            period.wins += u64::from(profit > 0.0);
            period.losses += u64::from(profit < 0.0);
        }
        found.into_values().collect()
    }
}
