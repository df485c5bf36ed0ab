//! Looks for a generation of worlds in which the two seeds of the documentation show what a reader
//! should see: seed 7 all four regimes within 5,000 cycles of 30 seconds, seed 247 a lively moment:
//! `cargo run --release -p exchange-sim --example worlds -- FROM TO`.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs, reason = "an example talks")]

use domain::{Bar, Timestamp};
use exchange_sim::{Market, Opening, Seeded, SimVenue};

#[path = "../tests/common/mod.rs"]
mod common;

use common::figures;

const HOUR: i64 = 3600;
/// Closed hours that the cycles see, the one that ends at the first cycle included.
const HOURS: i64 = 42;
const TIERS: [&str; 14] = [
    "BTC-USD", "ETH-USD", "SOL-USD", "ADA-USD", "ALGO-USD", "ATOM-USD", "AVAX-USD", "DOGE-USD",
    "DOT-USD", "HBAR-USD", "LINK-USD", "UNI-USD", "XLM-USD", "XRP-USD",
];

fn main() {
    let mut args = std::env::args().skip(1);
    let mut bound = |other: u64| args.next().map_or(other, |text| text.parse().unwrap());
    // With no arguments: around the one that was chosen.
    let (from, to) = (bound(1_395_200), bound(1_395_400));
    let start: Timestamp = "2026-01-05T12:00:00Z".parse().unwrap();
    for generation in from..to {
        let words = regimes(&Seeded::in_generation(7, generation).unwrap(), start);
        let hours = |word: &str| words.iter().filter(|w| **w == word).count();
        let counts = ["bull", "chop", "bear", "crash"].map(hours);
        if counts.iter().any(|hours| *hours < 2) {
            continue;
        }
        let default = Seeded::in_generation(247, generation).unwrap();
        let word = regimes(&default, start)[0];
        let halts = default.gaps(start.plus_secs(-168 * HOUR), start.plus_secs(24 * HOUR));
        if !["bull", "chop"].contains(&word) || !halts.is_empty() {
            continue;
        }
        let (thick, chances) = liveliness(default, start, if word == "chop" { 1.05 } else { 1.2 });
        let reversals = reversals(Seeded::in_generation(7, generation).unwrap(), start, &words);
        println!(
            "{generation}: seed 7 bull, chop, bear, crash for {counts:?} hours with {reversals} \
             reversals; seed 247 {word}, \
             {thick} of 14 thick enough, {chances} with a fresh upward event"
        );
    }
}

/// The regime after each closed hour: it changes when two hours agree, for a crash at once.
fn regimes(market: &Seeded, start: Timestamp) -> Vec<&'static str> {
    let btc = market.products().iter().position(|p| p.id.as_str() == "BTC-USD").unwrap();
    let outline =
        market.outline(btc, start.plus_secs(-168 * HOUR), start.plus_secs((HOURS - 1) * HOUR));
    let closes: Vec<f64> = outline.into_iter().map(|(_, close)| close).collect();
    let readings = figures::regimes(&closes);
    let (mut regime, mut before) = (readings[0], readings[0]);
    let mut words = Vec::with_capacity(readings.len());
    for reading in readings {
        if reading == before || reading == "crash" {
            regime = reading;
        }
        before = reading;
        words.push(regime);
    }
    words
}

/// How often one of the default lists begins to be 5 to 10 % above a fresh low that is 5 % below
/// the day before it, in hours that are no crash.
fn reversals(market: Seeded, start: Timestamp, words: &[&str]) -> usize {
    let end = start.plus_secs((HOURS - 1) * HOUR);
    let venue = SimVenue::new(Market::from(market), end, Opening::shipped().unwrap()).unwrap();
    let mut count = 0;
    for id in TIERS {
        let bars = venue.bars(id.parse().unwrap(), start.plus_secs(-50 * HOUR), end).unwrap();
        let hours = hourly(bars.iter());
        let turned = |now: usize| hours.len() == words.len() + 49 && reversal(&hours[..now + 50]);
        let fresh = (1..words.len()).filter(|now| turned(*now) && !turned(now - 1));
        count += fresh.filter(|now| words[*now] != "crash").count();
    }
    count
}

fn reversal(hours: &[Bar]) -> bool {
    let day = hours.len() - 24;
    let lows = hours.iter().enumerate().skip(day);
    let Some((at, low)) = lows.min_by(|a, b| a.1.low.total_cmp(&b.1.low)) else {
        return false;
    };
    let before = at.saturating_sub(24);
    let high = hours[before..at].iter().map(|hour| hour.high).fold(0.0, f64::max);
    let close = hours[hours.len() - 1].close;
    at >= hours.len() - 12 && low.low <= 0.95 * high && (1.05..1.10).contains(&(close / low.low))
}

/// Of the default lists: how many pass the floors and the ceilings of the universe, and how many of
/// them something upward just happened to.
fn liveliness(market: Seeded, now: Timestamp, ratio: f64) -> (usize, usize) {
    let venue = SimVenue::new(Market::from(market), now, Opening::shipped().unwrap()).unwrap();
    let (mut thick, mut chances) = (0, 0);
    for (at, id) in TIERS.iter().enumerate() {
        let product = id.parse().unwrap();
        let (floor, spread) = if at < 3 { (10e6, 20.0) } else { (1e6, 35.0) };
        let quote = venue.book(product).unwrap().and_then(|book| book.quote());
        if venue.quote_volume_24h(product).unwrap() < floor
            || quote.is_none_or(|quote| quote.spread_bps() > spread)
        {
            continue;
        }
        thick += 1;
        let bars = venue.bars(product, now.plus_secs(-300 * HOUR), now).unwrap();
        let hours = hourly(bars.iter());
        chances += usize::from(louder(&hours) >= ratio && upward(&hours));
    }
    (thick, chances)
}

fn hourly(bars: impl Iterator<Item = Bar>) -> Vec<Bar> {
    let mut hours: Vec<Bar> = Vec::new();
    for bar in bars {
        match hours.last_mut() {
            Some(hour) if hour.start == bar.start.floor_secs(HOUR) => *hour = hour.merged(&bar),
            _ => hours.push(Bar { start: bar.start.floor_secs(HOUR), ..bar }),
        }
    }
    hours
}

/// ATR14 (Wilder) in percent of the close / median of its 168 values before; 0 for fewer.
fn louder(hours: &[Bar]) -> f64 {
    let mut range = 0.0;
    let mut values = Vec::with_capacity(hours.len());
    for pair in hours.windows(2) {
        let (top, bottom) = (pair[1].high.max(pair[0].close), pair[1].low.min(pair[0].close));
        range += (top - bottom - range) / 14.0;
        values.push(range / pair[1].close);
    }
    match values.split_last() {
        Some((last, rest)) if rest.len() > 200 => {
            last / figures::median(rest[rest.len() - 168..].iter().copied())
        }
        _ => 0.0,
    }
}

/// Whether the last hour raised a volume spike of 2 %, a breakout or a momentum of 4 %.
fn upward(hours: &[Bar]) -> bool {
    let Some([first, second, .., before, last]) = hours.last_chunk::<26>() else {
        return false;
    };
    let hours = &hours[hours.len() - 26..];
    let volume = last.volume / figures::mean(hours[1..25].iter().map(|hour| hour.volume));
    let high = |of: &[Bar]| of.iter().map(|hour| hour.high).fold(0.0, f64::max);
    let breakout = last.close > high(&hours[1..25]) && before.close <= high(&hours[..24]);
    let momentum = last.close / second.close >= 1.04 && before.close / first.close < 1.02;
    (volume >= 2.0 && last.close / before.close >= 1.02) || (breakout && volume >= 1.2) || momentum
}
