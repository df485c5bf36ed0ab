//! A market of one product, made by hand: two weeks of small waves, an hour that rises on four times
//! the volume, and whatever a test wants to happen after it.

use backtest::{Books, Data, FeeSchedule, Series, Setup, Slow};
use domain::{
    AccountId, Bar, Bars, BootId, CycleId, Fact, Granularity, JournalId, Mode, NamesFact,
    PolicyHash, RunKind, Timestamp,
};
use engine::{Custody, Identity, Settings};
use exchange_sim::Catalog;
use uuid::Uuid;

/// The first bar: a whole hour.
pub(crate) const START: &str = "2026-01-05T00:00:00Z";
/// Hours of waves before the rise.
pub(crate) const WAVES: i64 = 335;

pub(crate) fn start() -> Timestamp {
    START.parse().unwrap()
}

/// The end of the hour that rises.
pub(crate) fn risen() -> Timestamp {
    start().plus_secs((WAVES + 1) * 3600)
}

/// Hourly closes: waves around 50,000, a rise of 3.5 %, and what follows as multiples of that.
fn closes(after: &[f64]) -> Vec<f64> {
    let wave = |hour: i64| {
        let step = u8::try_from(hour * 7 % 24).unwrap();
        50_000.0 * (1.0 + f64::from(step) / 5000.0)
    };
    let mut closes: Vec<_> = (0..WAVES).map(wave).collect();
    closes.push(51_750.0);
    closes.extend(after.iter().map(|factor| 51_750.0 * factor));
    closes
}

/// Minutes that walk evenly from close to close. Each dips by 0.3 % below its body, so that what
/// rests at the bid fills; a fall of more than a tenth in an hour happens in its first minute.
pub(crate) fn market(after: &[f64]) -> Data {
    let mut bars = Bars::with_capacity(Granularity::M1, 25_000);
    let mut before = 50_000.0;
    for (hour, close) in (0..).zip(closes(after)) {
        let volume = if hour == WAVES { 4000.0 } else { 1000.0 };
        let gap = close < 0.9 * before;
        let mut open = if gap { close } else { before };
        for minute in 0..60_i64 {
            let share = f64::from(u8::try_from(minute + 1).unwrap()) / 60.0;
            let end = if gap { close } else { before + (close - before) * share };
            let (high, low) = (open.max(end) * 1.0005, open.min(end) * 0.997);
            let start = start().plus_secs(hour * 3600 + minute * 60);
            let bar = Bar { start, open, high, low, close: end, volume: volume / 60.0 };
            bars.push(bar).unwrap();
            open = end;
        }
        before = close;
    }
    let product = "BTC-USD".parse().unwrap();
    let series = Series { product, bars: bars.into(), file: "BTC-USD/1m.csv".to_owned() };
    Data::of(Catalog::embedded().unwrap(), vec![series])
}

/// Numbers in [0, 1) that are the same in every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 33).unwrap()) / f64::from(1_u32 << 31)
    }

    /// Of a bell, near enough: twelve in a row.
    pub(crate) fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }
}

/// Minutes of so many products that wander without drift, 60 % volatility a year, in a market that
/// turns over some thirty million dollars a day.
pub(crate) fn wandering(products: usize, bars: i64) -> Data {
    let catalog = Catalog::embedded().unwrap();
    let start = start();
    let benchmark = catalog.products().iter().filter(|one| one.id.as_str() == "BTC-USD");
    let others = catalog.products().iter().filter(|one| one.id.as_str() != "BTC-USD");
    let names: Vec<_> = benchmark.chain(others).take(products).map(|one| one.id).collect();
    let series = (1..).zip(names).map(|(seed, product)| {
        let (mut random, mut open) = (Random(seed), 100.0_f64);
        let mut columns = Bars::with_capacity(Granularity::M1, usize::try_from(bars).unwrap());
        for minute in 0..bars {
            let close = open * (8.3e-4 * random.bell()).exp();
            let (top, bottom) = (random.next() * 5e-4, random.next() * 5e-4);
            let (high, low) = (open.max(close) * (1.0 + top), open.min(close) * (1.0 - bottom));
            let volume = 30e6 / 1440.0 / close * (random.next() + 0.5);
            let start = start.plus_secs(minute * 60);
            columns.push(Bar { start, open, high, low, close, volume }).unwrap();
            open = close;
        }
        Series { product, bars: columns.into(), file: "wandering".to_owned() }
    });
    Data::of(catalog, series.collect())
}

/// The shipped parameters, from the hour that rises on.
pub(crate) fn setup(hours: i64) -> Setup {
    let hash = PolicyHash("shipped".into());
    let (from, mode) = (risen().plus_secs(-3600), Mode::Paper);
    let own = Uuid::nil();
    Setup {
        settings: Settings {
            regime: regime::Params::default(),
            universe: universe::Policy::default(),
            triggers: triggers::Params::default(),
            rules: rules::Params::default(),
            exits: rules::ExitParams::default(),
            limits: risk::Limits::new(risk::Policy::default(), hash.clone()).unwrap(),
            execution: execution::ExecutionTerms::default(),
            timing: execution::Timing::default(),
            custody: Custody::default(),
        },
        identity: Identity {
            mode,
            venue: "simulated".to_owned(),
            account: AccountId("recorded".to_owned()),
            config_hash: "shipped".to_owned(),
        },
        policy: hash.clone(),
        preamble: vec![
            Fact::Boot { at: from, mode, policy: hash, run: RunKind::Loop },
            Fact::Named(NamesFact { at: from, journal: JournalId(own), boot: BootId(own) }),
        ],
        ids: |_, at, number| {
            let name = format!("{at}|{number}");
            CycleId(Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()))
        },
        cash: "10000".parse().unwrap(),
        fees: FeeSchedule::coinbase_entry().unwrap(),
        from,
        to: from.plus_secs(hours * 3600),
        interval_secs: 60,
        delay_secs: 0,
        slow: Slow { catalog_secs: 3600, account_secs: 300 },
        books: Books::Glanced,
    }
}
