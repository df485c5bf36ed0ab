//! What became of what was bought, first in, first out: for pauses after sales and losses.

use std::collections::{BTreeMap, VecDeque};

use domain::{Adoption, Asset, ExitPlan, Fill, IntentId, Side, Timestamp};

use crate::num::{Exact as _, Num};

/// How a sale went, fees included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Went {
    /// It gained, or broke even.
    Win,
    /// It lost.
    Loss,
    /// At the stop of a lot, or below.
    Stop,
}

/// Lots of every asset, and how the newest sales went.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lots {
    open: BTreeMap<Asset, VecDeque<Lot>>,
    pub(crate) exits: BTreeMap<Asset, (Timestamp, Went)>,
    pub(crate) losses: i64,
    pub(crate) last_loss: Option<Timestamp>,
}

/// Amounts are sums over the lot's fills.
#[derive(Debug, Clone, Copy)]
struct Lot {
    intent: IntentId,
    bought: Num,
    left: Num,
    /// Without fees.
    value: Num,
    fees: Num,
    stop_pct: Option<Num>,
    /// What its sales brought beyond what they cost, fees included.
    gain: Num,
}

impl Lots {
    pub(crate) fn fill(&mut self, fill: &Fill, plan: Option<ExitPlan>) -> Option<()> {
        match fill.side {
            Side::Buy => self.bought(fill, plan),
            Side::Sell => self.sold(fill),
        }
    }

    /// Coins that were given are a lot at the price that was said.
    pub(crate) fn adopted(&mut self, adoption: &Adoption) {
        let qty = adoption.qty.num();
        let value = qty.and_then(|qty| qty.times(adoption.price.num()?));
        let Some((qty, value)) = qty.zip(value) else { return };
        self.open.entry(adoption.asset).or_default().push_back(Lot {
            intent: adoption.lot.0,
            bought: qty,
            left: qty,
            value,
            fees: Num::ZERO,
            stop_pct: adoption.plan.stop_pct.num(),
            gain: Num::ZERO,
        });
    }

    /// Coins that were taken away are no sale.
    pub(crate) fn withdrawn(&mut self, asset: &Asset, gone: Num) {
        let Some(lots) = self.open.get_mut(asset) else { return };
        let mut rest = gone;
        while let Some(lot) = lots.front_mut().filter(|_| rest.is_positive()) {
            let take = rest.min(lot.left);
            rest = rest.minus(take).unwrap_or(Num::ZERO);
            lot.left = lot.left.minus(take).unwrap_or(Num::ZERO);
            if !lot.left.is_positive() {
                lots.pop_front();
            }
        }
        if lots.is_empty() {
            self.open.remove(asset);
        }
    }

    fn bought(&mut self, fill: &Fill, plan: Option<ExitPlan>) -> Option<()> {
        let (qty, fee) = (fill.qty.num()?, fill.fee.num()?);
        let value = fill.price.num()?.times(qty)?;
        let lots = self.open.entry(fill.asset).or_default();
        if let Some(lot) = lots.iter_mut().find(|lot| lot.intent == fill.intent) {
            lot.bought = lot.bought.plus(qty)?;
            lot.left = lot.left.plus(qty)?;
            lot.value = lot.value.plus(value)?;
            lot.fees = lot.fees.plus(fee)?;
            return Some(());
        }
        lots.push_back(Lot {
            intent: fill.intent,
            bought: qty,
            left: qty,
            value,
            fees: fee,
            stop_pct: plan.and_then(|plan| plan.stop_pct.num()),
            gain: Num::ZERO,
        });
        Some(())
    }

    fn sold(&mut self, fill: &Fill) -> Option<()> {
        let (qty, price) = (fill.qty.num()?, fill.price.num()?);
        // What the fill brought in all; each lot gets its share by quantity.
        let net = price.times(qty)?.minus(fill.fee.num()?)?;
        let lots = self.open.get_mut(&fill.asset)?;
        let (mut rest, mut stopped, mut gained) = (qty, false, Num::ZERO);
        while let Some(lot) = lots.front_mut().filter(|_| rest.is_positive()) {
            let take = rest.min(lot.left);
            stopped |= lot.is_stopped(price).unwrap_or(false);
            // net × take / qty − (value + fees) × take / bought
            let got = share(net, take, qty)?;
            let paid = share(lot.value.plus(lot.fees)?, take, lot.bought)?;
            let gain = got.minus(paid)?;
            gained = gained.plus(gain)?;
            lot.gain = lot.gain.plus(gain)?;
            rest = rest.minus(take)?;
            lot.left = lot.left.minus(take)?;
            if !lot.left.is_positive() {
                let lost = lot.gain.is_negative();
                self.losses = if lost { self.losses + 1 } else { 0 };
                if lost {
                    self.last_loss = Some(fill.at);
                }
                lots.pop_front();
            }
        }
        if lots.is_empty() {
            self.open.remove(&fill.asset);
        }
        let went = match (stopped, gained.is_negative()) {
            (true, _) => Went::Stop,
            (false, true) => Went::Loss,
            (false, false) => Went::Win,
        };
        self.exits.insert(fill.asset, (fill.at, went));
        Some(())
    }
}

impl Lot {
    /// price ≤ value / bought × (1 − stop %)
    fn is_stopped(&self, price: Num) -> Option<bool> {
        let kept = Num::int(100).minus(self.stop_pct?)?;
        let order = Num::compare((price.times(Num::int(100))?, self.bought), (self.value, kept));
        Some(order != core::cmp::Ordering::Greater)
    }
}

/// `amount × part / whole`.
fn share(amount: Num, part: Num, whole: Num) -> Option<Num> {
    if part == whole {
        return Some(amount);
    }
    amount.times(part)?.over(whole)
}
