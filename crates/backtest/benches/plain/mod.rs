//! The yardstick: one loop over the columns, a few indicators and one rule, no architecture.

use std::collections::VecDeque;

use backtest::Data;

const MOST: usize = 8;

/// What is kept of one product.
struct Own {
    ema: f64,
    up: f64,
    down: f64,
    atr: f64,
    close: f64,
    highs: VecDeque<f64>,
    volumes: VecDeque<f64>,
    volume: f64,
    /// Coins, price and bar of an entry.
    held: Option<(f64, f64, usize)>,
}

/// Enters above the highest high of 24 bars on one and a half times their volume, leaves at −8 %, at
/// +15 % or after 72 hours, pays 0.6 % a side. Returns the cash and what moved the indicators to.
pub(crate) fn play(data: &Data) -> (f64, f64) {
    let bars = data.series.iter().map(|one| one.bars.len()).min().unwrap_or(0);
    let own = |_| Own {
        ema: 0.0,
        up: 0.0,
        down: 0.0,
        atr: 0.0,
        close: 0.0,
        highs: VecDeque::with_capacity(25),
        volumes: VecDeque::with_capacity(25),
        volume: 0.0,
        held: None,
    };
    let mut all: Vec<Own> = data.series.iter().map(own).collect();
    let (mut cash, mut open, mut seen) = (10_000.0, 0, 0.0);
    for at in 0..bars {
        for (own, series) in all.iter_mut().zip(&data.series) {
            let Some(bar) = series.bars.get(at) else { continue };
            let change = bar.close - own.close;
            let range = (bar.high - bar.low)
                .max((bar.high - own.close).abs())
                .max((bar.low - own.close).abs());
            own.ema += (bar.close - own.ema) * (2.0 / 22.0);
            own.up += (change.max(0.0) - own.up) / 14.0;
            own.down += ((-change).max(0.0) - own.down) / 14.0;
            own.atr += (range - own.atr) / 14.0;
            own.close = bar.close;
            let full = own.highs.len() == 24;
            let high = own.highs.iter().copied().fold(0.0, f64::max);
            match own.held {
                Some((coins, price, when)) => {
                    let gain = bar.close / price;
                    if gain <= 0.92 || gain >= 1.15 || at - when >= 72 * 60 {
                        cash += coins * bar.close * 0.994;
                        own.held = None;
                        open -= 1;
                    }
                }
                None if full
                    && open < MOST
                    && bar.close > high
                    && bar.volume > 1.5 * own.volume / 24.0 =>
                {
                    let value = cash * 0.0175;
                    cash -= value;
                    own.held = Some((value * 0.994 / bar.close, bar.close, at));
                    open += 1;
                }
                None => {}
            }
            if full {
                own.highs.pop_front();
                own.volume -= own.volumes.pop_front().unwrap_or(0.0);
            }
            own.highs.push_back(bar.high);
            own.volumes.push_back(bar.volume);
            own.volume += bar.volume;
            seen += own.ema + own.up - own.down + own.atr;
        }
    }
    (cash, seen)
}
