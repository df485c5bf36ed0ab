//! How often, how close together, how many.

use domain::{ProposalId, Timestamp};

use super::Scene;
use crate::lots::Went;
use crate::num::Num;
use crate::report::{Check, Pen};
use crate::world::{DAY_SECS, HOUR_SECS, count};

const MINUTE_SECS: i64 = 60;

pub(super) fn check(scene: &Scene<'_>, pen: &mut Pen<'_>) {
    let (world, subject) = (scene.world, scene.subject.as_str());
    if let ProposalId::Entry(trigger) = scene.grant.proposal {
        pen.holds(Check::TriggerUsed, !world.used.contains_key(&trigger), subject, || {
            "it was decided before".to_owned()
        });
    }
    windows(scene, pen);
    spacing(scene, pen);
    pauses(scene, pen);
    positions(scene, pen);
}

/// One more of something must stay within its limit.
pub(super) fn one_more(scene: &Scene<'_>, pen: &mut Pen<'_>, check: Check, before: i64, key: &str) {
    let found = before.checked_add(1).map(Num::int);
    pen.at_most(check, found, scene.policy.get(key), &scene.subject);
}

fn windows(scene: &Scene<'_>, pen: &mut Pen<'_>) {
    let (world, at) = (scene.world, scene.grant.at);
    let (hour, day) = (at.plus_secs(-HOUR_SECS), at.plus_secs(-DAY_SECS));
    // Grants of this cycle that are not approvals or intents yet will be.
    let (uncounted, unsent) = world
        .begun()
        .fold((0, 0), |(u, s), g| (u + i64::from(!g.approved), s + i64::from(!g.spent)));
    let trades = |edge: Timestamp| world.trades_after(edge) + uncounted;
    let attempts = |edge: Timestamp| world.attempts_after(edge) + unsent;
    one_more(scene, pen, Check::TradesPerHour, trades(hour), "pacing.trades_per_hour");
    one_more(scene, pen, Check::TradesPerDay, trades(day), "pacing.trades_per_day");
    one_more(scene, pen, Check::Attempts, attempts(hour), "pacing.attempts_per_hour");
    one_more(scene, pen, Check::Attempts, attempts(day), "pacing.attempts_per_day");
}

/// A moment that must lie so many seconds back; `None` never was.
pub(super) fn apart(
    scene: &Scene<'_>,
    pen: &mut Pen<'_>,
    check: Check,
    last: Option<Timestamp>,
    key: &str,
) {
    let secs = scene.policy.get(key);
    let (Some(last), Some(_)) = (last, secs) else {
        pen.at_most(check, secs.map(|_| Num::ZERO), secs.map(|_| Num::ZERO), &scene.subject);
        return;
    };
    pen.at_least(check, Some(since(scene.grant.at, last)), secs, &scene.subject);
}

/// Whole seconds from one moment to another.
fn since(at: Timestamp, last: Timestamp) -> Num {
    Num::int(at.secs_since(last))
}

fn spacing(scene: &Scene<'_>, pen: &mut Pen<'_>) {
    let (world, asset) = (scene.world, scene.grant.asset);
    let granted = world.begun().map(|g| g.grant.at).max();
    let all = world.trades.iter().map(|trade| trade.at).max().max(granted);
    apart(scene, pen, Check::Spacing, all, "pacing.spacing_secs");
    let granted = world.begun().filter(|g| g.grant.asset == asset).map(|g| g.grant.at).max();
    let own = world.trades.iter().filter(|t| t.asset == asset).map(|t| t.at).max().max(granted);
    apart(scene, pen, Check::SymbolSpacing, own, "pacing.symbol_spacing_secs");
}

fn pauses(scene: &Scene<'_>, pen: &mut Pen<'_>) {
    let (lots, grant) = (&scene.world.lots, scene.grant);
    let exit = lots.exits.get(&grant.asset).copied();
    let key = match exit {
        Some((_, Went::Win)) => "pacing.cooldown_win_minutes",
        Some((_, Went::Loss)) => "pacing.cooldown_loss_minutes",
        Some((_, Went::Stop)) | None => "pacing.cooldown_stop_minutes",
    };
    paused(scene, pen, Check::SymbolCooldown, exit.map(|(at, _)| at), key);
    let most = scene.policy.get("pacing.losses_in_a_row");
    let streak = most.is_none_or(|most| Num::int(lots.losses) >= most);
    let last = lots.last_loss.filter(|_| streak);
    paused(scene, pen, Check::LossStreak, last, "pacing.loss_pause_minutes");
}

fn paused(scene: &Scene<'_>, pen: &mut Pen<'_>, check: Check, last: Option<Timestamp>, key: &str) {
    let minutes = scene.policy.get(key);
    let secs = minutes.and_then(|minutes| minutes.times(Num::int(MINUTE_SECS)));
    let (Some(last), Some(_)) = (last, secs) else {
        pen.at_most(check, secs.map(|_| Num::ZERO), secs.map(|_| Num::ZERO), &scene.subject);
        return;
    };
    pen.at_least(check, Some(since(scene.grant.at, last)), secs, &scene.subject);
}

fn positions(scene: &Scene<'_>, pen: &mut Pen<'_>) {
    let (world, asset) = (scene.world, scene.grant.asset);
    let open = world.open(scene.grant.at);
    let others = count(open.iter().filter(|open| **open != asset).count());
    one_more(scene, pen, Check::MaxOpenPositions, others, "positions.max_open_positions");
    if open.contains(&asset) {
        let edge = scene.grant.at.plus_secs(-DAY_SECS);
        let adds = world.adds_after(&asset, edge);
        one_more(scene, pen, Check::AddsLimit, adds, "pacing.adds_per_asset_and_day");
    } else {
        let key = "positions.max_new_positions_per_cycle";
        one_more(scene, pen, Check::NewPositionsPerCycle, count(world.opened.len()), key);
    }
}
