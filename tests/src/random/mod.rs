//! Random cycles through the gate, and every fact of them through the verifier: what one lets
//! through, the other must find allowed.

pub(crate) mod dice;
mod flow;
mod market;
mod policy;

use std::collections::{BTreeMap, BTreeSet};

use domain::{Fact, Fees, Latch, Mode, ProductId, Purse, RiskCode, Timestamp, TriggerId, Usd};
use risk::{Clusters, Counters, Exposure, Limits};
use state::State;
use verify::{Report, Verifier};

use dice::Dice;
use market::Markets;

/// Cycles of one seed.
pub const CYCLES_A_SEED: u64 = 200;

/// What a run came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Entries and exits that were proposed.
    pub proposed: u64,
    /// Those that were approved.
    pub approved: u64,
    /// Orders that were put on record.
    pub intents: u64,
    /// Facts that the ledger did not understand.
    pub contradictions: u64,
    /// Approvals that a commit refused.
    pub refused_commits: u64,
    /// How often each code refused something.
    pub codes: BTreeMap<RiskCode, u64>,
    /// What the verifier found.
    pub report: Report,
}

impl Outcome {
    /// Adds another run; of violations the first ones are kept.
    pub fn add(&mut self, other: Self) {
        self.proposed += other.proposed;
        self.approved += other.approved;
        self.intents += other.intents;
        self.contradictions += other.contradictions;
        self.refused_commits += other.refused_commits;
        for (code, times) in other.codes {
            *self.codes.entry(code).or_default() += times;
        }
        self.report.facts += other.report.facts;
        self.report.grants += other.report.grants;
        self.report.intents += other.report.intents;
        for (check, tally) in other.report.checks {
            let sum = self.report.checks.entry(check).or_default();
            sum.checked += tally.checked;
            sum.violations += tally.violations;
            sum.worst_use_bps = sum.worst_use_bps.max(tally.worst_use_bps);
        }
        if self.report.violations.len() < 20 {
            self.report.violations.extend(other.report.violations);
        }
    }
}

/// One account, its records and what they add up to.
pub(crate) struct Run {
    dice: Dice,
    now: Timestamp,
    mode: Mode,
    limits: Limits,
    clusters: Clusters,
    markets: Markets,
    purses: Vec<Purse>,
    fees: Fees,
    noted: Option<(Vec<Purse>, Fees)>,
    state: State,
    exposure: Exposure,
    counters: Counters,
    desk: risk::Desk,
    verifier: Verifier,
    /// The newest fact that changed exposure.
    exposure_fact: u64,
    /// Orders that may still fill, as the venue knows them.
    open: Vec<flow::Open>,
    /// The event that was proposed last of each product.
    events: BTreeMap<ProductId, TriggerId>,
    next_entry: u64,
    latches: BTreeSet<Latch>,
    outcome: Outcome,
}

/// Runs the cycles of one seed.
///
/// # Errors
/// When a number does not fit: a fault of the generator.
pub fn run(seed: u64) -> Result<Outcome, String> {
    let mut run = Run::begin(seed)?;
    for cycle in 0..CYCLES_A_SEED {
        run.cycle(seed, cycle)?;
    }
    let Run { verifier, mut outcome, .. } = run;
    outcome.report = verifier.finish();
    Ok(outcome)
}

/// Runs many seeds one after the other.
///
/// # Errors
/// As [`run`].
pub fn run_all(seeds: impl IntoIterator<Item = u64>) -> Result<Outcome, String> {
    let mut sum = Outcome::default();
    for seed in seeds {
        sum.add(run(seed)?);
    }
    Ok(sum)
}

impl Run {
    /// Takes a fact into everything that is a fold over facts, and hands it to the verifier.
    fn tell(&mut self, fact: &Fact) -> Result<(), String> {
        // What the ledger doubts is a fault that was let through: the verifier must say so too.
        let before = self.state.ledger().doubts().count();
        self.state.apply(fact);
        let doubts = self.state.ledger().doubts().count().saturating_sub(before);
        self.outcome.contradictions += u64::try_from(doubts).unwrap_or(u64::MAX);
        self.exposure.apply(fact).map_err(|e| e.to_string())?;
        self.counters.apply(fact);
        self.verifier.take(fact);
        if matches!(fact, Fact::Intent(_) | Fact::Fill(_) | Fact::OrderEnd(_)) {
            self.exposure_fact = self.state.fact_number();
        }
        Ok(())
    }

    fn nav(&self) -> Option<Usd> {
        let lots: Vec<_> = self.state.ledger().lots().copied().collect();
        let market = domain::MarketView { now: self.now, products: &self.markets.all };
        engine::nav(&self.purses, &lots, &self.state, &market)
    }
}
