//! Fee tiers that change while the venue runs.

use super::fees::Tier;
use super::venue::Venue;
use crate::venue::SimError;

impl Venue {
    /// Other fee tiers from now on; an order that is there keeps what it was taken with, where the
    /// venue remembers that.
    ///
    /// # Errors
    /// [`SimError::NoFeeTier`]: the first does not begin at 0. [`SimError::Fee`]: nothing is left.
    pub fn set_tiers(&mut self, tiers: Vec<Tier>) -> Result<(), SimError> {
        if tiers.first().is_none_or(|first| !first.from.is_zero()) {
            return Err(SimError::NoFeeTier);
        }
        let whole = rust_decimal::Decimal::from(10_000);
        let rates = tiers.iter().flat_map(|tier| [tier.maker, tier.taker]);
        if let Some(rate) = rates.into_iter().find(|rate| rate.get() >= whole) {
            return Err(SimError::Fee(rate));
        }
        self.terms.tiers = tiers;
        Ok(())
    }
}
