//! A world in which one good proposal is approved, to be spoiled one thing at a time.
#![allow(
    missing_docs,
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test file uses a part of it"
)]

use std::collections::BTreeSet;

use domain::{
    AccountId, Adoption, Amount, Approval, Asset, BaseQty, Book, Bps, ControlState, Entry,
    Evidence, Exit, ExitPlan, ExitReason, Fact, Fees, Fill, FlowConfirmed, FlowId, FlowKind,
    Granularity, IntentFact, IntentId, Latch, Level, LotId, MarketView, Mode, OrderEnd, Pct,
    PolicyHash, Price, Product, ProductId, ProductMarket, ProductStatus, Proposal, Purse, QuoteAmt,
    Regime, RiskCode, RunKind, Side, Source, SubmitFact, SubmitOutcome, Tier, Timestamp,
    TradingLimits, Trigger, TriggerId, TriggerKind, Usd,
};
use proptest::test_runner::{Config as ProptestConfig, FileFailurePersistence};
use risk::{
    Clusters, Counters, Exposure, Ladder, Limits, Policy, RiskView, Verdict, assess, explain,
};
use rust_decimal::Decimal;

/// As many cases as the gate runs, or as `PROPTEST_CASES` says. What once failed is kept and tried
/// first.
pub fn cases() -> ProptestConfig {
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/regressions.txt");
    let asked = ProptestConfig::default();
    ProptestConfig {
        // 256 is what proptest says when nobody asked.
        cases: if asked.cases == 256 { 20_000 } else { asked.cases },
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(kept))),
        ..asked
    }
}

/// 2026-01-05T12:00:00Z.
pub const T0: Timestamp = Timestamp::from_secs(1_767_614_400);

pub const PRODUCTS: [(&str, &str); 6] = [
    ("BTC-USD", "50000"),
    ("DOGE-USD", "0.1"),
    ("ETH-USD", "3000"),
    ("SOL-USD", "150"),
    ("UNI-USD", "8"),
    ("XRP-USD", "2"),
];

pub fn id(text: &str) -> ProductId {
    text.parse().unwrap()
}

pub fn asset(text: &str) -> Asset {
    text.parse().unwrap()
}

pub fn dec(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

pub fn pct(text: &str) -> Pct {
    Pct::parse(text).unwrap()
}

pub fn qty(text: &str) -> BaseQty {
    BaseQty::parse(text).unwrap()
}

pub fn price(text: &str) -> Price {
    Price::parse(text).unwrap()
}

pub fn amount(text: &str) -> QuoteAmt {
    QuoteAmt::parse(text).unwrap()
}

/// A book of five levels a side, 2 bps apart, each worth `per_level` dollars; spread 4 bps.
pub fn book(mid: Decimal, per_level: Decimal) -> Book {
    let level = |bps: i64| {
        let price = (mid * (Decimal::ONE + Decimal::new(bps, 4))).round_dp(8);
        let size = (per_level / price).round_dp(8);
        Level { price: Price::new(price).unwrap(), size: BaseQty::new(size).unwrap() }
    };
    let bids = (1..=5).map(|n| level(-2 * n)).collect();
    let asks = (1..=5).map(|n| level(2 * n)).collect();
    Book { bids, asks, at: T0, source: Source::Venue }
}

pub fn product(text: &str) -> Product {
    let limits = TradingLimits {
        base_increment: dec("0.00000001"),
        quote_increment: dec("0.01"),
        price_increment: dec("0.00000001"),
        base_min: qty("0.00000001"),
        base_max: qty("1000000000"),
        quote_min: amount("1"),
        quote_max: amount("10000000"),
    };
    Product::new(id(text), limits, ProductStatus::Online).unwrap()
}

pub fn market(text: &str, mid: &str) -> ProductMarket {
    let mut market = ProductMarket::unknown(product(text));
    market.set_book(book(dec(mid), dec("20000")), T0);
    market.candles_through = Some(T0);
    market.jump_5m_pct = Some(0.1);
    market.last_trade = Some((price(mid), T0));
    market
}

pub fn trigger(product: &str) -> Trigger {
    Trigger {
        id: TriggerId {
            product: id(product),
            kind: TriggerKind::Momentum,
            candle: T0.plus_secs(-3600),
        },
        granularity: Granularity::H1,
        fresh: true,
        move_pct: 7.8,
        strength: 0.78,
        confidence: 0.58,
        evidence: Evidence::Momentum { return_24h_pct: 7.8, hours_with_sign: 7, streak_hours: 0 },
    }
}

pub fn plan() -> ExitPlan {
    ExitPlan { stop_pct: pct("8"), target_pct: pct("15"), max_hold_hours: 72 }
}

pub fn entry(product: &str, size_pct: &str) -> Entry {
    let tier =
        if ["BTC-USD", "ETH-USD", "SOL-USD"].contains(&product) { Tier::T1 } else { Tier::T2 };
    Entry {
        product: id(product),
        tier,
        trigger: trigger(product),
        size_pct: pct(size_pct),
        conviction: 0.57,
        plan: plan(),
        reason: "Momentum up (+7.8% in 24h)".to_owned(),
    }
}

pub fn exit(product: &str, qty_: &str, cause: ExitReason) -> Exit {
    Exit {
        product: id(product),
        lot: LotId(IntentId(1)),
        qty: qty(qty_),
        cause,
        reason: "stop".to_owned(),
        bracket: None,
    }
}

pub fn order(
    number: u64,
    side: Side,
    product: &str,
    qty_: &str,
    limit: &str,
    at: Timestamp,
) -> Fact {
    let (q, l) = (dec(qty_), dec(limit));
    let worst = if side == Side::Buy { q * l * dec("1.012") } else { Decimal::ZERO };
    let tier = entry(product, "1").tier;
    Fact::Intent(IntentFact {
        at,
        intent: IntentId(number),
        product: id(product),
        asset: asset(id(product).base()),
        tier,
        side,
        qty: qty(qty_),
        limit: price(limit),
        worst_case: QuoteAmt::new(worst).unwrap(),
        plan: (side == Side::Buy).then(plan),
        grant: None,
        parent: None,
        time_in_force: None,
    })
}

pub fn fill(
    name: &str,
    number: u64,
    side: Side,
    product: &str,
    qty_: &str,
    at_price: &str,
    at: Timestamp,
) -> Fact {
    Fact::Fill(Fill {
        entry_id: name.to_owned(),
        intent: IntentId(number),
        at,
        product: id(product),
        asset: asset(id(product).base()),
        side,
        qty: qty(qty_),
        price: price(at_price),
        fee: QuoteAmt::ZERO,
        kind: domain::FillKind::Fill,
        trade_id: None,
        liquidity: None,
    })
}

pub fn end(number: u64, filled: &str, at: Timestamp) -> Fact {
    Fact::OrderEnd(OrderEnd { at, intent: IntentId(number), filled: qty(filled), how: None })
}

pub fn submitted(number: u64, outcome: SubmitOutcome, at: Timestamp) -> Fact {
    Fact::Submitted(SubmitFact { at, intent: IntentId(number), outcome })
}

pub fn boot(at: Timestamp) -> Fact {
    let policy = PolicyHash("p".into());
    Fact::Boot { at, mode: Mode::Paper, policy, run: RunKind::Loop }
}

pub fn adopted(number: u64, product: &str, qty_: &str, at_price: &str, at: Timestamp) -> Fact {
    Fact::Adopted(Adoption {
        at,
        lot: LotId(IntentId(number)),
        product: id(product),
        asset: asset(id(product).base()),
        tier: entry(product, "1").tier,
        qty: qty(qty_),
        price: price(at_price),
        plan: plan(),
        request: None,
        reason: "given".to_owned(),
    })
}

fn flow(asset_: &str, change: Decimal, kind: FlowKind, at: Timestamp) -> Fact {
    Fact::FlowConfirmed(FlowConfirmed {
        at,
        flow: FlowId(1),
        asset: asset(asset_),
        change: Amount::new(change).unwrap(),
        usd: None,
        kind,
        reason: "said".to_owned(),
    })
}

pub fn withdrawn(asset: &str, qty: &str, at: Timestamp) -> Fact {
    flow(asset, -dec(qty), FlowKind::Withdrawal, at)
}

pub fn deposited(asset: &str, qty: &str, at: Timestamp) -> Fact {
    flow(asset, dec(qty), FlowKind::Deposit, at)
}

pub fn approval(product: &str, at: Timestamp) -> Fact {
    let mut trigger = trigger(product).id;
    trigger.candle = at;
    Fact::Approved(Approval {
        at,
        trigger,
        product: id(product),
        asset: asset(id(product).base()),
        notional: Usd::parse("100").unwrap(),
    })
}

/// Bought and filled: a position.
pub fn position(
    number: u64,
    product: &str,
    qty_: &str,
    at_price: &str,
    at: Timestamp,
) -> [Fact; 3] {
    [
        order(number, Side::Buy, product, qty_, at_price, at),
        fill(&format!("f{number}"), number, Side::Buy, product, qty_, at_price, at),
        end(number, qty_, at),
    ]
}

/// Bought for 2 and sold so many seconds ago.
pub fn round_trip(number: u64, product: &str, sold_at: &str, secs: i64) -> Vec<Fact> {
    let (bought, sold) = (T0.plus_secs(-secs - 9_000), T0.plus_secs(-secs));
    let sale = number + 100;
    let mut facts = position(number, product, "10", "2", bought).to_vec();
    facts.push(order(sale, Side::Sell, product, "10", sold_at, sold));
    facts.push(fill(&format!("f{sale}"), sale, Side::Sell, product, "10", sold_at, sold));
    facts.push(end(sale, "10", sold));
    facts
}

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
            nav: Some(Usd::parse("10000").unwrap()),
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
        let limits = Limits::new(self.policy.clone(), PolicyHash("p".into())).unwrap();
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
