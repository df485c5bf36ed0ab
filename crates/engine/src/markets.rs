//! What is known of each product, in one order: sorted by product id.

use core::iter::Peekable;

use domain::{
    Bar, Bars, Book, Features, Gap, Glance, Granularity, MarketView, Product, ProductId,
    ProductMarket, SlotFeatures, Timestamp,
};
use triggers::{Timeline, Tracker};

/// The market that the regime is read from.
const BENCHMARK: &str = "BTC-USD";

/// Aligned columns, one entry a product.
#[derive(Debug, Clone)]
pub(crate) struct Markets {
    /// Products that nothing can be ordered of, sorted.
    pub(crate) unknown: Vec<ProductId>,
    pub(crate) products: Vec<ProductMarket>,
    pub(crate) features: Vec<Features>,
    /// The place of [`BENCHMARK`].
    benchmark: Option<usize>,
    trackers: Vec<Tracker>,
    timeline: Timeline,
    momentum_min_pct: f64,
    /// Whether a candle closed since the features were copied.
    stale: bool,
    /// Another one whenever features may be others.
    pub(crate) revision: u64,
    /// Another one whenever the products are others.
    pub(crate) layout: u64,
    /// Another one whenever quotes may be others.
    pub(crate) quotes: u64,
    /// Another one whenever a selection may read something else of a product than ages.
    read: u64,
    /// When the touches of all products that have one were vouched for, where that was at once.
    vouched: Option<Timestamp>,
    /// Through when the candles of all products were passed, where that is the same.
    passed: Option<Timestamp>,
    /// The lists that glances came in last.
    pub(crate) room: (Vec<(usize, Glance)>, Vec<usize>),
    /// And the bars of the last slot.
    pub(crate) room_for_bars: Vec<(ProductId, Bar)>,
}

impl Markets {
    pub(crate) fn new(params: &triggers::Params) -> Self {
        Self {
            unknown: Vec::new(),
            products: Vec::new(),
            features: Vec::new(),
            benchmark: None,
            trackers: Vec::new(),
            timeline: Timeline::new(),
            momentum_min_pct: params.momentum.min_move_pct,
            stale: false,
            revision: 0,
            layout: 0,
            quotes: 0,
            read: 0,
            vouched: None,
            passed: None,
            room: Default::default(),
            room_for_bars: Vec::new(),
        }
    }

    /// What a selection goes by to see that it would read the same.
    pub(crate) fn seen(&self) -> Option<universe::Seen> {
        let (quotes, candles) = (self.vouched?, self.passed?);
        Some(universe::Seen { version: self.read, quotes, candles })
    }

    /// A selection may read something else of products, and not all of them are of one moment.
    const fn reread(&mut self) {
        self.read += 1;
        (self.vouched, self.passed) = (None, None);
    }

    /// Replaces the catalog. Products that were known keep what was fed of them.
    pub(crate) fn catalog(&mut self, mut products: Vec<Product>, mut unknown: Vec<ProductId>) {
        unknown.sort();
        unknown.dedup();
        self.unknown = unknown;
        self.reread();
        products.sort_by_key(|p| p.id);
        products.dedup_by_key(|p| p.id);
        let known = self.products.iter().map(|market| market.product.id);
        if known.eq(products.iter().map(|product| product.id)) {
            for (market, product) in self.products.iter_mut().zip(products) {
                market.product = product;
            }
            return;
        }
        let mut markets = Vec::with_capacity(products.len());
        let mut trackers = Vec::with_capacity(products.len());
        for product in products {
            let known = self.position(&product.id).and_then(|at| self.known(at));
            if let Some((market, tracker)) = known {
                markets.push(ProductMarket { product, ..market.clone() });
                trackers.push(tracker.clone());
            } else {
                let id = product.id;
                markets.push(ProductMarket::unknown(product));
                trackers.push(Tracker::new(id, Granularity::M5, self.momentum_min_pct));
            }
        }
        self.features = trackers.iter().map(|t| *t.features()).collect();
        (self.products, self.trackers) = (markets, trackers);
        self.benchmark = self.features.iter().position(|f| f.product.as_str() == BENCHMARK);
        (self.revision, self.quotes) = (self.revision + 1, self.quotes + 1);
        self.layout += 1;
    }

    fn known(&self, at: usize) -> Option<(&ProductMarket, &Tracker)> {
        Some((self.products.get(at)?, self.trackers.get(at)?))
    }

    pub(crate) fn gaps(&mut self, from: Timestamp, to: Timestamp, gaps: &[Gap]) {
        self.timeline = Timeline::from_gaps(from, to, gaps);
    }

    pub(crate) fn position(&self, product: &ProductId) -> Option<usize> {
        self.products.binary_search_by(|m| m.product.id.cmp(product)).ok()
    }

    pub(crate) fn history(
        &mut self,
        product: &ProductId,
        hours: Option<&Bars>,
        bars: &Bars,
        now: Timestamp,
    ) -> bool {
        let Some(at) = self.position(product) else { return false };
        self.revision += 1;
        self.reread();
        let (timeline, momentum) = (&self.timeline, self.momentum_min_pct);
        let tracker = Tracker::warm_up(*product, hours, bars, now, timeline, momentum);
        if let Some(features) = self.features.get_mut(at) {
            *features = *tracker.features();
        }
        if let Some(market) = self.products.get_mut(at) {
            // The feed has passed every interval that is closed by now, traded or not.
            market.candles_through = Some(now);
            market.jump_5m_pct = jump_pct(tracker.features());
        }
        if let Some(old) = self.trackers.get_mut(at) {
            *old = tracker;
        }
        true
    }

    pub(crate) fn slot(&mut self, start: Timestamp, gap_secs: u16, bars: &[(ProductId, Bar)]) {
        self.timeline.push(start, gap_secs);
        self.stale = true;
        let through = start.plus_secs(Granularity::M5.secs());
        self.passed = Some(through);
        let mut bars = bars.iter().peekable();
        for (tracker, market) in self.trackers.iter_mut().zip(&mut self.products) {
            market.candles_through = Some(through);
            let bar = next_of(&mut bars, market.product.id);
            // Whose finest bars are hours is told an hour at a time.
            if tracker.features().granularity <= Granularity::M5 {
                tracker.push_slot(start, bar, &self.timeline);
            }
        }
    }

    /// Closes an hour of the products whose finest bars are hours.
    pub(crate) fn hour(&mut self, start: Timestamp, bars: &[(ProductId, Bar)]) {
        self.stale = true;
        let mut bars = bars.iter().peekable();
        for (tracker, market) in self.trackers.iter_mut().zip(&self.products) {
            let bar = next_of(&mut bars, market.product.id);
            if tracker.features().granularity == Granularity::H1 {
                tracker.push_hour(start, bar, &self.timeline);
            }
        }
    }

    pub(crate) fn book(&mut self, product: &ProductId, book: Book, vouched: Timestamp) -> bool {
        let market = self.position(product).and_then(|at| self.products.get_mut(at));
        let Some(market) = market else { return false };
        market.set_book(book, vouched);
        self.read += 1;
        self.vouched = None;
        self.quotes += 1;
        true
    }

    /// Takes glances, and that others still hold; a place at which no product is, or one without a glance
    /// that could hold, is given back.
    pub(crate) fn glances(
        &mut self,
        news: &[(usize, Glance)],
        same: &[usize],
        at: Timestamp,
    ) -> Option<usize> {
        self.quotes += u64::from(!news.is_empty());
        for place in same {
            if !self.products.get_mut(*place).is_some_and(|market| market.vouch(at)) {
                return Some(*place);
            }
        }
        for (place, glance) in news {
            let Some(market) = self.products.get_mut(*place) else { return Some(*place) };
            let (spread, depth) = (Some(glance.spread_bps), Some(glance.depth_20bps));
            self.read += u64::from((market.spread_bps, market.depth_20bps) != (spread, depth));
            market.set_glance(*glance, at);
        }
        // Of others what was told earlier is the newest.
        let told = |market: &ProductMarket| market.quote.is_some() || market.is_glance();
        let older = |market: &ProductMarket| market.quote_vouched != Some(at) && told(market);
        let all = news.len() + same.len() == self.products.len();
        self.vouched = (all || !self.products.iter().any(older)).then_some(at);
        None
    }

    /// Copies the features of products whose candles changed since the last cycle.
    pub(crate) fn refresh(&mut self) {
        if !core::mem::take(&mut self.stale) {
            return;
        }
        let columns = self.features.iter_mut().zip(&mut self.products);
        for ((kept, market), tracker) in columns.zip(&self.trackers) {
            if kept.revision != tracker.features().revision {
                self.revision += 1;
                // Of features a selection reads what changes with hours.
                self.read += u64::from(renew(kept, tracker.features()));
                market.jump_5m_pct = jump_pct(kept);
            }
        }
    }

    /// The features of the product whose weather is everybody's.
    pub(crate) fn benchmark(&self) -> Option<&Features> {
        self.features.get(self.benchmark?)
    }

    pub(crate) fn view(&self, now: Timestamp) -> MarketView<'_> {
        MarketView { now, products: &self.products }
    }
}

/// A product's bar. It and the bars are sorted, so that one walk finds them all; one of a product that
/// is not known is passed over.
#[inline]
fn next_of<'a>(
    bars: &mut Peekable<impl Iterator<Item = &'a (ProductId, Bar)>>,
    id: ProductId,
) -> Option<Bar> {
    while bars.next_if(|(product, _)| *product < id).is_some() {}
    bars.next_if(|(product, _)| *product == id).map(|(_, bar)| *bar)
}

/// Copies a product's features; those of hours, which are most of them, when there is another hour.
/// Whether there is.
fn renew(kept: &mut Features, new: &Features) -> bool {
    let hour = |features: &Features| features.hour.as_ref().map(|hour| hour.start);
    if hour(kept) != hour(new) || kept.closed_hours != new.closed_hours {
        *kept = *new;
        return true;
    }
    // Taken apart, so that something new cannot be forgotten here.
    let Features {
        product,
        revision,
        granularity,
        closed_hours,
        hour: _,
        previous_hour: _,
        slot,
        previous_slot,
    } = new;
    (kept.product, kept.revision, kept.granularity) = (*product, *revision, *granularity);
    kept.closed_hours = *closed_hours;
    renew_slot(&mut kept.slot, slot.as_ref());
    renew_slot(&mut kept.previous_slot, previous_slot.as_ref());
    false
}

#[inline]
fn renew_slot(kept: &mut Option<SlotFeatures>, new: Option<&SlotFeatures>) {
    match new {
        Some(new) => new.copy_to(kept),
        None => *kept = None,
    }
}

/// The move from one closed 5-minute candle to the next, percent: what bars tell of a jump.
fn jump_pct(features: &Features) -> Option<f64> {
    let (slot, before) = (features.slot.as_ref()?, features.previous_slot.as_ref()?);
    Some(100.0 * (slot.close / before.close - 1.0).abs())
}
