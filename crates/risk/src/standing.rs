//! What stands of each trade when the venue takes fills back or replaces them.

use std::collections::BTreeMap;

use domain::{Fill, FillKind};
use rust_decimal::Decimal;

/// Base units that stand for a trade, by its id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Standing(BTreeMap<String, Decimal>);

impl Standing {
    /// By how many base units an entry changes what its order filled: negative where it takes back.
    /// What it is about comes before it; otherwise it changes nothing, and the ledger has a doubt.
    pub(crate) fn change(&self, fill: &Fill) -> Decimal {
        let stands = self.stands(fill);
        let qty = fill.qty.get();
        match fill.kind {
            FillKind::Fill | FillKind::Synthetic => qty,
            FillKind::Reversal => -qty.min(stands),
            FillKind::Correction => qty.saturating_sub(stands),
        }
    }

    /// Remembers that an entry was booked.
    pub(crate) fn book(&mut self, fill: &Fill) {
        if let Some(trade) = &fill.trade_id {
            let stands = self.stands(fill).saturating_add(self.change(fill));
            self.0.insert(trade.clone(), stands);
        }
    }

    fn stands(&self, fill: &Fill) -> Decimal {
        let stands = fill.trade_id.as_ref().and_then(|trade| self.0.get(trade));
        stands.copied().unwrap_or_default()
    }
}

/// Whether an entry adds to what was traded, and is no adjustment of it.
pub(crate) const fn adds(fill: &Fill) -> bool {
    matches!(fill.kind, FillKind::Fill | FillKind::Synthetic)
}
