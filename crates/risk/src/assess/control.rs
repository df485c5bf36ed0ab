//! Who may trade at all.

use domain::{ControlState, ExitReason, Latch, Mode, Regime, RiskCode};

use super::Scene;
use crate::KillExits;
use crate::gate::Notes;

/// The latches that keep entries out by a code of their own, in the order of the ladder.
const LATCHES: [(Latch, RiskCode); 5] = [
    (Latch::Kill, RiskCode::KillSwitch),
    (Latch::DailyStop, RiskCode::DailyStop),
    (Latch::WeeklyStop, RiskCode::WeeklyStop),
    (Latch::MaxDrawdown, RiskCode::MaxDrawdown),
    (Latch::ExecutionThrottle, RiskCode::ExecutionThrottle),
];

/// What keeps every entry out.
pub(super) fn entries(scene: &Scene<'_>, notes: &mut Notes<'_>) {
    let view = scene.view;
    notes.must(view.control != ControlState::ReduceOnly, RiskCode::ReduceOnly, CONTROL);
    notes.must(!is_halted(scene), RiskCode::Halted, CONTROL);
    for (latch, code) in LATCHES {
        notes.must(!view.latches.contains(&latch), code, latch.as_str());
    }
    let allowed = view.mode != Mode::Live || scene.policy.control.live_trading_enabled;
    notes.must(allowed, RiskCode::ModeGate, "control.live_trading_enabled");
    let clean = view.reconciled && !view.latches.contains(&Latch::Reconciliation);
    notes.must(clean, RiskCode::NotReconciled, RECONCILED);
    notes.must(view.regime != Regime::Unknown, RiskCode::RegimeUnknown, "a known regime");
}

/// What keeps an exit back: a halt, unless the operator flattens, and coins not reconciled yet.
pub(super) fn exits(scene: &Scene<'_>, cause: ExitReason, notes: &mut Notes<'_>) {
    let view = scene.view;
    if cause != ExitReason::Flatten {
        notes.must(!is_halted(scene), RiskCode::Halted, CONTROL);
        let frozen = scene.policy.control.kill_exits == KillExits::Freeze;
        let killed = frozen && view.latches.contains(&Latch::Kill);
        notes.must(!killed, RiskCode::KillSwitch, "control.kill_exits");
    }
    notes.must(view.reconciled, RiskCode::NotReconciled, RECONCILED);
}

const CONTROL: &str = "the control state";
const RECONCILED: &str = "a clean reconciliation";

fn is_halted(scene: &Scene<'_>) -> bool {
    scene.view.control == ControlState::Halted || scene.view.latches.contains(&Latch::Halt)
}
