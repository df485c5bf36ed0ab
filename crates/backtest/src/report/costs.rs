//! What trading cost, and what it may cost.

use std::collections::BTreeMap;

use domain::{Fact, IntentId, Liquidity, ProductId, Side};
use rust_decimal::prelude::ToPrimitive as _;
use serde::Serialize;

use super::TradeRow;
use crate::Journal;
use crate::metrics::Measure;

/// Fees and slippage of all fills, dollars.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Costs {
    /// Value bought and sold.
    pub volume_usd: f64,
    /// Fees paid.
    pub fees_usd: f64,
    /// Those of fills that rested.
    pub maker_fees_usd: f64,
    /// Those of fills that took.
    pub taker_fees_usd: f64,
    /// Fees over value, basis points a side.
    pub fee_bps: Measure,
    /// What fills cost beyond the middle of the book that their verdict saw; below 0 where resting
    /// orders bought below it.
    pub slippage_usd: f64,
    /// The same over the value of those fills, basis points.
    pub slippage_bps: Measure,
    /// Share of the value that rested, percent.
    pub maker_pct: Measure,
    /// What closed trades gained before their fees.
    pub closed_gross_usd: f64,
    /// The fees of closed trades.
    pub closed_fees_usd: f64,
    /// What closed trades gained.
    pub closed_net_usd: f64,
    /// The fee a side at which closed trades come out even, basis points: what they gained before
    /// fees over what they bought and sold. Below 0 where they lost before any fee.
    pub break_even_bps: Measure,
}

impl Costs {
    /// Of the fills on record.
    pub(crate) fn of(facts: &Journal, rows: &[TradeRow]) -> Self {
        let mut middles: BTreeMap<ProductId, f64> = BTreeMap::new();
        let mut decided: BTreeMap<IntentId, f64> = BTreeMap::new();
        let (mut volume, mut maker, mut slipped, mut seen) = (0.0, 0.0, 0.0, 0.0);
        let (mut maker_fees, mut taker_fees) = (0.0, 0.0);
        for fact in facts.events() {
            if let Fact::Market(market) = fact
                && let Some(quote) = market.market.quote
                && let Some(sum) = quote.bid.get().to_f64().zip(quote.ask.get().to_f64())
            {
                middles.insert(market.market.product.id, f64::midpoint(sum.0, sum.1));
            } else if let Fact::Intent(intent) = fact
                && let Some(middle) = middles.get(&intent.product)
            {
                decided.insert(intent.intent, *middle);
            } else if let Fact::Fill(fill) = fact
                && let Some((price, qty)) = fill.price.get().to_f64().zip(fill.qty.get().to_f64())
            {
                volume += price * qty;
                let fee = fill.fee.get().to_f64().unwrap_or(0.0);
                if fill.liquidity == Some(Liquidity::Maker) {
                    maker += price * qty;
                    maker_fees += fee;
                } else {
                    taker_fees += fee;
                }
                if let Some(middle) = decided.get(&fill.intent) {
                    let worse = match fill.side {
                        Side::Buy => price - middle,
                        Side::Sell => middle - price,
                    };
                    slipped += worse * qty;
                    seen += price * qty;
                }
            }
        }
        let share = |part: f64, of: f64, unit: f64| {
            if of > 0.0 { Measure::Is(unit * part / of) } else { Measure::na("nothing filled") }
        };
        let closed = Closed::of(rows);
        let fees = maker_fees + taker_fees;
        Self {
            volume_usd: volume,
            fees_usd: fees,
            maker_fees_usd: maker_fees,
            taker_fees_usd: taker_fees,
            closed_gross_usd: closed.net + closed.fees,
            closed_fees_usd: closed.fees,
            closed_net_usd: closed.net,
            fee_bps: share(fees, volume, 1e4),
            slippage_usd: slipped,
            slippage_bps: share(slipped, seen, 1e4),
            maker_pct: share(maker, volume, 100.0),
            break_even_bps: closed.break_even(),
        }
    }
}

/// Sums over closed trades, dollars.
#[derive(Debug, Default)]
struct Closed {
    net: f64,
    fees: f64,
    traded: f64,
}

impl Closed {
    fn of(rows: &[TradeRow]) -> Self {
        let mut closed = Self::default();
        for row in rows.iter().filter(|row| !row.is_open) {
            let Some(net) = row.realised() else { continue };
            let number = |value: rust_decimal::Decimal| value.to_f64().unwrap_or(0.0);
            let qty = number(row.amount.get());
            let close = row.close_rate.map_or(0.0, |rate| number(rate.get()));
            closed.net += net;
            closed.fees += number(row.fees.get());
            closed.traded += qty * (number(row.open_rate.get()) + close);
        }
        closed
    }

    /// Gains before fees over value traded.
    fn break_even(&self) -> Measure {
        if self.traded > 0.0 {
            Measure::Is(1e4 * (self.net + self.fees) / self.traded)
        } else {
            Measure::na("no trade was closed")
        }
    }
}
