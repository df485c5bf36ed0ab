//! Products: their names, what each allows now, and switching that.

use domain::{Product, ProductId, ProductStatus, Timestamp};

use super::desk::Desk;
use super::log::What;
use super::play::Due;
use super::venue::{Listing, Named, Venue};
use crate::venue::SimError;

/// Later than anything.
const EVER: Timestamp = Timestamp::from_millis(i64::MAX);

impl Venue {
    /// All products, each followed by its aliases, with what they allow now.
    pub fn listings(&self) -> Vec<Listing> {
        let each = self.market.products().iter().enumerate();
        each.flat_map(|(at, product)| self.listed(at, product)).collect()
    }

    /// One product by its text, an alias allowed; `None` when there is none.
    pub fn listing(&self, product: &str) -> Option<Listing> {
        let named = self.resolve(product.parse().ok()?).ok()?;
        let canonical = self.market.products().get(named.at)?;
        let mut listed = self.listed(named.at, canonical).into_iter();
        listed.find(|listing| listing.product.id == named.product.id)
    }

    /// A product and its aliases.
    fn listed(&self, at: usize, product: &Product) -> Vec<Listing> {
        let halted = self.is_halted(at);
        let status = self.desks.get(at).map_or(product.status, |desk| desk.status);
        let alias = self.alias_of(product);
        let plain = Listing {
            product: Product { status, ..*product },
            alias: None,
            alias_to: alias.iter().map(|alias| alias.id).collect(),
            halted,
        };
        let other = alias.map(|alias| Listing {
            product: Product { status, ..alias },
            alias: Some(product.id),
            alias_to: Vec::new(),
            halted,
        });
        core::iter::once(plain).chain(other).collect()
    }

    /// The USDC twin of a product in USD, unless the market has that one itself.
    fn alias_of(&self, product: &Product) -> Option<Product> {
        if !self.terms.usdc_aliases || product.quote.as_str() != "USD" {
            return None;
        }
        let id: ProductId = format!("{}-USDC", product.base).parse().ok()?;
        let own = self.market.position(&id).is_some() || product.base.as_str() == "USDC";
        let twin = Product::new(id, product.limits, product.status).ok()?;
        (!own).then_some(twin)
    }

    /// The product that an id names, an alias allowed.
    pub(crate) fn resolve(&self, id: ProductId) -> Result<Named, SimError> {
        let unknown = SimError::UnknownProduct(id);
        if let Some(at) = self.market.position(&id) {
            let product = *self.product(at)?;
            return Ok(Named { at, product });
        }
        if !self.terms.usdc_aliases || id.quote() != "USDC" {
            return Err(unknown);
        }
        let canonical = format!("{}-USD", id.base()).parse()?;
        let at = self.market.position(&canonical).ok_or(unknown)?;
        let product = *self.product(at)?;
        Ok(Named { at, product: Product::new(id, product.limits, product.status)? })
    }

    /// Whether nothing can trade now whatever the status says.
    pub(crate) fn is_halted(&self, at: usize) -> bool {
        let own = self.desks.get(at).and_then(|desk| desk.halted_until);
        own.is_some_and(|until| self.now < until) || self.market.halted(self.now)
    }

    /// Whether orders can match now.
    pub(crate) fn can_match(&self, at: usize) -> bool {
        let trades = self.desks.get(at).is_some_and(Desk::trades);
        trades && !self.is_halted(at)
    }

    /// Sets what a product allows. Delisting cancels its open orders; when trading begins again,
    /// what crossed meanwhile matches in order of time.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`].
    pub fn set_status(
        &mut self,
        product: ProductId,
        status: ProductStatus,
    ) -> Result<(), SimError> {
        let at = self.resolve(product)?.at;
        let could = self.can_match(at);
        let product = self.product(at)?.id;
        self.desk_mut(at)?.status = status;
        self.log.push(self.now, What::Product { product, status });
        self.changed_state(at, could)?;
        if status == ProductStatus::Delisted {
            self.cancel_all(at, "Product delisted")?;
        }
        self.show_book(at)
    }

    /// Halts a product until a time (one that has come ends a halt): nothing trades, orders are
    /// refused, cancels work.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`].
    pub fn halt(&mut self, product: ProductId, until: Timestamp) -> Result<(), SimError> {
        let at = self.resolve(product)?.at;
        let could = self.can_match(at);
        self.desk_mut(at)?.halted_until = Some(until);
        if until > self.now {
            self.later(until, Due::HaltEnds(at));
        }
        let (product, status) = (self.product(at)?.id, self.desk(at)?.status);
        self.log.push(self.now, What::Product { product, status });
        self.changed_state(at, could)?;
        self.show_book(at)
    }

    /// Carries on after a halt, unless another began.
    pub(crate) fn halt_ends(&mut self, at: usize) -> Result<(), SimError> {
        if self.desk(at)?.halted_until.is_some_and(|until| until <= self.now) {
            self.desk_mut(at)?.halted_until = None;
            let (product, status) = (self.product(at)?.id, self.desk(at)?.status);
            self.log.push(self.now, What::Product { product, status });
            self.changed_state(at, false)?;
        }
        Ok(())
    }

    /// Notes whether the product trades from now on, and matches what waited for it.
    fn changed_state(&mut self, at: usize, could: bool) -> Result<(), SimError> {
        let now = self.now;
        let desk = self.desk_mut(at)?;
        // Without an end that is known it is quiet until further notice.
        let until = if desk.trades() { desk.halted_until.unwrap_or(now) } else { EVER };
        desk.note_quiet(now, until);
        desk.told = None;
        let can = until <= now;
        if can && !could {
            self.uncross(at)?;
        }
        Ok(())
    }

    /// Whether trades and book changes of a product go to the log. Watching costs work as the
    /// clock moves; a follower begins with [`Venue::book`] and [`Venue::last_event`].
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`].
    pub fn watch(&mut self, product: ProductId, watched: bool) -> Result<(), SimError> {
        let at = self.resolve(product)?.at;
        let shown = self.levels(at)?;
        let desk = self.desk_mut(at)?;
        desk.watched = watched;
        desk.shown = shown;
        Ok(())
    }
}
