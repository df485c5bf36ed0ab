//! The products that may be traded now.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{Exclusion, ProductId};

/// How much a product is trusted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Tier {
    /// The largest markets.
    T1,
    /// Liquid ones.
    T2,
    /// Event-driven ones.
    T3,
}

impl Tier {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::T1, Self::T2, Self::T3];

    /// `T1`, `T2` or `T3`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::T1 => "T1",
            Self::T2 => "T2",
            Self::T3 => "T3",
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One value for each tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PerTier<T> {
    /// For the largest markets.
    #[serde(rename = "T1")]
    pub t1: T,
    /// For liquid ones.
    #[serde(rename = "T2")]
    pub t2: T,
    /// For event-driven ones.
    #[serde(rename = "T3")]
    pub t3: T,
}

impl<T> PerTier<T> {
    /// The value of a tier.
    pub const fn get(&self, tier: Tier) -> &T {
        match tier {
            Tier::T1 => &self.t1,
            Tier::T2 => &self.t2,
            Tier::T3 => &self.t3,
        }
    }
}

/// A product that may be traded now.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// Which.
    pub product: ProductId,
    /// Its tier.
    pub tier: Tier,
    /// Quote volume of the last 24 closed hours, in quote units.
    pub quote_volume_24h: f64,
    /// (ask − bid) / mid, in basis points.
    pub spread_bps: f64,
    /// Value of bids and asks within 20 bps of their touch, in quote units.
    pub depth_20bps: f64,
    /// What the regime makes of a size in this tier (1 = nothing).
    pub regime_factor: f64,
}

/// Who is in, and why the others are not. Both sorted by product.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Universe {
    /// Eligible products.
    pub members: Vec<Member>,
    /// The others, each with the first test it failed.
    pub excluded: Vec<(ProductId, Exclusion)>,
}

impl Universe {
    /// The member of a product, by binary search.
    pub fn member(&self, product: &ProductId) -> Option<&Member> {
        let at = self.members.binary_search_by(|m| m.product.cmp(product)).ok()?;
        self.members.get(at)
    }
}
