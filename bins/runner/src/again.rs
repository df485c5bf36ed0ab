//! Recorded cycles judged again: from their records and the facts before them.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Asset, CycleId, CycleRecord, Fact, Grant, Judged, Latch, MarketView, Proposal, Rejection,
    RiskCode, RunKind, Timestamp,
};
use risk::{
    Clusters, Counters, Exposure, Ladder, Limits, LossReferences, Policy, RiskView, Verdict,
};
use state::State;
use store::Records;

use crate::{Code, Failure};

/// What facts add up to just before a verdict.
#[derive(Debug, Clone, Default)]
struct Fold {
    state: State,
    exposure: Exposure,
    counters: Counters,
}

impl Fold {
    fn apply(&mut self, fact: &Fact) -> Result<(), Failure> {
        let failed = |error: String| Failure::new(Code::Failed, format!("the records: {error}"));
        self.state.apply(fact);
        self.exposure.apply(fact).map_err(|e| failed(e.to_string()))?;
        self.counters.apply(fact);
        Ok(())
    }
}

/// A recorded cycle with everything its verdict was made from.
pub(crate) struct Scene<'a> {
    /// The cycle.
    pub(crate) record: &'a CycleRecord,
    judged: &'a Judged,
    fold: &'a Fold,
    clusters: &'a Clusters,
    /// The policy it was judged by.
    pub(crate) limits: &'a Limits,
    /// What was granted.
    pub(crate) granted: Vec<&'a Grant>,
}

impl Scene<'_> {
    /// The verdict that a policy gives.
    pub(crate) fn verdict(&self, limits: &Limits) -> Verdict {
        let latches = self.latches(limits);
        let proposals = self.record.proposals.clone();
        risk::assess(limits, &self.view(limits, &latches), &self.market(), proposals)
    }

    /// Every gate that a policy holds the proposals against.
    pub(crate) fn ladders(&self, limits: &Limits) -> Vec<Ladder> {
        let latches = self.latches(limits);
        let proposals = self.record.proposals.clone();
        risk::explain(limits, &self.view(limits, &latches), &self.market(), proposals)
    }

    /// What keeps the verdict of the policy in force from being the recorded one.
    pub(crate) fn difference(&self) -> Option<String> {
        let verdict = self.verdict(self.limits);
        let (at, regime) = (self.record.as_of, self.record.regime);
        // Which verdict of its process it was is nothing that a verdict says.
        let unnumbered = |mut grant: Grant| {
            grant.stamp.verdict = None;
            grant
        };
        let granted = verdict.approved.iter().map(|order| unnumbered(order.grant(at, regime)));
        let granted: Vec<_> = granted.collect();
        let recorded: Vec<_> = self.granted.iter().map(|g| unnumbered((*g).clone())).collect();
        if granted != recorded {
            return Some(format!("granted {granted:?}, on record {recorded:?}"));
        }
        let rejections = rejections(&verdict);
        (rejections != self.record.rejections)
            .then(|| format!("refused {rejections:?}, on record {:?}", self.record.rejections))
    }

    fn market(&self) -> MarketView<'_> {
        MarketView { now: self.record.as_of, products: &self.judged.markets }
    }

    /// What was latched, and the stops of this policy that the NAV has reached.
    fn latches(&self, limits: &Limits) -> BTreeSet<Latch> {
        let now = self.record.as_of;
        let mut latches = self.fold.state.latches(now);
        if let Some(nav) = self.record.nav {
            let mut marks = self.fold.state.marks().clone();
            marks.record(now, nav);
            let since = LossReferences { day: marks.day(), week: marks.week(), peak: marks.peak() };
            latches.extend(limits.loss_stops(nav, &since));
        }
        latches
    }

    fn view<'v>(&'v self, limits: &Limits, latches: &'v BTreeSet<Latch>) -> RiskView<'v> {
        let (record, judged) = (self.record, self.judged);
        RiskView {
            now: record.as_of,
            mode: record.mode,
            account: &record.account,
            control: limits.control(&self.fold.state.latches(record.as_of)),
            latches,
            reconciled: judged.reconciled,
            clock_skew_ms: judged.clock_skew_ms,
            fact_number: judged.fact_number,
            nav: record.nav,
            purses: &record.purses,
            fees: judged.fees,
            exposure: &self.fold.exposure,
            counters: &self.fold.counters,
            regime: record.regime,
            clusters: self.clusters,
        }
    }
}

/// Rejections as a record keeps them.
pub(crate) fn rejections(verdict: &Verdict) -> Vec<Rejection<RiskCode>> {
    let of = |rejected: &risk::Rejected| {
        let trigger = match &rejected.proposal {
            Proposal::Entry(entry) => Some(entry.trigger.id),
            Proposal::Exit(_) => None,
        };
        let product = rejected.proposal.product();
        let reasons = rejected.reasons.iter().map(move |reason| Rejection {
            product,
            trigger,
            code: reason.code,
            limit: reason.limit,
            found: reason.found,
        });
        reasons.collect::<Vec<_>>()
    };
    verdict.rejected.iter().flat_map(of).collect()
}

/// How many recorded cycles could not be judged again, and why not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Left {
    /// Cycles in which nothing was proposed: there was nothing to judge.
    pub(crate) quiet: u64,
    /// Records of a version that did not keep what a verdict is made from.
    pub(crate) old: u64,
}

/// What one process decided by.
struct Boot {
    limits: Limits,
    clusters: Clusters,
}

/// Hands every recorded cycle from `since` on that was judged to `each`, oldest first.
///
/// # Errors
/// [`Failure`]: the records cannot be read, or contradict themselves.
pub(crate) fn each_judged(
    records: &Records,
    since: Timestamp,
    each: &mut dyn FnMut(&Scene<'_>) -> Result<(), Failure>,
) -> Result<Left, Failure> {
    let (mut wanted, mut left) = (BTreeMap::<CycleId, CycleRecord>::new(), Left::default());
    records.each_cycle(|kept| {
        let record = kept.record;
        match (record.as_of >= since, &record.judged, record.proposals.is_empty()) {
            (false, ..) => {}
            (true, Some(_), _) => {
                wanted.insert(record.id, record);
            }
            (true, None, true) => left.quiet += 1,
            (true, None, false) => left.old += 1,
        }
    })?;
    let facts = records.facts()?;
    let (mut fold, mut aside, mut boot) = (Fold::default(), None::<Fold>, None::<Boot>);
    // The facts of the cycle under way: some are older than its verdict, some follow from it.
    let mut cycle: Vec<&Fact> = Vec::new();
    for fact in &facts {
        if let Fact::Boot { run, .. } = fact {
            apply(&mut fold, &mut cycle)?;
            match run {
                RunKind::Once => {
                    let before = core::mem::take(&mut fold);
                    aside.get_or_insert(before);
                }
                RunKind::Loop => fold = aside.take().unwrap_or(fold),
            }
        }
        if let Fact::Policy(policy) = fact {
            boot = booted(policy)?;
        }
        cycle.push(fact);
        if let Some(aside) = aside.as_mut().filter(|_| fact.is_said()) {
            aside.apply(fact)?;
        }
        let Fact::Cycle { id, .. } = fact else { continue };
        if let Some((record, boot)) = wanted.remove(id).zip(boot.as_ref()) {
            judged_again(&record, boot, &mut fold, &mut cycle, each)?;
        }
        apply(&mut fold, &mut cycle)?;
    }
    Ok(left)
}

/// Takes facts in until the verdict was made, and hands the cycle on.
fn judged_again(
    record: &CycleRecord,
    boot: &Boot,
    fold: &mut Fold,
    cycle: &mut Vec<&Fact>,
    each: &mut dyn FnMut(&Scene<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let Some(judged) = &record.judged else { return Ok(()) };
    let before = judged.fact_number.saturating_sub(fold.state.fact_number());
    let before = usize::try_from(before).unwrap_or(usize::MAX).min(cycle.len());
    for fact in cycle.drain(..before) {
        fold.apply(fact)?;
    }
    let counts = boot.limits.policy().external.counts();
    fold.exposure.count_others(if counts { &record.purses } else { &[] });
    let granted = cycle.iter().filter_map(|fact| {
        if let Fact::Granted(grant) = fact { Some(grant.as_ref()) } else { None }
    });
    let scene = Scene {
        record,
        judged,
        fold,
        clusters: &boot.clusters,
        limits: &boot.limits,
        granted: granted.collect(),
    };
    each(&scene)
}

fn apply(fold: &mut Fold, facts: &mut Vec<&Fact>) -> Result<(), Failure> {
    facts.drain(..).try_for_each(|fact| fold.apply(fact))
}

fn booted(fact: &domain::PolicyFact) -> Result<Option<Boot>, Failure> {
    // A policy with keys of another version is not this one's: its cycles cannot be judged again.
    let Ok(policy) = serde_json::from_str::<Policy>(&fact.text) else { return Ok(None) };
    let limits = Limits::new(policy, fact.hash.clone()).map_err(|problems| {
        Failure::new(Code::Failed, format!("the policy on record: {problems:?}"))
    })?;
    let named: Vec<(&str, &[Asset])> =
        fact.clusters.iter().map(|(name, assets)| (name.as_str(), assets.as_slice())).collect();
    Ok(Some(Boot { limits, clusters: Clusters::new(named) }))
}
