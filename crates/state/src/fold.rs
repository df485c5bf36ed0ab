//! The fold.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ControlState, Fact, Latch, Timestamp};

use crate::marks::{day_start, week_start};
use crate::{Ledger, LedgerError, NavMarks};

/// Everything remembered about one account in one mode.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    ledger: Ledger,
    /// With the moment each was set last.
    latches: BTreeMap<Latch, Timestamp>,
    marks: NavMarks,
    facts: u64,
    last_intent: u64,
    newest: Option<Timestamp>,
}

impl State {
    /// Folds facts from nothing.
    ///
    /// # Errors
    /// The first fact that contradicts those before it.
    pub fn of<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Result<Self, LedgerError> {
        let mut state = Self::default();
        for fact in facts {
            state.apply(fact)?;
        }
        Ok(state)
    }

    /// Takes one fact.
    ///
    /// # Errors
    /// [`LedgerError`] when it contradicts the facts before it; the state is unchanged then.
    pub fn apply(&mut self, fact: &Fact) -> Result<(), LedgerError> {
        match fact {
            Fact::Intent(intent) => {
                self.ledger.intent(intent);
                self.last_intent = self.last_intent.max(intent.intent.0);
            }
            Fact::Fill(fill) => self.ledger.fill(fill)?,
            Fact::Cycle { at, nav: Some(nav), .. } => self.marks.record(*at, *nav),
            Fact::Latched { at, latch, .. } => {
                let set = self.latches.entry(*latch).or_insert(*at);
                *set = (*set).max(*at);
            }
            Fact::Resumed { latch, .. } => {
                self.latches.remove(latch);
            }
            Fact::PeakReset { nav, .. } => self.marks.reset_peak(*nav),
            Fact::Boot { .. }
            | Fact::Named(_)
            | Fact::Policy(_)
            | Fact::Balances(_)
            | Fact::Marks(_)
            | Fact::Market(_)
            | Fact::Granted(_)
            | Fact::Submitted(_)
            | Fact::Cycle { nav: None, .. }
            | Fact::Approved(_)
            | Fact::TriggerUsed { .. }
            | Fact::Cancel { .. }
            | Fact::Seen(_)
            | Fact::OrderEnd(_)
            | Fact::Flow(_)
            | Fact::FlowConfirmed(_)
            | Fact::Adopted(_)
            | Fact::Flagged(_)
            | Fact::Protection(_)
            | Fact::Reconciled(_)
            | Fact::Venue { .. } => {}
        }
        self.facts += 1;
        self.newest = self.newest.max(Some(fact.at()));
        Ok(())
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

    /// The time of the newest fact.
    pub const fn as_of(&self) -> Option<Timestamp> {
        self.newest
    }

    /// What is latched at a moment of the venue's time. The day's stop ends with its UTC day and
    /// the week's with its week; a clock that steps back ends neither. All others wait for a person.
    pub fn latches(&self, now: Timestamp) -> BTreeSet<Latch> {
        let set = self.latches.iter().filter(|(latch, at)| match latch {
            Latch::DailyStop => day_start(now) <= day_start(**at),
            Latch::WeeklyStop => week_start(now) <= week_start(**at),
            Latch::Kill
            | Latch::MaxDrawdown
            | Latch::ExecutionThrottle
            | Latch::Reconciliation
            | Latch::UnknownOrder
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

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    fn plan() -> ExitPlan {
        let pct = |t: &str| Pct::parse(t).unwrap();
        ExitPlan { stop_pct: pct("8"), target_pct: pct("15"), max_hold_hours: 72 }
    }

    fn intent(number: u64, side: Side) -> Fact {
        Fact::Intent(IntentFact {
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
        })
    }

    fn fill(id: usize, number: u64, side: Side, qty: &str, price: &str) -> Fact {
        Fact::Fill(Fill {
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
        })
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
        let state = State::of(&facts).unwrap();
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
        let state = State::of(&facts).unwrap();
        let average = state.ledger().lots().next().unwrap().average_price;
        assert_eq!(average, Price::parse("103").unwrap());
    }

    #[test]
    fn selling_more_than_is_held_is_refused_and_changes_nothing() {
        let mut state = State::of(&[
            intent(1, Side::Buy),
            intent(2, Side::Sell),
            fill(1, 1, Side::Buy, "1", "100"),
        ])
        .unwrap();
        let before = state.clone();
        let refused = state.apply(&fill(2, 2, Side::Sell, "1.1", "100"));
        assert!(matches!(refused, Err(LedgerError::Oversold { .. })));
        assert_eq!(state, before);
    }

    #[test]
    fn a_latch_leaves_reductions_until_it_is_resumed() {
        let mut state = State::default();
        let reason = "test".to_owned();
        let latch = Latch::DailyStop;
        state.apply(&Fact::Latched { at: at(0), latch, reason: reason.clone() }).unwrap();
        assert_eq!(state.control(at(0)), ControlState::ReduceOnly);
        state.apply(&Fact::Resumed { at: at(1), latch, reason }).unwrap();
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
            let (once, often) = (State::of(&once).unwrap(), State::of(&often).unwrap());
            prop_assert_eq!(once.ledger(), often.ledger());
            let sum: u32 = qtys.iter().sum();
            let held = once.ledger().position(&"BTC".parse().unwrap()).unwrap();
            prop_assert_eq!(held, BaseQty::parse(&sum.to_string()).unwrap());
        }
    }
}
