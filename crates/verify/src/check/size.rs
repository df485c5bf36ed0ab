//! How large an order may be, and how small.

use domain::{Grant, ProductMarket};

use super::Scene;
use crate::num::{Exact as _, Num};
use crate::report::{Check, Pen};
use crate::world::with_fee;

/// What the policy alone says of a size.
pub(super) fn entry(scene: &Scene<'_>, pen: &mut Pen<'_>) {
    let (policy, grant, subject) = (scene.policy, scene.grant, scene.subject.as_str());
    let notional = grant.max_notional.num();
    pen.at_most(Check::OrderTooLarge, notional, policy.get("orders.max_order_usd"), subject);
    pen.at_least(Check::BelowMinOrder, notional, policy.get("orders.min_order_usd"), subject);
    let least = notional.zip(scene.world.fee_bps()).and_then(|(n, fee)| with_fee(n, fee));
    pen.at_least(Check::WorstCase, grant.worst_case.num(), least, subject);
}

/// What the product says of it.
pub(super) fn in_market(scene: &Scene<'_>, market: &ProductMarket, pen: &mut Pen<'_>) {
    let (grant, subject) = (scene.grant, scene.subject.as_str());
    let limits = &market.product.limits;
    let (qty, notional) = (grant.max_qty.num(), grant.max_notional.num());
    pen.at_most(Check::OrderTooLarge, qty, limits.base_max.num(), subject);
    pen.at_most(Check::OrderTooLarge, notional, limits.quote_max.num(), subject);
    pen.at_least(Check::BelowMinOrder, qty, limits.base_min.num(), subject);
    // However it is priced from the bid to the ask, it is above the venue's minimum.
    let at_bid = market.quote.and_then(|quote| quote.bid.num()?.times(qty?));
    pen.at_least(Check::BelowMinOrder, at_bid, limits.quote_min.num(), subject);
    steps(scene, market, pen);
}

/// Sizes and prices are on the increments (O-10).
pub(super) fn steps(scene: &Scene<'_>, market: &ProductMarket, pen: &mut Pen<'_>) {
    let limits = &market.product.limits;
    let step =
        |d: Option<Num>, by: Option<Num>| d.zip(by).is_some_and(|(d, by)| d.is_multiple_of(by));
    let base = Num::of(limits.base_increment.mantissa(), limits.base_increment.scale());
    let price = Num::of(limits.price_increment.mantissa(), limits.price_increment.scale());
    let sized = step(scene.grant.max_qty.num(), base);
    pen.holds(Check::Increments, sized, &scene.subject, || {
        format!("{} is not a multiple of {}", scene.grant.max_qty, limits.base_increment)
    });
    let priced = step(scene.grant.price_bound.num(), price);
    pen.holds(Check::Increments, priced, &scene.subject, || {
        format!("{} is not a multiple of {}", scene.grant.price_bound, limits.price_increment)
    });
}

/// A child never makes more of its parent: filled + live + child ≤ what the parent was granted.
pub(super) fn child(scene: &Scene<'_>, parent: &Grant, pen: &mut Pen<'_>) {
    let world = scene.world;
    let own = |r: &domain::GrantRef| r.proposal == parent.proposal;
    let mut sum = scene.grant.max_qty.num();
    for order in world.orders.values().filter(|o| o.fact.grant.as_ref().is_some_and(own)) {
        let there = order.remaining().and_then(|rest| order.filled.plus(rest));
        sum = sum.zip(there).and_then(|(sum, there)| sum.plus(there));
    }
    for pending in
        world.pending(parent.side, scene.grant.at).filter(|g| g.proposal == parent.proposal)
    {
        sum = sum.zip(pending.max_qty.num()).and_then(|(sum, there)| sum.plus(there));
    }
    pen.at_most(Check::Approval, sum, parent.max_qty.num(), &scene.subject);
}
