//! Bars are ordered and sound, books that cannot be traded on say so, ids refuse what they are not.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use domain::{
    Asset, Bar, BarError, Bars, BaseQty, Book, BookFault, Granularity, Level, Price, ProductId,
    Source, Timestamp,
};
use proptest::prelude::*;

/// Whether an error is the one that a case is about.
type Expected = fn(&BarError) -> bool;

fn bar(start: i64) -> Bar {
    let start = Timestamp::from_secs(start);
    Bar { start, open: 10.0, high: 12.0, low: 9.0, close: 11.0, volume: 1.0 }
}

#[test]
fn unsound_bars_are_refused_and_nothing_is_appended() {
    let mut bars = Bars::with_capacity(Granularity::M1, 4);
    bars.push(bar(60)).unwrap();
    let cases: [(Bar, Expected); 6] = [
        (bar(60), |e| matches!(e, BarError::OutOfOrder(_))),
        (bar(61), |e| matches!(e, BarError::Unaligned(_))),
        (Bar { close: f64::NAN, ..bar(120) }, |e| matches!(e, BarError::NotFinite(_))),
        (Bar { low: 0.0, ..bar(120) }, |e| matches!(e, BarError::NotPositive(_))),
        (Bar { volume: -1.0, ..bar(120) }, |e| matches!(e, BarError::NotPositive(_))),
        (Bar { high: 10.5, ..bar(120) }, |e| matches!(e, BarError::Crossed(_))),
    ];
    for (unsound, expected) in cases {
        let error = bars.push(unsound).unwrap_err();
        assert!(expected(&error), "{error}");
        assert_eq!(bars.len(), 1);
    }
}

#[test]
fn a_bar_is_closed_when_its_end_has_come() {
    let mut bars = Bars::with_capacity(Granularity::M5, 4);
    for start in [0, 300, 900] {
        bars.push(bar(start)).unwrap();
    }
    for (now, closed) in [(0, 0), (299, 0), (300, 1), (600, 2), (1199, 2), (1200, 3)] {
        assert_eq!(bars.closed_len(Timestamp::from_secs(now)), closed, "at {now}");
    }
    assert_eq!(bars.end(), Some(Timestamp::from_secs(1200)));
}

#[test]
fn a_part_of_a_series_is_the_bars_that_there_are() {
    let mut bars = Bars::with_capacity(Granularity::M5, 4);
    for start in [0, 300, 900] {
        bars.push(bar(start)).unwrap();
    }
    for (from, to, starts) in [(0, 2, &[0, 300][..]), (1, 9, &[300, 900]), (2, 1, &[]), (7, 9, &[])]
    {
        let part = bars.part(from..to);
        let found: Vec<_> = part.iter().map(|bar| bar.start.secs()).collect();
        assert_eq!((found.as_slice(), part.granularity()), (starts, Granularity::M5));
    }
}

fn book(bids: &[(&str, &str)], asks: &[(&str, &str)]) -> Book {
    let side = |levels: &[(&str, &str)]| {
        let level = |(price, size): &(&str, &str)| Level {
            price: Price::parse(price).unwrap(),
            size: BaseQty::parse(size).unwrap(),
        };
        levels.iter().map(level).collect()
    };
    let at = Timestamp::from_secs(0);
    Book { bids: side(bids), asks: side(asks), at, source: Source::Venue }
}

#[test]
fn books_that_cannot_be_traded_on_say_why() {
    let cases = [
        (book(&[], &[("2", "1")]), Some(BookFault::Empty)),
        (book(&[("2", "1")], &[("2", "1")]), Some(BookFault::Locked)),
        (book(&[("3", "1")], &[("2", "1")]), Some(BookFault::Crossed)),
        (book(&[("1", "0")], &[("2", "1")]), Some(BookFault::Malformed)),
        (book(&[("1", "1"), ("1.5", "1")], &[("2", "1")]), Some(BookFault::Malformed)),
        (book(&[("1", "1")], &[("2", "1")]), None),
    ];
    for (book, fault) in cases {
        assert_eq!(book.fault(), fault, "{book:?}");
    }
}

#[test]
fn depth_counts_each_side_from_its_own_touch() {
    let book = book(
        &[("100", "1"), ("99.8", "2"), ("99.79", "50")],
        &[("101", "1"), ("101.202", "3"), ("101.203", "50")],
    );
    assert_eq!(book.bid_depth(20).unwrap().to_string(), "299.6");
    assert_eq!(book.ask_depth(20).unwrap().to_string(), "404.606");
    assert!((book.depth_20bps().unwrap() - 704.206).abs() < 1e-9);
}

#[test]
fn a_faulty_book_leaves_the_last_valid_quote_and_no_spread() {
    let step = rust_decimal::Decimal::new(1, 2);
    let limits = domain::TradingLimits {
        base_increment: step,
        quote_increment: step,
        price_increment: step,
        base_min: BaseQty::ZERO,
        base_max: BaseQty::parse("100").unwrap(),
        quote_min: domain::QuoteAmt::ZERO,
        quote_max: domain::QuoteAmt::ZERO,
    };
    let id = "BTC-USD".parse().unwrap();
    let product = domain::Product::new(id, limits, domain::ProductStatus::Online).unwrap();
    let mut market = domain::ProductMarket::unknown(product);
    market.set_book(book(&[("1", "1")], &[("2", "1")]), Timestamp::from_secs(5));
    let quote = market.quote;
    assert!(quote.is_some() && market.spread_bps.is_some() && market.depth_20bps.is_some());
    market.set_book(book(&[("3", "1")], &[("2", "1")]), Timestamp::from_secs(9));
    assert_eq!((market.quote, market.spread_bps, market.depth_20bps), (quote, None, None));
    assert_eq!(market.quote_vouched, Some(Timestamp::from_secs(5)));
    assert_eq!(market.book.unwrap().fault(), Some(BookFault::Crossed));
}

#[test]
fn ids_refuse_what_they_are_not() {
    for text in ["BTCUSD", "btc-usd", "-USD", "BTC-", "", "BTC USD-USD", "A\n-USD"] {
        assert!(text.parse::<ProductId>().is_err(), "{text:?}");
    }
    assert!("BTC-USD".parse::<Asset>().is_err());
    let id: ProductId = "1INCH-USD".parse().unwrap();
    assert_eq!((id.base(), id.quote(), id.as_str()), ("1INCH", "USD", "1INCH-USD"));
}

#[test]
fn times_are_rfc_3339_in_utc() {
    let at: Timestamp = "2023-12-08T18:00:00Z".parse().unwrap();
    assert_eq!(at.to_string(), "2023-12-08T18:00:00Z");
    assert_eq!(at.secs(), 1_702_058_400);
    assert_eq!(at.floor_secs(86_400).to_string(), "2023-12-08T00:00:00Z");
    assert!("yesterday".parse::<Timestamp>().is_err());
    assert!("2023-12-08".parse::<Timestamp>().is_err());
}

proptest! {
    #[test]
    fn products_are_ordered_as_their_text(a in "[A-Z0-9]{1,12}-USD", b in "[A-Z0-9]{1,12}-USD") {
        let (x, y): (ProductId, ProductId) = (a.parse().unwrap(), b.parse().unwrap());
        prop_assert_eq!(x.cmp(&y), a.cmp(&b));
        prop_assert_eq!(x.to_string(), a);
    }
}
