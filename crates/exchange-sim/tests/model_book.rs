//! The documented formula holds for every product and any volume.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "tests")]

use domain::{Product, Source, Timestamp};
use exchange_sim::{Catalog, model_book};
use proptest::prelude::*;
use rust_decimal::prelude::ToPrimitive as _;

fn any_product() -> impl Strategy<Value = Product> {
    let products = Catalog::embedded().unwrap().products().to_vec();
    proptest::sample::select(products)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_book_is_sound_and_as_deep_as_documented(
        product in any_product(), ticks in 100.0..2e7f64, volume in 1e5..2e9f64,
    ) {
        let tick = product.limits.price_increment.to_f64().unwrap();
        let mid = ticks * tick;
        let book = model_book(&product, mid, volume, Timestamp::from_secs(0));
        // A touch below one base increment is the only way to none here.
        let step = product.limits.base_increment.to_f64().unwrap();
        let Some(book) = book else {
            prop_assert!(volume * 0.0005 < step * mid * 2.1, "no book at {mid} with {volume}");
            return Ok(());
        };
        prop_assert_eq!(book.fault(), None);
        prop_assert_eq!(book.source, Source::Model);
        prop_assert!(book.bids.len() <= 10 && book.asks.len() <= 10);
        for level in book.bids.iter().chain(&book.asks) {
            prop_assert!(product.is_price_step(level.price));
            prop_assert!(product.is_size_step(level.size));
        }
        let quote = book.quote().unwrap();
        let spread = (quote.ask.get() - quote.bid.get()).to_f64().unwrap();
        let wanted = (mid * 4e-4 * (10e6 / volume).sqrt()).max(tick);
        prop_assert!(spread >= wanted * (1.0 - 1e-9) && spread <= wanted + tick * 1.000_001,
            "spread {} for {}", spread, wanted);
        prop_assert!(quote.bid.get().to_f64().unwrap() <= mid);
        prop_assert!(quote.ask.get().to_f64().unwrap() >= mid - tick * 0.501);
        // Where base increments are small against a level, both sides hold 1 % of V.
        if volume * 0.0005 > 20.0 * step * mid {
            let depth = book.depth_20bps().unwrap();
            prop_assert!((depth / (0.01 * volume) - 1.0).abs() < 0.1, "{} of {}", depth, volume);
        }
    }
}

#[test]
fn a_tenth_of_the_value_is_at_the_touch() {
    let catalog = Catalog::embedded().unwrap();
    let btc = catalog.get(&"BTC-USD".parse().unwrap()).unwrap();
    let book = model_book(btc, 90_000.0, 500e6, Timestamp::from_secs(0)).unwrap();
    let touch = book.bids[0].price.times(book.bids[0].size).unwrap();
    assert!((touch.get().to_f64().unwrap() - 250_000.0).abs() < 1.0);
    assert_eq!(book.bids.len(), 10);
    assert!((book.quote().unwrap().spread_bps() - 0.5657).abs() < 0.01);
}

#[test]
fn without_price_or_volume_there_is_no_book() {
    let catalog = Catalog::embedded().unwrap();
    let doge = catalog.get(&"DOGE-USD".parse().unwrap()).unwrap();
    let cases = [
        (0.15, 0.0),
        (0.15, -1.0),
        (0.15, f64::NAN),
        (f64::INFINITY, 1e6),
        (0.0, 1e6),
        (0.15, 1e-9),
    ];
    for (mid, volume) in cases {
        let book = model_book(doge, mid, volume, Timestamp::from_secs(0));
        assert!(book.is_none(), "{mid} {volume}");
    }
}
