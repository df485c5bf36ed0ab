//! What is held and what may still be bought or sold: a fold over facts, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Asset, BaseQty, Fact, Fill, IntentFact, IntentId, NumError, ProductId, Side, Tier, Usd,
};
use rust_decimal::Decimal;

/// What is known of one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holding {
    pub(crate) qty: BaseQty,
    pub(crate) product: ProductId,
    pub(crate) tier: Tier,
}

/// An order that may still fill.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Live {
    asset: Asset,
    product: ProductId,
    tier: Tier,
    side: Side,
    qty: BaseQty,
    filled: BaseQty,
    /// Worst case of the whole order with fees, dollars.
    worst_case: Usd,
}

impl Live {
    /// Worst case of what is left: the whole order's, pro rata (R-13: released by fills alone).
    fn remaining_worst(&self) -> Result<Usd, NumError> {
        let left = self.qty.minus(self.filled).unwrap_or(BaseQty::ZERO);
        let share = self.worst_case.get().checked_mul(left.get());
        let share = share.and_then(|v| v.checked_div(self.qty.get()));
        Usd::new(share.ok_or(NumError::Overflow { what: "remaining worst case" })?)
    }
}

/// Holdings and live orders of one account. There is no way to fill it but facts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exposure {
    holdings: BTreeMap<Asset, Holding>,
    live: BTreeMap<IntentId, Live>,
    /// Intents that have ended, kept so that a late fill is still understood.
    ended: BTreeMap<IntentId, (Asset, ProductId, Tier)>,
    fills: BTreeSet<String>,
}

impl Exposure {
    /// Folds facts from nothing.
    ///
    /// # Errors
    /// [`NumError`] when an amount leaves the range of its type, such as more sold than held.
    pub fn of<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Result<Self, NumError> {
        let mut exposure = Self::default();
        facts.into_iter().try_for_each(|fact| exposure.apply(fact))?;
        Ok(exposure)
    }

    /// Takes one fact; those that change nothing that is held or live are ignored.
    ///
    /// # Errors
    /// [`NumError`]; the exposure is unchanged then.
    pub fn apply(&mut self, fact: &Fact) -> Result<(), NumError> {
        match fact {
            Fact::Intent(intent) => self.intent(intent),
            Fact::Fill(fill) => self.fill(fill)?,
            Fact::OrderEnd(end) => {
                if let Some(live) = self.live.remove(&end.intent) {
                    self.ended.insert(end.intent, (live.asset, live.product, live.tier));
                }
            }
            Fact::Boot { .. }
            | Fact::Cycle { .. }
            | Fact::Approved(_)
            | Fact::TriggerUsed { .. }
            | Fact::Latched { .. }
            | Fact::Resumed { .. } => {}
        }
        Ok(())
    }

    fn intent(&mut self, intent: &IntentFact) {
        let live = Live {
            asset: intent.asset,
            product: intent.product,
            tier: intent.tier,
            side: intent.side,
            qty: intent.qty,
            filled: BaseQty::ZERO,
            worst_case: intent.worst_case.usd_at_par(),
        };
        self.live.insert(intent.intent, live);
    }

    fn fill(&mut self, fill: &Fill) -> Result<(), NumError> {
        if self.fills.contains(&fill.entry_id) {
            return Ok(());
        }
        let held = self.holdings.get(&fill.asset);
        let before = held.map_or(BaseQty::ZERO, |h| h.qty);
        let qty = match fill.side {
            Side::Buy => before.plus(fill.qty)?,
            Side::Sell => before.minus(fill.qty)?,
        };
        let known = self.live.get(&fill.intent).map(|l| (l.product, l.tier));
        let late = self.ended.get(&fill.intent).map(|(_, product, tier)| (*product, *tier));
        let (product, tier) = held
            .map(|h| (h.product, h.tier))
            .or(known)
            .or(late)
            .unwrap_or((fill.product, Tier::T3));
        if let Some(live) = self.live.get_mut(&fill.intent) {
            live.filled = live.filled.plus(fill.qty)?;
        }
        if qty.is_zero() {
            self.holdings.remove(&fill.asset);
        } else {
            self.holdings.insert(fill.asset, Holding { qty, product, tier });
        }
        self.fills.insert(fill.entry_id.clone());
        Ok(())
    }

    /// What is held of an asset.
    pub fn held(&self, asset: &Asset) -> BaseQty {
        self.holdings.get(asset).map_or(BaseQty::ZERO, |h| h.qty)
    }

    pub(crate) fn holdings(&self) -> impl Iterator<Item = (&Asset, &Holding)> {
        self.holdings.iter()
    }

    /// Worst cases of live buys: asset, tier, dollars with fees.
    pub(crate) fn buying(&self) -> impl Iterator<Item = (Asset, Tier, Result<Usd, NumError>)> {
        let buys = self.live.values().filter(|live| live.side == Side::Buy);
        buys.map(|live| (live.asset, live.tier, live.remaining_worst()))
    }

    /// What live sells of an asset may still sell.
    pub(crate) fn selling(&self, asset: &Asset) -> Decimal {
        self.live
            .values()
            .filter(|live| live.side == Side::Sell && live.asset == *asset)
            .map(|live| live.qty.get().saturating_sub(live.filled.get()).max(Decimal::ZERO))
            .fold(Decimal::ZERO, Decimal::saturating_add)
    }

    /// Whether an own order of the given side may rest on a product.
    pub(crate) fn has_live(&self, product: &ProductId, side: Side) -> bool {
        self.live.values().any(|live| live.product == *product && live.side == side)
    }

    /// Assets held or being bought.
    pub(crate) fn open_assets(&self) -> BTreeSet<Asset> {
        let buying = self.live.values().filter(|l| l.side == Side::Buy).map(|l| l.asset);
        self.holdings.keys().copied().chain(buying).collect()
    }
}
