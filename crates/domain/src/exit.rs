//! What was bought, and how it will be left.

use serde::{Deserialize, Serialize};

use crate::{Asset, BaseQty, IntentId, Pct, Price, ProductId, Timestamp};

/// A lot is named by the intent that opened it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LotId(pub IntentId);

/// Stop, target and time: they travel in the order intent and live with the lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExitPlan {
    /// Sell when the bid is this far below the average fill price, percent.
    pub stop_pct: Pct,
    /// Sell when the bid is this far above it, percent.
    pub target_pct: Pct,
    /// Sell after so many hours.
    pub max_hold_hours: u32,
}

/// Base units the bot bought (or was given) at one average price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    /// Which.
    pub id: LotId,
    /// The product it was bought on.
    pub product: ProductId,
    /// The base currency; risk and ledger go by this.
    pub asset: Asset,
    /// What is left of it.
    pub qty: BaseQty,
    /// Average fill price without fees.
    pub average_price: Price,
    /// When its first fill came.
    pub opened: Timestamp,
    /// How it will be left.
    pub plan: ExitPlan,
    /// Highest bid seen since it was opened, for a trailing stop.
    pub best_bid: Price,
}

/// Why a lot should be sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExitReason {
    /// The bid is at or below the stop.
    StopLoss,
    /// The bid fell from its best by more than the trail.
    TrailingStop,
    /// The bid is at or above the target.
    TakeProfit,
    /// It was held long enough.
    MaxHold,
    /// The regime is a crash.
    RegimeCrash,
    /// The operator said so.
    Flatten,
    /// An order rests at the venue, to sell it at its stop or its target.
    Protection,
}

impl ExitReason {
    /// The snake_case word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StopLoss => "stop_loss",
            Self::TrailingStop => "trailing_stop",
            Self::TakeProfit => "take_profit",
            Self::MaxHold => "max_hold",
            Self::RegimeCrash => "regime_crash",
            Self::Flatten => "flatten",
            Self::Protection => "protection",
        }
    }
}
