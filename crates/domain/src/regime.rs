//! The market's weather in one word.

use core::fmt;

use serde::{Deserialize, Serialize};

/// What the market as a whole is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Regime {
    /// Rising, calmly.
    Bull,
    /// Neither here nor there.
    Chop,
    /// Falling.
    Bear,
    /// Falling fast, or too wild.
    Crash,
    /// Not known: no entries.
    Unknown,
}

impl Regime {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Bull, Self::Chop, Self::Bear, Self::Crash, Self::Unknown];

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bull => "bull",
            Self::Chop => "chop",
            Self::Bear => "bear",
            Self::Crash => "crash",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Regime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
