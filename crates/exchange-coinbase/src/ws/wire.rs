//! Reading JSON strictly: texts in place, numbers exact, unknown fields ignored.

use core::fmt;
use core::marker::PhantomData;
use core::str::FromStr;
use std::borrow::Cow;

use domain::{BaseQty, Price};
use rust_decimal::Decimal;
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A JSON text, borrowed from the frame unless it is escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Any<'a>(PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for Any<'a> {
            type Value = Text<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Text<'a>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<'a>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        input.deserialize_str(Any(PhantomData))
    }
}

/// Everything that a frame may have on its outside.
#[derive(Debug, Deserialize)]
pub(super) struct Outside<'a> {
    #[serde(borrow, default)]
    pub(super) channel: Option<Text<'a>>,
    #[serde(borrow, default, rename = "type")]
    pub(super) kind: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) message: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) timestamp: Option<Text<'a>>,
    #[serde(default)]
    pub(super) sequence_num: Option<u64>,
    #[serde(borrow, default)]
    pub(super) events: Option<&'a RawValue>,
}

/// Reads a text as `T`; a number where a text belongs is an error.
pub(super) fn parsed<'de, D, T>(input: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    struct Parse<T>(PhantomData<T>);
    impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Parse<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(de::Error::custom)
        }
    }
    input.deserialize_str(Parse(PhantomData))
}

/// Reads a text as `T`, where an empty text says that there is none.
pub(super) fn parsed_or_empty<'de, D, T>(input: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    let text = Text::deserialize(input)?;
    if text.0.is_empty() {
        return Ok(None);
    }
    text.0.parse().map(Some).map_err(de::Error::custom)
}

/// A price, where an empty text or 0 says that there is none.
pub(super) fn sensible<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Price>, D::Error> {
    let amount: Option<BaseQty> = parsed_or_empty(input)?;
    let price = amount.filter(|amount| !amount.is_zero()).map(|amount| Price::new(amount.get()));
    price.transpose().map_err(de::Error::custom)
}

/// Any exact number, where an empty text says that there is none.
pub(super) fn exact<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Decimal>, D::Error> {
    let text = Text::deserialize(input)?;
    if text.0.is_empty() {
        return Ok(None);
    }
    Decimal::from_str_exact(&text.0).map(Some).map_err(de::Error::custom)
}

/// A counter that the venue sends as a number and documents as a text.
pub(super) fn counter<'de, D: Deserializer<'de>>(input: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either<'a> {
        Number(u64),
        #[serde(borrow)]
        Digits(Text<'a>),
    }
    match Either::deserialize(input)? {
        Either::Number(number) => Ok(number),
        Either::Digits(text) => text.0.parse().map_err(de::Error::custom),
    }
}

/// A yes or no that the venue sends as a text, or as itself.
pub(super) fn flag<'de, D: Deserializer<'de>>(input: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either<'a> {
        Flag(bool),
        #[serde(borrow)]
        Word(Text<'a>),
    }
    match Either::deserialize(input)? {
        Either::Flag(flag) => Ok(flag),
        Either::Word(text) if text.0.eq_ignore_ascii_case("true") => Ok(true),
        Either::Word(text) if text.0.eq_ignore_ascii_case("false") || text.0.is_empty() => {
            Ok(false)
        }
        Either::Word(text) => {
            let found = de::Unexpected::Str(&text.0);
            Err(de::Error::invalid_value(found, &"true or false"))
        }
    }
}

/// A message that we send.
#[derive(Debug, Serialize)]
pub(super) struct Sent<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'a str,
    pub(super) channel: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) product_ids: &'a [domain::ProductId],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) jwt: Option<&'a str>,
}
