//! What is new from decision to decision: enough to see why nothing was traded. The run that made it is
//! made again from the same bars, and its records are compared with these.

use std::collections::BTreeMap;
use std::io;

use domain::{
    CycleStatus, Entry, Exclusion, Exit, NoTrade, ProductId, Proposal, Regime, Rejection, RiskCode,
    RuleRefusal, Stage, Timestamp, Trigger, TriggerId, Usd,
};
use engine::Engine;
use serde::Serialize;

/// The layout of a [`Change`].
pub const RECORDS_SCHEMA: u32 = 1;

/// What of a decision is other than it was at the one before. What is not named is the same, or, of
/// what happens at one moment, did not happen.
#[derive(Debug, Serialize)]
pub struct Change<'a> {
    /// The layout.
    pub schema: u32,
    /// The number of the decision, from 1.
    pub cycle: u64,
    /// The moment that it was for.
    pub at: Timestamp,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// Who is in the universe, and why the others are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub universe: Option<Counts>,
    /// Events that the triggers' filters or the rules refuse, by reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<BTreeMap<&'static str, u64>>,
    /// What is proposed; said again as long as it is not decided for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposals: Option<&'a [Proposal]>,
    /// What the policy refuses of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejections: Option<&'a [Rejection<RiskCode>]>,
    /// Events that are seen for the first time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fresh: Vec<&'a Trigger>,
    /// Entries that the policy approved at this moment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub approved: Vec<Allowed<'a>>,
    /// Exits that it approved at this moment.
    #[serde(skip_serializing_if = "<[Exit]>::is_empty")]
    pub exits: &'a [Exit],
    /// A stage that failed, and what happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<(Stage, &'a str)>,
}

/// How a decision ended, and in which weather.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// In one word.
    pub status: CycleStatus,
    /// Why nothing was traded.
    pub no_trade: Option<NoTrade>,
    /// The weather.
    pub regime: Regime,
}

/// Products by what became of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// In the universe.
    pub members: u64,
    /// Out of it, by the first test that was failed.
    pub excluded: BTreeMap<&'static str, u64>,
}

/// An approved entry.
#[derive(Debug, Serialize)]
pub struct Allowed<'a> {
    /// What was proposed.
    pub entry: &'a Entry,
    /// Dollars approved, without fees.
    pub notional: Usd,
}

/// Takes what is new, in order.
pub trait Records {
    /// Something is other than it was.
    ///
    /// # Errors
    /// It cannot be kept; the run ends.
    fn changed(&mut self, change: &Change<'_>) -> io::Result<()>;
}

/// What the last decision said, as far as the next one may say the same.
#[derive(Debug, Default)]
pub(crate) struct Recorded {
    cycles: u64,
    ended: Option<Ended>,
    members: u64,
    excluded: Vec<(ProductId, Exclusion)>,
    scans: u64,
    /// The fresh events of the last scan.
    fresh: Vec<TriggerId>,
    refused: Vec<(Stage, Rejection<RuleRefusal>)>,
    proposals: Vec<Proposal>,
    rejections: Vec<Rejection<RiskCode>>,
}

impl Recorded {
    /// Looks at the cycle that has just ended.
    pub(crate) fn cycle(&mut self, engine: &Engine, records: &mut dyn Records) -> io::Result<()> {
        let cycle = engine.cycle();
        self.cycles += 1;
        let change = Change {
            schema: RECORDS_SCHEMA,
            cycle: self.cycles,
            at: cycle.as_of,
            ended: self.ended(engine),
            universe: self.universe(engine),
            refused: self.refused(engine),
            proposals: renewed(&mut self.proposals, &cycle.proposals),
            rejections: renewed(&mut self.rejections, &cycle.rejections),
            fresh: self.fresh(engine),
            approved: cycle
                .approved
                .iter()
                .map(|one| Allowed { entry: &one.entry, notional: one.notional })
                .collect(),
            exits: &cycle.exits,
            failed: cycle.failure.as_ref().map(|failure| (failure.stage, failure.what.as_str())),
        };
        if change.is_nothing() { Ok(()) } else { records.changed(&change) }
    }

    fn ended(&mut self, engine: &Engine) -> Option<Ended> {
        let cycle = engine.cycle();
        let (no_trade, regime) = (cycle.no_trade_reason, cycle.reading.regime);
        let ended = Some(Ended { status: cycle.status, no_trade, regime });
        let before = core::mem::replace(&mut self.ended, ended);
        ended.filter(|_| before != ended)
    }

    fn universe(&mut self, engine: &Engine) -> Option<Counts> {
        let universe = &engine.cycle().universe;
        let members = universe.members.len() as u64;
        let excluded = renewed(&mut self.excluded, &universe.excluded);
        let others = core::mem::replace(&mut self.members, members) != members;
        if excluded.is_none() && !others && self.cycles > 1 {
            return None;
        }
        let codes = universe.excluded.iter().map(|(_, code)| code.as_str());
        Some(Counts { members, excluded: counted(codes) })
    }

    fn refused(&mut self, engine: &Engine) -> Option<BTreeMap<&'static str, u64>> {
        let refused = renewed(&mut self.refused, &engine.cycle().refused)?;
        Some(counted(refused.iter().map(|(_, refusal)| refusal.code.as_str())))
    }

    fn fresh<'a>(&mut self, engine: &'a Engine) -> Vec<&'a Trigger> {
        let cycle = engine.cycle();
        if core::mem::replace(&mut self.scans, cycle.scans) == cycle.scans {
            return Vec::new();
        }
        let fresh = cycle.scan.triggers.iter().filter(|trigger| trigger.fresh);
        let news = fresh.clone().filter(|trigger| !self.fresh.contains(&trigger.id)).collect();
        self.fresh.clear();
        self.fresh.extend(fresh.map(|trigger| trigger.id));
        news
    }
}

impl Change<'_> {
    const fn is_nothing(&self) -> bool {
        let same = self.ended.is_none()
            && self.universe.is_none()
            && self.refused.is_none()
            && self.proposals.is_none()
            && self.rejections.is_none();
        let quiet = self.fresh.is_empty() && self.approved.is_empty() && self.exits.is_empty();
        same && quiet && self.failed.is_none()
    }
}

/// What is said now, where that is something else than before; takes note of it.
fn renewed<'a, T: Clone + PartialEq>(before: &mut Vec<T>, now: &'a [T]) -> Option<&'a [T]> {
    if before == now {
        return None;
    }
    before.clear();
    before.extend_from_slice(now);
    Some(now)
}

fn counted(words: impl Iterator<Item = &'static str>) -> BTreeMap<&'static str, u64> {
    let mut counts = BTreeMap::new();
    for word in words {
        *counts.entry(word).or_default() += 1;
    }
    counts
}
