//! How well the venue answers, and what own orders say about one more.

use domain::RiskCode;

use super::Scene;
use super::ask::{Ask, Step};
use super::pacing::{apart, below};
use super::sheet::{Row, Sheet};
use crate::gate::{Gate, Notes, Unit};

pub(super) fn check(scene: &Scene<'_>, sheet: &Sheet, ask: &Ask, row: &Row, notes: &mut Notes<'_>) {
    answers(scene, sheet, notes);
    let messages = &scene.policy.messages;
    if matches!(ask.step, Step::First { .. }) {
        duplicate(scene, row, notes);
        let (span, most) = (messages.repeated_secs, messages.repeated_executions);
        let executed = scene.view.counters.executed_in(row.asset(), span, scene.now);
        let key = "messages.repeated_executions";
        below(notes, RiskCode::ExecutionThrottle, key, most, executed);
    }
    // Sales that rest, and sales of this batch: an order never meets one of ours.
    notes.must(!row.sold, RiskCode::SelfTrade, "no own sale of the asset");
}

fn duplicate(scene: &Scene<'_>, row: &Row, notes: &mut Notes<'_>) {
    let before = scene.view.counters.last_order_of(row.asset());
    let last = if row.trades > 0 { Some(scene.now) } else { before };
    let (secs, key) = (scene.policy.messages.duplicate_secs, "messages.duplicate_secs");
    apart(notes, RiskCode::Duplicate, key, secs, last, scene.now);
}

fn answers(scene: &Scene<'_>, sheet: &Sheet, notes: &mut Notes<'_>) {
    let (venue, counters, now) = (&scene.policy.venue, scene.view.counters, scene.now);
    let crowded = counters.errors_crowded(venue.api_errors, venue.api_errors_secs);
    apart(notes, RiskCode::ApiErrors, "venue.api_pause_secs", venue.api_pause_secs, crowded, now);
    let (pause, limited) = (venue.rate_limit_pause_secs, counters.last_rate_limit());
    apart(notes, RiskCode::RateLimited, "venue.rate_limit_pause_secs", pause, limited, now);
    let skew = scene.view.clock_skew_ms.map(|ms| ms.unsigned_abs() as f64 / 1e3);
    let most = f64::from(venue.clock_skew_secs);
    notes.tell(skew.is_some_and(|skew| skew <= most), || Gate {
        found: skew,
        unit: Unit::Secs,
        ..Gate::at_most(RiskCode::ClockSkew, "venue.clock_skew_secs", most, most)
    });
    let refused = counters.refused_in(venue.rejects_secs, now);
    below(notes, RiskCode::RejectStorm, "venue.rejects", venue.rejects, refused);
    let unknown = u32::try_from(scene.view.exposure.unknown_orders()).unwrap_or(u32::MAX);
    let (most, key) = (venue.max_unknown_orders, "venue.max_unknown_orders");
    below(notes, RiskCode::TooManyUnknown, key, most, unknown);
    let said = counters.messages_in_minute(now).saturating_add(sheet.messages);
    let (most, key) = (scene.policy.messages.messages_per_minute, "messages.messages_per_minute");
    below(notes, RiskCode::MessageRate, key, most, said);
}
