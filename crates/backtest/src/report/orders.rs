//! What became of orders.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Ending, Fact, IntentId, Liquidity, Side, SubmitOutcome};
use serde::Serialize;

use crate::Journal;

/// Orders and fills, counted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct OrderCounts {
    /// First orders of entries.
    pub entries: u64,
    /// Entries of which anything filled, by whichever of their orders.
    pub entries_filled: u64,
    /// Next steps of entries.
    pub next_steps: u64,
    /// Sales.
    pub exits: u64,
    /// Orders that the venue took.
    pub accepted: u64,
    /// Those it did not, by its word.
    pub refused: BTreeMap<String, u64>,
    /// Fills that rested.
    pub maker_fills: u64,
    /// Fills that took.
    pub taker_fills: u64,
    /// Orders by how they ended.
    pub endings: BTreeMap<&'static str, u64>,
    /// Resting orders that ended without any fill.
    pub unfilled: u64,
}

impl OrderCounts {
    /// Of the orders on record.
    pub(crate) fn of(facts: &Journal) -> Self {
        let mut counts = Self::default();
        let mut entry_of: BTreeMap<IntentId, IntentId> = BTreeMap::new();
        let mut filled: BTreeSet<IntentId> = BTreeSet::new();
        for fact in facts.events() {
            if let Fact::Intent(intent) = fact {
                match (intent.side, intent.parent) {
                    (Side::Buy, None) => {
                        counts.entries += 1;
                        entry_of.insert(intent.intent, intent.intent);
                    }
                    (Side::Buy, Some(parent)) => {
                        counts.next_steps += 1;
                        entry_of.insert(intent.intent, parent);
                    }
                    (Side::Sell, _) => counts.exits += 1,
                }
            } else if let Fact::Submitted(submitted) = fact {
                counts.submitted(&submitted.outcome);
            } else if let Fact::Fill(fill) = fact {
                match fill.liquidity {
                    Some(Liquidity::Maker) => counts.maker_fills += 1,
                    Some(Liquidity::Taker) => counts.taker_fills += 1,
                    None => {}
                }
                filled.extend(entry_of.get(&fill.intent));
            } else if let Fact::OrderEnd(end) = fact {
                let word = match end.how {
                    Some(Ending::Filled) => "filled",
                    Some(Ending::Cancelled) => "cancelled",
                    Some(Ending::Expired) => "expired",
                    Some(Ending::Failed) => "failed",
                    Some(Ending::Absent(_)) => "absent",
                    None => "unknown",
                };
                *counts.endings.entry(word).or_default() += 1;
                counts.unfilled += u64::from(end.filled.is_zero());
            }
        }
        counts.entries_filled = filled.len() as u64;
        counts
    }

    fn submitted(&mut self, outcome: &SubmitOutcome) {
        match outcome {
            SubmitOutcome::Accepted { .. } => self.accepted += 1,
            SubmitOutcome::Refused { reason } => {
                let word = reason.split(':').next().unwrap_or(reason).to_owned();
                *self.refused.entry(word).or_default() += 1;
            }
            SubmitOutcome::Unknown { cause } => {
                *self.refused.entry(format!("unknown: {cause}")).or_default() += 1;
            }
        }
    }
}
