//! What stands of each trade when the venue takes fills back or replaces them.

use std::collections::BTreeMap;

use domain::{Fill, FillKind};
use rust_decimal::Decimal;

use crate::names::List;

/// What each entry changed of its trade, in base units, as they came: a fill is only written down,
/// and the rare entry that takes back looks for all of its trade.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standing {
    trades: List,
    changes: Vec<Decimal>,
}

impl Standing {
    /// By how many base units an entry changes what its order filled: negative where it takes back.
    /// What it is about comes before it; otherwise it changes nothing, and the ledger has a doubt.
    pub(crate) fn change(&self, fill: &Fill) -> Decimal {
        let qty = fill.qty.get();
        match fill.kind {
            FillKind::Fill | FillKind::Synthetic => qty,
            FillKind::Reversal => -qty.min(self.stands(fill)),
            FillKind::Correction => qty.saturating_sub(self.stands(fill)),
        }
    }

    /// Remembers that an entry was booked, and what it changed.
    #[inline]
    pub(crate) fn book(&mut self, fill: &Fill, change: Decimal) {
        if let Some(trade) = &fill.trade_id {
            self.trades.push(trade);
            self.changes.push(change);
        }
    }

    fn stands(&self, fill: &Fill) -> Decimal {
        let own = self.each().filter(|(trade, _)| fill.trade_id.as_deref() == Some(trade));
        own.fold(Decimal::ZERO, |sum, (_, change)| sum.saturating_add(change))
    }

    fn each(&self) -> impl Iterator<Item = (&str, Decimal)> {
        self.trades.iter().zip(self.changes.iter().copied())
    }

    fn by_trade(&self) -> BTreeMap<&str, Decimal> {
        let mut sums = BTreeMap::<_, Decimal>::new();
        for (trade, change) in self.each() {
            let sum = sums.entry(trade).or_default();
            *sum = sum.saturating_add(change);
        }
        sums
    }
}

/// By what stands, whatever made it.
impl PartialEq for Standing {
    fn eq(&self, other: &Self) -> bool {
        self.by_trade() == other.by_trade()
    }
}

impl Eq for Standing {}

/// Whether an entry adds to what was traded, and is no adjustment of it.
pub(crate) const fn adds(fill: &Fill) -> bool {
    matches!(fill.kind, FillKind::Fill | FillKind::Synthetic)
}
