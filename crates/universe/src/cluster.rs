//! Groups of assets that tend to move together.

use core::fmt;
use core::str::FromStr;

use domain::{Asset, IdError};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const OTHER: &str = "OTHER";

/// The name of a cluster, such as `LAYER1`; written like an asset. `Copy`, no heap.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClusterName(Option<Asset>);

impl ClusterName {
    /// The cluster of everything that no other cluster lists.
    pub const OTHER: Self = Self(None);

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_ref().map_or(OTHER, Asset::as_str)
    }
}

impl FromStr for ClusterName {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text == OTHER {
            return Ok(Self::OTHER);
        }
        let named = text.parse().map_err(|error: IdError| IdError {
            what: "a cluster",
            rule: "1 to 16 upper-case letters or digits, such as LAYER1",
            ..error
        })?;
        Ok(Self(Some(named)))
    }
}

impl fmt::Display for ClusterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for ClusterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ClusterName {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ClusterName {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl ClusterName {
    /// What a key may be where a cluster is meant.
    pub(crate) fn schema() -> schemars::Schema {
        schemars::json_schema!({ "format": "cluster", "pattern": "^[A-Z0-9._]{1,16}$" })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ClusterName {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ClusterName".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "cluster" })
    }
}
