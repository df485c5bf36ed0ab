//! Exact decimals in newtypes: what is sent, received, booked, limited or audited.

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::quantize::{Round, quantize};

/// Why a number could not become, or stay, an exact amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumError {
    /// The text is not a decimal number, or has more digits than an exact decimal holds.
    #[error("{what} {text:?} is not an exact decimal number")]
    NotExact {
        /// The type that was wanted.
        what: &'static str,
        /// What was found.
        text: String,
    },
    /// The number is outside what the type allows.
    #[error("{what} {value} is out of range: {rule}")]
    OutOfRange {
        /// The type that was wanted.
        what: &'static str,
        /// What was found.
        value: String,
        /// What would be right.
        rule: &'static str,
    },
    /// An operation left the range of exact decimals.
    #[error("{what} does not fit an exact decimal")]
    Overflow {
        /// The operation.
        what: &'static str,
    },
}

/// Without zeros at its end; most amounts have none, and a look at the last digit is a fraction of
/// a division of all of them.
#[inline]
fn normal(value: Decimal) -> Decimal {
    match narrow(value) {
        Some(digits) if digits % 10 != 0 => value,
        Some(digits) => of_units(digits, value.scale()),
        None => value.normalize(),
    }
}

/// Compares as decimals do: positive numbers of up to 64 bits, as nearly all are, in one step.
#[inline]
fn order(a: Decimal, b: Decimal) -> Ordering {
    let (Some(x), Some(y)) = (plain(a), plain(b)) else { return a.cmp(&b) };
    if a.scale() == b.scale() {
        return x.cmp(&y);
    }
    let zeros = |value: u64, by: u32| {
        // 64 bits times 18 zeros are 124 bits.
        Some(u128::from(value) * u128::from(tens(by)?.unsigned_abs()))
    };
    let order = if a.scale() < b.scale() {
        zeros(x, b.scale() - a.scale()).map(|x| x.cmp(&u128::from(y)))
    } else {
        zeros(y, a.scale() - b.scale()).map(|y| u128::from(x).cmp(&y))
    };
    order.unwrap_or_else(|| a.cmp(&b))
}

/// The digits of a number of 0 or more, where they have up to 64 bits.
#[inline]
fn plain(value: Decimal) -> Option<u64> {
    let parts = value.unpack();
    let digits = u64::from(parts.mid) << u32::BITS | u64::from(parts.lo);
    (parts.hi == 0 && !parts.negative).then_some(digits)
}

/// The digits of a number, where they have up to 63 bits.
#[inline]
pub(crate) fn narrow(value: Decimal) -> Option<i64> {
    let parts = value.unpack();
    let digits = u64::from(parts.mid) << u32::BITS | u64::from(parts.lo);
    let digits = i64::try_from(digits).ok().filter(|_| parts.hi == 0)?;
    Some(if parts.negative { -digits } else { digits })
}

/// 10 to a power of up to 18.
#[inline]
pub(crate) fn tens(power: u32) -> Option<i64> {
    TENS.get(power as usize).copied()
}

/// So many units of the last digit behind the point, without zeros at the end; at most 28 digits.
#[inline]
pub(crate) fn of_units(units: i64, mut digits: u32) -> Decimal {
    let mut size = units.unsigned_abs();
    while digits > 0 && size.is_multiple_of(10) {
        (size, digits) = (size / 10, digits - 1);
    }
    let half = |bits: u64| u32::try_from(bits & u64::from(u32::MAX)).unwrap_or(u32::MAX);
    Decimal::from_parts(half(size), half(size >> u32::BITS), 0, units < 0, digits)
}

/// The exact sum of two numbers of up to 64 bits; of others, and where digits are lost, `None`.
#[inline]
fn quick_sum(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (x, y) = (narrow(a)?, narrow(b)?);
    let (less, more) = if a.scale() < b.scale() { (x, y) } else { (y, x) };
    let (tens, scale) = (tens(a.scale().abs_diff(b.scale()))?, a.scale().max(b.scale()));
    if let Some(sum) = less.checked_mul(tens).and_then(|less| less.checked_add(more)) {
        return Some(of_units(sum, scale));
    }
    // 64 bits times 18 zeros are 123 bits.
    let sum = i128::from(less) * i128::from(tens) + i128::from(more);
    Decimal::try_from_i128_with_scale(sum, scale).ok()
}

/// The exact product of two numbers of up to 64 bits; of others, and where digits are lost, `None`.
#[inline]
fn quick_product(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (x, y) = (i128::from(narrow(a)?), i128::from(narrow(b)?));
    Decimal::try_from_i128_with_scale(x * y, a.scale() + b.scale()).ok()
}

/// What [`Decimal::to_f64`] gives, to the last bit: digits of up to 64 bits need no wider divisions.
#[inline]
pub(crate) fn signal(value: Decimal) -> f64 {
    match (narrow(value), tens(value.scale())) {
        // What is rounded below is then these digits again, and the last division is all that is left.
        (Some(digits), Some(whole)) if digits.unsigned_abs() < PLAIN_DIGITS => {
            digits as f64 / whole as f64
        }
        _ => long_signal(value),
    }
}

/// The same of numbers with more digits.
fn long_signal(value: Decimal) -> f64 {
    let exact = || value.to_f64().unwrap_or(f64::NAN);
    let whole = TENS.get(value.scale() as usize).filter(|whole| **whole > 1);
    let (Ok(digits), Some(whole)) = (i64::try_from(value.mantissa()), whole) else {
        return exact();
    };
    let (digits, whole) = (digits.unsigned_abs(), whole.unsigned_abs());
    let (integral, part) = ((digits / whole) as f64, (digits % whole) as f64);
    let round_to = whole as f64;
    let size = if part == 0.0 {
        integral
    } else {
        // Halves away from zero: what is cut off is exact.
        let scaled = (integral + part / round_to) * round_to;
        let cut = scaled.to_u64().map_or(scaled, |cut| cut as f64);
        (if scaled - cut >= 0.5 { cut + 1.0 } else { cut }) / round_to
    };
    if value.is_sign_negative() { -size } else { size }
}

/// Three roundings of a double lose less than half of such a number's last digit.
const PLAIN_DIGITS: u64 = 1 << 48;

const TENS: [i64; 19] = {
    let (mut tens, mut at) = ([1_i64; 19], 1);
    while at < 19 {
        tens[at] = tens[at - 1] * 10;
        at += 1;
    }
    tens
};

/// Declares one exact amount: its range, its text form and its own arithmetic.
macro_rules! amount {
    ($(#[$doc:meta])* $name:ident, $rule:literal, $ok:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $name(Decimal);

        impl Ord for $name {
            #[inline]
            fn cmp(&self, other: &Self) -> Ordering {
                order(self.0, other.0)
            }
        }

        impl PartialOrd for $name {
            #[inline]
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl PartialEq for $name {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                // None has zeros at its end, so the same number is the same digits.
                self.0.serialize() == other.0.serialize()
            }
        }

        impl Eq for $name {}

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.0.hash(state);
            }
        }

        impl $name {
            /// Takes a decimal that is already exact.
            ///
            /// # Errors
            /// [`NumError::OutOfRange`] outside the type's range.
            #[inline]
            pub fn new(value: Decimal) -> Result<Self, NumError> {
                let allowed: fn(&Decimal) -> bool = $ok;
                if allowed(&value) { Ok(Self(normal(value))) } else { Err(Self::refused(value)) }
            }

            #[cold]
            fn refused(value: Decimal) -> NumError {
                NumError::OutOfRange {
                    what: stringify!($name),
                    value: value.to_string(),
                    rule: $rule,
                }
            }

            /// Reads a plain decimal number; text that would have to be rounded is an error.
            ///
            /// # Errors
            /// [`NumError::NotExact`] when the text is no exact decimal, else as [`Self::new`].
            pub fn parse(text: &str) -> Result<Self, NumError> {
                let value = Decimal::from_str_exact(text).map_err(|_| NumError::NotExact {
                    what: stringify!($name),
                    text: text.to_owned(),
                })?;
                Self::new(value)
            }

            /// The exact decimal inside.
            pub const fn get(self) -> Decimal {
                self.0
            }

            /// The same as a signal, for figures and ratios.
            #[inline]
            pub fn signal(self) -> f64 {
                signal(self.0)
            }

            /// Whether it is exactly nothing.
            pub fn is_zero(self) -> bool {
                self.0.is_zero()
            }

            /// The sum.
            ///
            /// # Errors
            /// When the sum leaves the type's range.
            pub fn plus(self, other: Self) -> Result<Self, NumError> {
                let what = concat!(stringify!($name), " sum");
                let sum = quick_sum(self.0, other.0).or_else(|| self.0.checked_add(other.0));
                Self::new(sum.ok_or(NumError::Overflow { what })?)
            }

            /// The difference.
            ///
            /// # Errors
            /// When the difference leaves the type's range.
            pub fn minus(self, other: Self) -> Result<Self, NumError> {
                let what = concat!(stringify!($name), " difference");
                Self::new(self.0.checked_sub(other.0).ok_or(NumError::Overflow { what })?)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = NumError;

            fn from_str(text: &str) -> Result<Self, NumError> {
                Self::parse(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                let value = input.deserialize_any(ExactVisitor(stringify!($name)))?;
                Self::new(value).map_err(de::Error::custom)
            }
        }
    };
}

amount!(
    /// A price: units of the quote currency for one unit of the base currency, above 0.
    Price, "a price is above 0", |v| v.is_sign_positive() && !v.is_zero()
);
amount!(
    /// An amount of a base currency (BTC in BTC-USD), 0 or more.
    BaseQty, "a quantity is 0 or more", |v| v.is_sign_positive() || v.is_zero()
);
amount!(
    /// An amount of a quote currency (USD in BTC-USD, USDC in BTC-USDC); may be negative.
    QuoteAmt, "any exact amount", |_| true
);
amount!(
    /// A change or a balance in any one currency, cash or coin; may be negative.
    Amount, "any exact amount", |_| true
);
amount!(
    /// A value in US dollars; may be negative.
    Usd, "any exact amount", |_| true
);
amount!(
    /// Basis points, hundredths of a percent, 0 or more.
    Bps, "basis points are 0 or more", |v| v.is_sign_positive() || v.is_zero()
);
amount!(
    /// Percent points (5 is five percent), 0 or more.
    Pct, "percent points are 0 or more", |v| v.is_sign_positive() || v.is_zero()
);

impl Price {
    /// So many units of the last of these digits behind the point: 42 with one digit is 4.2.
    ///
    /// # Errors
    /// [`NumError::OutOfRange`]: a price is above 0 and has at most 28 digits behind its point.
    #[inline]
    pub fn of_units(units: i64, digits: u32) -> Result<Self, NumError> {
        if units <= 0 || digits > Decimal::MAX_SCALE {
            return Err(Self::no_units(units, digits));
        }
        Ok(Self(of_units(units, digits)))
    }

    #[cold]
    fn no_units(units: i64, digits: u32) -> NumError {
        let rule = "a price is above 0 and has at most 28 digits behind its point";
        NumError::OutOfRange { what: "Price", value: format!("{units} / 10^{digits}"), rule }
    }

    /// The value of a quantity at this price.
    ///
    /// # Errors
    /// [`NumError::Overflow`] beyond the range of exact decimals.
    pub fn times(self, qty: BaseQty) -> Result<QuoteAmt, NumError> {
        let value = quick_product(self.0, qty.0).or_else(|| self.0.checked_mul(qty.0));
        QuoteAmt::new(value.ok_or(NumError::Overflow { what: "price × quantity" })?)
    }
}

impl Price {
    /// Digits behind the point of a [`Self::attos`].
    const ATTO_DIGITS: u32 = 18;

    /// The price in units of 10⁻¹⁸, for one who compares a price with many bounds: they are in the
    /// order of their prices. `None` where it has too many digits.
    #[inline]
    pub fn attos(self) -> Option<u128> {
        let digits = u64::try_from(self.0.mantissa()).ok()?;
        let zeros = tens(Self::ATTO_DIGITS.checked_sub(self.0.scale())?)?;
        // 64 bits times 18 zeros are 124 bits.
        Some(u128::from(digits) * u128::from(zeros.unsigned_abs()))
    }
}

impl QuoteAmt {
    /// No money.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Its value in dollars when one unit of the currency counts as one dollar.
    pub const fn usd_at_par(self) -> Usd {
        Usd(self.0)
    }
}

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);
}

impl BaseQty {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);
}

impl Usd {
    /// No dollars.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// The given share of this value.
    ///
    /// # Errors
    /// [`NumError::Overflow`] beyond the range of exact decimals.
    pub fn percent(self, share: Pct) -> Result<Self, NumError> {
        let value = self.0.checked_mul(share.0).and_then(|v| v.checked_div(Decimal::ONE_HUNDRED));
        Self::new(value.ok_or(NumError::Overflow { what: "percent of an amount" })?)
    }
}

impl Pct {
    /// No percent.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// Digits kept behind the point when a signal becomes a percentage.
    pub const SIGNAL_DIGITS: u32 = 6;

    /// The crossing from a signal to an exact share, rounded towards less risk: down, at
    /// [`Self::SIGNAL_DIGITS`] digits. What lies within 10⁻⁹ below a representable value counts as
    /// that value, so that `3.0 * (7.0 / 12.0)` is 1.75 and not 1.749999.
    ///
    /// # Errors
    /// [`NumError`] when the signal is not finite, negative or too large.
    pub fn floor_signal(signal: f64) -> Result<Self, NumError> {
        let refused = || NumError::NotExact { what: "Pct", text: signal.to_string() };
        if !signal.is_finite() || signal < 0.0 {
            return Err(refused());
        }
        let step = Decimal::new(1, Self::SIGNAL_DIGITS);
        Self::new(quantize(signal + 1e-9, step, Round::Down).map_err(|_| refused())?)
    }
}

/// Reads text or a plain number; a float is taken by its shortest decimal text, so that `100.1` in
/// a file is 100.1.
struct ExactVisitor(&'static str);

impl Visitor<'_> for ExactVisitor {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an exact decimal number for {}", self.0)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
        Decimal::from_str_exact(text)
            .map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Decimal, E> {
        Ok(Decimal::from(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Decimal, E> {
        Ok(Decimal::from(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Decimal, E> {
        Decimal::from_str_exact(&value.to_string())
            .map_err(|_| E::invalid_value(de::Unexpected::Float(value), &self))
    }
}
