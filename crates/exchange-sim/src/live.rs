//! A market that goes on elsewhere: nothing is made up, it knows what it is told.

use std::collections::BTreeMap;

use domain::{BaseQty, Book, Price, Product, ProductId, ProductStatus, Timestamp};
use rust_decimal::Decimal;

use crate::market::Market;
use crate::matching::{MAKER_SHARE_PCT, Piece, met};
use crate::order::{Life, OrderId};
use crate::venue::{SimError, SimVenue};

/// A trade between others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OthersTrade {
    /// Where.
    pub product: ProductId,
    /// Quote units per base unit.
    pub price: Price,
    /// Base units.
    pub size: BaseQty,
    /// When.
    pub at: Timestamp,
}

/// Products, books and trades as they are told. It has no bars: those are asked of whoever tells.
#[derive(Debug, Clone, Default)]
pub struct Live {
    products: Vec<Product>,
    books: BTreeMap<ProductId, Book>,
    /// Those that no order was held against yet, in their order.
    trades: Vec<OthersTrade>,
}

impl Live {
    pub(crate) fn products(&self) -> &[Product] {
        &self.products
    }

    pub(crate) fn book(&self, product: ProductId) -> Option<&Book> {
        self.books.get(&product)
    }

    /// Takes the products that there are now. Those that are gone are delisted.
    fn list(&mut self, listed: &[Product]) {
        let mut known: BTreeMap<_, _> = self
            .products
            .iter()
            .map(|product| (product.id, Product { status: ProductStatus::Delisted, ..*product }))
            .collect();
        known.extend(listed.iter().map(|product| (product.id, *product)));
        self.products = known.into_values().collect();
    }
}

impl SimVenue {
    fn live(&mut self) -> Result<&mut Live, SimError> {
        match &mut self.market {
            Market::Live(live) => Ok(live),
            Market::Seeded(_) | Market::Recorded(_) => Err(SimError::Lost("live market")),
        }
    }

    /// Tells a live market its products, all of them.
    ///
    /// # Errors
    /// [`SimError::Lost`] in any other market.
    pub fn tell_products(&mut self, listed: &[Product]) -> Result<(), SimError> {
        self.live()?.list(listed);
        Ok(())
    }

    /// Tells a live market the book of a product, or that nobody vouches for any.
    ///
    /// # Errors
    /// As [`Self::tell_products`].
    pub fn tell_book(&mut self, product: ProductId, book: Option<Book>) -> Result<(), SimError> {
        let books = &mut self.live()?.books;
        match book {
            Some(book) => drop(books.insert(product, book)),
            None => drop(books.remove(&product)),
        }
        Ok(())
    }

    /// Tells a live market a trade, each once and those of one product in their order. Resting
    /// orders are held against it when the clock moves next.
    ///
    /// # Errors
    /// As [`Self::tell_products`].
    pub fn tell_trade(&mut self, trade: OthersTrade) -> Result<(), SimError> {
        self.live()?.trades.push(trade);
        Ok(())
    }

    /// What the trades that were told take of one resting order: one that went through its limit by
    /// a tick gives it a tenth of its size, the same share as of a bar; so does each one from the trade
    /// that reached a bracket's stop on.
    pub(crate) fn match_told(
        &mut self,
        id: OrderId,
        to: Timestamp,
        pieces: &mut Vec<Piece>,
    ) -> Result<(), SimError> {
        let order = self.orders.get(&id).ok_or(SimError::UnknownOrder(id))?;
        let (ticket, placed, mut stopped) = (order.ticket, order.placed, order.stopped);
        let whole = ticket.qty.get();
        let mut left = whole - order.filled.get();
        let at = self.position(ticket.product)?;
        let unknown = SimError::UnknownProduct(ticket.product);
        let limits = self.market.products().get(at).ok_or(unknown)?.limits;
        let end = match ticket.life {
            Life::PostOnlyUntil(end) => Some(end),
            Life::UntilCancelled | Life::Immediate | Life::Bracket(_) => None,
        };
        let tick = limits.price_increment;
        let Market::Live(live) = &self.market else { return Err(SimError::Lost("live market")) };
        for trade in live.trades.iter().filter(|trade| trade.product == ticket.product) {
            let lived = placed <= trade.at && end.is_none_or(|end| trade.at < end);
            if !lived || trade.at > to {
                continue;
            }
            let met = met(&ticket, tick, trade.price, left < whole, &mut stopped);
            let Some((price, liquidity)) = met.trade() else { continue };
            let share = trade.size.get() * MAKER_SHARE_PCT / Decimal::ONE_HUNDRED;
            let share = (share / limits.base_increment).floor() * limits.base_increment;
            let qty = share.min(left);
            if qty > Decimal::ZERO {
                left -= qty;
                pieces.push(Piece { at: trade.at, order: id, qty, price, liquidity });
            }
        }
        if let Some(order) = self.orders.get_mut(&id) {
            order.stopped = stopped;
        }
        Ok(())
    }

    /// Forgets the trades up to a moment: every order was held against them.
    pub(crate) fn forget_told(&mut self, to: Timestamp) {
        if let Market::Live(live) = &mut self.market {
            live.trades.retain(|trade| trade.at > to);
        }
    }
}
