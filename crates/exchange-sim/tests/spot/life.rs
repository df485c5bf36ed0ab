//! Limit orders from their taking to their end.

use core::time::Duration;

use exchange_sim::spot::{CancelFailure, Delays, Kind, RejectReason, RepeatedId, Status, Terms};

use crate::world::*;

type Pairs<'a> = &'a [(&'a str, &'a str)];

#[test]
fn each_life_of_a_limit_order_ends_as_it_should() {
    // The market is at 100; then it falls to 98.
    let then = [[100.0, 100.0, 98.0, 99.0, 100.0], [99.0, 99.0, 99.0, 99.0, 100.0]];
    let far = [("base", "1"), ("limit", "90")];
    let near = [("base", "1"), ("limit", "101")];
    let through = [("base", "1"), ("limit", "99")];
    let until = [("base", "1"), ("limit", "90"), ("end", "86490")];
    let cases: [(Kind, Pairs<'_>, Status, Status); 8] = [
        (Kind::LimitGtc, &far, Status::Open, Status::Open),
        (Kind::LimitGtc, &near, Status::Filled, Status::Filled),
        (Kind::LimitGtc, &through, Status::Open, Status::Filled),
        (Kind::LimitGtd, &until, Status::Open, Status::Expired),
        (Kind::SorLimitIoc, &far, Status::Cancelled, Status::Cancelled),
        (Kind::SorLimitIoc, &near, Status::Filled, Status::Filled),
        (Kind::LimitFok, &near, Status::Filled, Status::Filled),
        (Kind::LimitFok, &far, Status::Cancelled, Status::Cancelled),
    ];
    for (kind, pairs, first, last) in cases {
        let mut venue = venue(&then);
        let id = send(&mut venue, MAIN, BUY, kind, pairs);
        assert_eq!(order(&venue, id).status, first, "{kind:?} {pairs:?}");
        venue.advance(at(DAY + 120)).unwrap();
        assert_eq!(order(&venue, id).status, last, "{kind:?} {pairs:?}");
    }
    // A part is no whole: nothing fills.
    let mut venue = venue(&then);
    let touch = venue.book(sol()).unwrap().unwrap().asks[0].price.to_string();
    let huge = [("base", "90"), ("limit", touch.as_str())];
    let id = send(&mut venue, MAIN, BUY, Kind::LimitFok, &huge);
    assert_eq!(order(&venue, id).status, Status::Cancelled);
    assert!(order(&venue, id).filled.is_zero());
    let id = send(&mut venue, MAIN, BUY, Kind::SorLimitIoc, &huge);
    assert_eq!(order(&venue, id).status, Status::Cancelled);
    assert!(!order(&venue, id).filled.is_zero());
}

#[test]
fn a_resting_order_fills_only_when_traded_through_and_for_its_share_of_the_bar() {
    // The trade at the low is between 22 and 27 seconds into the bar of volume 100, of which a
    // resting order can have a tenth for the share of the minute that it has rested until then.
    let cases = [(99.00, 60, false), (98.99, 60, true), (98.99, 20, false)];
    for (low, life, fills) in cases {
        let mut venue = venue(&[[100.0, 100.0, low, 100.0, 100.0]]);
        let end = (DAY + life).to_string();
        let pairs = [("base", "9"), ("limit", "99"), ("end", end.as_str()), ("post_only", "true")];
        let id = send(&mut venue, MAIN, BUY, Kind::LimitGtd, &pairs);
        venue.advance(at(DAY + 60)).unwrap();
        let order = order(&venue, id);
        assert_eq!(order.status, Status::Expired, "{low} {life}");
        let (least, most) = if fills { ("3.6", "4.5") } else { ("0", "0") };
        let filled = order.filled;
        assert!(dec(least) <= filled && filled <= dec(most), "{low} {life}: {filled}");
        for fill in venue.account(MAIN).unwrap().fills() {
            assert_eq!(fill.price.to_string(), "99");
        }
    }
}

#[test]
fn all_orders_of_a_side_share_a_tenth_of_the_bar() {
    let mut venue = venue(&[[100.0, 100.0, 98.0, 98.0, 100.0]]);
    let pairs = [("base", "9"), ("limit", "99"), ("post_only", "true")];
    let first = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &pairs);
    let second = send(&mut venue, OTHER, BUY, Kind::LimitGtc, &pairs);
    venue.advance(at(DAY + 60)).unwrap();
    let (first, second) = (order(&venue, first).filled, order(&venue, second).filled);
    assert!(first + second <= dec("10"), "{first} {second}");
    assert!(first > second, "who came first has more: {first} {second}");
}

#[test]
fn delays_show_what_waits_and_let_it_fill_meanwhile() {
    let delays = Delays {
        entry: Duration::from_secs(1),
        cancel: Duration::from_secs(2),
        edit: Duration::from_secs(2),
    };
    let terms = Terms { delays, ..Terms::shipped().unwrap() };
    let mut venue = venue_with(terms, &[[100.0, 100.0, 98.0, 99.0, 100.0]]);
    let pairs = [("base", "1"), ("limit", "99")];
    let id = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &pairs);
    assert_eq!(order(&venue, id).status, Status::Pending);
    venue.advance(at(DAY + 1)).unwrap();
    assert_eq!(order(&venue, id).status, Status::Open);
    venue.cancel(MAIN, id).unwrap().unwrap();
    assert_eq!(order(&venue, id).status, Status::CancelQueued);
    assert!(order(&venue, id).pending_cancel);
    assert_eq!(venue.cancel(MAIN, id).unwrap(), Err(CancelFailure::Duplicate));
    venue.advance(at(DAY + 3)).unwrap();
    assert_eq!(order(&venue, id).status, Status::Cancelled);
}

#[test]
fn an_order_can_fill_while_its_cancel_waits() {
    let delays = Delays { cancel: Duration::from_secs(30), ..Delays::default() };
    let terms = Terms { delays, ..Terms::shipped().unwrap() };
    let mut venue = venue_with(terms, &[[100.0, 100.0, 98.0, 99.0, 1000.0]]);
    let id = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &[("base", "1"), ("limit", "99")]);
    venue.advance(at(DAY + 10)).unwrap();
    venue.cancel(MAIN, id).unwrap().unwrap();
    // The low is traded between 22 and 27 seconds in.
    venue.advance(at(DAY + 40)).unwrap();
    assert_eq!(order(&venue, id).status, Status::Filled);
    assert!(!order(&venue, id).pending_cancel);
}

#[test]
fn cancels_say_why_not() {
    let mut venue = venue(&[]);
    let far = [("base", "1"), ("limit", "90")];
    let near = [("base", "1"), ("limit", "101")];
    let end = (DAY + 5).to_string();
    let until = [("base", "1"), ("limit", "90"), ("end", end.as_str())];
    let open = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &far);
    let filled = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &near);
    let expired = send(&mut venue, MAIN, BUY, Kind::LimitGtd, &until);
    venue.advance(at(DAY + 6)).unwrap();
    assert_eq!(venue.cancel(OTHER, open).unwrap(), Err(CancelFailure::Unknown));
    assert_eq!(venue.cancel(MAIN, open).unwrap(), Ok(()));
    assert_eq!(venue.cancel(MAIN, open).unwrap(), Err(CancelFailure::Duplicate));
    assert_eq!(venue.cancel(MAIN, filled).unwrap(), Err(CancelFailure::Filled));
    assert_eq!(venue.cancel(MAIN, expired).unwrap(), Err(CancelFailure::Ended));
    let names: Vec<&str> = CancelFailure::ALL.iter().map(|failure| failure.as_str()).collect();
    assert!(names.contains(&"ORDER_IS_BEING_REPLACED"));
}

#[test]
fn a_used_client_order_id_does_what_the_terms_say() {
    let pairs = [("base", "1"), ("limit", "90")];
    for repeated_id in [RepeatedId::ReturnExisting, RepeatedId::Refuse, RepeatedId::Allow] {
        let terms = Terms { repeated_id, ..Terms::shipped().unwrap() };
        let mut venue = venue_with(terms, &[]);
        let sent = draft("once", BUY, Kind::LimitGtc, &pairs);
        let first = place(&mut venue, MAIN, sent.clone());
        let again = venue.create(MAIN, sent.clone()).unwrap();
        match repeated_id {
            RepeatedId::ReturnExisting => {
                let again = again.unwrap();
                assert_eq!((again.order, again.existing), (first.order, true));
            }
            RepeatedId::Refuse => {
                let code = again.unwrap_err().reason.new_order();
                assert_eq!(code, "DUPLICATE_CLIENT_ORDER_ID");
            }
            RepeatedId::Allow => assert_ne!(again.unwrap().order, first.order),
        }
        // Another account's ids are its own.
        assert!(!place(&mut venue, OTHER, sent).existing);
    }
}

#[test]
fn one_order_too_many_is_taken_and_fails() {
    let terms = Terms { max_open_per_product: 2, ..Terms::shipped().unwrap() };
    let mut venue = venue_with(terms, &[]);
    let pairs = [("base", "1"), ("limit", "90")];
    for _ in 0..2 {
        let id = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &pairs);
        assert_eq!(order(&venue, id).status, Status::Open);
    }
    let held = purse(&venue, MAIN, "USD");
    let id = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &pairs);
    assert_eq!(order(&venue, id).status, Status::Failed);
    assert_eq!(order(&venue, id).reject, Some(RejectReason::TooManyOpenOrders));
    assert_eq!(purse(&venue, MAIN, "USD"), held);
}

#[test]
fn the_same_seed_gives_the_same_names_and_another_does_not() {
    let names = |seed: u64| {
        let terms = Terms { seed, ..Terms::shipped().unwrap() };
        let mut venue = venue_with(terms, &[]);
        let id = send(&mut venue, MAIN, BUY, Kind::MarketIoc, &[("base", "1")]);
        let fill = venue.account(MAIN).unwrap().fills()[0].clone();
        assert_eq!(fill.entry_id.len(), 64);
        assert!(fill.entry_id.bytes().all(|b| b.is_ascii_hexdigit()));
        (id, fill.entry_id, fill.trade_id)
    };
    assert_eq!(names(7), names(7));
    assert_ne!(names(7), names(8));
}
