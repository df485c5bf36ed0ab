//! Follows a made-up stream of candles, holes included, and prints what each new one means.
#![allow(clippy::print_stdout, reason = "an example prints")]

use core::num::NonZeroUsize;

use indicators::{Ema, PivotLows, RollingMax, Rsi, Vwap, ZScore};

fn main() {
    let n = NonZeroUsize::MIN.saturating_add(4);
    let (mut ema, mut rsi, mut z) = (Ema::new(n), Rsi::new(n), ZScore::new(n));
    let (mut high, mut vwap) = (RollingMax::new(n), Vwap::new(n));
    let mut lows = PivotLows::<1>::new(n);
    println!(
        "{:>4} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "slot", "close", "ema", "rsi", "z", "high", "vwap", "pivot"
    );
    let mut close = 100.0;
    for slot in 0..30_u32 {
        // Every ninth slot nobody trades: prices stand, and there is no high, low or volume.
        if slot % 9 == 8 {
            ema.update(close);
            rsi.update(close);
            z.update(close);
            high.update(None);
            vwap.update_absent();
            lows.update(None);
        } else {
            close += f64::from(slot * 7 % 11) - 5.0;
            ema.update(close);
            rsi.update(close);
            z.update(close);
            high.update(Some(close + 1.0));
            vwap.update(close + 1.0, close - 1.0, close, f64::from(slot % 4));
            lows.update(Some(close - 1.0));
        }
        print!("{slot:4} {close:9.2}");
        for value in
            [ema.value(), rsi.value(), z.value(), high.value(), vwap.value(), lows.newest()]
        {
            match value {
                Some(value) => print!(" {value:9.2}"),
                None => print!(" {:>9}", "-"),
            }
        }
        println!();
    }
}
