//! Lots from fills: matched first in, first out, each fill once.

use std::collections::{BTreeMap, BTreeSet};

use domain::planted::{Fault, planted};
use domain::{
    Asset, BaseQty, ExitPlan, Fill, IntentFact, IntentId, Lot, LotId, NumError, Price, Side,
};

/// A fact that contradicts the ledger. The ledger is unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// A fill names an intent that was never recorded.
    #[error("fill {entry_id} names intent {intent:?}, which is not on record")]
    UnknownIntent {
        /// The venue's id of the fill.
        entry_id: String,
        /// The intent it names.
        intent: IntentId,
    },
    /// More was sold than the lots hold.
    #[error("fill {entry_id} sells {qty} {asset}, {missing} more than the lots hold")]
    Oversold {
        /// The venue's id of the fill.
        entry_id: String,
        /// What was sold.
        asset: Asset,
        /// How much.
        qty: BaseQty,
        /// How much of it no lot covers.
        missing: BaseQty,
    },
    /// A buy without an exit plan.
    #[error("intent {0:?} buys without an exit plan")]
    NoPlan(IntentId),
    /// A number left the range of exact decimals.
    #[error(transparent)]
    Num(#[from] NumError),
}

/// Open lots by id, which is the order in which they were opened.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger {
    lots: BTreeMap<LotId, Lot>,
    plans: BTreeMap<IntentId, Option<ExitPlan>>,
    seen: BTreeSet<String>,
}

impl Ledger {
    /// Open lots, oldest first.
    pub fn lots(&self) -> impl Iterator<Item = &Lot> {
        self.lots.values()
    }

    /// What is held of an asset.
    ///
    /// # Errors
    /// [`NumError`] beyond the range of exact decimals.
    pub fn position(&self, asset: &Asset) -> Result<BaseQty, NumError> {
        self.lots
            .values()
            .filter(|lot| lot.asset == *asset)
            .try_fold(BaseQty::ZERO, |sum, lot| sum.plus(lot.qty))
    }

    /// Remembers an intent, so that its fills can be understood.
    pub fn intent(&mut self, fact: &IntentFact) {
        self.plans.insert(fact.intent, fact.plan);
    }

    /// Books a fill; one that was booked before changes nothing (L-03).
    ///
    /// # Errors
    /// [`LedgerError`]; nothing is booked then.
    pub fn fill(&mut self, fill: &Fill) -> Result<(), LedgerError> {
        if self.seen.contains(&fill.entry_id) || planted(Fault::DroppedFill) {
            return Ok(());
        }
        let plan = *self.plans.get(&fill.intent).ok_or_else(|| LedgerError::UnknownIntent {
            entry_id: fill.entry_id.clone(),
            intent: fill.intent,
        })?;
        match fill.side {
            Side::Buy => self.buy(fill, plan.ok_or(LedgerError::NoPlan(fill.intent))?)?,
            Side::Sell => self.sell(fill)?,
        }
        self.seen.insert(fill.entry_id.clone());
        Ok(())
    }

    fn buy(&mut self, fill: &Fill, plan: ExitPlan) -> Result<(), LedgerError> {
        let id = LotId(fill.intent);
        let lot = match self.lots.get(&id) {
            None => Lot {
                id,
                product: fill.product,
                asset: fill.asset,
                qty: fill.qty,
                average_price: fill.price,
                opened: fill.at,
                plan,
                best_bid: fill.price,
            },
            Some(lot) => {
                let qty = lot.qty.plus(fill.qty)?;
                let cost = lot.average_price.times(lot.qty)?.plus(fill.price.times(fill.qty)?)?;
                let average = cost.get().checked_div(qty.get());
                let average = average.ok_or(NumError::Overflow { what: "average price" })?;
                Lot { qty, average_price: Price::new(average)?, ..*lot }
            }
        };
        self.lots.insert(id, lot);
        Ok(())
    }

    fn sell(&mut self, fill: &Fill) -> Result<(), LedgerError> {
        let mut left = fill.qty;
        let mut after = self.lots.clone();
        for (id, lot) in self.lots.iter().filter(|(_, lot)| lot.asset == fill.asset) {
            let taken = left.min(lot.qty);
            left = left.minus(taken)?;
            let rest = lot.qty.minus(taken)?;
            if rest.is_zero() {
                after.remove(id);
            } else {
                after.insert(*id, Lot { qty: rest, ..*lot });
            }
        }
        if !left.is_zero() {
            return Err(LedgerError::Oversold {
                entry_id: fill.entry_id.clone(),
                asset: fill.asset,
                qty: fill.qty,
                missing: left,
            });
        }
        self.lots = after;
        Ok(())
    }
}
