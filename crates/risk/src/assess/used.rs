//! What is at stake already, valued at the bid.

use std::collections::BTreeMap;

use domain::{Asset, MarketView, ProductId, ProductMarket, Side, Tier, Timestamp};
use rust_decimal::Decimal;

use super::Scene;

/// How long a bid may be old to value a position, seconds.
const MARK_MAX_AGE_SECS: i64 = 60;

/// Worst case in dollars: in all, by asset, cluster and tier.
#[derive(Default)]
pub(super) struct Used<'a> {
    pub(super) total: Decimal,
    assets: BTreeMap<Asset, Decimal>,
    clusters: BTreeMap<&'a str, Decimal>,
    tiers: BTreeMap<Tier, Decimal>,
}

impl<'a> Used<'a> {
    /// Values the exposure; `None` when a position has no mark or a sum does not fit.
    pub(super) fn of(scene: &Scene<'a>) -> Option<Self> {
        let exposure = scene.view.exposure;
        let mut used = Self::default();
        for (asset, holding) in &exposure.holdings {
            if holding.qty() > Decimal::ZERO {
                let bid = mark(scene, asset, Some(&holding.product))?;
                used.add(scene, asset, Some(holding.tier), holding.qty().checked_mul(bid)?)?;
            }
        }
        for (asset, qty) in &exposure.external {
            let value = qty.get().checked_mul(mark(scene, asset, None)?)?;
            used.add(scene, asset, None, value)?;
        }
        // A live sale earns no credit until it fills.
        for order in exposure.live.values().filter(|order| order.side == Side::Buy) {
            used.add(scene, &order.asset, Some(order.tier), order.reserved())?;
        }
        Some(used)
    }

    /// Adds to every sum that an asset is part of.
    pub(super) fn add(
        &mut self,
        scene: &Scene<'a>,
        asset: &Asset,
        tier: Option<Tier>,
        value: Decimal,
    ) -> Option<()> {
        let cluster = scene.view.clusters.of(asset);
        self.total = self.total.checked_add(value)?;
        grow(self.assets.entry(*asset).or_default(), value)?;
        grow(self.clusters.entry(cluster).or_default(), value)?;
        if let Some(tier) = tier {
            grow(self.tiers.entry(tier).or_default(), value)?;
        }
        Some(())
    }

    pub(super) fn asset(&self, asset: &Asset) -> Decimal {
        self.assets.get(asset).copied().unwrap_or_default()
    }

    pub(super) fn cluster(&self, name: &str) -> Decimal {
        self.clusters.get(name).copied().unwrap_or_default()
    }

    pub(super) fn tier(&self, tier: Tier) -> Decimal {
        self.tiers.get(&tier).copied().unwrap_or_default()
    }
}

fn grow(sum: &mut Decimal, by: Decimal) -> Option<()> {
    *sum = sum.checked_add(by)?;
    Some(())
}

/// The bid that values an asset: of the product it was bought on, else of any it trades on.
fn mark(scene: &Scene<'_>, asset: &Asset, product: Option<&ProductId>) -> Option<Decimal> {
    let own = product.and_then(|id| scene.market.get(id)).and_then(|m| bid(m, scene.now));
    own.or_else(|| any_mark(scene.market, asset, scene.now))
}

fn any_mark(market: &MarketView<'_>, asset: &Asset, now: Timestamp) -> Option<Decimal> {
    let mut same = market.products.iter().filter(|m| m.product.base == *asset);
    same.find_map(|m| bid(m, now))
}

fn bid(market: &ProductMarket, now: Timestamp) -> Option<Decimal> {
    let quote = market.quote.filter(|quote| quote.fault().is_none())?;
    let fresh = now.plus_secs(-MARK_MAX_AGE_SECS) <= market.quote_vouched?;
    fresh.then(|| quote.bid.get())
}
