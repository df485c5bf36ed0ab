//! The names of own orders, from the facts that say what they are made of.

use std::collections::BTreeMap;

use domain::{ClientOrderId, Fact, IntentId, NamesFact};

/// What each intent is called at the venue: `uuid5(namespace, journal | boot | number)`. Numbers
/// are dense, so that each process names those from its first one on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientNames {
    /// By the first number that they name.
    spans: BTreeMap<IntentId, NamesFact>,
    newest: Option<IntentId>,
}

impl ClientNames {
    /// Takes one fact.
    pub fn apply(&mut self, fact: &Fact) {
        if let Fact::Named(names) = fact {
            let next = IntentId(self.newest.map_or(1, |newest| newest.0.saturating_add(1)));
            self.spans.insert(next, *names);
        } else if let Fact::Intent(intent) = fact {
            self.newest = self.newest.max(Some(intent.intent));
        } else if let Fact::Adopted(adoption) = fact {
            self.newest = self.newest.max(Some(adoption.lot.0));
        }
    }

    /// The name of an intent, those that are still to come in this process included; `None` before
    /// the first process that named its orders.
    pub fn of(&self, intent: IntentId) -> Option<ClientOrderId> {
        let (_, names) = self.spans.range(..=intent).next_back()?;
        Some(names.client_order_id(intent))
    }
}
