//! The best bid that each lot has seen: what a trailing stop follows.

use domain::{Lot, LotId, Mark, Price, ProductId};

use crate::Ledger;

/// The highest bid at the decisions since each open lot was bought.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Bests {
    /// In the order of their products, as marks are.
    of: Vec<Best>,
    /// Something was booked since the lots were looked at.
    stale: bool,
    rises: u64,
}

#[derive(Debug, Clone, PartialEq)]
struct Best {
    lot: LotId,
    product: ProductId,
    bid: Price,
}

impl Bests {
    /// Something was booked: lots may be others.
    pub(crate) const fn booked(&mut self) {
        self.stale = true;
    }

    /// Takes what valued the account at a decision.
    pub(crate) fn see(&mut self, marks: &[Mark], ledger: &Ledger) {
        if core::mem::take(&mut self.stale) {
            let best = |lot: &Lot| Best { lot: lot.id, product: lot.product, bid: self.of(lot) };
            self.of = ledger.lots().map(best).collect();
            self.of.sort_by_key(|best| best.product);
        }
        let (mut risen, mut at) = (false, 0);
        for best in &mut self.of {
            // Nearly always the next one, or the same where there are two lots of a product.
            let ahead = marks.iter().skip(at).position(|mark| mark.product == best.product);
            let Some(ahead) = ahead else { continue };
            at += ahead;
            if let Some(mark) = marks.get(at).filter(|mark| mark.bid > best.bid) {
                (best.bid, risen) = (mark.bid, true);
            }
        }
        self.rises += u64::from(risen);
    }

    /// How often a best bid rose: the same number, the same bids of the same lots.
    pub(crate) const fn rises(&self) -> u64 {
        self.rises
    }

    pub(crate) fn of(&self, lot: &Lot) -> Price {
        let known = self.of.iter().find(|best| best.lot == lot.id);
        known.map_or(lot.best_bid, |best| best.bid)
    }
}
