//! The policy, read from its text alone.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Asset, Fees, PolicyFact, Tier};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::num::{Exact as _, Num};

/// Whatever no cluster names.
const OTHER: &str = "OTHER";

/// A policy's values by dotted key, as one boot put it on record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Policy {
    pub(crate) hash: String,
    /// Whether the text is the one that the hash names.
    pub(crate) genuine: bool,
    numbers: BTreeMap<String, Num>,
    words: BTreeMap<String, String>,
    flags: BTreeMap<String, bool>,
    pub(crate) purses: BTreeSet<String>,
    clusters: BTreeMap<Asset, String>,
    /// The larger of the configured fee rates, basis points.
    pub(crate) fee_bps: Option<Num>,
}

impl Policy {
    pub(crate) fn of(fact: &PolicyFact) -> Self {
        let mut policy = Self {
            hash: fact.hash.0.clone(),
            genuine: hex(&Sha256::digest(fact.text.as_bytes())) == fact.hash.0,
            fee_bps: worst_fee(fact.fees),
            ..Self::default()
        };
        for (name, assets) in &fact.clusters {
            for asset in assets {
                policy.clusters.entry(*asset).or_insert_with(|| name.clone());
            }
        }
        if let Ok(value) = serde_json::from_str::<Value>(&fact.text) {
            policy.read("", &value);
        }
        policy
    }

    fn read(&mut self, key: &str, value: &Value) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let dot = if key.is_empty() { "" } else { "." };
                    self.read(&format!("{key}{dot}{name}"), value);
                }
            }
            Value::Number(number) => self.number(key, &number.to_string()),
            Value::String(text) => {
                self.number(key, text);
                self.words.insert(key.to_owned(), text.clone());
            }
            Value::Bool(flag) => {
                self.flags.insert(key.to_owned(), *flag);
            }
            Value::Array(items) if key == "orders.quote_preference" => {
                self.purses.extend(items.iter().filter_map(Value::as_str).map(str::to_owned));
            }
            Value::Array(_) | Value::Null => {}
        }
    }

    fn number(&mut self, key: &str, text: &str) {
        if let Some(number) = Num::parse(text) {
            self.numbers.insert(key.to_owned(), number);
        }
    }

    /// The number of a key; `None` when the text has none there.
    pub(crate) fn get(&self, key: &str) -> Option<Num> {
        self.numbers.get(key).copied()
    }

    /// The number of a key for a tier.
    pub(crate) fn tier(&self, key: &str, tier: Tier) -> Option<Num> {
        self.get(&format!("{key}.{tier}"))
    }

    /// Whether a key says this word.
    pub(crate) fn says(&self, key: &str, word: &str) -> bool {
        self.words.get(key).is_some_and(|said| said == word)
    }

    /// Whether a switch is on.
    pub(crate) fn on(&self, key: &str) -> bool {
        self.flags.get(key).copied().unwrap_or(false)
    }

    /// The cluster of an asset.
    pub(crate) fn cluster(&self, asset: &Asset) -> &str {
        self.clusters.get(asset).map_or(OTHER, String::as_str)
    }

    /// The cap of a cluster; one without a cap of its own has that of `OTHER`.
    pub(crate) fn cluster_cap(&self, name: &str) -> Option<Num> {
        let cap = |name: &str| self.get(&format!("caps.clusters_pct.{name}"));
        cap(name).or_else(|| cap(OTHER))
    }
}

/// The larger of two rates, basis points.
pub(crate) fn worst_fee(fees: Fees) -> Option<Num> {
    Some(fees.maker_bps.num()?.max(fees.taker_bps.num()?))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        for nibble in [byte >> 4, byte & 0xf] {
            text.extend(char::from_digit(u32::from(nibble), 16));
        }
        text
    })
}
