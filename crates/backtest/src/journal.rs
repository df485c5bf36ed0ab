//! The journal of a backtest: facts in memory, as long as the process lives.

use domain::{Fact, IntentFact};
use exchange::{IntentJournal, JournalError, Memory};

/// Every fact of a run, in order.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    facts: Vec<Fact>,
}

/// No more room is made at once; memory that is not written to costs nothing.
const MOST_AT_ONCE: usize = 1 << 18;

impl Journal {
    /// An empty one, with room for so many decisions and as many other facts.
    pub(crate) fn with_room(decisions: usize) -> Self {
        Self { facts: Vec::with_capacity(decisions.saturating_mul(2).min(MOST_AT_ONCE)) }
    }

    /// What is on record.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// Puts a fact on record.
    pub(crate) fn append(&mut self, fact: Fact) {
        self.facts.push(fact);
    }

    pub(crate) fn into_facts(self) -> Vec<Fact> {
        self.facts
    }
}

impl IntentJournal for Journal {
    type Durability = Memory;

    fn append_intent(&mut self, fact: &IntentFact) -> Result<u64, JournalError> {
        self.facts.push(Fact::Intent(fact.clone()));
        Ok(self.facts.len() as u64)
    }
}
