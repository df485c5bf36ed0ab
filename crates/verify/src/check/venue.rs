//! How well the venue answered, and what own orders say about one more.

use domain::{Side, Timestamp};

use super::Scene;
use super::pacing::{apart, one_more};
use crate::num::Num;
use crate::report::{Check, Pen};
use crate::world::count;

const MINUTE_SECS: i64 = 60;

pub(super) fn check(scene: &Scene<'_>, is_child: bool, pen: &mut Pen<'_>) {
    let (world, at) = (scene.world, scene.grant.at);
    let crowded = crowded(scene);
    apart(scene, pen, Check::ApiErrors, crowded, "venue.api_pause_secs");
    apart(scene, pen, Check::RateLimited, world.limited, "venue.rate_limit_pause_secs");
    let refused = within(scene, &world.refused, "venue.rejects_secs");
    one_more(scene, pen, Check::RejectStorm, refused, "venue.rejects");
    let unknown = count(world.orders.values().filter(|order| order.is_unknown()).count());
    one_more(scene, pen, Check::TooManyUnknown, unknown, "venue.max_unknown_orders");
    let edge = at.plus_secs(-MINUTE_SECS);
    let said = count(world.messages.iter().filter(|said| **said > edge).count());
    let granted = [Side::Buy, Side::Sell].map(|side| world.pending(side, at).count());
    let granted = granted.into_iter().sum();
    one_more(scene, pen, Check::MessageRate, said + count(granted), "messages.messages_per_minute");
    let asset = scene.grant.asset;
    let sold = world.live(Side::Sell).any(|order| order.fact.asset == asset)
        || world.pending(Side::Sell, at).any(|grant| grant.asset == asset);
    pen.holds(Check::SelfTrade, !sold, &scene.subject, || "an own sale of it rests".to_owned());
    if !is_child {
        repeats(scene, pen);
    }
}

/// How many moments lie within the span that a key says.
fn within(scene: &Scene<'_>, moments: &[Timestamp], key: &str) -> i64 {
    let secs = scene.policy.get(key).and_then(Num::whole).unwrap_or(i64::MAX / 2000);
    let edge = scene.grant.at.plus_secs(-secs);
    count(moments.iter().filter(|moment| **moment > edge).count())
}

/// The newest error that was one too many within its span.
fn crowded(scene: &Scene<'_>) -> Option<Timestamp> {
    let many = usize::try_from(scene.policy.get("venue.api_errors")?.whole()?).ok()?;
    let secs = scene.policy.get("venue.api_errors_secs")?.whole()?;
    let mut errors = scene.world.errors.clone();
    errors.sort();
    errors.windows(many.max(1)).rev().find_map(|window| {
        let (first, last) = window.first().zip(window.last())?;
        (*first > last.plus_secs(-secs)).then_some(*last)
    })
}

fn repeats(scene: &Scene<'_>, pen: &mut Pen<'_>) {
    let (world, grant) = (scene.world, scene.grant);
    let sent = world.orders.values().filter(|o| o.fact.side == Side::Buy);
    let own = sent.filter(|o| o.fact.asset == grant.asset).map(|o| o.fact.at).max();
    let granted = world.pending(Side::Buy, grant.at).filter(|g| g.asset == grant.asset);
    let granted = granted.map(|g| g.at).max();
    apart(scene, pen, Check::Duplicate, own.max(granted), "messages.duplicate_secs");
    let own = world.executed.iter().filter(|(_, asset, _)| *asset == grant.asset);
    let moments: Vec<_> = own.map(|(at, ..)| *at).collect();
    let executed = within(scene, &moments, "messages.repeated_secs");
    one_more(scene, pen, Check::ExecutionThrottle, executed, "messages.repeated_executions");
}
