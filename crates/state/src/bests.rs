//! The best bid that each lot has seen: what a trailing stop follows.

use std::collections::BTreeMap;

use domain::{Lot, LotId, Mark, Price};

use crate::Ledger;

/// The highest bid at the decisions since each open lot was bought.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Bests {
    of: BTreeMap<LotId, Price>,
    rises: u64,
}

impl Bests {
    /// Takes what valued the account at a decision.
    pub(crate) fn see(&mut self, marks: &[Mark], ledger: &Ledger) {
        if !self.of.keys().copied().eq(ledger.lots().map(|lot| lot.id)) {
            self.of = ledger.lots().map(|lot| (lot.id, self.of(lot))).collect();
        }
        let mut risen = false;
        for (lot, best) in ledger.lots().zip(self.of.values_mut()) {
            let mark = marks.iter().find(|mark| mark.product == lot.product);
            if let Some(mark) = mark.filter(|mark| mark.bid > *best) {
                (*best, risen) = (mark.bid, true);
            }
        }
        self.rises += u64::from(risen);
    }

    /// How often a best bid rose: the same number, the same bids of the same lots.
    pub(crate) const fn rises(&self) -> u64 {
        self.rises
    }

    pub(crate) fn of(&self, lot: &Lot) -> Price {
        self.of.get(&lot.id).copied().unwrap_or(lot.best_bid)
    }
}
