//! Nanoseconds an update.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use core::hint::black_box;
use core::num::NonZeroUsize;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use indicators::{Atr, PivotLows, RollingMax, RollingMedian, RollingStd, Rsi, Vwap};

fn prices() -> Vec<f64> {
    let mut x = 0.37_f64;
    (0..10_000)
        .map(|_| {
            x = 3.9 * x * (1.0 - x);
            100.0 + x
        })
        .collect()
}

fn updates(c: &mut Criterion) {
    let prices = prices();
    let n = |n| NonZeroUsize::new(n).unwrap();
    let mut group = c.benchmark_group("update");
    group.throughput(Throughput::Elements(prices.len() as u64));
    macro_rules! each {
        ($name:literal, $new:expr, |$indicator:ident, $price:ident| $update:expr) => {
            group.bench_function($name, |b| {
                let mut $indicator = $new;
                b.iter(|| {
                    for $price in &prices {
                        black_box($update);
                    }
                });
            });
        };
    }
    each!("rsi 14", Rsi::new(n(14)), |i, p| i.update(*p));
    each!("atr 14", Atr::new(n(14)), |i, p| i.update(p + 1.0, p - 1.0, *p));
    each!("vwap 12", Vwap::new(n(12)), |i, p| i.update(p + 1.0, p - 1.0, *p, 3.0));
    each!("max 168", RollingMax::new(n(168)), |i, p| i.update(Some(*p)));
    each!("median 168", RollingMedian::new(n(168)), |i, p| i.update(*p));
    each!("std 167", RollingStd::new(n(167)), |i, p| i.update(*p));
    each!("pivots 2/48", PivotLows::new(n(2), n(48)), |i, p| i.update(Some(*p)));
    group.finish();
}

criterion_group!(benches, updates);
criterion_main!(benches);
