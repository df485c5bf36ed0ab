//! What the gate costs with 50 positions and 200 live orders.
//!
//! Updates are facts that come to one warm exposure, as in a running program: orders that are sent
//! and end again, and fills with names of their own, made before they are measured: of a thousand at
//! a time, on an exposure that has seen ten thousand before. An assessment
//! runs at a desk that was used before; proposals and room for the verdict are made beforehand.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    dead_code,
    reason = "a benchmark"
)]

#[path = "../tests/all/common/mod.rs"]
mod common;

use core::hint::black_box;
use std::time::{Duration, Instant};

use common::{BUSY, T0, World, end, entry, fill, order};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use domain::{Fact, Proposal, Side};
use risk::{Desk, Exposure, Verdict};

fn wishes(many: i64) -> Vec<Proposal> {
    let wish = |n| {
        let mut entry = entry(BUSY, "0.3");
        entry.trigger.id.candle = T0.plus_secs(-3_600 * n);
        Proposal::Entry(entry)
    };
    (1..=many).map(wish).collect()
}

fn exposure(c: &mut Criterion) {
    let facts = World::busy().facts;
    let mut warm = Exposure::of(&facts).unwrap();
    assert_eq!((warm.open().len(), warm.live_orders()), (50, 200));
    c.bench_function(&format!("build the exposure from {} facts", facts.len()), |b| {
        b.iter(|| Exposure::of(black_box(&facts)).unwrap());
    });
    for n in 10_000..20_000 {
        warm.apply(&part(n, "0.00000001")).unwrap();
    }
    let sent = |number, side| order(number, side, "A03-USD", "1", "2", T0);
    let cases = [
        ("an entry is sent, and ends", [sent(5_000, Side::Buy), end(5_000, "0", T0)]),
        ("a sale is sent, and ends", [sent(5_001, Side::Sell), end(5_001, "0", T0)]),
        ("an old entry ends, and is sent again", [end(1_101, "0", T0), sent(1_101, Side::Buy)]),
    ];
    for (what, facts) in cases {
        let mut exposure = warm.clone();
        c.bench_function(&format!("two updates: {what}"), |b| {
            b.iter(|| {
                for fact in &facts {
                    exposure.apply(black_box(fact)).unwrap();
                }
            });
        });
    }
    c.bench_function("one update: a fill of a part", |b| {
        b.iter_custom(|mut rounds| {
            let mut spent = Duration::ZERO;
            while rounds > 0 {
                let many = rounds.min(1_000);
                rounds -= many;
                let mut exposure = warm.clone();
                let facts: Vec<_> = (0..many).map(|n| part(n, "0.0001")).collect();
                // A copy has no room for more; one that goes on does.
                exposure.apply(&part(many, "0.0001")).unwrap();
                let start = Instant::now();
                for fact in &facts {
                    exposure.apply(black_box(fact)).unwrap();
                }
                spent += start.elapsed();
            }
            spent
        });
    });
}

/// A fill with names as long as Coinbase's: 64 letters for its own, 36 for its trade's.
fn part(n: u64, qty: &str) -> Fact {
    let fact = fill(&format!("{n:064x}"), 1_001, Side::Buy, "A01-USD", qty, "2", T0);
    let Fact::Fill(mut fill) = fact else { return fact };
    fill.trade_id = Some(format!("{n:036}"));
    Fact::Fill(fill)
}

fn assessment(c: &mut Criterion) {
    World::busy().judge(|limits, view, market| {
        let mut desk = Desk::default();
        // What one more costs is the tenth part of what eleven cost more than one.
        for many in [1, 11] {
            let proposals = wishes(many);
            let mut verdict = Verdict::default();
            desk.assess(limits, view, market, &mut proposals.clone(), &mut verdict);
            assert_eq!(verdict.approved.len(), proposals.len(), "{:?}", verdict.rejected);
            let room = || Verdict { approved: Vec::with_capacity(16), rejected: Vec::new() };
            c.bench_function(&format!("value the exposure and judge {many}"), |b| {
                b.iter_batched_ref(
                    || (proposals.clone(), room()),
                    |(proposals, verdict)| desk.assess(limits, view, market, proposals, verdict),
                    BatchSize::SmallInput,
                );
            });
        }
    });
}

criterion_group!(benches, exposure, assessment);
criterion_main!(benches);
