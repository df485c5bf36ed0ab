//! Feeds a made-up series to three indicators and prints what they say.
#![allow(clippy::print_stdout, reason = "an example prints")]

use core::num::NonZeroUsize;

use indicators::{Ema, RollingMax, Rsi};

fn main() {
    let n = NonZeroUsize::MIN.saturating_add(13);
    let (mut ema, mut rsi, mut high) = (Ema::new(n), Rsi::new(n), RollingMax::new(n));
    for step in 0..30_u32 {
        let close = 100.0 + f64::from(step % 7) - f64::from(step % 3);
        let (ema, rsi, high) = (ema.update(close), rsi.update(close), high.update(Some(close)));
        println!("{step:2} close {close:6.2} ema {ema:?} rsi {rsi:?} high {high:?}");
    }
}
