//! What is seen of each decision while a run goes on: worth, exposure, and the gates.

mod exposed;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    CycleStatus, Exclusion, ProductId, Proposal, Regime, Rejection, RiskCode, RuleRefusal, Stage,
    Timestamp, TriggerId, Usd,
};
use engine::{Engine, Settings};

use crate::journal::MOST_AT_ONCE;

pub use exposed::{Exposed, Use};

/// The account at one decision, dollars.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When.
    pub at: Timestamp,
    /// What it was worth: cash, and coins at the bid.
    pub equity: f64,
    /// The part of that in coins.
    pub invested: f64,
}

/// A stage that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// When first.
    pub at: Timestamp,
    /// Which.
    pub stage: Stage,
    /// What happened.
    pub what: String,
}

/// Everything seen. Events are counted once, however many decisions looked at them; products are
/// counted at each decision.
#[derive(Debug, Clone)]
pub struct Observed {
    /// When it began.
    pub from: Timestamp,
    /// Decisions.
    pub cycles: u64,
    /// One for each decision whose worth is known.
    pub points: Vec<Point>,
    /// What was held, by cluster.
    pub exposed: Exposed,
    /// Decisions by how they ended.
    pub statuses: BTreeMap<&'static str, u64>,
    /// Decisions by regime.
    pub regimes: BTreeMap<&'static str, u64>,
    /// Product-decisions in the universe.
    pub members: u64,
    /// Product-decisions out of it, by the first test that was failed.
    pub excluded: BTreeMap<&'static str, u64>,
    /// Fresh events, by their candles.
    pub triggers: Events,
    /// Events that the triggers' filters or the rules refused, by reason.
    pub refused: BTreeMap<&'static str, Events>,
    /// Events that became proposals to buy.
    pub proposed: BTreeSet<TriggerId>,
    /// Events that were approved.
    pub approved: BTreeSet<TriggerId>,
    /// Proposals to buy that the policy refused, by reason; one event may have several.
    pub rejected: BTreeMap<&'static str, BTreeSet<TriggerId>>,
    /// Proposals to sell within decisions; most are made between two of them, when prices move.
    pub exits_proposed: u64,
    /// Sales that the policy refused, by reason.
    pub exits_rejected: BTreeMap<&'static str, u64>,
    /// Decisions in which a stage failed, and the first of them.
    pub failures: u64,
    /// The first failure.
    pub failed: Option<Failed>,
    /// What the last decision showed, counted already or not.
    last: Last,
}

/// Different events, by their candles: a later one comes after all that are known.
pub(crate) type Events = BTreeSet<(Timestamp, TriggerId)>;

/// The last decision: what stays the same is counted when it changes.
#[derive(Debug, Clone, Default)]
struct Last {
    excluded: Vec<(ProductId, Exclusion)>,
    /// Decisions with these products excluded that are not counted yet.
    excluding: u64,
    /// How it ended, in which weather.
    how: Option<(CycleStatus, Regime)>,
    /// Decisions that ended so and are not counted yet.
    ended_so: u64,
    scans: u64,
    selections: u64,
    /// The fresh events of the last scan.
    fresh: Vec<TriggerId>,
    refused: Vec<(Stage, Rejection<RuleRefusal>)>,
    /// Dollars, and of which account.
    cash: (Option<u64>, f64),
    /// The worth in both kinds of number.
    nav: Option<(Usd, f64)>,
}

impl Observed {
    /// Nothing yet, with room for so many decisions.
    pub(crate) fn new(from: Timestamp, settings: &Settings, decisions: usize) -> Self {
        Self {
            from,
            exposed: Exposed::of(settings),
            cycles: 0,
            points: Vec::with_capacity(decisions.min(MOST_AT_ONCE)),
            statuses: BTreeMap::new(),
            regimes: BTreeMap::new(),
            members: 0,
            excluded: BTreeMap::new(),
            triggers: BTreeSet::new(),
            refused: BTreeMap::new(),
            proposed: BTreeSet::new(),
            approved: BTreeSet::new(),
            rejected: BTreeMap::new(),
            exits_proposed: 0,
            exits_rejected: BTreeMap::new(),
            failures: 0,
            failed: None,
            last: Last::default(),
        }
    }

    /// Looks at the cycle that has just ended.
    pub(crate) fn cycle(&mut self, engine: &Engine) {
        let cycle = engine.cycle();
        self.cycles += 1;
        let how = Some((cycle.status, cycle.reading.regime));
        if self.last.how != how {
            self.count_how();
            self.last.how = how;
        }
        self.last.ended_so += 1;
        self.members += cycle.universe.members.len() as u64;
        let selected = core::mem::replace(&mut self.last.selections, cycle.selections);
        if selected != cycle.selections && self.last.excluded != cycle.universe.excluded {
            self.count_excluded();
            self.last.excluded.clone_from(&cycle.universe.excluded);
        }
        self.last.excluding += 1;
        if let Some(failure) = &cycle.failure {
            self.failures += 1;
            let (at, stage, what) = (cycle.as_of, failure.stage, failure.what.clone());
            self.failed.get_or_insert(Failed { at, stage, what });
        }
        self.worth(engine);
        self.gates(engine);
    }

    /// Counts what is not counted yet: the run is over.
    pub(crate) fn finish(&mut self) {
        self.count_excluded();
        self.count_how();
        self.exposed.finish();
    }

    fn count_how(&mut self) {
        let cycles = core::mem::take(&mut self.last.ended_so);
        if let Some((status, regime)) = self.last.how {
            *self.statuses.entry(CycleStatus::as_str(status)).or_default() += cycles;
            *self.regimes.entry(Regime::as_str(regime)).or_default() += cycles;
        }
    }

    fn count_excluded(&mut self) {
        let cycles = core::mem::take(&mut self.last.excluding);
        for (_, why) in &self.last.excluded {
            *self.excluded.entry(why.as_str()).or_default() += cycles;
        }
    }

    fn worth(&mut self, engine: &Engine) {
        let cycle = engine.cycle();
        // A NAV is of the moment before the decision; what was bought by it is told by the next.
        let Some(nav) = cycle.nav else { return };
        let known = self.last.nav.filter(|(last, _)| *last == nav);
        let equity = known.map_or_else(|| nav.signal(), |(_, equity)| equity);
        self.last.nav = Some((nav, equity));
        let mut invested = 0.0;
        if engine.state().ledger().lots().next().is_some() {
            let version = Some(engine.account_version());
            if self.last.cash.0 != version {
                let money = engine.purses().iter().filter(|purse| purse.asset.is_dollars());
                let cash = money.map(|purse| purse.available.signal() + purse.held.signal());
                self.last.cash = (version, cash.sum());
            }
            invested = (equity - self.last.cash.1).max(0.0);
        }
        self.points.push(Point { at: cycle.as_of, equity, invested });
        let held =
            engine.marked().filter_map(|(lot, bid)| Some((lot.asset, lot.qty, bid?.signal())));
        self.exposed.see(cycle.as_of, equity, held);
    }

    fn gates(&mut self, engine: &Engine) {
        let cycle = engine.cycle();
        let scanned = core::mem::replace(&mut self.last.scans, cycle.scans) != cycle.scans;
        if scanned {
            let fresh = cycle.scan.triggers.iter().filter(|trigger| trigger.fresh);
            let fresh = fresh.map(|trigger| trigger.id);
            for_new(fresh.clone(), self.last.fresh.iter().copied(), |id| {
                self.triggers.insert((id.candle, id));
            });
            self.last.fresh.clear();
            self.last.fresh.extend(fresh);
        }
        let later = self.last.refused.get(cycle.scan.refused.len()..);
        if scanned || later != Some(cycle.refused_after_scan()) {
            for_new(events(&cycle.refused), events(&self.last.refused), |(id, code)| {
                self.refused.entry(code.as_str()).or_default().insert((id.candle, id));
            });
            self.last.refused.clone_from(&cycle.refused);
        }
        for proposal in &cycle.proposals {
            match proposal {
                Proposal::Entry(entry) => {
                    self.proposed.insert(entry.trigger.id);
                }
                Proposal::Exit(_) => self.exits_proposed += 1,
            }
        }
        self.approved.extend(cycle.approved.iter().map(|approved| approved.entry.trigger.id));
        for rejection in &cycle.rejections {
            let word = RiskCode::as_str(rejection.code);
            match rejection.trigger {
                Some(id) => {
                    self.rejected.entry(word).or_default().insert(id);
                }
                None => *self.exits_rejected.entry(word).or_default() += 1,
            }
        }
    }
}

/// Which events were refused, and why.
fn events(
    refused: &[(Stage, Rejection<RuleRefusal>)],
) -> impl Iterator<Item = (TriggerId, RuleRefusal)> + Clone {
    refused.iter().filter_map(|(_, refusal)| Some((refusal.trigger?, refusal.code)))
}

/// What of these was not there before. An event stays for many scans, and they come in the same order
/// in each.
fn for_new<T: PartialEq>(
    these: impl Iterator<Item = T>,
    mut before: impl Iterator<Item = T> + Clone,
    mut new: impl FnMut(T),
) {
    for one in these {
        let mut rest = before.clone();
        if rest.any(|known| known == one) {
            before = rest;
        } else {
            new(one);
        }
    }
}
