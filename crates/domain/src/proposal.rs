//! What a strategy would like to do. Nothing here is allowed yet.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    BaseQty, Bracket, ExitPlan, ExitReason, LotId, Pct, ProductId, Tier, Trigger, TriggerId,
};

/// Which side of the book an order takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Side {
    /// Buys base with quote.
    Buy,
    /// Sells base for quote.
    Sell,
}

/// The identity of a proposal: the event behind an entry, or the lot and reason of an exit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalId {
    /// An entry.
    Entry(TriggerId),
    /// An exit.
    Exit(LotId, ExitReason),
}

impl fmt::Display for ProposalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(trigger) => fmt::Display::fmt(trigger, f),
            Self::Exit(lot, reason) => write!(f, "lot {}/{}", lot.0.0, reason.as_str()),
        }
    }
}

/// A wish to buy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// What to buy.
    pub product: ProductId,
    /// Its tier.
    pub tier: Tier,
    /// The event behind it, with its evidence.
    pub trigger: Trigger,
    /// Share of the sizing NAV, percent, after the regime's factor.
    pub size_pct: Pct,
    /// 0 to 1; the policy has a minimum.
    pub conviction: f64,
    /// How it would be left.
    pub plan: ExitPlan,
    /// Why, for a person.
    pub reason: String,
}

/// A wish to sell (part of) a lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    /// The product to sell on.
    pub product: ProductId,
    /// Which lot.
    pub lot: LotId,
    /// How much of it.
    pub qty: BaseQty,
    /// Why.
    pub cause: ExitReason,
    /// Why, for a person.
    pub reason: String,
    /// With [`ExitReason::Protection`]: the prices at which an order at the venue shall sell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bracket: Option<Bracket>,
}

/// A wish: an entry or an exit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proposal {
    /// Buy.
    Entry(Entry),
    /// Sell.
    Exit(Exit),
}

impl Proposal {
    /// Its identity.
    pub fn id(&self) -> ProposalId {
        match self {
            Self::Entry(entry) => ProposalId::Entry(entry.trigger.id),
            Self::Exit(exit) => ProposalId::Exit(exit.lot, exit.cause),
        }
    }

    /// The product.
    pub fn product(&self) -> ProductId {
        match self {
            Self::Entry(entry) => entry.product,
            Self::Exit(exit) => exit.product,
        }
    }

    /// The side.
    pub const fn side(&self) -> Side {
        match self {
            Self::Entry(_) => Side::Buy,
            Self::Exit(_) => Side::Sell,
        }
    }
}

/// Proposals after review: a subset of what the rules proposed, none larger. With AI off it is
/// exactly what the rules proposed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reviewed(Vec<Proposal>);

impl Reviewed {
    /// No reviewer: the rules' own proposals.
    pub fn unreviewed(proposals: Vec<Proposal>) -> Self {
        Self(proposals)
    }

    /// What is left.
    pub fn proposals(&self) -> &[Proposal] {
        &self.0
    }

    /// Hands them on.
    pub fn into_proposals(self) -> Vec<Proposal> {
        self.0
    }
}
