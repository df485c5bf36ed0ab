//! Who may trade at all, and what a proposal must look like.

use domain::{Mode, Regime};

use super::Scene;
use crate::num::{Exact as _, Num};
use crate::report::{Check, Pen};

pub(super) fn entry(scene: &Scene<'_>, pen: &mut Pen<'_>) {
    let (world, subject) = (scene.world, scene.subject.as_str());
    let latched = world.latched(scene.grant.at);
    pen.holds(Check::Latch, latched.is_empty(), subject, || format!("latched: {latched:?}"));
    let allowed = match world.mode {
        Some(Mode::DryRun | Mode::Paper) => true,
        Some(Mode::Live) => scene.policy.on("control.live_trading_enabled"),
        None => false,
    };
    pen.holds(Check::ModeGate, allowed, subject, || {
        "LIVE is not enabled, or nobody said the mode".to_owned()
    });
    pen.holds(Check::RegimeUnknown, scene.grant.regime != Regime::Unknown, subject, || {
        "the regime is unknown".to_owned()
    });
    losses(scene, pen);
}

fn losses(scene: &Scene<'_>, pen: &mut Pen<'_>) {
    let (policy, at) = (scene.policy, scene.grant.at);
    let Some(nav) = scene.world.nav(at) else {
        pen.missing(Check::Nav, &scene.subject, "a balance or a mark");
        return;
    };
    let Some((last, references)) = scene.world.references.all(at) else { return };
    let rows = [
        (Check::DailyStop, "loss_stops.daily_stop_pct"),
        (Check::WeeklyStop, "loss_stops.weekly_stop_pct"),
        (Check::MaxDrawdown, "loss_stops.max_drawdown_pct"),
    ];
    for ((check, key), reference) in rows.into_iter().zip(references) {
        let Some(reference) = reference else { continue };
        // The better of two readings: both must have reached the stop.
        let loss = reference.minus(nav.max(last)).map(|loss| loss.max(Num::ZERO));
        let pct = loss.and_then(|loss| loss.times(Num::int(100))?.over(reference));
        let (Some(pct), Some(stop)) = (pct, policy.get(key)) else {
            pen.missing(check, &scene.subject, "a number that it needs");
            continue;
        };
        pen.row(check, pct < stop, pct.used_of(stop), &scene.subject, || {
            format!("{pct} % are lost, the stop is at {stop} %")
        });
    }
}

pub(super) fn terms(scene: &Scene<'_>, pen: &mut Pen<'_>) {
    let (policy, subject) = (scene.policy, scene.subject.as_str());
    let conviction = scene.grant.conviction.and_then(Num::signal);
    pen.at_least(Check::MinConviction, conviction, policy.get("entries.min_conviction"), subject);
    let (stop, target) = match scene.grant.plan {
        Some(plan) => (plan.stop_pct.num(), plan.target_pct.num()),
        None => (None, None),
    };
    for (found, least, most) in [
        (stop, "entries.stop_min_pct", "entries.stop_max_pct"),
        (target, "entries.target_min_pct", "entries.target_max_pct"),
    ] {
        pen.at_least(Check::StopBounds, found, policy.get(least), subject);
        pen.at_most(Check::StopBounds, found, policy.get(most), subject);
    }
}
