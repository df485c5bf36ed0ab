//! From an approval to an order: increments, bounds, commit.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use common::*;
use domain::{
    AccountId, Book, Fact, IntentFact, IntentId, Level, Mode, PolicyHash, Product, ProductMarket,
    Side, Source, Tier, VerdictId,
};
use exchange::{
    CommitError, CommitView, IntentJournal, JournalError, Journalled, Memory, OrderIntent, Terms,
    TermsError, TimeInForce,
};
use execution::{Approach, ExecutionTerms, PlanRefusal, plan, plan_as};
use proptest::prelude::*;
use risk::{Desk, Exposure, Policy};
use rust_decimal::Decimal;

/// Whether an error is the one that a case is about.
type Expected<E> = fn(&E) -> bool;

fn planned(market: &ProductMarket, size_pct: &str) -> Result<OrderIntent, PlanRefusal> {
    let approved = approve(market, size_pct);
    plan(&ExecutionTerms::default(), market, fees(), approved, IntentId(1), NOW)
}

#[test]
fn an_entry_rests_at_the_best_bid_and_ends_by_itself() {
    let intent = planned(&market("74.10", "74.11", "0.01", "0.00000001"), "1.4").unwrap();
    let terms = intent.terms();
    assert_eq!(terms.limit.to_string(), "74.1");
    assert_eq!(terms.time_in_force, TimeInForce::PostOnlyUntil(NOW.plus_secs(90)));
    assert!(terms.limit.times(terms.qty).unwrap() <= "140".parse().unwrap());
    assert!(intent.worst_case() <= intent.approved().worst_case());
    let fact = intent.fact(NOW);
    assert_eq!((fact.side, fact.tier, fact.worst_case), (Side::Buy, Tier::T2, intent.worst_case()));
}

#[test]
fn an_entry_ends_at_a_whole_second_whenever_it_is_planned() {
    let market = market("74.10", "74.11", "0.01", "0.00000001");
    for millis in [0, 1, 499, 999] {
        let now = domain::Timestamp::from_millis(NOW.millis() + millis);
        let approved = approve(&market, "1.4");
        let terms = ExecutionTerms::default();
        let intent = plan(&terms, &market, fees(), approved, IntentId(1), now).unwrap();
        let end = TimeInForce::PostOnlyUntil(NOW.plus_secs(90));
        assert_eq!(intent.terms().time_in_force, end, "{millis} ms into the second");
    }
}

#[test]
fn an_entry_that_takes_is_immediate_at_the_collar() {
    let market = market("74.10", "74.11", "0.01", "0.00000001");
    let approved = approve(&market, "1.4");
    let bound = approved.price_bound();
    let terms = ExecutionTerms::default();
    let taken = plan_as(Approach::Take, &terms, &market, fees(), approved, IntentId(1), NOW);
    let taken = taken.unwrap();
    assert_eq!(taken.terms().time_in_force, TimeInForce::ImmediateOrCancel);
    assert_eq!(taken.terms().limit, bound);
    assert!(taken.worst_case() <= taken.approved().worst_case());
}

#[test]
fn what_falls_below_the_minimum_when_rounded_is_refused() {
    // A lot is worth 74 dollars; 50 dollars buy none.
    let coarse = market("74.10", "74.11", "0.01", "1");
    let refused = planned(&coarse, "1.4").map(|intent| intent.terms().qty.to_string());
    assert_eq!(refused, Ok("1".to_owned()));
    let none = market("139.90", "140.00", "0.01", "1");
    let approved = approve(&none, "1.45");
    let mut later = none.clone();
    let level =
        |price: &str| Level { price: price.parse().unwrap(), size: "1000".parse().unwrap() };
    let (bids, asks) = (vec![level("150.00")], vec![level("150.10")]);
    later.set_book(Book { bids, asks, at: NOW, source: Source::Model }, NOW);
    let result = plan(&ExecutionTerms::default(), &later, fees(), approved, IntentId(1), NOW);
    assert!(matches!(result, Err(PlanRefusal::BelowMinimum { .. })), "{result:?}");
}

#[test]
fn a_market_without_a_sound_quote_prices_nothing() {
    let sound = market("74.10", "74.11", "0.01", "0.0001");
    let approved = approve(&sound, "1.4");
    let mut crossed = sound.clone();
    let mut book = sound.book.clone().unwrap();
    std::mem::swap(&mut book.bids, &mut book.asks);
    crossed.set_book(book, NOW);
    let result = plan(&ExecutionTerms::default(), &crossed, fees(), approved, IntentId(1), NOW);
    assert!(matches!(result, Err(PlanRefusal::NoQuote)), "{result:?}");
}

#[test]
fn terms_above_the_approval_make_no_intent() {
    let market = market("74.10", "74.11", "0.01", "0.0001");
    let product = &market.product;
    let terms = |qty: &str, limit: &str| Terms {
        qty: qty.parse().unwrap(),
        limit: limit.parse().unwrap(),
        time_in_force: TimeInForce::ImmediateOrCancel,
    };
    let cases: [(Terms, Expected<TermsError>); 6] = [
        (terms("0", "74.10"), |e| matches!(e, TermsError::SizeStep(_))),
        (terms("0.00001", "74.10"), |e| matches!(e, TermsError::SizeStep(_))),
        (terms("1", "74.105"), |e| matches!(e, TermsError::PriceStep(_))),
        (terms("50", "74.10"), |e| matches!(e, TermsError::LargerQty { .. })),
        (terms("1", "80.00"), |e| matches!(e, TermsError::Collar { .. })),
        (terms("1.889", "74.30"), |e| {
            matches!(e, TermsError::LargerValue { .. } | TermsError::WorstCase { .. })
        }),
    ];
    for (terms, expected) in cases {
        let approved = approve(&market, "1.4");
        let error = OrderIntent::new(IntentId(1), approved, product, fees(), terms).unwrap_err();
        assert!(expected(&error), "{terms:?}: {error}");
    }
    let other = Product::new("BTC-USD".parse().unwrap(), product.limits, product.status).unwrap();
    let approved = approve(&market, "1.4");
    let wrong = OrderIntent::new(IntentId(1), approved, &other, fees(), terms("1", "74.10"));
    assert!(matches!(wrong, Err(TermsError::Product { .. })));
}

/// A journal in memory that can be told to fail.
#[derive(Default)]
struct Notes {
    facts: Vec<IntentFact>,
    full: bool,
}

impl IntentJournal for Notes {
    type Durability = Memory;

    fn append_intent(&mut self, fact: &IntentFact) -> Result<u64, JournalError> {
        if self.full {
            return Err(JournalError("no space left".to_owned()));
        }
        self.facts.push(fact.clone());
        Ok(self.facts.len() as u64)
    }
}

fn view() -> CommitView {
    CommitView {
        now: NOW,
        policy: policy_hash(),
        account: account(),
        mode: Mode::DryRun,
        exposure_fact: 7,
    }
}

#[test]
fn a_commit_holds_the_approval_against_the_present() {
    let market = market("74.10", "74.11", "0.01", "0.0001");
    let cases: [(CommitView, Expected<CommitError>); 5] = [
        (CommitView { policy: PolicyHash("lax".to_owned()), ..view() }, |e| {
            matches!(e, CommitError::Policy)
        }),
        (CommitView { account: AccountId("other".to_owned()), ..view() }, |e| {
            matches!(e, CommitError::Account)
        }),
        (CommitView { mode: Mode::Live, ..view() }, |e| matches!(e, CommitError::Account)),
        (CommitView { now: NOW.plus_secs(3), ..view() }, |e| matches!(e, CommitError::Expired(_))),
        (CommitView { exposure_fact: 8, ..view() }, |e| {
            matches!(e, CommitError::Overtaken { newest: 8, judged: 7 })
        }),
    ];
    for (present, expected) in cases {
        let mut notes = Notes::default();
        let intent = planned(&market, "1.4").unwrap();
        let error = Journalled::commit(&mut notes, &present, intent).unwrap_err();
        assert!(expected(&error), "{error}");
        assert!(notes.facts.is_empty(), "nothing is on record");
    }
}

/// Whoever judges by an exposure that saw nothing gets an approval as of nothing, whatever number
/// he gives with it.
#[test]
fn an_approval_by_an_empty_exposure_is_refused() {
    let market = market("74.10", "74.11", "0.01", "0.0001");
    let approved = approve_with(&market, "1.4", &Exposure::default());
    let terms = ExecutionTerms::default();
    let intent = plan(&terms, &market, fees(), approved, IntentId(1), NOW).unwrap();
    let refused = Journalled::commit(&mut Notes::default(), &view(), intent);
    assert!(matches!(refused, Err(CommitError::Overtaken { newest: 7, judged: 0 })));
}

/// Both fit alone; the record of the first overtakes the second.
#[test]
fn of_two_assessments_of_the_same_headroom_one_is_committed() {
    let market = market("74.10", "74.11", "0.01", "0.0001");
    let (first, second) = (planned(&market, "1.4").unwrap(), planned(&market, "1.4").unwrap());
    let mut notes = Notes::default();
    let kept = Journalled::commit(&mut notes, &view(), first).unwrap();
    let mut exposure = seven_facts();
    exposure.apply(&Fact::Intent(Box::new(kept.intent().fact(NOW)))).unwrap();
    let present = CommitView { exposure_fact: exposure.fact_number(), ..view() };
    let refused = Journalled::commit(&mut notes, &present, second);
    assert!(matches!(refused, Err(CommitError::Overtaken { newest: 8, judged: 7 })));
    assert_eq!(notes.facts.len(), 1);
}

/// Two entries that one verdict approves, as orders.
fn two_of_one_verdict(desk: &mut Desk) -> Vec<OrderIntent> {
    let sol = market("74.10", "74.11", "0.01", "0.0001");
    let eth = "ETH-USD".parse().unwrap();
    let mut other = sol.clone();
    other.product = Product::new(eth, sol.product.limits, sol.product.status).unwrap();
    let mut second = entry("1.4");
    (second.product, second.trigger.id.product) = (eth, eth);
    let mut policy = Policy::default();
    (policy.positions.max_new_positions_per_cycle, policy.pacing.spacing_secs) = (2, 0);
    let markets = [other, sol];
    let approved = judge(desk, policy, &markets, vec![entry("1.4"), second], &seven_facts());
    let planned = approved.into_iter().enumerate().map(|(n, order)| {
        let market = markets.iter().find(|m| m.product.id == order.product()).unwrap();
        let id = IntentId(1 + u64::try_from(n).unwrap());
        plan(&ExecutionTerms::default(), market, fees(), order, id, NOW).unwrap()
    });
    planned.collect()
}

#[test]
fn orders_of_one_verdict_are_committed_together_and_carry_its_number() {
    let mut desk = Desk::default();
    for verdict in 1..3 {
        let mut notes = Notes::default();
        let intents = two_of_one_verdict(&mut desk);
        let together = Journalled::commit_all(&mut notes, &view(), intents);
        assert!(together.refused.is_none(), "{:?}", together.refused);
        assert_eq!((together.kept.len(), notes.facts.len()), (2, 2));
        for fact in notes.facts {
            assert_eq!(fact.grant.unwrap().verdict, Some(VerdictId(verdict)));
        }
    }
}

/// Both verdicts fit alone; what the first one's order changes overtakes the second's.
#[test]
fn orders_of_two_verdicts_are_not_committed_together() {
    let pair = |one: &mut Desk, other: &mut Desk| {
        let (mut first, mut second) = (two_of_one_verdict(one), two_of_one_verdict(other));
        vec![first.remove(0), second.remove(1)]
    };
    let mut desk = Desk::default();
    let mut copy = desk.clone();
    let mut of_one_desk = two_of_one_verdict(&mut desk);
    of_one_desk.truncate(1);
    of_one_desk.extend(two_of_one_verdict(&mut desk).pop());
    // Two desks give equal numbers: the approvals are no more of one verdict for that.
    for intents in [of_one_desk, pair(&mut desk, &mut copy)] {
        let mut notes = Notes::default();
        let together = Journalled::commit_all(&mut notes, &view(), intents);
        assert_eq!((together.kept.len(), notes.facts.len()), (1, 1));
        let refused = together.refused.unwrap();
        assert_eq!((refused.0, refused.1), (IntentId(2), CommitError::OtherVerdict));
    }
}

#[test]
fn what_overtook_a_verdict_overtakes_all_of_its_orders() {
    let mut notes = Notes::default();
    let present = CommitView { exposure_fact: 8, ..view() };
    let intents = two_of_one_verdict(&mut Desk::default());
    let together = Journalled::commit_all(&mut notes, &present, intents);
    let (id, refused) = together.refused.unwrap();
    assert_eq!((id, refused), (IntentId(1), CommitError::Overtaken { newest: 8, judged: 7 }));
    assert!(together.kept.is_empty() && notes.facts.is_empty());
}

#[test]
fn what_the_journal_did_not_take_cannot_be_sent() {
    let market = market("74.10", "74.11", "0.01", "0.0001");
    let mut notes = Notes { full: true, ..Notes::default() };
    let refused = Journalled::commit(&mut notes, &view(), planned(&market, "1.4").unwrap());
    assert!(matches!(refused, Err(CommitError::Journal(_))));
    notes.full = false;
    let kept = Journalled::commit(&mut notes, &view(), planned(&market, "1.4").unwrap()).unwrap();
    assert_eq!(kept.fact_number(), 1);
    assert_eq!(notes.facts, [kept.intent().fact(NOW)]);
}

proptest! {
    /// O-10, O-11, R-01: whatever the increments and prices, an intent is on them, within its
    /// approval and no smaller than the venue allows.
    #[test]
    fn an_intent_is_on_its_increments_and_within_its_approval(
        cents in 100_i64..1_000_000, wide in 1_i64..15, scale in 0_u32..8, hundredths in 50_i64..300,
    ) {
        let tick = Decimal::new(cents, 2);
        let ask = tick + Decimal::new(wide, 4) * tick.trunc().max(Decimal::ONE);
        let ask = ask.round_dp(2).max(tick + Decimal::new(1, 2));
        if (ask - tick) / tick > Decimal::new(20, 4) {
            return Ok(());
        }
        let step = Decimal::new(1, scale);
        let market = market(&tick.to_string(), &ask.to_string(), "0.01", &step.to_string());
        if ask * step > Decimal::from(40) {
            return Ok(());
        }
        let size = Decimal::new(hundredths, 2).to_string();
        let intent = planned(&market, &size).unwrap();
        let Terms { qty, limit, .. } = intent.terms();
        prop_assert!(market.product.is_size_step(qty) && market.product.is_price_step(limit));
        prop_assert!(limit <= intent.approved().price_bound());
        prop_assert!(qty <= intent.approved().max_qty());
        prop_assert!(limit.times(qty).unwrap() <= intent.approved().max_notional());
        prop_assert!(intent.worst_case() <= intent.approved().worst_case());
        prop_assert!(limit.times(qty).unwrap() >= market.product.limits.quote_min);
    }
}
