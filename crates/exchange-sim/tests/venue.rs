//! The account and its orders against a small recorded market.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::float_cmp,
    missing_docs,
    reason = "tests"
)]

use std::cell::Cell;

use domain::{
    Bar, Bars, BaseQty, Bracket, Gap, Granularity, IntentId, Price, ProductId, Side, Timestamp,
};
use exchange_sim::{
    Catalog, Life, Opening, OrderId, OrderState, Recorded, Refusal, SimError, SimVenue, Ticket,
};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use rust_decimal::{Decimal, RoundingStrategy};

const START: i64 = 1_700_006_400; // 2023-11-15T00:00:00Z
const DAY: i64 = 86_400;

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(START + secs)
}

fn id(text: &str) -> ProductId {
    text.parse().unwrap()
}

/// Minutes at 100 with volume 50 for a day, then the given bars from `at(DAY)` on.
fn market(then: &[[f64; 5]]) -> Recorded {
    let mut bars = Bars::with_capacity(Granularity::M1, 2000);
    let quiet = (0..DAY / 60).map(|_| [100.0, 100.0, 100.0, 100.0, 50.0]);
    for (minute, [open, high, low, close, volume]) in (0..).zip(quiet.chain(then.iter().copied())) {
        let start = at(minute * 60);
        bars.push(Bar { start, open, high, low, close, volume }).unwrap();
    }
    let series = [(id("SOL-USD"), bars.clone()), (id("MATIC-USD"), bars)];
    Recorded::new(&Catalog::embedded().unwrap(), series, Vec::new())
}

fn venue(then: &[[f64; 5]]) -> SimVenue {
    SimVenue::new(market(then), at(DAY), Opening::shipped().unwrap()).unwrap()
}

fn ticket(client: u64, side: Side, qty: &str, limit: &str, life: Life) -> Ticket {
    Ticket {
        client: IntentId(client),
        product: id("SOL-USD"),
        side,
        qty: BaseQty::parse(qty).unwrap(),
        limit: Price::parse(limit).unwrap(),
        life,
    }
}

fn purse(venue: &SimVenue, asset: &str) -> (String, String) {
    let purses = venue.balances().unwrap();
    let purse = purses.iter().find(|p| p.asset.as_str() == asset).unwrap();
    (purse.available.to_string(), purse.held.to_string())
}

#[test]
fn a_recorded_market_shows_what_is_closed_and_names_what_is_unknown() {
    let venue = venue(&[[100.0, 101.0, 99.0, 100.5, 10.0]]);
    assert_eq!(market(&[]).span(), Some((at(0), at(DAY))));
    assert_eq!(venue.products().len(), 1);
    assert_eq!(venue.unknown_products(), [id("MATIC-USD")]);
    assert_eq!(venue.granularity(id("SOL-USD")).unwrap(), Granularity::M1);
    // Asked beyond the clock, it ends at the clock.
    let bars = venue.bars(id("SOL-USD"), at(0), at(2 * DAY)).unwrap();
    assert_eq!((bars.len(), bars.end()), (1440, Some(at(DAY))));
    let bars = venue.bars(id("SOL-USD"), at(30), at(240)).unwrap();
    assert_eq!(bars.starts(), [at(60), at(120), at(180)]);
    assert_eq!(venue.quote_volume_24h(id("SOL-USD")).unwrap(), 1440.0 * 50.0 * 100.0);
    assert_eq!(venue.last_price(id("SOL-USD")).unwrap().unwrap().1, at(DAY));
    assert!(matches!(venue.book(id("MATIC-USD")), Err(SimError::UnknownProduct(_))));
}

#[test]
fn half_a_bar_is_not_a_bar() {
    let mut venue = venue(&[[100.0, 120.0, 100.0, 120.0, 10.0]]);
    venue.advance(at(DAY + 59)).unwrap();
    assert_eq!(venue.last_price(id("SOL-USD")).unwrap().unwrap().0.to_string(), "100");
    venue.advance(at(DAY + 60)).unwrap();
    assert_eq!(venue.last_price(id("SOL-USD")).unwrap().unwrap().0.to_string(), "120");
    assert!(matches!(venue.advance(at(DAY)), Err(SimError::Backwards { .. })));
}

#[test]
fn a_gap_has_no_book_and_takes_no_order() {
    let gap = Gap { from: at(DAY - 600), to: at(DAY + 600) };
    let series = [(id("SOL-USD"), {
        let mut bars = Bars::with_capacity(Granularity::M1, 1);
        let start = at(DAY - 660);
        bars.push(Bar { start, open: 1.0, high: 1.0, low: 1.0, close: 1.0, volume: 1e6 }).unwrap();
        bars
    })];
    let market = Recorded::new(&Catalog::embedded().unwrap(), series, vec![gap]);
    let mut venue = SimVenue::new(market, at(DAY), Opening::shipped().unwrap()).unwrap();
    assert_eq!(venue.book(id("SOL-USD")).unwrap(), None);
    let refused = venue.submit(ticket(1, Side::Buy, "1", "1", Life::Immediate)).unwrap();
    assert!(matches!(refused, Err(Refusal::Status { .. })), "{refused:?}");
    assert_eq!(venue.gaps(at(0), at(2 * DAY)), [Gap { from: gap.from, to: at(DAY) }]);
}

#[test]
fn each_refusal_has_its_reason_and_leaves_nothing_behind() {
    let until = Life::PostOnlyUntil(at(DAY + 90));
    let past = Life::PostOnlyUntil(at(DAY));
    let now = Life::Immediate;
    let other = Ticket { product: id("BTC-EUR"), ..ticket(1, Side::Buy, "1", "90", now) };
    let cases = [
        (other, "INVALID_PRODUCT_ID"),
        (ticket(1, Side::Buy, "0", "90", now), "INVALID_SIZE_PRECISION"),
        (ticket(1, Side::Buy, "0.123456789", "90", now), "INVALID_SIZE_PRECISION"),
        (ticket(1, Side::Buy, "1", "90.001", now), "INVALID_PRICE_PRECISION"),
        (ticket(1, Side::Buy, "2000000", "90", now), "INVALID_REQUEST"),
        (ticket(1, Side::Buy, "0.001", "90", now), "INVALID_REQUEST"),
        (ticket(1, Side::Buy, "1", "90", past), "END_TIME_IS_IN_THE_PAST"),
        (ticket(1, Side::Buy, "1", "110", until), "INVALID_LIMIT_PRICE_POST_ONLY"),
        (ticket(1, Side::Buy, "100", "100", now), "INSUFFICIENT_FUND"),
        (ticket(1, Side::Sell, "1", "100", now), "INSUFFICIENT_FUND"),
        (ticket(7, Side::Buy, "1", "90", now), "DUPLICATE_CLIENT_ORDER_ID"),
    ];
    let mut venue = venue(&[]);
    venue.submit(ticket(7, Side::Buy, "1", "90", now)).unwrap().unwrap();
    for (ticket, code) in cases {
        let refusal = venue.submit(ticket).unwrap().unwrap_err();
        assert_eq!(refusal.code(), code, "{refusal}");
        assert_eq!(purse(&venue, "USD"), ("10000".to_owned(), "0".to_owned()), "{refusal}");
    }
    assert_eq!(venue.orders().count(), 1);
    assert_eq!(venue.orders().next().unwrap().state, OrderState::Cancelled);
}

#[test]
fn a_resting_buy_fills_only_when_its_limit_is_traded_through_in_its_time() {
    // One bar after the order is placed at its start, post-only buy at 99.00.
    let bar = |low: f64| [100.0, 100.0, low, 100.0, 100.0];
    // (low, seconds of life, expected quantity): the low is the second quarter, 15 to 30 s.
    let cases = [
        (99.00, 60, "0"),
        (98.99, 60, "5"),
        (98.99, 15, "0"),
        (98.99, 30, "5"),
        (98.99, 16, "2.66666666"),
    ];
    for (low, life, expected) in cases {
        let mut venue = venue(&[bar(low)]);
        let life = Life::PostOnlyUntil(at(DAY + life));
        let order = venue.submit(ticket(1, Side::Buy, "9", "99", life)).unwrap().unwrap();
        venue.advance(at(DAY + 60)).unwrap();
        let order = venue.order(order).unwrap();
        assert_eq!(order.filled.to_string(), expected, "{low} {life:?}");
        assert_eq!(order.state, OrderState::Expired);
        for fill in venue.fills() {
            assert_eq!(fill.price.to_string(), "99");
        }
    }
}

#[test]
fn small_steps_of_the_clock_fill_no_more_than_one_large_step() {
    let then = [[99.5, 100.0, 98.0, 98.5, 40.0], [98.5, 99.0, 97.0, 98.0, 40.0]];
    let mut totals = Vec::new();
    for step in [1, 7, 15, 60, 120] {
        let mut venue = venue(&then);
        let life = Life::PostOnlyUntil(at(DAY + 120));
        let order = venue.submit(ticket(1, Side::Buy, "50", "99", life)).unwrap().unwrap();
        for secs in (0..=120).step_by(step) {
            venue.advance(at(DAY + secs)).unwrap();
        }
        venue.advance(at(DAY + 120)).unwrap();
        totals.push(venue.order(order).unwrap().filled.to_string());
        assert_eq!(venue.imbalance(), Decimal::ZERO);
    }
    assert!(totals.iter().all(|t| t == "8"), "10 % of two bars of 40: {totals:?}");
}

#[test]
fn a_taker_walks_the_book_and_leaves_it_thinner_until_the_next_bar() {
    let mut venue = venue(&[[100.0, 100.0, 100.0, 100.0, 50.0]]);
    let before = venue.book(id("SOL-USD")).unwrap().unwrap();
    let touch = before.asks[0];
    let second = before.asks[1].price.to_string();
    let qty = touch.size.plus(BaseQty::parse("1").unwrap()).unwrap().to_string();
    let order = venue.submit(ticket(1, Side::Buy, &qty, &second, Life::Immediate));
    let order = venue.order(order.unwrap().unwrap()).unwrap();
    assert_eq!(order.state, OrderState::Filled);
    assert_eq!(venue.fills().len(), 2);
    assert_eq!(venue.fills()[0].price, touch.price);
    for fill in venue.fills() {
        let fee = fill.price.times(fill.qty).unwrap().get() * Decimal::new(12, 3);
        let rounded = fee.round_dp_with_strategy(8, RoundingStrategy::ToZero);
        assert_eq!(fill.fee.get(), rounded, "120 bps, rounded down");
    }
    let after = venue.book(id("SOL-USD")).unwrap().unwrap();
    assert_eq!(after.asks[0].price.to_string(), second);
    assert_eq!(after.bids, before.bids);
    venue.advance(at(DAY + 60)).unwrap();
    assert_eq!(venue.book(id("SOL-USD")).unwrap().unwrap().asks[0].price, touch.price);
}

#[test]
fn a_cancel_frees_what_was_held_and_changes_no_ended_order() {
    let mut venue = venue(&[]);
    let life = Life::PostOnlyUntil(at(DAY + 90));
    let order = venue.submit(ticket(1, Side::Buy, "10", "90", life)).unwrap().unwrap();
    // 900 and 60 bps of it.
    assert_eq!(purse(&venue, "USD"), ("9094.6".to_owned(), "905.4".to_owned()));
    assert_eq!(venue.cancel(order).unwrap().state, OrderState::Cancelled);
    assert_eq!(purse(&venue, "USD"), ("10000".to_owned(), "0".to_owned()));
    venue.advance(at(DAY + 100)).unwrap();
    assert_eq!(venue.cancel(order).unwrap().ended, Some(at(DAY)));
    assert_eq!(venue.open_orders().count(), 0);
}

#[derive(Debug, Clone)]
enum Act {
    Submit { buy: bool, qty: u32, cents: i32, life: u8 },
    Cancel(u64),
    Advance(i64),
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (any::<bool>(), 1u32..6000, -400i32..400, 0u8..4)
            .prop_map(|(buy, qty, cents, life)| Act::Submit { buy, qty, cents, life }),
        1 => (0u64..20).prop_map(Act::Cancel),
        2 => (0i64..200).prop_map(Act::Advance),
    ]
}

/// Bars that wander around 100, always sound.
fn any_bars() -> impl Strategy<Value = Vec<[f64; 5]>> {
    let bar = (-300i32..300, -300i32..300, 0i32..200, 0i32..200, 0u32..90);
    let cents = |c: i32| f64::from(10_000 + c) / 100.0;
    let bar = bar.prop_map(move |(open, close, up, down, volume)| {
        let (high, low) = (open.max(close) + up, open.min(close) - down);
        [cents(open), cents(high), cents(low), cents(close), f64::from(volume)]
    });
    proptest::collection::vec(bar, 30)
}

#[test]
fn whatever_is_done_the_books_balance_and_no_promise_breaks() {
    let config =
        ProptestConfig { failure_persistence: None, cases: 300, ..ProptestConfig::default() };
    let (resting, taking) = (Cell::new(0), Cell::new(0));
    let input = (any_bars(), proptest::collection::vec(any_act(), 1..40));
    let run = |(bars, acts): (Vec<[f64; 5]>, Vec<Act>)| {
        let mut venue = venue(&bars);
        venue.deposit("SOL".parse().unwrap(), Decimal::from(20)).unwrap();
        let mut now = DAY;
        for (client, act) in (1..).zip(acts) {
            perform(&mut venue, &mut now, client, &act)?;
            prop_assert_eq!(venue.imbalance(), Decimal::ZERO);
            for purse in venue.balances().unwrap() {
                prop_assert!(purse.available.get() >= Decimal::ZERO, "{purse:?}");
                prop_assert!(purse.held.get() >= Decimal::ZERO, "{purse:?}");
            }
        }
        check_totals(&venue)?;
        for fill in venue.fills() {
            let placed = venue.order_of(fill.intent).unwrap().placed;
            let kind = if fill.at == placed { &taking } else { &resting };
            kind.set(kind.get() + 1);
        }
        Ok(())
    };
    TestRunner::new(config).run(&input, run).unwrap();
    assert!(resting.get() > 100 && taking.get() > 100, "{resting:?} {taking:?}");
}

fn perform(
    venue: &mut SimVenue,
    now: &mut i64,
    client: u64,
    act: &Act,
) -> Result<(), TestCaseError> {
    let (buy, qty, cents, life) = match *act {
        Act::Submit { buy, qty, cents, life } => (buy, qty, cents, life),
        Act::Cancel(order) => {
            let _ = venue.cancel(OrderId(order));
            return Ok(());
        }
        Act::Advance(secs) => {
            *now += secs;
            venue.advance(at(*now)).unwrap();
            return Ok(());
        }
    };
    let around = |more: i64| Price::new(Decimal::new(10_000 + i64::from(cents) + more, 2)).unwrap();
    let life = match life {
        0 => Life::PostOnlyUntil(at(*now + 90)),
        1 => Life::UntilCancelled,
        2 => Life::Immediate,
        _ => Life::Bracket(Bracket { stop: around(100), target: around(400) }),
    };
    let ticket = Ticket {
        client: IntentId(client),
        product: id("SOL-USD"),
        side: if buy { Side::Buy } else { Side::Sell },
        qty: BaseQty::new(Decimal::new(i64::from(qty), 2)).unwrap(),
        limit: around(0),
        life,
    };
    let fills = venue.fills().len();
    if let Ok(order) = venue.submit(ticket).unwrap() {
        let state = venue.order(order).unwrap().state;
        match life {
            Life::PostOnlyUntil(_) | Life::Bracket(_) => {
                prop_assert_eq!(venue.fills().len(), fills);
            }
            Life::Immediate => prop_assert!(state != OrderState::Open),
            Life::UntilCancelled => {}
        }
    }
    Ok(())
}

/// Orders, fills, fees and purses tell one story.
fn check_totals(venue: &SimVenue) -> Result<(), TestCaseError> {
    let (mut usd, mut sol, mut fees) = (Decimal::from(10_000), Decimal::from(20), Decimal::ZERO);
    for fill in venue.fills() {
        let order = venue.order_of(fill.intent).unwrap();
        let value = fill.price.times(fill.qty).unwrap().get();
        match fill.side {
            Side::Buy => {
                prop_assert!(fill.price <= order.ticket.limit);
                (usd, sol) = (usd - value - fill.fee.get(), sol + fill.qty.get());
            }
            Side::Sell => {
                prop_assert!(fill.price >= order.ticket.limit);
                (usd, sol) = (usd + value - fill.fee.get(), sol - fill.qty.get());
            }
        }
        fees += fill.fee.get();
    }
    prop_assert!(venue.fills().is_sorted_by_key(|fill| fill.at));
    prop_assert_eq!(venue.fees_paid(&"USD".parse().unwrap()).unwrap().get(), fees);
    for purse in venue.balances().unwrap() {
        let expected = if purse.asset.as_str() == "USD" { usd } else { sol };
        prop_assert_eq!(purse.available.get() + purse.held.get(), expected);
    }
    for order in venue.orders() {
        prop_assert!(order.filled <= order.ticket.qty);
        let whole = order.filled == order.ticket.qty;
        prop_assert_eq!(whole, order.state == OrderState::Filled);
        prop_assert_eq!(order.ended.is_none(), order.state == OrderState::Open);
    }
    let held = venue.balances().unwrap().iter().any(|p| !p.held.is_zero());
    prop_assert_eq!(held, venue.open_orders().next().is_some());
    Ok(())
}
