//! Products: what can be traded, in which steps, and whether now.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Asset, BaseQty, IdError, Price, ProductId, QuoteAmt};

/// What the venue allows on a product right now. Anything but [`ProductStatus::Online`] refuses
/// entries (D-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductStatus {
    /// Everything works.
    Online,
    /// Resting orders can only be cancelled.
    CancelOnly,
    /// Only limit orders.
    LimitOnly,
    /// Only post-only orders.
    PostOnly,
    /// An auction is on.
    Auction,
    /// It can be looked at, not traded.
    ViewOnly,
    /// Trading is disabled or the product is offline.
    Offline,
    /// It is gone for good.
    Delisted,
}

/// The steps and bounds of a product's orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradingLimits {
    /// A base size is a multiple of this.
    #[serde(with = "rust_decimal::serde::str")]
    pub base_increment: Decimal,
    /// An amount of quote currency is a multiple of this.
    #[serde(with = "rust_decimal::serde::str")]
    pub quote_increment: Decimal,
    /// A price is a multiple of this.
    #[serde(with = "rust_decimal::serde::str")]
    pub price_increment: Decimal,
    /// The smallest base size.
    pub base_min: BaseQty,
    /// The largest base size.
    pub base_max: BaseQty,
    /// The smallest order value in quote currency.
    pub quote_min: QuoteAmt,
    /// The largest order value in quote currency.
    pub quote_max: QuoteAmt,
}

/// A market of the venue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// What is bought and sold.
    pub base: Asset,
    /// What it is paid with.
    pub quote: Asset,
    /// Steps and bounds.
    pub limits: TradingLimits,
    /// What the venue allows now.
    pub status: ProductStatus,
}

impl Product {
    /// A product whose base and quote are read from its id.
    ///
    /// # Errors
    /// [`IdError`] when a part of the id is no asset.
    pub fn new(
        id: ProductId,
        limits: TradingLimits,
        status: ProductStatus,
    ) -> Result<Self, IdError> {
        Ok(Self { id, base: id.base().parse()?, quote: id.quote().parse()?, limits, status })
    }

    /// Whether a price is a multiple of the price increment (O-10).
    pub fn is_price_step(&self, price: Price) -> bool {
        is_multiple(price.get(), self.limits.price_increment)
    }

    /// Whether a size is a multiple of the base increment (O-10).
    pub fn is_size_step(&self, size: BaseQty) -> bool {
        is_multiple(size.get(), self.limits.base_increment)
    }
}

fn is_multiple(value: Decimal, step: Decimal) -> bool {
    value.checked_rem(step).is_some_and(|rest| rest.is_zero())
}
