//! One protector a lot, and how it changes.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use common::*;
use domain::{
    Bracket, Fact, IntentFact, IntentId, LotId, Protector, Side, SubmitOutcome, TimeInForce,
    VenueStatus,
};
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

/// The order that protects the lot at the venue.
fn bracket() -> IntentFact {
    let bracket = Bracket { stop: "92".parse().unwrap(), target: "115".parse().unwrap() };
    let time_in_force = Some(TimeInForce::Bracket(bracket));
    IntentFact { limit: "87.4".parse().unwrap(), time_in_force, ..intent(2, Side::Sell) }
}

fn told(orders: &mut Orders, status: VenueStatus, filled: &str, secs: u64) {
    let facts = orders.observe(&shown(&bracket(), status, filled), NOW);
    record(orders, &facts, secs);
}

#[test]
fn a_bracket_protects_from_when_the_venue_has_it() {
    let mut orders = sent(&[bracket()]);
    take_in(&mut orders, 1);
    assert_eq!(orders.protection().of(LOT), Protector::Nobody, "on the wire");
    record(&mut orders, &[doubted(2)], 2);
    take_in(&mut orders, 2);
    assert_eq!(orders.protection().of(LOT), Protector::Nobody, "nobody knows");
    assert!(orders.any_at_work());
    told(&mut orders, VenueStatus::Open, "0", 3);
    take_in(&mut orders, 3);
    assert_eq!(orders.protection().of(LOT), AT_VENUE);
    assert_eq!(orders.bracket(LOT).map(|(intent, _)| intent), Some(IntentId(2)));
    assert!(!orders.any_at_work(), "it may rest for days");
    let days = 3 * 86_400;
    for secs in [4, 30, days] {
        let actions = take_in(&mut orders, secs);
        assert!(!actions.iter().any(|a| matches!(a, Action::Cancel(_) | Action::Record(_))));
    }
    assert_eq!(
        take_in(&mut orders, days + 10),
        [Action::Query(IntentId(2))],
        "a look now and then"
    );
}

/// No kill, no sweep and no new process ends it.
#[test]
fn a_bracket_stays_in_a_sweep_and_over_a_restart() {
    let mut orders = sent(&[bracket()]);
    record(&mut orders, &[accepted(2)], 1);
    orders.sweep_entries();
    orders.apply(&boot(), mono(2));
    take_in(&mut orders, 2);
    orders.sweep_entries();
    for secs in [3, 60, 600] {
        assert!(!take_in(&mut orders, secs).contains(&Action::Cancel(IntentId(2))));
    }
    assert_eq!(orders.protection().of(LOT), AT_VENUE);
}

#[test]
fn one_that_is_let_go_is_cancelled_until_it_is_over() {
    let mut orders = sent(&[bracket(), intent(3, Side::Buy)]);
    record(&mut orders, &[accepted(2)], 0);
    take_in(&mut orders, 1);
    orders.let_go(IntentId(3));
    orders.let_go(IntentId(2));
    assert!(take_in(&mut orders, 1).contains(&Action::Cancel(IntentId(2))));
    record(&mut orders, &[Fact::Cancel { at: NOW, intent: IntentId(2) }], 1);
    assert!(orders.any_at_work());
    assert!(take_in(&mut orders, 7).contains(&Action::Cancel(IntentId(2))), "again");
    assert_eq!(orders.protection().of(LOT), AT_VENUE, "it may still sell");
    told(&mut orders, VenueStatus::Cancelled, "4", 8);
    take_in(&mut orders, 8);
    assert!(orders.protection().is_bare(LOT));
    assert_eq!(orders.bracket_wait(LOT, mono(8)), mono(0), "it did what it should");
    assert_eq!(orders.exit_wait(LOT, mono(8)), mono(0));
}

/// Whatever keeps the venue from protecting a lot, it is asked again: later and later, and never for
/// the last time. No wait of an exit comes of it.
#[test]
fn what_the_venue_refuses_is_asked_again_ever_later() {
    let mut orders = sent(&[bracket()]);
    let refused = SubmitOutcome::Refused { reason: "no stops here".to_owned() };
    record(&mut orders, &[answered(2, refused)], 10);
    assert_eq!(orders.bracket_wait(LOT, mono(10)), mono(1));
    assert_eq!(orders.exit_wait(LOT, mono(10)), mono(0));
    take_in(&mut orders, 11);
    assert_eq!(orders.protection().of(LOT), Protector::Engine, "the venue never had it");
    for (failures, wait) in [(2, 2), (3, 4), (4, 8)] {
        orders.bracket_failed(LOT, mono(20));
        assert_eq!(orders.bracket_wait(LOT, mono(20)), mono(wait), "{failures}");
    }
    for _ in 0..100 {
        orders.bracket_failed(LOT, mono(30));
    }
    assert_eq!(orders.bracket_wait(LOT, mono(30)), mono(900), "a quarter of an hour at most");
    orders.apply(&boot(), mono(31));
    assert_eq!(orders.bracket_wait(LOT, mono(31)), mono(0));
}

#[test]
fn one_that_the_venue_ends_by_itself_leaves_a_gap_that_is_told() {
    for status in [VenueStatus::Failed, VenueStatus::Cancelled, VenueStatus::Expired] {
        let mut orders = sent(&[bracket()]);
        record(&mut orders, &[accepted(2)], 0);
        take_in(&mut orders, 0);
        told(&mut orders, status, "0", 1);
        take_in(&mut orders, 1);
        assert!(orders.protection().is_bare(LOT), "{status:?}");
        assert!(!orders.bracket_wait(LOT, mono(1)).is_zero(), "{status:?}");
        let alarm = Action::Alarm(Alarm::Unprotected(LOT));
        assert!(take_in(&mut orders, 11).contains(&alarm), "{status:?}");
    }
}
