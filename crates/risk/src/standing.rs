//! What stands of each trade when the venue takes fills back or replaces them.

use domain::{Fill, FillKind};
use rust_decimal::Decimal;

use crate::names::ByName;

/// Base units that stand for a trade, by its id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Standing(ByName<Decimal>);

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
    pub(crate) fn book(&mut self, fill: &Fill, change: Decimal) {
        if let Some(trade) = &fill.trade_id {
            let stands = self.0.entry(trade.as_str().into()).or_default();
            *stands = stands.saturating_add(change);
        }
    }

    fn stands(&self, fill: &Fill) -> Decimal {
        let stands = fill.trade_id.as_ref().and_then(|trade| self.0.get(trade.as_str()));
        stands.copied().unwrap_or_default()
    }
}

/// Whether an entry adds to what was traded, and is no adjustment of it.
pub(crate) const fn adds(fill: &Fill) -> bool {
    matches!(fill.kind, FillKind::Fill | FillKind::Synthetic)
}
