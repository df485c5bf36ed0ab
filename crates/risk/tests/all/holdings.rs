//! What is held: fills that the venue takes back or replaces, coins that are given or taken away, and
//! what is somebody else's.

use crate::common::*;
use domain::{Fact, Fill, FillKind, Side};
use risk::{Counters, Exposure};

/// An entry of one trade that the venue changes afterwards.
fn changed(kind: FillKind, name: &str, side: Side, qty: &str) -> Fact {
    let Fact::Fill(fill) = fill(name, 1, side, "XRP-USD", qty, "2", T0) else { panic!("a fill") };
    Fact::Fill(Box::new(Fill { kind, trade_id: Some(format!("{side:?}")), ..*fill }))
}

#[test]
fn positions_follow_reversals_and_corrections() {
    let buy = || changed(FillKind::Fill, "a", Side::Buy, "2");
    let back = || changed(FillKind::Reversal, "b", Side::Buy, "2");
    let less = || changed(FillKind::Correction, "c", Side::Buy, "0.5");
    // What the venue told, and what is held then.
    let cases: [(Vec<Fact>, &str); 6] = [
        (vec![buy()], "2"),
        (vec![buy(), back()], "0"),
        (vec![buy(), less()], "0.5"),
        (vec![buy(), back(), less()], "0.5"),
        (vec![buy(), less(), less(), back()], "0"),
        (vec![back()], "0"),
    ];
    for (told, held) in cases {
        let sent = order(1, Side::Buy, "XRP-USD", "2", "2", T0);
        let facts: Vec<_> = [sent].into_iter().chain(told).collect();
        let exposure = Exposure::of(&facts).unwrap();
        assert_eq!(exposure.position(&asset("XRP")), qty(held), "{facts:?}");
        assert_eq!(exposure, exposure.recounted());
        let _counted = Counters::of(&facts);
    }
}

/// A purchase that is taken back is none; what a sale had sold stays sold for outcomes.
#[test]
fn a_purchase_that_is_taken_back_leaves_no_lot_and_a_sale_does_not_come_back() {
    let buy = changed(FillKind::Fill, "a", Side::Buy, "10");
    let sell = changed(FillKind::Fill, "b", Side::Sell, "5");
    let cases = [
        (vec![buy.clone()], 1),
        (vec![buy.clone(), changed(FillKind::Reversal, "c", Side::Buy, "10")], 0),
        (vec![buy.clone(), changed(FillKind::Correction, "c", Side::Buy, "4")], 1),
        (vec![buy, sell, changed(FillKind::Reversal, "c", Side::Sell, "5")], 1),
    ];
    for (mut facts, open) in cases {
        facts.push(approval("XRP-USD", T0));
        let counters = Counters::of(&facts);
        assert_eq!(counters.adds_in_day(&asset("XRP"), T0), open, "{facts:?}");
    }
}

/// What the venue may still take back is part of what is known.
#[test]
fn fills_of_different_trades_are_different_exposures() {
    let told = |trade: Option<&str>| {
        let Fact::Fill(fill) = fill("a", 1, Side::Buy, "XRP-USD", "10", "2", T0) else {
            panic!("a fill")
        };
        Exposure::of(&[Fact::Fill(Box::new(Fill { trade_id: trade.map(str::to_owned), ..*fill }))])
            .unwrap()
    };
    assert_eq!(told(Some("t")), told(Some("t")));
    assert_ne!(told(Some("t")), told(Some("u")));
    assert_ne!(told(Some("t")), told(None));
}

/// What an operator gives to the bot is a position; what he takes away is none, and no sale.
#[test]
fn coins_come_and_go_by_an_operators_word() {
    let xrp = asset("XRP");
    let given = adopted(1, "XRP-USD", "10", "2", T0);
    // Facts after the gift; what is held then, and whether anything is open.
    let cases: [(Vec<Fact>, &str); 6] = [
        (vec![], "10"),
        (vec![adopted(2, "XRP-USD", "5", "2", T0)], "15"),
        (vec![withdrawn("XRP", "4", T0)], "6"),
        (vec![withdrawn("XRP", "10", T0)], "0"),
        (vec![withdrawn("BTC", "1", T0)], "10"),
        (vec![deposited("XRP", "3", T0)], "10"),
    ];
    for (then, held) in cases {
        let facts: Vec<_> = std::iter::once(given.clone()).chain(then).collect();
        let exposure = Exposure::of(&facts).unwrap();
        assert_eq!(exposure.position(&xrp), qty(held), "{facts:?}");
        assert_eq!(exposure.is_open(&xrp), held != "0", "{facts:?}");
        assert_eq!(exposure, exposure.recounted());
        let counters = Counters::of(&facts);
        assert_eq!((counters.last_exit(&xrp), counters.losses_in_a_row()), (None, 0));
        // An entry that is approved while it is held is one more of it.
        let mut later = counters.clone();
        later.apply(&approval("XRP-USD", T0));
        assert_eq!(later.adds_in_day(&xrp, T0), u32::from(held != "0"), "{facts:?}");
    }
}

#[test]
fn what_an_account_holds_beyond_the_own_position_is_somebody_elses() {
    let mut exposure = Exposure::of(&position(1, "XRP-USD", "10", "2", T0)).unwrap();
    let purse = |of: &str, available: &str, held: &str| domain::Purse {
        asset: asset(of),
        available: amount(available),
        held: amount(held),
    };
    let mut counted = exposure.clone();
    exposure.count_others(&[
        purse("USD", "500", "20"),
        purse("USDC", "7", "0"),
        purse("BTC", "1", "0.5"),
        purse("XRP", "6", "7"),
        purse("ETH", "0", "0"),
    ]);
    counted.count_external([(asset("BTC"), qty("1.5")), (asset("XRP"), qty("3"))]);
    assert_eq!(exposure, counted);
    // Less than the own position is nobody else's.
    exposure.count_others(&[purse("XRP", "9", "0")]);
    assert_eq!(exposure, Exposure::of(&position(1, "XRP-USD", "10", "2", T0)).unwrap());
}

#[test]
fn coins_of_somebody_else_replace_what_was_counted_before() {
    let mut exposure = Exposure::of(&position(1, "XRP-USD", "10", "2", T0)).unwrap();
    exposure.count_external([(asset("BTC"), qty("1")), (asset("ETH"), qty("0"))]);
    let first = exposure.clone();
    exposure.count_external([(asset("XRP"), qty("5"))]);
    assert_ne!(exposure, first);
    assert_eq!(exposure.open().len(), 1, "they open nothing");
    exposure.count_external([]);
    assert_eq!(exposure, Exposure::of(&position(1, "XRP-USD", "10", "2", T0)).unwrap());
}
