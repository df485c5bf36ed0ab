//! The judgement itself: pure, the same for any order of the same proposals.

mod caps;
mod control;
mod entry;
mod exits;
mod market;
mod pacing;
mod running;

use core::cmp::Ordering;

use domain::{MarketView, Proposal};

use crate::approved::{LIFE_SECS, Stamp};
use crate::{ApprovedOrder, Limits, Rejected, RiskView, Verdict};
use running::Running;

/// Judges proposals, highest conviction first, each against everything approved before it.
///
/// - A partition: each proposal is approved once or rejected with every reason that applies.
/// - Pure, and blind to the order of its input: exits are judged first, then entries by
///   conviction, product, side and id.
/// - Sizes only shrink: one effective cap, the least of all sizing limits, is applied once.
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
    proposals.sort_by(precedence);
    let mut running = Running::new(view);
    for proposal in proposals {
        let judged = match &proposal {
            Proposal::Entry(entry) => entry::judge(limits, view, market, &mut running, entry),
            Proposal::Exit(exit) => exits::judge(limits, view, market, &mut running, exit),
        };
        match judged {
            Ok(terms) => {
                let stamp = stamp(limits, view);
                verdict.approved.push(ApprovedOrder::new(terms, stamp));
            }
            Err(reasons) => verdict.rejected.push(Rejected { proposal, reasons }),
        }
    }
    verdict
}

fn stamp(limits: &Limits, view: &RiskView<'_>) -> Stamp {
    Stamp {
        policy_hash: limits.hash().clone(),
        account: view.account.clone(),
        mode: view.mode,
        fact_number: view.fact_number,
        expires: view.now.plus_secs(LIFE_SECS),
    }
}

/// Exits before entries; entries by conviction, then product, side and id. Two proposals that are
/// equal in all of these are ordered by size, so that the verdict never depends on the input's order.
fn precedence(a: &Proposal, b: &Proposal) -> Ordering {
    let conviction = |p: &Proposal| match p {
        Proposal::Entry(entry) => entry.conviction,
        Proposal::Exit(_) => f64::INFINITY,
    };
    let size = |p: &Proposal| match p {
        Proposal::Entry(entry) => entry.size_pct.get(),
        Proposal::Exit(exit) => exit.qty.get(),
    };
    conviction(b)
        .total_cmp(&conviction(a))
        .then_with(|| a.product().cmp(&b.product()))
        .then_with(|| a.side().cmp(&b.side()))
        .then_with(|| a.id().cmp(&b.id()))
        .then_with(|| size(a).cmp(&size(b)))
}
