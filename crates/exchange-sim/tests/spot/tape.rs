//! The tape, the book and the bars tell one story.

use domain::Side;
use exchange_sim::Seeded;
use exchange_sim::spot::{Kind, Profile, Terms, Trade, Venue};
use rust_decimal::prelude::ToPrimitive as _;

use crate::world::*;

fn seeded() -> Venue {
    let as_of = "2026-01-05T12:00:00Z".parse().unwrap();
    Venue::new(Seeded::new(247).unwrap(), as_of, Terms::shipped().unwrap()).unwrap()
}

#[test]
fn the_trades_of_a_bar_are_that_bar() {
    let mut venue = seeded();
    let from = venue.now();
    venue.advance(from.plus_secs(3600)).unwrap();
    for product in ["BTC-USD", "SOL-USD", "DOGE-USD"].map(|id| id.parse().unwrap()) {
        let bars = venue.bars(product, from, venue.now()).unwrap();
        assert!(bars.len() > 30, "{product}");
        for bar in bars.iter() {
            let end = domain::Timestamp::from_millis(bar.start.plus_secs(60).millis() - 1);
            let mut trades = venue.trades(product, bar.start, end, 99).unwrap();
            trades.reverse();
            let price = |t: &Trade| t.price.get().to_f64().unwrap();
            let prices: Vec<f64> = trades.iter().map(price).collect();
            let volume: f64 = trades.iter().map(|t| t.size.to_f64().unwrap()).sum();
            assert_eq!((prices[0], prices[prices.len() - 1]), (bar.open, bar.close));
            assert_eq!(prices.iter().copied().fold(f64::MIN, f64::max), bar.high);
            assert_eq!(prices.iter().copied().fold(f64::MAX, f64::min), bar.low);
            let least = venue.listing(product.as_str()).unwrap().product.limits.base_increment;
            let slack = 7.0 * least.to_f64().unwrap();
            assert!((volume - bar.volume).abs() <= slack, "{volume} {}", bar.volume);
            assert!(trades.is_sorted_by(|a, b| a.id < b.id && a.at < b.at));
        }
    }
}

#[test]
fn the_last_trade_is_at_the_touch_of_the_side_that_rested() {
    let mut venue = seeded();
    let btc = "BTC-USD".parse().unwrap();
    for step in 0..200 {
        venue.advance(venue.now().plus_secs(7 + step % 5)).unwrap();
        let ticker = venue.ticker(btc).unwrap();
        let last = ticker.last.unwrap();
        let touch = match last.maker {
            Side::Buy => ticker.bid.unwrap().0,
            Side::Sell => ticker.ask.unwrap().0,
        };
        assert_eq!(touch, last.price);
        assert_eq!(venue.book(btc).unwrap().unwrap().fault(), None);
        assert!(last.at <= venue.now());
    }
}

#[test]
fn nothing_later_than_the_clock_is_told() {
    let mut venue = seeded();
    let sol = sol();
    let start = venue.now();
    for _ in 0..30 {
        venue.advance(venue.now().plus_secs(11)).unwrap();
        let now = venue.now();
        let trades = venue.trades(sol, start, now.plus_secs(600), 999).unwrap();
        assert!(trades.iter().all(|trade| trade.at <= now));
        let forming = venue.candles(sol, 300, now.floor_secs(300), now).unwrap();
        let inside = venue.trades(sol, now.floor_secs(300), now, 999).unwrap();
        match forming.first() {
            None => assert!(inside.is_empty()),
            Some(bar) => {
                let newest = inside[0].price.get().to_f64().unwrap();
                assert_eq!(bar.close, newest);
            }
        }
    }
}

#[test]
fn own_trades_are_on_the_tape_and_in_the_candles() {
    let mut venue = venue(&[[100.0, 100.0, 100.0, 100.0, 50.0]; 3]);
    venue.advance(at(DAY + 30)).unwrap();
    let before = venue.candles(sol(), 60, at(DAY), at(DAY)).unwrap();
    send(&mut venue, MAIN, BUY, Kind::MarketIoc, &[("base", "5")]);
    let trades = venue.trades(sol(), at(DAY), at(DAY + 30), 99).unwrap();
    let own: Vec<&Trade> = trades.iter().filter(|t| t.at == at(DAY + 30)).collect();
    assert!(!own.is_empty() && own.iter().all(|t| t.maker == SELL));
    let sum: rust_decimal::Decimal = own.iter().map(|t| t.size).sum();
    assert_eq!(sum, dec("5"));
    assert_eq!(venue.ticker(sol()).unwrap().last.as_ref(), own.first().copied());
    let after = venue.candles(sol(), 60, at(DAY), at(DAY)).unwrap();
    let volume = |bars: &[domain::Bar]| bars.first().map_or(0.0, |bar| bar.volume);
    assert_eq!(volume(&after), volume(&before) + 5.0);
    venue.advance(at(DAY + 60)).unwrap();
    let closed = venue.bars(sol(), at(DAY), at(DAY + 60)).unwrap().get(0).unwrap();
    assert!((closed.volume - 55.0).abs() < 1e-6, "{}", closed.volume);
}

#[test]
fn taken_levels_stay_away_until_the_next_bar() {
    let mut venue = venue(&[[100.0, 100.0, 100.0, 100.0, 50.0]; 2]);
    let before = venue.book(sol()).unwrap().unwrap();
    let touch = before.asks[0];
    send(&mut venue, MAIN, BUY, Kind::MarketIoc, &[("base", &touch.size.to_string())]);
    let after = venue.book(sol()).unwrap().unwrap();
    assert_eq!((after.asks[0], &after.bids), (before.asks[1], &before.bids));
    venue.advance(at(DAY + 60)).unwrap();
    // About as much as before: the touch is now another side's.
    let again = venue.book(sol()).unwrap().unwrap().asks[0].size.get();
    assert!((again - touch.size.get()).abs() < dec("0.1"), "{again}");
}

#[test]
fn large_and_small_steps_of_the_clock_tell_the_same() {
    let run = |step: i64| {
        let mut venue = seeded();
        let mut profile = Profile::with_dollars("main", "10000").unwrap();
        profile.funds.push(("SOL".parse().unwrap(), dec("100")));
        venue.open_account(profile).unwrap();
        let start = venue.now();
        let last = venue.ticker(sol()).unwrap().last.unwrap().price.get();
        for (n, off) in (1..).zip(["0.998", "0.996", "0.99", "1.002", "1.004", "1.01"]) {
            let side = if n <= 3 { BUY } else { SELL };
            let limit = (last * dec(off)).round_dp(2).to_string();
            let pairs = [("base", "3"), ("limit", limit.as_str()), ("post_only", "true")];
            send(&mut venue, MAIN, side, Kind::LimitGtc, &pairs);
        }
        while venue.now() < start.plus_secs(7200) {
            venue.advance(venue.now().plus_secs(step)).unwrap();
        }
        venue.account(MAIN).unwrap().fills().to_vec()
    };
    let whole = run(7200);
    assert!(!whole.is_empty());
    assert_eq!(run(1), whole);
    assert_eq!(run(900), whole);
}
