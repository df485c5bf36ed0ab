//! What a trailing stop follows: the best bid that each open lot has seen, from facts alone.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use common::{at, fill, intent};
use domain::{Fact, Mark, MarksFact, Price, Side};
use state::State;

const BTC: &str = "BTC-USD";

fn marks(secs: i64, bids: &[(&str, &str)]) -> Fact {
    let mark = |(product, bid): &(&str, &str)| Mark {
        product: product.parse().unwrap(),
        bid: bid.parse().unwrap(),
        vouched: at(secs),
    };
    Fact::Marks(MarksFact { at: at(secs), marks: bids.iter().map(mark).collect() })
}

fn bought(number: u64, price: &str, secs: i64) -> [Fact; 2] {
    let id = format!("b{number}");
    let fill = fill(&id, number, BTC, Side::Buy, ("1", price, "0"), secs);
    [intent(number, None, BTC, Side::Buy), Fact::Fill(Box::new(fill))]
}

fn bests(state: &State) -> Vec<Price> {
    state.lots().map(|lot| lot.best_bid).collect()
}

fn prices(texts: &[&str]) -> Vec<Price> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn a_lot_remembers_the_best_bid_since_it_was_bought_and_only_its_own() {
    let mut facts: Vec<Fact> = bought(1, "100", 1).into();
    let mut state = State::of(&facts);
    assert_eq!(bests(&state), prices(&["100"]), "what was paid, before anything was seen");
    let steps: [(Fact, &[&str]); 5] = [
        (marks(2, &[(BTC, "99")]), &["100"]),
        (marks(3, &[("ETH-USD", "500"), (BTC, "108")]), &["108"]),
        (marks(4, &[(BTC, "103")]), &["108"]),
        (bought(2, "103", 5)[1].clone(), &["108"]),
        (marks(6, &[(BTC, "105")]), &["108", "105"]),
    ];
    // The second order is on record before it fills.
    facts.push(bought(2, "103", 5)[0].clone());
    state.apply(facts.last().unwrap());
    for (fact, expected) in steps {
        state.apply(&fact);
        facts.push(fact);
        assert_eq!(bests(&state)[..expected.len()], prices(expected), "{:?}", facts.last());
    }
    assert_eq!(state.best_bids_risen(), 2);
    assert_eq!(State::of(&facts), state, "a restart remembers the same");
}

#[test]
fn what_is_sold_is_forgotten() {
    let sale = fill("s1", 2, BTC, Side::Sell, ("1", "107", "0"), 4);
    let mut facts: Vec<Fact> = bought(1, "100", 1).into();
    facts.extend([
        marks(2, &[(BTC, "110")]),
        intent(2, None, BTC, Side::Sell),
        Fact::Fill(Box::new(sale)),
        marks(5, &[]),
    ]);
    facts.extend(bought(3, "90", 6));
    let state = State::of(&facts);
    assert_eq!(bests(&state), prices(&["90"]));
}
