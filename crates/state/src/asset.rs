//! Everything about one asset: the venue's entries, what they come to, and the lots of it.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Adoption, Fill, FlowConfirmed};

use crate::Doubt;
use crate::adjust::{settle, trade_of};
use crate::orders::Orders;
use crate::position::{Position, Step, StepKey};

/// One asset. A function of the set of its facts: their order, and how often each came, is no part
/// of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct AssetBook {
    /// Entries as they came, by trade and entry id.
    entries: BTreeMap<String, BTreeMap<String, Fill>>,
    /// What they come to.
    pub(crate) steps: BTreeMap<StepKey, Step>,
    /// What adjustments leave open, by trade.
    open: BTreeMap<String, Vec<Doubt>>,
    pub(crate) position: Position,
}

impl AssetBook {
    /// Takes an entry that was not seen before.
    pub(crate) fn fill(&mut self, fill: &Fill, orders: &Orders) {
        let trade = trade_of(fill).to_owned();
        let entries = self.entries.entry(trade.clone()).or_default();
        let before: Vec<_> = settle(&entries.values().collect::<Vec<_>>()).0;
        entries.insert(fill.entry_id.clone(), fill.clone());
        let (after, doubts) = settle(&entries.values().collect::<Vec<_>>());
        if doubts.is_empty() {
            self.open.remove(&trade);
        } else {
            self.open.insert(trade, doubts);
        }
        let stale: Vec<_> = before.into_iter().filter(|fill| !after.contains(fill)).collect();
        let mut fresh = Vec::new();
        for fill in after {
            let step = Step::Fill(fill);
            if self.steps.get(&step.key()) != Some(&step) {
                fresh.push(step);
            }
        }
        for fill in &stale {
            self.steps.remove(&Step::Fill(fill.clone()).key());
        }
        self.add(&fresh, stale.is_empty(), orders);
    }

    /// Takes coins that an operator gave.
    pub(crate) fn adopt(&mut self, adoption: &Adoption, orders: &Orders) {
        self.add(&[Step::Adopted(adoption.clone())], true, orders);
    }

    /// Takes coins off that an operator took away.
    pub(crate) fn withdraw(&mut self, said: &FlowConfirmed, orders: &Orders) {
        if let Some(qty) = said.coins_gone() {
            self.add(&[Step::Gone { at: said.at, flow: said.flow, qty }], true, orders);
        }
    }

    /// Tells of an order that was not known before: fills of it may have waited for it.
    pub(crate) fn order_known(&mut self, orders: &Orders) {
        if !self.position.doubts.is_empty() {
            self.position = Position::of(&self.steps, orders);
        }
    }

    /// The steps that are in the lots.
    pub(crate) fn booked(&self) -> impl Iterator<Item = &Step> {
        let refused: BTreeSet<_> =
            self.position.doubts.iter().filter_map(Doubt::not_booked).collect();
        let steps = self.steps.iter();
        steps.filter(move |(key, _)| !refused.contains(key.name())).map(|(_, step)| step)
    }

    /// What is not understood.
    pub(crate) fn doubts(&self) -> impl Iterator<Item = &Doubt> {
        self.position.doubts.iter().chain(self.open.values().flatten())
    }

    /// Steps at the end are taken as they are; any other change starts over.
    fn add(&mut self, steps: &[Step], only_more: bool, orders: &Orders) {
        let newest = self.steps.last_key_value().map(|(key, _)| key.clone());
        let at_the_end = steps.iter().all(|step| newest.as_ref().is_none_or(|n| step.key() > *n));
        for step in steps {
            self.steps.insert(step.key(), step.clone());
        }
        match steps {
            [] if only_more => {}
            [step] if only_more && at_the_end => self.position.take(step, orders),
            _ => self.position = Position::of(&self.steps, orders),
        }
    }
}
