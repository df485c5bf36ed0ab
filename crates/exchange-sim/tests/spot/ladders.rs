//! Orders made of several: ladders in price, slices in time.

use exchange_sim::spot::{Kind, PriceSpread, Rung, SizeSpread, Status};

use crate::world::*;

#[test]
fn a_ladder_rests_on_its_rungs_and_is_one_order() {
    let cases = [
        (PriceSpread::Flat, SizeSpread::Even, ["90", "92", "94"], ["1", "1", "1"]),
        (
            PriceSpread::Increasing,
            SizeSpread::Increasing,
            ["90", "91.33", "94"],
            ["0.5", "1", "1.5"],
        ),
        (
            PriceSpread::Decreasing,
            SizeSpread::Decreasing,
            ["90", "92.67", "94"],
            ["1.5", "1", "0.5"],
        ),
    ];
    for (prices, sizes, wanted, parts) in cases {
        let mut venue = venue(&[]);
        let pairs = [("base", "3"), ("rungs", "3"), ("min", "90"), ("max", "94")];
        let mut draft = draft("ladder", BUY, Kind::ScaledGtc, &pairs);
        draft.configurations[0].fields.price_distribution = Some(prices);
        draft.configurations[0].fields.size_distribution = Some(sizes);
        let id = place(&mut venue, MAIN, draft).order;
        let book = venue.book(sol()).unwrap().unwrap();
        for (price, size) in wanted.iter().zip(parts) {
            let level = book.bids.iter().find(|l| l.price.to_string() == **price);
            assert_eq!(level.map(|l| l.size.get()), Some(dec(size)), "{prices:?} {price}");
        }
        assert_eq!(order(&venue, id).size, dec("3"));
        venue.cancel(MAIN, id).unwrap().unwrap();
        assert_eq!(purse(&venue, MAIN, "USD"), ("10000".to_owned(), "0".to_owned()));
    }
}

#[test]
fn a_listed_ladder_fills_rung_by_rung() {
    let then = [[100.0, 100.0, 97.5, 97.5, 1000.0], [97.5, 97.5, 90.0, 90.0, 1000.0]];
    let mut venue = venue(&then);
    let rung = |price: &str| Rung {
        base_size: Some("1".to_owned()),
        limit_price: Some(price.to_owned()),
        ..Rung::default()
    };
    let mut draft = draft("ladder", BUY, Kind::ScaledGtc, &[]);
    draft.configurations[0].fields.orders = vec![rung("98"), rung("96"), rung("94")];
    let id = place(&mut venue, MAIN, draft).order;
    venue.advance(at(DAY + 60)).unwrap();
    assert_eq!((order(&venue, id).status, order(&venue, id).filled), (Status::Open, dec("1")));
    venue.advance(at(DAY + 120)).unwrap();
    assert_eq!((order(&venue, id).status, order(&venue, id).filled), (Status::Filled, dec("3")));
}

#[test]
fn slices_come_one_after_the_other() {
    let flat = [100.0, 100.0, 100.0, 100.0, 50.0];
    let mut venue = venue(&[flat; 10]);
    let (start, end) = ((DAY + 60).to_string(), (DAY + 300).to_string());
    let pairs = [
        ("base", "4"),
        ("limit", "101"),
        ("start", start.as_str()),
        ("end", end.as_str()),
        ("buckets", "4"),
        ("duration", "60s"),
    ];
    let id = send(&mut venue, MAIN, BUY, Kind::TwapGtd, &pairs);
    assert_eq!(order(&venue, id).status, Status::Queued);
    let mut filled = Vec::new();
    for minute in 1..=4 {
        venue.advance(at(DAY + minute * 60)).unwrap();
        filled.push(order(&venue, id).filled.to_string());
    }
    assert_eq!(filled, ["1", "2", "3", "4"]);
    assert_eq!(order(&venue, id).status, Status::Filled);
}
