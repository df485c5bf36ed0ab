//! What the engine must see the books of, and what of a scan can be kept: work grows with what is new.

use domain::{Asset, Bar, Glance, Member, ProductId, Proposal, Regime, RuleRefusal};

use crate::Engine;

/// What the last scan was made from. With the same features, members and weather it is the same scan.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scanned {
    revision: u64,
    regime: Option<Regime>,
    members: Vec<ProductId>,
}

impl Scanned {
    /// Whether a scan is due; takes note of it.
    /// Without members they are those of the last time.
    pub(crate) fn is_due(
        &mut self,
        revision: u64,
        regime: Regime,
        members: Option<&[Member]>,
    ) -> bool {
        let products = members.map(|members| members.iter().map(|member| member.product));
        let others = products.filter(|products| !products.clone().eq(self.members.iter().copied()));
        let due = others.is_some() || (self.revision, self.regime) != (revision, Some(regime));
        (self.revision, self.regime) = (revision, Some(regime));
        if let Some(products) = others {
            self.members.clear();
            self.members.extend(products);
        }
        due
    }
}

impl Engine {
    /// Assets whose touch must be known at every price: what is held, what orders are at work for, and
    /// money that is not dollars. Sorted.
    pub fn watched(&mut self) -> Vec<Asset> {
        self.recount_lots();
        self.recount_valued();
        let mut assets = self.valued.assets.clone();
        if self.orders.busy().next().is_none() && self.ladders.0.waiting() == 0 {
            return assets;
        }
        let products = self.orders.live().map(|(_, order)| order.sent().product);
        let waiting = self.ladders.0.intents().filter_map(|intent| self.orders.get(intent));
        let products = products.chain(waiting.map(|order| order.sent().product));
        let known = products.filter_map(|id| self.markets.position(&id));
        let known = known.filter_map(|at| self.markets.products.get(at));
        assets.extend(known.map(|market| market.product.base));
        assets.sort_unstable();
        assets.dedup();
        assets
    }

    /// Whether [`Self::watched`] may be others than these; quicker than to ask which.
    pub fn watches_others(&mut self, known: &[Asset]) -> bool {
        self.recount_lots();
        self.recount_valued();
        let still = self.orders.busy().next().is_none() && self.ladders.0.waiting() == 0;
        !still || self.valued.assets != known
    }

    /// Two empty lists for the next glances, with the room that the last ones needed.
    pub fn room_for_glances(&mut self) -> (Vec<(usize, Glance)>, Vec<usize>) {
        let (mut news, mut same) = core::mem::take(&mut self.markets.room);
        news.clear();
        same.clear();
        (news, same)
    }

    /// An empty list for the bars of the next slot, with the room that the last ones needed.
    pub fn room_for_bars(&mut self) -> Vec<(ProductId, Bar)> {
        let mut bars = core::mem::take(&mut self.markets.room_for_bars);
        bars.clear();
        bars
    }

    /// Assets whose books the last event needed and knew by a [`domain::Glance`] alone: a cycle or
    /// an upkeep that is not over. Feed their books, and then the same event again at the same
    /// moment, before anything is done about its effects. Always empty where books are fed.
    pub fn wanted(&self) -> &[Asset] {
        &self.wanted
    }

    /// Whether the decision needs books that it only knows by a glance.
    pub(crate) fn lacks_books(&mut self) -> bool {
        let unavailable = |refusal: &RuleRefusal| *refusal == RuleRefusal::DataUnavailable;
        if self.cycle.proposals.is_empty()
            && !self.cycle.refused.iter().any(|(_, refusal)| unavailable(&refusal.code))
        {
            return false;
        }
        let refused = self.cycle.refused.iter().map(|(_, refusal)| refusal);
        let unseen = refused.filter(|refusal| unavailable(&refusal.code));
        let unseen = unseen.map(|refusal| refusal.product);
        let products = self.cycle.proposals.iter().map(Proposal::product).chain(unseen);
        let products: Vec<_> = products.collect();
        self.lacks(products)
    }

    /// Whether any of these is only known by a glance; its book is wanted then.
    pub(crate) fn lacks(&mut self, products: impl IntoIterator<Item = ProductId>) -> bool {
        for product in products {
            let market = self.markets.position(&product);
            let market = market.and_then(|at| self.markets.products.get(at));
            if let Some(market) = market.filter(|market| market.is_glance())
                && !self.wanted.contains(&market.product.base)
            {
                self.wanted.push(market.product.base);
            }
        }
        !self.wanted.is_empty()
    }
}
