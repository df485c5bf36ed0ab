//! Names that only orders have.

use crate::wire::names;

names! {
    /// Whether a fill rested or took.
    LiquidityIndicator {
        /// Not given.
        Unknown = "UNKNOWN_LIQUIDITY_INDICATOR",
        /// It rested.
        Maker = "MAKER",
        /// It took.
        Taker = "TAKER",
    }
}

names! {
    /// Whether an order may be routed to several books.
    SorPreference {
        /// Not given.
        Unspecified = "SOR_PREFERENCE_UNSPECIFIED",
        /// It may.
        Enabled = "SOR_ENABLED",
        /// It may not.
        Disabled = "SOR_DISABLED",
    }
}
