//! The journal of a backtest: facts in memory, as long as the process lives.
//!
//! Nearly all facts are ends of cycles and marks, which are small, and the others are several times as
//! large: those lie apart, so that memory is not written for room that nothing is in.

use std::borrow::Cow;

use domain::{CycleId, Fact, IntentFact, Mark, MarksFact, Timestamp, Usd};
use exchange::{IntentJournal, JournalError, Memory};
use serde::{Serialize, Serializer};

/// Every fact of a run, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Journal {
    kept: Vec<Kept>,
    /// The marks of all facts that have some, one after the other.
    marks: Vec<Mark>,
}

/// A fact.
#[derive(Debug, Clone, PartialEq)]
enum Kept {
    Cycle {
        at: Timestamp,
        id: CycleId,
        nav: Option<Usd>,
    },
    /// With its part of all marks.
    Marks {
        at: Timestamp,
        from: usize,
        to: usize,
    },
    Other(Box<Fact>),
}

/// No more room is made at once; memory that is not written to costs nothing.
const MOST_AT_ONCE: usize = 1 << 18;

impl Journal {
    /// An empty one, with room for so many decisions and as many other facts.
    pub(crate) fn with_room(decisions: usize) -> Self {
        let room = decisions.saturating_mul(2).min(MOST_AT_ONCE);
        Self { kept: Vec::with_capacity(room), marks: Vec::new() }
    }

    /// How many facts there are.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Cow<'_, Fact>> {
        self.kept.iter().map(|kept| match kept {
            Kept::Cycle { at, id, nav } => Cow::Owned(Fact::Cycle { at: *at, id: *id, nav: *nav }),
            Kept::Marks { at, from, to } => {
                let marks = self.marks.get(*from..*to).unwrap_or_default().to_vec();
                Cow::Owned(Fact::Marks(MarksFact { at: *at, marks }))
            }
            Kept::Other(fact) => Cow::Borrowed(&**fact),
        })
    }

    /// What happened: all of them but ends of cycles and marks.
    pub fn events(&self) -> impl Iterator<Item = &Fact> {
        self.kept.iter().filter_map(|kept| match kept {
            Kept::Cycle { .. } | Kept::Marks { .. } => None,
            Kept::Other(fact) => Some(&**fact),
        })
    }

    /// How many facts there were when the decision of a moment was over.
    pub(crate) fn len_after(&self, moment: Timestamp) -> Option<usize> {
        let is_it = |kept: &Kept| matches!(kept, Kept::Cycle { at, .. } if *at == moment);
        self.kept.iter().position(is_it).map(|at| at + 1)
    }

    /// Whether a fact is one of those that nearly all are.
    pub(crate) const fn is_small(fact: &Fact) -> bool {
        matches!(fact, Fact::Cycle { .. } | Fact::Marks(_))
    }

    /// Puts one of these on record, from where it lies.
    pub(crate) fn append_small(&mut self, fact: &Fact) {
        if let Fact::Cycle { at, id, nav } = fact {
            self.kept.push(Kept::Cycle { at: *at, id: *id, nav: *nav });
        } else if let Fact::Marks(MarksFact { at, marks }) = fact {
            let from = self.marks.len();
            self.marks.extend_from_slice(marks);
            self.kept.push(Kept::Marks { at: *at, from, to: self.marks.len() });
        }
    }

    /// Puts a fact on record.
    pub(crate) fn append(&mut self, fact: Fact) {
        if Self::is_small(&fact) {
            self.append_small(&fact);
        } else {
            self.kept.push(Kept::Other(Box::new(fact)));
        }
    }
}

impl Serialize for Journal {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(self.iter())
    }
}

impl IntentJournal for Journal {
    type Durability = Memory;

    fn append_intent(&mut self, fact: &IntentFact) -> Result<u64, JournalError> {
        self.append(Fact::Intent(fact.clone()));
        Ok(self.kept.len() as u64)
    }
}
