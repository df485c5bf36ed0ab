use domain::Price;

use super::*;
use crate::wire::Side;

const BTC: &str = "BTC-USD";

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs)
}

fn price(value: i64) -> Price {
    Price::new(Decimal::from(value)).unwrap()
}

fn qty(value: i64) -> BaseQty {
    BaseQty::new(Decimal::from(value)).unwrap()
}

fn candle(start: i64, close: i64, volume: i64) -> Candle {
    Candle {
        product: BTC.parse().unwrap(),
        start: at(start),
        open: price(100),
        high: price(200),
        low: price(50),
        close: price(close),
        volume: qty(volume),
    }
}

fn trade(number: u64, secs: i64, size: i64) -> Trade {
    Trade {
        product: BTC.parse().unwrap(),
        id: number.to_string(),
        price: price(100),
        size: qty(size),
        at: at(secs),
        maker: Side::Buy,
    }
}

fn bar(start: i64, close: f64) -> Bar {
    Bar { start: at(start), open: close, high: close, low: close, close, volume: 1.0 }
}

/// A series that streams since 10 s after the slot at 3000 began.
fn streaming() -> Series {
    let mut series = Series::default();
    series.candle(Kind::Snapshot, &candle(3000, 110, 5), at(3010));
    series
}

#[test]
fn a_slot_that_streamed_to_its_end_is_known_with_its_last_candle() {
    let mut series = streaming();
    series.candle(Kind::Update, &candle(3000, 120, 9), at(3200));
    series.passed(at(3301));
    assert_eq!(series.owed_slots(3000, 3300), Some((3000, 3000)), "2 s are not over");
    series.candle(Kind::Update, &candle(3000, 130, 12), at(3301));
    series.passed(at(3302));
    assert_eq!(series.owed_slots(3000, 3300), None);
    let bars = series.slots(3000, 3300);
    assert_eq!((bars.len(), bars.closes()), (1, &[130.0][..]));
    series.candle(Kind::Update, &candle(3000, 140, 13), at(3303));
    assert_eq!(series.slots(3000, 3300).closes(), [130.0], "a closed bar is immutable");
}

#[test]
fn a_slot_without_candle_and_trades_is_known_to_be_empty() {
    let mut series = streaming();
    series.passed(at(3602));
    assert_eq!(series.owed_slots(3000, 3600), None);
    assert_eq!(series.slots(3300, 3600).len(), 0);
}

#[test]
fn a_slot_that_streamed_in_part_is_owed() {
    let mut series = streaming();
    series.lost();
    series.candle(Kind::Snapshot, &candle(3300, 150, 1), at(3350));
    series.passed(at(3700));
    assert_eq!(series.owed_slots(3000, 3600), Some((3000, 3000)));
    assert_eq!(series.slots(3000, 3600).closes(), [150.0]);
}

#[test]
fn a_slot_before_the_stream_is_owed_even_if_the_snapshot_has_it() {
    let mut series = Series::default();
    series.candle(Kind::Snapshot, &candle(2700, 100, 1), at(3010));
    series.candle(Kind::Snapshot, &candle(3000, 110, 5), at(3010));
    series.passed(at(3302));
    assert_eq!(series.owed_slots(2700, 3300), Some((2700, 2700)));
    assert_eq!(series.slots(2700, 3300).closes(), [110.0]);
}

#[test]
fn updates_without_a_snapshot_settle_nothing() {
    let mut series = Series::default();
    series.candle(Kind::Update, &candle(3000, 110, 5), at(3010));
    series.passed(at(9999));
    assert_eq!(series.owed_slots(3000, 3600), Some((3000, 3300)));
}

#[test]
fn trades_that_outweigh_their_candle_make_it_owed() {
    let mut series = streaming();
    for (number, size) in [(7, 4), (6, 4)] {
        series.trade(&trade(number, 3100, size));
    }
    series.trades_counted(7);
    series.passed(at(3302));
    assert_eq!(series.owed_slots(3000, 3300), Some((3000, 3000)), "8 traded, 5 said");
    // A trade in a slot of which no candle came at all.
    series.trade(&trade(8, 3400, 1));
    series.passed(at(3602));
    assert_eq!(series.owed_slots(3300, 3600), Some((3300, 3300)));
}

#[test]
fn a_trade_that_is_told_twice_counts_once() {
    let mut series = streaming();
    series.trade(&trade(7, 3100, 5));
    series.trades_counted(7);
    series.trade(&trade(7, 3100, 5));
    series.passed(at(3302));
    assert_eq!(series.owed_slots(3000, 3300), None);
}

#[test]
fn an_impossible_candle_makes_its_slot_owed() {
    let mut series = streaming();
    let wrong = Candle { high: price(1), ..candle(3000, 110, 9) };
    series.candle(Kind::Update, &wrong, at(3100));
    series.passed(at(3302));
    assert_eq!(series.owed_slots(3000, 3300), Some((3000, 3000)));
}

#[test]
fn a_garbled_message_costs_its_slot_alone() {
    let mut series = streaming();
    series.doubted(at(3100));
    series.candle(Kind::Update, &candle(3300, 160, 2), at(3400));
    series.passed(at(3602));
    assert_eq!(series.owed_slots(3000, 3600), Some((3000, 3000)));
    assert_eq!(series.slots(3000, 3600).closes(), [160.0]);
}

#[test]
fn what_was_read_afterwards_is_known_and_changes_nothing_that_was() {
    let mut series = streaming();
    series.passed(at(3302));
    series.fill_slots(2700, 3000, &[bar(2700, 90.0), bar(3000, 91.0), bar(3300, 92.0)]);
    assert_eq!(series.owed_slots(2400, 3300), Some((2400, 2400)));
    assert_eq!(series.slots(2400, 3600).closes(), [90.0, 110.0]);
}

#[test]
fn slots_that_age_become_the_hour_that_they_are() {
    let mut series = Series::default();
    let start = 100 * HOUR;
    let slots: Vec<_> = (0..12).map(|n| bar(start + n * 300, 100.0 + n as f64)).collect();
    series.fill_slots(start, start + 3300, &slots);
    series.age(at(start + (FINE_HOURS + 1) * HOUR));
    assert_eq!(series.slots(start, start + HOUR).len(), 0);
    assert_eq!(series.owed_hours(start, start + HOUR), None);
    let hour = series.hours(start, start + HOUR).get(0).unwrap();
    assert_eq!(
        (hour.open, hour.high, hour.low, hour.close, hour.volume),
        (100.0, 111.0, 100.0, 111.0, 12.0)
    );
    // An hour of which a slot is missing is not made up.
    series.fill_slots(start + HOUR, start + HOUR + 3000, &[]);
    series.age(at(start + (FINE_HOURS + 2) * HOUR));
    assert!(series.owed_hours(start + HOUR, start + 2 * HOUR).is_some());
}
