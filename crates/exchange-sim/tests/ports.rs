//! The ports say what the venue says, without waiting.
#![cfg(feature = "ports")]
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests")]

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use domain::{IntentId, Side, VenueStatus};
use exchange::{Account as _, MarketData, Memory, OrderVenue as _, PortError};
use exchange_sim::{Life, Opening, Seeded, SharedVenue, SimVenue, Ticket};

/// Nothing in a simulation waits, so the first poll has the answer.
fn now<T>(answer: impl Future<Output = T>) -> T {
    match pin!(answer).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a simulated venue waits for nothing"),
    }
}

#[test]
fn the_ports_say_what_the_venue_says() {
    let as_of = "2026-01-05T12:00:00Z".parse().unwrap();
    let opening = Opening::shipped().unwrap();
    let venue = SimVenue::new(Seeded::new(247).unwrap(), as_of, opening).unwrap();
    let shared: SharedVenue<Memory> = SharedVenue::new(venue.clone());
    let market: &dyn MarketData = &shared;
    let btc = "BTC-USD".parse().unwrap();
    assert_eq!(now(market.products()).unwrap(), venue.products());
    assert_eq!(now(market.now()).unwrap(), as_of);
    let reading = now(market.book(btc)).unwrap().unwrap();
    assert_eq!((Some(reading.book), reading.vouched), (venue.book(btc).unwrap(), as_of));
    let from = as_of.plus_secs(-7200);
    let bars = now(market.bars(btc, from, as_of)).unwrap().unwrap();
    assert_eq!(bars, venue.bars(btc, from, as_of).unwrap());
    assert_eq!(now(market.bars(btc, as_of, as_of)).unwrap(), None);
    let other = now(market.book("XYZ-USD".parse().unwrap()));
    assert!(matches!(other, Err(PortError::Unknown(_))));
    assert_eq!(now(shared.purses()).unwrap(), venue.balances().unwrap());
    assert_eq!(now(shared.fees()).unwrap(), venue.fees());
    let cancelled = now(shared.cancel(domain::IntentId(1)));
    assert!(matches!(cancelled, Err(PortError::Unknown(_))));
}

/// What rests, what took, what was cancelled: by its intent, in the list, with its fills.
#[test]
fn orders_and_fills_are_shown_as_the_venue_has_them() {
    let as_of = "2026-01-05T12:00:00Z".parse().unwrap();
    let mut venue =
        SimVenue::new(Seeded::new(247).unwrap(), as_of, Opening::shipped().unwrap()).unwrap();
    let product = "SOL-USD".parse().unwrap();
    let book = venue.book(product).unwrap().unwrap();
    let ticket = |client, limit, life| Ticket {
        client: IntentId(client),
        product,
        side: Side::Buy,
        qty: "0.5".parse().unwrap(),
        limit,
        life,
    };
    venue.submit(ticket(1, book.asks[0].price, Life::Immediate)).unwrap().unwrap();
    let rests = Life::PostOnlyUntil(as_of.plus_secs(90));
    venue.submit(ticket(2, book.bids[0].price, rests)).unwrap().unwrap();
    let names = std::sync::Arc::new(|intent: IntentId| format!("name-{}", intent.0));
    let shared: SharedVenue<Memory> = SharedVenue::named(venue, names);
    let one = now(shared.order(IntentId(1))).unwrap();
    assert_eq!((one.client_order_id.as_str(), one.status), ("name-1", VenueStatus::Filled));
    assert_eq!((one.filled, one.average_price), (one.qty.unwrap(), Some(book.asks[0].price)));
    assert!(matches!(now(shared.order(IntentId(3))), Err(PortError::Unknown(_))));
    now(shared.cancel(IntentId(2))).unwrap();
    let all = now(shared.orders(as_of)).unwrap();
    let two = now(shared.order(IntentId(2))).unwrap();
    assert_eq!(two.status, VenueStatus::Cancelled);
    assert_eq!(all, [one.clone(), two]);
    assert_eq!(now(shared.orders(as_of.plus_secs(1))).unwrap(), []);
    let fills = now(shared.fills(as_of)).unwrap();
    assert_eq!(fills.len(), 1);
    assert_eq!((&fills[0].venue_order_id, fills[0].qty), (&one.venue_order_id, one.filled));
    assert_eq!(Some(fills[0].fee), one.fees);
}
