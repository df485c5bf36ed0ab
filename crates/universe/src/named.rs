//! What the policy or the operator says about single products for a while.

use domain::{ProductId, Timestamp};
use serde::{Deserialize, Serialize};

/// A reason to trade a tier-3 product; active while now is before `until`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Whose.
    pub product: ProductId,
    /// What happens.
    pub kind: EventKind,
    /// When it stops being a reason.
    pub until: Timestamp,
    /// Where a person can read about it; at least one.
    #[cfg_attr(feature = "schema", schemars(extend("minItems" = 1)))]
    pub sources: Vec<String>,
}

/// What can make a small market worth trading for days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// It starts trading somewhere that matters.
    Listing,
    /// Its protocol changes.
    Upgrade,
    /// Somebody large starts using it.
    Partnership,
    /// A court or a regulator decides.
    Regulatory,
    /// Locked tokens become free.
    TokenUnlock,
    /// Tokens are given away.
    Airdrop,
}

/// A ban on one product; active while now is before `until`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// Which.
    pub product: ProductId,
    /// When it ends.
    pub until: Timestamp,
    /// Why, for a person.
    pub reason: String,
}
