//! How often, how close together, how many.

use domain::{Asset, Entry, RiskCode, Timestamp};

use super::Scene;
use super::running::Running;
use crate::{Outcome, Reason};

const MINUTE_SECS: u32 = 60;

pub(super) fn check(
    scene: &Scene<'_>,
    running: &Running<'_>,
    entry: &Entry,
    asset: &Asset,
    reasons: &mut Vec<Reason>,
) {
    let trigger = &entry.trigger.id;
    if scene.view.counters.is_used(trigger) || running.triggers.contains(trigger) {
        reasons.push(Reason::plain(RiskCode::TriggerUsed));
    }
    counts(scene, running, reasons);
    spacing(scene, running, asset, reasons);
    pauses(scene, asset, reasons);
    positions(scene, running, asset, reasons);
}

/// A count that must stay below its limit for one more to fit.
fn below(reasons: &mut Vec<Reason>, code: RiskCode, limit: u32, found: u32) {
    if found >= limit {
        reasons.push(Reason::of(code, f64::from(limit), f64::from(found)));
    }
}

fn counts(scene: &Scene<'_>, running: &Running<'_>, reasons: &mut Vec<Reason>) {
    let (pacing, counters, now) = (&scene.policy.pacing, scene.view.counters, scene.now);
    let batch = running.traded();
    let with = |before: u32| before.saturating_add(batch);
    let rows = [
        (RiskCode::TradesPerDay, pacing.trades_per_day, counters.trades_in_day(now)),
        (RiskCode::TradesPerHour, pacing.trades_per_hour, counters.trades_in_hour(now)),
        (RiskCode::Attempts, pacing.attempts_per_day, counters.attempts_in_day(now)),
        (RiskCode::Attempts, pacing.attempts_per_hour, counters.attempts_in_hour(now)),
    ];
    for (code, limit, found) in rows {
        below(reasons, code, limit, with(found));
    }
}

/// A moment that must lie at least so many seconds back.
fn apart(
    reasons: &mut Vec<Reason>,
    code: RiskCode,
    secs: u32,
    last: Option<Timestamp>,
    now: Timestamp,
) {
    let Some(last) = last else { return };
    let since = now.secs_since(last);
    if since < i64::from(secs) {
        reasons.push(Reason::of(code, f64::from(secs), since as f64));
    }
}

fn spacing(scene: &Scene<'_>, running: &Running<'_>, asset: &Asset, reasons: &mut Vec<Reason>) {
    let (pacing, counters, now) = (&scene.policy.pacing, scene.view.counters, scene.now);
    let last = if running.traded() > 0 { Some(now) } else { counters.last_trade() };
    apart(reasons, RiskCode::Spacing, pacing.spacing_secs, last, now);
    let in_batch = running.trades.contains_key(asset);
    let last = if in_batch { Some(now) } else { counters.last_trade_of(asset) };
    apart(reasons, RiskCode::SymbolSpacing, pacing.symbol_spacing_secs, last, now);
}

fn pauses(scene: &Scene<'_>, asset: &Asset, reasons: &mut Vec<Reason>) {
    let (pacing, counters, now) = (&scene.policy.pacing, scene.view.counters, scene.now);
    if let Some((at, outcome)) = counters.last_exit(asset) {
        let minutes = match outcome {
            Outcome::Win => pacing.cooldown_win_minutes,
            Outcome::Loss => pacing.cooldown_loss_minutes,
            Outcome::Stop => pacing.cooldown_stop_minutes,
        };
        let code = RiskCode::SymbolCooldown;
        wait(reasons, code, minutes, at, now);
    }
    let losses = counters.losses_in_a_row();
    if let Some(at) = counters.last_loss().filter(|_| losses >= pacing.losses_in_a_row) {
        wait(reasons, RiskCode::LossStreak, pacing.loss_pause_minutes, at, now);
    }
}

/// A pause of so many minutes from a moment on, reported in minutes.
fn wait(reasons: &mut Vec<Reason>, code: RiskCode, minutes: u32, from: Timestamp, now: Timestamp) {
    let since = now.secs_since(from);
    if since < i64::from(minutes.saturating_mul(MINUTE_SECS)) {
        let found = since as f64 / f64::from(MINUTE_SECS);
        reasons.push(Reason::of(code, f64::from(minutes), found));
    }
}

fn positions(scene: &Scene<'_>, running: &Running<'_>, asset: &Asset, reasons: &mut Vec<Reason>) {
    let (positions, pacing) = (&scene.policy.positions, &scene.policy.pacing);
    // The others are counted, so that holding an asset never makes room for more of it.
    let others = running.open.iter().filter(|open| *open != asset).count();
    let others = u32::try_from(others).unwrap_or(u32::MAX);
    below(reasons, RiskCode::MaxOpenPositions, positions.max_open_positions, others);
    if running.open.contains(asset) {
        let before = scene.view.counters.adds_in_day(asset, scene.now);
        let adds = before.saturating_add(running.adds.get(asset).copied().unwrap_or(0));
        below(reasons, RiskCode::AddsLimit, pacing.adds_per_asset_and_day, adds);
    } else {
        let (most, opened) = (positions.max_new_positions_per_cycle, running.opened);
        below(reasons, RiskCode::NewPositionsPerCycle, most, opened);
    }
}
