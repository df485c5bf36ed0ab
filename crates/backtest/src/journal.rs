//! The journal of a backtest: facts in memory, as long as the process lives.
//!
//! Nearly all facts are ends of cycles and marks, which are small, and the others are several times as
//! large: those lie apart, so that memory is not written for room that nothing is in. Marks are kept
//! without the names of their products, which are the same for hours.

use std::borrow::Cow;

use domain::{
    CycleId, Fact, IntentFact, Mark, MarksFact, Price, ProductId, ReconciledFact, Timestamp, Usd,
};
use exchange::{IntentJournal, JournalError, Memory};
use serde::{Serialize, Serializer};

/// Every fact of a run, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Journal {
    kept: Vec<Kept>,
    /// The marks of all facts that have some, one after the other.
    marks: Vec<Seen>,
    /// Whose marks they are, each time that those are others.
    whose: Vec<Vec<ProductId>>,
}

/// A mark of a product that is named elsewhere.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Seen {
    bid: Price,
    /// How much older than its fact it is, milliseconds.
    age_millis: i32,
}

/// A fact.
#[derive(Debug, Clone, PartialEq)]
enum Kept {
    Cycle {
        at: Timestamp,
        id: CycleId,
        nav: Option<Usd>,
    },
    Marks {
        at: Timestamp,
        /// The first of its marks.
        from: usize,
        /// Which products they are of.
        whose: usize,
    },
    /// A complete comparison that found nothing.
    Agreed {
        at: Timestamp,
    },
    Other(Box<Fact>),
}

/// No more room is made at once; memory that is not written to costs nothing.
pub(crate) const MOST_AT_ONCE: usize = 1 << 18;

impl Journal {
    /// An empty one, with room for so many decisions, twice as many other facts, and the marks of several
    /// positions.
    pub(crate) fn with_room(decisions: usize) -> Self {
        let room = decisions.saturating_mul(3).min(MOST_AT_ONCE);
        let marks = Vec::with_capacity(room.saturating_mul(2));
        Self { kept: Vec::with_capacity(room), marks, whose: Vec::new() }
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
            Kept::Marks { at, from, whose } => {
                let products = self.whose.get(*whose).map(Vec::as_slice).unwrap_or_default();
                let seen = self.marks.get(*from..).unwrap_or_default();
                let marks =
                    products.iter().zip(seen).map(|(product, seen)| seen.mark(*product, *at));
                Cow::Owned(Fact::Marks(MarksFact { at: *at, marks: marks.collect() }))
            }
            Kept::Agreed { at } => {
                let (at, findings) = (*at, Vec::new());
                Cow::Owned(Fact::Reconciled(ReconciledFact { at, complete: true, findings }))
            }
            Kept::Other(fact) => Cow::Borrowed(&**fact),
        })
    }

    /// What happened: all of them but ends of cycles, marks, and comparisons that found nothing.
    pub fn events(&self) -> impl Iterator<Item = &Fact> {
        self.kept.iter().filter_map(|kept| match kept {
            Kept::Cycle { .. } | Kept::Marks { .. } | Kept::Agreed { .. } => None,
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
        if let Fact::Reconciled(found) = fact {
            return found.complete && found.findings.is_empty();
        }
        matches!(fact, Fact::Cycle { .. } | Fact::Marks(_))
    }

    /// Puts one of these on record, from where it lies.
    pub(crate) fn append_small(&mut self, fact: &Fact) {
        if let Fact::Cycle { at, id, nav } = fact {
            self.kept.push(Kept::Cycle { at: *at, id: *id, nav: *nav });
        } else if let Fact::Marks(fact) = fact {
            self.append_marks(fact);
        } else if let Fact::Reconciled(found) = fact {
            self.kept.push(Kept::Agreed { at: found.at });
        }
    }

    fn append_marks(&mut self, fact: &MarksFact) {
        let MarksFact { at, marks } = fact;
        let from = self.marks.len();
        self.marks.extend(marks.iter().map_while(|mark| Seen::of(mark, *at)));
        if self.marks.len() - from < marks.len() {
            // One is weeks older than its fact: the fact is kept as it is.
            self.marks.truncate(from);
            self.kept.push(Kept::Other(Box::new(Fact::Marks(fact.clone()))));
            return;
        }
        let products = marks.iter().map(|mark| mark.product);
        if !self.whose.last().is_some_and(|whose| products.clone().eq(whose.iter().copied())) {
            self.whose.push(products.collect());
        }
        self.kept.push(Kept::Marks { at: *at, from, whose: self.whose.len() - 1 });
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

impl Seen {
    fn of(mark: &Mark, at: Timestamp) -> Option<Self> {
        let age_millis = i32::try_from(at.millis().checked_sub(mark.vouched.millis())?).ok()?;
        Some(Self { bid: mark.bid, age_millis })
    }

    const fn mark(self, product: ProductId, at: Timestamp) -> Mark {
        let vouched = Timestamp::from_millis(at.millis() - self.age_millis as i64);
        Mark { product, bid: self.bid, vouched }
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
        self.append(Fact::Intent(Box::new(fact.clone())));
        Ok(self.kept.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(at: i64, seen: &[(&str, u32, i64)]) -> Fact {
        let mark = |(product, bid, vouched): &(&str, u32, i64)| Mark {
            product: product.parse().unwrap(),
            bid: Price::new((*bid).into()).unwrap(),
            vouched: Timestamp::from_millis(*vouched),
        };
        let marks = seen.iter().map(mark).collect();
        Fact::Marks(MarksFact { at: Timestamp::from_millis(at), marks })
    }

    fn compared(at: i64, complete: bool) -> Fact {
        let (at, findings) = (Timestamp::from_millis(at), Vec::new());
        Fact::Reconciled(ReconciledFact { at, complete, findings })
    }

    #[test]
    fn facts_are_on_record_as_they_were_put() {
        let weeks = 60 * 86_400_000;
        let facts = [
            marks(weeks, &[("BTC-USD", 7, weeks), ("XRP-USD", 3, weeks - 250)]),
            marks(weeks, &[("BTC-USD", 8, weeks), ("XRP-USD", 3, weeks + 1)]),
            marks(weeks, &[]),
            marks(weeks, &[("XRP-USD", 5, weeks - 1), ("BTC-USD", 8, 0)]),
            compared(weeks, true),
            compared(weeks, false),
            marks(weeks, &[("XRP-USD", 6, weeks - 2)]),
            marks(weeks, &[("BTC-USD", 9, weeks), ("XRP-USD", 3, weeks)]),
        ];
        let mut journal = Journal::with_room(2);
        for fact in facts.clone() {
            journal.append(fact);
        }
        let kept: Vec<_> = journal.iter().map(Cow::into_owned).collect();
        assert_eq!(kept, facts);
        let old = journal.events().count();
        assert_eq!(
            old, 2,
            "what is weeks older than its fact is kept as it is, and what was not complete"
        );
    }
}
