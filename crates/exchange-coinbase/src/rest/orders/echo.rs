//! An order's configuration as the venue repeats it: whatever keys it has, old ones included.

use core::fmt;

use rust_decimal::Decimal;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::wire::{Moment, num, time};

/// The terms of an order, as far as they are given. Numbers keep the digits the client sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct EchoTerms {
    /// Size in the base currency.
    #[serde(default, deserialize_with = "num::option_digits::deserialize")]
    pub base_size: Option<Decimal>,
    /// Size in the quote currency.
    #[serde(default, deserialize_with = "num::option_digits::deserialize")]
    pub quote_size: Option<Decimal>,
    /// The worst price.
    #[serde(default, deserialize_with = "num::option_digits::deserialize")]
    pub limit_price: Option<Decimal>,
    /// Where it fires.
    #[serde(default, deserialize_with = "num::option_digits::deserialize")]
    pub stop_price: Option<Decimal>,
    /// Where a bracket stops the loss.
    #[serde(default, deserialize_with = "num::option_digits::deserialize")]
    pub stop_trigger_price: Option<Decimal>,
    /// Which way it fires.
    #[serde(default)]
    pub stop_direction: Option<String>,
    /// Whether it may only rest.
    #[serde(default)]
    pub post_only: Option<bool>,
    /// When it begins.
    #[serde(default, deserialize_with = "time::option")]
    pub start_time: Option<Moment>,
    /// When it ends.
    #[serde(default, deserialize_with = "time::option")]
    pub end_time: Option<Moment>,
    /// The rungs of a ladder.
    #[serde(default)]
    pub orders: Option<Vec<EchoTerms>>,
}

/// An order's configuration as the venue repeats it. It should have one entry; what else it has is
/// kept, so that whoever depends on it can see that it is not what was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigurationEcho(pub Vec<(String, EchoTerms)>);

impl ConfigurationEcho {
    /// The kind (such as `limit_limit_gtc`) and terms, when there is exactly one.
    pub fn single(&self) -> Option<(&str, &EchoTerms)> {
        match self.0.as_slice() {
            [(kind, terms)] => Some((kind, terms)),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for ConfigurationEcho {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = ConfigurationEcho;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an order configuration")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                /// There are twelve kinds.
                const MOST: usize = 32;
                let mut kinds = Vec::new();
                while let Some(kind) = map.next_key::<String>()? {
                    if kinds.len() < MOST {
                        if let Some(terms) = map.next_value::<Option<EchoTerms>>()? {
                            kinds.push((kind, terms));
                        }
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(ConfigurationEcho(kinds))
            }
        }
        input.deserialize_map(Reader)
    }
}
