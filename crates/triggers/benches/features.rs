//! Nanoseconds a closed 5-minute candle, hour closes included.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use core::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use domain::{Bar, Granularity, Timestamp};
use triggers::{Timeline, Tracker};

const PRODUCTS: usize = 100;
const SLOTS: i64 = 288;

/// How a slot differs from others, 0 to 999.
fn phase(slot: i64) -> f64 {
    ((slot.unsigned_abs().wrapping_mul(2_654_435_761) >> 7) % 1000) as f64
}

fn bar(product: f64, start: Timestamp, phase: f64) -> Bar {
    let close = 100.0 + product + phase * 1e-3;
    Bar {
        start,
        open: close - 0.01,
        high: close + 0.2,
        low: close - 0.2,
        close,
        volume: 10.0 + phase,
    }
}

fn features(c: &mut Criterion) {
    let mut timeline = Timeline::new();
    let product = |at: usize| format!("P{at:03}-USD").parse().unwrap();
    let mut trackers: Vec<_> =
        (0..PRODUCTS).map(|at| Tracker::new(product(at), Granularity::M5, 2.0)).collect();
    let mut slot = 0;
    let mut run = |slots: i64, timeline: &mut Timeline| {
        for _ in 0..slots {
            let start = Timestamp::from_secs(slot * 300);
            timeline.push(start, 0);
            let phase = phase(slot);
            let mut product = 0.0;
            for tracker in &mut trackers {
                tracker.push_slot(start, Some(bar(product, start, phase)), timeline);
                product += 1.0;
            }
            slot += 1;
        }
        black_box(trackers[0].features().revision)
    };
    run(336 * 12, &mut timeline);
    let mut group = c.benchmark_group("features");
    group.throughput(Throughput::Elements(PRODUCTS as u64 * SLOTS.unsigned_abs()));
    group.bench_function("a 5-minute candle of a warm product", |b| {
        b.iter(|| run(SLOTS, &mut timeline));
    });
    group.finish();
}

criterion_group!(benches, features);
criterion_main!(benches);
