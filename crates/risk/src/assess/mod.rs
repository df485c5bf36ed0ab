//! The verdict. One scene, one running account of what this batch has already been granted.

mod ask;
mod caps;
mod control;
mod entry;
mod exits;
mod market;
mod next;
mod num;
mod orders;
mod pacing;
mod purse;
mod sheet;
mod slippage;

use core::cmp::Ordering;
use std::sync::Arc;

use domain::planted::{Fault, planted};
use domain::{MarketView, Proposal, RiskCode, Timestamp, VerdictId};
use rust_decimal::prelude::ToPrimitive as _;

use crate::approved::{APPROVAL_LIFE_SECS, Stamp, Under};
use crate::cap;
use crate::exact::Exact;
use crate::gate::{Ladder, Notes};
use crate::{ApprovedOrder, Limits, Policy, Reason, Rejected, RiskView, Verdict};
pub use next::{Over, assess_next};
use sheet::Sheet;

/// Everything a verdict depends on; none of it changes while it is made.
#[derive(Clone, Copy)]
struct Scene<'a> {
    limits: &'a Limits,
    policy: &'a Policy,
    view: &'a RiskView<'a>,
    market: &'a MarketView<'a>,
    now: Timestamp,
    under: &'a Arc<Under>,
    /// 1 + the larger fee: whether an order rests or takes is decided later.
    with_fee: Option<Exact>,
}

impl Scene<'_> {
    fn stamp(&self) -> Stamp {
        Stamp {
            under: Arc::clone(self.under),
            fact_number: self.view.fact_number.min(self.view.exposure.fact_number()),
            expires: self.now.plus_secs(if planted(Fault::LongLife) {
                60
            } else {
                APPROVAL_LIFE_SECS
            }),
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
///
/// Its verdict has no number: whoever commits several orders of one verdict judges by a [`Desk`].
pub fn assess(
    limits: &Limits,
    view: &RiskView<'_>,
    market: &MarketView<'_>,
    mut proposals: Vec<Proposal>,
) -> Verdict {
    let mut verdict = Verdict::default();
    Desk::default().judge(limits, view, market, &mut proposals, &mut verdict, None);
    verdict
}

/// Tells of every gate that proposals meet, passed or not, in the order in which [`assess`] asks
/// and judges them: the ladder of one that is approved has no gate that did not pass.
pub fn explain(
    limits: &Limits,
    view: &RiskView<'_>,
    market: &MarketView<'_>,
    mut proposals: Vec<Proposal>,
) -> Vec<Ladder> {
    let mut desk = Desk::default();
    proposals.sort_unstable_by(order);
    let scene = Scene::new(limits, view, market, desk.under.of(limits, view, None));
    desk.sheet.open(&scene);
    let ladders = proposals.iter().map(|proposal| {
        let mut gates = Vec::new();
        let approved = judge(&scene, &mut desk.sheet, proposal, &mut Notes::Gates(&mut gates));
        Ladder {
            proposal: proposal.id(),
            product: proposal.product(),
            side: proposal.side(),
            gates,
            approved: approved.and_then(|order| order.max_notional().get().to_f64()),
        }
    });
    ladders.collect()
}

/// Where proposals are judged, cycle after cycle, in the same room: once it has grown, approving
/// allocates nothing. It numbers its verdicts, so that their orders can be committed together.
#[derive(Debug, Default)]
pub struct Desk {
    sheet: Sheet,
    under: Shared,
    verdicts: u64,
}

/// A copy has a room of its own, and goes on with the numbers.
impl Clone for Desk {
    fn clone(&self) -> Self {
        Self { verdicts: self.verdicts, ..Self::default() }
    }
}

/// For whom and under which policy the last batch was judged.
#[derive(Debug, Default)]
struct Shared(Option<Arc<Under>>);

impl Shared {
    /// What nobody holds any more is used again; approvals that are about keep theirs.
    fn of(
        &mut self,
        limits: &Limits,
        view: &RiskView<'_>,
        verdict: Option<VerdictId>,
    ) -> &Arc<Under> {
        let same = |under: &Under| {
            let who = (&under.account, under.mode) == (view.account, view.mode);
            who && under.policy_hash == *limits.hash()
        };
        match self.0.as_mut().and_then(Arc::get_mut) {
            Some(under) if same(under) => under.verdict = verdict,
            Some(_) | None => self.0 = None,
        }
        self.0.get_or_insert_with(|| {
            let (policy_hash, account) = (limits.hash().clone(), view.account.clone());
            Arc::new(Under { policy_hash, account, mode: view.mode, verdict })
        })
    }
}

impl<'a> Scene<'a> {
    fn new(
        limits: &'a Limits,
        view: &'a RiskView<'a>,
        market: &'a MarketView<'a>,
        under: &'a Arc<Under>,
    ) -> Self {
        let with_fee = view.fees.map(|fees| cap::with_fee(fees.taker_bps.max(fees.maker_bps)));
        Self { limits, policy: limits.policy(), view, market, now: view.now, under, with_fee }
    }
}

impl Desk {
    /// As [`assess`]; takes the proposals out of their list, and adds to the verdict.
    pub fn assess(
        &mut self,
        limits: &Limits,
        view: &RiskView<'_>,
        market: &MarketView<'_>,
        proposals: &mut Vec<Proposal>,
        verdict: &mut Verdict,
    ) {
        self.verdicts += 1;
        let number = VerdictId(self.verdicts);
        self.judge(limits, view, market, proposals, verdict, Some(number));
    }

    fn judge(
        &mut self,
        limits: &Limits,
        view: &RiskView<'_>,
        market: &MarketView<'_>,
        proposals: &mut Vec<Proposal>,
        verdict: &mut Verdict,
        number: Option<VerdictId>,
    ) {
        if proposals.is_empty() {
            return;
        }
        // Equal ones are equal in everything, so that their order cannot be told.
        proposals.sort_unstable_by(order);
        let scene = Scene::new(limits, view, market, self.under.of(limits, view, number));
        self.sheet.open(&scene);
        for proposal in proposals.drain(..) {
            let mut reasons = Vec::new();
            let mut notes = Notes::Reasons(&mut reasons);
            if let Some(approved) = judge(&scene, &mut self.sheet, &proposal, &mut notes) {
                verdict.approved.push(approved);
            } else {
                let reasons = said_once(reasons);
                verdict.rejected.push(Rejected { proposal, reasons });
            }
        }
    }
}

fn judge(
    scene: &Scene<'_>,
    sheet: &mut Sheet,
    proposal: &Proposal,
    notes: &mut Notes<'_>,
) -> Option<ApprovedOrder> {
    match proposal {
        Proposal::Exit(exit) => exits::judge(scene, sheet, exit, notes),
        Proposal::Entry(entry) => entry::judge(scene, sheet, &entry::ask(entry), notes),
    }
}

/// Several things can be missing; saying so once, in the end, is enough. Never empty, whatever
/// happens: a no without a reason would be one that nobody can explain.
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
