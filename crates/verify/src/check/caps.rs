//! How much is at stake, at worst case, with everything that is live or granted.

use domain::{Asset, Side, Tier};

use super::Scene;
use crate::num::{Exact as _, Num};
use crate::report::{Check, Pen};

/// Whose exposure is added up.
enum Of<'a> {
    All,
    Asset(&'a Asset),
    Cluster(&'a str),
    Tier(Tier),
}

pub(super) fn check(scene: &Scene<'_>, pen: &mut Pen<'_>) {
    let (policy, grant) = (scene.policy, scene.grant);
    let cluster = policy.cluster(&grant.asset);
    let rows = [
        (Check::TotalCap, Of::All, policy.get("caps.max_total_pct")),
        (Check::PositionCap, Of::Asset(&grant.asset), policy.get("caps.max_position_pct")),
        (Check::ClusterCap, Of::Cluster(cluster), policy.cluster_cap(cluster)),
        (Check::TierCap, Of::Tier(grant.tier), policy.tier("caps.tiers_pct", grant.tier)),
    ];
    let nav = sizing_nav(scene);
    for (check, of, cap) in rows {
        let found = used(scene, &of).and_then(|used| used.plus(grant.worst_case.num()?));
        let limit = nav.zip(cap).and_then(|(nav, cap)| nav.times(cap)?.over(Num::int(100)));
        pen.at_most(check, found, limit, &scene.subject);
    }
    funds(scene, pen);
}

/// What sizes are shares of: the account, or the capital that the policy gives it.
pub(super) fn sizing_nav(scene: &Scene<'_>) -> Option<Num> {
    let nav = scene.world.nav(scene.grant.at)?;
    Some(scene.policy.get("control.capital_usd").map_or(nav, |capital| capital.min(nav)))
}

fn used(scene: &Scene<'_>, of: &Of<'_>) -> Option<Num> {
    let (world, at) = (scene.world, scene.grant.at);
    let counts = |asset: &Asset, tier: Tier| match of {
        Of::All => true,
        Of::Asset(own) => *own == asset,
        Of::Cluster(name) => scene.policy.cluster(asset) == *name,
        Of::Tier(own) => *own == tier,
    };
    let mut sum = Num::ZERO;
    for (asset, position) in &world.positions {
        if position.qty.is_positive() && counts(asset, position.tier) {
            let mark = world.mark(asset, &position.product, at)?;
            sum = sum.plus(mark.times(position.qty)?)?;
        }
    }
    sum = sum.plus(others(scene, of)?)?;
    for order in world.live(Side::Buy) {
        if counts(&order.fact.asset, order.fact.tier) {
            sum = sum.plus(order.reserved()?)?;
        }
    }
    for grant in world.pending(Side::Buy, at) {
        if counts(&grant.asset, grant.tier) {
            sum = sum.plus(grant.worst_case.num()?)?;
        }
    }
    Some(sum)
}

/// Coins of others, where the policy counts them: in no tier, since nobody bought them in one.
fn others(scene: &Scene<'_>, of: &Of<'_>) -> Option<Num> {
    let (world, policy) = (scene.world, scene.policy);
    let mut sum = Num::ZERO;
    if !policy.says("external.portfolio", "shared") || !policy.on("external.count") {
        return Some(sum);
    }
    for purse in &world.balances.as_ref()?.purses {
        let counts = match of {
            Of::All => true,
            Of::Asset(own) => **own == purse.asset,
            Of::Cluster(name) => policy.cluster(&purse.asset) == *name,
            Of::Tier(_) => false,
        };
        if matches!(purse.asset.as_str(), "USD" | "USDC") || !counts {
            continue;
        }
        let own = world.positions.get(&purse.asset).map_or(Num::ZERO, |p| p.qty.max(Num::ZERO));
        let total = purse.available.num()?.plus(purse.held.num()?)?;
        let beyond = total.minus(own)?;
        if beyond.is_positive() {
            let mark = world.any_mark(&purse.asset, scene.grant.at)?;
            sum = sum.plus(mark.times(beyond)?)?;
        }
    }
    Some(sum)
}

/// One purse pays for all of it. What is available excludes holds; what live buys may cost beyond
/// the holds is not held yet.
fn funds(scene: &Scene<'_>, pen: &mut Pen<'_>) {
    let quote = scene.grant.product.quote();
    let free = free(scene, quote);
    let check = Check::InsufficientFunds;
    pen.at_most(check, scene.grant.worst_case.num(), free, &scene.subject);
    pen.holds(check, scene.policy.purses.contains(quote), &scene.subject, || {
        format!("entries may not spend {quote}")
    });
}

fn free(scene: &Scene<'_>, quote: &str) -> Option<Num> {
    let world = scene.world;
    let purses = &world.balances.as_ref()?.purses;
    let purse = purses.iter().find(|purse| purse.asset.as_str() == quote)?;
    let mut live = Num::ZERO;
    for order in world.live(Side::Buy).filter(|order| order.fact.product.quote() == quote) {
        live = live.plus(order.reserved()?)?;
    }
    let unheld = live.minus(purse.held.num()?)?.max(Num::ZERO);
    let mut free = purse.available.num()?.minus(unheld)?;
    for grant in
        world.pending(Side::Buy, scene.grant.at).filter(|grant| grant.product.quote() == quote)
    {
        free = free.minus(grant.worst_case.num()?)?;
    }
    Some(free)
}
