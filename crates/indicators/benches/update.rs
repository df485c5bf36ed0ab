//! Nanoseconds an update, of each indicator and of all that one product needs.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use core::hint::black_box;
use core::num::NonZeroUsize;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use indicators::{
    Atr, Ema, PivotLows, Ring, RollingMax, RollingMedian, RollingMin, RollingStd, RollingSum,
    RollingSums, Rsi, Sma, Vwap, ZScore,
};

fn n(value: usize) -> NonZeroUsize {
    NonZeroUsize::new(value).unwrap()
}

/// A walk: extremes and medians depend on how prices follow each other.
fn prices() -> Vec<f64> {
    let (mut x, mut price) = (0.37_f64, 100.0);
    (0..10_000)
        .map(|_| {
            x = 3.99 * x * (1.0 - x);
            price *= 1.0 + 0.004 * (x - 0.5);
            price
        })
        .collect()
}

fn updates(c: &mut Criterion) {
    let prices = prices();
    let mut group = c.benchmark_group("update");
    group.throughput(Throughput::Elements(prices.len() as u64));
    macro_rules! each {
        ($name:literal, $new:expr, |$indicator:ident, $price:ident| $update:expr) => {
            group.bench_function($name, |b| {
                let mut $indicator = $new;
                b.iter(|| {
                    for $price in prices.iter().copied() {
                        black_box($update);
                    }
                });
            });
        };
    }
    each!("ring 168", Ring::new(n(168)), |i, p| i.push(p));
    each!("sum 24", RollingSum::new(n(24)), |i, p| i.update(p));
    each!("two sums 24", RollingSums::new(n(24)), |i, p| i.update([p, 2.0 * p]));
    each!("sma 20", Sma::new(n(20)), |i, p| i.update(p));
    each!("ema 20", Ema::new(n(20)), |i, p| i.update(p));
    each!("rsi 14", Rsi::new(n(14)), |i, p| i.update(p));
    each!("atr 14", Atr::new(n(14)), |i, p| i.update(p + 1.0, p - 1.0, p));
    each!("vwap 12", Vwap::new(n(12)), |i, p| i.update(p + 1.0, p - 1.0, p, 3.0));
    each!("min 36", RollingMin::new(n(36)), |i, p| i.update(Some(p)));
    each!("max 168", RollingMax::new(n(168)), |i, p| i.update(Some(p)));
    each!("median 168", RollingMedian::new(n(168)), |i, p| i.update(p));
    each!("std 167", RollingStd::new(n(167)), |i, p| i.update(p));
    each!("z-score 24", ZScore::new(n(24)), |i, p| i.update(p));
    each!("pivots 2/48", PivotLows::<2>::new(n(48)), |i, p| i.update(Some(p)));
    each!("product", Product::new(), |i, p| i.slot(p));
    group.finish();
}

/// Everything one product needs for a 5-minute slot, and every twelfth time for an hour.
struct Product {
    until_hour: u32,
    rsi: Rsi,
    vwap: Vwap,
    low: RollingMin,
    pivots: PivotLows<2>,
    atr: Atr,
    highs: [RollingMax; 2],
    hour_low: RollingMin,
    median: RollingMedian,
    std: RollingStd,
    sums: [RollingSum; 3],
}

impl Product {
    fn new() -> Self {
        Self {
            until_hour: 12,
            rsi: Rsi::new(n(14)),
            vwap: Vwap::new(n(12)),
            low: RollingMin::new(n(36)),
            pivots: PivotLows::new(n(48)),
            atr: Atr::new(n(14)),
            highs: [24, 168].map(|size| RollingMax::new(n(size))),
            hour_low: RollingMin::new(n(24)),
            median: RollingMedian::new(n(168)),
            std: RollingStd::new(n(168)),
            sums: [24, 24, 20].map(|size| RollingSum::new(n(size))),
        }
    }

    fn slot(&mut self, close: f64) -> [Option<f64>; 4] {
        let (high, low) = (close * 1.002, close * 0.998);
        self.until_hour -= 1;
        if self.until_hour == 0 {
            self.until_hour = 12;
            self.hour(high, low, close);
        }
        [
            self.rsi.update(close),
            self.vwap.update(high, low, close, 3.0),
            self.low.update(Some(low)),
            self.pivots.update(Some(low)),
        ]
    }

    fn hour(&mut self, high: f64, low: f64, close: f64) {
        let atr = self.atr.update(high, low, close);
        black_box(self.median.update(atr.unwrap_or(close)));
        for max in &mut self.highs {
            black_box(max.update(Some(high)));
        }
        black_box(self.hour_low.update(Some(low)));
        black_box(self.std.update(close));
        for sum in &mut self.sums {
            black_box(sum.update(close));
        }
    }
}

criterion_group!(benches, updates);
criterion_main!(benches);
