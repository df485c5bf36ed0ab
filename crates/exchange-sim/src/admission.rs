//! What the venue checks of an order before it looks at book and funds.

use domain::{Product, ProductStatus};

use crate::order::{Life, Refusal, Ticket};
use crate::venue::SimVenue;

/// Digits behind the point that a value may have, so that sums of values stay exact.
const VALUE_DIGITS: u32 = 16;

impl SimVenue {
    /// Everything that can be refused before looking at book and funds.
    pub(crate) fn admit(&self, ticket: &Ticket) -> Result<Product, Refusal> {
        let unknown = Refusal::UnknownProduct(ticket.product);
        let at = self.market.position(&ticket.product).ok_or(unknown.clone())?;
        let product = *self.products().get(at).ok_or(unknown)?;
        let post_only = matches!(ticket.life, Life::PostOnlyUntil(_));
        let open = match product.status {
            ProductStatus::Online | ProductStatus::LimitOnly => true,
            ProductStatus::PostOnly => post_only,
            ProductStatus::CancelOnly
            | ProductStatus::Auction
            | ProductStatus::ViewOnly
            | ProductStatus::Offline
            | ProductStatus::Delisted => false,
        };
        if !open {
            let (product, status) = (product.id, product.status);
            return Err(Refusal::Status { product, status });
        }
        if self.by_client.contains_key(&ticket.client) {
            return Err(Refusal::DuplicateClient(ticket.client));
        }
        if let Life::PostOnlyUntil(end) = ticket.life
            && end <= self.now
        {
            return Err(Refusal::EndTime(end));
        }
        check_steps(&product, ticket)?;
        Ok(product)
    }
}

fn check_steps(product: &Product, ticket: &Ticket) -> Result<(), Refusal> {
    let (limits, size, price) = (&product.limits, ticket.qty, ticket.limit);
    if size.is_zero() || !product.is_size_step(size) {
        return Err(Refusal::SizeStep(size));
    }
    let mut prices = vec![price];
    if let Life::Bracket(bracket) = ticket.life {
        prices.extend([bracket.stop, bracket.target]);
    }
    if let Some(off) = prices.into_iter().find(|price| !product.is_price_step(*price)) {
        return Err(Refusal::PriceStep(off));
    }
    if size < limits.base_min || size > limits.base_max {
        let (min, max) = (limits.base_min, limits.base_max);
        return Err(Refusal::Size { size, min, max });
    }
    let digits = price.get().scale() + size.get().scale();
    let value = price.times(size).ok().filter(|_| digits <= VALUE_DIGITS);
    let value = value.ok_or(Refusal::Digits { price, size })?;
    if value < limits.quote_min || value > limits.quote_max {
        let (min, max) = (limits.quote_min, limits.quote_max);
        return Err(Refusal::Value { value, min, max });
    }
    Ok(())
}
