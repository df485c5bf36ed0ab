//! How a cycle ended, in one word.

use domain::{ControlState, CycleStatus, Exclusion, NoTrade, Regime};

use crate::Cycle;

/// The first status that holds, with the reason why nothing was traded.
pub(crate) fn conclude(
    cycle: &Cycle,
    control: ControlState,
    executed: bool,
) -> (CycleStatus, Option<NoTrade>) {
    if cycle.failure.is_some() {
        return (CycleStatus::Error, Some(NoTrade::StageFailed));
    }
    match control {
        ControlState::Active => {}
        ControlState::ReduceOnly => return (CycleStatus::Halted, Some(NoTrade::ReduceOnly)),
        ControlState::Halted => return (CycleStatus::Halted, Some(NoTrade::Halted)),
    }
    if executed {
        return (CycleStatus::Executed, None);
    }
    if !cycle.approved.is_empty() || !cycle.exits.is_empty() {
        return (CycleStatus::ApprovedDryRun, None);
    }
    if let Some(reason) = missing_data(cycle) {
        return (CycleStatus::NoTrade, Some(reason));
    }
    if !cycle.proposals.is_empty() {
        return (CycleStatus::NoTrade, Some(NoTrade::AllRejected));
    }
    let reason = if cycle.universe.members.is_empty() {
        NoTrade::EmptyUniverse
    } else if !cycle.scan.triggers.iter().any(|trigger| trigger.fresh) {
        NoTrade::NoTriggers
    } else {
        NoTrade::NoCandidates
    };
    (CycleStatus::NoOpportunities, Some(reason))
}

fn missing_data(cycle: &Cycle) -> Option<NoTrade> {
    if cycle.nav.is_none() {
        return Some(NoTrade::DataUnavailable);
    }
    if cycle.reading.regime == Regime::Unknown {
        return Some(NoTrade::RegimeUnknown);
    }
    let blind = |code: &Exclusion| {
        matches!(
            code,
            Exclusion::DataUnavailable
                | Exclusion::StaleQuote
                | Exclusion::StaleCandles
                | Exclusion::DataGap
                | Exclusion::InsufficientHistory
        )
    };
    let all_out = cycle.universe.members.is_empty();
    (all_out && cycle.universe.excluded.iter().any(|(_, code)| blind(code)))
        .then_some(NoTrade::DataUnavailable)
}
