//! What trades came to, in all and by what they have in common.

use std::collections::BTreeMap;

use domain::{Price, ProductId, Usd};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::Trade;
use crate::exact::sum;
use crate::trade::percent;

/// The sum of some trades, in dollars.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Totals {
    /// How many, open ones included.
    pub trades: u64,
    /// How many are over.
    pub closed: u64,
    /// How many of those gained.
    pub won: u64,
    /// What they realised, fees included.
    pub realised: Usd,
    /// What the open rest would bring at its marks beyond what it cost, before fees of sales;
    /// `None` where a mark is missing.
    pub unrealised: Option<Usd>,
    /// Fees paid.
    pub fees: Usd,
    /// What the coins that are left cost, fees included.
    pub invested: Usd,
    /// What was paid in all, fees included.
    pub paid: Usd,
    /// What they realised, percent of what the coins cost that are not left.
    pub realised_pct: Option<Decimal>,
}

/// Totals of a list of trades.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Profit {
    /// Of all.
    pub total: Totals,
    /// By product.
    pub by_product: BTreeMap<String, Totals>,
    /// By the kind of event behind the entry: the rule that proposed it.
    pub by_trigger: BTreeMap<String, Totals>,
    /// By the reason of the newest sale; what was not sold yet is `open`.
    pub by_exit: BTreeMap<String, Totals>,
}

impl Profit {
    /// Adds trades up; `mark` is what a unit of a product could be sold for. `None` where a sum
    /// would leave exact decimals.
    pub fn of(trades: &[Trade], mark: impl Fn(&ProductId) -> Option<Price>) -> Option<Self> {
        let mut profit = Self {
            total: Totals::NONE,
            by_product: BTreeMap::new(),
            by_trigger: BTreeMap::new(),
            by_exit: BTreeMap::new(),
        };
        for trade in trades {
            let trigger = match (&trade.trigger, trade.adopted) {
                (Some(trigger), _) => trigger.kind.as_str(),
                (None, true) => "adopted",
                (None, false) => "unknown",
            };
            let exit = match (trade.exit, trade.sold.is_zero()) {
                (Some(reason), _) => reason.as_str(),
                (None, true) => "open",
                (None, false) => "unknown",
            };
            let unrealised = if trade.left.is_zero() {
                Some(Usd::ZERO)
            } else {
                mark(&trade.product).and_then(|bid| trade.unrealised(bid))
            };
            profit.total.add(trade, unrealised)?;
            for (group, key) in [
                (&mut profit.by_product, trade.product.as_str()),
                (&mut profit.by_trigger, trigger),
                (&mut profit.by_exit, exit),
            ] {
                group.entry(key.to_owned()).or_insert(Totals::NONE).add(trade, unrealised)?;
            }
        }
        Some(profit)
    }
}

impl Totals {
    /// Of no trades.
    const NONE: Self = Self {
        trades: 0,
        closed: 0,
        won: 0,
        realised: Usd::ZERO,
        unrealised: Some(Usd::ZERO),
        fees: Usd::ZERO,
        invested: Usd::ZERO,
        paid: Usd::ZERO,
        realised_pct: None,
    };

    fn add(&mut self, trade: &Trade, unrealised: Option<Usd>) -> Option<()> {
        let plus = |own: Usd, more: Decimal| Usd::new(sum(own.get(), more)?).ok();
        self.trades += 1;
        if trade.closed.is_some() {
            self.closed += 1;
            self.won += u64::from(trade.realised > Usd::ZERO);
        }
        self.realised = plus(self.realised, trade.realised.get())?;
        self.fees = plus(self.fees, trade.fees.get())?;
        self.invested = plus(self.invested, trade.paid_for_left.get())?;
        self.paid = plus(self.paid, trade.paid.get())?;
        // One unknown mark makes the sum unknown.
        self.unrealised = match (self.unrealised, unrealised) {
            (Some(own), Some(more)) => Some(plus(own, more.get())?),
            (None, _) | (_, None) => None,
        };
        let cost = self.paid.minus(self.invested).ok()?;
        self.realised_pct = percent(self.realised.get(), cost.get());
        Some(())
    }
}
