//! Arithmetic of its own: integers of 10⁻¹⁸, products in 256 bits.

use core::cmp::Ordering;
use core::fmt;

/// Digits behind the point.
const DIGITS: u32 = 18;
const ONE: i128 = 10_i128.pow(DIGITS);

/// A number in units of 10⁻¹⁸. What has more digits is cut towards zero: a violation smaller than
/// that is not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Num(i128);

impl Num {
    pub(crate) const ZERO: Self = Self(0);

    /// `mantissa × 10^-scale`; `None` when it does not fit.
    pub(crate) fn of(mantissa: i128, scale: u32) -> Option<Self> {
        if scale <= DIGITS {
            mantissa.checked_mul(10_i128.checked_pow(DIGITS - scale)?).map(Self)
        } else {
            Some(Self(mantissa / 10_i128.checked_pow(scale - DIGITS)?))
        }
    }

    pub(crate) fn int(value: i64) -> Self {
        Self(i128::from(value) * ONE)
    }

    /// Reads plain decimal text, as in a policy.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() || !whole.bytes().chain(part.bytes()).all(|b| b.is_ascii_digit()) {
            return None;
        }
        let scale = u32::try_from(part.len()).ok()?;
        let mantissa: i128 = format!("{whole}{part}").parse().ok()?;
        Self::of(sign * mantissa, scale)
    }

    /// A signal, cut to 10⁻⁹; `None` for what is not finite or too large.
    pub(crate) fn signal(value: f64) -> Option<Self> {
        let scaled = value * 1e9;
        let bound = 1e18;
        if !(-bound..=bound).contains(&scaled) {
            return None;
        }
        // In range: checked in the line above.
        #[expect(clippy::cast_possible_truncation, reason = "cut on purpose")]
        Self::of(scaled as i128, 9)
    }

    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    pub(crate) fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The product, cut towards zero.
    pub(crate) fn times(self, other: Self) -> Option<Self> {
        let wide = Wide::product(self.0.unsigned_abs(), other.0.unsigned_abs());
        let value = i128::try_from(wide.over(ONE.unsigned_abs())?).ok()?;
        Some(Self(if self.is_negative() == other.is_negative() { value } else { -value }))
    }

    /// The quotient, cut towards zero; `None` for nothing to divide by.
    pub(crate) fn over(self, divisor: Self) -> Option<Self> {
        let wide = Wide::product(self.0.unsigned_abs(), ONE.unsigned_abs());
        let value = i128::try_from(wide.divided(divisor.0.unsigned_abs())?).ok()?;
        Some(Self(if self.is_negative() == divisor.is_negative() { value } else { -value }))
    }

    /// `self × 10000 / limit` in whole steps, rounded up: how much of a limit is used, basis
    /// points. `None` where there is no limit to measure by.
    pub(crate) fn used_of(self, limit: Self) -> Option<i128> {
        if limit.0 <= 0 {
            return None;
        }
        let scaled = self.0.max(0).checked_mul(10_000)?;
        Some(scaled.div_euclid(limit.0) + i128::from(scaled.rem_euclid(limit.0) != 0))
    }

    pub(crate) const fn is_negative(self) -> bool {
        self.0 < 0
    }

    pub(crate) const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether it is a whole multiple of a step above 0.
    pub(crate) const fn is_multiple_of(self, step: Self) -> bool {
        step.0 > 0 && self.0 % step.0 == 0
    }

    /// The whole part, where it fits.
    pub(crate) fn whole(self) -> Option<i64> {
        i64::try_from(self.0 / ONE).ok()
    }

    /// Compares `a × b` with `c × d`, exactly.
    pub(crate) fn compare((a, b): (Self, Self), (c, d): (Self, Self)) -> Ordering {
        signed(a, b).cmp(&signed(c, d))
    }
}

/// A product by sign and size: what is negative orders the other way round.
fn signed(a: Num, b: Num) -> SignedWide {
    let wide = Wide::product(a.0.unsigned_abs(), b.0.unsigned_abs());
    SignedWide { negative: a.is_negative() != b.is_negative() && wide != Wide::ZERO, wide }
}

#[derive(PartialEq, Eq)]
struct SignedWide {
    negative: bool,
    wide: Wide,
}

impl SignedWide {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self.wide.cmp(&other.wide),
            (true, true) => other.wide.cmp(&self.wide),
        }
    }
}

/// 256 bits, the higher half first so that the derived order is the numbers' order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Wide {
    high: u128,
    low: u128,
}

const HALF: u32 = 64;
const MASK: u128 = (1 << HALF) - 1;

impl Wide {
    const ZERO: Self = Self { high: 0, low: 0 };

    /// By halves of 64 bits, as on paper.
    const fn product(a: u128, b: u128) -> Self {
        let (a1, a0, b1, b0) = (a >> HALF, a & MASK, b >> HALF, b & MASK);
        let low = a0 * b0;
        let (cross, other) = (a1 * b0, a0 * b1);
        let middle = (low >> HALF) + (cross & MASK) + (other & MASK);
        Self {
            high: a1 * b1 + (cross >> HALF) + (other >> HALF) + (middle >> HALF),
            low: (middle << HALF) | (low & MASK),
        }
    }

    /// Divided by a divisor of at most 64 bits, cut; `None` when it does not fit 128 bits.
    fn over(self, divisor: u128) -> Option<u128> {
        let mut rest = 0_u128;
        let mut out = Self::ZERO;
        let words = [self.high >> HALF, self.high & MASK, self.low >> HALF, self.low & MASK];
        for word in words {
            let part = (rest << HALF) | word;
            let digit = part.checked_div(divisor)?;
            rest = part % divisor;
            out = Self {
                high: (out.high << HALF) | (out.low >> HALF),
                low: (out.low << HALF) | digit,
            };
        }
        (out.high == 0).then_some(out.low)
    }
}

impl Wide {
    /// Divided by any divisor, bit by bit; `None` when it does not fit 128 bits.
    fn divided(self, divisor: u128) -> Option<u128> {
        if divisor == 0 || self.high >= divisor {
            return None;
        }
        let (mut rest, mut out) = (self.high, 0_u128);
        for bit in (0..128).rev() {
            let carry = rest >> 127;
            rest = (rest << 1) | ((self.low >> bit) & 1);
            out <<= 1;
            if carry == 1 || rest >= divisor {
                rest = rest.wrapping_sub(divisor);
                out |= 1;
            }
        }
        Some(out)
    }
}

impl fmt::Display for Num {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (size, one) = (self.0.unsigned_abs(), ONE.unsigned_abs());
        let sign = if self.is_negative() { "-" } else { "" };
        let digits = format!("{:018}", size % one);
        let part = digits.trim_end_matches('0');
        let point = if part.is_empty() { "" } else { "." };
        f.pad(&format!("{sign}{}{point}{part}", size / one))
    }
}

/// An exact amount of the vocabulary, taken apart: its digits and where the point is.
pub(crate) trait Exact {
    /// The same number here; `None` when it does not fit.
    fn num(self) -> Option<Num>;
}

macro_rules! exact {
    ($($name:ident),+) => {
        $(impl Exact for domain::$name {
            fn num(self) -> Option<Num> {
                let value = self.get();
                Num::of(value.mantissa(), value.scale())
            }
        })+
    };
}
exact!(Price, BaseQty, QuoteAmt, Amount, Usd, Bps, Pct);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_read_and_written_as_it_is() {
        for text in ["0", "1", "-1.5", "0.000000000000000001", "12345678901.25"] {
            assert_eq!(Num::parse(text).unwrap().to_string(), text);
        }
        for text in ["", ".", "1e3", "+1", "1.2.3", "NaN", "999999999999999999999"] {
            assert_eq!(Num::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn small_products_are_those_of_plain_integers(a in -1_000_000_i64..1_000_000,
                                                      b in -1_000_000_i64..1_000_000) {
            let found = Num::int(a).times(Num::int(b)).unwrap();
            prop_assert_eq!(found, Num::int(a * b));
        }

        #[test]
        fn wide_products_divide_back(a in any::<u128>(), b in 1_u64..) {
            prop_assert_eq!(Wide::product(a, b.into()).over(b.into()), Some(a));
        }

        #[test]
        fn quotients_are_those_of_plain_integers(a in any::<i32>(), b in 1_i64..1_000_000) {
            let found = Num::int(a.into()).over(Num::int(b)).unwrap();
            let expected = i128::from(a) * ONE / i128::from(b);
            prop_assert_eq!(found, Num(expected));
        }

        #[test]
        fn products_compare_as_rationals(a in any::<i64>(), b in any::<i64>(),
                                         c in any::<i64>(), d in any::<i64>()) {
            let num = |n: i64| Num::of(n.into(), 18).unwrap();
            let found = Num::compare((num(a), num(b)), (num(c), num(d)));
            let (left, right) = (i128::from(a) * i128::from(b), i128::from(c) * i128::from(d));
            prop_assert_eq!(found, left.cmp(&right));
        }
    }
}
