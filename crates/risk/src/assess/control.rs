//! Who may enter at all, and whether losses stop it.

use domain::{ControlState, Entry, Latch, Mode, Pct, Regime, RiskCode, Usd};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::verdict::{Reason, because, shown};
use crate::{Limits, RiskView};

/// Control state, latches, mode, losses, and what the proposal says of itself.
pub(super) fn check(
    limits: &Limits,
    view: &RiskView<'_>,
    entry: &Entry,
    reasons: &mut Vec<Reason>,
) {
    match view.control {
        ControlState::Active => {}
        ControlState::ReduceOnly => reasons.push(RiskCode::ReduceOnly.into()),
        ControlState::Halted => reasons.push(RiskCode::Halted.into()),
    }
    reasons.extend(view.latches.iter().map(|latch| Reason::from(latched(*latch))));
    if view.mode == Mode::Live && !limits.policy().control.live_trading_enabled {
        reasons.push(RiskCode::ModeGate.into());
    }
    if !view.reconciled {
        reasons.push(RiskCode::NotReconciled.into());
    }
    if view.regime == Regime::Unknown {
        reasons.push(RiskCode::RegimeUnknown.into());
    }
    if view.counters.is_used(&entry.trigger.id) {
        reasons.push(RiskCode::TriggerUsed.into());
    }
    losses(limits, view, reasons);
    words(limits, entry, reasons);
}

const fn latched(latch: Latch) -> RiskCode {
    match latch {
        Latch::Kill => RiskCode::KillSwitch,
        Latch::DailyStop => RiskCode::DailyStop,
        Latch::WeeklyStop => RiskCode::WeeklyStop,
        Latch::MaxDrawdown => RiskCode::MaxDrawdown,
        Latch::ExecutionThrottle => RiskCode::ExecutionThrottle,
        Latch::Reconciliation => RiskCode::NotReconciled,
    }
}

fn losses(limits: &Limits, view: &RiskView<'_>, reasons: &mut Vec<Reason>) {
    let Some(nav) = view.nav else { return };
    let (loss, before) = (&limits.policy().loss, &view.references);
    let stops = [
        (RiskCode::DailyStop, loss.daily_stop_pct, before.day),
        (RiskCode::WeeklyStop, loss.weekly_stop_pct, before.week),
        (RiskCode::MaxDrawdown, loss.max_drawdown_pct, before.peak),
    ];
    for (code, limit, reference) in stops {
        let Some(lost) = reference.and_then(|reference| lost_pct(reference, nav)) else {
            continue;
        };
        let latched = reasons.iter().any(|r| r.code == code);
        if lost >= limit.get() && !latched {
            reasons.push(Reason { code, limit: shown(limit.get()), found: shown(lost) });
        }
    }
}

/// What was lost since the reference, percent of it; negative for a gain.
fn lost_pct(reference: Usd, nav: Usd) -> Option<Decimal> {
    let lost = reference.get().checked_sub(nav.get())?;
    lost.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(reference.get())
}

fn words(limits: &Limits, entry: &Entry, reasons: &mut Vec<Reason>) {
    let bounds = &limits.policy().proposals;
    let conviction = entry.conviction;
    if conviction.is_nan() || conviction < bounds.min_conviction {
        reasons.push(because(RiskCode::MinConviction, bounds.min_conviction, conviction));
    }
    let mut outside = |found: Pct, least: Pct, most: Pct| {
        let limit = if found < least { least } else { most };
        if found < least || found > most {
            let (limit, found) = (limit.get().to_f64(), found.get().to_f64());
            reasons.push(Reason { code: RiskCode::StopBounds, limit, found });
        }
    };
    outside(entry.plan.stop_pct, bounds.min_stop_pct, bounds.max_stop_pct);
    outside(entry.plan.target_pct, bounds.min_target_pct, bounds.max_target_pct);
}
