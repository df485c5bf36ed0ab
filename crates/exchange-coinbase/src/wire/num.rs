//! Exact numbers. The functions are for `#[serde(with = …)]`.

use core::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;

/// The longest text that is looked at as a number.
const LONGEST: usize = 64;

/// Reads a decimal number exactly: plain digits, or with an exponent as JSON numbers may have. What
/// would have to be rounded is an error.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn exact(text: &str) -> Result<Decimal, String> {
    let not_exact = || {
        let shown: String = text.chars().take(LONGEST).collect();
        format!("{shown:?} is not an exact decimal number")
    };
    if text.len() > LONGEST || !text.bytes().any(|b| b.is_ascii_digit()) || text.contains('_') {
        return Err(not_exact());
    }
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return Decimal::from_str_exact(text).map_err(|_| not_exact());
    };
    let mantissa = Decimal::from_str_exact(mantissa).map_err(|_| not_exact())?;
    let exponent: i32 = exponent.parse().map_err(|_| not_exact())?;
    scaled(mantissa.normalize(), exponent).ok_or_else(not_exact)
}

/// `value × 10^exponent`, or nothing when that is not exact.
fn scaled(value: Decimal, exponent: i32) -> Option<Decimal> {
    let scale = i32::try_from(value.scale()).ok()?.checked_sub(exponent)?;
    if value.is_zero() {
        return Some(Decimal::ZERO);
    }
    if scale >= 0 {
        return Decimal::try_from_i128_with_scale(value.mantissa(), u32::try_from(scale).ok()?)
            .ok();
    }
    let tens = 10_i128.checked_pow(u32::try_from(scale.checked_neg()?).ok()?)?;
    Decimal::try_from_i128_with_scale(value.mantissa().checked_mul(tens)?, 0).ok()
}

struct Text(&'static str);

impl de::Visitor<'_> for Text {
    type Value = Option<Decimal>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as text", self.0)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.is_empty() { Ok(None) } else { exact(text).map(Some).map_err(E::custom) }
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// A number as text that must be there. For `#[serde(with = "num::text")]`.
pub mod text {
    use super::{Decimal, Deserializer, Serializer, Text, de};

    /// Reads it.
    ///
    /// # Errors
    /// When it is empty or not exact.
    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Decimal, D::Error> {
        let found = input.deserialize_str(Text("an exact decimal number"))?;
        found.ok_or_else(|| de::Error::custom("an exact decimal number is missing (empty text)"))
    }

    /// Writes it.
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<S: Serializer>(value: &Decimal, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(value)
    }
}

/// A number as text that may be unset: empty, `null` or (with `default`) absent.
pub mod option_text {
    use super::{Decimal, Deserializer, Serializer, Text};

    /// Reads it.
    ///
    /// # Errors
    /// When it is not exact.
    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Decimal>, D::Error> {
        input.deserialize_any(Text("an exact decimal number, or nothing,"))
    }

    /// Writes it.
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<S: Serializer>(value: &Option<Decimal>, out: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => out.collect_str(value),
            None => out.serialize_str(""),
        }
    }
}

/// A JSON number (or text) that may be unset, read from its digits.
pub mod option_digits {
    use super::{Decimal, Deserialize, Deserializer, RawValue, de, digits_of};

    /// Reads it.
    ///
    /// # Errors
    /// When it is not exact.
    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Decimal>, D::Error> {
        let raw = Box::<RawValue>::deserialize(input)?;
        digits_of(&raw).map_err(de::Error::custom)
    }
}

fn digits_of(raw: &RawValue) -> Result<Option<Decimal>, String> {
    let text = raw.get();
    let text = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text);
    if text.is_empty() || text == "null" { Ok(None) } else { exact(text).map(Some) }
}

/// A whole number, as JSON number or as text.
pub mod whole {
    use super::{Deserialize, Deserializer, RawValue, de};

    /// Reads it.
    ///
    /// # Errors
    /// When it is no whole number.
    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<i64, D::Error> {
        let raw = Box::<RawValue>::deserialize(input)?;
        let text = raw.get().trim_matches('"');
        text.parse().map_err(|_| {
            let shown: String = text.chars().take(40).collect();
            de::Error::custom(format!("{shown:?} is not a whole number"))
        })
    }
}

/// A descriptive number (a percentage, a spread, a market cap): kept as the venue wrote it, and
/// exact for whoever asks. One that is unreadable does not spoil the record it stands in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Figure(String);

impl Figure {
    /// The venue's text; empty when unset.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number, if there is one and it is exact.
    pub fn exact(&self) -> Option<Decimal> {
        exact(&self.0).ok()
    }
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Any;
        impl de::Visitor<'_> for Any {
            type Value = Figure;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number as text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Figure, E> {
                Ok(Figure(text.chars().take(LONGEST).collect()))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Figure, E> {
                Ok(Figure::default())
            }
        }
        input.deserialize_any(Any)
    }
}

/// A descriptive number that is a JSON number. For `#[serde(deserialize_with = …)]`.
///
/// # Errors
/// When it is neither number nor text.
pub fn figure<'de, D: Deserializer<'de>>(input: D) -> Result<Figure, D::Error> {
    let raw = Box::<RawValue>::deserialize(input)?;
    let text = raw.get();
    if text.starts_with(['{', '[', 't', 'f']) {
        return Err(de::Error::custom("a number is due"));
    }
    let text = if text == "null" { "" } else { text.trim_matches('"') };
    Ok(Figure(text.chars().take(LONGEST).collect()))
}
