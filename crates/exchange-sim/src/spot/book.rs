//! The book: the market's modelled levels around its last trade, and own resting orders.
//!
//! A trade is at the touch of the side that rested: after a trade whose maker bought, the price is
//! the best bid. The other touch is a modelled spread away and the levels behind are
//! [`crate::model_book`]'s. What own orders took stays away until the next bar. Where the market
//! has moved beyond an own order that is not filled yet, its levels there are left out, and own
//! orders that cross each other in an auction are not shown until it ends: a book never crosses.

use std::collections::BTreeMap;

use domain::{
    BaseQty, Book, Level, Price, ProductId, ProductStatus, Round, Side, Source, quantize,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::account::AccountNo;
use super::log::What;
use super::venue::Venue;
use crate::model_book::{ladders, spread};
use crate::venue::{SimError, reduce};

impl Venue {
    /// The book now. `None` in a halt, and where neither the market nor an account has a level; a
    /// side can be empty.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`].
    pub fn book(&self, product: ProductId) -> Result<Option<Book>, SimError> {
        let at = self.resolve(product)?.at;
        self.book_at(at, None)
    }

    /// The book, without the orders of one account if asked.
    pub(crate) fn book_at(
        &self,
        at: usize,
        without: Option<AccountNo>,
    ) -> Result<Option<Book>, SimError> {
        let desk = self.desk(at)?;
        if self.is_halted(at) || desk.status == ProductStatus::Delisted {
            return Ok(None);
        }
        let mut book = self.market_book(at)?.unwrap_or_else(|| Book {
            bids: Vec::new(),
            asks: Vec::new(),
            at: self.now,
            source: Source::Model,
        });
        if !desk.is_crossed() {
            self.merge_own(at, Side::Buy, &mut book.bids, without)?;
            self.merge_own(at, Side::Sell, &mut book.asks, without)?;
        }
        let empty = book.bids.is_empty() && book.asks.is_empty();
        Ok((!empty).then_some(book))
    }

    /// The market's own levels, less what was taken of them, never beyond an own order.
    pub(crate) fn market_book(&self, at: usize) -> Result<Option<Book>, SimError> {
        let Some(last) = self.last_of_market(at)? else {
            return Ok(None);
        };
        let (product, desk) = (self.product(at)?, self.desk(at)?);
        let volume = self.model_volume(at);
        let price = last.price.get();
        let tick = product.limits.price_increment;
        let Some(signal) = price.to_f64().filter(|_| volume.is_finite() && volume > 0.0) else {
            return Ok(None);
        };
        let width = spread(product, signal, volume);
        let (bid, ask) = match last.maker {
            Side::Buy => (price, quantize(signal + width, tick, Round::Up)?.max(price + tick)),
            Side::Sell => (quantize(signal - width, tick, Round::Down)?.min(price - tick), price),
        };
        if bid <= Decimal::ZERO {
            return Ok(None);
        }
        let Some(mut book) = ladders(product, bid, ask, volume, self.now) else {
            return Ok(None);
        };
        let bar = self.now.floor_secs(self.market.granularity(at).secs());
        reduce(&mut book.asks, desk.taken.buy.of(bar))?;
        reduce(&mut book.bids, desk.taken.sell.of(bar))?;
        if !desk.is_crossed() {
            if let Some((own, ..)) = desk.first(Side::Buy) {
                book.asks.retain(|level| level.price.get() > own);
            }
            if let Some((own, ..)) = desk.first(Side::Sell) {
                book.bids.retain(|level| level.price.get() < own);
            }
        }
        Ok(Some(book))
    }

    /// Adds own resting orders to the levels of a side.
    fn merge_own(
        &self,
        at: usize,
        side: Side,
        levels: &mut Vec<Level>,
        without: Option<AccountNo>,
    ) -> Result<(), SimError> {
        let resting = self.desk(at)?.resting.of(side);
        if resting.is_empty() {
            return Ok(());
        }
        let mut sizes: BTreeMap<Price, Decimal> = BTreeMap::new();
        for level in levels.iter() {
            *sizes.entry(level.price).or_default() += level.size.get();
        }
        for resting in resting.values() {
            let order = self.order_at(resting.order)?;
            if Some(order.account) == without {
                continue;
            }
            if let Some(leg) = order.legs.get(resting.leg) {
                *sizes.entry(leg.price).or_default() += leg.left;
            }
        }
        let level = |(price, size): (&Price, &Decimal)| {
            Ok(Level { price: *price, size: BaseQty::new(*size)? })
        };
        *levels = match side {
            Side::Buy => sizes.iter().rev().map(level).collect::<Result<_, SimError>>()?,
            Side::Sell => sizes.iter().map(level).collect::<Result<_, SimError>>()?,
        };
        Ok(())
    }

    /// Tells followers of a watched product what changed in its book.
    pub(crate) fn show_book(&mut self, at: usize) -> Result<(), SimError> {
        if !self.desk(at)?.watched {
            return Ok(());
        }
        let now = self.levels(at)?;
        let product = self.product(at)?.id;
        let Some(desk) = self.desks.get_mut(at) else {
            return Ok(());
        };
        let side = |bid: bool| if bid { Side::Buy } else { Side::Sell };
        let gone = desk.shown.keys().filter(|key| !now.contains_key(key));
        let mut changes: Vec<_> =
            gone.map(|(bid, price)| (side(*bid), *price, Decimal::ZERO)).collect();
        let new = now.iter().filter(|(key, size)| desk.shown.get(key) != Some(size));
        changes.extend(new.map(|((bid, price), size)| (side(*bid), *price, *size)));
        if !changes.is_empty() {
            desk.shown = now;
            self.log.push(self.now, What::Book { product, changes });
        }
        Ok(())
    }

    /// The book as sizes by side and price; bids are `true`.
    pub(crate) fn levels(&self, at: usize) -> Result<BTreeMap<(bool, Price), Decimal>, SimError> {
        let Some(book) = self.book_at(at, None)? else {
            return Ok(BTreeMap::new());
        };
        let bids = book.bids.into_iter().map(|l| ((true, l.price), l.size.get()));
        let asks = book.asks.into_iter().map(|l| ((false, l.price), l.size.get()));
        Ok(bids.chain(asks).collect())
    }
}
