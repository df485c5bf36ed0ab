//! The comparison of the records with the venue: what is found, and how bad it is.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use std::collections::BTreeMap;

use common::*;
use domain::FindingCode::{
    BalanceBelowLedger, ForeignCoins, ForeignFill, ForeignOrder, Incomplete, MissingFill,
    NegativeLot, OpenOrder, Reappeared, Reward, StatusMismatch, UnexplainedDecrease,
    UnexplainedIncrease, UnknownOrder, WrongAccount,
};
use domain::Grade::{Degraded, Halt, Info};
use domain::{
    Asset, Bracket, Fact, FindingCode, Grade, IntentFact, IntentId, Purse, QuoteAmt,
    ReconciledFact, Side, TimeInForce, Usd, VenueStatus,
};
use exchange::{VenueFill, VenueOrder};
use execution::{Grading, Look, Orders, Portfolio, Records, Shown, reconcile};
use rust_decimal::Decimal;

/// Everything that a comparison depends on; the base case is clean.
struct Case {
    orders: Orders,
    news: Vec<Fact>,
    positions: BTreeMap<Asset, Decimal>,
    cash: BTreeMap<Asset, Decimal>,
    look: Option<Look>,
    purses: Option<Vec<Purse>>,
    account: bool,
    portfolio: Portfolio,
    later_run: bool,
    nav: Option<Usd>,
}

fn asset(text: &str) -> Asset {
    text.parse().unwrap()
}

fn purse(name: &str, available: &str, held: &str) -> Purse {
    let amount = |text: &str| -> QuoteAmt { text.parse().unwrap() };
    Purse { asset: asset(name), available: amount(available), held: amount(held) }
}

/// One open buy of 10 at 100, a lot of 2 SOL at 100 dollars, 5,000 dollars of cash.
fn clean() -> Case {
    let buy = intent(1, Side::Buy);
    let mut orders = sent(std::slice::from_ref(&buy));
    record(&mut orders, &[accepted(1)], 0);
    let open = shown(&buy, VenueStatus::Open, "0");
    let facts = orders.observe(&open, NOW);
    record(&mut orders, &facts, 1);
    Case {
        orders,
        news: Vec::new(),
        positions: BTreeMap::from([(asset("SOL"), dec("2"))]),
        cash: BTreeMap::from([(asset("USD"), dec("5000"))]),
        look: Some(look(2, vec![open], vec![])),
        purses: Some(vec![purse("USD", "3988", "1012"), purse("SOL", "1.5", "0.5")]),
        account: true,
        portfolio: Portfolio::Dedicated,
        later_run: true,
        nav: Some("5200".parse().unwrap()),
    }
}

impl Case {
    fn run(&self) -> ReconciledFact {
        let records = Records {
            orders: &self.orders,
            news: &self.news,
            positions: &self.positions,
            cash: &self.cash,
        };
        let shown = Shown {
            look: self.look.as_ref(),
            purses: self.purses.as_deref(),
            account: self.account,
        };
        let marks = BTreeMap::from([(asset("SOL"), "100".parse().unwrap())]);
        let grading = Grading {
            portfolio: self.portfolio,
            later_run: self.later_run,
            nav: self.nav,
            marks: &marks,
            income_left: "1".parse().unwrap(),
            dust: "0.01".parse().unwrap(),
        };
        reconcile(&records, &shown, &grading, NOW)
    }

    fn shown(&mut self) -> &mut Look {
        self.look.as_mut().unwrap()
    }

    /// Nothing is at work.
    fn no_orders(&mut self) {
        self.orders = sent(&[]);
        self.shown().orders.clear();
    }

    /// The open buy is the first of its asset.
    fn never_bought(&mut self) {
        self.positions.clear();
    }

    /// Nobody knows whether the venue has the buy.
    fn doubts(&mut self) {
        let mut orders = sent(&[intent(1, Side::Buy)]);
        record(&mut orders, &[doubted(1)], 0);
        self.orders = orders;
        self.shown().orders.clear();
    }

    /// A sale of 10 takes the place of the buy.
    fn sells(&mut self) {
        self.works(&intent(1, Side::Sell));
    }

    /// A bracket takes the place of the buy.
    fn brackets(&mut self) {
        let rest = Bracket { stop: "92".parse().unwrap(), target: "115".parse().unwrap() };
        let time_in_force = Some(TimeInForce::Bracket(rest));
        self.works(&IntentFact { time_in_force, ..intent(1, Side::Sell) });
    }

    fn works(&mut self, order: &IntentFact) {
        let mut orders = sent(std::slice::from_ref(order));
        record(&mut orders, &[accepted(1)], 0);
        let open = shown(order, VenueStatus::Open, "0");
        let facts = orders.observe(&open, NOW);
        record(&mut orders, &facts, 1);
        self.orders = orders;
        self.shown().orders = vec![open];
    }

    fn pay(&mut self, purse: Purse) {
        self.purses.as_mut().unwrap().retain(|other| other.asset != purse.asset);
        self.purses.as_mut().unwrap().push(purse);
    }
}

type Change = fn(&mut Case);
type Row = (&'static str, Change, Option<(Grade, FindingCode)>, bool);

fn strange_order() -> VenueOrder {
    let own = shown(&intent(1, Side::Buy), VenueStatus::Open, "0");
    VenueOrder { venue_order_id: "x".into(), client_order_id: "somebody".into(), ..own }
}

fn strange_fill() -> VenueFill {
    VenueFill { venue_order_id: "x".into(), ..filled(&intent(1, Side::Buy), "y", "1") }
}

/// What is changed in the clean case, the worst that is found, and whether entries may begin.
const ORDERS: &[Row] = &[
    ("a known open order", |_| {}, Some((Info, OpenOrder)), true),
    ("another account", |c| c.account = false, Some((Halt, WrongAccount)), false),
    (
        "no list at the first run",
        |c| (c.look, c.later_run) = (None, false),
        Some((Info, Incomplete)),
        false,
    ),
    ("no list at a later run", |c| c.look = None, Some((Degraded, Incomplete)), false),
    ("no balances at a later run", |c| c.purses = None, Some((Degraded, Incomplete)), false),
    (
        "a fill that was missing",
        |c| {
            let buy = intent(1, Side::Buy);
            let fill = fact_of(&filled(&buy, "a", "1"), &buy, domain::FillKind::Fill);
            c.news = vec![fill];
        },
        Some((Info, MissingFill)),
        true,
    ),
    (
        "an unknown order",
        |c| {
            let two = intent(2, Side::Buy);
            record(&mut c.orders, &[Fact::Intent(Box::new(two)), doubted(2)], 1);
        },
        Some((Degraded, UnknownOrder)),
        false,
    ),
    (
        "an open order that is not there",
        |c| c.shown().orders.clear(),
        Some((Degraded, StatusMismatch)),
        false,
    ),
    (
        "an open order before the list begins",
        |c| {
            c.shown().orders.clear();
            c.shown().from = NOW.plus_secs(1);
        },
        None,
        true,
    ),
    (
        "an own order of another size",
        |c| c.shown().orders[0].qty = Some(qty("9")),
        Some((Degraded, StatusMismatch)),
        false,
    ),
    (
        "an order that is over here and open there",
        |c| {
            let over =
                c.orders.observe(&shown(&intent(1, Side::Buy), VenueStatus::Cancelled, "0"), NOW);
            record(&mut c.orders, &over, 2);
        },
        Some((Degraded, StatusMismatch)),
        false,
    ),
    (
        "an order that came back",
        |c| {
            let two = intent(2, Side::Buy);
            let refused = domain::SubmitOutcome::Refused { reason: "no".into() };
            record(&mut c.orders, &[Fact::Intent(Box::new(two.clone())), answered(2, refused)], 1);
            let back = shown(&two, VenueStatus::Open, "0");
            let facts = c.orders.observe(&back, NOW);
            record(&mut c.orders, &facts, 2);
            c.shown().orders.push(back);
        },
        Some((Degraded, Reappeared)),
        false,
    ),
    (
        "a foreign order",
        |c| c.shown().orders.push(strange_order()),
        Some((Halt, ForeignOrder)),
        false,
    ),
    (
        "a foreign order among others' own",
        |c| {
            c.portfolio = Portfolio::Shared;
            c.shown().orders.push(strange_order());
        },
        Some((Info, ForeignOrder)),
        true,
    ),
    ("a foreign fill", |c| c.shown().fills.push(strange_fill()), Some((Halt, ForeignFill)), false),
    (
        "a fill of a kind that nobody knows",
        |c| {
            let buy = intent(1, Side::Buy);
            c.shown().fills.push(VenueFill { kind: None, ..filled(&buy, "a", "1") });
        },
        Some((Degraded, StatusMismatch)),
        false,
    ),
];

const BALANCES: &[Row] = &[
    ("less than a cent", |c| c.pay(purse("USD", "5000.009", "0")), Some((Info, OpenOrder)), true),
    ("a small increase", |c| c.pay(purse("USD", "5001", "0")), Some((Info, Reward)), true),
    (
        "an increase",
        |c| c.pay(purse("USD", "5001.01", "0")),
        Some((Degraded, UnexplainedIncrease)),
        false,
    ),
    (
        "more coins than were bought",
        |c| c.pay(purse("SOL", "3", "0")),
        Some((Degraded, UnexplainedIncrease)),
        false,
    ),
    (
        "coins of an asset that was never bought",
        |c| c.pay(purse("XRP", "5", "0")),
        Some((Halt, ForeignCoins)),
        false,
    ),
    (
        "the same where others trade",
        |c| {
            c.portfolio = Portfolio::Shared;
            c.pay(purse("XRP", "5", "0"));
        },
        Some((Info, ForeignCoins)),
        true,
    ),
    (
        "a decrease of 1 % of NAV",
        |c| c.pay(purse("USD", "4948", "0")),
        Some((Degraded, UnexplainedDecrease)),
        false,
    ),
    (
        "a decrease of more",
        |c| {
            c.no_orders();
            c.pay(purse("USD", "4947.99", "0"));
        },
        Some((Halt, UnexplainedDecrease)),
        false,
    ),
    (
        "fewer coins than the lots",
        |c| c.pay(purse("SOL", "1.9", "0")),
        Some((Degraded, BalanceBelowLedger)),
        false,
    ),
    (
        "far fewer coins than the lots",
        |c| c.pay(purse("SOL", "1.4", "0")),
        Some((Halt, UnexplainedDecrease)),
        false,
    ),
    (
        "the same where NAV is not known",
        |c| {
            c.nav = None;
            c.pay(purse("SOL", "1.4", "0"));
        },
        Some((Degraded, BalanceBelowLedger)),
        false,
    ),
    (
        "more sold than bought",
        |c| {
            c.positions.insert(asset("XRP"), dec("-1"));
        },
        Some((Halt, NegativeLot)),
        false,
    ),
    (
        "what an order is just filling cannot be compared",
        |c| {
            let facts =
                c.orders.observe(&shown(&intent(1, Side::Buy), VenueStatus::Open, "1"), NOW);
            record(&mut c.orders, &facts, 2);
            c.pay(purse("USD", "4900", "0"));
            c.pay(purse("SOL", "3", "0"));
        },
        Some((Info, OpenOrder)),
        true,
    ),
];

/// Differences that own orders may have made since they were last seen: none of them halts, and all
/// keep entries shut. A halt keeps stops from selling, so that it is not for what we did ourselves.
const OWN_DOING: &[Row] = &[
    (
        "coins that an order bought while its list cannot be read",
        |c| {
            c.never_bought();
            (c.look, c.later_run) = (None, false);
            c.pay(purse("SOL", "10", "0"));
        },
        Some((Degraded, UnexplainedIncrease)),
        false,
    ),
    (
        "coins that an order bought while nobody knows of it",
        |c| {
            c.never_bought();
            c.doubts();
            c.pay(purse("SOL", "10", "0"));
        },
        Some((Degraded, UnexplainedIncrease)),
        false,
    ),
    (
        "coins that an order bought after it was listed",
        |c| {
            c.never_bought();
            c.pay(purse("SOL", "10", "0"));
        },
        Some((Degraded, UnexplainedIncrease)),
        false,
    ),
    (
        "more coins than it can have bought",
        |c| {
            c.never_bought();
            c.pay(purse("SOL", "10.001", "0"));
        },
        Some((Halt, ForeignCoins)),
        false,
    ),
    (
        "coins of another asset",
        |c| c.pay(purse("XRP", "5", "0")),
        Some((Halt, ForeignCoins)),
        false,
    ),
    (
        "dollars that an order may have paid",
        |c| c.pay(purse("USD", "3988", "0")),
        Some((Degraded, UnexplainedDecrease)),
        false,
    ),
    (
        "more dollars than it may have paid",
        |c| c.pay(purse("USD", "3979.99", "0")),
        Some((Halt, UnexplainedDecrease)),
        false,
    ),
    (
        "coins that a sale may have sold",
        |c| {
            c.sells();
            c.pay(purse("SOL", "1", "0"));
        },
        Some((Degraded, BalanceBelowLedger)),
        false,
    ),
    (
        "more coins than it offered",
        |c| {
            c.sells();
            c.positions.insert(asset("SOL"), dec("12"));
            c.pay(purse("SOL", "1.9", "0"));
        },
        Some((Halt, UnexplainedDecrease)),
        false,
    ),
    (
        "coins beside a bracket that still holds its own",
        |c| {
            c.brackets();
            c.positions.insert(asset("SOL"), dec("12"));
            c.pay(purse("SOL", "1", "10"));
        },
        Some((Halt, UnexplainedDecrease)),
        false,
    ),
    (
        "coins that a bracket holds back no more",
        |c| {
            c.brackets();
            c.positions.insert(asset("SOL"), dec("12"));
            c.pay(purse("SOL", "2", "0"));
        },
        Some((Degraded, BalanceBelowLedger)),
        false,
    ),
    (
        "a fill of an order that nobody knows the number of",
        |c| {
            c.doubts();
            c.shown().fills.push(strange_fill());
        },
        Some((Degraded, ForeignFill)),
        false,
    ),
    (
        "a fill above what it would pay",
        |c| {
            c.doubts();
            let dear = VenueFill { price: "100.01".parse().unwrap(), ..strange_fill() };
            c.shown().fills.push(dear);
        },
        Some((Halt, ForeignFill)),
        false,
    ),
    (
        "a fill of more than was asked for",
        |c| {
            c.doubts();
            c.shown().fills.push(VenueFill { qty: qty("10.001"), ..strange_fill() });
        },
        Some((Halt, ForeignFill)),
        false,
    ),
    (
        "a fill of the other side",
        |c| {
            c.doubts();
            c.shown().fills.push(VenueFill { side: Side::Sell, ..strange_fill() });
        },
        Some((Halt, ForeignFill)),
        false,
    ),
    (
        "a fill before it was sent",
        |c| {
            c.doubts();
            c.shown().fills.push(VenueFill { at: NOW.plus_secs(-6), ..strange_fill() });
        },
        Some((Halt, ForeignFill)),
        false,
    ),
    (
        "a fill of another asset",
        |c| {
            c.doubts();
            let other = "XRP-USD".to_owned();
            c.shown().fills.push(VenueFill { product: other, ..strange_fill() });
        },
        Some((Halt, ForeignFill)),
        false,
    ),
    (
        "coins behind a bracket that nobody saw",
        |c| {
            c.brackets();
            c.look = None;
            c.pay(purse("SOL", "1", "0"));
        },
        Some((Degraded, BalanceBelowLedger)),
        false,
    ),
];

#[test]
fn every_difference_has_its_grade() {
    for (name, change, worst, begins) in ORDERS.iter().chain(BALANCES).chain(OWN_DOING) {
        let mut case = clean();
        change(&mut case);
        let found = case.run();
        let there = found.findings.iter().map(|finding| (finding.grade, finding.code));
        let there: Vec<_> = there.collect();
        assert!(worst.is_none_or(|worst| there.contains(&worst)), "{name}: {:?}", found.findings);
        assert!(there.is_sorted_by_key(|(grade, _)| std::cmp::Reverse(*grade)), "{name}");
        assert_eq!(found.is_clean(), *begins, "{name}: {:?}", found.findings);
        assert_eq!(found.grade(), worst.map(|(grade, _)| grade), "{name}");
    }
}

#[test]
fn a_comparison_changes_nothing_and_comes_to_the_same() {
    let case = clean();
    let before = case.orders.clone();
    assert_eq!(case.run(), case.run());
    assert_eq!(case.orders, before);
    assert_eq!(case.orders.get(IntentId(1)).unwrap().venue_order_id(), Some("v1"));
}
