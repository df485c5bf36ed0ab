//! The two prices of an order that rests at the venue and protects a lot.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{ExitReason, Price};

/// How far below its stop the venue's own limit lies once the stop is reached, percent
/// (Coinbase's documentation of bracket orders: 5 %).
const SLACK_PCT: Decimal = Decimal::from_parts(5, 0, 0, false, 0);

/// A stop and a target under one order: the venue sells at one of them, whichever comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Bracket {
    /// At or below this last trade it sells, 5 % below it at the worst.
    pub stop: Price,
    /// It rests at this limit until then.
    pub target: Price,
}

impl Bracket {
    /// The lowest price that it can sell at: 5 % below its stop, on the increment below that. `None`
    /// where nothing is left of it, or beyond exact decimals.
    pub fn lowest(self, increment: Decimal) -> Option<Price> {
        let kept =
            Decimal::ONE_HUNDRED.checked_sub(SLACK_PCT)?.checked_div(Decimal::ONE_HUNDRED)?;
        let exact = self.stop.get().checked_mul(kept)?;
        let steps = exact.checked_div(increment)?.floor();
        Price::new(steps.checked_mul(increment)?).ok()
    }

    /// Why it sold at a price: its target can only be met or bettered.
    pub fn sold_by(self, price: Price) -> ExitReason {
        if price >= self.target { ExitReason::TakeProfit } else { ExitReason::StopLoss }
    }
}
