//! The seeded market: sound, endless, and the same from wherever it is looked at.
#![allow(clippy::unwrap_used, clippy::float_cmp, missing_docs, reason = "tests")]

use domain::{Bar, Bars, Granularity, Timestamp};
use exchange_sim::{Opening, Seeded, SimVenue};
use proptest::prelude::*;

const HOUR: i64 = 3600;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn prepared(seed: u64, now: Timestamp) -> Seeded {
    let mut market = Seeded::new(seed).unwrap();
    market.prepare(now).unwrap();
    market
}

fn position(market: &Seeded, id: &str) -> usize {
    market.products().iter().position(|p| p.id.as_str() == id).unwrap()
}

fn window(market: &Seeded, product: usize, from: Timestamp, to: Timestamp) -> Vec<Bar> {
    market.bars(product, from, to).copied().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..Default::default() })]

    #[test]
    fn every_bar_is_sound_and_on_its_increments(seed in any::<u64>(), day in 20_240i64..24_000) {
        let now = Timestamp::from_secs(day * 24 * HOUR + 12 * HOUR);
        let market = prepared(seed, now);
        for (product, p) in market.products().iter().enumerate() {
            let mut bars = Bars::with_capacity(Granularity::M1, 20_000);
            for bar in market.bars(product, now.plus_secs(-12 * HOUR), now) {
                bars.push(*bar).unwrap();
                for price in [bar.open, bar.high, bar.low, bar.close] {
                    let tick = p.limits.price_increment;
                    let exact = domain::quantize(price, tick, domain::Round::Nearest).unwrap();
                    prop_assert_eq!(exact.to_string().parse::<f64>().unwrap(), price);
                }
            }
            // Where most minutes are empty, two days still trade.
            let traded = market.bars(product, now.plus_secs(-48 * HOUR), now).count();
            prop_assert!(traded > 5, "{} has {traded}", p.id);
        }
    }

    #[test]
    fn bars_do_not_depend_on_when_or_in_which_order_they_are_asked_for(
        seed in any::<u64>(), hours in 24i64..8000, ahead in 1i64..300, first in 0i64..8000,
    ) {
        let start = Seeded::new(seed).unwrap().first();
        let now = start.plus_secs(hours * HOUR);
        let mut late = prepared(seed, start.plus_secs(first * HOUR));
        late.prepare(now.plus_secs(ahead * HOUR)).unwrap();
        let early = prepared(seed, now);
        let from = now.plus_secs(-12 * HOUR);
        for id in ["BTC-USD", "CHZ-USD", "XRP-USD"] {
            let product = position(&early, id);
            let (a, b) = (window(&early, product, from, now), window(&late, product, from, now));
            prop_assert!(a == b && !a.is_empty());
        }
    }
}

#[test]
fn a_stepped_clock_keeps_340_hours_and_equals_a_jump() {
    let start = at("2025-12-01T00:00:00Z");
    let mut stepped = prepared(7, start);
    for hour in 0..100 {
        stepped.prepare(start.plus_secs(hour * 7 * HOUR)).unwrap();
    }
    let now = start.plus_secs(99 * 7 * HOUR);
    let jumped = prepared(7, now);
    let from = now.plus_secs(-340 * HOUR);
    for product in 0..stepped.products().len() {
        let bars = window(&stepped, product, from, now);
        assert_eq!(bars, window(&jumped, product, from, now));
        assert!(bars.first().unwrap().start < from.plus_secs(3 * HOUR));
    }
}

#[test]
fn nothing_is_before_the_first_day_or_after_the_last() {
    let mut market = Seeded::new(1).unwrap();
    for text in ["2025-05-31T23:59:59Z", "1969-01-01T00:00:00Z", "2100-01-01T00:00:00Z"] {
        assert!(market.prepare(at(text)).is_err(), "{text}");
    }
    market.prepare(at("2025-06-01T00:00:00Z")).unwrap();
}

#[test]
fn in_a_halt_nothing_trades() {
    let from = at("2025-06-01T00:00:00Z");
    let mut market = Seeded::new(247).unwrap();
    let halts = market.gaps(from, at("2026-06-01T00:00:00Z"));
    assert!((2..15).contains(&halts.len()), "{}", halts.len());
    for halt in &halts {
        market.prepare(halt.to).unwrap();
        for product in 0..market.products().len() {
            assert!(window(&market, product, halt.from, halt.to).is_empty());
        }
        let around = window(
            &market,
            position(&market, "BTC-USD"),
            halt.from.plus_secs(-60),
            halt.to.plus_secs(60),
        );
        assert_eq!(around.len(), 2, "the minutes before and after {halt:?}");
    }
}

/// A digest that any other bit in any bar would change: the same in debug and release, and on
/// every machine, since only IEEE additions, multiplications, divisions and roots are involved.
#[test]
fn the_bars_of_the_default_seed_are_pinned_to_the_bit() {
    let now = at("2026-01-05T12:00:00Z");
    let market = prepared(247, now);
    let mut digest = 0u64;
    for product in 0..market.products().len() {
        for bar in market.bars(product, now.plus_secs(-340 * HOUR), now) {
            for value in [bar.open, bar.high, bar.low, bar.close, bar.volume] {
                digest = (digest.rotate_left(7) ^ value.to_bits()).wrapping_mul(0x0100_0000_01B3);
            }
        }
    }
    assert_eq!(format!("{digest:016x}"), "dbe644292f010985");
}

/// What the first command of a new user meets: a market in which there is something to decide.
#[test]
fn the_default_moment_has_a_known_regime_and_an_eligible_universe() {
    let now = at("2026-01-05T12:00:00Z");
    let opening = Opening::shipped().unwrap();
    let venue = SimVenue::new(Seeded::new(247).unwrap(), now, opening).unwrap();
    let from = now.plus_secs(-168 * HOUR);
    let btc = venue.bars("BTC-USD".parse().unwrap(), from, now).unwrap();
    let closes: Vec<f64> = (0..168)
        .map(|hour| {
            let (a, b) = (from.plus_secs(hour * HOUR), from.plus_secs((hour + 1) * HOUR));
            let (a, b) = (btc.position(a), btc.position(b));
            assert!(a < b, "hour {hour} is missing");
            btc.closes()[b - 1]
        })
        .collect();
    let trend = closes[167] / closes[0] - 1.0;
    let returns: Vec<f64> = closes.windows(2).map(|w| w[1] / w[0] - 1.0).collect();
    let mean = returns.iter().sum::<f64>() / 167.0;
    let variance = returns.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / 166.0;
    let volatility = (variance * 8760.0).sqrt();
    // Neither a crash nor a bear market.
    assert!(trend > -0.05, "{trend}");
    assert!((0.30..0.60).contains(&volatility), "{volatility}");

    let mut eligible = 0;
    for product in venue.products() {
        let tier_1 = ["BTC-USD", "ETH-USD", "SOL-USD"].contains(&product.id.as_str());
        let (floor, spread, depth) = if tier_1 { (10e6, 20.0, 1e5) } else { (1e6, 35.0, 25e3) };
        let Some(book) = venue.book(product.id).unwrap() else {
            continue;
        };
        assert_eq!(book.fault(), None);
        let passes = venue.quote_volume_24h(product.id).unwrap() >= floor
            && book.quote().unwrap().spread_bps() <= spread
            && book.depth_20bps().unwrap() >= depth;
        eligible += usize::from(passes);
    }
    assert!(eligible >= 10, "{eligible}");
}

/// The hours that a search reads without drawing bars are the hours that bars show.
#[test]
fn an_outline_is_what_the_bars_close_at() {
    let now = at("2025-09-17T00:00:00Z");
    let market = prepared(5, now);
    let btc = position(&market, "BTC-USD");
    let outline = market.outline(btc, now.plus_secs(-240 * HOUR), now);
    assert_eq!(outline.len(), 240);
    for (start, close) in outline {
        let last = market.bars(btc, start.plus_secs(HOUR - 60), start.plus_secs(HOUR)).next();
        assert!(last.is_none_or(|bar| bar.close == close), "{start}");
    }
}

#[test]
fn the_last_year_there_is_can_be_reached() {
    let now = at("2099-12-31T23:59:00Z");
    let market = prepared(3, now);
    let btc = position(&market, "BTC-USD");
    let last = market.bars(btc, now.plus_secs(-2 * HOUR), now).next_back().unwrap();
    assert!((20_000.0..600_000.0).contains(&last.close), "{}", last.close);
}
