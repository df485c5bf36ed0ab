//! Moments with the venue's full precision.

use core::fmt;
use core::str::FromStr;

use domain::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A moment in UTC, in nanoseconds: order and trade times have micro-, envelopes nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(jiff::Timestamp);

/// A text that is no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a time: RFC 3339 is due, such as 2026-03-01T12:00:00.000001Z")]
pub struct MomentError {
    /// What was found (shortened).
    pub text: String,
}

impl Moment {
    /// The moment in milliseconds, rounded down.
    pub fn at(self) -> Timestamp {
        let nanos = self.0.as_nanosecond();
        Timestamp::from_millis(i64::try_from(nanos.div_euclid(1_000_000)).unwrap_or(i64::MAX))
    }

    /// Nanoseconds since 1970.
    pub fn nanos(self) -> i128 {
        self.0.as_nanosecond()
    }

    /// The moment of a whole number of milliseconds; `None` outside the years -9999 to 9999.
    pub fn from_timestamp(at: Timestamp) -> Option<Self> {
        jiff::Timestamp::from_millisecond(at.millis()).ok().map(Self)
    }

    /// Go's zero time, which Coinbase's streams send for "unset".
    fn is_unset(self) -> bool {
        self.0.as_second() <= -62_135_596_800
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        text.parse().map(Self).map_err(|_| MomentError { text: text.chars().take(64).collect() })
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

struct Reader;

impl de::Visitor<'_> for Reader {
    type Value = Option<Moment>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time in RFC 3339")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.is_empty() {
            return Ok(None);
        }
        let moment: Moment = text.parse().map_err(E::custom)?;
        Ok((!moment.is_unset()).then_some(moment))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_str(Reader)?.ok_or_else(|| de::Error::custom("a time is missing"))
    }
}

/// A time that may be unset: `null`, empty, Go's zero time, or (with `default`) absent. For
/// `#[serde(deserialize_with = …)]`.
///
/// # Errors
/// When the text is no time.
pub fn option<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Moment>, D::Error> {
    input.deserialize_any(Reader)
}
