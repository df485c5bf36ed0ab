//! The sizing limits: each leaves some room, and the least of them is the one effective cap.

use domain::{
    Asset, Book, Entry, MarketView, NumError, Pct, ProductMarket, QuoteAmt, RiskCode, Usd,
};
use rust_decimal::Decimal;

use super::running::Running;
use crate::{Limits, RiskView};

/// What one limit leaves for an order, dollars without fees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) code: RiskCode,
    /// The limit, dollars.
    pub(super) limit: Decimal,
    /// What is left of it for the order's notional; 0 or less means none.
    pub(super) left: Decimal,
}

/// What the caps are computed from.
pub(super) struct Basis<'a> {
    pub(super) limits: &'a Limits,
    pub(super) view: &'a RiskView<'a>,
    pub(super) market: &'a MarketView<'a>,
    pub(super) running: &'a Running,
    pub(super) entry: &'a Entry,
    pub(super) own: &'a ProductMarket,
    pub(super) book: &'a Book,
    pub(super) sizing_nav: Usd,
    /// 1 + the larger of configured and venue taker fee.
    pub(super) with_fee: Decimal,
}

const OVERFLOW: NumError = NumError::Overflow { what: "a cap" };

/// Every sizing limit; `None` when a held asset has no mark, so that exposure is unknown.
pub(super) fn rooms(basis: &Basis<'_>) -> Result<Option<Vec<Room>>, NumError> {
    let Some(used) = used(basis)? else { return Ok(None) };
    let policy = basis.limits.policy();
    let caps = &policy.exposure;
    let cluster = basis.view.clusters.cluster_of(&basis.own.product.base);
    let cluster_cap = cluster_cap(basis, &cluster);
    let mut rooms = vec![
        Room {
            code: RiskCode::OrderTooLarge,
            limit: policy.orders.max_order_usd.get(),
            left: policy.orders.max_order_usd.get(),
        },
        share(basis, RiskCode::PositionCap, caps.max_position_pct, used.asset)?,
        share(basis, RiskCode::ClusterCap, cluster_cap, used.cluster)?,
        share(basis, RiskCode::TierCap, caps.max_tier_pct.of(basis.entry.tier), used.tier)?,
        share(basis, RiskCode::TotalCap, caps.max_total_pct, used.total)?,
    ];
    rooms.push(funds(basis)?);
    rooms.push(depth(basis)?);
    rooms.push(slippage(basis)?);
    Ok(Some(rooms))
}

/// The cap of a cluster; one that the policy does not name has OTHER's, and nothing without it.
fn cluster_cap(basis: &Basis<'_>, cluster: &Asset) -> Pct {
    let caps = &basis.limits.policy().exposure.max_cluster_pct;
    let other = || caps.iter().find(|(name, _)| name.as_str() == "OTHER").map(|(_, cap)| *cap);
    caps.get(cluster).copied().or_else(other).unwrap_or(Pct::ZERO)
}

/// What is at risk already, at marks and worst cases, dollars.
#[derive(Debug, Default)]
struct Used {
    asset: Decimal,
    cluster: Decimal,
    tier: Decimal,
    total: Decimal,
}

impl Used {
    fn add(&mut self, same: [bool; 3], value: Decimal) -> Result<(), NumError> {
        let [asset, cluster, tier] = same;
        let sums = [
            (asset, &mut self.asset),
            (cluster, &mut self.cluster),
            (tier, &mut self.tier),
            (true, &mut self.total),
        ];
        for (counts, sum) in sums {
            if counts {
                *sum = sum.checked_add(value).ok_or(OVERFLOW)?;
            }
        }
        Ok(())
    }
}

/// Holdings at the bid, live buys and this batch at worst case. Live sells earn nothing until they
/// fill.
fn used(basis: &Basis<'_>) -> Result<Option<Used>, NumError> {
    let own = basis.own.product.base;
    let clusters = basis.view.clusters;
    let cluster = clusters.cluster_of(&own);
    let same = |asset: &Asset, tier| {
        [*asset == own, clusters.cluster_of(asset) == cluster, tier == basis.entry.tier]
    };
    let mut used = Used::default();
    for (asset, holding) in basis.view.exposure.holdings() {
        let quote = basis.market.get(&holding.product).and_then(|m| m.quote);
        let Some(quote) = quote.filter(|q| q.fault().is_none()) else { return Ok(None) };
        used.add(same(asset, holding.tier), quote.bid.times(holding.qty)?.get())?;
    }
    for (asset, tier, worst) in basis.view.exposure.buying() {
        used.add(same(&asset, tier), worst?.get())?;
    }
    for (asset, tier, worst) in basis.running.worst() {
        used.add(same(asset, *tier), worst.get())?;
    }
    Ok(Some(used))
}

/// A share of the sizing NAV less what is used of it; the order counts with its fee.
fn share(basis: &Basis<'_>, code: RiskCode, cap: Pct, used: Decimal) -> Result<Room, NumError> {
    let limit = basis.sizing_nav.percent(cap)?.get();
    let free = limit.checked_sub(used).ok_or(OVERFLOW)?;
    Ok(Room { code, limit, left: without_fee(basis, free)? })
}

fn without_fee(basis: &Basis<'_>, worst: Decimal) -> Result<Decimal, NumError> {
    worst.checked_div(basis.with_fee).ok_or(OVERFLOW)
}

/// The purse of the product's own quote currency; `available` is without holds already.
fn funds(basis: &Basis<'_>) -> Result<Room, NumError> {
    let currency = basis.own.product.quote;
    let purse = basis.view.purses.iter().find(|purse| purse.asset == currency);
    let free = purse.map_or(QuoteAmt::ZERO, |purse| purse.available);
    let left = free.minus(basis.running.spent(&currency))?.get();
    let code = RiskCode::InsufficientFunds;
    Ok(Room { code, limit: free.get(), left: without_fee(basis, left)? })
}

/// The bids within 20 bps, which are the way out, must hold the order so many times.
fn depth(basis: &Basis<'_>) -> Result<Room, NumError> {
    let bids = basis.book.bid_depth(20)?.get();
    let multiple = Decimal::from(basis.limits.policy().market.min_depth_multiple);
    let left = bids.checked_div(multiple).ok_or(OVERFLOW)?;
    Ok(Room { code: RiskCode::Depth, limit: bids, left })
}

/// The largest order that would take the asks at an average price within the budget.
///
/// With levels of price pᵢ and value vᵢ, an order of value x that ends at level k pays on average
/// Σvᵢ / Σ(vᵢ/pᵢ). At a level above the bound b = ask × (1 + budget) the rest z solves
/// V + z = b × (Q + z/p), hence z = (b × Q − V) / (1 − b/p).
fn slippage(basis: &Basis<'_>) -> Result<Room, NumError> {
    let budget = basis.limits.policy().market.max_slippage_bps.of(basis.entry.tier);
    let code = RiskCode::Slippage;
    let Some(best) = basis.book.asks.first() else {
        return Ok(Room { code, limit: Decimal::ZERO, left: Decimal::ZERO });
    };
    let factor = Decimal::ONE + budget.get() / Decimal::from(10_000);
    let bound = best.price.get().checked_mul(factor).ok_or(OVERFLOW)?;
    let (mut value, mut qty) = (Decimal::ZERO, Decimal::ZERO);
    for level in &basis.book.asks {
        let worth = level.price.times(level.size)?.get();
        let (next_value, next_qty) = (value + worth, qty + level.size.get());
        if next_value <= bound.checked_mul(next_qty).ok_or(OVERFLOW)? {
            (value, qty) = (next_value, next_qty);
            continue;
        }
        let spare = bound.checked_mul(qty).ok_or(OVERFLOW)? - value;
        let steep = bound.checked_div(level.price.get()).ok_or(OVERFLOW)?;
        let part = spare.checked_div(Decimal::ONE - steep).ok_or(OVERFLOW)?;
        value += part.max(Decimal::ZERO);
        break;
    }
    Ok(Room { code, limit: value, left: value })
}
