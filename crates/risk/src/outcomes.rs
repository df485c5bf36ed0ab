//! What became of what was bought: the outcome of sales, for cooldowns, pauses and exit prices.

use std::collections::{BTreeMap, VecDeque};

use domain::{
    Adoption, Asset, Fill, FlowConfirmed, IntentFact, IntentId, OrderEnd, Side, Timestamp,
};
use rust_decimal::Decimal;

/// How a sale went, fees included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It gained, or broke even.
    Win,
    /// It lost.
    Loss,
    /// It was at the lot's stop or below.
    Stop,
}

/// Lots first in, first out, as far as outcomes need them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outcomes {
    lots: BTreeMap<Asset, VecDeque<Cost>>,
    /// Buys that may still fill: asset and stop, percent.
    buys: BTreeMap<IntentId, (Asset, Option<Decimal>)>,
    /// Sales that may still fill.
    sells: BTreeMap<IntentId, (Asset, Decimal)>,
    /// Sales in a row that ended without selling everything.
    rungs: BTreeMap<Asset, usize>,
    pub(crate) exits: BTreeMap<Asset, (Timestamp, Outcome)>,
    pub(crate) losses_in_a_row: u32,
    pub(crate) last_loss: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cost {
    lot: IntentId,
    left: Decimal,
    bought: Decimal,
    /// Without fees.
    value: Decimal,
    fees: Decimal,
    stop_pct: Option<Decimal>,
    gain: Decimal,
}

impl Cost {
    fn per_unit(&self, amount: Decimal) -> Decimal {
        amount.checked_div(self.bought).unwrap_or(Decimal::ZERO)
    }

    fn stop_price(&self) -> Option<Decimal> {
        let share = Decimal::ONE.saturating_sub(self.stop_pct? / Decimal::ONE_HUNDRED);
        Some(self.per_unit(self.value).saturating_mul(share))
    }
}

impl Outcomes {
    pub(crate) fn intent(&mut self, intent: &IntentFact) {
        match intent.side {
            Side::Buy => {
                let stop = intent.plan.map(|plan| plan.stop_pct.get());
                self.buys.insert(intent.intent, (intent.asset, stop));
            }
            // One that rests at the venue is no try that gave way too little.
            Side::Sell if intent.bracket().is_some() => {}
            Side::Sell => {
                self.sells.insert(intent.intent, (intent.asset, intent.qty.get()));
            }
        }
    }

    pub(crate) fn fill(&mut self, fill: &Fill) {
        match fill.side {
            Side::Buy => self.bought(fill),
            Side::Sell => self.sold(fill),
        }
    }

    pub(crate) fn end(&mut self, end: &OrderEnd) {
        self.buys.remove(&end.intent);
        let Some((asset, qty)) = self.sells.remove(&end.intent) else { return };
        if end.filled.get() < qty && self.lots.contains_key(&asset) {
            let rung = self.rungs.entry(asset).or_default();
            *rung = rung.saturating_add(1);
        } else {
            self.rungs.remove(&asset);
        }
    }

    /// Whether an asset is held or being bought.
    pub(crate) fn is_open(&self, asset: &Asset) -> bool {
        self.lots.contains_key(asset) || self.buys.values().any(|(bought, _)| bought == asset)
    }

    pub(crate) fn rung(&self, asset: &Asset) -> usize {
        self.rungs.get(asset).copied().unwrap_or(0)
    }

    pub(crate) fn forget_exits_before(&mut self, edge: Timestamp) {
        self.exits.retain(|_, (at, _)| *at > edge);
    }

    /// Coins that were given are a lot at the price that was said.
    pub(crate) fn adopted(&mut self, adoption: &Adoption) {
        let qty = adoption.qty.get();
        self.lots.entry(adoption.asset).or_default().push_back(Cost {
            lot: adoption.lot.0,
            left: qty,
            bought: qty,
            value: adoption.price.get().saturating_mul(qty),
            fees: Decimal::ZERO,
            stop_pct: Some(adoption.plan.stop_pct.get()),
            gain: Decimal::ZERO,
        });
    }

    /// Coins that were taken away are no sale: nothing is won or lost by them.
    pub(crate) fn withdrawn(&mut self, said: &FlowConfirmed) {
        if let Some(gone) = said.coins_gone() {
            self.gone(&said.asset, gone.get());
        }
    }

    /// Takes coins off the oldest lots, at no gain.
    pub(crate) fn gone(&mut self, asset: &Asset, qty: Decimal) {
        let Some(lots) = self.lots.get_mut(asset) else { return };
        let mut rest = qty;
        while let Some(lot) = lots.front_mut().filter(|_| rest > Decimal::ZERO) {
            let take = rest.min(lot.left);
            rest = rest.saturating_sub(take);
            lot.left = lot.left.saturating_sub(take);
            if lot.left.is_zero() {
                lots.pop_front();
            }
        }
        if lots.is_empty() {
            self.lots.remove(asset);
            self.rungs.remove(asset);
        }
    }

    fn bought(&mut self, fill: &Fill) {
        let stop_pct = self.buys.get(&fill.intent).and_then(|(_, stop)| *stop);
        let (qty, value) = (fill.qty.get(), fill.price.get().saturating_mul(fill.qty.get()));
        let lots = self.lots.entry(fill.asset).or_default();
        if let Some(lot) = lots.iter_mut().find(|lot| lot.lot == fill.intent) {
            lot.left = lot.left.saturating_add(qty);
            lot.bought = lot.bought.saturating_add(qty);
            lot.value = lot.value.saturating_add(value);
            lot.fees = lot.fees.saturating_add(fill.fee.get());
            return;
        }
        let (lot, fees) = (fill.intent, fill.fee.get());
        let gain = Decimal::ZERO;
        lots.push_back(Cost { lot, left: qty, bought: qty, value, fees, stop_pct, gain });
    }

    fn sold(&mut self, fill: &Fill) {
        let Some(lots) = self.lots.get_mut(&fill.asset) else { return };
        let price = fill.price.get();
        let fee = fill.fee.get().checked_div(fill.qty.get()).unwrap_or(Decimal::ZERO);
        let net = price.saturating_sub(fee);
        let (mut rest, mut gain, mut stopped) = (fill.qty.get(), Decimal::ZERO, false);
        while let Some(lot) = lots.front_mut().filter(|_| rest > Decimal::ZERO) {
            let take = rest.min(lot.left);
            let paid = lot.per_unit(lot.value.saturating_add(lot.fees));
            let won = net.saturating_sub(paid).saturating_mul(take);
            stopped |= lot.stop_price().is_some_and(|stop| price <= stop);
            rest = rest.saturating_sub(take);
            lot.left = lot.left.saturating_sub(take);
            lot.gain = lot.gain.saturating_add(won);
            gain = gain.saturating_add(won);
            if lot.left.is_zero() {
                let lost = lot.gain < Decimal::ZERO;
                self.losses_in_a_row =
                    if lost { self.losses_in_a_row.saturating_add(1) } else { 0 };
                self.last_loss = if lost { Some(fill.at) } else { self.last_loss };
                lots.pop_front();
            }
        }
        if lots.is_empty() {
            self.lots.remove(&fill.asset);
            self.rungs.remove(&fill.asset);
        }
        let outcome = match (stopped, gain < Decimal::ZERO) {
            (true, _) => Outcome::Stop,
            (false, true) => Outcome::Loss,
            (false, false) => Outcome::Win,
        };
        self.exits.insert(fill.asset, (fill.at, outcome));
    }
}
