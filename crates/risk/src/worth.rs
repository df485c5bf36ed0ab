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

    /// The share `part / whole` of it, rounded up; `None` where it does not fit.
    pub(crate) fn share(self, part: Decimal, whole: Decimal) -> Option<Self> {
        // Both in units of the finer of the two.
        let digits = part.scale().max(whole.scale());
        let units = |value: Decimal| value.mantissa().checked_mul(power(digits - value.scale()));
        let (part, whole) = units(part).zip(units(whole))?;
        let above = self.0.checked_mul(part)?;
        Some(Self(-(-above).checked_div_euclid(whole)?))
    }

    pub(crate) fn exact(self) -> Exact {
        Decimal::try_from_i128_with_scale(self.0, DIGITS).ok().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(of: &str, part: &str, whole: &str) -> Option<Decimal> {
        let exact = |text| Decimal::from_str_exact(text).unwrap_or_default();
        let of = Worth::of(exact(of)).unwrap_or_default();
        of.share(exact(part), exact(whole)).and_then(|share| share.exact().get())
    }

    #[test]
    fn a_share_is_exact_or_rounded_up_by_less_than_a_step() {
        let rows = [
            ("12", "1", "4", "3"),
            ("12", "0.5", "1.50", "4"),
            ("12", "0.50", "1.5", "4"),
            ("10", "1", "3", "3.333333333334"),
            ("0.000000000001", "1", "3", "0.000000000001"),
            ("5", "0", "7", "0"),
        ];
        for (of, part, whole, expected) in rows {
            let found = share(of, part, whole);
            assert_eq!(found, Decimal::from_str_exact(expected).ok(), "{part} / {whole} of {of}");
        }
    }

    /// Up to twelve digits as they are, beyond them one step up.
    #[test]
    fn what_is_at_stake_is_exact_or_rounded_up() {
        let rows = [
            ("7", 7_000_000_000_000),
            ("0.5", 500_000_000_000),
            ("0.000000000001", 1),
            ("0.0000000000001", 1),
            ("1.0000000000011", 1_000_000_000_002),
            ("1.0000000000020", 1_000_000_000_002),
            ("1.00000000000200000000000001", 1_000_000_000_003),
        ];
        for (value, steps) in rows {
            let exact = Decimal::from_str_exact(value).unwrap_or_default();
            assert_eq!(Worth::of(exact), Some(Worth(steps)), "{value}");
        }
    }

    #[test]
    fn a_share_of_nothing_and_one_that_does_not_fit_are_none() {
        assert_eq!(share("1", "0", "0"), None);
        // Its units, and what it would be taken of.
        let most = "79228162514264337593543950335";
        assert_eq!(share("1", most, "0.000000000000000000000000001"), None);
        assert_eq!(share("1000000000", most, "1"), None);
    }
}
