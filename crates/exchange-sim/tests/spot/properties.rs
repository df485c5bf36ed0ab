//! Whatever several accounts do, money is neither made nor lost and no promise breaks.

use std::cell::RefCell;
use std::collections::BTreeMap;

use domain::ProductStatus;
use exchange_sim::spot::{
    AccountNo, Configuration, Delays, EditDraft, Kind, Order, OrderId, Status, Terms, Venue, What,
};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use rust_decimal::Decimal;

use crate::world::*;

#[derive(Debug, Clone)]
enum Act {
    Create { no: u32, buy: bool, kind: usize, cents: u32, off: i32, extra: i32 },
    Cancel { no: u32, nth: usize },
    Edit { no: u32, nth: usize, cents: u32, off: i32 },
    Status(u8),
    Halt(i64),
    Advance(i64),
}

fn any_act() -> impl Strategy<Value = Act> {
    let create = (0u32..3, any::<bool>(), 0usize..13, 1u32..4000, -500i32..500, -400i32..400);
    prop_oneof![
        12 => create.prop_map(|(no, buy, kind, cents, off, extra)| {
            Act::Create { no, buy, kind, cents, off, extra }
        }),
        2 => (0u32..3, 0usize..20).prop_map(|(no, nth)| Act::Cancel { no, nth }),
        3 => (0u32..3, 0usize..20, 1u32..4000, -500i32..500)
            .prop_map(|(no, nth, cents, off)| Act::Edit { no, nth, cents, off }),
        1 => (0u8..8).prop_map(Act::Status),
        1 => (0i64..60).prop_map(Act::Halt),
        8 => (0i64..200).prop_map(Act::Advance),
    ]
}

/// Bars that wander around 100, always sound.
fn any_bars() -> impl Strategy<Value = Vec<[f64; 5]>> {
    let bar = (-300i32..300, -300i32..300, 0i32..200, 0i32..200, 0u32..900);
    let cents = |c: i32| f64::from(10_000 + c) / 100.0;
    let bar = bar.prop_map(move |(open, close, up, down, volume)| {
        let (high, low) = (open.max(close) + up, open.min(close) - down);
        [cents(open), cents(high), cents(low), cents(close), f64::from(volume)]
    });
    proptest::collection::vec(bar, 40)
}

fn price(cents: i32) -> String {
    Decimal::new(i64::from(10_000 + cents), 2).to_string()
}

fn create(venue: &mut Venue, client: usize, act: &Act, now: i64) -> Option<OrderId> {
    let Act::Create { no, buy, kind, cents, off, extra } = *act else {
        return None;
    };
    let attach = kind == 12;
    let kind = Kind::ALL[if attach { 3 } else { kind }];
    let size = Decimal::new(i64::from(cents), 2).to_string();
    let money = Decimal::new(i64::from(cents) * 50, 2).to_string();
    let (limit, other) = (price(off), price(extra));
    let (low, high) = (price(off.min(extra) - 1), price(off.max(extra) + 1));
    let (start, end) = ((now + 20).to_string(), (now + 150).to_string());
    let by_money = cents % 3 == 0 && !kind.triggers();
    let mut pairs =
        vec![if by_money { ("quote", money.as_str()) } else { ("base", size.as_str()) }];
    match kind {
        Kind::BracketGtc | Kind::BracketGtd => {
            pairs.extend([("limit", high.as_str()), ("trigger", low.as_str())]);
        }
        Kind::ScaledGtc => {
            pairs.extend([("rungs", "4"), ("min", low.as_str()), ("max", high.as_str())]);
        }
        _ => pairs.extend([("limit", limit.as_str()), ("stop", other.as_str())]),
    }
    pairs.extend([("end", end.as_str()), ("start", start.as_str()), ("buckets", "3")]);
    pairs.push(("post_only", if cents % 5 == 0 { "true" } else { "false" }));
    let side = if buy { BUY } else { SELL };
    let mut sent = draft(&format!("c{client}"), side, kind, &pairs);
    if attach {
        let fields = fields(&[("limit", &price(700)), ("trigger", &price(-600))]);
        sent.attached = Some(Configuration { kind: Kind::BracketGtc, fields });
    }
    venue.create(AccountNo(no), sent).unwrap().ok().map(|created| created.order)
}

/// One of the open orders, so that cancels and edits meet something.
fn nth(venue: &Venue, no: AccountNo, n: usize) -> Option<OrderId> {
    let open = venue.orders(no).unwrap().filter(|order| !order.status.is_terminal());
    let open: Vec<OrderId> = open.map(|order| order.id).collect();
    open.get(n % open.len().max(1)).copied()
}

fn perform(venue: &mut Venue, client: usize, now: &mut i64, act: &Act) {
    match *act {
        Act::Create { .. } => {
            create(venue, client, act, *now);
        }
        Act::Cancel { no, nth: n } => {
            if let Some(id) = nth(venue, AccountNo(no), n) {
                let _ = venue.cancel(AccountNo(no), id).unwrap();
            }
        }
        Act::Edit { no, nth: n, cents, off } => {
            let Some(id) = nth(venue, AccountNo(no), n) else {
                return;
            };
            let size = Some(Decimal::new(i64::from(cents), 2).to_string());
            let edit = EditDraft { price: Some(price(off)), size, stop_price: None };
            let _ = venue.edit(AccountNo(no), id, &edit).unwrap();
        }
        Act::Status(n) => {
            let status = match n {
                0 => ProductStatus::CancelOnly,
                1 => ProductStatus::LimitOnly,
                2 => ProductStatus::PostOnly,
                3 => ProductStatus::Auction,
                _ => ProductStatus::Online,
            };
            venue.set_status(sol(), status).unwrap();
        }
        Act::Halt(secs) => venue.halt(sol(), at(*now + secs)).unwrap(),
        Act::Advance(secs) => {
            *now += secs;
            venue.advance(at(*now)).unwrap();
        }
    }
}

/// The venue of a case: two accounts and a third, with or without delays and a narrow door.
fn opened(bars: &[[f64; 5]], delayed: bool) -> Venue {
    let mut terms = Terms::shipped().unwrap();
    if delayed {
        let wait = core::time::Duration::from_secs(5);
        terms.delays = Delays { entry: wait, cancel: wait, edit: wait };
        terms.max_open_per_product = 2;
    }
    let mut venue = venue_with(terms, bars);
    let mut third = exchange_sim::spot::Profile::with_dollars("third", "3000").unwrap();
    third.funds.push(("SOL".parse().unwrap(), dec("30")));
    venue.open_account(third).unwrap();
    venue.watch(sol(), true).unwrap();
    venue
}

#[test]
fn whatever_is_done_no_promise_breaks() {
    let config =
        ProptestConfig { failure_persistence: None, cases: 200, ..ProptestConfig::default() };
    let reached = RefCell::new(BTreeMap::<String, u32>::new());
    let delayed = any::<bool>();
    let input = (any_bars(), proptest::collection::vec(any_act(), 1..80), delayed);
    let run = |(bars, acts, delayed): (Vec<[f64; 5]>, Vec<Act>, bool)| {
        let mut venue = opened(&bars, delayed);
        let mut now = DAY;
        for (client, act) in acts.iter().enumerate() {
            perform(&mut venue, client, &mut now, act);
            check(&venue)?;
        }
        check_limits(&venue)?;
        // Z-01: the same calls again give the same orders and fills, names included.
        let (mut again, mut now) = (opened(&bars, delayed), DAY);
        for (client, act) in acts.iter().enumerate() {
            perform(&mut again, client, &mut now, act);
        }
        for (one, other) in venue.accounts().iter().zip(again.accounts()) {
            prop_assert_eq!(one.fills(), other.fills());
            prop_assert!(venue.orders(one.no).unwrap().eq(again.orders(other.no).unwrap()));
        }
        check_totals(&venue, &reached)
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng).run(&input, run).unwrap();
    // Nothing passes by doing nothing.
    let reached = reached.into_inner();
    for wanted in [
        "MARKET FILLED",
        "LIMIT FILLED",
        "LIMIT CANCELLED",
        "LIMIT EXPIRED",
        "BRACKET FILLED",
        "STOP_LIMIT FILLED",
        "TWAP FILLED",
        "SCALED FILLED",
        "LIMIT FAILED",
        "MAKER",
        "TAKER",
        "EDITED",
    ] {
        assert!(reached.get(wanted).is_some_and(|n| *n >= 10), "{wanted}: {reached:?}");
    }
}

/// What holds at every moment.
fn check(venue: &Venue) -> Result<(), TestCaseError> {
    prop_assert_eq!(venue.imbalance(), Decimal::ZERO);
    for account in venue.accounts() {
        let mut held = BTreeMap::<String, Decimal>::new();
        for order in venue.orders(account.no).unwrap() {
            let asset =
                if order.side == BUY { order.product.quote() } else { order.product.base() };
            *held.entry(asset.to_owned()).or_default() += order.hold;
            prop_assert!(order.hold >= Decimal::ZERO, "{order:?}");
            prop_assert!(!order.status.is_terminal() || order.hold.is_zero(), "{order:?}");
        }
        for wallet in account.wallets().unwrap() {
            let purse = wallet.purse;
            prop_assert!(purse.available.get() >= Decimal::ZERO, "{purse:?}");
            prop_assert!(purse.held.get() >= Decimal::ZERO, "{purse:?}");
            let wanted = held.get(purse.asset.as_str()).copied().unwrap_or_default();
            prop_assert_eq!(purse.held.get(), wanted.normalize());
        }
    }
    if let Some(book) = venue.book(sol()).unwrap() {
        let bid = book.bids.first().map(|level| level.price);
        let ask = book.asks.first().map(|level| level.price);
        let apart = bid.zip(ask).is_none_or(|(bid, ask)| bid < ask);
        let auction = venue.listing("SOL-USD").unwrap().product.status == ProductStatus::Auction;
        prop_assert!(apart || auction, "crossed: {bid:?} {ask:?}");
    }
    Ok(())
}

/// No fill was worse than the limit that its order had then, which the event after it tells.
fn check_limits(venue: &Venue) -> Result<(), TestCaseError> {
    let events: Vec<_> = venue.events(0).unwrap().collect();
    for (n, event) in events.iter().enumerate() {
        let What::Fill { fill, .. } = &event.what else {
            continue;
        };
        let told = events[n..].iter().find_map(|later| match &later.what {
            What::Order { order, .. } if order.id == fill.order => Some(order),
            _ => None,
        });
        let order = told.unwrap();
        let limit = match (order.limit, order.kind) {
            (Some(limit), _) => limit,
            (None, Kind::ScaledGtc) if fill.side == BUY => venue_price(order, "max"),
            (None, Kind::ScaledGtc) => venue_price(order, "min"),
            (None, _) => continue,
        };
        let fair = if fill.side == BUY { fill.price <= limit } else { fill.price >= limit };
        prop_assert!(fair, "{fill:?} {limit}");
    }
    Ok(())
}

fn venue_price(order: &Order, which: &str) -> domain::Price {
    let fields = order.fields().unwrap();
    let text = if which == "max" { &fields.max_price } else { &fields.min_price };
    text.as_ref().unwrap().parse().unwrap()
}

/// Orders, fills, fees and purses tell one story.
fn check_totals(
    venue: &Venue,
    reached: &RefCell<BTreeMap<String, u32>>,
) -> Result<(), TestCaseError> {
    let note = |what: String| *reached.borrow_mut().entry(what).or_default() += 1;
    let start = [("10000", "100"), ("5000", "50"), ("3000", "30")];
    let mut makers = BTreeMap::<u64, Decimal>::new();
    for (account, (dollars, coins)) in venue.accounts().iter().zip(start) {
        let (mut usd, mut sol_left) = (dec(dollars), dec(coins));
        let mut by_order = BTreeMap::<OrderId, (Decimal, Decimal, Decimal, u32)>::new();
        for fill in account.fills() {
            note(fill.liquidity.as_str().to_owned());
            let sign = if fill.side == BUY { Decimal::ONE } else { -Decimal::ONE };
            usd -= sign * fill.value.get() + fill.fee.get();
            sol_left += sign * fill.base;
            let sums = by_order.entry(fill.order).or_default();
            *sums = (
                sums.0 + fill.base,
                sums.1 + fill.value.get(),
                sums.2 + fill.fee.get(),
                sums.3 + 1,
            );
            if fill.liquidity == exchange_sim::spot::Liquidity::Maker {
                *makers.entry(fill.public_trade).or_default() += fill.base;
            }
        }
        for order in venue.orders(account.no).unwrap() {
            let sums = by_order.get(&order.id).copied().unwrap_or_default();
            let own = (order.filled, order.filled_value.get(), order.fees.get(), order.fills);
            prop_assert_eq!(own, sums);
            let post_only = order.fields().unwrap().post_only
                && matches!(order.kind, Kind::LimitGtc | Kind::LimitGtd);
            if post_only {
                let took = account
                    .fills()
                    .iter()
                    .any(|f| f.order == order.id && f.liquidity.as_str() == "TAKER");
                prop_assert!(!took, "{order:?}");
            }
            if order.kind == Kind::LimitFok {
                prop_assert!(order.filled.is_zero() || order.status == Status::Filled, "{order:?}");
            }
            if !order.size_in_quote {
                prop_assert!(order.filled <= order.size, "{order:?}");
                prop_assert_eq!(
                    order.filled == order.size,
                    order.status == Status::Filled,
                    "{:?}",
                    order
                );
            }
            note(format!("{} {}", order.kind.order_type(), order.status.as_str()));
            if !order.edits.is_empty() {
                note("EDITED".to_owned());
            }
        }
        for wallet in account.wallets().unwrap() {
            let expected = if wallet.purse.asset.as_str() == "USD" { usd } else { sol_left };
            let there = wallet.purse.available.get() + wallet.purse.held.get();
            prop_assert_eq!(there.normalize(), expected.normalize());
        }
        prop_assert!(account.fills().is_sorted_by_key(|fill| (fill.at, fill.number)));
    }
    Ok(())
}
