//! Parents and children: the next steps of one entry (reprice, take) stay within its approval.

use std::collections::BTreeMap;

use domain::{Fill, IntentId};
use rust_decimal::Decimal;

/// Most next steps of one entry.
pub const MAX_CHILDREN: usize = 3;
/// An entry and its next steps.
const MEMBERS: usize = MAX_CHILDREN + 1;
/// Families that are remembered, the newest; no entry waits for its next step behind so many.
const FAMILIES: usize = 1024;

/// Entries by their first order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Families(BTreeMap<IntentId, Family>);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Family {
    members: [Option<Member>; MEMBERS],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Member {
    intent: IntentId,
    filled: Decimal,
    /// What the fills were worth, quote units without fees.
    value: Decimal,
    over: bool,
}

impl Families {
    /// Takes in an order. One beyond the last child has no place, and gets no next step.
    pub(crate) fn join(&mut self, root: IntentId, intent: IntentId) {
        let family = self.0.entry(root).or_default();
        if family.members.iter().flatten().any(|member| member.intent == intent) {
            return;
        }
        if let Some(free) = family.members.iter_mut().find(|member| member.is_none()) {
            let (filled, value) = (Decimal::ZERO, Decimal::ZERO);
            *free = Some(Member { intent, filled, value, over: false });
        }
        if self.0.len() > FAMILIES {
            self.0.pop_first();
        }
    }

    /// Books a fill, also one that comes after the end.
    pub(crate) fn fill(&mut self, root: Option<IntentId>, fill: &Fill) {
        if let Some(member) = self.member(root, fill.intent) {
            let (qty, price) = (fill.qty.get(), fill.price.get());
            member.filled = member.filled.saturating_add(qty);
            member.value = member.value.saturating_add(price.saturating_mul(qty));
        }
    }

    /// The order is over, and all its fills are booked.
    pub(crate) fn over(&mut self, root: IntentId, intent: IntentId) {
        if let Some(member) = self.member(Some(root), intent) {
            member.over = true;
        }
    }

    pub(crate) fn get(&self, root: IntentId) -> Option<&Family> {
        self.0.get(&root)
    }

    fn member(&mut self, root: Option<IntentId>, intent: IntentId) -> Option<&mut Member> {
        let family = match root {
            Some(root) => self.0.get_mut(&root)?,
            // Late: the order is forgotten, its family may not be.
            None => self.0.values_mut().find(|family| family.has(intent))?,
        };
        family.members.iter_mut().flatten().find(|member| member.intent == intent)
    }
}

impl Family {
    fn has(&self, intent: IntentId) -> bool {
        self.members.iter().flatten().any(|member| member.intent == intent)
    }

    /// Whether this order is its newest and over.
    pub(crate) fn ended_with(&self, intent: IntentId) -> bool {
        self.members.iter().flatten().last().is_some_and(|m| m.intent == intent && m.over)
    }

    /// Next steps so far.
    pub(crate) fn children(&self) -> usize {
        self.members.iter().flatten().count().saturating_sub(1)
    }

    /// Base units and quote units (without fees) that filled in all.
    pub(crate) fn filled(&self) -> (Decimal, Decimal) {
        let zero = (Decimal::ZERO, Decimal::ZERO);
        self.members.iter().flatten().fold(zero, |(qty, value), member| {
            (qty.saturating_add(member.filled), value.saturating_add(member.value))
        })
    }
}
