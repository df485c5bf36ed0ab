//! Parents and children: the next steps of one entry (reprice, take) stay within its approval.

use std::collections::VecDeque;

use domain::{Fill, IntentId};
use rust_decimal::Decimal;

/// Most next steps of one entry.
pub const MAX_CHILDREN: usize = 3;
/// Families that are remembered, the newest; no entry waits for its next step behind so many.
const FAMILIES: usize = 1024;

/// Entries by their first order, sorted; the newest are last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Families(VecDeque<(IntentId, Family)>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Family {
    first: Member,
    /// Most entries have none.
    next: Vec<Member>,
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
    /// None yet, with room for so many.
    pub(crate) fn with_room(many: usize) -> Self {
        Self(VecDeque::with_capacity(many))
    }

    /// Takes in an order. One beyond the last child has no place, and gets no next step.
    pub(crate) fn join(&mut self, root: IntentId, intent: IntentId) {
        let member = Member { intent, filled: Decimal::ZERO, value: Decimal::ZERO, over: false };
        match self.find(root) {
            Ok(at) => {
                let family = &mut self.0[at].1;
                if !family.has(intent) && family.children() < MAX_CHILDREN {
                    family.next.push(member);
                }
            }
            Err(at) => {
                self.0.insert(at, (root, Family { first: member, next: Vec::new() }));
                if self.0.len() > FAMILIES {
                    self.0.pop_front();
                }
            }
        }
    }

    fn find(&self, root: IntentId) -> Result<usize, usize> {
        if self.0.back().is_none_or(|(last, _)| *last < root) {
            return Err(self.0.len());
        }
        self.0.binary_search_by_key(&root, |(known, _)| *known)
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
        self.find(root).ok().map(|at| &self.0[at].1)
    }

    fn member(&mut self, root: Option<IntentId>, intent: IntentId) -> Option<&mut Member> {
        let family = match root {
            Some(root) => self.find(root).ok().map(|at| &mut self.0[at].1)?,
            // Late: the order is forgotten, its family may not be.
            None => self.0.iter_mut().map(|(_, family)| family).find(|f| f.has(intent))?,
        };
        let mut members = core::iter::once(&mut family.first).chain(&mut family.next);
        members.find(|member| member.intent == intent)
    }
}

impl Family {
    fn members(&self) -> impl Iterator<Item = &Member> {
        core::iter::once(&self.first).chain(&self.next)
    }

    fn has(&self, intent: IntentId) -> bool {
        self.members().any(|member| member.intent == intent)
    }

    /// Whether this order is its newest and over.
    pub(crate) fn ended_with(&self, intent: IntentId) -> bool {
        let newest = self.next.last().unwrap_or(&self.first);
        newest.intent == intent && newest.over
    }

    /// Next steps so far.
    pub(crate) const fn children(&self) -> usize {
        self.next.len()
    }

    /// Base units and quote units (without fees) that filled in all.
    pub(crate) fn filled(&self) -> (Decimal, Decimal) {
        self.members().fold((Decimal::ZERO, Decimal::ZERO), |(qty, value), member| {
            (qty.saturating_add(member.filled), value.saturating_add(member.value))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_has_three_next_steps_and_a_fourth_gets_no_place() {
        let (root, mut families) = (IntentId(1), Families::default());
        for number in 1..=5 {
            families.join(root, IntentId(number));
            families.over(root, IntentId(number));
        }
        let ends = |number| families.get(root).map(|family| family.ended_with(IntentId(number)));
        assert_eq!(families.get(root).map(Family::children), Some(MAX_CHILDREN));
        assert_eq!([3, 4, 5].map(ends), [Some(false), Some(true), Some(false)]);
    }

    #[test]
    fn the_newest_families_are_remembered() {
        let mut families = Families::default();
        let many = FAMILIES as u64;
        let join =
            |families: &mut Families, number| families.join(IntentId(number), IntentId(number));
        (1..=many).for_each(|number| join(&mut families, number));
        assert!(families.get(IntentId(1)).is_some());
        join(&mut families, many + 1);
        let known = [1, 2, many + 1].map(|number| families.get(IntentId(number)).is_some());
        assert_eq!(known, [false, true, true]);
    }
}
