//! What is asked for: an entry, or the next step of one.

use domain::{ExitPlan, Pct, ProductId, ProposalId, Tier, TriggerId};
use rust_decimal::Decimal;

use crate::approved::Root;

/// A buy that is to be judged.
#[derive(Clone, Copy)]
pub(super) struct Ask {
    pub(super) proposal: ProposalId,
    pub(super) product: ProductId,
    pub(super) tier: Tier,
    pub(super) conviction: f64,
    pub(super) plan: ExitPlan,
    pub(super) step: Step,
}

/// Which step of an entry it is.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// The first: a share of the sizing NAV, for an event.
    First { size_pct: Pct, trigger: TriggerId },
    /// A next one: what its parent's approval has left, quote units without fees and base units.
    Next { root: Root, notional: Decimal, qty: Decimal },
}

impl Ask {
    /// The entry that it continues.
    pub(super) const fn root(&self) -> Option<Root> {
        match self.step {
            Step::First { .. } => None,
            Step::Next { root, .. } => Some(root),
        }
    }
}
