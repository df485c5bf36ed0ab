//! What the stages remember between cycles and no fact tells.

use domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Engine;

/// Carried over a restart by whoever keeps the records.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// The weather in force, and what it would take to change it.
    pub regime: regime::Memory,
    /// On which side of the floors each product is, and since when it has been leaving it.
    pub universe: universe::Memory,
}

impl Engine {
    /// What there is to remember now.
    pub fn memory(&self) -> Memory {
        Memory { regime: self.regime_memory, universe: self.universe_memory.clone() }
    }

    /// Takes up what was remembered; weather that was not watched for too long is forgotten.
    pub(crate) fn recall(&mut self, memory: Memory, now: Timestamp) {
        self.regime_memory = memory.regime.recalled(&self.settings.regime, now);
        self.universe_memory = memory.universe;
    }
}
