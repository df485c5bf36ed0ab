//! The entry ladder: rest, rest again, and then no more or take; each step approved again.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use std::collections::BTreeSet;

use common::*;
use domain::{
    ControlState, Fact, Latch, MarketView, Mode, ProductMarket, Purse, QuoteAmt, Regime, RiskCode,
    Side, SubmitOutcome, TimeInForce, VenueStatus,
};
use domain::{IntentFact, IntentId};
use exchange::OrderIntent;
use execution::{
    Approach, Entries, ExecutionTerms, Orders, Step, StepRefusal, StepView, Timing, plan,
};
use risk::{Clusters, Counters, Exposure, Limits, Policy, RiskView};

/// A process with one entry, and what its facts have become.
struct Desk {
    market: ProductMarket,
    facts: Vec<Fact>,
    orders: Orders,
    entries: Entries,
    next: u64,
}

impl Desk {
    /// An entry of 1.4 % was sent at the start, as intent 1.
    fn new(timing: Timing) -> Self {
        let market = market("74.10", "74.11", "0.01", "0.0001");
        let approved = approve_with(&market, "1.4", &Exposure::default());
        let terms = ExecutionTerms::default();
        let first = plan(&terms, &market, fees(), approved, IntentId(1), NOW).unwrap();
        let (facts, orders, entries) = (Vec::new(), Orders::new(timing), Entries::default());
        let mut desk = Self { market, facts, orders, entries, next: 2 };
        desk.tell(boot(), 0);
        desk.tell(Fact::Named(names()), 0);
        desk.commit(&first, 0);
        desk
    }

    fn tell(&mut self, fact: Fact, secs: u64) {
        self.orders.apply(&fact, mono(secs));
        self.facts.push(fact);
    }

    fn commit(&mut self, intent: &OrderIntent, secs: u64) {
        self.entries.sent(intent, mono(secs));
        self.tell(Fact::Intent(Box::new(intent.fact(NOW))), secs);
        self.tell(accepted(intent.id().0), secs);
    }

    fn sent(&self, number: u64) -> IntentFact {
        self.orders.get(IntentId(number)).unwrap().sent().clone()
    }

    /// The venue ends an order, this much of it filled at its limit.
    fn end(&mut self, number: u64, status: VenueStatus, size: &str, secs: u64) {
        let sent = self.sent(number);
        if size != "0" {
            let fill = filled(&sent, &format!("e{number}"), size);
            self.tell(fact_of(&fill, &sent, domain::FillKind::Fill), secs);
        }
        for fact in self.orders.observe(&shown(&sent, status, size), NOW) {
            self.tell(fact, secs);
        }
    }

    fn due(&mut self, secs: u64) -> Vec<Step> {
        self.entries.due(&self.orders, mono(secs))
    }

    /// Takes a step under a control state; one that is approved is committed.
    fn take(&mut self, step: Step, control: ControlState, secs: u64) -> Result<Terms, StepRefusal> {
        let limits = Limits::new(Policy::default(), policy_hash()).unwrap();
        let exposure = Exposure::of(&self.facts).unwrap();
        let counters = Counters::of(&self.facts);
        let cash: QuoteAmt = "10000".parse().unwrap();
        let usd = "USD".parse().unwrap();
        let purses = [Purse { asset: usd, available: cash, held: QuoteAmt::ZERO }];
        let latches = BTreeSet::<Latch>::new();
        let (clusters, account) = (Clusters::default(), account());
        let risk = RiskView {
            now: NOW,
            mode: Mode::DryRun,
            account: &account,
            control,
            latches: &latches,
            reconciled: true,
            clock_skew_ms: Some(0),
            fact_number: exposure.fact_number(),
            nav: Some(cash.usd_at_par()),
            purses: &purses,
            fees: Some(fees()),
            exposure: &exposure,
            counters: &counters,
            regime: Regime::Chop,
            clusters: &clusters,
        };
        let products = [self.market.clone()];
        let market = MarketView { now: NOW, products: &products };
        let terms = ExecutionTerms::default();
        let view =
            StepView { limits: &limits, risk: &risk, market: &market, terms: &terms, fees: fees() };
        let intent = self.entries.take(step, &view, IntentId(self.next), NOW)?;
        self.next += 1;
        self.commit(&intent, secs);
        let parent = intent.approved().parent();
        Ok(Terms {
            life: intent.terms().time_in_force,
            parent,
            qty: intent.terms().qty.to_string(),
        })
    }
}

#[derive(Debug, PartialEq)]
struct Terms {
    life: TimeInForce,
    parent: Option<IntentId>,
    qty: String,
}

fn step(after: u64, approach: Approach) -> Vec<Step> {
    vec![Step { after: IntentId(after), approach }]
}

#[test]
fn an_entry_rests_once_more_for_what_is_left_and_then_gives_up() {
    let mut desk = Desk::new(Timing::default());
    assert_eq!(desk.due(1), [], "it lives");
    let all = desk.sent(1).qty;
    desk.end(1, VenueStatus::Cancelled, "0.5", 16);
    assert_eq!(desk.due(16), step(1, Approach::Rest));
    let again = desk.take(step(1, Approach::Rest)[0], ControlState::Active, 16).unwrap();
    assert!(matches!(again.life, TimeInForce::PostOnlyUntil(_)));
    assert_eq!(again.parent, Some(IntentId(1)));
    let left = desk.sent(2).qty;
    assert!(left.plus(qty("0.5")).unwrap() <= all, "{left} after 0.5 of {all}");
    desk.end(2, VenueStatus::Expired, "0", 40);
    assert_eq!((desk.due(40), desk.entries.waiting()), (vec![], 0));
}

#[test]
fn where_the_policy_allows_the_rest_takes_at_last_and_then_it_is_over() {
    let mut desk = Desk::new(Timing { take: true, reprices: 0, ..Timing::default() });
    desk.end(1, VenueStatus::Cancelled, "0", 16);
    assert_eq!(desk.due(16), step(1, Approach::Take));
    let taken = desk.take(step(1, Approach::Take)[0], ControlState::Active, 16).unwrap();
    assert_eq!(taken.life, TimeInForce::ImmediateOrCancel);
    desk.end(2, VenueStatus::Cancelled, "0.1", 17);
    assert_eq!((desk.due(17), desk.entries.waiting()), (vec![], 0));
}

/// How an order ended, and whether the entry goes on after that.
#[test]
fn only_what_was_cancelled_expired_or_refused_with_something_left_goes_on() {
    let cases = [
        (VenueStatus::Cancelled, 16, true),
        (VenueStatus::Expired, 89, true),
        (VenueStatus::Expired, 90, false),
        (VenueStatus::Failed, 16, false),
        (VenueStatus::Open, 16, false),
    ];
    for (status, secs, goes_on) in cases {
        let mut desk = Desk::new(Timing::default());
        desk.end(1, status, "0", secs);
        assert_eq!(!desk.due(secs).is_empty(), goes_on, "{status:?} {secs}");
    }
    let mut desk = Desk::new(Timing::default());
    let all = desk.sent(1).qty.to_string();
    desk.end(1, VenueStatus::Filled, &all, 3);
    assert_eq!((desk.due(3), desk.entries.waiting()), (vec![], 0));
    let mut refused = Desk::new(Timing::default());
    // The order that was accepted in the set-up is another one in this process.
    refused.orders = sent(&[refused.sent(1)]);
    refused.tell(answered(1, SubmitOutcome::Refused { reason: "would take".into() }), 1);
    assert_eq!(refused.due(1), step(1, Approach::Rest));
}

#[test]
fn a_step_waits_for_the_fills_that_decide_how_much_is_left() {
    let mut desk = Desk::new(Timing::default());
    let first = desk.sent(1);
    for fact in desk.orders.observe(&shown(&first, VenueStatus::Cancelled, "0.5"), NOW) {
        desk.tell(fact, 16);
    }
    assert_eq!((desk.due(16), desk.entries.waiting()), (vec![], 1));
    desk.tell(fact_of(&filled(&first, "a", "0.5"), &first, domain::FillKind::Fill), 17);
    assert_eq!(desk.due(17), step(1, Approach::Rest));
}

#[test]
fn a_step_is_judged_like_an_entry_and_one_that_is_refused_ends_it() {
    let mut desk = Desk::new(Timing::default());
    desk.end(1, VenueStatus::Cancelled, "0", 16);
    let refused = desk.take(step(1, Approach::Rest)[0], ControlState::ReduceOnly, 16).unwrap_err();
    let StepRefusal::Policy(reasons) = refused else { unreachable!("{refused:?}") };
    assert!(reasons.iter().any(|reason| reason.code == RiskCode::ReduceOnly), "{reasons:?}");
    assert_eq!((desk.due(17), desk.entries.waiting()), (vec![], 0));
    let again = desk.take(step(1, Approach::Rest)[0], ControlState::Active, 17);
    assert_eq!(again, Err(StepRefusal::NotOver), "an approval is spent once");
}

/// An intent that could not be committed leaves its number to the next one.
#[test]
fn what_was_not_committed_is_forgotten_and_its_number_is_given_again() {
    let mut desk = Desk::new(Timing::default());
    desk.orders = sent(&[]);
    assert_eq!((desk.due(89), desk.entries.waiting()), (vec![], 1));
    assert_eq!((desk.due(90), desk.entries.waiting()), (vec![], 0));
    let mut desk = Desk::new(Timing::default());
    desk.orders = sent(&[intent(1, Side::Sell)]);
    desk.end(1, VenueStatus::Cancelled, "0", 16);
    assert_eq!(desk.due(16), [], "the number is a sale's");
}

#[test]
fn a_sale_has_no_ladder() {
    let mut desk = Desk::new(Timing::default());
    let sale = intent(2, Side::Sell);
    desk.tell(Fact::Intent(Box::new(sale)), 1);
    assert_eq!(desk.entries.waiting(), 1, "the entry alone");
}
