//! An account on a market that goes on elsewhere.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use domain::{
    BaseQty, Book, Bracket, Fact, IntentId, Level, Liquidity, Price, Product, ProductId,
    ProductStatus, Side, Source, Timestamp,
};
use exchange_sim::{
    Catalog, Life, Live, Opening, OrderState, OthersTrade, Refusal, SimError, SimVenue, Ticket,
};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

const START: i64 = 1_767_614_400;

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(START + secs)
}

fn id() -> ProductId {
    "SOL-USD".parse().unwrap()
}

fn product() -> Product {
    *Catalog::embedded().unwrap().get(&id()).unwrap()
}

fn level(price: &str, size: &str) -> Level {
    Level { price: price.parse().unwrap(), size: size.parse().unwrap() }
}

/// 3 at 99.99 and 5 at 99.90; 2 at 100.01 and 4 at 100.05.
fn book(secs: i64) -> Book {
    Book {
        bids: vec![level("99.99", "3"), level("99.90", "5")],
        asks: vec![level("100.01", "2"), level("100.05", "4")],
        at: at(secs),
        source: Source::Venue,
    }
}

fn venue() -> SimVenue {
    let mut venue = SimVenue::new(Live::default(), at(0), Opening::shipped().unwrap()).unwrap();
    venue.tell_products(&[product()]).unwrap();
    venue.tell_book(id(), Some(book(0))).unwrap();
    venue
}

fn ticket(client: u64, side: Side, qty: &str, limit: &str, life: Life) -> Ticket {
    Ticket {
        client: IntentId(client),
        product: id(),
        side,
        qty: BaseQty::parse(qty).unwrap(),
        limit: Price::parse(limit).unwrap(),
        life,
    }
}

fn trade(secs: i64, price: &str, size: &str) -> OthersTrade {
    let (price, size) = (price.parse().unwrap(), size.parse().unwrap());
    OthersTrade { product: id(), price, size, at: at(secs) }
}

fn sold(venue: &SimVenue) -> Vec<(String, String)> {
    venue.fills().iter().map(|f| (f.qty.to_string(), f.price.to_string())).collect()
}

#[test]
fn a_taker_walks_the_told_book_within_its_limit_and_it_stays_thinner_until_it_changes() {
    let mut venue = venue();
    let take = |client| ticket(client, Side::Buy, "5", "100.05", Life::Immediate);
    venue.submit(take(1)).unwrap().unwrap();
    let pair = |qty: &str, price: &str| (qty.to_owned(), price.to_owned());
    assert_eq!(sold(&venue), [pair("2", "100.01"), pair("3", "100.05")]);
    venue.submit(take(2)).unwrap().unwrap();
    assert_eq!(sold(&venue)[2..], [pair("1", "100.05")], "what is left of the same book");
    venue.tell_book(id(), Some(book(1))).unwrap();
    venue.advance(at(1)).unwrap();
    venue.submit(take(3)).unwrap().unwrap();
    assert_eq!(sold(&venue)[3..], [pair("2", "100.01"), pair("3", "100.05")]);
    assert!(venue.fills().iter().all(|fill| fill.liquidity == Some(Liquidity::Taker)));
    assert!(venue.imbalance().is_zero());
}

#[test]
fn without_a_vouched_book_nothing_rests_and_nothing_is_taken() {
    let mut venue = venue();
    venue.tell_book(id(), None).unwrap();
    let rest = ticket(1, Side::Buy, "1", "99.99", Life::PostOnlyUntil(at(90)));
    assert_eq!(venue.submit(rest).unwrap(), Err(Refusal::NoBook(id())));
    let take = ticket(2, Side::Buy, "1", "100.05", Life::Immediate);
    let taken = venue.submit(take).unwrap().unwrap();
    let order = venue.order(taken).unwrap();
    assert_eq!((order.state, order.filled), (OrderState::Cancelled, BaseQty::ZERO));
}

#[test]
fn a_resting_order_gets_a_tenth_of_each_trade_that_goes_through_it_while_it_lives() {
    let mut venue = venue();
    venue.advance(at(10)).unwrap();
    let rest = ticket(1, Side::Buy, "3", "99.99", Life::PostOnlyUntil(at(90)));
    let resting = venue.submit(rest).unwrap().unwrap();
    let trades = [
        trade(9, "99.00", "100"),  // before it
        trade(11, "99.99", "100"), // at its limit
        trade(12, "99.98", "7"),   // through it
        trade(89, "99.50", "10"),  // through it
        trade(90, "99.50", "100"), // when it is over
    ];
    for trade in trades {
        venue.tell_trade(trade).unwrap();
    }
    venue.advance(at(60)).unwrap();
    assert_eq!(venue.order(resting).unwrap().filled.to_string(), "0.7");
    venue.advance(at(95)).unwrap();
    let order = venue.order(resting).unwrap();
    assert_eq!((order.filled.to_string().as_str(), order.state), ("1.7", OrderState::Expired));
    assert!(venue.fills().iter().all(|f| f.price.to_string() == "99.99"), "at its own limit");
    assert!(venue.fills().iter().all(|f| f.liquidity == Some(Liquidity::Maker)));
    assert_eq!((venue.fills()[0].at, venue.fills()[1].at), (at(12), at(89)));
}

#[test]
fn a_trade_that_is_told_late_counts_and_none_counts_twice() {
    let mut venue = venue();
    let rest = ticket(1, Side::Buy, "3", "99.99", Life::PostOnlyUntil(at(90)));
    let resting = venue.submit(rest).unwrap().unwrap();
    venue.advance(at(20)).unwrap();
    venue.tell_trade(trade(19, "99.90", "10")).unwrap();
    for secs in [20, 21, 22] {
        venue.advance(at(secs)).unwrap();
    }
    assert_eq!(venue.order(resting).unwrap().filled.to_string(), "1");
}

#[test]
fn a_product_that_is_not_listed_any_more_takes_nothing_and_its_orders_can_end() {
    let mut venue = venue();
    let rest = ticket(1, Side::Buy, "1", "99.99", Life::PostOnlyUntil(at(90)));
    let resting = venue.submit(rest).unwrap().unwrap();
    venue.tell_products(&[]).unwrap();
    venue.advance(at(1)).unwrap();
    let refused = venue.submit(ticket(2, Side::Buy, "1", "100.05", Life::Immediate)).unwrap();
    let status = ProductStatus::Delisted;
    assert_eq!(refused, Err(Refusal::Status { product: id(), status }));
    assert_eq!(venue.cancel(resting).unwrap().state, OrderState::Cancelled);
}

#[test]
fn other_markets_are_told_nothing() {
    let market = exchange_sim::Seeded::new(7).unwrap();
    let mut venue = SimVenue::new(market, at(0), Opening::shipped().unwrap()).unwrap();
    assert!(matches!(venue.tell_products(&[]), Err(SimError::Lost(_))));
}

/// A sale of 2 that rests at 110 with its stop at 95; 90.25 is the worst it sells at.
fn protecting(client: u64) -> Ticket {
    let bracket = Bracket { stop: "95".parse().unwrap(), target: "110".parse().unwrap() };
    ticket(client, Side::Sell, "2", "90.25", Life::Bracket(bracket))
}

/// A venue whose account has just bought 2.
fn holding() -> SimVenue {
    let mut venue = venue();
    let buy = ticket(1, Side::Buy, "2", "100.01", Life::Immediate);
    venue.submit(buy).unwrap().unwrap();
    venue
}

#[test]
fn a_bracket_holds_its_coins_and_sells_at_its_target_as_a_maker() {
    let mut venue = holding();
    let id = venue.submit(protecting(2)).unwrap().unwrap();
    let again = venue.submit(ticket(3, Side::Sell, "2", "99", Life::Immediate)).unwrap();
    assert!(matches!(again, Err(Refusal::Funds(_))), "it holds the coins: {again:?}");
    // At the target is not through it; a part that is filled puts the stop out of work.
    for (secs, price, size) in [(1, "110", "100"), (2, "110.01", "5"), (3, "94", "50")] {
        venue.tell_trade(trade(secs, price, size)).unwrap();
    }
    venue.advance(at(5)).unwrap();
    assert_eq!(venue.order(id).unwrap().filled.to_string(), "0.5");
    venue.tell_trade(trade(6, "111", "100")).unwrap();
    venue.advance(at(7)).unwrap();
    assert_eq!(venue.order(id).unwrap().state, OrderState::Filled);
    let sales: Vec<_> = venue.fills().iter().skip(1).collect();
    assert!(sales.iter().all(|fill| fill.price.to_string() == "110"));
    assert!(sales.iter().all(|fill| fill.liquidity == Some(Liquidity::Maker)));
    assert!(venue.imbalance().is_zero());
}

#[test]
fn a_brackets_stop_takes_what_comes_within_its_limit_also_when_the_price_is_back() {
    let mut venue = holding();
    let id = venue.submit(protecting(2)).unwrap().unwrap();
    for (secs, price) in [(1, "95.01"), (2, "95"), (3, "90.24"), (4, "90.25"), (5, "99")] {
        venue.tell_trade(trade(secs, price, "5")).unwrap();
    }
    venue.advance(at(5)).unwrap();
    let order = venue.order(id).unwrap();
    assert_eq!((order.filled.to_string().as_str(), order.stopped), ("1.5", true));
    let sales: Vec<_> = venue.fills().iter().skip(1).collect();
    let prices: Vec<_> = sales.iter().map(|fill| fill.price.to_string()).collect();
    assert_eq!(prices, ["95", "90.25", "99"], "not below its limit");
    assert!(sales.iter().all(|fill| fill.liquidity == Some(Liquidity::Taker)));
    assert_eq!(venue.cancel(id).unwrap().state, OrderState::Cancelled);
    let rest = ticket(3, Side::Sell, "0.5", "99", Life::Immediate);
    venue.submit(rest).unwrap().unwrap();
    assert!(venue.imbalance().is_zero());
}

#[test]
fn a_bracket_lies_around_the_market_on_the_increments_or_is_refused() {
    let mut venue = holding();
    let with = |stop: &str, target: &str| {
        let bracket = Bracket { stop: stop.parse().unwrap(), target: target.parse().unwrap() };
        Ticket { life: Life::Bracket(bracket), ..protecting(2) }
    };
    for (stop, target) in [("99.99", "110"), ("101", "110"), ("95", "99.99"), ("95", "96")] {
        let refused = venue.submit(with(stop, target)).unwrap();
        assert!(matches!(refused, Err(Refusal::Bracket { .. })), "{stop} {target}: {refused:?}");
    }
    let off = venue.submit(with("95.001", "110")).unwrap();
    assert!(matches!(off, Err(Refusal::PriceStep(_))), "{off:?}");
    let buys = venue.submit(Ticket { side: Side::Buy, ..protecting(2) }).unwrap();
    assert!(matches!(buys, Err(Refusal::Bracket { .. })), "{buys:?}");
    venue.tell_book(id(), None).unwrap();
    assert_eq!(venue.submit(protecting(2)).unwrap(), Err(Refusal::NoBook(id())));
}

/// What protects a lot is there when a process ended that did not end it.
#[test]
fn a_bracket_rests_on_when_its_account_is_put_back() {
    let bracket = json!({ "bracket": { "stop": "95", "target": "110" } });
    let order = |number: u64, side: &str, limit: &str, life: &Value| {
        json!({
            "fact": "intent", "at": at(0), "intent": number, "product": "SOL-USD", "asset": "SOL",
            "tier": "T1", "side": side, "qty": "2", "limit": limit, "worst_case": "0",
            "plan": null, "time_in_force": life,
        })
    };
    let taken = |number: u64| {
        let outcome = json!({ "accepted": { "venue_order_id": format!("sim-{number}") } });
        json!({ "fact": "submitted", "at": at(0), "intent": number, "outcome": outcome })
    };
    let fill = json!({
        "fact": "fill", "entry_id": "e", "intent": 1, "at": at(0), "product": "SOL-USD",
        "asset": "SOL", "side": "BUY", "qty": "2", "price": "100.01", "fee": "2",
    });
    let facts = [
        order(1, "BUY", "100.01", &json!("immediate_or_cancel")),
        taken(1),
        fill,
        order(2, "SELL", "90.25", &bracket),
        taken(2),
    ];
    let facts: Vec<Fact> =
        facts.into_iter().map(|fact| serde_json::from_value(fact).unwrap()).collect();
    let mut venue = venue();
    venue.recall(&facts).unwrap();
    let resting = venue.order_of(IntentId(2)).unwrap();
    assert_eq!((resting.id.to_string().as_str(), resting.state), ("sim-2", OrderState::Open));
    assert_eq!(venue.open_orders().count(), 1, "and it alone");
    venue.tell_trade(trade(1, "111", "100")).unwrap();
    venue.advance(at(2)).unwrap();
    assert_eq!(venue.order_of(IntentId(2)).unwrap().state, OrderState::Filled);
    assert!(venue.imbalance().is_zero());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Whatever trades come, a maker never gets more than a tenth of them, nor more than it asked
    /// for, and the account's books balance.
    #[test]
    fn a_maker_has_at_most_a_tenth(trades in prop::collection::vec((0_i64..100, 9_900_u32..10_010, 1_u32..5_000), 0..40)) {
        let mut venue = venue();
        let rest = ticket(1, Side::Buy, "3", "99.99", Life::PostOnlyUntil(at(90)));
        let resting = venue.submit(rest).unwrap().unwrap();
        let mut through = Decimal::ZERO;
        for (secs, cents, size) in trades {
            let size = Decimal::new(size.into(), 2);
            if cents < 9_999 && secs < 90 { through += size }
            let price = Decimal::new(cents.into(), 2).to_string();
            venue.tell_trade(trade(secs, &price, &size.to_string())).unwrap();
        }
        venue.advance(at(100)).unwrap();
        let filled = venue.order(resting).unwrap().filled.get();
        prop_assert!(filled <= Decimal::from(3) && filled * Decimal::TEN <= through, "{filled} of {through}");
        prop_assert!(venue.imbalance().is_zero());
    }
}
