//! Many products of exact numbers added up, of which only the end is looked at.

use rust_decimal::Decimal;

use crate::num::{narrow, tens};
use crate::{BaseQty, Price, QuoteAmt, Usd};

/// The worth of quantities at prices: what [`Price::times`] and [`QuoteAmt::plus`] come to, without a
/// decimal for each step.
///
/// ```
/// use domain::{BaseQty, Price, Tally};
///
/// let sum = Tally::default().with(Price::parse("0.5")?, BaseQty::parse("3")?);
/// let (price, qty) = (Price::parse("20.25")?, BaseQty::parse("2")?);
/// let sum = sum.and_then(|sum| sum.with(price, qty));
/// assert_eq!(sum.and_then(Tally::usd), Some(domain::Usd::parse("42")?));
/// # Ok::<(), domain::NumError>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    digits: i128,
    /// How many of them are behind the point.
    scale: u32,
}

impl Tally {
    /// An exact decimal has so many.
    const BITS: u32 = 96;

    /// With one more quantity at its price; `None` where the numbers have so many digits that decimals
    /// must be asked.
    #[inline]
    pub fn with(self, price: Price, qty: BaseQty) -> Option<Self> {
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
        fits.then_some(Self { digits, scale: scale.max(self.scale) })
    }

    /// The sum; `None` beyond the range of exact decimals.
    pub fn sum(self) -> Option<QuoteAmt> {
        QuoteAmt::new(Decimal::try_from_i128_with_scale(self.digits, self.scale).ok()?).ok()
    }

    /// The same in dollars, where one unit of the quote currency counts as one.
    pub fn usd(self) -> Option<Usd> {
        self.sum().map(QuoteAmt::usd_at_par)
    }
}
