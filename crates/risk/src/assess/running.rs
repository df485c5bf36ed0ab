//! What this batch was granted so far: two halves may not each fit alone.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Asset, TriggerId};
use rust_decimal::Decimal;

use super::Scene;
use super::used::Used;

pub(super) struct Running<'a> {
    /// `None` when exposure cannot be valued.
    pub(super) used: Option<Used<'a>>,
    /// Assets held, being bought, or bought by this batch.
    pub(super) open: BTreeSet<Asset>,
    /// Positions that this batch opens.
    pub(super) opened: u32,
    /// Entries approved in this batch, by asset.
    pub(super) trades: BTreeMap<Asset, u32>,
    /// Of those, the ones on an asset that was open already.
    pub(super) adds: BTreeMap<Asset, u32>,
    /// Events they answered.
    pub(super) triggers: BTreeSet<TriggerId>,
    /// Worst cases by the currency that pays.
    pub(super) spent: BTreeMap<Asset, Decimal>,
    /// Base units that this batch sells.
    pub(super) selling: BTreeMap<Asset, Decimal>,
}

impl<'a> Running<'a> {
    pub(super) fn new(scene: &Scene<'a>) -> Self {
        Self {
            used: Used::of(scene),
            open: scene.view.exposure.open(),
            opened: 0,
            trades: BTreeMap::new(),
            adds: BTreeMap::new(),
            triggers: BTreeSet::new(),
            spent: BTreeMap::new(),
            selling: BTreeMap::new(),
        }
    }

    /// Entries approved in this batch.
    pub(super) fn traded(&self) -> u32 {
        self.trades.values().fold(0, |sum, n| sum.saturating_add(*n))
    }

    /// Takes note of an approved entry.
    pub(super) fn bought(
        &mut self,
        asset: Asset,
        quote: Asset,
        trigger: TriggerId,
        worst_case: Decimal,
    ) {
        if self.open.insert(asset) {
            self.opened = self.opened.saturating_add(1);
        } else {
            let adds = self.adds.entry(asset).or_default();
            *adds = adds.saturating_add(1);
        }
        let trades = self.trades.entry(asset).or_default();
        *trades = trades.saturating_add(1);
        self.triggers.insert(trigger);
        let spent = self.spent.entry(quote).or_default();
        *spent = spent.saturating_add(worst_case);
    }
}
