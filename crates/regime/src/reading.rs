//! What a classification found.

use core::fmt;

use domain::{Absent, Regime};
use serde::{Deserialize, Serialize};

/// The regime in force, with the numbers of the newest closed hour behind it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// What holds now; it may differ from what the newest hour says on its own.
    pub regime: Regime,
    /// Last against first of 168 hourly closes, percent, when known.
    pub trend_pct: Option<f64>,
    /// Annualised volatility of the same closes, percent, when known.
    pub volatility_pct: Option<f64>,
    /// Why the regime is unknown; `None` whenever it is known.
    pub why: Option<Why>,
}

/// Nothing was read yet: unknown, for want of data.
impl Default for Reading {
    fn default() -> Self {
        Self {
            regime: Regime::Unknown,
            trend_pct: None,
            volatility_pct: None,
            why: Some(Why::NoData),
        }
    }
}

/// Why there is no regime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// There is no closed hour of BTC-USD, or its numbers are no numbers.
    NoData,
    /// Fewer than 168 closed hours.
    InsufficientHistory,
    /// One of the 168 hours is missing or touches a gap.
    DataGap,
    /// The newest closed hour is too old.
    Stale,
    /// The newest hour ends after the moment asked about: it cannot be closed yet.
    NotClosed,
}

impl Why {
    /// The snake_case word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoData => "no_data",
            Self::InsufficientHistory => "insufficient_history",
            Self::DataGap => "data_gap",
            Self::Stale => "stale",
            Self::NotClosed => "not_closed",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<Absent> for Why {
    fn from(absent: Absent) -> Self {
        match absent {
            Absent::InsufficientHistory => Self::InsufficientHistory,
            Absent::DataGap => Self::DataGap,
            Absent::UnavailableGranularity | Absent::NoVolume => Self::NoData,
        }
    }
}
