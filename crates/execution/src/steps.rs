//! The entry ladder: at the touch, once more at the touch, and then no more or what the collar
//! allows. Each step is approved again.

use core::time::Duration;
use std::collections::BTreeMap;

use domain::{Asset, Fees, IntentId, MarketView, Timestamp};
use exchange::OrderIntent;
use risk::{Limits, Reason, RiskView, Spent, assess_next};

use crate::plan::{Approach, PlanRefusal, plan_as};
use crate::{ExecutionTerms, OrderState, Orders};

/// The next step of an entry whose last order is over with something left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The order that is over.
    pub after: IntentId,
    /// How the rest goes on.
    pub approach: Approach,
}

/// What a step is judged and priced by.
#[derive(Debug, Clone, Copy)]
pub struct StepView<'a> {
    /// The policy.
    pub limits: &'a Limits,
    /// Everything but the market.
    pub risk: &'a RiskView<'a>,
    /// The market.
    pub market: &'a MarketView<'a>,
    /// How orders are sent.
    pub terms: &'a ExecutionTerms,
    /// The fees to count with.
    pub fees: Fees,
}

/// Why an entry takes no step now.
#[derive(Debug, Clone, PartialEq)]
pub enum StepRefusal {
    /// The facts do not say that its last order is over and settled; it may be asked again.
    NotOver,
    /// The policy does not approve the rest.
    Policy(Vec<Reason>),
    /// The approval cannot be priced.
    Plan(PlanRefusal),
}

/// Entries of this process that may go on: the approvals they spent, each for one next step. They
/// die with the process: an entry that it did not begin has no next step.
#[derive(Debug, Default)]
pub struct Entries {
    waiting: BTreeMap<IntentId, Spent>,
    /// By the first order: when it was sent, and how many steps of each kind came after.
    ladders: BTreeMap<IntentId, Ladder>,
}

#[derive(Debug, Clone, Copy)]
struct Ladder {
    begun: Duration,
    reprices: u32,
    taken: bool,
}

impl Entries {
    /// Remembers an intent that is about to be committed; a sale has no ladder.
    pub fn sent(&mut self, intent: &OrderIntent, mono: Duration) {
        let Some(spent) = intent.approved().spent(intent.id()) else { return };
        // A number that was not committed is given again, to another entry.
        if spent.parent() == intent.id() {
            let fresh = Ladder { begun: mono, reprices: 0, taken: false };
            self.ladders.insert(intent.id(), fresh);
        }
        self.waiting.insert(intent.id(), spent);
    }

    /// Which entries go on now, and how. What is filled, failed or too old is forgotten.
    pub fn due(&mut self, orders: &Orders, mono: Duration) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut done = Vec::new();
        for (intent, spent) in &self.waiting {
            let ladder = self.ladders.get(&spent.parent());
            let Some(order) = orders.get(*intent).filter(|order| order.is_entry()) else {
                // What was not committed has no order, or its number went to a sale.
                if ladder.is_none_or(|ladder| ladder.is_late(orders, mono)) {
                    done.push(*intent);
                }
                continue;
            };
            if !order.state().is_over() {
                continue;
            }
            let left = matches!(
                order.state(),
                OrderState::Cancelled | OrderState::Expired | OrderState::Rejected
            ) && order.filled() < order.sent().qty;
            match ladder.filter(|_| left).and_then(|ladder| ladder.next(orders, mono)) {
                // Its last fills decide how much is left.
                Some(_) if !order.is_settled() => {}
                Some(approach) => steps.push(Step { after: *intent, approach }),
                None => done.push(*intent),
            }
        }
        for intent in done {
            self.forget(intent);
        }
        steps
    }

    /// Takes a step: the rest is approved again and priced, within what was approved for the entry.
    /// The intent is to be committed, and told to [`Self::sent`], like any other.
    ///
    /// # Errors
    /// [`StepRefusal`]: the entry is over.
    pub fn take(
        &mut self,
        step: Step,
        view: &StepView<'_>,
        id: IntentId,
        now: Timestamp,
    ) -> Result<OrderIntent, StepRefusal> {
        let spent = self.waiting.remove(&step.after).ok_or(StepRefusal::NotOver)?;
        let root = spent.parent();
        let Some(over) = view.risk.exposure.over(&spent) else {
            // Not on record yet: it stays what it was.
            self.waiting.insert(step.after, spent);
            return Err(StepRefusal::NotOver);
        };
        let approved = assess_next(view.limits, view.risk, view.market, spent, &over);
        let planned = approved.map_err(StepRefusal::Policy).and_then(|approved| {
            let market = view.market.get(&approved.product());
            let market = market.ok_or(StepRefusal::Plan(PlanRefusal::NoQuote))?;
            plan_as(step.approach, view.terms, market, view.fees, approved, id, now)
                .map_err(StepRefusal::Plan)
        });
        match (&planned, self.ladders.get_mut(&root)) {
            (Ok(_), Some(ladder)) => ladder.stepped(step.approach),
            (Ok(_), None) => {}
            (Err(_), _) => drop(self.ladders.remove(&root)),
        }
        planned
    }

    /// Whether an entry on a book of this asset may go on.
    pub fn is_waiting(&self, orders: &Orders, asset: Asset) -> bool {
        let order = |intent: &IntentId| orders.get(*intent).map(|order| order.sent().asset);
        self.waiting.keys().any(|intent| order(intent) == Some(asset))
    }

    /// The last orders of entries that may go on.
    pub fn intents(&self) -> impl Iterator<Item = IntentId> {
        self.waiting.keys().copied()
    }

    /// Entries that may go on.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    fn forget(&mut self, intent: IntentId) {
        if let Some(spent) = self.waiting.remove(&intent) {
            self.ladders.remove(&spent.parent());
        }
    }
}

impl Ladder {
    /// The next step that is left, unless it is too late for any.
    fn next(&self, orders: &Orders, mono: Duration) -> Option<Approach> {
        let timing = orders.timing();
        if self.taken || self.is_late(orders, mono) {
            return None;
        }
        if self.reprices < timing.reprices {
            return Some(Approach::Rest);
        }
        timing.take.then_some(Approach::Take)
    }

    fn is_late(&self, orders: &Orders, mono: Duration) -> bool {
        mono >= self.begun + orders.timing().entry
    }

    fn stepped(&mut self, approach: Approach) {
        match approach {
            Approach::Rest => self.reprices = self.reprices.saturating_add(1),
            Approach::Take => self.taken = true,
        }
    }
}
