//! What is at stake in one asset.

use domain::{BaseQty, Fill, ProductId, Side, Tier};
use rust_decimal::Decimal;

use crate::exposure::Bought;
use crate::worth::Worth;

/// One asset's position and the sums of its live orders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Stake {
    /// Signed, so that fills may arrive in any order; below zero it counts as nothing.
    qty: Decimal,
    /// On which product and in which tier, while anything of it is held.
    pub(crate) bought: Bought,
    /// Coins that the bot did not buy.
    pub(crate) external: Decimal,
    /// The worst case of live buys by tier: T1, T2, T3.
    buys: [Worth; 3],
    buying: u32,
    /// Base units that live sales may still sell.
    pub(crate) selling: Decimal,
    pub(crate) sales: u32,
}

impl Stake {
    pub(crate) fn held(&self) -> Decimal {
        self.qty.max(Decimal::ZERO)
    }

    /// The worst case of its live buys.
    pub(crate) const fn buys(&self) -> Worth {
        let [t1, t2, t3] = self.buys;
        t1.and(t2).and(t3)
    }

    /// The same by tier.
    pub(crate) fn by_tier(&self) -> impl Iterator<Item = (Tier, Worth)> {
        [Tier::T1, Tier::T2, Tier::T3].into_iter().zip(self.buys)
    }

    pub(crate) const fn buys_in(&mut self, tier: Tier) -> &mut Worth {
        let [t1, t2, t3] = &mut self.buys;
        match tier {
            Tier::T1 => t1,
            Tier::T2 => t2,
            Tier::T3 => t3,
        }
    }

    pub(crate) fn add_buy(&mut self, tier: Tier, worth: Worth) -> Option<()> {
        let sum = self.buys_in(tier);
        *sum = sum.plus(worth)?;
        self.buying = self.buying.saturating_add(1);
        Some(())
    }

    pub(crate) const fn forget_order(&mut self, side: Side) {
        match side {
            Side::Buy => self.buying = self.buying.saturating_sub(1),
            Side::Sell => self.sales = self.sales.saturating_sub(1),
        }
    }

    pub(crate) const fn forget_orders(&mut self) {
        (self.buys, self.buying) = ([Worth::ZERO; 3], 0);
        (self.selling, self.sales) = (Decimal::ZERO, 0);
    }

    /// Whether it is held or being bought.
    pub(crate) fn is_open(&self) -> bool {
        self.buying > 0 || self.qty > Decimal::ZERO
    }

    pub(crate) fn is_nothing(&self) -> bool {
        let orders = self.buying > 0 || self.sales > 0;
        !orders && self.qty.is_zero() && self.external.is_zero()
    }

    /// Adds coins that were given; `None` beyond exact decimals, and nothing has changed then.
    pub(crate) fn take_in(&mut self, qty: BaseQty, bought: (ProductId, Tier)) -> Option<()> {
        self.qty = self.qty.checked_add(qty.get())?;
        self.bought = Some(self.bought.unwrap_or(bought));
        Some(())
    }

    /// Takes off coins that are gone; `None` beyond exact decimals, and nothing has changed then.
    pub(crate) fn give_away(&mut self, qty: BaseQty) -> Option<()> {
        self.qty = self.qty.checked_sub(qty.get())?;
        self.bought = self.bought.filter(|_| !self.qty.is_zero());
        Some(())
    }

    /// Books so much of a fill, less than nothing where it takes back; `None` beyond exact decimals,
    /// and nothing has changed then.
    pub(crate) fn trade(
        &mut self,
        fill: &Fill,
        qty: Decimal,
        bought_in: Option<Tier>,
    ) -> Option<()> {
        let after = match fill.side {
            Side::Buy => self.qty.checked_add(qty)?,
            Side::Sell => self.qty.checked_sub(qty)?,
        };
        self.qty = after;
        let tier = bought_in.or(self.bought.map(|(_, tier)| tier)).unwrap_or(Tier::T3);
        self.bought = (!after.is_zero()).then_some((fill.product, tier));
        Some(())
    }
}
