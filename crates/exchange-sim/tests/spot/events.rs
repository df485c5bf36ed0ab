//! The log is a whole and numbered story.

use std::collections::BTreeMap;

use domain::{Price, Side};
use exchange_sim::Seeded;
use exchange_sim::spot::{Change, Kind, Profile, Status, Terms, Venue, What};
use rust_decimal::Decimal;

use crate::world::*;

#[test]
fn an_order_is_told_from_its_taking_to_its_end() {
    let mut venue = venue(&[]);
    let id = send(&mut venue, MAIN, BUY, Kind::MarketIoc, &[("base", "1")]);
    let told: Vec<(Change, Status)> = venue
        .events(0)
        .unwrap()
        .filter_map(|event| match &event.what {
            What::Order { change, order, .. } if order.id == id => Some((*change, order.status)),
            _ => None,
        })
        .collect();
    assert_eq!(told.first(), Some(&(Change::Created, Status::Pending)));
    assert_eq!(told.last(), Some(&(Change::Filled, Status::Filled)));
    let seqs: Vec<u64> = venue.events(0).unwrap().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=venue.last_event()).collect::<Vec<_>>());
    assert_eq!(venue.events(venue.last_event()).unwrap().count(), 0);
}

#[test]
fn who_lags_is_told_so() {
    let terms = Terms { log_capacity: 5, ..Terms::shipped().unwrap() };
    let mut venue = venue_with(terms, &[]);
    for _ in 0..5 {
        send(&mut venue, MAIN, BUY, Kind::LimitGtc, &[("base", "1"), ("limit", "90")]);
    }
    let last = venue.last_event();
    assert_eq!(venue.events(last - 5).unwrap().count(), 5);
    let lagged = venue.events(last - 6).err().unwrap();
    assert_eq!((lagged.asked, lagged.forgotten), (last - 6, last - 5));
}

#[test]
fn a_follower_of_book_changes_has_the_book_whenever_it_looks() {
    let as_of = "2026-01-05T12:00:00Z".parse().unwrap();
    let terms = Terms::shipped().unwrap();
    let mut venue = Venue::new(Seeded::new(247).unwrap(), as_of, terms).unwrap();
    let mut profile = Profile::with_dollars("main", "1000000").unwrap();
    profile.funds.push(("SOL".parse().unwrap(), dec("10000")));
    venue.open_account(profile).unwrap();
    venue.watch(sol(), true).unwrap();
    let mut known = levels(&venue);
    let (mut seq, mut trades) = (venue.last_event(), 0);
    for step in 0..400 {
        venue.advance(venue.now().plus_secs(13)).unwrap();
        let last = venue.ticker(sol()).unwrap().last.unwrap().price.get();
        let (side, off) = if step % 2 == 0 { (BUY, "0.999") } else { (SELL, "1.0005") };
        let limit = (last * dec(off)).round_dp(2).to_string();
        let size = (step % 7 + 1).to_string();
        if step % 5 == 0 {
            send(&mut venue, MAIN, side, Kind::MarketIoc, &[("base", &size)]);
        } else {
            send(&mut venue, MAIN, side, Kind::LimitGtc, &[("base", &size), ("limit", &limit)]);
        }
        for event in venue.events(seq).unwrap() {
            match &event.what {
                What::Book { changes, .. } => apply(&mut known, changes),
                What::Trade(_) => trades += 1,
                What::Order { .. } | What::Fill { .. } | What::Product { .. } => {}
            }
        }
        seq = venue.last_event();
        assert_eq!(known, levels(&venue), "step {step}");
        let bid = known.keys().filter(|(bid, _)| *bid).map(|(_, price)| *price).max();
        let ask = known.keys().filter(|(bid, _)| !*bid).map(|(_, price)| *price).min();
        assert!(bid < ask || ask.is_none(), "crossed: {bid:?} {ask:?}");
    }
    let told = venue.trades(sol(), as_of, venue.now(), usize::MAX / 2).unwrap();
    let after = told.iter().filter(|trade| trade.at > as_of).count();
    assert_eq!(trades, after);
}

type Levels = BTreeMap<(bool, Price), Decimal>;

fn levels(venue: &Venue) -> Levels {
    let book = venue.book(sol()).unwrap();
    let Some(book) = book else {
        return Levels::new();
    };
    let bids = book.bids.iter().map(|l| ((true, l.price), l.size.get()));
    bids.chain(book.asks.iter().map(|l| ((false, l.price), l.size.get()))).collect()
}

fn apply(known: &mut Levels, changes: &[(Side, Price, Decimal)]) {
    for (side, price, size) in changes {
        let key = (*side == Side::Buy, *price);
        if size.is_zero() {
            known.remove(&key);
        } else {
            known.insert(key, *size);
        }
    }
}
