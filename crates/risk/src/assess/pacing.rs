//! How often, and how soon again.

use domain::{Asset, Entry, RiskCode, Side};

use super::running::Running;
use crate::verdict::{Reason, because};
use crate::{Limits, RiskView};

const HOUR_SECS: i64 = 3600;
const DAY_SECS: i64 = 86_400;

pub(super) fn check(
    limits: &Limits,
    view: &RiskView<'_>,
    running: &Running,
    entry: &Entry,
    asset: &Asset,
    reasons: &mut Vec<Reason>,
) {
    counts(limits, view, running, reasons);
    spacing(limits, view, running, entry, reasons);
    cooldown(limits, view, asset, reasons);
    positions(limits, view, running, asset, reasons);
    if running.seen.contains(&domain::ProposalId::Entry(entry.trigger.id)) {
        reasons.push(RiskCode::Duplicate.into());
    }
    if view.exposure.has_live(&entry.product, Side::Sell) || !running.selling(asset).is_zero() {
        reasons.push(RiskCode::SelfTrade.into());
    }
}

fn counts(limits: &Limits, view: &RiskView<'_>, running: &Running, reasons: &mut Vec<Reason>) {
    let pacing = &limits.policy().pacing;
    let batch = running.entries;
    let within = |secs| view.counters.entries_within(view.now, secs);
    let attempts = |secs| view.counters.attempts_within(view.now, secs);
    let rows = [
        (RiskCode::TradesPerDay, pacing.trades_per_day, within(DAY_SECS)),
        (RiskCode::TradesPerHour, pacing.trades_per_hour, within(HOUR_SECS)),
        (RiskCode::Attempts, pacing.attempts_per_day, attempts(DAY_SECS)),
        (RiskCode::Attempts, pacing.attempts_per_hour, attempts(HOUR_SECS)),
    ];
    for (code, limit, before) in rows {
        let found = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(batch);
        if found >= limit {
            reasons.push(because(code, limit, found));
        }
    }
}

fn spacing(
    limits: &Limits,
    view: &RiskView<'_>,
    running: &Running,
    entry: &Entry,
    reasons: &mut Vec<Reason>,
) {
    let pacing = &limits.policy().pacing;
    let batch = (running.entries > 0).then_some(view.now);
    let rows = [
        (RiskCode::Spacing, pacing.spacing_secs, batch.or(view.counters.last_entry())),
        (
            RiskCode::SymbolSpacing,
            pacing.symbol_spacing_secs,
            view.counters.last_entry_of(&entry.product),
        ),
    ];
    for (code, limit, last) in rows {
        let Some(since) = last.map(|last| view.now.secs_since(last)) else { continue };
        if since < i64::from(limit) {
            reasons.push(because(code, limit, u32::try_from(since).unwrap_or(0)));
        }
    }
}

fn cooldown(limits: &Limits, view: &RiskView<'_>, asset: &Asset, reasons: &mut Vec<Reason>) {
    let pacing = &limits.policy().pacing;
    let minutes_since = |at| view.now.secs_since(at).div_euclid(60);
    if let Some(sale) = view.counters.last_sale(asset) {
        let limit =
            if sale.lost { pacing.cooldown_loss_minutes } else { pacing.cooldown_win_minutes };
        let since = minutes_since(sale.at);
        if since < i64::from(limit) {
            let found = u32::try_from(since).unwrap_or(0);
            reasons.push(because(RiskCode::SymbolCooldown, limit, found));
        }
    }
    let (losses, last) = view.counters.losses();
    let pausing =
        last.is_some_and(|at| minutes_since(at) < i64::from(pacing.loss_streak_pause_minutes));
    if losses >= pacing.loss_streak && pausing {
        reasons.push(because(RiskCode::LossStreak, pacing.loss_streak, losses));
    }
}

fn positions(
    limits: &Limits,
    view: &RiskView<'_>,
    running: &Running,
    asset: &Asset,
    reasons: &mut Vec<Reason>,
) {
    let caps = &limits.policy().exposure;
    if running.entries >= caps.max_new_positions_per_cycle {
        let code = RiskCode::NewPositionsPerCycle;
        reasons.push(because(code, caps.max_new_positions_per_cycle, running.entries));
    }
    let open = u32::try_from(running.assets.len()).unwrap_or(u32::MAX);
    if running.assets.contains(asset) {
        // An add. A position that was opened today counts its own entry as the first add's base.
        let adds = view.counters.entries_of(view.now, asset);
        let adds = u32::try_from(adds.saturating_sub(1)).unwrap_or(u32::MAX);
        if adds >= limits.policy().pacing.adds_per_day {
            let limit = limits.policy().pacing.adds_per_day;
            reasons.push(because(RiskCode::AddsLimit, limit, adds));
        }
    } else if open >= caps.max_open_positions {
        reasons.push(because(RiskCode::MaxOpenPositions, caps.max_open_positions, open));
    }
}
