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
        let (mut open, rises) = (0, self.rises);
        for lot in ledger.lots() {
            open += 1;
            let Some(mark) = marks.iter().find(|mark| mark.product == lot.product) else {
                continue;
            };
            let best = self.of.entry(lot.id).or_insert(lot.best_bid);
            if mark.bid > *best {
                (*best, self.rises) = (mark.bid, rises + 1);
            }
        }
        if self.of.len() > open {
            self.of.retain(|lot, _| ledger.lots().any(|open| open.id == *lot));
        }
    }

    /// How often a best bid rose: the same number, the same bids of the same lots.
    pub(crate) const fn rises(&self) -> u64 {
        self.rises
    }

    pub(crate) fn of(&self, lot: &Lot) -> Price {
        self.of.get(&lot.id).copied().unwrap_or(lot.best_bid)
    }
}
