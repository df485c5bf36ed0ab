//! The fold.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Adoption, Amount, Asset, ControlState, Fact, Flagged, Flow, FlowConfirmed, FlowId, FlowKind,
    Latch, Lot, LotId, NumError, ProductId, Timestamp, Usd,
};

use crate::bests::Bests;
use crate::books::{Entry, above, total};
use crate::marks::{day_start, week_start};
use crate::{Flows, Holds, Ledger, NavMarks};

/// Everything remembered about one account in one mode.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    ledger: Ledger,
    flows: Flows,
    /// With the moment each was set last.
    latches: BTreeMap<Latch, Timestamp>,
    flags: BTreeMap<ProductId, Flagged>,
    /// The lots that requests made.
    requests: BTreeMap<String, LotId>,
    marks: NavMarks,
    bests: Bests,
    facts: u64,
    last_intent: u64,
    newest: Option<Timestamp>,
}

impl State {
    /// Folds facts from nothing.
    pub fn of<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Self {
        let mut state = Self::default();
        for fact in facts {
            state.apply(fact);
        }
        state
    }

    /// Takes one fact. What it cannot be understood as is a doubt of its asset
    /// ([`Ledger::doubts`]): a fact is never refused, since it happened.
    pub fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::Intent(intent) => {
                self.ledger.intent(intent);
                self.last_intent = self.last_intent.max(intent.intent.0);
            }
            Fact::Fill(fill) => {
                self.ledger.fill(fill);
                self.bests.booked();
            }
            Fact::Cycle { at, nav: Some(nav), .. } => self.marks.record(*at, *nav),
            Fact::Marks(seen) => self.bests.see(&seen.marks, &self.ledger),
            Fact::Latched { at, latch, .. } => {
                let set = self.latches.entry(*latch).or_insert(*at);
                *set = (*set).max(*at);
            }
            Fact::Resumed { latch, .. } => {
                self.latches.remove(latch);
            }
            Fact::PeakReset { nav, .. } => self.marks.reset_peak(*nav),
            Fact::Flow(flow) => self.flow(flow),
            Fact::FlowConfirmed(said) => self.confirmed(said),
            Fact::Adopted(adoption) => self.adopted(adoption),
            Fact::Flagged(flagged) => {
                self.flags.insert(flagged.product, flagged.clone());
            }
            Fact::Boot { .. }
            | Fact::Named(_)
            | Fact::Policy(_)
            | Fact::Balances(_)
            | Fact::Market(_)
            | Fact::Granted(_)
            | Fact::Submitted(_)
            | Fact::Cycle { nav: None, .. }
            | Fact::Approved(_)
            | Fact::TriggerUsed { .. }
            | Fact::Cancel { .. }
            | Fact::Seen(_)
            | Fact::OrderEnd(_)
            | Fact::Protection(_)
            | Fact::Reconciled(_)
            | Fact::Venue { .. } => {}
        }
        self.facts += 1;
        self.newest = self.newest.max(Some(fact.at()));
    }

    fn flow(&mut self, flow: &Flow) {
        if !self.flows.see(flow) {
            return;
        }
        if flow.change.get().is_sign_negative() {
            self.marks.lost(flow.flow);
        }
        if let Some(kind) = flow.kind {
            self.settled(flow.flow, kind, flow.usd);
        }
    }

    fn confirmed(&mut self, said: &FlowConfirmed) {
        if self.flows.confirm(said) {
            self.settled(said.flow, said.kind, said.usd);
            self.ledger.withdraw(said);
            self.bests.booked();
        }
    }

    fn settled(&mut self, flow: FlowId, kind: FlowKind, usd: Option<Usd>) {
        match kind {
            FlowKind::Deposit => self.marks.deposited(usd),
            FlowKind::Withdrawal => self.marks.withdrawn(flow, usd),
            FlowKind::Opening | FlowKind::Reward | FlowKind::Cost => self.marks.stays(flow),
        }
    }

    fn adopted(&mut self, adoption: &Adoption) {
        if let Some(request) = &adoption.request {
            self.requests.insert(request.clone(), adoption.lot);
        }
        self.ledger.adopt(adoption);
        self.bests.booked();
        self.last_intent = self.last_intent.max(adoption.lot.0.0);
    }

    /// How many facts were folded: the number of the newest.
    pub const fn fact_number(&self) -> u64 {
        self.facts
    }

    /// The number of the next intent: intents are dense, from 1 (O-02).
    pub const fn next_intent(&self) -> u64 {
        self.last_intent + 1
    }

    /// Lots.
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Open lots, oldest first, each with the best bid that it has seen.
    pub fn lots(&self) -> impl Iterator<Item = Lot> {
        self.ledger.lots().map(|lot| Lot { best_bid: self.bests.of(lot), ..*lot })
    }

    /// How often the best bid of a lot rose: the same number, the same bids of the same lots.
    pub const fn best_bids_risen(&self) -> u64 {
        self.bests.rises()
    }

    /// What came and went without a fill.
    pub const fn flows(&self) -> &Flows {
        &self.flows
    }

    /// The lot that a request made of coins that were given.
    pub fn adopted_by(&self, request: &str) -> Option<LotId> {
        self.requests.get(request).copied()
    }

    /// Products that an operator keeps out at a moment.
    pub fn flags(&self, now: Timestamp) -> impl Iterator<Item = &Flagged> {
        self.flags.values().filter(move |flagged| now < flagged.until)
    }

    /// Everything that moved money or coins, both sides of it, in the order of time.
    ///
    /// # Errors
    /// [`NumError`] where an amount has more digits than can be booked.
    pub fn entries(&self) -> Result<Vec<Entry>, NumError> {
        let mut entries = self.ledger.entries()?;
        entries.extend(self.flows.entries()?);
        entries.sort_by(|a, b| (a.at, &a.of).cmp(&(b.at, &b.of)));
        Ok(entries)
    }

    /// What the venue holds that nothing on record explains: a flow for each currency and coin,
    /// not on record yet. Small gains of a day are income up to `auto_reward`; with no flow on
    /// record, what is there is the opening. Of a coin only a loss is one.
    ///
    /// # Errors
    /// [`NumError`] where an amount has more digits than can be booked.
    pub fn unexplained(
        &self,
        at: Timestamp,
        holds: &[Holds],
        auto_reward: Usd,
    ) -> Result<Vec<Flow>, NumError> {
        let opening = self.flows.is_empty();
        let (mut flows, mut found) = (self.flows.clone(), Vec::new());
        for hold in holds {
            let change = above(hold.total, self.booked(&hold.asset)?)?;
            let lost = change.get().is_sign_negative();
            if change.is_zero() || !(hold.pays || lost) {
                continue;
            }
            let flow = flows.draft(at, hold, change, auto_reward, opening && hold.pays);
            flows.see(&flow);
            found.push(flow);
        }
        Ok(found)
    }

    /// What a currency or coin comes to by the books.
    ///
    /// # Errors
    /// [`NumError`] where an amount has more digits than can be booked.
    pub fn booked(&self, asset: &Asset) -> Result<Amount, NumError> {
        total(self.ledger.purses().chain([self.flows.purses()]), asset)
    }

    /// The time of the newest fact.
    pub const fn as_of(&self) -> Option<Timestamp> {
        self.newest
    }

    /// What is latched at a moment of the venue's time. The day's stop ends with its UTC day and
    /// the week's with its week; a clock that steps back ends neither. All others wait for a person.
    pub fn latches(&self, now: Timestamp) -> BTreeSet<Latch> {
        if self.latches.is_empty() {
            return BTreeSet::new();
        }
        let set = self.latches.iter().filter(|(latch, at)| match latch {
            Latch::DailyStop => day_start(now) <= day_start(**at),
            Latch::WeeklyStop => week_start(now) <= week_start(**at),
            Latch::Kill
            | Latch::MaxDrawdown
            | Latch::ExecutionThrottle
            | Latch::Reconciliation
            | Latch::UnknownOrder
            | Latch::WireShut
            | Latch::Halt => true,
        });
        set.map(|(latch, _)| *latch).collect()
    }

    /// References of the loss stops.
    pub const fn marks(&self) -> &NavMarks {
        &self.marks
    }

    /// What the latches allow: any latch leaves only reductions, a halt only an operator's flatten.
    /// A policy may make a kill as strict as a halt.
    pub fn control(&self, now: Timestamp) -> ControlState {
        let latches = self.latches(now);
        if latches.contains(&Latch::Halt) {
            ControlState::Halted
        } else if latches.is_empty() {
            ControlState::Active
        } else {
            ControlState::ReduceOnly
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        BaseQty, ExitPlan, Fill, IntentFact, IntentId, Pct, Price, QuoteAmt, Side, Tier, Timestamp,
    };
    use proptest::prelude::*;

    use super::*;
    use crate::Doubt;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    fn plan() -> ExitPlan {
        let pct = |t: &str| Pct::parse(t).unwrap();
        ExitPlan { stop_pct: pct("8"), target_pct: pct("15"), max_hold_hours: 72 }
    }

    fn intent(number: u64, side: Side) -> Fact {
        Fact::Intent(Box::new(IntentFact {
            at: at(0),
            intent: IntentId(number),
            product: "BTC-USD".parse().unwrap(),
            asset: "BTC".parse().unwrap(),
            tier: Tier::T1,
            side,
            qty: BaseQty::parse("10").unwrap(),
            limit: Price::parse("100").unwrap(),
            worst_case: QuoteAmt::parse("1012").unwrap(),
            plan: (side == Side::Buy).then(plan),
            grant: None,
            parent: None,
            time_in_force: None,
        }))
    }

    fn fill(id: usize, number: u64, side: Side, qty: &str, price: &str) -> Fact {
        Fact::Fill(Box::new(Fill {
            entry_id: format!("f{id}"),
            intent: IntentId(number),
            at: at(1),
            product: "BTC-USD".parse().unwrap(),
            asset: "BTC".parse().unwrap(),
            side,
            qty: BaseQty::parse(qty).unwrap(),
            price: Price::parse(price).unwrap(),
            fee: QuoteAmt::ZERO,
            kind: domain::FillKind::Fill,
            trade_id: None,
            liquidity: None,
        }))
    }

    #[test]
    fn lots_close_first_in_first_out() {
        let facts = [
            intent(1, Side::Buy),
            intent(2, Side::Buy),
            intent(3, Side::Sell),
            fill(1, 1, Side::Buy, "1", "100"),
            fill(2, 2, Side::Buy, "2", "110"),
            fill(3, 3, Side::Sell, "1.5", "120"),
        ];
        let state = State::of(&facts);
        let lots: Vec<_> = state.ledger().lots().map(|l| (l.id.0.0, l.qty.to_string())).collect();
        assert_eq!(lots, [(2, "1.5".to_owned())]);
    }

    #[test]
    fn a_lot_of_two_fills_has_their_average_price() {
        let facts = [
            intent(1, Side::Buy),
            fill(1, 1, Side::Buy, "1", "100"),
            fill(2, 1, Side::Buy, "3", "104"),
        ];
        let state = State::of(&facts);
        let average = state.ledger().lots().next().unwrap().average_price;
        assert_eq!(average, Price::parse("103").unwrap());
    }

    #[test]
    fn selling_more_than_is_held_is_a_doubt_of_the_asset() {
        let mut state = State::of(&[
            intent(1, Side::Buy),
            intent(2, Side::Sell),
            fill(1, 1, Side::Buy, "1", "100"),
        ]);
        state.apply(&fill(2, 2, Side::Sell, "1.1", "100"));
        let missing = BaseQty::parse("0.1").unwrap();
        let doubts: Vec<_> = state.ledger().doubts().map(|(_, doubt)| doubt.clone()).collect();
        assert_eq!(doubts, [Doubt::Oversold { missing }]);
        let net = state.ledger().net(&"BTC".parse().unwrap()).unwrap();
        assert_eq!(net, Amount::parse("-0.1").unwrap());
    }

    #[test]
    fn a_latch_leaves_reductions_until_it_is_resumed() {
        let mut state = State::default();
        let reason = "test".to_owned();
        let latch = Latch::DailyStop;
        state.apply(&Fact::Latched { at: at(0), latch, reason: reason.clone() });
        assert_eq!(state.control(at(0)), ControlState::ReduceOnly);
        state.apply(&Fact::Resumed { at: at(1), latch, reason });
        assert_eq!(state.control(at(1)), ControlState::Active);
    }

    proptest! {
        /// L-03: any fill any number of times is that fill once.
        #[test]
        fn repeated_fills_count_once(qtys in prop::collection::vec(1_u32..1000, 1..20),
                                     repeats in prop::collection::vec(0_usize..20, 0..40)) {
            let mut once = vec![intent(1, Side::Buy)];
            once.extend(qtys.iter().enumerate()
                .map(|(i, q)| fill(i, 1, Side::Buy, &q.to_string(), "100")));
            let mut often = once.clone();
            often.extend(repeats.iter().filter_map(|i| once.get(1 + i % qtys.len()).cloned()));
            let (once, often) = (State::of(&once), State::of(&often));
            prop_assert_eq!(once.ledger(), often.ledger());
            let sum: u32 = qtys.iter().sum();
            let held = once.ledger().position(&"BTC".parse().unwrap()).unwrap();
            prop_assert_eq!(held, BaseQty::parse(&sum.to_string()).unwrap());
        }
    }
}
