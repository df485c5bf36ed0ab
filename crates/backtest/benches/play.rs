//! The whole pipeline, deciding at every bar, beside a plain loop over the same bars that does its
//! own few indicators and rules and nothing else: product-bars a second of one core, after load, with
//! records of decisions off and on.
//!
//! `cargo bench -p backtest`, or `cargo bench -p backtest --bench play -- month` for one row; the month
//! is read from `TRADER_CANDLES_DIR`, else from `../shared/data` beside the checkout. `-- memory` tells how
//! much memory a process needs that plays one of them with records off, and fails beyond the bound.
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
use std::path::{Path, PathBuf};
use std::time::Instant;

use backtest::{Change, Data, Journal, Outcome, Records, Setup, Silent, Wanted, run, run_recorded};
use common::wandering;
use domain::{CycleId, Fact, Granularity, Timestamp};

/// Whole runs of each row. The mean of the middle third is told: the kernel tells the time that a thread
/// had a processor in ticks of four milliseconds.
const RUNS: usize = 9;
/// The plain loop is run over so many bars, a short one again and again: clocks have their ticks.
const PLAIN_BARS: usize = 20_000_000;
const WARM_UP_SECS: i64 = 336 * 3600;
/// Products and bars of each synthetic row.
const SYNTHETIC: [(usize, i64); 3] = [(1, 100_000), (10, 100_000), (50, 100_000)];
const MONTH: &str = "month";

/// What is played, and from when to when.
struct Work {
    name: String,
    data: Data,
    from: Timestamp,
    to: Timestamp,
}

impl Work {
    /// By the name of its row; `None` where the recorded bars are not there.
    fn of(name: &str) -> Option<Self> {
        if name == MONTH {
            return month();
        }
        let known = SYNTHETIC.into_iter().find(|one| row_of(*one) == name);
        let (products, bars) = known.unwrap();
        let data = wandering(products, bars);
        let first = *data.series.iter().filter_map(|one| one.bars.starts().first()).min().unwrap();
        let to = data.series.iter().filter_map(|one| one.bars.end()).max().unwrap();
        Some(Self { name: name.to_owned(), data, from: first.plus_secs(WARM_UP_SECS), to })
    }

    fn setup(&self) -> Setup {
        setup(self.from, self.to)
    }

    fn product_bars(&self) -> f64 {
        self.data.product_bars(self.from, self.to) as f64
    }
}

fn row_of((products, bars): (usize, i64)) -> String {
    format!("{products} x {},000", bars / 1000)
}

/// Writes a line for each change, into memory.
#[derive(Default)]
struct Lines(Vec<u8>, u64);

impl Records for Lines {
    fn changed(&mut self, change: &Change<'_>) -> std::io::Result<()> {
        serde_json::to_writer(&mut self.0, change)?;
        self.0.push(b'\n');
        self.1 += 1;
        Ok(())
    }
}

/// The recorded minutes of December 2023.
fn month() -> Option<Work> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let told = std::env::var_os("TRADER_CANDLES_DIR").map(PathBuf::from);
    let dir = told.unwrap_or(beside).join("coinbase");
    if !dir.is_dir() {
        println!("{MONTH}: SKIPPED, {} is not there", dir.display());
        return None;
    }
    let (from, to) =
        ("2023-12-01T00:00:00Z".parse().unwrap(), "2023-12-24T00:00:00Z".parse().unwrap());
    let wanted = Wanted { products: None, granularity: Some(Granularity::M1), from, to };
    let data = Data::load(&dir, &wanted).unwrap();
    Some(Work { name: format!("{MONTH} of {} products", data.series.len()), data, from, to })
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

fn row(work: &Work) {
    let (setup, data, bars) = (work.setup(), &work.data, work.product_bars());
    let all: usize = data.series.iter().map(|one| one.bars.len()).sum();
    let (mut whole, mut alone, mut recorded) = (Vec::new(), Vec::new(), Vec::new());
    let (mut told, mut records) = (String::new(), Lines::default());
    for _ in 0..RUNS {
        let (began, times) = (Watch::start(), PLAIN_BARS / all + 1);
        for _ in 0..times {
            black_box(plain::play(data));
        }
        alone.push((times * all) as f64 / began.secs());
        let began = Watch::start();
        let outcome = run(&setup, data, &mut Silent).unwrap();
        whole.push(bars / began.secs());
        told = tell(&outcome);
        drop(black_box(outcome));
        records = Lines::default();
        let began = Watch::start();
        let outcome = run_recorded(&setup, data, &mut records, &mut Silent).unwrap();
        recorded.push(bars / began.secs());
        assert_eq!(told, tell(&outcome), "records change nothing");
    }
    let (whole, alone, recorded) = (middle(whole), middle(alone), middle(recorded));
    println!(
        "{}: {:.3} M product-bars/s, plain loop {:.1} M, 1 : {:.0}; {bars:.0} product-bars, {told}",
        work.name,
        whole / 1e6,
        alone / 1e6,
        alone / whole,
    );
    println!(
        "{}, records on: {:.3} M product-bars/s, {:.2} of the speed without; {} records, {} bytes",
        work.name,
        recorded / 1e6,
        recorded / whole,
        records.1,
        records.0.len(),
    );
}

/// What came of a run: builds that decide the same tell the same.
fn tell(outcome: &Outcome) -> String {
    let (facts, orders) = (&outcome.facts, outcome.venue.orders().count());
    format!("{} facts ({:016x}), {orders} orders", facts.len(), digest_of(facts))
}

/// Has a process of its own play one work, and tells what it needed.
fn memory(name: &str) {
    let own = std::env::current_exe().unwrap();
    let out = std::process::Command::new(own).args([ALONE, name]).output().unwrap();
    print!("{}", String::from_utf8(out.stdout).unwrap());
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

/// Plays one work and tells the most memory that this process had, where Linux tells it.
fn alone(name: &str) {
    let Some(work) = Work::of(name) else { return };
    let loaded = peak_bytes();
    let outcome = run(&work.setup(), &work.data, &mut Silent).unwrap();
    let (peak, columns) = (peak_bytes(), work.data.bytes() as f64);
    let bound = 1.3 * columns + 48.0 * MIB;
    println!(
        "{}: at most {:.0} MiB of memory ({:.0} MiB to load); columns {:.0} MiB, bound {:.0} MiB; {} facts",
        work.name,
        peak / MIB,
        loaded / MIB,
        columns / MIB,
        bound / MIB,
        outcome.facts.len(),
    );
    assert!(peak <= bound || peak.is_nan(), "more memory than its bound");
}

const MIB: f64 = 1_048_576.0;
/// The word by which this program runs itself.
const ALONE: &str = "alone";

/// The most that was resident so far.
fn peak_bytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kib.map_or(f64::NAN, |kib| kib * 1024.0)
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

fn middle(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    let third = all.len() / 3;
    all[third..all.len() - third].iter().sum::<f64>() / (all.len() - 2 * third) as f64
}

fn main() {
    let words: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if let [first, name] = words.as_slice()
        && first == ALONE
    {
        return alone(name);
    }
    let (of_memory, only): (Vec<_>, Vec<_>) = words.into_iter().partition(|word| word == "memory");
    let rows = [MONTH.to_owned()].into_iter().chain(SYNTHETIC.map(row_of));
    let asked = |name: &String| only.is_empty() || only.iter().any(|word| name.contains(word));
    for name in rows.filter(asked) {
        if !of_memory.is_empty() {
            memory(&name);
        } else if let Some(work) = Work::of(&name) {
            row(&work);
        }
    }
}
