//! A made-up venue of many products for tests and benchmarks: calm for two weeks, and then, where
//! asked for, an hour in which things happen.
#![allow(clippy::unwrap_used, dead_code, missing_docs, unreachable_pub, reason = "test support")]

use domain::{
    AccountId, Bar, Bars, Book, CycleId, Fees, Granularity, Instants, Level, Mode, PolicyHash,
    Price, Product, ProductId, ProductStatus, Purse, QuoteAmt, Source, Timestamp, TradingLimits,
};
use engine::{Effects, Engine, Event, Identity, NoProbe, Settings};
use rust_decimal::Decimal;

const HOURS: i64 = 336;

/// What a product does in the last hour.
#[derive(Clone, Copy, PartialEq)]
pub enum Last {
    Calm,
    /// Three times the volume and +2.5 %: a volume spike and the start of momentum.
    Up,
    /// Three times the volume and −1 %: a volume spike that no rule speaks about.
    Down,
}

#[derive(Clone)]
pub struct World {
    pub engine: Engine,
    pub now: Timestamp,
    count: usize,
}

pub fn instants(at: Timestamp) -> Instants {
    Instants { mono: core::time::Duration::ZERO, wall: at, venue: Some(at) }
}

impl World {
    pub fn quiet(products: usize) -> Self {
        Self::with(products, |_| Last::Calm)
    }

    /// `fresh` fresh events: two on each of `up` products that rise, one on each other.
    pub fn busy(products: usize, fresh: usize, up: usize) -> Self {
        Self::busy_under(risk::Policy::default(), products, fresh, up)
    }

    /// The same under another policy.
    pub fn busy_under(policy: risk::Policy, products: usize, fresh: usize, up: usize) -> Self {
        let down = fresh - 2 * up;
        Self::under(policy, products, |at| match at {
            at if at >= 1 && at <= up => Last::Up,
            at if at > up && at <= up + down => Last::Down,
            _ => Last::Calm,
        })
    }

    pub fn fresh(&self) -> Self {
        self.clone()
    }

    /// A copy that has decided once without an account, so that it has its room and its data at
    /// hand, and has used no event up.
    pub fn warmed(&self) -> Self {
        let mut world = self.clone();
        let mut effects = Effects::default();
        let mut step = |world: &mut Self, event| {
            let at = instants(world.now);
            world.engine.step(at, event, &mut NoProbe, &mut effects).unwrap();
        };
        step(&mut world, Event::AccountLost);
        step(&mut world, Event::CycleDue(CycleId(uuid::Uuid::nil())));
        step(&mut world, account());
        world
    }

    fn with(count: usize, last: impl Fn(usize) -> Last) -> Self {
        Self::under(risk::Policy::default(), count, last)
    }

    fn under(policy: risk::Policy, count: usize, last: impl Fn(usize) -> Last) -> Self {
        let products: Vec<_> = (0..count).map(product).collect();
        let engine = Engine::new(settings(&products, policy), identity());
        Self::fed(engine, count, last)
    }

    /// A calm world in LIVE, with lots protected by somebody.
    pub fn live(count: usize, protection: rules::ProtectBy) -> Self {
        let products: Vec<_> = (0..count).map(product).collect();
        let mut settings = settings(&products, risk::Policy::default());
        settings.exits.protection = protection;
        let engine = Engine::new(settings, Identity { mode: Mode::Live, ..identity() });
        Self::fed(engine, count, |_| Last::Calm)
    }

    fn fed(mut engine: Engine, count: usize, last: impl Fn(usize) -> Last) -> Self {
        let now: Timestamp = "2026-01-05T12:00:00Z".parse().unwrap();
        let products: Vec<_> = (0..count).map(product).collect();
        let mut effects = Effects::default();
        let mut step = |event| {
            engine.step(instants(now), event, &mut NoProbe, &mut effects).unwrap();
        };
        let from = now.plus_secs(-HOURS * 3600);
        step(Event::Catalog { products: products.clone(), unknown: Vec::new() });
        step(Event::Gaps { from, to: now, gaps: Vec::new() });
        for (at, product) in products.iter().enumerate() {
            let bars = history(at, from, last(at));
            let close = *bars.closes().last().unwrap();
            step(Event::History { product: product.id, hours: None, bars: bars.into() });
            step(Event::Book { product: product.id, book: book(close, now), vouched: now });
        }
        step(account());
        Self { engine, now, count }
    }

    pub fn products(&self) -> Vec<Product> {
        (0..self.count).map(product).collect()
    }

    pub fn decide(&mut self, effects: &mut Effects) {
        effects.list.clear();
        let id = CycleId(uuid::Uuid::nil());
        self.engine.step(instants(self.now), Event::CycleDue(id), &mut NoProbe, effects).unwrap();
    }
}

fn account() -> Event {
    account_of(&[("USD", "10000")])
}

/// What an account holds, free.
pub fn account_of(purses: &[(&str, &str)]) -> Event {
    let purse = |(asset, available): &(&str, &str)| Purse {
        asset: asset.parse().unwrap(),
        available: QuoteAmt::parse(available).unwrap(),
        held: QuoteAmt::ZERO,
    };
    let purses = purses.iter().map(purse).collect();
    Event::Account { purses, fees: fees() }
}

fn fees() -> Fees {
    Fees { maker_bps: "60".parse().unwrap(), taker_bps: "120".parse().unwrap() }
}

fn product(at: usize) -> Product {
    let name = if at == 0 { "BTC-USD".to_owned() } else { format!("P{at:03}-USD") };
    let dec = |text: &str| text.parse::<Decimal>().unwrap();
    let limits = TradingLimits {
        base_increment: dec("0.0001"),
        quote_increment: dec("0.01"),
        price_increment: dec("0.01"),
        base_min: "0.0001".parse().unwrap(),
        base_max: "1000000".parse().unwrap(),
        quote_min: "1".parse().unwrap(),
        quote_max: "10000000".parse().unwrap(),
    };
    Product::new(name.parse().unwrap(), limits, ProductStatus::Online).unwrap()
}

/// Two weeks of small waves; each product has its own phase, none trends.
fn history(at: usize, from: Timestamp, last: Last) -> Bars {
    let slots = HOURS * 12;
    let mut bars = Bars::with_capacity(Granularity::M5, 4100);
    let mut before = 100.0;
    for slot in 0..slots {
        let phase = (slot * 7 + i64::try_from(at).unwrap() * 13) % 24;
        let wave = (phase - 12).abs();
        let late = slot - (slots - 12) + 1;
        let (drift, volume) = match last {
            Last::Up if late > 0 => (2.5 * f64::from(i32::try_from(late).unwrap()) / 12.0, 3.0),
            Last::Down if late > 0 => (-f64::from(i32::try_from(late).unwrap()) / 12.0, 3.0),
            Last::Calm | Last::Up | Last::Down => (0.0, 1.0),
        };
        let base = 100.0 + 0.02 * f64::from(i32::try_from(wave).unwrap());
        let close = base * (1.0 + drift / 100.0);
        // A wick ten hours ago, above everything since: nothing breaks out.
        let wick = if slot == slots - 120 { 4.0 } else { 0.05 };
        let bar = Bar {
            start: from.plus_secs(slot * 300),
            open: before,
            high: before.max(close) + wick,
            low: before.min(close) - 0.05,
            close,
            volume: 10_000.0 * volume,
        };
        bars.push(bar).unwrap();
        before = close;
    }
    bars
}

pub fn book(close: f64, at: Timestamp) -> Book {
    let level = |offset: f64| Level {
        price: Price::parse(&format!("{:.2}", close + offset)).unwrap(),
        size: "1000".parse().unwrap(),
    };
    let bids = vec![level(-0.01), level(-0.05), level(-0.1)];
    Book { bids, asks: vec![level(0.01), level(0.05), level(0.1)], at, source: Source::Model }
}

fn settings(products: &[Product], policy: risk::Policy) -> Settings {
    let ids: Vec<ProductId> = products.iter().map(|p| p.id).collect();
    let mut universe = universe::Policy::default();
    universe.symbols.t1 = ids.iter().copied().take(1).collect();
    universe.symbols.t2 = ids.iter().copied().skip(1).collect();
    let hash = PolicyHash("test".to_owned());
    Settings {
        regime: regime::Params::default(),
        universe,
        triggers: triggers::Params::default(),
        rules: rules::Params::default(),
        exits: rules::ExitParams::default(),
        limits: risk::Limits::new(policy, hash).unwrap(),
        execution: execution::ExecutionTerms::default(),
        timing: execution::Timing::default(),
        custody: engine::Custody::default(),
    }
}

fn identity() -> Identity {
    Identity {
        mode: Mode::DryRun,
        venue: "simulated".to_owned(),
        account: AccountId("test".to_owned()),
        config_hash: "test".to_owned(),
    }
}
