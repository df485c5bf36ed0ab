//! What was won and lost, lot by lot.

use crate::common::*;
use domain::{Fact, Side};
use risk::{Counters, Outcome};

#[test]
fn a_lot_sold_in_pieces_is_one_loss_and_a_win_ends_the_row() {
    let trip = |number: u64, at_price: &str, at| {
        let mut facts = position(number, "XRP-USD", "10", "2", at).to_vec();
        for part in 0..2 {
            let sale = number * 10 + part;
            let name = format!("s{sale}");
            facts.push(order(sale, Side::Sell, "XRP-USD", "5", at_price, at));
            facts.push(fill(&name, sale, Side::Sell, "XRP-USD", "5", at_price, at));
            facts.push(end(sale, "5", at));
        }
        facts
    };
    let mut counters = Counters::of(&trip(1, "1.9", T0));
    assert_eq!(counters.losses_in_a_row(), 1);
    assert_eq!(counters.last_exit(&asset("XRP")), Some((T0, Outcome::Loss)));
    apply(&mut counters, &trip(2, "1.8", T0.plus_secs(60)));
    assert_eq!(counters.losses_in_a_row(), 2);
    let stopped = Some((T0.plus_secs(60), Outcome::Stop));
    assert_eq!(counters.last_exit(&asset("XRP")), stopped, "8 % below 2 is 1.84");
    apply(&mut counters, &trip(3, "2.1", T0.plus_secs(120)));
    assert_eq!(counters.losses_in_a_row(), 0);
    assert_eq!(counters.last_loss(), Some(T0.plus_secs(60)));
}

/// 10 bought at 2 and sold at 2.01 gain 0.1; the fees of either side decide.
#[test]
fn fees_make_a_gain_a_loss() {
    for (buy_fee, sell_fee, expected) in [
        ("0", "0.09", Outcome::Win),
        ("0.09", "0", Outcome::Win),
        ("0", "0.11", Outcome::Loss),
        ("0.11", "0", Outcome::Loss),
    ] {
        let mut facts = position(1, "XRP-USD", "10", "2", T0).to_vec();
        facts.push(fill("s", 2, Side::Sell, "XRP-USD", "10", "2.01", T0));
        let mut fees = [sell_fee, buy_fee];
        for fact in &mut facts {
            if let Fact::Fill(fill) = fact {
                fees.reverse();
                fill.fee = amount(fees[0]);
            }
        }
        let counters = Counters::of(&facts);
        assert_eq!(counters.last_exit(&asset("XRP")), Some((T0, expected)), "{facts:?}");
        assert_eq!(counters.losses_in_a_row(), u32::from(expected == Outcome::Loss));
    }
}

#[test]
fn a_fill_that_comes_twice_counts_once() {
    let mut facts = position(1, "XRP-USD", "10", "2", T0).to_vec();
    let half = fill("s", 2, Side::Sell, "XRP-USD", "5", "1.9", T0);
    facts.extend([half.clone(), half]);
    let counters = Counters::of(&facts);
    assert_eq!(counters.losses_in_a_row(), 0, "half of the lot is still there");
}

#[test]
fn a_position_that_is_gone_starts_over_on_the_ladder() {
    let xrp = asset("XRP");
    let mut facts = position(1, "XRP-USD", "10", "2", T0).to_vec();
    facts.push(order(2, Side::Sell, "XRP-USD", "10", "2", T0));
    facts.push(end(2, "0", T0));
    assert_eq!(Counters::of(&facts).exit_rung(&xrp), 1);
    facts.push(order(3, Side::Sell, "XRP-USD", "10", "2", T0));
    facts.push(fill("s", 3, Side::Sell, "XRP-USD", "10", "1.9", T0));
    assert_eq!(Counters::of(&facts).exit_rung(&xrp), 0);
}

/// A gift is a lot at the price that was said, with the stop of its plan.
#[test]
fn a_gift_is_won_or_lost_like_a_purchase() {
    for (price, expected) in
        [("2.01", Outcome::Win), ("1.99", Outcome::Loss), ("1.84", Outcome::Stop)]
    {
        let facts = [
            adopted(1, "XRP-USD", "10", "2", T0),
            fill("s", 2, Side::Sell, "XRP-USD", "10", price, T0),
        ];
        let counters = Counters::of(&facts);
        assert_eq!(counters.last_exit(&asset("XRP")), Some((T0, expected)), "sold at {price}");
    }
}

/// Without a plan on record there is no stop that a sale could be at.
#[test]
fn a_purchase_without_a_plan_has_no_stop() {
    let bought = fill("b", 1, Side::Buy, "XRP-USD", "10", "2", T0);
    let sold = fill("s", 2, Side::Sell, "XRP-USD", "10", "0.1", T0);
    let counters = Counters::of(&[bought, sold]);
    assert_eq!(counters.last_exit(&asset("XRP")), Some((T0, Outcome::Loss)));
}

/// Two fills of one order are one lot; two orders are two.
#[test]
fn an_order_is_one_lot_in_however_many_fills() {
    for (second, losses) in [(1, 1), (2, 2)] {
        let facts = [
            fill("a", 1, Side::Buy, "XRP-USD", "5", "2", T0),
            fill("b", second, Side::Buy, "XRP-USD", "5", "2", T0),
            fill("s", 9, Side::Sell, "XRP-USD", "10", "1.9", T0),
        ];
        assert_eq!(Counters::of(&facts).losses_in_a_row(), losses);
    }
}

#[test]
fn what_breaks_even_is_won() {
    let mut facts = position(1, "XRP-USD", "10", "2", T0).to_vec();
    facts.push(fill("s", 2, Side::Sell, "XRP-USD", "10", "2", T0));
    let counters = Counters::of(&facts);
    assert_eq!(counters.last_exit(&asset("XRP")), Some((T0, Outcome::Win)));
    assert_eq!((counters.losses_in_a_row(), counters.last_loss()), (0, None));
}

/// A sale that sold all that it was to sell is no try in vain, also where more of the asset is held.
#[test]
fn a_sale_that_was_filled_climbs_no_rung() {
    for (sold, rung) in [("4.9", 1), ("5", 0)] {
        let mut facts = position(1, "XRP-USD", "10", "2", T0).to_vec();
        facts.push(order(2, Side::Sell, "XRP-USD", "5", "2", T0));
        facts.push(fill("s", 2, Side::Sell, "XRP-USD", sold, "2", T0));
        facts.push(end(2, sold, T0));
        assert_eq!(Counters::of(&facts).exit_rung(&asset("XRP")), rung, "{sold} of 5");
    }
}
