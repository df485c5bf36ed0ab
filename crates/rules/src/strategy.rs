//! What a strategy sees, says, and how several speak with one voice.

use core::cmp::Ordering;
use core::fmt;

use domain::{
    Features, Lot, MarketView, Mode, ProductId, Proposal, Regime, Rejection, RuleRefusal,
    Timestamp, Trigger, Universe, Usd,
};

/// Everything a strategy may look at. Slices of features and of the market are sorted by product.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The moment that is decided for, venue time.
    pub now: Timestamp,
    /// Which rules act.
    pub mode: Mode,
    /// The weather.
    pub regime: Regime,
    /// Who may be bought, and what the regime makes of a size.
    pub universe: &'a Universe,
    /// Each product's strongest fresh event.
    pub candidates: &'a [Trigger],
    /// Sorted by product.
    pub features: &'a [Features],
    /// What the bot holds. Whether more of it may be bought is the policy's business.
    pub lots: &'a [Lot],
    /// What sizes are shares of; `None` when it is not known.
    pub sizing_nav: Option<Usd>,
    /// Quotes and increments.
    pub market: MarketView<'a>,
    /// The policy's smallest order.
    pub min_order_usd: Usd,
}

/// What strategies said in one cycle; kept and reused by the caller.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Proposals {
    /// Wishes; after [`propose`] sorted by product, at most one each.
    pub entries: Vec<Proposal>,
    /// Candidates that became none, in the order in which they were refused.
    pub refused: Vec<Rejection<RuleRefusal>>,
}

impl Proposals {
    /// Forgets everything and keeps the memory.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.refused.clear();
    }

    /// Leaves one proposal for each product, sorted by product: an exit before an entry, then the
    /// highest conviction, then the identity, then the smaller size. The others become
    /// `outranked`, with the conviction that beat them. The result does not depend on the order in
    /// which they were pushed.
    pub fn settle(&mut self) {
        let Self { entries, refused } = self;
        entries.sort_unstable_by(|a, b| a.product().cmp(&b.product()).then_with(|| rank(a, b)));
        entries.dedup_by(|later, kept| {
            let beaten = later.product() == kept.product();
            if beaten {
                refused.push(Rejection {
                    product: later.product(),
                    trigger: entry_of(later).map(|entry| entry.trigger.id),
                    code: RuleRefusal::Outranked,
                    limit: entry_of(kept).map(|entry| entry.conviction),
                    found: entry_of(later).map(|entry| entry.conviction),
                });
            }
            beaten
        });
    }
}

const fn entry_of(proposal: &Proposal) -> Option<&domain::Entry> {
    match proposal {
        Proposal::Entry(entry) => Some(entry),
        Proposal::Exit(_) => None,
    }
}

/// The better one first.
fn rank(a: &Proposal, b: &Proposal) -> Ordering {
    let (Some(x), Some(y)) = (entry_of(a), entry_of(b)) else {
        let is_entry = |p: &Proposal| entry_of(p).is_some();
        return is_entry(a).cmp(&is_entry(b)).then_with(|| a.id().cmp(&b.id()));
    };
    // What is no number convinces nobody.
    let conviction = |c: f64| if c.is_nan() { f64::NEG_INFINITY } else { c };
    conviction(y.conviction)
        .total_cmp(&conviction(x.conviction))
        .then_with(|| x.trigger.id.cmp(&y.trigger.id))
        .then_with(|| x.size_pct.cmp(&y.size_pct))
        .then_with(|| x.plan.stop_pct.cmp(&y.plan.stop_pct))
        .then_with(|| x.reason.cmp(&y.reason))
}

/// Turns what is known into wishes. Pure: equal contexts give equal proposals.
pub trait Strategy: fmt::Debug + Send + Sync {
    /// Its name in records.
    fn name(&self) -> &str;

    /// Appends its proposals, and a refusal for each candidate that it understood and declined.
    fn propose(&self, context: &Context<'_>, out: &mut Proposals);
}

impl<S: Strategy + ?Sized> Strategy for &S {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn propose(&self, context: &Context<'_>, out: &mut Proposals) {
        (**self).propose(context, out);
    }
}

impl<S: Strategy + ?Sized> Strategy for Box<S> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn propose(&self, context: &Context<'_>, out: &mut Proposals) {
        (**self).propose(context, out);
    }
}

/// Asks every strategy and leaves one proposal for each product; `out` is cleared first.
pub fn propose<S: Strategy>(strategies: &[S], context: &Context<'_>, out: &mut Proposals) {
    out.clear();
    for strategy in strategies {
        strategy.propose(context, out);
    }
    out.settle();
}

/// A product's features, by binary search.
pub(crate) fn features_of<'a>(
    features: &'a [Features],
    product: &ProductId,
) -> Option<&'a Features> {
    let at = features.binary_search_by(|f| f.product.cmp(product)).ok()?;
    features.get(at)
}
