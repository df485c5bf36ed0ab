//! Exits: what is held, what they are priced by, and whether they are frozen.

use domain::{Latch, ProductMarket, ProductStatus, Side};

use super::{Scene, size};
use crate::num::{Exact as _, Num};
use crate::report::{Check, Pen};

/// The furthest that an exit may sell below what it is priced by, basis points.
const FURTHEST_BPS: i64 = 500;
/// How far below its stop a bracket may sell, percent.
const BRACKET_SLACK_PCT: i64 = 5;
/// How old a last trade may be, seconds.
const TRADE_SECS: i64 = 60;

pub(super) fn check(scene: &Scene<'_>, pen: &mut Pen<'_>) {
    let (world, subject) = (scene.world, scene.subject.as_str());
    let latched = world.latched(scene.grant.at);
    let freeze = scene.policy.says("control.kill_exits", "freeze");
    let frozen = latched.contains(&Latch::Halt) || (freeze && latched.contains(&Latch::Kill));
    let allowed = !frozen || is_flatten(scene);
    pen.holds(Check::ExitControl, allowed, subject, || "exits are frozen".to_owned());
    let free = free(scene);
    pen.at_most(Check::ExceedsHolding, scene.grant.max_qty.num(), free, subject);
    match world.markets.get(&scene.grant.product) {
        Some(fact) if fact.at == scene.grant.at => in_market(scene, &fact.market, pen),
        Some(_) | None => pen.missing(Check::ExitPrice, subject, "the market it was judged by"),
    }
}

fn is_flatten(scene: &Scene<'_>) -> bool {
    matches!(scene.grant.proposal, domain::ProposalId::Exit(_, domain::ExitReason::Flatten))
}

/// The position without what live sales and sales of this cycle may take.
fn free(scene: &Scene<'_>) -> Option<Num> {
    let (world, asset) = (scene.world, &scene.grant.asset);
    let mut free = world.positions.get(asset).map_or(Num::ZERO, |position| position.qty);
    for order in world.live(Side::Sell).filter(|order| order.fact.asset == *asset) {
        free = free.minus(order.remaining()?)?;
    }
    for grant in world.pending(Side::Sell, scene.grant.at).filter(|grant| grant.asset == *asset) {
        free = free.minus(grant.max_qty.num()?)?;
    }
    Some(free)
}

fn in_market(scene: &Scene<'_>, market: &ProductMarket, pen: &mut Pen<'_>) {
    let (grant, subject) = (scene.grant, scene.subject.as_str());
    let open = matches!(market.product.status, ProductStatus::Online | ProductStatus::LimitOnly);
    pen.holds(Check::ProductStatus, open, subject, || {
        format!("the product is {:?}", market.product.status)
    });
    size::steps(scene, market, pen);
    let limits = &market.product.limits;
    pen.at_least(Check::BelowMinOrder, grant.max_qty.num(), limits.base_min.num(), subject);
    let value = grant.max_qty.num().and_then(|qty| qty.times(grant.price_bound.num()?));
    pen.at_least(Check::BelowMinOrder, value, limits.quote_min.num(), subject);
    let most = scene.policy.get("orders.max_order_usd");
    pen.at_most(Check::OrderTooLarge, grant.max_notional.num(), most, subject);
    let reference = reference(scene, market);
    if is_protection(grant) {
        return at_venue(scene, reference, pen);
    }
    let lowest = reference
        .and_then(|price| price.times(Num::int(10_000 - FURTHEST_BPS))?.over(Num::int(10_000)));
    pen.at_least(Check::ExitPrice, grant.price_bound.num(), lowest, subject);
}

/// A sale that shall rest at the venue is worth what its stop brings: that lies below the market, and
/// the lowest price it may sell at lies 5 % below that, on the increment.
fn at_venue(scene: &Scene<'_>, reference: Option<Num>, pen: &mut Pen<'_>) {
    let (grant, subject) = (scene.grant, scene.subject.as_str());
    let (value, qty) = (grant.max_notional.num(), grant.max_qty.num());
    let most = reference.zip(qty).and_then(|(price, qty)| price.times(qty));
    pen.at_most(Check::ExitPrice, value, most, subject);
    let sold = grant.price_bound.num().zip(qty).and_then(|(price, qty)| price.times(qty));
    let kept = Num::int(100 - BRACKET_SLACK_PCT);
    let floor = value.and_then(|value| value.times(kept)?.over(Num::int(100)));
    pen.at_most(Check::ExitPrice, sold, floor, subject);
}

/// Whether a grant is for an order that protects a lot at the venue.
pub(super) const fn is_protection(grant: &domain::Grant) -> bool {
    matches!(grant.proposal, domain::ProposalId::Exit(_, domain::ExitReason::Protection))
}

/// A fresh sound bid, else a recent trade.
fn reference(scene: &Scene<'_>, market: &ProductMarket) -> Option<Num> {
    let at = scene.grant.at;
    let secs = scene.policy.get("market.quote_max_age_secs")?;
    let age = |moment: domain::Timestamp| {
        Num::of(i128::from(at.millis()) - i128::from(moment.millis()), 3)
    };
    let fresh = market.quote_vouched.and_then(age).is_some_and(|age| age <= secs);
    let sound = market.quote.filter(|quote| quote.fault().is_none());
    if let Some(quote) = sound.filter(|_| fresh) {
        return quote.bid.num();
    }
    let (price, moment) = market.last_trade?;
    let recent = age(moment).is_some_and(|age| age <= Num::int(TRADE_SECS));
    if recent { price.num() } else { None }
}
