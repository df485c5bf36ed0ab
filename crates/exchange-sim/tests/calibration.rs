//! The seeded market stays near what was recorded; where the numbers come from is in
//! `docs/market-model.md`.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use std::collections::BTreeSet;

use common::figures;
use common::sample;
use domain::Timestamp;
use exchange_sim::Seeded;

const DAY: i64 = 86_400;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Recorded figures (Coinbase, hourly, January to August 2025) and how far the model's median may be
/// from them, as a share.
const FIGURES: [(f64, f64); 22] = [
    (46.5, 0.2),  // yearly volatility of hourly returns, percent: BTC
    (76.0, 0.2),  // ETH
    (95.3, 0.15), // median of the others
    (13.7, 0.6),  // excess kurtosis of hourly returns: BTC
    (11.3, 0.6),  // median of the others
    (0.27, 0.4),  // autocorrelation of absolute hourly returns: BTC, lag 1
    (0.14, 0.6),  // lag 6
    (0.15, 0.6),  // lag 24
    (0.22, 0.4),  // median of the others, lag 1
    (0.13, 0.6),  // lag 6
    (0.12, 0.6),  // lag 24
    (0.78, 0.1),  // correlation of hourly returns: BTC and ETH
    (0.69, 0.12), // BTC and the others
    (0.71, 0.12), // the others
    (0.51, 0.25), // correlation of log volume and absolute return: BTC
    (0.41, 0.25), // median of the others
    (0.70, 0.4),  // standard deviation of the log of a day's volume: BTC
    (0.78, 0.3),  // median of the others
    (0.62, 0.2),  // absolute return, weekend / week: BTC
    (0.81, 0.2),  // median of the others
    (0.36, 0.35), // volume, weekend / week: BTC
    (0.73, 0.3),  // median of the others
];

/// Those with hourly records, BTC and ETH apart.
const ALTS: [&str; 19] = [
    "ADA", "ALGO", "ANKR", "AVAX", "AXS", "BAT", "CHZ", "CVC", "DASH", "DOGE", "DOT", "FET", "GLM",
    "LINK", "LTC", "SAND", "SOL", "XLM", "XRP",
];

/// Share of empty minutes by an hour's dollars a minute, recorded; bounds are ± 0.1.
const EMPTY: [f64; 4] = [0.90, 0.69, 0.14, 0.0];

/// Recorded mean volumes of a day, $ M.
const VOLUMES: [(&str, f64); 8] = [
    ("BTC-USD", 854.0),
    ("ETH-USD", 411.0),
    ("SOL-USD", 213.0),
    ("XRP-USD", 332.0),
    ("DOGE-USD", 73.8),
    ("DOT-USD", 7.8),
    ("ATOM-USD", 2.54),
    ("CHZ-USD", 0.23),
];

#[test]
fn the_model_stays_near_the_records() {
    let samples = sample::eight();
    let alts: Vec<String> = ALTS.iter().map(|id| format!("{id}-USD")).collect();
    let measured: Vec<_> = samples.iter().map(|s| sample::market(s, &alts)).collect();
    let mut wrong = Vec::new();
    for (at, (recorded, share)) in FIGURES.iter().enumerate() {
        let value = figures::median(measured.iter().map(|m| m[at].1));
        let off = value / recorded - 1.0;
        let name = measured[0][at].0;
        println!("{name}: {value:.3}, recorded {recorded}, off by {off:+.2} of {share}");
        if off.abs() > *share {
            wrong.push(format!("{name}: {value:.3}, recorded {recorded}"));
        }
    }
    let empty = figures::sparse(samples.iter().flat_map(|s| s.values()).flatten());
    for (class, (recorded, (share, ..))) in EMPTY.iter().zip(empty).enumerate() {
        if (share - recorded).abs() > 0.1 {
            wrong.push(format!("empty minutes in class {class}: {share:.2}, recorded {recorded}"));
        }
    }
    for (id, recorded) in VOLUMES {
        let days = samples.iter().flat_map(|s| figures::daily(&s[id]));
        let volume = figures::mean(days) / 1e6;
        // A day's volume varies by a factor of two, and stays high or low for weeks.
        if !(0.6..1.6).contains(&(volume / recorded)) {
            wrong.push(format!("{id} trades {volume:.2} $ M a day, recorded {recorded}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_regime_occurs_within_a_year() {
    let from = at("2025-06-01T00:00:00Z");
    for seed in [1, 2, 3, 7, 247] {
        let market = Seeded::new(seed).unwrap();
        let btc = market.products().iter().position(|p| p.id.as_str() == "BTC-USD").unwrap();
        let outline = market.outline(btc, from, from.plus_secs(365 * DAY));
        let closes: Vec<f64> = outline.into_iter().map(|(_, close)| close).collect();
        let seen: BTreeSet<_> = figures::regimes(&closes).into_iter().collect();
        assert_eq!(seen, BTreeSet::from(["bear", "bull", "chop", "crash"]), "seed {seed}");
    }
}

/// What the documentation promises of `--seed 7`: 5,000 cycles of 30 seconds from the default
/// moment see each regime for more than an hour.
#[test]
fn seed_seven_shows_every_regime_within_the_first_42_hours() {
    let start = at("2026-01-05T12:00:00Z");
    let market = Seeded::new(7).unwrap();
    let btc = market.products().iter().position(|p| p.id.as_str() == "BTC-USD").unwrap();
    let outline = market.outline(btc, start.plus_secs(-168 * 3600), start.plus_secs(41 * 3600));
    let closes: Vec<f64> = outline.into_iter().map(|(_, close)| close).collect();
    let words = figures::regimes(&closes);
    for word in ["bull", "chop", "bear", "crash"] {
        assert!(words.windows(2).any(|pair| pair == [word, word]), "no two hours of {word}");
    }
}

#[test]
fn halts_and_jumps_occur_and_most_minutes_of_thin_products_are_empty() {
    let from = at("2025-06-01T00:00:00Z");
    for seed in 1..=3 {
        let mut market = Seeded::new(seed).unwrap();
        let halts = market.gaps(from, from.plus_secs(365 * DAY));
        assert!((1..20).contains(&halts.len()), "seed {seed} halts {} times", halts.len());
        let end = from.plus_secs(30 * DAY);
        market.prepare(end).unwrap();
        let (mut jumps, mut thin) = (0, Vec::new());
        for (at, product) in market.products().iter().enumerate() {
            let bars: Vec<_> = market.bars(at, end.plus_secs(-15 * DAY), end).collect();
            jumps += bars.iter().filter(|b| (b.close / b.open - 1.0).abs() > 0.03).count();
            if ["BAT-USD", "CHZ-USD", "CVC-USD", "GLM-USD", "OCEAN-USD"]
                .contains(&product.id.as_str())
            {
                thin.push(1.0 - bars.len() as f64 / (15.0 * 1440.0));
            }
        }
        assert!((3..200).contains(&jumps), "seed {seed} jumps {jumps} times");
        assert!(thin.iter().all(|share| (0.4..0.97).contains(share)), "seed {seed}: {thin:?}");
    }
}
