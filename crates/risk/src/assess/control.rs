//! Who may trade at all.

use domain::{ControlState, ExitReason, Latch, Mode, Regime, RiskCode};

use super::Scene;
use crate::{KillExits, Reason};

/// What keeps every entry out.
pub(super) fn entries(scene: &Scene<'_>, reasons: &mut Vec<Reason>) {
    let view = scene.view;
    match view.control {
        ControlState::Active => {}
        ControlState::ReduceOnly => reasons.push(Reason::plain(RiskCode::ReduceOnly)),
        ControlState::Halted => reasons.push(Reason::plain(RiskCode::Halted)),
    }
    reasons.extend(view.latches.iter().map(|latch| Reason::plain(code(*latch))));
    if view.mode == Mode::Live && !scene.policy.control.live_trading_enabled {
        reasons.push(Reason::plain(RiskCode::ModeGate));
    }
    if !view.reconciled && !view.latches.contains(&Latch::Reconciliation) {
        reasons.push(Reason::plain(RiskCode::NotReconciled));
    }
    if view.regime == Regime::Unknown {
        reasons.push(Reason::plain(RiskCode::RegimeUnknown));
    }
}

/// What keeps an exit back: a halt, unless the operator flattens, and coins not reconciled yet.
pub(super) fn exits(scene: &Scene<'_>, cause: ExitReason, reasons: &mut Vec<Reason>) {
    let view = scene.view;
    if cause != ExitReason::Flatten {
        if view.control == ControlState::Halted {
            reasons.push(Reason::plain(RiskCode::Halted));
        }
        let frozen = scene.policy.control.kill_exits == KillExits::Freeze;
        if frozen && view.latches.contains(&Latch::Kill) {
            reasons.push(Reason::plain(RiskCode::KillSwitch));
        }
    }
    if !view.reconciled {
        reasons.push(Reason::plain(RiskCode::NotReconciled));
    }
}

const fn code(latch: Latch) -> RiskCode {
    match latch {
        Latch::Kill => RiskCode::KillSwitch,
        Latch::DailyStop => RiskCode::DailyStop,
        Latch::WeeklyStop => RiskCode::WeeklyStop,
        Latch::MaxDrawdown => RiskCode::MaxDrawdown,
        Latch::ExecutionThrottle => RiskCode::ExecutionThrottle,
        Latch::Reconciliation => RiskCode::NotReconciled,
    }
}
