//! The checks: what must be true of a grant, an intent, a fill, a cycle.

mod caps;
mod control;
mod exit;
mod market;
pub(crate) mod nav;
pub(crate) mod orders;
mod pacing;
mod size;
mod venue;

use core::cmp::Ordering;

use domain::{Grant, GrantRef, ProposalId, Side};

use crate::policy::Policy;
use crate::report::{Check, Pen};
use crate::world::World;

/// An approval lives for so long, seconds.
const LIFE_SECS: i64 = 2;
/// A parent may have so many children.
const MOST_CHILDREN: usize = 3;

/// What a grant's checks look at.
struct Scene<'a> {
    world: &'a World,
    policy: &'a Policy,
    grant: &'a Grant,
    subject: String,
}

/// Judges a grant by the policy in force.
pub(crate) fn grant(world: &World, grant: &Grant, pen: &mut Pen<'_>) {
    let subject = format!("{} {}", side(grant.side), grant.proposal);
    let Some(policy) = &world.policy else {
        pen.missing(Check::PolicyText, &subject, "the policy of this process");
        return;
    };
    let scene = Scene { world, policy, grant, subject };
    stamp(&scene, pen);
    match grant.side {
        Side::Buy => entry(&scene, pen),
        Side::Sell => exit::check(&scene, pen),
    }
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Buy => "buy",
        Side::Sell => "sell",
    }
}

fn stamp(scene: &Scene<'_>, pen: &mut Pen<'_>) {
    let (stamp, world) = (&scene.grant.stamp, scene.world);
    let in_force = stamp.policy.0 == scene.policy.hash;
    pen.holds(Check::Grant, in_force, &scene.subject, || {
        format!("it was given under policy {}, not {}", stamp.policy.0, scene.policy.hash)
    });
    let life = stamp.expires.secs_since(scene.grant.at);
    pen.holds(Check::Grant, (0..=LIFE_SECS).contains(&life), &scene.subject, || {
        format!("it lives for {life} s, not at most {LIFE_SECS}")
    });
    let newest = world.exposure_fact..world.facts;
    pen.holds(Check::Grant, newest.contains(&stamp.fact_number), &scene.subject, || {
        format!("it was judged at fact {}, not within {newest:?}", stamp.fact_number)
    });
    one_verdict(scene, pen);
}

/// Verdicts are numbered upwards, and the grants of one were given at once.
fn one_verdict(scene: &Scene<'_>, pen: &mut Pen<'_>) {
    let stamp = &scene.grant.stamp;
    let Some(number) = stamp.verdict else { return };
    let last = scene.world.verdict.as_ref();
    let holds = last.is_none_or(|last| match last.verdict.cmp(&stamp.verdict) {
        Ordering::Less => true,
        Ordering::Equal => {
            let moment = |stamp: &GrantRef| (stamp.fact_number, stamp.expires);
            moment(last) == moment(stamp) && last.policy == stamp.policy
        }
        Ordering::Greater => false,
    });
    pen.holds(Check::Grant, holds, &scene.subject, || {
        format!("it is of verdict {}, and others were given since that", number.0)
    });
}

fn entry(scene: &Scene<'_>, pen: &mut Pen<'_>) {
    control::entry(scene, pen);
    control::terms(scene, pen);
    size::entry(scene, pen);
    caps::check(scene, pen);
    let parents = scene.world.parents(&scene.grant.proposal);
    if let ([parent, children @ ..], ProposalId::Entry(_)) =
        (parents.as_slice(), scene.grant.proposal)
    {
        let most = children.len() < MOST_CHILDREN;
        pen.holds(Check::Approval, most, &scene.subject, || {
            format!("its parent has {} children already", children.len())
        });
        size::child(scene, &parent.grant, pen);
        venue::check(scene, true, pen);
    } else {
        pacing::check(scene, pen);
        venue::check(scene, false, pen);
    }
    // Judged by the product that was proposed; the purse may be that of its twin.
    let judged_by = match scene.grant.proposal {
        ProposalId::Entry(trigger) => trigger.product,
        ProposalId::Exit(..) => scene.grant.product,
    };
    match scene.world.markets.get(&judged_by) {
        Some(fact) if fact.at == scene.grant.at => {
            market::check(scene, &fact.market, pen);
            size::in_market(scene, &fact.market, pen);
        }
        Some(_) | None => {
            for check in market::CHECKS {
                pen.missing(check, &scene.subject, "the market it was judged by");
            }
        }
    }
}

/// Every grant of an entry is counted by pacing: a parent once, a child never.
pub(crate) fn all_approved(world: &World, pen: &mut Pen<'_>) {
    let fresh = world.given.iter().filter(|given| !given.past && given.grant.side == Side::Buy);
    for given in fresh {
        let parents = world.parents(&given.grant.proposal);
        let counted = parents.first().is_some_and(|parent| parent.approved);
        let subject = format!("buy {}", given.grant.proposal);
        pen.holds(Check::Approval, counted, &subject, || "pacing did not count it".to_owned());
    }
}
