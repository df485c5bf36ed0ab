//! The proof that the policy said yes.

use std::sync::Arc;

use domain::{
    AccountId, Asset, BaseQty, Bracket, ExitPlan, Grant, GrantRef, IntentId, Mode, PolicyHash,
    Price, ProductId, ProposalId, QuoteAmt, Regime, Side, Tier, Timestamp, VerdictId,
};

/// How long an approval lives, seconds.
pub const APPROVAL_LIFE_SECS: i64 = 2;

/// An order that may be sent, within its bounds. There is one maker of it, [`crate::assess`], and
/// no copy: what is done with it is done once.
#[derive(Debug, PartialEq)]
pub struct ApprovedOrder(Bounds);

/// The fields of an approval, named where the assessment makes one.
#[derive(Debug, PartialEq)]
pub(crate) struct Bounds {
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
    /// Of a sale that shall rest at the venue: its two prices.
    pub(crate) bracket: Option<Bracket>,
    pub(crate) conviction: Option<f64>,
    pub(crate) size_pct: f64,
    pub(crate) stamp: Stamp,
    /// Of a next step: the entry that it continues.
    pub(crate) root: Option<Root>,
}

/// An entry and what was approved for all of its steps together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Root {
    pub(crate) intent: IntentId,
    pub(crate) max_notional: QuoteAmt,
    pub(crate) max_qty: BaseQty,
}

/// An approval of a buy that became an order, and what remains of it to be asked for: together
/// with [`crate::Over`], the proof that the order has ended, [`crate::assess_next`] makes the
/// approval of the remainder. There is no copy of it.
#[derive(Debug, PartialEq)]
pub struct Spent {
    pub(crate) own: IntentId,
    pub(crate) root: Root,
    pub(crate) proposal: ProposalId,
    pub(crate) product: ProductId,
    pub(crate) tier: Tier,
    pub(crate) plan: ExitPlan,
    pub(crate) conviction: f64,
}

/// What an approval was given under. A commit refuses it when any of it no longer holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// For whom, under which policy.
    pub under: Arc<Under>,
    /// The newest fact that was taken into account.
    pub fact_number: u64,
    /// The last moment at which it holds.
    pub expires: Timestamp,
}

/// For whom, under which policy and in which verdict an approval was given; shared by all of its
/// orders, and by nobody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Under {
    /// The policy in force.
    pub policy_hash: PolicyHash,
    /// Whose order it is.
    pub account: AccountId,
    /// The mode.
    pub mode: Mode,
    /// The verdict; `None` when it was judged apart from all others.
    pub verdict: Option<VerdictId>,
}

impl Stamp {
    /// Whether two approvals are of one verdict: each was given with the other counted in. What a
    /// stamp says can be said again; this asks whether it is the same one.
    pub fn is_of_one_verdict(&self, other: &Self) -> bool {
        self.under.verdict.is_some() && Arc::ptr_eq(&self.under, &other.under)
    }
}

impl ApprovedOrder {
    pub(crate) const fn new(bounds: Bounds) -> Self {
        Self(bounds)
    }

    /// The proposal it answers.
    pub const fn proposal(&self) -> ProposalId {
        self.0.proposal
    }

    /// What is traded.
    pub const fn product(&self) -> ProductId {
        self.0.product
    }

    /// Its base currency.
    pub const fn asset(&self) -> Asset {
        self.0.asset
    }

    /// Buy or sell.
    pub const fn side(&self) -> Side {
        self.0.side
    }

    /// The product's tier; of a sale, the tier it was bought in.
    pub const fn tier(&self) -> Tier {
        self.0.tier
    }

    /// The largest value without fees, quote units. Of a sale, its value at the price it was
    /// judged by; the size is what bounds a sale.
    pub const fn max_notional(&self) -> QuoteAmt {
        self.0.max_notional
    }

    /// What a buy may cost at most with fees, quote units; 0 for a sale.
    pub const fn worst_case(&self) -> QuoteAmt {
        self.0.worst_case
    }

    /// The largest size, a multiple of the base increment.
    pub const fn max_qty(&self) -> BaseQty {
        self.0.max_qty
    }

    /// The collar (O-11), a multiple of the price increment: the highest limit of a buy, the
    /// lowest of a sale.
    pub const fn price_bound(&self) -> Price {
        self.0.price_bound
    }

    /// How an entry will be left; `None` for a sale.
    pub const fn plan(&self) -> Option<ExitPlan> {
        self.0.plan
    }

    /// The prices of a sale that shall rest at the venue; it is sent so, or not at all.
    pub const fn bracket(&self) -> Option<Bracket> {
        self.0.bracket
    }

    /// The conviction of an entry, 0 to 1; `None` for a sale.
    pub const fn conviction(&self) -> Option<f64> {
        self.0.conviction
    }

    /// Its value as percent of the sizing NAV: what was proposed, or less; 0 for a sale.
    pub const fn size_pct(&self) -> f64 {
        self.0.size_pct
    }

    /// What it was given under.
    pub const fn stamp(&self) -> &Stamp {
        &self.0.stamp
    }

    /// Its name in the facts.
    pub fn reference(&self) -> GrantRef {
        let Stamp { under, fact_number, expires } = &self.0.stamp;
        GrantRef {
            proposal: self.0.proposal,
            policy: under.policy_hash.clone(),
            fact_number: *fact_number,
            expires: *expires,
            verdict: under.verdict,
        }
    }

    /// The fact of it: somebody else can hold the intents made from it against its bounds.
    pub fn grant(&self, at: Timestamp, regime: Regime) -> Grant {
        let bounds = &self.0;
        Grant {
            at,
            proposal: bounds.proposal,
            product: bounds.product,
            asset: bounds.asset,
            side: bounds.side,
            tier: bounds.tier,
            max_notional: bounds.max_notional,
            worst_case: bounds.worst_case,
            max_qty: bounds.max_qty,
            price_bound: bounds.price_bound,
            plan: bounds.plan,
            conviction: bounds.conviction,
            regime,
            stamp: self.reference(),
        }
    }

    /// Of a next step (reprice, take): the entry that it continues.
    pub fn parent(&self) -> Option<IntentId> {
        self.0.root.map(|root| root.intent)
    }

    /// What a next step would start from, once this became the intent of that number; `None` for
    /// a sale, which has none.
    pub fn spent(&self, intent: IntentId) -> Option<Spent> {
        let Bounds {
            proposal, product, tier, max_notional, max_qty, plan, conviction, root, ..
        } = self.0;
        let root = root.unwrap_or(Root { intent, max_notional, max_qty });
        let (plan, conviction) = plan.zip(conviction)?;
        Some(Spent { own: intent, root, proposal, product, tier, plan, conviction })
    }
}

impl Spent {
    /// The order that it became.
    pub const fn intent(&self) -> IntentId {
        self.own
    }

    /// The first order of the entry.
    pub const fn parent(&self) -> IntentId {
        self.root.intent
    }
}
