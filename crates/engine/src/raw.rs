//! What a decision saw, put on record, so that somebody else can check it and it can be made again.

use std::collections::BTreeSet;

use domain::planted::{Fault, planted};
use domain::{
    Asset, BalancesFact, Book, Fact, Fees, Judged, Mark, MarketFact, MarksFact, Mode, ProductId,
    ProductMarket, Stage, Timestamp,
};

use crate::Engine;
use crate::event::Effects;

/// No limit looks further into a book than this from its touch: the ceiling of slippage and collar.
const REACH_BPS: u32 = risk::ceilings::SPREAD_AND_SLIPPAGE_BPS;

impl Engine {
    /// Puts on record what a verdict is about to be made from: the account where it changed, what
    /// values positions, and the markets of what was proposed.
    pub(crate) fn note_raw(
        &mut self,
        now: Timestamp,
        proposed: &BTreeSet<ProductId>,
        effects: &mut Effects,
    ) {
        if self.settings.limits.policy().external.counts() {
            self.exposure.count_others(&self.purses);
        }
        self.note_balances(effects);
        self.recount_valued();
        if !self.valued.assets.is_empty() {
            let marks = self.marks();
            self.note(Stage::Risk, Fact::Marks(MarksFact { at: now, marks }), effects);
        }
        if proposed.is_empty() {
            return;
        }
        let near = |book: &Book| book.within(REACH_BPS);
        for market in self.of_assets(&self.assets(proposed), proposed, near) {
            let market = MarketFact { at: now, market };
            self.note(Stage::Risk, Fact::Market(Box::new(market)), effects);
        }
    }

    /// What a verdict is made from, beside its proposals and the facts.
    pub(crate) fn judged(&self, proposed: &BTreeSet<ProductId>) -> Judged {
        let mut assets = self.assets(proposed);
        assets.extend(&self.valued.assets);
        Judged {
            policy: self.settings.limits.hash().clone(),
            fact_number: self.state.fact_number(),
            fees: self.counted_fees(),
            // DRY_RUN sends nothing, so there is nothing to compare.
            reconciled: self.is_compared()
                || planted(Fault::EntersUncompared)
                || self.identity().mode == Mode::DryRun,
            clock_skew_ms: self.clock_skew_ms,
            markets: self.of_assets(&assets, proposed, Book::clone),
        }
    }

    /// The fees that worst cases count with: the larger of the configured and the venue's own.
    pub(crate) fn counted_fees(&self) -> Option<Fees> {
        self.fees.map(|fees| self.settings.execution.at_least(fees))
    }

    fn note_balances(&mut self, effects: &mut Effects) {
        let Some(at) = self.account_at else { return };
        if self.noted.is_some() && self.noted_version == Some(self.account_version) {
            return;
        }
        self.noted_version = Some(self.account_version);
        let same = |noted: &BalancesFact| noted.purses == self.purses && noted.fees == self.fees;
        if self.noted.as_ref().is_some_and(same) {
            return;
        }
        let balances = BalancesFact { at, purses: self.purses.clone(), fees: self.fees };
        self.noted = Some(balances.clone());
        self.note(Stage::Risk, Fact::Balances(balances), effects);
    }

    fn marks(&self) -> Vec<Mark> {
        let markets = self.valued.markets.iter().filter_map(|at| self.markets.products.get(*at));
        let mark = |market: &ProductMarket| {
            let quote = market.quote.as_ref().filter(|quote| quote.fault().is_none())?;
            let vouched = market.quote_vouched?;
            Some(Mark { product: market.product.id, bid: quote.bid, vouched })
        };
        let mut marks = Vec::with_capacity(self.valued.markets.len());
        marks.extend(markets.filter_map(mark));
        marks
    }

    pub(crate) fn proposed(&self) -> BTreeSet<ProductId> {
        self.cycle.proposals.iter().map(domain::Proposal::product).collect()
    }

    fn assets(&self, products: &BTreeSet<ProductId>) -> BTreeSet<Asset> {
        let known = products.iter().filter_map(|id| self.markets.position(id));
        let known = known.filter_map(|at| self.markets.products.get(at));
        known.map(|market| market.product.base).collect()
    }

    /// The markets of assets; what is kept of their books only of the products named.
    fn of_assets(
        &self,
        assets: &BTreeSet<Asset>,
        with_book: &BTreeSet<ProductId>,
        keep: impl Fn(&Book) -> Book,
    ) -> Vec<ProductMarket> {
        let markets = self.markets.products.iter().filter(|m| assets.contains(&m.product.base));
        let kept = |market: &ProductMarket| {
            let book = market.book.as_ref().filter(|_| with_book.contains(&market.product.id));
            market.with_book(book.map(&keep))
        };
        markets.map(kept).collect()
    }
}
