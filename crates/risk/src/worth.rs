//! What is at stake, in whole steps of 10⁻¹² of a quote unit: sums of such numbers are exact in any
//! order, so that what is kept up to date equals what is counted afresh.

use rust_decimal::Decimal;

/// Digits behind the point.
const DIGITS: u32 = 12;

/// An amount at stake, rounded up when it was made: towards more caution.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Worth(i128);

impl Worth {
    pub(crate) const ZERO: Self = Self(0);

    /// `None` beyond 10²⁶, which no sum of money is.
    pub(crate) fn of(value: Decimal) -> Option<Self> {
        let (mantissa, scale) = (value.mantissa(), value.scale());
        if scale <= DIGITS {
            let step = 10_i128.checked_pow(DIGITS - scale)?;
            return mantissa.checked_mul(step).map(Self);
        }
        let step = 10_i128.checked_pow(scale - DIGITS)?;
        let down = mantissa.div_euclid(step);
        Some(Self(if mantissa.rem_euclid(step) == 0 { down } else { down + 1 }))
    }

    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    pub(crate) fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// `None` beyond the range of exact decimals.
    pub(crate) fn decimal(self) -> Option<Decimal> {
        Decimal::try_from_i128_with_scale(self.0, DIGITS).ok()
    }
}
