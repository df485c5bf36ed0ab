//! Whose money, in which mode.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{Asset, Bps, QuoteAmt};

/// What happens to an approved order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Mode {
    /// It is recorded, and nothing else.
    DryRun,
    /// It trades a simulated account.
    Paper,
    /// It goes to the venue.
    Live,
}

impl Mode {
    /// As in summaries: `DRY_RUN`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DryRun => "DRY_RUN",
            Self::Paper => "PAPER",
            Self::Live => "LIVE",
        }
    }

    /// As on the command line and in paths: `dry-run`.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::DryRun => "dry-run",
            Self::Paper => "paper",
            Self::Live => "live",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The account that facts belong to: a portfolio's uuid, `public` (Coinbase without a key),
/// `rehearsal-<port>`, `recorded` or `seed-<n>`. Facts of two accounts never mix.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountId(pub String);

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Free money in one currency; what holds have taken is already out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purse {
    /// The currency.
    pub asset: Asset,
    /// What an order could use now.
    pub available: QuoteAmt,
    /// What own orders hold back.
    pub held: QuoteAmt,
}

/// Fee rates of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fees {
    /// For orders that rested.
    pub maker_bps: Bps,
    /// For orders that took.
    pub taker_bps: Bps,
}
