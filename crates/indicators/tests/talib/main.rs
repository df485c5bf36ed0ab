//! Against the TA-Lib port, within 1e-9: on a made-up series always, on recorded candles where
//! there are any.
#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs, reason = "tests")]

mod recorded;

use core::num::NonZeroUsize;

use indicators::{Atr, Ema, RollingMax, RollingMin, RollingStd, Rsi, Sma};
use ta_lib::{Core, OutRange, RetCode};

/// What the two libraries are compared on.
#[derive(Debug, Default)]
struct Candles {
    high: Vec<f64>,
    low: Vec<f64>,
    close: Vec<f64>,
}

impl Candles {
    /// A walk of steps from a linear congruential generator: no two runs differ.
    fn made_up(count: usize, start: f64) -> Self {
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        let mut unit = || {
            state =
                state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        let (mut candles, mut close) = (Self::default(), start);
        for _ in 0..count {
            let open = close;
            close *= 1.0 + 0.02 * (unit() - 0.5);
            candles.high.push(open.max(close) * (1.0 + 0.004 * unit()));
            candles.low.push(open.min(close) * (1.0 - 0.004 * unit()));
            candles.close.push(close);
        }
        candles
    }
}

/// Compares every value of ours with theirs, which begin at `beg_idx`.
fn assert_same(
    name: &str,
    mut ours: impl FnMut(usize) -> Option<f64>,
    theirs: impl Fn(usize, &mut [f64]) -> Result<OutRange, RetCode>,
    count: usize,
) {
    let mut out = vec![0.0; count];
    let range = theirs(count - 1, &mut out).unwrap();
    assert_eq!(range.beg_idx + range.count, count, "{name}");
    for at in 0..count {
        let ours = ours(at);
        if at < range.beg_idx {
            assert_eq!(ours, None, "{name} at {at}: theirs begins at {}", range.beg_idx);
            continue;
        }
        let (ours, theirs) = (ours.unwrap(), out[at - range.beg_idx]);
        let apart = (ours - theirs).abs();
        assert!(apart <= 1e-9 * theirs.abs(), "{name} at {at}: {ours} here, {theirs} there");
    }
}

fn compare(name: &str, candles: &Candles) {
    let Candles { high, low, close } = candles;
    let (core, count) = (Core::new(), close.len());
    for period in [2_u8, 14, 24, 168] {
        let (n, theirs) = (NonZeroUsize::new(period.into()).unwrap(), i32::from(period));
        let name = |what| format!("{name}: {what} {period}");
        let mut sma = Sma::new(n);
        let of_talib = |end, out: &mut [f64]| core.sma(0, end, close, theirs, out);
        assert_same(&name("sma"), |at| sma.update(close[at]), of_talib, count);
        let mut ema = Ema::new(n);
        let of_talib = |end, out: &mut [f64]| core.ema(0, end, close, theirs, out);
        assert_same(&name("ema"), |at| ema.update(close[at]), of_talib, count);
        let mut rsi = Rsi::new(n);
        let of_talib = |end, out: &mut [f64]| core.rsi(0, end, close, theirs, out);
        assert_same(&name("rsi"), |at| rsi.update(close[at]), of_talib, count);
        let mut atr = Atr::new(n);
        let of_talib = |end, out: &mut [f64]| core.atr(0, end, high, low, close, theirs, out);
        assert_same(&name("atr"), |at| atr.update(high[at], low[at], close[at]), of_talib, count);
        let mut std = RollingStd::new(n);
        let population = |at: usize| {
            std.update(close[at]);
            std.population()
        };
        let of_talib = |end, out: &mut [f64]| core.stddev(0, end, close, theirs, 1.0, out);
        assert_same(&name("stddev"), population, of_talib, count);
        // Ours answers before the window is full; theirs does not.
        let mut max = RollingMax::new(n);
        let full = |at: usize| max.update(Some(high[at])).filter(|_| max.is_full());
        let of_talib = |end, out: &mut [f64]| core.max(0, end, high, theirs, out);
        assert_same(&name("max"), full, of_talib, count);
        let mut min = RollingMin::new(n);
        let full = |at: usize| min.update(Some(low[at])).filter(|_| min.is_full());
        let of_talib = |end, out: &mut [f64]| core.min(0, end, low, theirs, out);
        assert_same(&name("min"), full, of_talib, count);
    }
}

#[test]
fn a_made_up_series_gives_the_same() {
    compare("around 100", &Candles::made_up(5_000, 100.0));
    compare("around 60,000", &Candles::made_up(5_000, 60_000.0));
    compare("around 0.2", &Candles::made_up(5_000, 0.2));
}

#[test]
fn recorded_candles_give_the_same() {
    let Some(directory) = recorded::directory() else { return };
    for file in [
        "coinbase/BTC-USD/1h.parquet",
        "coinbase/ETH-USD/1h.parquet",
        "coinbase/SOL-USD/1h.parquet",
        "coinbase/ADA-USD/1h.parquet",
        "coinbase/BTC-USD/5m.parquet",
    ] {
        let candles = recorded::read(&directory.join(file));
        assert!(candles.close.len() > 1_000, "{file} has {} rows", candles.close.len());
        compare(file, &candles);
    }
}
