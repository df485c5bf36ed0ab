//! Everything one cycle saw and decided. Kept in place and used again, so that a quiet cycle
//! allocates nothing.

use domain::{
    CycleId, CycleStatus, Entry, Exit, NoTrade, PlannedOrder, Proposal, Purse, Rejection, RiskCode,
    RuleRefusal, Stage, Timestamp, Universe, Usd,
};

/// One cycle.
#[derive(Debug, Clone)]
pub struct Cycle {
    /// Which.
    pub id: CycleId,
    /// The moment it decided for.
    pub as_of: Timestamp,
    /// How it ended.
    pub status: CycleStatus,
    /// Why nothing was traded.
    pub no_trade_reason: Option<NoTrade>,
    /// The weather and its numbers.
    pub reading: regime::Reading,
    /// Who is in and out.
    pub universe: Universe,
    /// How often it was found out who is: the same number, the same universe.
    pub selections: u64,
    /// What happened.
    pub scan: triggers::Scan,
    /// How often products were scanned so far: the same number, the same scan.
    pub scans: u64,
    /// What was refused before the policy saw it; what the scan refused comes first.
    pub refused: Vec<(Stage, Rejection<RuleRefusal>)>,
    /// Exits first, then entries.
    pub proposals: Vec<Proposal>,
    /// What was approved, with the order it became.
    pub approved: Vec<Approved>,
    /// Exits that were approved.
    pub exits: Vec<Exit>,
    /// What the policy refused.
    pub rejections: Vec<Rejection<RiskCode>>,
    /// What the account was worth, when known.
    pub nav: Option<Usd>,
    /// The account that it decided for.
    pub purses: Vec<Purse>,
    /// The first stage that failed since the cycle before was told.
    pub failure: Option<Failure>,
}

/// An approved entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Approved {
    /// What was proposed.
    pub entry: Entry,
    /// Dollars approved, without fees.
    pub notional: Usd,
    /// The same as percent of the sizing NAV.
    pub size_pct: f64,
    /// The order it became, or why it did not.
    pub order: Result<PlannedOrder, String>,
}

/// A stage that failed: a defect or a number beyond what exact decimals hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which.
    pub stage: Stage,
    /// What happened.
    pub what: String,
}

impl Cycle {
    /// Before the first cycle.
    pub(crate) fn empty() -> Self {
        Self {
            id: CycleId::default(),
            as_of: Timestamp::from_secs(0),
            status: CycleStatus::NoOpportunities,
            no_trade_reason: None,
            reading: regime::Reading::default(),
            universe: Universe::default(),
            selections: 0,
            scan: triggers::Scan::default(),
            scans: 0,
            refused: Vec::new(),
            proposals: Vec::new(),
            approved: Vec::new(),
            exits: Vec::new(),
            rejections: Vec::new(),
            nav: None,
            purses: Vec::new(),
            failure: None,
        }
    }

    /// Forgets the last cycle; keeps its room, and what failed since it was told.
    pub(crate) fn begin(&mut self, id: CycleId, as_of: Timestamp) {
        (self.id, self.as_of) = (id, as_of);
        // What the scan refused stays until there is another one.
        self.refused.truncate(self.scan.refused.len());
        self.proposals.clear();
        self.approved.clear();
        self.exits.clear();
        self.rejections.clear();
        self.nav = None;
    }

    /// An order of it was accepted.
    pub(crate) fn executed(&mut self) {
        if !matches!(self.status, CycleStatus::Error | CycleStatus::Halted) {
            (self.status, self.no_trade_reason) = (CycleStatus::Executed, None);
        }
    }

    /// What was refused after the scan and before the policy.
    pub fn refused_after_scan(&self) -> &[(Stage, Rejection<RuleRefusal>)] {
        self.refused.get(self.scan.refused.len()..).unwrap_or_default()
    }

    /// How many of the triggers are fresh.
    pub fn fresh_triggers(&self) -> usize {
        self.scan.triggers.iter().filter(|t| t.fresh).count()
    }
}

#[cfg(test)]
mod tests {
    use domain::{ControlState, CycleStatus, NoTrade};

    use super::*;
    use crate::status::conclude;

    #[test]
    fn what_failed_between_two_decisions_is_told_with_the_next() {
        let mut cycle = Cycle::empty();
        cycle.failure = Some(Failure { stage: Stage::Execution, what: "too large".to_owned() });
        cycle.begin(CycleId::default(), Timestamp::from_secs(60));
        assert_eq!(
            conclude(&cycle, ControlState::Active, true),
            (CycleStatus::Error, Some(NoTrade::StageFailed))
        );
    }
}
