//! The verdict. One scene, one running account of what this batch has already been granted.

mod caps;
mod control;
mod entry;
mod exits;
mod market;
mod num;
mod pacing;
mod running;
mod slippage;
mod used;

use core::cmp::Ordering;

use domain::{Asset, MarketView, ProductId, Proposal, RiskCode, Timestamp};

use crate::approved::{APPROVAL_LIFE_SECS, Stamp};
use crate::{Limits, Policy, Reason, Rejected, RiskView, Verdict};
use running::Running;

/// Everything a verdict depends on; none of it changes while it is made.
#[derive(Clone, Copy)]
struct Scene<'a> {
    limits: &'a Limits,
    policy: &'a Policy,
    view: &'a RiskView<'a>,
    market: &'a MarketView<'a>,
    now: Timestamp,
}

impl Scene<'_> {
    fn stamp(&self) -> Stamp {
        Stamp {
            policy_hash: self.limits.hash().clone(),
            account: self.view.account.clone(),
            mode: self.view.mode,
            fact_number: self.view.fact_number,
            expires: self.now.plus_secs(APPROVAL_LIFE_SECS),
        }
    }

    /// The base currency of a product, also of one that the market does not show.
    fn asset(&self, product: &ProductId) -> Option<Asset> {
        match self.market.get(product) {
            Some(found) => Some(found.product.base),
            None => product.base().parse().ok(),
        }
    }
}

/// Judges proposals.
///
/// Every proposal ends up in exactly one of the verdict's lists, every reason that applies
/// is reported, and an approval is never larger than its proposal. Exits come first and are judged
/// by their own short list. Entries are judged by conviction, highest first, each against what the
/// ones before it were granted, so the order of `proposals` does not matter; equal inputs give
/// equal verdicts.
///
/// Limits on size (order, position, tier, cluster, total, funds, depth, slippage) shrink an entry
/// to what all of them leave; when that is below the smallest order, `below_min_order` comes with
/// every limit that leaves less. All other limits are yes or no.
pub fn assess(
    limits: &Limits,
    view: &RiskView<'_>,
    market: &MarketView<'_>,
    mut proposals: Vec<Proposal>,
) -> Verdict {
    let mut verdict = Verdict::default();
    if proposals.is_empty() {
        return verdict;
    }
    proposals.sort_by(order);
    let scene = Scene { limits, policy: limits.policy(), view, market, now: view.now };
    let mut running = Running::new(&scene);
    for proposal in proposals {
        let judged = match &proposal {
            Proposal::Exit(exit) => exits::judge(&scene, &mut running, exit),
            Proposal::Entry(entry) => entry::judge(&scene, &mut running, entry),
        };
        match judged {
            Ok(approved) => verdict.approved.push(approved),
            Err(reasons) => {
                verdict.rejected.push(Rejected { proposal, reasons: said_once(reasons) });
            }
        }
    }
    verdict
}

/// Never empty: a number that does not fit leaves no other reason behind. Several things can be
/// missing; saying so once is enough.
fn said_once(mut reasons: Vec<Reason>) -> Vec<Reason> {
    let missing = Reason::plain(RiskCode::DataUnavailable);
    let unknown = reasons.is_empty() || reasons.contains(&missing);
    reasons.retain(|reason| *reason != missing);
    if unknown {
        reasons.push(missing);
    }
    reasons
}

/// Exits first; entries by conviction, highest first; then product, side and id. Proposals that
/// differ in none of these are ordered by their text, so that no two different ones are equal.
fn order(a: &Proposal, b: &Proposal) -> Ordering {
    let conviction = |p: &Proposal| match p {
        Proposal::Entry(entry) => entry.conviction,
        Proposal::Exit(_) => f64::INFINITY,
    };
    let exits_first = |p: &Proposal| matches!(p, Proposal::Entry(_));
    exits_first(a)
        .cmp(&exits_first(b))
        .then_with(|| conviction(b).total_cmp(&conviction(a)))
        .then_with(|| a.product().cmp(&b.product()))
        .then_with(|| a.side().cmp(&b.side()))
        .then_with(|| a.id().cmp(&b.id()))
        .then_with(|| if a == b { Ordering::Equal } else { text(a).cmp(&text(b)) })
}

fn text(proposal: &Proposal) -> String {
    format!("{proposal:?}")
}
