//! The witness that one order may exist.

use domain::{
    AccountId, Asset, BaseQty, ExitPlan, Mode, PolicyHash, Price, ProductId, ProposalId, QuoteAmt,
    Side, Tier, Timestamp,
};

/// How long an approval lives, seconds.
pub(crate) const LIFE_SECS: i64 = 2;

/// Under what an approval was given; held against the present when its intent is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The policy.
    pub policy_hash: PolicyHash,
    /// The account.
    pub account: AccountId,
    /// The mode.
    pub mode: Mode,
    /// Number of the newest fact it was judged at.
    pub fact_number: u64,
    /// It is worth nothing after this.
    pub expires: Timestamp,
}

/// What was approved.
#[derive(Debug)]
pub(crate) struct Terms {
    pub(crate) proposal: ProposalId,
    pub(crate) product: ProductId,
    pub(crate) asset: Asset,
    pub(crate) side: Side,
    pub(crate) tier: Tier,
    pub(crate) max_notional: QuoteAmt,
    pub(crate) worst_case: QuoteAmt,
    pub(crate) max_qty: BaseQty,
    pub(crate) price_bound: Price,
    pub(crate) plan: Option<ExitPlan>,
    pub(crate) size_pct: f64,
}

/// One order may exist, within these terms, for two seconds.
///
/// Only [`crate::assess`] makes one. It cannot be copied, defaulted or read from anywhere, and
/// nothing can change it.
#[derive(Debug)]
pub struct ApprovedOrder {
    terms: Terms,
    stamp: Stamp,
}

impl ApprovedOrder {
    pub(crate) const fn new(terms: Terms, stamp: Stamp) -> Self {
        Self { terms, stamp }
    }

    /// The proposal it approves.
    pub const fn proposal(&self) -> ProposalId {
        self.terms.proposal
    }

    /// What to trade.
    pub const fn product(&self) -> ProductId {
        self.terms.product
    }

    /// Its base currency.
    pub const fn asset(&self) -> Asset {
        self.terms.asset
    }

    /// Buy or sell.
    pub const fn side(&self) -> Side {
        self.terms.side
    }

    /// The product's tier.
    pub const fn tier(&self) -> Tier {
        self.terms.tier
    }

    /// The most that may be bought, in quote currency without fees; 0 for a sale.
    pub const fn max_notional(&self) -> QuoteAmt {
        self.terms.max_notional
    }

    /// The most that it may cost with fees; 0 for a sale.
    pub const fn worst_case(&self) -> QuoteAmt {
        self.terms.worst_case
    }

    /// The most base units.
    pub const fn max_qty(&self) -> BaseQty {
        self.terms.max_qty
    }

    /// A buy may not be priced above this, a sale not below.
    pub const fn price_bound(&self) -> Price {
        self.terms.price_bound
    }

    /// How an entry will be left.
    pub const fn plan(&self) -> Option<ExitPlan> {
        self.terms.plan
    }

    /// The approved share of the sizing NAV, percent; 0 for a sale.
    pub const fn size_pct(&self) -> f64 {
        self.terms.size_pct
    }

    /// Under what it was given.
    pub const fn stamp(&self) -> &Stamp {
        &self.stamp
    }
}
