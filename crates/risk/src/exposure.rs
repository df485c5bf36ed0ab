//! What is at stake: positions and live orders, folded from facts.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Asset, BaseQty, Fact, Fill, IntentFact, IntentId, NumError, OrderEnd, ProductId, QuoteAmt,
    Side, Tier,
};
use rust_decimal::Decimal;

/// Positions and live orders. Made only by folding facts; what the bot does not own is counted
/// only when it is told to ([`Exposure::count_external`]).
///
/// An order is reserved at its worst case from its intent on, and is released by fills and by its
/// end alone: time releases nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exposure {
    pub(crate) holdings: BTreeMap<Asset, Holding>,
    pub(crate) live: BTreeMap<IntentId, Live>,
    pub(crate) external: BTreeMap<Asset, BaseQty>,
    seen: BTreeSet<String>,
}

/// A position. Signed, so that fills may arrive in any order; below zero it counts as nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holding {
    qty: Decimal,
    pub(crate) product: ProductId,
    pub(crate) tier: Tier,
}

/// An order that may still fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Live {
    pub(crate) asset: Asset,
    pub(crate) product: ProductId,
    pub(crate) tier: Tier,
    pub(crate) side: Side,
    qty: Decimal,
    worst_case: Decimal,
    filled: Decimal,
    /// What it filled in all, once it is over; fills that are still under way stay reserved.
    ended: Option<Decimal>,
}

impl Holding {
    pub(crate) fn qty(&self) -> Decimal {
        self.qty.max(Decimal::ZERO)
    }
}

impl Live {
    /// Base units that may still fill.
    pub(crate) fn remaining(&self) -> Decimal {
        let most = self.ended.unwrap_or(self.qty);
        most.saturating_sub(self.filled).max(Decimal::ZERO)
    }

    /// What those may cost at most; all of it where the share cannot be computed.
    pub(crate) fn reserved(&self) -> Decimal {
        self.worst_case
            .checked_mul(self.remaining())
            .and_then(|value| value.checked_div(self.qty))
            .unwrap_or(self.worst_case)
    }
}

impl Exposure {
    /// Folds facts from nothing.
    ///
    /// # Errors
    /// [`NumError`] beyond the range of exact decimals.
    pub fn of<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Result<Self, NumError> {
        let mut exposure = Self::default();
        for fact in facts {
            exposure.apply(fact)?;
        }
        Ok(exposure)
    }

    /// Takes one fact. A fill counts once, however often it comes.
    ///
    /// # Errors
    /// [`NumError`] beyond the range of exact decimals; nothing has changed then.
    pub fn apply(&mut self, fact: &Fact) -> Result<(), NumError> {
        match fact {
            Fact::Intent(intent) => self.reserve(intent),
            Fact::Fill(fill) => self.fill(fill)?,
            Fact::OrderEnd(end) => self.end(end),
            Fact::Boot { .. }
            | Fact::Policy(_)
            | Fact::Balances(_)
            | Fact::Marks(_)
            | Fact::Market(_)
            | Fact::Granted(_)
            | Fact::Submitted(_)
            | Fact::Cycle { .. }
            | Fact::Approved(_)
            | Fact::TriggerUsed { .. }
            | Fact::Latched { .. }
            | Fact::Resumed { .. } => {}
        }
        Ok(())
    }

    /// Counts coins that the bot did not buy in position, cluster and total caps. Replaces what
    /// was counted before. They are never sold.
    pub fn count_external(&mut self, held: impl IntoIterator<Item = (Asset, BaseQty)>) {
        self.external = held.into_iter().filter(|(_, qty)| !qty.is_zero()).collect();
    }

    /// What the bot holds of an asset.
    pub fn position(&self, asset: &Asset) -> BaseQty {
        let qty = self.holdings.get(asset).map_or(Decimal::ZERO, Holding::qty);
        BaseQty::new(qty).unwrap_or(BaseQty::ZERO)
    }

    /// The worst case of the live buys of an asset, in quote units.
    ///
    /// # Errors
    /// [`NumError`] beyond the range of exact decimals.
    pub fn live_buys(&self, asset: &Asset) -> Result<QuoteAmt, NumError> {
        self.live_of(asset, Side::Buy)
            .try_fold(QuoteAmt::ZERO, |sum, order| sum.plus(QuoteAmt::new(order.reserved())?))
    }

    /// Base units that live sales of an asset may still sell.
    ///
    /// # Errors
    /// [`NumError`] beyond the range of exact decimals.
    pub fn live_sells(&self, asset: &Asset) -> Result<BaseQty, NumError> {
        self.live_of(asset, Side::Sell)
            .try_fold(BaseQty::ZERO, |sum, order| sum.plus(BaseQty::new(order.remaining())?))
    }

    /// What of an asset is free to be sold: the position without what live sales may take.
    pub fn sellable(&self, asset: &Asset) -> BaseQty {
        let free = self.live_sells(asset).and_then(|taken| self.position(asset).minus(taken));
        free.unwrap_or(BaseQty::ZERO)
    }

    /// Whether an asset is held or being bought.
    pub fn is_open(&self, asset: &Asset) -> bool {
        let held = self.holdings.get(asset).is_some_and(|h| h.qty() > Decimal::ZERO);
        held || self.live_of(asset, Side::Buy).next().is_some()
    }

    /// Every asset that is held or being bought, each once.
    pub fn open(&self) -> BTreeSet<Asset> {
        let held = self.holdings.iter().filter(|(_, h)| h.qty() > Decimal::ZERO);
        let bought = self.live.values().filter(|o| o.side == Side::Buy).map(|o| o.asset);
        held.map(|(asset, _)| *asset).chain(bought).collect()
    }

    /// The worst case of all live buys that one currency pays for; `None` beyond exact decimals.
    pub(crate) fn reserved_in(&self, quote: &Asset) -> Option<Decimal> {
        self.live
            .values()
            .filter(|o| o.side == Side::Buy && o.product.quote() == quote.as_str())
            .try_fold(Decimal::ZERO, |sum, order| sum.checked_add(order.reserved()))
    }

    /// The tier an asset was bought in; the least trusted one when no intent says.
    pub(crate) fn tier(&self, asset: &Asset) -> Tier {
        self.holdings.get(asset).map_or(Tier::T3, |h| h.tier)
    }

    fn live_of(&self, asset: &Asset, side: Side) -> impl Iterator<Item = &Live> {
        self.live.values().filter(move |o| o.asset == *asset && o.side == side)
    }

    fn reserve(&mut self, intent: &IntentFact) {
        let order = Live {
            asset: intent.asset,
            product: intent.product,
            tier: intent.tier,
            side: intent.side,
            qty: intent.qty.get(),
            worst_case: intent.worst_case.get(),
            filled: Decimal::ZERO,
            ended: None,
        };
        self.live.insert(intent.intent, order);
    }

    fn fill(&mut self, fill: &Fill) -> Result<(), NumError> {
        if self.seen.contains(&fill.entry_id) {
            return Ok(());
        }
        let order = self.live.get(&fill.intent);
        let held = self.holdings.get(&fill.asset).copied();
        let bought_in = order.filter(|o| o.side == Side::Buy).map(|o| o.tier);
        let tier = bought_in.or(held.map(|h| h.tier)).unwrap_or(Tier::T3);
        let before = held.map_or(Decimal::ZERO, |h| h.qty);
        let (qty, overflow) = (fill.qty.get(), NumError::Overflow { what: "position" });
        let after = match fill.side {
            Side::Buy => before.checked_add(qty),
            Side::Sell => before.checked_sub(qty),
        };
        let after = after.ok_or(overflow)?;
        if after.is_zero() {
            self.holdings.remove(&fill.asset);
        } else {
            let holding = Holding { qty: after, product: fill.product, tier };
            self.holdings.insert(fill.asset, holding);
        }
        if let Some(order) = self.live.get_mut(&fill.intent) {
            order.filled = order.filled.saturating_add(qty);
        }
        self.release(fill.intent);
        self.seen.insert(fill.entry_id.clone());
        Ok(())
    }

    fn end(&mut self, end: &OrderEnd) {
        if let Some(order) = self.live.get_mut(&end.intent) {
            order.ended = Some(end.filled.get());
        }
        self.release(end.intent);
    }

    /// Forgets an order that can fill no more: it is full, or over with all its fills here.
    fn release(&mut self, intent: IntentId) {
        if self.live.get(&intent).is_some_and(|order| order.remaining().is_zero()) {
            self.live.remove(&intent);
        }
    }
}
