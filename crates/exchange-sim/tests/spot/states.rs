//! Product states, halts, aliases.

use domain::{Gap, ProductStatus};
use exchange_sim::spot::{Kind, Profile, Status, Terms, Venue, What};

use crate::world::*;

#[test]
fn a_silent_product_trades_nothing_and_can_be_cancelled_in() {
    let then = [[100.0, 100.0, 98.0, 98.0, 1000.0], [98.0, 98.0, 98.0, 98.0, 1000.0]];
    for status in [
        ProductStatus::CancelOnly,
        ProductStatus::Offline,
        ProductStatus::PostOnly,
        ProductStatus::Auction,
    ] {
        let mut venue = venue(&then);
        let pairs = [("base", "1"), ("limit", "99")];
        let rests = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &pairs);
        let cancelled = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &pairs);
        venue.set_status(sol(), status).unwrap();
        venue.cancel(MAIN, cancelled).unwrap().unwrap();
        venue.advance(at(DAY + 60)).unwrap();
        assert_eq!(order(&venue, rests).status, Status::Open, "{status:?}");
        assert_eq!(venue.trades(sol(), at(DAY), at(DAY + 60), 99).unwrap(), []);
        assert_eq!(venue.candles(sol(), 60, at(DAY), at(DAY)).unwrap(), []);
        let listed = venue.listing("SOL-USD").unwrap();
        assert_eq!(listed.product.status, status);
        venue.set_status(sol(), ProductStatus::Online).unwrap();
        venue.advance(at(DAY + 120)).unwrap();
        assert_eq!(order(&venue, rests).status, Status::Filled, "{status:?}");
    }
}

#[test]
fn an_auction_lets_orders_cross_and_matches_them_at_its_end() {
    let mut venue = venue(&[]);
    venue.set_status(sol(), ProductStatus::Auction).unwrap();
    let buy = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &[("base", "2"), ("limit", "100")]);
    let sell = send(&mut venue, OTHER, SELL, Kind::LimitGtc, &[("base", "1"), ("limit", "99.99")]);
    for id in [buy, sell] {
        assert_eq!(order(&venue, id).fills, 0);
    }
    venue.set_status(sol(), ProductStatus::Online).unwrap();
    assert_eq!(
        (order(&venue, buy).status, order(&venue, sell).status),
        (Status::Open, Status::Filled)
    );
    assert_eq!(venue.book(sol()).unwrap().unwrap().fault(), None);
}

#[test]
fn delisting_cancels_what_rests() {
    let mut venue = venue(&[]);
    let id = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &[("base", "2"), ("limit", "90")]);
    venue.set_status(sol(), ProductStatus::Delisted).unwrap();
    assert_eq!(order(&venue, id).status, Status::Cancelled);
    assert_eq!(order(&venue, id).cancel_message, "Product delisted");
    assert_eq!(venue.book(sol()).unwrap(), None);
}

#[test]
fn a_halt_of_the_market_has_no_book_and_ends_by_itself() {
    let gap = Gap { from: at(DAY - 600), to: at(DAY + 600) };
    let mut venue = Venue::new(market(&[], vec![gap]), at(DAY), Terms::shipped().unwrap()).unwrap();
    venue.open_account(Profile::with_dollars("main", "1000").unwrap()).unwrap();
    assert_eq!(venue.book(sol()).unwrap(), None);
    assert!(venue.listing("SOL-USD").unwrap().halted);
    venue.advance(at(DAY + 600)).unwrap();
    assert!(venue.book(sol()).unwrap().is_some());
}

#[test]
fn what_waited_in_a_halt_fills_after_it_however_the_clock_moves() {
    let then = [[100.0, 100.0, 98.0, 98.0, 1000.0]; 3];
    for step in [1, 7, 180] {
        let mut venue = venue(&then);
        venue.watch(sol(), true).unwrap();
        let id = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &[("base", "1"), ("limit", "99")]);
        venue.halt(sol(), at(DAY + 70)).unwrap();
        while venue.now() < at(DAY + 180) {
            let next = venue.now().plus_secs(step).min(at(DAY + 180));
            venue.advance(next).unwrap();
        }
        let order = order(&venue, id);
        assert_eq!(order.status, Status::Filled, "{step}");
        assert!(at(DAY + 82) < order.last_fill.unwrap() && order.last_fill < Some(at(DAY + 87)));
        let told = venue.events(0).unwrap();
        let told = told.filter(|event| matches!(event.what, What::Trade(_))).count();
        let tape = venue.trades(sol(), at(DAY), at(DAY + 180), 99).unwrap();
        assert_eq!(tape.len(), told, "{step}");
        assert!(tape.iter().all(|trade| trade.at >= at(DAY + 70)));
    }
}

#[test]
fn an_alias_has_the_same_book_and_another_purse() {
    let mut venue = venue(&[]);
    venue.deposit(MAIN, "USDC".parse().unwrap(), dec("1000")).unwrap();
    let listed = venue.listing("SOL-USDC").unwrap();
    assert_eq!(listed.alias, Some(sol()));
    let names: Vec<String> = venue.listings().iter().map(|l| l.product.id.to_string()).collect();
    assert_eq!(names, ["DOGE-USD", "DOGE-USDC", "SOL-USD", "SOL-USDC"]);
    let mut sent = draft("alias", BUY, Kind::LimitGtc, &[("base", "2"), ("limit", "99.99")]);
    sent.product_id = "SOL-USDC".to_owned();
    let id = place(&mut venue, MAIN, sent).order;
    let held = order(&venue, id);
    assert_eq!((held.product.as_str(), held.book.as_str()), ("SOL-USDC", "SOL-USD"));
    assert_eq!(purse(&venue, MAIN, "USD").1, "0");
    assert_ne!(purse(&venue, MAIN, "USDC").1, "0");
    let alias = venue.book("SOL-USDC".parse().unwrap()).unwrap();
    assert_eq!(alias, venue.book(sol()).unwrap());
    // A seller under the other name meets it.
    let taker = [("base", "1"), ("limit", "99.99")];
    let sold = send(&mut venue, OTHER, SELL, Kind::SorLimitIoc, &taker);
    assert_eq!(order(&venue, sold).status, Status::Filled);
    assert_eq!(venue.imbalance(), dec("0"));
    let terms = Terms { usdc_aliases: false, ..Terms::shipped().unwrap() };
    assert!(venue_with(terms, &[]).listing("SOL-USDC").is_none());
}
