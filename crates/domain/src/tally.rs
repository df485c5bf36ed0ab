//! Many products of exact numbers added up, of which only the end is looked at.

use rust_decimal::Decimal;

use crate::num::{narrow, of_units, tens};
use crate::{BaseQty, NumError, Price, QuoteAmt};

/// The worth of quantities at prices: what [`Price::times`] and [`QuoteAmt::plus`] come to, without a
/// decimal for each step.
///
/// ```
/// use domain::{BaseQty, Price, QuoteAmt, Tally};
///
/// let mut tally = Tally::default();
/// tally.add(Price::parse("0.5")?, BaseQty::parse("3")?)?;
/// tally.add(Price::parse("20.25")?, BaseQty::parse("2")?)?;
/// assert_eq!(tally.sum()?, QuoteAmt::parse("42")?);
/// # Ok::<(), domain::NumError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Tally {
    digits: i128,
    /// How many of them are behind the point.
    scale: u32,
    /// What has too many digits to be added to them.
    rest: QuoteAmt,
}

impl Default for Tally {
    fn default() -> Self {
        Self { digits: 0, scale: 0, rest: QuoteAmt::ZERO }
    }
}

impl Tally {
    /// An exact decimal has so many.
    const BITS: u32 = 96;

    /// Adds one more quantity at its price.
    ///
    /// # Errors
    /// [`NumError::Overflow`] beyond the range of exact decimals.
    #[inline]
    pub fn add(&mut self, price: Price, qty: BaseQty) -> Result<(), NumError> {
        match self.with(price, qty) {
            Some((digits, scale)) => (self.digits, self.scale) = (digits, scale),
            None => self.rest = self.rest.plus(price.times(qty)?)?,
        }
        Ok(())
    }

    /// The digits with one more amount; `None` where there are so many that decimals must be asked.
    #[inline]
    fn with(&self, price: Price, qty: BaseQty) -> Option<(i128, u32)> {
        let (price, qty) = (price.get(), qty.get());
        // Numbers of 64 bits, so that their products have room.
        let (x, y) = (narrow(price)?, narrow(qty)?);
        let scale = price.scale() + qty.scale();
        let value = i64::try_from(i128::from(x) * i128::from(y)).ok()?;
        let sum = i64::try_from(self.digits).ok()?;
        let digits = if scale >= self.scale {
            i128::from(sum) * i128::from(tens(scale - self.scale)?) + i128::from(value)
        } else {
            i128::from(value) * i128::from(tens(self.scale - scale)?) + i128::from(sum)
        };
        // What does not fit a decimal is rounded by those who add decimals up.
        let fits = scale <= Decimal::MAX_SCALE && digits.unsigned_abs() >> Self::BITS == 0;
        fits.then_some((digits, scale.max(self.scale)))
    }

    /// What it comes to.
    ///
    /// # Errors
    /// [`NumError::Overflow`] beyond the range of exact decimals.
    pub fn sum(self) -> Result<QuoteAmt, NumError> {
        if let (Ok(digits), true) = (i64::try_from(self.digits), self.rest.is_zero()) {
            return QuoteAmt::new(of_units(digits, self.scale));
        }
        let digits = Decimal::try_from_i128_with_scale(self.digits, self.scale);
        let digits = digits.map_err(|_| NumError::Overflow { what: "a tally" })?;
        self.rest.plus(QuoteAmt::new(digits)?)
    }
}
