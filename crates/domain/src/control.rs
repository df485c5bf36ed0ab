//! Who may trade at all.

use serde::{Deserialize, Serialize};

/// What the bot may do, from everything to nothing. Ordered: later is stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ControlState {
    /// Entries and exits.
    Active,
    /// Exits only.
    ReduceOnly,
    /// Nothing but an operator's flatten.
    Halted,
}

/// Something that happened and keeps entries shut until it is over or resumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Latch {
    /// An operator's kill.
    Kill,
    /// Loss of the UTC day; ends with it.
    DailyStop,
    /// Loss of the week from Monday; ends with it.
    WeeklyStop,
    /// Drawdown from the peak; until resumed.
    MaxDrawdown,
    /// The same execution repeated; until resumed.
    ExecutionThrottle,
    /// Reconciliation found something that a person must see.
    Reconciliation,
    /// For too long nobody has known whether the venue has an order; until it is known.
    UnknownOrder,
    /// The wire shut itself for orders, since something was to be sent that is not on record so; until
    /// resumed, and a process sends again only after a new start.
    WireShut,
    /// Something that no trade can mend, such as foreign orders in a portfolio of our own: nothing
    /// but a flatten sells; until resumed.
    Halt,
}

impl ControlState {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::ReduceOnly => "REDUCE_ONLY",
            Self::Halted => "HALTED",
        }
    }
}

impl Latch {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::DailyStop => "daily_stop",
            Self::WeeklyStop => "weekly_stop",
            Self::MaxDrawdown => "max_drawdown",
            Self::ExecutionThrottle => "execution_throttle",
            Self::Reconciliation => "reconciliation",
            Self::UnknownOrder => "unknown_order",
            Self::WireShut => "wire_shut",
            Self::Halt => "halt",
        }
    }
}
