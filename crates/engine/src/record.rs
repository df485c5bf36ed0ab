//! A cycle as it is kept.

use domain::{BaseTrade, CycleRecord};

use crate::Engine;

/// The layout of [`CycleRecord`].
const SCHEMA: u32 = 2;

impl Engine {
    /// The last cycle as a record that can be kept, explained and run again.
    pub fn record(&self) -> CycleRecord {
        let (cycle, identity) = (self.cycle(), self.identity());
        let trades = cycle.approved.iter().map(|a| BaseTrade {
            entry: a.entry.clone(),
            notional: a.notional,
            size_pct: a.size_pct,
        });
        CycleRecord {
            schema: SCHEMA,
            id: cycle.id,
            as_of: cycle.as_of,
            mode: identity.mode,
            venue: identity.venue.clone(),
            account: identity.account.clone(),
            config_hash: identity.config_hash.clone(),
            status: cycle.status,
            no_trade_reason: cycle.no_trade_reason,
            regime: cycle.reading.regime,
            universe: cycle.universe.clone(),
            features: self.features().to_vec(),
            triggers: cycle.scan.triggers.clone(),
            refused: cycle.refused.clone(),
            proposals: cycle.proposals.clone(),
            base_trades: trades.collect(),
            rejections: cycle.rejections.clone(),
            orders: cycle.approved.iter().filter_map(|a| a.order.clone().ok()).collect(),
            exits: cycle.exits.clone(),
            nav: cycle.nav,
            purses: cycle.purses.clone(),
            judged: self.judged.clone(),
        }
    }
}
