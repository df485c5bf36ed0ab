//! Two runs of one time: what differs is named, and the parts add up to it.

use std::borrow::Cow;

use backtest::parity::{Parity, Parts};
use backtest::{BacktestError, Data, FeeSchedule, Outcome, Silent, run};
use domain::{Fact, Price, Side};
use rust_decimal::Decimal;

use crate::common::{market, setup};
use crate::world::World;

/// One trade that a stop ends, and its market.
fn stopped() -> (Data, Outcome) {
    let mut after = vec![1.0, 1.0];
    after.extend([0.8; 3]);
    let data = market(&after);
    let outcome = run(&setup(5), &data, &mut Silent).unwrap();
    (data, outcome)
}

fn facts(outcome: &Outcome) -> Vec<Fact> {
    outcome.facts.iter().map(Cow::into_owned).collect()
}

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// The facts with some of them changed, and `None` for those that are left out.
fn changed(facts: &[Fact], change: impl Fn(&mut Fact) -> Option<()>) -> Vec<Fact> {
    let one = |fact: &Fact| {
        let mut fact = fact.clone();
        change(&mut fact).map(|()| fact)
    };
    facts.iter().filter_map(one).collect()
}

fn adds_up(parity: &Parity) {
    let sum = |parts: &Parts| parts.named().iter().map(|(_, part)| *part).sum::<Decimal>();
    assert_eq!(sum(&parity.parts), parity.difference);
    assert_eq!(parity.one - parity.other, parity.difference);
    for pair in &parity.trades {
        assert_eq!(sum(&pair.parts), pair.difference, "{}", pair.event);
    }
}

#[test]
fn a_run_differs_in_nothing_from_itself() {
    let (data, outcome) = stopped();
    let parity = Parity::of(&facts(&outcome), &facts(&outcome), &data).unwrap();
    assert_eq!((parity.approved_by_both, parity.trades.len()), (1, 1));
    assert_eq!(parity.parts, Parts::default());
    // What the trade came to is what the report says of it: see `known.rs`.
    assert_eq!(parity.one, dec("-106.5155534516"));
}

/// What was done to the run, and what it explains.
type Case = (&'static str, fn(&mut Fact) -> Option<()>, Parts);

fn sold_lower(fact: &mut Fact) -> Option<()> {
    if let Fact::Fill(fill) = fact
        && fill.side == Side::Sell
    {
        fill.price = Price::new(fill.price.get() - Decimal::TEN).ok()?;
    }
    Some(())
}

fn without_fills(fact: &mut Fact) -> Option<()> {
    (!matches!(fact, Fact::Fill(_))).then_some(())
}

fn refused(fact: &mut Fact) -> Option<()> {
    without_fills(fact)?;
    if let Fact::Approved(approval) = fact {
        *fact = Fact::TriggerUsed { at: approval.at, trigger: approval.trigger };
    }
    Some(())
}

fn never_proposed(fact: &mut Fact) -> Option<()> {
    without_fills(fact)?;
    (!matches!(fact, Fact::Approved(_))).then_some(())
}

#[test]
fn each_difference_has_its_name() {
    let (data, outcome) = stopped();
    let all = dec("-106.5155534516");
    let cases: [Case; 5] = [
        // 0.00954688 units at ten dollars more than in the other.
        ("sold for less", sold_lower, Parts { price: dec("0.0954688"), ..Parts::default() }),
        (
            "fees",
            |fact| {
                if let Fact::Fill(fill) = fact {
                    fill.fee = domain::QuoteAmt::ZERO;
                }
                Some(())
            },
            Parts { fee: -dec("2.96425525") - dec("4.74280864"), ..Parts::default() },
        ),
        ("no fill", without_fills, Parts { unfilled: all, ..Parts::default() }),
        ("another decision", refused, Parts { refused: all, ..Parts::default() }),
        ("never seen", never_proposed, Parts { universe: all, ..Parts::default() }),
    ];
    for (name, change, parts) in cases {
        let other = changed(&facts(&outcome), change);
        let parity = Parity::of(&facts(&outcome), &other, &data).unwrap();
        assert_eq!(parity.parts, parts, "{name}");
        adds_up(&parity);
    }
}

#[test]
fn a_sale_an_hour_earlier_is_a_matter_of_time_and_a_bigger_one_of_size() {
    let (data, outcome) = stopped();
    // The other sold an hour earlier, at the close of then: 51,750 less the same 0.71 below its close
    // (41,399.29 against 41,400).
    let earlier = changed(&facts(&outcome), |fact| {
        if let Fact::Fill(fill) = fact
            && fill.side == Side::Sell
        {
            fill.at = fill.at.plus_secs(-3600);
            fill.price = "51749.29".parse().unwrap();
        }
        Some(())
    });
    let parity = Parity::of(&facts(&outcome), &earlier, &data).unwrap();
    let timing = (dec("41399.29") - dec("51749.29")) * dec("0.00954688");
    assert_eq!(parity.parts, Parts { timing, ..Parts::default() });
    adds_up(&parity);

    // Twice as much of everything: what a unit gained at its closes, once more, and the rest in kind.
    let doubled = changed(&facts(&outcome), |fact| {
        if let Fact::Fill(fill) = fact {
            fill.qty = fill.qty.plus(fill.qty).unwrap();
            fill.fee = fill.fee.plus(fill.fee).unwrap();
        }
        Some(())
    });
    let parity = Parity::of(&doubled, &facts(&outcome), &data).unwrap();
    let units = dec("0.00954688");
    assert_eq!(parity.parts.size.round_dp(6), ((dec("41400") - dec("51750")) * units).round_dp(6));
    assert!(parity.parts.timing.abs() < dec("0.000001"), "{:?}", parity.parts);
    adds_up(&parity);
}

#[test]
fn many_trades_at_other_fees_add_up_to_the_last_digit() {
    let world = World::of(6, 4);
    let data = world.data();
    let dear = world.play();
    let mut setup = world.setup();
    setup.fees =
        FeeSchedule::flat(domain::Fees { maker_bps: "0".parse().unwrap(), ..dear.venue.fees() });
    let cheap = run(&setup, &data, &mut Silent).unwrap();
    let parity = Parity::of(&facts(&dear), &facts(&cheap), &data).unwrap();
    assert!(parity.trades.len() > 10, "{}", parity.trades.len());
    assert!(!parity.parts.fee.is_zero() && !parity.difference.is_zero());
    adds_up(&parity);
}

#[test]
fn runs_without_a_moment_in_common_cannot_be_compared() {
    let (data, outcome) = stopped();
    let nothing = Parity::of(&facts(&outcome), &[], &data);
    assert!(matches!(nothing, Err(BacktestError::NothingInCommon)));
}
