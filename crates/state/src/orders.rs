//! What is known of the orders behind fills.

use std::collections::BTreeMap;

use domain::{Bracket, ExitPlan, IntentFact, IntentId, ProductId, ProposalId, Side};

/// One order, as far as its fills need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) product: ProductId,
    pub(crate) side: Side,
    pub(crate) plan: Option<ExitPlan>,
    /// The entry whose step this is; itself for a first one. Its lot is named by it.
    pub(crate) root: IntentId,
    /// Why it was sent.
    pub(crate) proposal: Option<ProposalId>,
    /// The prices of one that protects a lot at the venue.
    pub(crate) bracket: Option<Bracket>,
}

/// All orders of a journal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Orders(BTreeMap<IntentId, Order>);

impl Orders {
    pub(crate) fn get(&self, intent: IntentId) -> Option<&Order> {
        self.0.get(&intent)
    }

    /// Remembers an order; whether it was not known before.
    pub(crate) fn remember(&mut self, fact: &IntentFact) -> bool {
        let order = Order {
            product: fact.product,
            side: fact.side,
            plan: fact.plan,
            root: fact.parent.unwrap_or(fact.intent),
            proposal: fact.grant.as_ref().map(|grant| grant.proposal),
            bracket: fact.bracket(),
        };
        self.0.insert(fact.intent, order).is_none()
    }
}
