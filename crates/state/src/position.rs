//! The lots of one asset: what was bought first is sold first.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Adoption, BaseQty, Fill, FlowId, IntentId, LotId, NumError, ProductId, Side, Timestamp,
};
use rust_decimal::Decimal;

use crate::books::Purses;
use crate::exact::{difference, product, share, sum};
use crate::holding::{Bought, Holding};
use crate::orders::{Order, Orders};
use crate::{Doubt, Entry};

/// Where a step stands among all of its asset: by time, coins in before coins out, then by name.
/// Whatever order facts come in, steps are taken in this one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StepKey {
    at: Timestamp,
    rank: u8,
    name: String,
}

impl StepKey {
    /// The fill's entry id, or which adoption or flow.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

/// Something that moved coins of one asset.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    Fill(Fill),
    Adopted(Adoption),
    /// Taken away, as an operator confirmed.
    Gone {
        at: Timestamp,
        flow: FlowId,
        qty: BaseQty,
    },
}

impl Step {
    pub(crate) fn key(&self) -> StepKey {
        let (at, rank, name) = match self {
            Self::Fill(fill) => (fill.at, u8::from(fill.side == Side::Sell), fill.entry_id.clone()),
            Self::Adopted(adoption) => (adoption.at, 0, format!("adoption {}", adoption.lot.0.0)),
            Self::Gone { at, flow, .. } => (*at, 2, format!("flow {}", flow.0)),
        };
        StepKey { at, rank, name }
    }

    /// What it moved; the flow that a withdrawal confirms is its entry.
    pub(crate) fn entry(&self) -> Option<Result<Entry, NumError>> {
        match self {
            Self::Fill(fill) => Some(Entry::of_fill(fill)),
            Self::Adopted(adoption) => Some(Entry::of_adoption(adoption)),
            Self::Gone { .. } => None,
        }
    }
}

/// A part of a fill that sold coins of one lot. Amounts are in the quote currency.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sale {
    /// Of which lot.
    pub(crate) lot: LotId,
    /// The fill.
    pub(crate) entry_id: String,
    /// When.
    pub(crate) at: Timestamp,
    /// Where it was sold: the other name of a book may differ from the one it was bought on.
    pub(crate) product: ProductId,
    /// How much of it.
    pub(crate) qty: Decimal,
    /// For how much, without fees.
    pub(crate) proceeds: Decimal,
    /// Its share of the fill's fee.
    pub(crate) fee: Decimal,
}

/// Lots in the order in which they were opened, closed ones included.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Position {
    pub(crate) holdings: Vec<Holding>,
    /// Lots before this one are closed.
    first_open: usize,
    /// What left without a lot to take it from.
    pub(crate) uncovered: Decimal,
    /// What was sold off each lot, in the order of the sales.
    pub(crate) sales: Vec<Sale>,
    pub(crate) doubts: BTreeSet<Doubt>,
    /// What the steps that were booked moved.
    pub(crate) purses: Purses,
}

impl Position {
    /// All steps from nothing.
    pub(crate) fn of(steps: &BTreeMap<StepKey, Step>, orders: &Orders) -> Self {
        let mut position = Self::default();
        for step in steps.values() {
            position.take(step, orders);
        }
        position
    }

    /// The next step. One that cannot be booked leaves a doubt, and nothing else.
    pub(crate) fn take(&mut self, step: &Step, orders: &Orders) {
        let taken = match step {
            Step::Fill(fill) => match order_of(fill, orders) {
                Err(doubt) => {
                    self.doubts.insert(doubt);
                    return;
                }
                Ok(order) => match (fill.side, order.plan) {
                    (Side::Sell, _) => self.sell(fill),
                    (Side::Buy, Some(plan)) => {
                        let bought = Bought {
                            at: fill.at,
                            product: fill.product,
                            qty: fill.qty.get(),
                            price: fill.price,
                            fee: fill.fee.get(),
                        };
                        let id = LotId(order.root);
                        self.buy(&bought, |first| Holding::empty(id, plan, false, first), id)
                    }
                    (Side::Buy, None) => {
                        let (entry_id, intent) = (fill.entry_id.clone(), fill.intent);
                        self.doubts.insert(Doubt::NoPlan { entry_id, intent });
                        return;
                    }
                },
            },
            Step::Adopted(adoption) => {
                let bought = Bought {
                    at: adoption.at,
                    product: adoption.product,
                    qty: adoption.qty.get(),
                    price: adoption.price,
                    fee: Decimal::ZERO,
                };
                let (id, plan) = (adoption.lot, adoption.plan);
                self.buy(&bought, |first| Holding::empty(id, plan, true, first), id)
            }
            Step::Gone { at, qty, .. } => {
                self.take_out(qty.get(), |lot, part, _| lot.take_away(part, *at))
            }
        };
        match taken {
            Some(()) => step.entry().into_iter().for_each(|entry| self.purses.book(entry)),
            None => drop(self.doubts.insert(Doubt::Inexact { what: step.key().name })),
        }
    }

    fn buy(
        &mut self,
        bought: &Bought,
        empty: impl FnOnce(&Bought) -> Holding,
        id: LotId,
    ) -> Option<()> {
        let place = self.holdings.iter().rposition(|held| held.id == id);
        let before = place.and_then(|place| self.holdings.get(place)).copied();
        let after = before.unwrap_or_else(|| empty(bought)).buy(bought)?;
        match place.and_then(|place| self.holdings.get_mut(place)) {
            Some(held) => *held = after,
            None => self.holdings.push(after),
        }
        self.first_open = self.first_open.min(place.unwrap_or(self.first_open));
        Some(())
    }

    /// Each lot gets the fill's fee by its share of the quantity, the last one the rest of it.
    fn sell(&mut self, fill: &Fill) -> Option<()> {
        let (qty, price, fee) = (fill.qty.get(), fill.price.get(), fill.fee.get());
        let (out, mut fee_left) = ((fill.at, fill.intent), fee);
        let mut sales = Vec::new();
        self.take_out(qty, |lot, part, rest| {
            let own = if rest.is_zero() { fee_left } else { share(fee, part, qty)? };
            fee_left = difference(fee_left, own)?;
            sales.push(Sale {
                lot: lot.id,
                entry_id: fill.entry_id.clone(),
                at: fill.at,
                product: fill.product,
                qty: part,
                proceeds: product(price, part)?,
                fee: own,
            });
            lot.sell(part, price, own, out)
        })?;
        self.sales.append(&mut sales);
        Some(())
    }

    /// Takes coins out of the oldest lots; what no lot covers is a doubt. Nothing has changed where
    /// the answer is `None`.
    fn take_out(
        &mut self,
        qty: Decimal,
        mut take: impl FnMut(Holding, Decimal, Decimal) -> Option<Holding>,
    ) -> Option<()> {
        let (mut rest, mut changed) = (qty, Vec::new());
        for (place, lot) in self.holdings.iter().enumerate().skip(self.first_open) {
            if rest.is_zero() {
                break;
            }
            let part = rest.min(lot.left()?);
            if part.is_zero() {
                continue;
            }
            rest = difference(rest, part)?;
            changed.push((place, take(*lot, part, rest)?));
        }
        let uncovered = sum(self.uncovered, rest)?;
        for (place, lot) in changed {
            if let Some(held) = self.holdings.get_mut(place) {
                *held = lot;
            }
        }
        while self.holdings.get(self.first_open).is_some_and(|lot| !lot.is_open()) {
            self.first_open += 1;
        }
        if !rest.is_zero() {
            let before = BaseQty::new(self.uncovered).ok();
            self.doubts.retain(
                |doubt| !matches!(doubt, Doubt::Oversold { missing } if Some(*missing) == before),
            );
            self.uncovered = uncovered;
            let missing = BaseQty::new(uncovered).ok()?;
            self.doubts.insert(Doubt::Oversold { missing });
        }
        Some(())
    }
}

/// The order of a fill, if the fill can be of it.
fn order_of<'a>(fill: &Fill, orders: &'a Orders) -> Result<&'a Order, Doubt> {
    let (entry_id, intent): (String, IntentId) = (fill.entry_id.clone(), fill.intent);
    match orders.get(intent) {
        None => Err(Doubt::UnknownIntent { entry_id, intent }),
        Some(order) if order.product != fill.product || order.side != fill.side => {
            Err(Doubt::OtherOrder { entry_id, intent })
        }
        Some(order) => Ok(order),
    }
}
