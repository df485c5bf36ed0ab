//! Arithmetic that refuses to round: what is booked is booked to the last digit.

use rust_decimal::{Decimal, RoundingStrategy};

/// Digits behind the point of a share; finer than any venue's amounts.
const SHARE_DIGITS: u32 = 18;

/// The sum, if it is exact.
pub(crate) fn sum(a: Decimal, b: Decimal) -> Option<Decimal> {
    let sum = a.checked_add(b)?;
    // What was rounded away is missing from one of them.
    let exact = sum.checked_sub(b)? == a && sum.checked_sub(a)? == b;
    exact.then(|| sum.normalize())
}

/// The difference, if it is exact.
pub(crate) fn difference(a: Decimal, b: Decimal) -> Option<Decimal> {
    sum(a, -b)
}

/// The product, if it is exact.
pub(crate) fn product(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let product = a.checked_mul(b)?;
    // Below the last digit a product becomes nothing.
    let nothing = a.is_zero() || b.is_zero();
    let exact = if product.is_zero() { nothing } else { product.scale() == a.scale() + b.scale() };
    exact.then(|| product.normalize())
}

/// `whole × part / of`, cut to 18 digits; the whole where the part is all of it. Whoever hands out
/// shares gives the last one the rest, so that they add up.
pub(crate) fn share(whole: Decimal, part: Decimal, of: Decimal) -> Option<Decimal> {
    if part == of {
        return Some(whole);
    }
    let share = whole.checked_mul(part)?.checked_div(of)?;
    Some(share.round_dp_with_strategy(SHARE_DIGITS, RoundingStrategy::ToZero).normalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn what_would_have_to_be_rounded_is_refused() {
        let (tiny, large) = (number("0.0000000000000000000000000001"), number("10"));
        assert_eq!(sum(tiny, large), None);
        assert_eq!(difference(large, tiny), None);
        assert_eq!(product(number("1.00000000000001"), number("1.000000000000001")), None);
        assert_eq!(product(tiny, number("0.1")), None);
        assert_eq!(product(number("0.0000123"), number("1000000.5")), Some(number("12.30000615")));
        assert_eq!(product(large, Decimal::ZERO), Some(Decimal::ZERO));
    }

    #[test]
    fn shares_and_the_rest_add_up() {
        let (whole, of) = (number("1"), number("3"));
        let first = share(whole, Decimal::ONE, of).unwrap();
        assert_eq!(first, number("0.333333333333333333"));
        assert_eq!(sum(first, difference(whole, first).unwrap()), Some(whole));
        assert_eq!(share(whole, of, of), Some(whole));
    }
}
