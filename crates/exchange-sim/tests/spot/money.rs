//! Sizes in money, fees, holds: the arithmetic that Coinbase's captures show.

use domain::Bps;
use exchange_sim::spot::{Kind, Liquidity, Status, Terms};
use rust_decimal::Decimal;

use crate::world::*;

#[test]
fn a_market_buy_of_money_has_its_fees_inside() {
    let mut venue = venue(&[]);
    let id = send(&mut venue, MAIN, BUY, Kind::MarketIoc, &[("quote", "25")]);
    let order = order(&venue, id);
    assert_eq!(order.status, Status::Filled);
    assert_eq!(order.total_after_fees(), dec("25"));
    // 25 / 1.012, sixteen digits, rounded down.
    assert_eq!(order.filled_value.to_string(), "24.7035573122529644");
    assert_eq!(order.fees.to_string(), "0.2964426877470356");
    assert!(order.size_in_quote && order.size_with_fees);
    assert_eq!(order.completion_percent(), Decimal::ONE_HUNDRED);
    let fills = venue.account(MAIN).unwrap().fills();
    assert!(fills.iter().all(|fill| fill.size_in_quote && fill.liquidity == Liquidity::Taker));
    assert_eq!(purse(&venue, MAIN, "USD"), ("9975".to_owned(), "0".to_owned()));
}

#[test]
fn the_published_market_order_of_25_dollars_comes_out_to_the_last_digit() {
    // Coinbase's example order of 2022, when takers paid 60 bps.
    let mut terms = Terms::shipped().unwrap();
    terms.tiers[0].taker = Bps::parse("60").unwrap();
    let mut venue = venue_with(terms, &[]);
    let id = send(&mut venue, MAIN, BUY, Kind::MarketIoc, &[("quote", "25")]);
    let order = order(&venue, id);
    assert_eq!(order.filled_value.to_string(), "24.8508946322067594");
    assert_eq!(order.fees.to_string(), "0.1491053677932406");
}

#[test]
fn a_market_sale_pays_its_fee_from_what_it_brings() {
    let mut venue = venue(&[]);
    let id = send(&mut venue, MAIN, SELL, Kind::MarketIoc, &[("base", "2")]);
    let order = order(&venue, id);
    assert_eq!((order.status, order.filled), (Status::Filled, dec("2")));
    let value = order.filled_value.get();
    assert_eq!(order.fees.get(), (value * dec("0.012")).normalize());
    assert_eq!(order.total_after_fees(), value - order.fees.get());
    let (usd, held) = purse(&venue, MAIN, "USD");
    assert_eq!(dec(&usd), dec("10000") + order.total_after_fees());
    assert_eq!(held, "0");
}

#[test]
fn a_market_order_stops_at_the_band_and_the_rest_is_cancelled() {
    let mut venue = venue(&[]);
    let whole = venue.book(sol()).unwrap().unwrap();
    let there: Decimal = whole.bids.iter().map(|level| level.size.get()).sum();
    venue.deposit(MAIN, "SOL".parse().unwrap(), there).unwrap();
    let size = (there + Decimal::ONE).to_string();
    let id = send(&mut venue, MAIN, SELL, Kind::MarketIoc, &[("base", &size)]);
    let sold = order(&venue, id);
    assert_eq!((sold.status, sold.filled), (Status::Cancelled, there));
    assert_eq!(sold.hold, Decimal::ZERO);
    assert!(venue.book(sol()).unwrap().unwrap().bids.is_empty());
}

#[test]
fn a_resting_buy_holds_its_value_and_the_takers_fee() {
    let mut venue = venue(&[]);
    let id = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &[("base", "10"), ("limit", "90")]);
    assert_eq!(order(&venue, id).hold, dec("910.8"));
    assert_eq!(purse(&venue, MAIN, "USD"), ("9089.2".to_owned(), "910.8".to_owned()));
    venue.cancel(MAIN, id).unwrap().unwrap();
    assert_eq!(purse(&venue, MAIN, "USD"), ("10000".to_owned(), "0".to_owned()));
    assert_eq!(order(&venue, id).cancel_message, "User requested cancel");
}

#[test]
fn a_limit_in_money_buys_whole_increments_of_it() {
    let mut venue = venue(&[]);
    let id = send(&mut venue, MAIN, BUY, Kind::LimitGtc, &[("quote", "100"), ("limit", "90.01")]);
    assert_eq!(order(&venue, id).size, dec("1.11098766"));
    assert!(!order(&venue, id).size_in_quote);
}

#[test]
fn two_accounts_trade_with_each_other_at_the_resting_price() {
    let mut venue = venue(&[]);
    let book = venue.book(sol()).unwrap().unwrap();
    let between = ((book.bids[0].price.get() + book.asks[0].price.get()) / dec("2")).round_dp(2);
    let limit = between.to_string();
    let maker = send(&mut venue, MAIN, SELL, Kind::LimitGtc, &[("base", "3"), ("limit", &limit)]);
    assert_eq!(venue.book(sol()).unwrap().unwrap().asks[0].price.get(), between);
    let taker = send(&mut venue, OTHER, BUY, Kind::MarketIoc, &[("base", "2")]);
    assert_eq!(
        (order(&venue, taker).status, order(&venue, taker).average_price()),
        (Status::Filled, between)
    );
    assert_eq!(
        (order(&venue, maker).status, order(&venue, maker).filled),
        (Status::Open, dec("2"))
    );
    let fees = [MAIN, OTHER].map(|no| venue.account(no).unwrap().fills()[0].fee.get());
    let value = between * dec("2");
    assert_eq!(fees, [(value * dec("0.006")).normalize(), (value * dec("0.012")).normalize()]);
    // One public trade, of the maker's side.
    let trades = venue.trades(sol(), at(DAY), at(DAY), 10).unwrap();
    assert_eq!((trades.len(), trades[0].maker, trades[0].size), (1, SELL, dec("2")));
    assert_eq!(venue.imbalance(), Decimal::ZERO);
}

#[test]
fn an_account_never_trades_with_itself() {
    let cases = [
        // (resting, taking, resting left, taking left): the smaller goes, the larger shrinks.
        ("3", "1", Some("2"), None),
        ("1", "3", None, Some("2")),
        ("2", "2", None, None),
    ];
    for (resting, taking, left, rest) in cases {
        let mut venue = venue(&[]);
        let maker =
            send(&mut venue, MAIN, SELL, Kind::LimitGtc, &[("base", resting), ("limit", "100.01")]);
        let taker =
            send(&mut venue, MAIN, BUY, Kind::LimitGtc, &[("base", taking), ("limit", "100.01")]);
        for (id, left) in [(maker, left), (taker, rest)] {
            let order = order(&venue, id);
            assert_eq!(order.filled, Decimal::ZERO, "{resting} {taking}");
            if let Some(left) = left {
                assert_eq!((order.status, order.leaves()), (Status::Open, dec(left)));
            } else {
                assert_eq!(order.status, Status::Cancelled);
                assert_eq!(order.cancel_message, "Self trade prevention");
            }
        }
        assert!(venue.account(MAIN).unwrap().fills().is_empty());
    }
}
