//! One protector a lot, and how it changes.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use common::*;
use domain::{Fact, IntentId, LotId, Protector, Side, VenueStatus};
use execution::{Action, Alarm, Orders, ProtectError, TakeOver};

const LOT: LotId = LotId(IntentId(1));
const AT_VENUE: Protector = Protector::Venue { intent: IntentId(2) };

/// A lot that a live sale at the venue protects.
fn protected() -> Orders {
    let mut orders = sent(&[intent(2, Side::Sell), intent(3, Side::Buy)]);
    record(&mut orders, &[accepted(2)], 0);
    let fact = orders.protect(LOT, AT_VENUE, NOW).unwrap();
    record(&mut orders, &[Fact::Protection(fact)], 0);
    orders
}

fn end(orders: &mut Orders, status: VenueStatus, filled: &str, secs: u64) {
    let facts = orders.observe(&shown(&intent(2, Side::Sell), status, filled), NOW);
    record(orders, &facts, secs);
}

fn take_in(orders: &mut Orders, secs: u64) -> Vec<Action> {
    let actions = orders.due(after(secs));
    for action in &actions {
        if let Action::Record(fact) = action {
            orders.apply(fact, mono(secs));
        }
    }
    actions
}

#[test]
fn a_lot_that_nobody_was_named_for_is_the_engines() {
    let orders = sent(&[]);
    assert_eq!(orders.protection().of(LOT), Protector::Engine);
    assert_eq!(orders.take_over(LOT, qty("10"), qty("10")), TakeOver::Sell);
}

#[test]
fn a_lot_has_one_protector_at_a_time() {
    let orders = protected();
    for by in [Protector::Engine, Protector::Nobody, Protector::Venue { intent: IntentId(3) }] {
        assert!(matches!(orders.protect(LOT, by, NOW), Err(ProtectError::Held { .. })), "{by:?}");
    }
    let orders = sent(&[intent(3, Side::Buy)]);
    for number in [3, 9] {
        let by = Protector::Venue { intent: IntentId(number) };
        assert!(matches!(orders.protect(LOT, by, NOW), Err(ProtectError::NoSale { .. })));
    }
}

/// Cancel, terminal status, hold released, sell: in this order.
#[test]
fn the_engine_takes_over_in_four_steps_and_the_time_without_protection_is_measured() {
    let mut orders = protected();
    let all = qty("10");
    assert_eq!(orders.take_over(LOT, all, qty("0")), TakeOver::Cancel(IntentId(2)));
    record(&mut orders, &[Fact::Cancel { at: NOW, intent: IntentId(2) }], 1);
    assert_eq!(orders.take_over(LOT, all, all), TakeOver::AwaitEnd(IntentId(2)));
    end(&mut orders, VenueStatus::Cancelled, "0", 2);
    take_in(&mut orders, 2);
    assert_eq!(orders.protection().of(LOT), Protector::Nobody);
    assert_eq!(orders.take_over(LOT, all, qty("9")), TakeOver::AwaitHold);
    assert_eq!(orders.take_over(LOT, all, all), TakeOver::Sell);
    assert_eq!(orders.protection().gaps(mono(11)).collect::<Vec<_>>(), [(LOT, mono(9))]);
    let told = Action::Alarm(Alarm::Unprotected(LOT));
    assert!(!take_in(&mut orders, 11).contains(&told));
    assert!(take_in(&mut orders, 12).contains(&told));
    assert!(!take_in(&mut orders, 13).contains(&told), "once");
    let fact = orders.protect(LOT, Protector::Engine, NOW).unwrap();
    record(&mut orders, &[Fact::Protection(fact)], 14);
    assert_eq!(orders.protection().longest_gap(LOT), mono(12));
    assert_eq!(orders.protection().gaps(mono(20)).count(), 0);
}

#[test]
fn a_protector_that_sold_the_lot_leaves_no_gap() {
    let mut orders = protected();
    end(&mut orders, VenueStatus::Filled, "10", 1);
    take_in(&mut orders, 60);
    assert_eq!(orders.protection().gaps(mono(60)).count(), 0);
}
