//! The ledger: lots, trades and books, from fills that may come in any order and any number.

use std::collections::BTreeMap;

use domain::planted::{Fault, planted};
use domain::{
    Adoption, Amount, Asset, BaseQty, Fill, FlowConfirmed, IntentFact, Lot, LotId, NumError,
};

use crate::asset::AssetBook;
use crate::books::Purses;
use crate::orders::Orders;
use crate::position::Step;
use crate::{Disposal, Doubt, Entry, Trade, disposal};

/// What fills, adoptions and confirmed withdrawals come to: a function of the set of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger {
    orders: Orders,
    assets: BTreeMap<Asset, AssetBook>,
    /// The fill of each entry id, once.
    seen: BTreeMap<String, Fill>,
    /// Two contents under one entry id.
    contradictions: BTreeMap<Asset, Vec<Doubt>>,
    /// Open lots of all assets.
    lots: BTreeMap<LotId, Lot>,
}

impl Ledger {
    /// Open lots, oldest first.
    pub fn lots(&self) -> impl Iterator<Item = &Lot> {
        self.lots.values()
    }

    /// What the lots of an asset hold.
    ///
    /// # Errors
    /// [`NumError`] beyond the range of exact decimals.
    pub fn position(&self, asset: &Asset) -> Result<BaseQty, NumError> {
        self.lots
            .values()
            .filter(|lot| lot.asset == *asset)
            .try_fold(BaseQty::ZERO, |sum, lot| sum.plus(lot.qty))
    }

    /// What is not understood of an asset. While there is something, it takes no entries.
    pub fn doubts_of(&self, asset: &Asset) -> impl Iterator<Item = &Doubt> {
        let own = self.assets.get(asset).into_iter().flat_map(AssetBook::doubts);
        own.chain(self.contradictions.get(asset).into_iter().flatten())
    }

    /// Every asset of which something is not understood, with what.
    pub fn doubts(&self) -> impl Iterator<Item = (&Asset, &Doubt)> {
        let assets = self.assets.keys().chain(self.contradictions.keys());
        let assets: std::collections::BTreeSet<_> = assets.collect();
        assets.into_iter().flat_map(|asset| self.doubts_of(asset).map(move |d| (asset, d)))
    }

    /// Trades, open and closed, in the order in which they were opened.
    pub fn trades(&self) -> Vec<Trade> {
        let all = self.assets.iter().flat_map(|(asset, book)| {
            let lots = book.position.holdings.iter();
            lots.filter_map(|lot| Trade::of(*asset, lot, &self.orders))
        });
        let mut all: Vec<_> = all.collect();
        all.sort_by_key(|trade| (trade.opened, trade.lot));
        all
    }

    /// What was sold, part by part, in the order of the sales; `None` where a sum would leave exact
    /// decimals. Coins that left without a lot to take them from are a doubt and not among them.
    pub fn disposals(&self) -> Option<Vec<Disposal>> {
        let parts = self.assets.iter().map(|(asset, book)| disposal::of(*asset, &book.position));
        let mut all: Vec<_> = parts.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
        all.sort_by(|a, b| (a.sold, &a.entry_id, a.lot).cmp(&(b.sold, &b.entry_id, b.lot)));
        Some(all)
    }

    /// What each fill and adoption moved, both sides of it, in the order of time. What the ledger
    /// could not book is not among them.
    ///
    /// # Errors
    /// [`NumError`] where an amount has more digits than can be booked.
    pub fn entries(&self) -> Result<Vec<Entry>, NumError> {
        let steps = self.assets.values().flat_map(AssetBook::booked);
        let mut entries = steps.filter_map(Step::entry).collect::<Result<Vec<_>, _>>()?;
        entries.sort_by(|a, b| (a.at, &a.of).cmp(&(b.at, &b.of)));
        Ok(entries)
    }

    /// What the booked steps of each asset moved.
    pub(crate) fn purses(&self) -> impl Iterator<Item = &Purses> {
        self.assets.values().map(|book| &book.position.purses)
    }

    /// The sum of all that was bought and given less all that was sold and taken away: what the
    /// lots hold, less what left without a lot to take it from (L-01).
    ///
    /// # Errors
    /// [`NumError`] beyond the range of exact decimals.
    pub fn net(&self, asset: &Asset) -> Result<Amount, NumError> {
        let held = Amount::new(self.position(asset)?.get())?;
        match self.assets.get(asset) {
            Some(book) => crate::books::above(held, Amount::new(book.position.uncovered)?),
            None => Ok(held),
        }
    }

    /// Remembers an intent, so that its fills can be understood.
    pub(crate) fn intent(&mut self, fact: &IntentFact) {
        if self.orders.remember(fact)
            && let Some(book) = self.assets.get_mut(&fact.asset)
        {
            book.order_known(&self.orders);
            self.relist(fact.asset);
        }
    }

    /// Books an entry of the venue; one that was booked before changes nothing (L-03).
    pub(crate) fn fill(&mut self, fill: &Fill) {
        if planted(Fault::DroppedFill) {
            return;
        }
        if let Some(before) = self.seen.get(&fill.entry_id) {
            if before != fill {
                let doubt = Doubt::Contradiction { entry_id: fill.entry_id.clone() };
                let doubts = self.contradictions.entry(fill.asset).or_default();
                if !doubts.contains(&doubt) {
                    doubts.push(doubt);
                }
            }
            return;
        }
        self.seen.insert(fill.entry_id.clone(), fill.clone());
        self.assets.entry(fill.asset).or_default().fill(fill, &self.orders);
        self.relist(fill.asset);
    }

    /// Books coins that an operator gave.
    pub(crate) fn adopt(&mut self, adoption: &Adoption) {
        self.assets.entry(adoption.asset).or_default().adopt(adoption, &self.orders);
        self.relist(adoption.asset);
    }

    /// Books coins of the bot that an operator took away. Coins it does not hold are not its own.
    pub(crate) fn withdraw(&mut self, said: &FlowConfirmed) {
        if let Some(book) = self.assets.get_mut(&said.asset) {
            book.withdraw(said, &self.orders);
            self.relist(said.asset);
        }
    }

    fn relist(&mut self, asset: Asset) {
        self.lots.retain(|_, lot| lot.asset != asset);
        let lots = self.assets.get(&asset).into_iter().flat_map(|book| &book.position.holdings);
        self.lots.extend(lots.filter_map(|held| Some((held.id, held.lot(asset)?))));
    }
}
