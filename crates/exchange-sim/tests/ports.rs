//! The ports say what the venue says, without waiting.
#![cfg(feature = "ports")]
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests")]

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use exchange::{Account as _, MarketData, Memory, OrderVenue as _, PortError};
use exchange_sim::{Opening, Seeded, SharedVenue, SimVenue};

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
