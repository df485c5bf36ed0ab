//! How often, how close together, how many.

use domain::{Asset, RiskCode, Timestamp, TriggerId};

use super::Scene;
use super::sheet::{Row, Sheet};
use crate::Outcome;
use crate::gate::{Gate, Notes, Sense, Unit};

const MINUTE_SECS: u32 = 60;

pub(super) fn check(
    scene: &Scene<'_>,
    sheet: &Sheet,
    trigger: &TriggerId,
    row: &Row,
    notes: &mut Notes<'_>,
) {
    let used = scene.view.counters.is_used(trigger) || sheet.is_used(trigger);
    notes.must(!used, RiskCode::TriggerUsed, "an event of its own");
    counts(scene, sheet, notes);
    spacing(scene, sheet, row, notes);
    pauses(scene, row.asset(), notes);
    positions(scene, sheet, row, notes);
}

/// A count that must stay below its limit for one more to fit.
pub(super) fn below(
    notes: &mut Notes<'_>,
    code: RiskCode,
    key: &'static str,
    limit: u32,
    found: u32,
) {
    notes.tell(found < limit, || Gate {
        sense: Sense::Below,
        unit: Unit::Count,
        ..Gate::at_most(code, key, f64::from(limit), f64::from(found))
    });
}

fn counts(scene: &Scene<'_>, sheet: &Sheet, notes: &mut Notes<'_>) {
    let (pacing, counters, now) = (&scene.policy.pacing, scene.view.counters, scene.now);
    let with = |before: u32| before.saturating_add(sheet.traded);
    let key = "pacing.trades_per_day";
    let found = with(counters.trades_in_day(now));
    below(notes, RiskCode::TradesPerDay, key, pacing.trades_per_day, found);
    let key = "pacing.trades_per_hour";
    let found = with(counters.trades_in_hour(now));
    below(notes, RiskCode::TradesPerHour, key, pacing.trades_per_hour, found);
    let key = "pacing.attempts_per_day";
    let found = with(counters.attempts_in_day(now));
    below(notes, RiskCode::Attempts, key, pacing.attempts_per_day, found);
    let key = "pacing.attempts_per_hour";
    let found = with(counters.attempts_in_hour(now));
    below(notes, RiskCode::Attempts, key, pacing.attempts_per_hour, found);
}

/// A moment that must lie at least so many seconds back.
pub(super) fn apart(
    notes: &mut Notes<'_>,
    code: RiskCode,
    key: &'static str,
    secs: u32,
    last: Option<Timestamp>,
    now: Timestamp,
) {
    let since = last.map(|last| now.secs_since(last));
    notes.tell(since.is_none_or(|since| since >= i64::from(secs)), || Gate {
        found: since.map(|since| since as f64),
        ..Gate::wait(code, key, Unit::Secs, f64::from(secs))
    });
}

fn spacing(scene: &Scene<'_>, sheet: &Sheet, row: &Row, notes: &mut Notes<'_>) {
    let (pacing, counters, now) = (&scene.policy.pacing, scene.view.counters, scene.now);
    let last = if sheet.traded > 0 { Some(now) } else { counters.last_trade() };
    apart(notes, RiskCode::Spacing, "pacing.spacing_secs", pacing.spacing_secs, last, now);
    let last = if row.trades > 0 { Some(now) } else { counters.last_trade_of(row.asset()) };
    let (secs, key) = (pacing.symbol_spacing_secs, "pacing.symbol_spacing_secs");
    apart(notes, RiskCode::SymbolSpacing, key, secs, last, now);
}

fn pauses(scene: &Scene<'_>, asset: &Asset, notes: &mut Notes<'_>) {
    let (pacing, counters, now) = (&scene.policy.pacing, scene.view.counters, scene.now);
    let exit = counters.last_exit(asset);
    let (minutes, key) = match exit.map(|(_, outcome)| outcome) {
        Some(Outcome::Win) => (pacing.cooldown_win_minutes, "pacing.cooldown_win_minutes"),
        Some(Outcome::Loss) => (pacing.cooldown_loss_minutes, "pacing.cooldown_loss_minutes"),
        Some(Outcome::Stop) => (pacing.cooldown_stop_minutes, "pacing.cooldown_stop_minutes"),
        None => (0, "pacing.cooldown_stop_minutes"),
    };
    wait(notes, RiskCode::SymbolCooldown, key, minutes, exit.map(|(at, _)| at), now);
    let streak = counters.losses_in_a_row() >= pacing.losses_in_a_row;
    let last = counters.last_loss().filter(|_| streak);
    let (minutes, key) = (pacing.loss_pause_minutes, "pacing.loss_pause_minutes");
    wait(notes, RiskCode::LossStreak, key, minutes, last, now);
}

/// A pause of so many minutes from a moment on, reported in minutes.
fn wait(
    notes: &mut Notes<'_>,
    code: RiskCode,
    key: &'static str,
    minutes: u32,
    from: Option<Timestamp>,
    now: Timestamp,
) {
    let since = from.map(|from| now.secs_since(from));
    let pause = i64::from(minutes.saturating_mul(MINUTE_SECS));
    notes.tell(since.is_none_or(|since| since >= pause), || Gate {
        found: since.map(|since| since as f64 / f64::from(MINUTE_SECS)),
        ..Gate::wait(code, key, Unit::Minutes, f64::from(minutes))
    });
}

fn positions(scene: &Scene<'_>, sheet: &Sheet, row: &Row, notes: &mut Notes<'_>) {
    let (positions, pacing) = (&scene.policy.positions, &scene.policy.pacing);
    // The others are counted, so that holding an asset never makes room for more of it.
    let (most, key) = (positions.max_open_positions, "positions.max_open_positions");
    below(notes, RiskCode::MaxOpenPositions, key, most, sheet.others_open(row));
    if row.open {
        let before = scene.view.counters.adds_in_day(row.asset(), scene.now);
        let (most, key) = (pacing.adds_per_asset_and_day, "pacing.adds_per_asset_and_day");
        below(notes, RiskCode::AddsLimit, key, most, before.saturating_add(row.adds));
    } else {
        let most = positions.max_new_positions_per_cycle;
        let key = "positions.max_new_positions_per_cycle";
        below(notes, RiskCode::NewPositionsPerCycle, key, most, sheet.opened);
    }
}
