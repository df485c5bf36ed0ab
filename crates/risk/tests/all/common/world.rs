//! A world in which one good proposal is approved, to be spoiled one thing at a time.

use std::collections::BTreeSet;

use domain::{
    AccountId, Asset, BaseQty, Book, Bps, ControlState, Fact, Fees, Latch, Level, MarketView, Mode,
    ProductMarket, Proposal, Purse, QuoteAmt, Regime, RiskCode, Side, Source, Timestamp, Usd,
};
use risk::{
    Clusters, Counters, Exposure, Ladder, Limits, Policy, RiskView, Verdict, assess, explain,
};

use super::{PRODUCTS, T0, amount, asset, hash, id, market, order, pct, position, price, qty, usd};

/// A product of [`World::busy`].
pub const BUSY: &str = "A20-USD";

/// Everything a verdict depends on, owned.
#[derive(Clone)]
pub struct World {
    pub policy: Policy,
    pub now: Timestamp,
    pub mode: Mode,
    pub control: ControlState,
    pub latches: BTreeSet<Latch>,
    pub reconciled: bool,
    pub clock_skew_ms: Option<i64>,
    pub nav: Option<Usd>,
    pub purses: Vec<Purse>,
    pub fees: Option<Fees>,
    pub facts: Vec<Fact>,
    pub external: Vec<(Asset, BaseQty)>,
    pub regime: Regime,
    pub markets: Vec<ProductMarket>,
}

impl World {
    pub fn good() -> Self {
        let fee = |text: &str| Bps::parse(text).unwrap();
        Self {
            policy: Policy::default(),
            now: T0,
            mode: Mode::Paper,
            control: ControlState::Active,
            latches: BTreeSet::new(),
            reconciled: true,
            clock_skew_ms: Some(0),
            nav: Some(usd("10000")),
            purses: vec![Purse {
                asset: asset("USD"),
                available: amount("10000"),
                held: QuoteAmt::ZERO,
            }],
            fees: Some(Fees { maker_bps: fee("60"), taker_bps: fee("120") }),
            facts: Vec::new(),
            external: Vec::new(),
            regime: Regime::Chop,
            markets: PRODUCTS.iter().map(|(name, mid)| market(name, mid)).collect(),
        }
    }

    /// Fifty positions and two hundred live orders, every fourth of them a sale; pacing is out of
    /// the way. Of [`BUSY`] nothing is being sold.
    pub fn busy() -> Self {
        const POSITIONS: u64 = 50;
        let mut world = Self::good();
        let name = |n: u64| format!("A{n:02}-USD");
        world.markets = (0..POSITIONS).map(|n| market(&name(n), "2")).collect();
        let policy = &mut world.policy;
        policy.caps.max_total_pct = pct("50");
        policy.caps.clusters_pct.insert("OTHER".into(), pct("30"));
        policy.positions.max_open_positions = 50;
        (policy.pacing.spacing_secs, policy.pacing.symbol_spacing_secs) = (0, 0);
        (policy.pacing.trades_per_hour, policy.pacing.trades_per_day) = (12, 50);
        (policy.pacing.attempts_per_hour, policy.pacing.attempts_per_day) = (50, 400);
        policy.pacing.adds_per_asset_and_day = 50;
        policy.messages.duplicate_secs = 0;
        let long_ago = T0.plus_secs(-200_000);
        for n in 0..POSITIONS {
            world.facts.extend(position(n, &name(n), "10", "2", long_ago));
        }
        for n in 0..4 * POSITIONS {
            let side = if n % 4 == 3 { Side::Sell } else { Side::Buy };
            world.facts.push(order(1_000 + n, side, &name(n % POSITIONS), "1", "2", long_ago));
        }
        world
    }

    pub fn market(&mut self, product: &str) -> &mut ProductMarket {
        self.markets.iter_mut().find(|m| m.product.id == id(product)).unwrap()
    }

    pub fn clusters() -> Clusters {
        let named = |names: &[&str]| names.iter().map(|name| asset(name)).collect::<Vec<_>>();
        let (layer1, meme, defi) =
            (named(&["BTC", "ETH", "SOL"]), named(&["DOGE"]), named(&["UNI"]));
        Clusters::new([
            ("LAYER1", layer1.as_slice()),
            ("MEME", meme.as_slice()),
            ("DEFI", defi.as_slice()),
        ])
    }

    pub fn exposure(&self) -> Exposure {
        let mut exposure = Exposure::of(&self.facts).unwrap();
        exposure.count_external(self.external.iter().copied());
        exposure
    }

    pub fn assess(&self, proposals: Vec<Proposal>) -> Verdict {
        self.judge(|limits, view, market| assess(limits, view, market, proposals))
    }

    pub fn explain(&self, proposals: Vec<Proposal>) -> Vec<Ladder> {
        self.judge(|limits, view, market| explain(limits, view, market, proposals))
    }

    pub fn judge<T>(&self, with: impl FnOnce(&Limits, &RiskView<'_>, &MarketView<'_>) -> T) -> T {
        let limits = Limits::new(self.policy.clone(), hash()).unwrap();
        let (exposure, counters) = (self.exposure(), Counters::of(&self.facts));
        let (account, clusters) = (AccountId("recorded".into()), Self::clusters());
        let view = RiskView {
            now: self.now,
            mode: self.mode,
            account: &account,
            control: self.control,
            latches: &self.latches,
            reconciled: self.reconciled,
            clock_skew_ms: self.clock_skew_ms,
            fact_number: self.facts.len() as u64,
            nav: self.nav,
            purses: &self.purses,
            fees: self.fees,
            exposure: &exposure,
            counters: &counters,
            regime: self.regime,
            clusters: &clusters,
        };
        with(&limits, &view, &MarketView { now: self.now, products: &self.markets })
    }

    /// The codes that an entry meets, sorted, each once; empty when it is approved.
    pub fn codes(&self, proposal: Proposal) -> BTreeSet<RiskCode> {
        let verdict = self.assess(vec![proposal]);
        assert_eq!(verdict.approved.len() + verdict.rejected.len(), 1);
        verdict.rejected.iter().flat_map(|r| r.reasons.iter().map(|reason| reason.code)).collect()
    }
}

fn levels(rows: &[(&str, &str)]) -> Vec<Level> {
    rows.iter().map(|(at, size)| Level { price: price(at), size: qty(size) }).collect()
}

/// Bids and asks around 2 dollars.
pub fn put_book(world: &mut World, bids: &[(&str, &str)], asks: &[(&str, &str)]) {
    let (bids, asks) = (levels(bids), levels(asks));
    let book = Book { bids, asks, at: T0, source: Source::Venue };
    world.market("XRP-USD").set_book(book, T0);
}
