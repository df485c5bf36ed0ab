//! Live orders: what may still fill of them, and what that may cost.

use domain::{Asset, IntentFact, IntentId, Side, Tier};
use rust_decimal::Decimal;

use crate::worth::Worth;

/// An order that may still fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Live {
    pub(crate) asset: Asset,
    pub(crate) quote: Asset,
    pub(crate) tier: Tier,
    pub(crate) side: Side,
    pub(crate) root: IntentId,
    pub(crate) qty: Decimal,
    pub(crate) worst_case: Decimal,
    pub(crate) filled: Decimal,
    /// What it filled in all, once it is over; fills that are still under way stay reserved.
    pub(crate) ended: Option<Decimal>,
    /// What the rest may cost at most; of a sale, nothing.
    pub(crate) reserved: Worth,
    pub(crate) answer: Answer,
}

/// Whether the venue has an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It was sent in this boot, and nothing came back yet.
    Waiting,
    /// What became of it is known.
    Known,
    /// Nobody can tell.
    Unknown,
}

impl Live {
    /// As it was sent; `None` when its worst case is beyond what can be summed.
    #[inline]
    pub(crate) fn of(intent: &IntentFact) -> Option<Self> {
        let worst_case = intent.worst_case.get();
        let reserved = if intent.side == Side::Buy { Worth::of(worst_case)? } else { Worth::ZERO };
        Some(Self {
            asset: intent.asset,
            quote: intent.product.quote_asset(),
            tier: intent.tier,
            side: intent.side,
            root: intent.parent.unwrap_or(intent.intent),
            qty: intent.qty.get(),
            worst_case,
            filled: Decimal::ZERO,
            ended: None,
            reserved,
            answer: Answer::Waiting,
        })
    }

    /// Base units that may still fill.
    #[inline]
    pub(crate) fn remaining(&self) -> Decimal {
        let most = self.ended.unwrap_or(self.qty);
        most.saturating_sub(self.filled).max(Decimal::ZERO)
    }

    /// What those may cost at most; what was reserved before where the share cannot be computed.
    pub(crate) fn worth(&self) -> Worth {
        let remaining = self.remaining().min(self.qty);
        if remaining.is_zero() {
            return Worth::ZERO;
        }
        let share = self.worst_case.checked_mul(remaining).and_then(|v| v.checked_div(self.qty));
        share.and_then(Worth::of).map_or(self.reserved, |share| share.min(self.reserved))
    }
}
