//! One lot from its first coin to its last, in sums that do not depend on how fills were split.

use domain::{ExitPlan, IntentId, Lot, LotId, Price, ProductId, Timestamp};
use rust_decimal::Decimal;

use crate::exact::{difference, product, share, sum};

/// A lot, open or closed. All amounts are sums over its fills, in quote units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Holding {
    pub(crate) id: LotId,
    pub(crate) product: ProductId,
    pub(crate) plan: ExitPlan,
    pub(crate) adopted: bool,
    pub(crate) opened: Timestamp,
    /// The price of its first coin.
    pub(crate) first_price: Price,
    pub(crate) bought: Decimal,
    /// Without fees.
    pub(crate) cost: Decimal,
    pub(crate) buy_fees: Decimal,
    pub(crate) sold: Decimal,
    /// Without fees.
    pub(crate) proceeds: Decimal,
    pub(crate) sell_fees: Decimal,
    /// Coins that were taken away, at cost: neither a gain nor a loss.
    pub(crate) gone: Decimal,
    /// The newest thing that took coins out of it, and the order if it was a sale.
    pub(crate) last_out: Option<(Timestamp, Option<IntentId>)>,
    /// The price of its newest sale.
    pub(crate) last_price: Option<Decimal>,
}

/// What is put into a lot: coins, at a price.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bought {
    pub(crate) at: Timestamp,
    pub(crate) product: ProductId,
    pub(crate) qty: Decimal,
    pub(crate) price: Price,
    pub(crate) fee: Decimal,
}

impl Holding {
    /// A lot without coins.
    pub(crate) const fn empty(id: LotId, plan: ExitPlan, adopted: bool, first: &Bought) -> Self {
        Self {
            id,
            product: first.product,
            plan,
            adopted,
            opened: first.at,
            first_price: first.price,
            bought: Decimal::ZERO,
            cost: Decimal::ZERO,
            buy_fees: Decimal::ZERO,
            sold: Decimal::ZERO,
            proceeds: Decimal::ZERO,
            sell_fees: Decimal::ZERO,
            gone: Decimal::ZERO,
            last_out: None,
            last_price: None,
        }
    }

    /// The same with more coins; `None` where a sum would be rounded.
    pub(crate) fn buy(self, more: &Bought) -> Option<Self> {
        Some(Self {
            bought: sum(self.bought, more.qty)?,
            cost: sum(self.cost, product(more.price.get(), more.qty)?)?,
            buy_fees: sum(self.buy_fees, more.fee)?,
            ..self
        })
    }

    /// The same with coins sold off it.
    pub(crate) fn sell(
        self,
        qty: Decimal,
        price: Decimal,
        fee: Decimal,
        out: (Timestamp, IntentId),
    ) -> Option<Self> {
        Some(Self {
            sold: sum(self.sold, qty)?,
            proceeds: sum(self.proceeds, product(price, qty)?)?,
            sell_fees: sum(self.sell_fees, fee)?,
            last_out: Some((out.0, Some(out.1))),
            last_price: Some(price),
            ..self
        })
    }

    /// The same with coins taken away.
    pub(crate) fn take_away(self, qty: Decimal, at: Timestamp) -> Option<Self> {
        Some(Self { gone: sum(self.gone, qty)?, last_out: Some((at, None)), ..self })
    }

    /// Coins left.
    pub(crate) fn left(&self) -> Option<Decimal> {
        difference(difference(self.bought, self.sold)?, self.gone)
    }

    pub(crate) fn is_open(&self) -> bool {
        self.left().is_none_or(|left| !left.is_zero())
    }

    /// What its coins cost, fees included.
    pub(crate) fn paid(&self) -> Option<Decimal> {
        sum(self.cost, self.buy_fees)
    }

    /// What the coins cost that were sold, fees included: their share by quantity.
    pub(crate) fn paid_for_sold(&self) -> Option<Decimal> {
        share(self.paid()?, self.sold, self.bought)
    }

    /// What the coins cost that are left.
    pub(crate) fn paid_for_left(&self) -> Option<Decimal> {
        let out = sum(self.paid_for_sold()?, share(self.paid()?, self.gone, self.bought)?)?;
        difference(self.paid()?, out)
    }

    /// `proceeds − fees of sales − cost of what was sold with its fees`.
    pub(crate) fn realised(&self) -> Option<Decimal> {
        difference(difference(self.proceeds, self.sell_fees)?, self.paid_for_sold()?)
    }

    /// As decisions see it; `None` when nothing is left of it.
    pub(crate) fn lot(&self, asset: domain::Asset) -> Option<Lot> {
        let qty = domain::BaseQty::new(self.left()?).ok().filter(|qty| !qty.is_zero())?;
        Some(Lot {
            id: self.id,
            product: self.product,
            asset,
            qty,
            average_price: Price::new(self.cost.checked_div(self.bought)?).ok()?,
            opened: self.opened,
            plan: self.plan,
            best_bid: self.first_price,
        })
    }
}
