//! Intents, fills and ends.

use domain::{Fill, Grant, IntentFact, OrderEnd, Side, Timestamp};

use super::exit;
use crate::num::{Exact as _, Num};
use crate::report::{Check, Pen};
use crate::world::{DAY_SECS, Given, HOUR_SECS, Step, World, with_fee};

/// Fills may come after the end of their order, for so long.
const FILLS_LATE_SECS: i64 = 60;

/// An intent spends a grant, once, while it holds, and stays within it.
pub(crate) fn intent(world: &World, intent: &IntentFact, pen: &mut Pen<'_>) {
    let subject = format!("intent {}", intent.intent.0);
    let next = world.last_intent + 1;
    pen.holds(Check::IntentNumbers, intent.intent.0 == next, &subject, || {
        format!("the next number is {next}")
    });
    let Some(spends) = &intent.grant else {
        pen.missing(Check::Intent, &subject, "its approval");
        return;
    };
    let same = |given: &&Given| given.grant.stamp == *spends && !given.spent;
    let Some(given) = world.given.iter().rev().find(same) else {
        pen.missing(Check::Intent, &subject, "an unspent grant like its own");
        return;
    };
    pen.holds(Check::Intent, intent.at <= spends.expires, &subject, || {
        format!("its approval expired at {}", spends.expires)
    });
    let newest = world.overtaking(spends.verdict);
    pen.holds(Check::Intent, spends.fact_number >= newest, &subject, || {
        format!("fact {newest} changed exposure after its approval at {}", spends.fact_number)
    });
    bounds(world, intent, &given.grant, &subject, pen);
    pen.holds(Check::GrantBounds, goes_on(world, intent, given.step), &subject, || {
        "it is the next step of another entry, or of none".to_owned()
    });
    if intent.side == Side::Buy {
        let latched = world.latched(intent.at);
        pen.holds(Check::Latch, latched.is_empty(), &subject, || format!("latched: {latched:?}"));
        if given.step == Step::First {
            attempts(world, intent, &subject, pen);
        }
    }
}

/// Whether a next step names the entry that it goes on with, and all else names none.
fn goes_on(world: &World, intent: &IntentFact, step: Step) -> bool {
    if step == Step::First {
        return intent.parent.is_none();
    }
    let proposal = |fact: &IntentFact| fact.grant.as_ref().map(|grant| grant.proposal);
    let parent = intent.parent.and_then(|parent| world.orders.get(&parent));
    parent.is_some_and(|parent| {
        parent.fact.parent.is_none() && proposal(&parent.fact) == proposal(intent)
    })
}

fn bounds(world: &World, intent: &IntentFact, grant: &Grant, subject: &str, pen: &mut Pen<'_>) {
    let same = intent.product == grant.product
        && intent.asset == grant.asset
        && intent.side == grant.side
        && intent.tier == grant.tier
        && intent.plan == grant.plan;
    pen.holds(Check::GrantBounds, same, subject, || "it is another order".to_owned());
    pen.at_most(Check::GrantBounds, intent.qty.num(), grant.max_qty.num(), subject);
    let (limit, bound) = (intent.limit.num(), grant.price_bound.num());
    match intent.side {
        Side::Buy => {
            pen.at_most(Check::GrantBounds, limit, bound, subject);
            let value = limit.zip(intent.qty.num()).and_then(|(limit, qty)| limit.times(qty));
            pen.at_most(Check::GrantBounds, value, grant.max_notional.num(), subject);
            let worst = intent.worst_case.num();
            pen.at_most(Check::GrantBounds, worst, grant.worst_case.num(), subject);
            let least = value.zip(world.fee_bps()).and_then(|(value, fee)| with_fee(value, fee));
            pen.at_least(Check::WorstCase, worst, least, subject);
        }
        Side::Sell => {
            pen.at_least(Check::GrantBounds, limit, bound, subject);
            bracket(intent, grant, subject, pen);
        }
    }
}

/// What was granted as protection is sent as a bracket and nothing else is, with the stop that was
/// granted below a target.
fn bracket(intent: &IntentFact, grant: &Grant, subject: &str, pen: &mut Pen<'_>) {
    let sent = intent.bracket();
    let same = sent.is_some() == exit::is_protection(grant);
    pen.holds(Check::GrantBounds, same, subject, || "it is a bracket, or is none".to_owned());
    let Some(sent) = sent else { return };
    pen.holds(Check::GrantBounds, sent.stop < sent.target, subject, || {
        format!("its stop {} is not below its target {}", sent.stop, sent.target)
    });
    let stop = sent.stop.num();
    let granted = stop.zip(grant.max_qty.num()).and_then(|(stop, qty)| stop.times(qty));
    pen.at_most(Check::GrantBounds, granted, grant.max_notional.num(), subject);
    pen.at_most(Check::GrantBounds, intent.limit.num(), stop, subject);
}

fn attempts(world: &World, intent: &IntentFact, subject: &str, pen: &mut Pen<'_>) {
    let Some(policy) = &world.policy else {
        pen.missing(Check::Attempts, subject, "the policy of this process");
        return;
    };
    for (secs, key) in
        [(HOUR_SECS, "pacing.attempts_per_hour"), (DAY_SECS, "pacing.attempts_per_day")]
    {
        let before = world.attempts_after(intent.at.plus_secs(-secs));
        pen.at_most(Check::Attempts, Some(Num::int(before + 1)), policy.get(key), subject);
    }
}

/// A fill belongs to its intent, is no worse than its limit, and not more than is left of it.
pub(crate) fn fill(world: &World, fill: &Fill, pen: &mut Pen<'_>) {
    let subject = format!("fill {}", fill.entry_id);
    let Some(order) = world.orders.get(&fill.intent) else {
        pen.missing(Check::Fill, &subject, "its intent");
        return;
    };
    let same = order.fact.product == fill.product && order.fact.side == fill.side;
    pen.holds(Check::Fill, same, &subject, || "it is of another product or side".to_owned());
    let (price, limit) = (fill.price.num(), order.fact.limit.num());
    match fill.side {
        Side::Buy => pen.at_most(Check::Fill, price, limit, &subject),
        Side::Sell => pen.at_least(Check::Fill, price, limit, &subject),
    }
    let sum = fill.qty.num().and_then(|qty| order.filled.plus(qty));
    pen.at_most(Check::Fill, sum, order.fact.qty.num(), &subject);
    if fill.side == Side::Sell {
        let held = world.positions.get(&fill.asset).map_or(Num::ZERO, |position| position.qty);
        pen.at_most(Check::ExceedsHolding, fill.qty.num(), Some(held), &subject);
    }
}

/// An order is over: it was one, and did not fill more than it asked for.
pub(crate) fn end(world: &World, end: &OrderEnd, pen: &mut Pen<'_>) {
    let subject = format!("intent {}", end.intent.0);
    let Some(order) = world.orders.get(&end.intent) else {
        pen.missing(Check::Fill, &subject, "its intent");
        return;
    };
    pen.at_most(Check::Fill, end.filled.num(), order.fact.qty.num(), &subject);
    let filled = Some(order.filled);
    pen.at_most(Check::Fill, filled, end.filled.num(), &subject);
}

/// Orders that are over, since long enough before `now`, have all their fills.
pub(crate) fn all_fills(world: &World, now: Option<Timestamp>, pen: &mut Pen<'_>) {
    for (intent, order) in &world.orders {
        let Some((filled, ended)) = order.ended else { continue };
        let late = |now: Timestamp| {
            let since = now.secs_since(ended);
            (FILLS_LATE_SECS..2 * FILLS_LATE_SECS).contains(&since)
        };
        if now.is_none_or(late) {
            let subject = format!("intent {}", intent.0);
            pen.holds(Check::MissingFill, order.filled == filled, &subject, || {
                format!("{filled} were filled, {} are on record", order.filled)
            });
        }
    }
}
