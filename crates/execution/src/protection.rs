//! Who watches over each lot: one at a time, and how long nobody did.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use domain::{BaseQty, IntentId, LotId, ProtectionFact, Protector, Timestamp};

use crate::{OrderState, Orders};

/// The protector of each lot. One that was never named is the engine: it watches over every lot
/// while it runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Protection {
    lots: BTreeMap<LotId, Guard>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Guard {
    pub(crate) by: Protector,
    /// Since when, by the clock that never steps back.
    pub(crate) since: Duration,
    /// The longest time without one so far.
    longest: Duration,
    pub(crate) told: bool,
}

/// Why a lot cannot change its protector so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProtectError {
    /// Another order at the venue still holds it.
    #[error("lot {} is still protected by intent {}, which is {}", .lot.0.0, .by.0, .state.as_str())]
    Held {
        /// Which lot.
        lot: LotId,
        /// The order.
        by: IntentId,
        /// Its state.
        state: OrderState,
    },
    /// The order that should protect it is not a live sale of it.
    #[error("intent {} is no live sale of lot {}", .by.0, .lot.0.0)]
    NoSale {
        /// Which lot.
        lot: LotId,
        /// The order.
        by: IntentId,
    },
}

/// The next thing to do before the engine can sell a lot itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeOver {
    /// Ask for the cancel of the order that protects it.
    Cancel(IntentId),
    /// Wait for the terminal status of it.
    AwaitEnd(IntentId),
    /// Wait until the venue lets go of what the order held.
    AwaitHold,
    /// Sell.
    Sell,
}

impl Protection {
    /// Who watches over a lot.
    pub fn of(&self, lot: LotId) -> Protector {
        self.lots.get(&lot).map_or(Protector::Engine, |guard| guard.by)
    }

    /// Whether no lot ever had another protector than the engine.
    pub(crate) fn is_plain(&self) -> bool {
        self.lots.is_empty()
    }

    /// Lots that nobody watches over, and for how long by now.
    pub fn gaps(&self, mono: Duration) -> impl Iterator<Item = (LotId, Duration)> + '_ {
        let open = self.lots.iter().filter(|(_, guard)| guard.by == Protector::Nobody);
        open.map(move |(lot, guard)| (*lot, mono.saturating_sub(guard.since)))
    }

    /// The longest time that a lot was without a protector in this process, ended gaps only.
    pub fn longest_gap(&self, lot: LotId) -> Duration {
        self.lots.get(&lot).map_or(Duration::ZERO, |guard| guard.longest)
    }

    /// Whether a lot has nobody.
    pub fn is_bare(&self, lot: LotId) -> bool {
        self.of(lot) == Protector::Nobody
    }

    pub(crate) fn apply(&mut self, change: &ProtectionFact, mono: Duration) {
        let fresh =
            Guard { by: Protector::Engine, since: mono, longest: Duration::ZERO, told: false };
        let guard = self.lots.entry(change.lot).or_insert(fresh);
        if guard.by == change.by {
            return;
        }
        if guard.by == Protector::Nobody {
            guard.longest = guard.longest.max(mono.saturating_sub(guard.since));
        }
        *guard = Guard { by: change.by, since: mono, told: false, ..*guard };
    }

    pub(crate) fn guards(&mut self) -> impl Iterator<Item = (LotId, &mut Guard)> {
        self.lots.iter_mut().map(|(lot, guard)| (*lot, guard))
    }

    /// Lots whose first order is forgotten are gone long since, but for those that are held.
    pub(crate) fn forget(&mut self, gone: &BTreeSet<IntentId>) {
        self.lots.retain(|lot, guard| {
            let held = matches!(guard.by, Protector::Venue { intent } if !gone.contains(&intent));
            held || !gone.contains(&lot.0)
        });
    }
}

impl Orders {
    /// The fact that somebody else watches over a lot from now on.
    ///
    /// # Errors
    /// [`ProtectError`]: a lot has one protector at a time, and an order protects only what it
    /// sells.
    pub fn protect(
        &self,
        lot: LotId,
        by: Protector,
        at: Timestamp,
    ) -> Result<ProtectionFact, ProtectError> {
        if let Protector::Venue { intent } = self.protection.of(lot)
            && by != (Protector::Venue { intent })
            && let Some(order) = self.get(intent).filter(|order| order.state().is_live())
        {
            return Err(ProtectError::Held { lot, by: intent, state: order.state() });
        }
        if let Protector::Venue { intent } = by {
            let sale = self.get(intent).filter(|o| o.state().is_live() && o.lot() == Some(lot));
            sale.ok_or(ProtectError::NoSale { lot, by: intent })?;
        }
        Ok(ProtectionFact { at, lot, by })
    }

    /// What must happen before the engine can sell a lot itself: cancel, terminal status, hold
    /// released, sell. `qty` is the lot's, `available` what the venue would let be sold now.
    pub fn take_over(&self, lot: LotId, qty: BaseQty, available: BaseQty) -> TakeOver {
        let protector = self.protection.of(lot);
        if let Protector::Venue { intent } = protector
            && let Some(order) = self.get(intent).filter(|order| order.state().is_live())
        {
            return match order.pace.cancelled {
                None => TakeOver::Cancel(intent),
                Some(_) => TakeOver::AwaitEnd(intent),
            };
        }
        if protector != Protector::Engine && available < qty {
            return TakeOver::AwaitHold;
        }
        TakeOver::Sell
    }
}
