//! Own orders between decisions: what is due, which entries go on, and exits on every price. Nothing
//! here buys what a decision did not approve.

use std::collections::BTreeSet;

use domain::planted::{Fault, planted};
use domain::{
    ControlState, Fact, Instants, IntentId, LotId, ProductId, Proposal, Side, Stage, SubmitOutcome,
    Timestamp,
};
use exchange::OrderIntent;
use execution::{Action, Entries, Step, StepRefusal, StepView};

use crate::event::{Effect, Effects};
use crate::{Engine, EngineError};

/// Which lots are to be sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exits {
    /// Those whose plan says so.
    ByRule,
    /// All of them: an operator said so.
    Everything,
}

/// Entries that may go on. Approvals are spent once: a copy of an engine goes on without them.
#[derive(Debug, Default)]
pub(crate) struct Ladders(pub(crate) Entries);

impl Clone for Ladders {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Engine {
    /// Does what is due now.
    pub(crate) fn upkeep(&mut self, now: Instants, at: Timestamp, effects: &mut Effects) {
        self.wanted.clear();
        if self.control(at) != ControlState::Active {
            self.orders.sweep_entries();
        }
        self.relieve(at);
        let now = Instants { mono: self.mono, ..now };
        for action in self.orders.due(now) {
            match action {
                Action::Record(fact) => self.note(Stage::Execution, *fact, effects),
                Action::Cancel(intent) => {
                    self.note(Stage::Execution, Fact::Cancel { at, intent }, effects);
                    effects.list.push(Effect::Cancel(intent));
                }
                Action::Query(intent) => effects.list.push(Effect::Query(intent)),
                Action::List { from } => effects.list.push(Effect::List { from }),
                Action::Alarm(alarm) => effects.list.push(Effect::Alarm(alarm)),
            }
        }
        self.take_back(at, effects);
        self.leave(at, effects);
        if !self.wanted.is_empty() {
            return;
        }
        self.protect(at, effects);
        if !self.wanted.is_empty() {
            return;
        }
        // One at a time: what is handed out now is not reserved yet, and the next must count it in.
        for step in self.ladders.0.due(&self.orders, self.mono) {
            if self.handed_out > 0 {
                break;
            }
            self.go_on(step, at, effects);
        }
    }

    /// The venue's answer to a submit.
    pub(crate) fn answered(
        &mut self,
        at: Timestamp,
        intent: IntentId,
        outcome: SubmitOutcome,
        effects: &mut Effects,
    ) -> Result<(), EngineError> {
        if matches!(outcome, SubmitOutcome::Accepted { .. }) {
            self.executed = true;
            self.cycle.executed();
        }
        self.emit(Fact::Submitted(domain::SubmitFact { at, intent, outcome }), effects)
    }

    /// The number of the next order: dense, also where one step hands out several (O-02).
    pub(crate) const fn next_id(&self) -> IntentId {
        IntentId(self.state.next_intent() + self.handed_out)
    }

    /// Hands an order out to be committed and sent.
    pub(crate) fn place(&mut self, intent: OrderIntent, effects: &mut Effects) {
        self.handed_out += u64::from(!planted(Fault::NumbersRepeat));
        self.ladders.0.sent(&intent, self.mono);
        effects.list.push(Effect::Place(Box::new(intent)));
    }

    /// Whether a lot is being sold, was offered in vain a moment ago, or is between two protectors.
    pub(crate) fn must_wait(&self, lot: LotId) -> bool {
        let beside = planted(Fault::SellsWhileHeld);
        let selling =
            |order: &execution::Order| order.lot() == Some(lot) && !(beside && order.is_bracket());
        let live =
            self.orders.live().any(|(_, order)| order.sent().side == Side::Sell && selling(order));
        let wait = self.orders.exit_wait(lot, self.mono);
        let again = self.orders.exit_wait(lot, core::time::Duration::ZERO);
        let bare = self.orders.protection().is_bare(lot) && !beside;
        live || bare || !wait.is_zero() || planted(Fault::OneExitTry) && !again.is_zero()
    }

    /// The next step of an entry, approved again on the market as it is now.
    fn go_on(&mut self, step: Step, at: Timestamp, effects: &mut Effects) {
        let Some(fees) = self.counted_fees() else { return };
        let Some(order) = self.orders.get(step.after) else { return };
        let product = BTreeSet::from([order.sent().product]);
        if self.lacks(product.iter().copied()) {
            return;
        }
        self.cycle.nav = self.worth(at);
        self.note_raw(at, &product, effects);
        let (latches, judged) = (self.latches(at), self.judged(&product));
        let mut entries = core::mem::take(&mut self.ladders.0);
        let taken = {
            let risk = self.risk_view(at, &latches, &judged);
            let market = self.markets.view(at);
            let view = StepView {
                limits: &self.settings.limits,
                risk: &risk,
                market: &market,
                terms: &self.settings.execution,
                fees,
            };
            entries.take(step, &view, self.next_id(), at)
        };
        self.ladders.0 = entries;
        match taken {
            Ok(intent) => {
                let grant = intent.approved().grant(at, self.cycle.reading.regime);
                self.note(Stage::Risk, Fact::Granted(Box::new(grant)), effects);
                self.place(intent, effects);
            }
            // It is asked again.
            Err(StepRefusal::NotOver) => {}
            Err(StepRefusal::Policy(reasons)) => {
                let words: Vec<_> = reasons.iter().map(|reason| reason.code.as_str()).collect();
                let (after, why) = (step.after, words.join(", "));
                effects.list.push(Effect::GivenUp { after, why });
            }
            Err(StepRefusal::Plan(refusal)) => {
                effects.list.push(Effect::GivenUp { after: step.after, why: refusal.to_string() });
            }
        }
    }

    /// Values the account and puts on record what proposals will be judged by; their products.
    /// `None` where nothing is proposed, or a book of theirs is only known by a glance.
    pub(crate) fn made_ready(
        &mut self,
        at: Timestamp,
        due: &[Proposal],
        effects: &mut Effects,
    ) -> Option<BTreeSet<ProductId>> {
        let products: BTreeSet<_> = due.iter().map(Proposal::product).collect();
        if products.is_empty() || self.lacks(products.iter().copied()) {
            return None;
        }
        self.cycle.nav = self.worth(at);
        self.note_raw(at, &products, effects);
        Some(products)
    }

    /// Sells what must be sold at the prices of now, before and apart from any entry.
    fn leave(&mut self, at: Timestamp, effects: &mut Effects) {
        let shut = self.control(at) != ControlState::Active;
        if shut && planted(Fault::ExitsStopWithLatches) {
            return;
        }
        let due = self.due_exits(at);
        let Some(products) = self.made_ready(at, &due, effects) else { return };
        for (order, lot) in self.assess_exits(at, due, &products) {
            let grant = order.grant(at, self.cycle.reading.regime);
            self.note(Stage::Risk, Fact::Granted(Box::new(grant)), effects);
            if self.order(at, order, effects).is_err() {
                self.orders.exit_failed(lot, self.mono);
            }
        }
    }
}
