//! The whole pipeline, deciding at every bar, beside a plain loop over the same bars that does its
//! own few indicators and rules and nothing else: product-bars a second of one core, after load.
//!
//! `cargo bench -p backtest`, or `cargo bench -p backtest -- month` for one row; the month is read
//! from `TRADER_CANDLES_DIR`.
#![allow(
    missing_docs,
    dead_code,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark"
)]

#[path = "../tests/backtest/common.rs"]
mod common;
mod plain;

use core::hint::black_box;
use std::path::Path;
use std::time::Instant;

use backtest::{Data, Journal, Setup, Silent, Wanted, run};
use common::wandering;
use domain::{CycleId, Fact, Granularity, Timestamp};

/// Whole runs of each row, the median of which is told.
const RUNS: usize = 3;
/// The plain loop is run over so many bars, a short one again and again: clocks have their ticks.
const PLAIN_BARS: usize = 20_000_000;
const WARM_UP_SECS: i64 = 336 * 3600;

/// The recorded minutes of December 2023.
fn month() -> Option<(Data, Timestamp, Timestamp)> {
    let dir = std::env::var_os("TRADER_CANDLES_DIR")?;
    let (from, to) =
        ("2023-12-01T00:00:00Z".parse().unwrap(), "2023-12-24T00:00:00Z".parse().unwrap());
    let wanted = Wanted { products: None, granularity: Some(Granularity::M1), from, to };
    let data = Data::load(Path::new(&dir), &wanted).unwrap();
    Some((data, from, to))
}

/// Every product by its volume, all rules as shipped, decisions at each minute.
fn setup(from: Timestamp, to: Timestamp) -> Setup {
    let mut setup = common::setup(1);
    setup.settings.universe.method = universe::Method::Dynamic;
    setup.ids = |_, _, number| CycleId(uuid::Uuid::from_u128(u128::from(number)));
    for fact in &mut setup.preamble {
        if let Fact::Boot { at, .. } = fact {
            *at = from;
        } else if let Fact::Named(names) = fact {
            names.at = from;
        }
    }
    Setup { from, to, ..setup }
}

fn row(name: &str, data: &Data, from: Timestamp, to: Timestamp) {
    let setup = setup(from, to);
    let work = data.product_bars(from, to) as f64;
    let all: usize = data.series.iter().map(|one| one.bars.len()).sum();
    let (mut whole, mut alone) = (Vec::new(), Vec::new());
    let (mut facts, mut orders, mut digest) = (0, 0, 0);
    for _ in 0..RUNS {
        let (began, times) = (Watch::start(), PLAIN_BARS / all + 1);
        for _ in 0..times {
            black_box(plain::play(data));
        }
        alone.push((times * all) as f64 / began.secs());
        let began = Watch::start();
        let outcome = run(&setup, data, &mut Silent).unwrap();
        whole.push(work / began.secs());
        (facts, orders) = (outcome.facts.len(), outcome.venue.orders().count());
        digest = digest_of(&outcome.facts);
        black_box(outcome);
    }
    let (whole, alone) = (median(whole), median(alone));
    println!(
        "{name}: {:.3} M product-bars/s, plain loop {:.1} M, 1 : {:.0}; {work:.0} product-bars, {facts} facts ({digest:016x}), {orders} orders",
        whole / 1e6,
        alone / 1e6,
        alone / whole,
    );
}

/// The time that this thread had a processor, where Linux tells it, else all that passed: what others do
/// on the machine counts as little as can be.
struct Watch(Instant, Option<u64>);

impl Watch {
    fn start() -> Self {
        Self(Instant::now(), Self::ran())
    }

    fn ran() -> Option<u64> {
        let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        told.split_whitespace().next()?.parse().ok()
    }

    fn secs(&self) -> f64 {
        match self.1.zip(Self::ran()) {
            Some((from, to)) => (to - from) as f64 / 1e9,
            None => self.0.elapsed().as_secs_f64(),
        }
    }
}

/// The facts as one number (FNV-1a of their JSON): two builds that decide the same print the same.
fn digest_of(facts: &Journal) -> u64 {
    let bytes = facts.iter().flat_map(|fact| serde_json::to_vec(&fact).unwrap());
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.fold(0xcbf2_9ce4_8422_2325, step)
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap()
}

fn main() {
    let only: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let asked =
        |name: &str| only.is_empty() || only.iter().any(|word| name.contains(word.as_str()));
    if asked("month")
        && let Some((data, from, to)) = month()
    {
        row(&format!("month of {} products", data.series.len()), &data, from, to);
    }
    for (name, products, bars) in
        [("1 x 100,000", 1, 100_000), ("10 x 100,000", 10, 100_000), ("50 x 100,000", 50, 100_000)]
    {
        if asked(name) {
            let data = wandering(products, bars);
            let first =
                *data.series.iter().filter_map(|one| one.bars.starts().first()).min().unwrap();
            let last = data.series.iter().filter_map(|one| one.bars.end()).max().unwrap();
            row(name, &data, first.plus_secs(WARM_UP_SECS), last);
        }
    }
}
