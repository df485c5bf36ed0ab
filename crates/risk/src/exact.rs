//! Exact arithmetic in which what does not fit is lost for good: whoever uses the result asks once,
//! at the end, and not at every step.

use core::ops::{Add, Div, Mul, Sub};

use domain::{BaseQty, Price, QuoteAmt};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::worth::power;

/// An exact decimal; none where it, or anything that it was made from, does not fit one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exact(Option<Decimal>);

impl Exact {
    pub(crate) const ZERO: Self = Self(Some(Decimal::ZERO));
    pub(crate) const ONE: Self = Self(Some(Decimal::ONE));
    pub(crate) const HUNDRED: Self = Self(Some(Decimal::ONE_HUNDRED));
    /// More than any sum of money.
    pub(crate) const MOST: Self = Self(Some(Decimal::MAX));

    #[inline]
    pub(crate) const fn get(self) -> Option<Decimal> {
        self.0
    }

    /// Both of two, or none.
    #[inline]
    pub(crate) fn zip(self, other: Self) -> Option<(Decimal, Decimal)> {
        self.0.zip(other.0)
    }

    #[inline]
    pub(crate) fn min(self, other: Self) -> Self {
        Self(self.zip(other).map(|(a, b)| a.min(b)))
    }

    #[inline]
    pub(crate) fn max(self, other: Self) -> Self {
        Self(self.zip(other).map(|(a, b)| a.max(b)))
    }

    /// Whether it is at most the other; what is lost is at most nothing.
    #[inline]
    pub(crate) fn is_at_most(self, other: Self) -> bool {
        self.zip(other).is_some_and(|(a, b)| a <= b)
    }

    /// As money.
    pub(crate) fn money(self) -> Option<QuoteAmt> {
        self.0.and_then(|value| QuoteAmt::new(value).ok())
    }

    /// As a size; less than nothing is nothing.
    pub(crate) fn size(self) -> Option<BaseQty> {
        self.max(Self::ZERO).0.and_then(|value| BaseQty::new(value).ok())
    }

    /// As a price; none at zero or below.
    pub(crate) fn price(self) -> Option<Price> {
        self.0.and_then(|value| Price::new(value).ok())
    }

    /// As a signal, for reasons and ratios.
    pub(crate) fn signal(self) -> Option<f64> {
        self.0.and_then(|value| value.to_f64())
    }

    /// The largest multiple of a step at or below it; none of a step of nothing.
    pub(crate) fn floor_to(self, step: Decimal) -> Self {
        Self(self.0.and_then(|value| to_step(value, step, i128::div_euclid)))
    }

    /// The smallest multiple of a step at or above it; none of a step of nothing.
    pub(crate) fn ceil_to(self, step: Decimal) -> Self {
        Self(self.0.and_then(|value| to_step(value, step, |units, by| -(-units).div_euclid(by))))
    }
}

/// In units of the step's last digit, where rounding to whole units first and then to whole steps
/// is the same as rounding once. What overflows on the way fits no decimal in the end either.
fn to_step(value: Decimal, step: Decimal, divide: fn(i128, i128) -> i128) -> Option<Decimal> {
    if step <= Decimal::ZERO {
        return None;
    }
    let (from, to) = (value.scale(), step.scale());
    let units = value.mantissa();
    let units = if from <= to {
        units.saturating_mul(power(to - from))
    } else {
        divide(units, power(from - to))
    };
    let by = step.mantissa();
    let units = if by == 1 { units } else { divide(units, by).saturating_mul(by) };
    // As a product of decimals would say it: nothing has no digits.
    if units == 0 {
        return Some(Decimal::ZERO);
    }
    Decimal::try_from_i128_with_scale(units, to).ok()
}

impl From<Decimal> for Exact {
    #[inline]
    fn from(value: Decimal) -> Self {
        Self(Some(value))
    }
}

impl From<Option<Decimal>> for Exact {
    #[inline]
    fn from(value: Option<Decimal>) -> Self {
        Self(value)
    }
}

/// Operators that lose what does not fit.
macro_rules! operators {
    ($($operator:ident $name:ident $checked:ident)+) => {$(
        impl<T: Into<Exact>> $operator<T> for Exact {
            type Output = Self;

            #[inline]
            fn $name(self, other: T) -> Self {
                Self(self.zip(other.into()).and_then(|(a, b)| a.$checked(b)))
            }
        }
    )+};
}

operators! {
    Add add checked_add
    Sub sub checked_sub
    Mul mul checked_mul
    Div div checked_div
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact(Decimal::from_str_exact(text).ok())
    }

    #[test]
    fn what_does_not_fit_is_lost_in_all_that_is_made_from_it() {
        let lost = [
            Exact::MOST + Exact::ONE,
            Exact::ZERO - Exact::MOST - Exact::ONE,
            Exact::MOST * Exact::HUNDRED,
            Exact::ONE / Exact::ZERO,
        ];
        for lost in lost {
            assert_eq!(lost, Exact(None));
            let made =
                [lost + Exact::ONE, Exact::ONE - lost, lost * Exact::ZERO, lost / Exact::ONE];
            assert_eq!(made, [Exact(None); 4]);
            let bounded = [lost.min(Exact::ZERO), Exact::ZERO.max(lost)];
            assert_eq!(bounded, [Exact(None); 2]);
            assert_eq!([lost.floor_to(Decimal::ONE), lost.ceil_to(Decimal::ONE)], [lost; 2]);
            assert!(!lost.is_at_most(Exact::MOST) && !Exact::ZERO.is_at_most(lost));
            assert_eq!((lost.signal(), lost.zip(Exact::ONE)), (None, None));
        }
    }

    #[test]
    fn a_value_goes_to_the_step_below_and_above() {
        // Value, step, below, above.
        let rows = [
            ("1.239", "0.01", "1.23", "1.24"),
            ("1.24", "0.01", "1.24", "1.24"),
            ("1.23", "0.05", "1.20", "1.25"),
            ("7", "0.25", "7.00", "7.00"),
            ("17", "5", "15", "20"),
            ("-1.231", "0.01", "-1.24", "-1.23"),
            ("0.001", "0.01", "0", "0.01"),
            ("-0.001", "0.01", "-0.01", "0"),
        ];
        for (value, step, below, above) in rows {
            let (value, by) = (exact(value), Decimal::from_str_exact(step).unwrap_or_default());
            assert_eq!(value.floor_to(by), exact(below), "{value:?} below, by {step}");
            assert_eq!(value.ceil_to(by), exact(above), "{value:?} above, by {step}");
        }
    }

    #[test]
    fn no_step_and_no_room_for_its_digits_leave_nothing() {
        for step in ["0", "-0.01"] {
            let step = Decimal::from_str_exact(step).unwrap_or_default();
            assert_eq!(
                (Exact::ONE.floor_to(step), Exact::ONE.ceil_to(step)),
                (Exact(None), Exact(None))
            );
        }
        let smallest = Decimal::new(1, 28);
        for way in [Exact::floor_to, Exact::ceil_to] {
            assert_eq!(way(Exact::MOST, smallest), Exact(None), "overflows in units");
            assert_eq!(way(Exact::MOST, Decimal::new(5, 1)), Exact(None), "overflows in the end");
            assert_eq!(way(Exact::MOST, Decimal::ONE), Exact::MOST);
        }
    }
}
