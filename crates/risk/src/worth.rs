//! What is at stake, in whole steps of 10⁻¹² of a quote unit: sums of such numbers are exact in any
//! order, so that what is kept up to date equals what is counted afresh.

use rust_decimal::Decimal;

use crate::exact::Exact;

/// Digits behind the point.
const DIGITS: u32 = 12;

/// 10ⁿ up to the scale of an exact decimal.
const POWERS: [i128; 29] = {
    let mut powers = [1; 29];
    let mut n = 1;
    while n < powers.len() {
        powers[n] = 10 * powers[n - 1];
        n += 1;
    }
    powers
};

pub(crate) const fn power(n: u32) -> i128 {
    POWERS[n as usize]
}

/// An amount at stake, rounded up when it was made: towards more caution.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Worth(i128);

impl Worth {
    pub(crate) const ZERO: Self = Self(0);

    /// `None` beyond 10²⁶, which no sum of money is.
    pub(crate) fn of(value: Decimal) -> Option<Self> {
        let (mantissa, scale) = (value.mantissa(), value.scale());
        if scale <= DIGITS {
            return mantissa.checked_mul(power(DIGITS - scale)).map(Self);
        }
        let step = power(scale - DIGITS);
        Some(Self(-(-mantissa).div_euclid(step)))
    }

    /// What does not fit counts as the largest.
    pub(crate) fn at_most(value: Exact) -> Self {
        value.get().and_then(Self::of).unwrap_or(Self(i128::MAX))
    }

    /// A sum that is never taken apart again: what does not fit stays the largest.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    pub(crate) fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    pub(crate) fn exact(self) -> Exact {
        Decimal::try_from_i128_with_scale(self.0, DIGITS).ok().into()
    }
}
