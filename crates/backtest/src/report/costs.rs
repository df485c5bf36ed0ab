//! What trading cost, and what it may cost.

use std::collections::BTreeMap;

use domain::{Fact, IntentId, Liquidity, ProductId, Side};
use rust_decimal::prelude::ToPrimitive as _;
use serde::Serialize;

use super::TradeRow;
use crate::metrics::Measure;

/// Fees and slippage of all fills, dollars.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Costs {
    /// Value bought and sold.
    pub volume_usd: f64,
    /// Fees paid.
    pub fees_usd: f64,
    /// Fees over value, basis points a side.
    pub fee_bps: Measure,
    /// What fills cost beyond the middle of the book that their verdict saw; below 0 where resting
    /// orders bought below it.
    pub slippage_usd: f64,
    /// The same over the value of those fills, basis points.
    pub slippage_bps: Measure,
    /// Share of the value that rested, percent.
    pub maker_pct: Measure,
    /// The fee a side at which closed trades come out even, basis points: what they gained before
    /// fees over what they bought and sold. Below 0 where they lost before any fee.
    pub break_even_bps: Measure,
}

impl Costs {
    /// Of the fills on record.
    pub(crate) fn of(facts: &[Fact], rows: &[TradeRow]) -> Self {
        let mut middles: BTreeMap<ProductId, f64> = BTreeMap::new();
        let mut decided: BTreeMap<IntentId, f64> = BTreeMap::new();
        let (mut volume, mut fees, mut maker, mut slipped, mut seen) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for fact in facts {
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
                fees += fill.fee.get().to_f64().unwrap_or(0.0);
                if fill.liquidity == Some(Liquidity::Maker) {
                    maker += price * qty;
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
        Self {
            volume_usd: volume,
            fees_usd: fees,
            fee_bps: share(fees, volume, 1e4),
            slippage_usd: slipped,
            slippage_bps: share(slipped, seen, 1e4),
            maker_pct: share(maker, volume, 100.0),
            break_even_bps: break_even(rows),
        }
    }
}

/// Gains before fees over value traded, of closed trades.
fn break_even(rows: &[TradeRow]) -> Measure {
    let (mut gross, mut traded) = (0.0, 0.0);
    for row in rows.iter().filter(|row| !row.is_open) {
        let Some(net) = row.realised() else { continue };
        let number = |value: rust_decimal::Decimal| value.to_f64().unwrap_or(0.0);
        let fees = number(row.fees.get());
        let qty = number(row.amount.get());
        let close = row.close_rate.map_or(0.0, |rate| number(rate.get()));
        gross += net + fees;
        traded += qty * (number(row.open_rate.get()) + close);
    }
    if traded > 0.0 {
        Measure::Is(1e4 * gross / traded)
    } else {
        Measure::na("no trade was closed")
    }
}
