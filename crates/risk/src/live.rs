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
    /// What all of it may cost at most; of a sale, nothing.
    full: Worth,
    pub(crate) filled: Decimal,
    /// What it filled in all, once it is over; fills that are still under way stay reserved.
    pub(crate) ended: Option<Decimal>,
    /// What the rest may cost at most.
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
        let full = match intent.side {
            Side::Buy => Worth::of(intent.worst_case.get())?,
            Side::Sell => Worth::ZERO,
        };
        Some(Self {
            asset: intent.asset,
            quote: intent.product.quote_asset(),
            tier: intent.tier,
            side: intent.side,
            root: intent.parent.unwrap_or(intent.intent),
            qty: intent.qty.get(),
            full,
            filled: Decimal::ZERO,
            ended: None,
            reserved: full,
            answer: Answer::Waiting,
        })
    }

    /// Base units that may still fill.
    #[inline]
    pub(crate) fn remaining(&self) -> Decimal {
        let most = self.ended.unwrap_or(self.qty);
        not_below_nothing(most.saturating_sub(self.filled))
    }

    /// What so many of them may cost at most; what was reserved before where the share cannot be
    /// computed.
    #[inline]
    pub(crate) fn worth_of(&self, remaining: Decimal) -> Worth {
        let share = self.full.share(remaining, self.qty);
        share.map_or(self.reserved, |share| share.min(self.reserved))
    }

    /// More of it filled, or less where a fill was taken back.
    #[inline]
    pub(crate) fn filled_by(&mut self, change: Decimal) {
        self.filled = not_below_nothing(self.filled.saturating_add(change));
    }
}

#[inline]
fn not_below_nothing(value: Decimal) -> Decimal {
    if value.is_sign_negative() { Decimal::ZERO } else { value }
}
