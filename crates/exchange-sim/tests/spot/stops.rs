//! Stops and brackets.

use exchange_sim::spot::{Kind, Liquidity, Status, TriggerStatus};

use crate::world::*;

/// The market goes from 100 to `low`, then to `high`, and closes at `close`.
fn path(low: f64, high: f64, close: f64) -> [[f64; 5]; 2] {
    [[100.0, high, low, close, 1000.0], [close, close, close, close, 1000.0]]
}

#[test]
fn a_stop_loss_sleeps_until_the_last_trade_reaches_it() {
    let pairs = [("base", "1"), ("stop", "97"), ("limit", "96"), ("direction", "down")];
    for (low, woken) in [(97.01, false), (97.0, true), (96.5, true)] {
        let mut venue = venue(&path(low, 100.0, 99.0));
        let id = send(&mut venue, MAIN, SELL, Kind::StopLimitGtc, &pairs);
        assert_eq!(order(&venue, id).status, Status::Open);
        assert_eq!(order(&venue, id).trigger, TriggerStatus::Pending);
        assert_eq!(purse(&venue, MAIN, "SOL"), ("99".to_owned(), "1".to_owned()));
        venue.advance(at(DAY + 60)).unwrap();
        let order = order(&venue, id);
        let expected = if woken { TriggerStatus::Triggered } else { TriggerStatus::Pending };
        assert_eq!(order.trigger, expected, "{low}");
        assert_eq!(order.status, if woken { Status::Filled } else { Status::Open }, "{low}");
    }
}

#[test]
fn a_stop_that_was_jumped_over_rests_at_its_limit() {
    // The market falls to 90 at once: nobody buys at 96.
    let mut venue = venue(&[[90.0, 90.0, 90.0, 90.0, 1000.0]]);
    let pairs = [("base", "1"), ("stop", "97"), ("limit", "96"), ("direction", "down")];
    let id = send(&mut venue, MAIN, SELL, Kind::StopLimitGtc, &pairs);
    venue.advance(at(DAY + 60)).unwrap();
    assert_eq!(order(&venue, id).trigger, TriggerStatus::Triggered);
    assert_eq!(order(&venue, id).status, Status::Open);
    assert_eq!(
        venue
            .book(sol())
            .unwrap()
            .unwrap()
            .asks
            .iter()
            .filter(|l| l.price.to_string() == "96")
            .count(),
        1
    );
}

#[test]
fn a_stop_entry_wakes_on_a_rise_and_expires_at_its_end() {
    let pairs = [("base", "1"), ("stop", "103"), ("limit", "104"), ("direction", "up")];
    let mut rising = venue(&path(100.0, 103.0, 103.0));
    let id = send(&mut rising, MAIN, BUY, Kind::StopLimitGtc, &pairs);
    rising.advance(at(DAY + 60)).unwrap();
    assert_eq!(order(&rising, id).status, Status::Filled);
    let end = (DAY + 30).to_string();
    let until = [pairs.as_slice(), &[("end", end.as_str())]].concat();
    let mut quiet = venue(&path(100.0, 102.0, 101.0));
    let id = send(&mut quiet, MAIN, BUY, Kind::StopLimitGtd, &until);
    quiet.advance(at(DAY + 60)).unwrap();
    assert_eq!(order(&quiet, id).status, Status::Expired);
    assert_eq!(purse(&quiet, MAIN, "USD"), ("10000".to_owned(), "0".to_owned()));
}

#[test]
fn a_bracket_takes_its_profit_or_its_loss_and_never_both() {
    let pairs = [("base", "1"), ("limit", "105"), ("trigger", "95")];
    // (low, high, status, trigger, price at least, price at most)
    let cases = [
        (99.0, 106.0, Status::Filled, TriggerStatus::Pending, "105", "105"),
        (95.0, 100.0, Status::Filled, TriggerStatus::Triggered, "90.25", "95"),
        (96.0, 104.0, Status::Open, TriggerStatus::Pending, "0", "0"),
    ];
    for (low, high, status, trigger, least, most) in cases {
        let mut venue = venue(&path(low, high, 100.0));
        let id = send(&mut venue, MAIN, SELL, Kind::BracketGtc, &pairs);
        let shown = venue.book(sol()).unwrap().unwrap();
        assert!(shown.asks.iter().any(|l| l.price.to_string() == "105"), "the profit leg rests");
        venue.advance(at(DAY + 120)).unwrap();
        let order = order(&venue, id);
        assert_eq!((order.status, order.trigger), (status, trigger), "{low} {high}");
        let price = order.average_price();
        assert!(dec(least) <= price && price <= dec(most), "{price}");
        assert_eq!(order.fills > 0, status == Status::Filled);
    }
}

#[test]
fn the_first_fill_of_the_profit_leg_puts_the_stop_out_of_work() {
    // The market touches the profit with little volume, then falls through the trigger.
    let then = [[100.0, 106.0, 100.0, 100.0, 10.0], [100.0, 100.0, 90.0, 90.0, 1000.0]];
    let mut venue = venue(&then);
    let pairs = [("base", "50"), ("limit", "105"), ("trigger", "95")];
    let id = send(&mut venue, MAIN, SELL, Kind::BracketGtc, &pairs);
    venue.advance(at(DAY + 120)).unwrap();
    let order = order(&venue, id);
    assert_eq!((order.status, order.trigger), (Status::Open, TriggerStatus::Pending));
    assert!(order.filled > dec("0") && order.filled <= dec("1"), "{}", order.filled);
    let fills = venue.account(MAIN).unwrap().fills();
    assert!(fills.iter().all(|fill| fill.liquidity == Liquidity::Maker));
}

#[test]
fn own_trades_wake_stops_too() {
    let mut venue = venue(&[]);
    let book = venue.book(sol()).unwrap().unwrap();
    let deep = book.bids.last().unwrap().price.to_string();
    let limit = (dec(&deep) - dec("1")).to_string();
    let pairs =
        [("base", "1"), ("stop", deep.as_str()), ("limit", limit.as_str()), ("direction", "down")];
    let stop = send(&mut venue, OTHER, SELL, Kind::StopLimitGtc, &pairs);
    let there: rust_decimal::Decimal = book.bids.iter().map(|l| l.size.get()).sum();
    venue.deposit(MAIN, "SOL".parse().unwrap(), there).unwrap();
    send(&mut venue, MAIN, SELL, Kind::MarketIoc, &[("base", &there.to_string())]);
    assert_eq!(order(&venue, stop).trigger, TriggerStatus::Triggered);
}
