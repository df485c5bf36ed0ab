//! What orders are made of, as only the venue sees it.

use domain::{Bps, Price, Timestamp};
use rust_decimal::Decimal;

use super::draft::StopDirection;

/// What an order is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Takes at once up to a band, base units or money with fees inside.
    Market { amount: Amount, band: Price },
    /// A limit order.
    Limit { remainder: Remainder, post_only: bool },
    /// A limit order behind a stop.
    Stop { direction: StopDirection },
    /// A take-profit that rests, and a stop.
    Bracket,
    /// Several limit orders.
    Ladder,
    /// Limit orders one after the other: the first at a time, the next each so many milliseconds.
    Slices { start: Timestamp, every: i64 },
}

/// How much a market order takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Amount {
    /// Base units.
    Base(Decimal),
    /// Quote units with fees inside.
    Spend(Decimal),
}

/// What becomes of that part of a limit order which does not take at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remainder {
    /// It rests.
    Rests,
    /// It is cancelled.
    Cancelled,
    /// There must be none.
    Forbidden,
}

/// A limit order within an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Leg {
    /// Its limit.
    pub(crate) price: Price,
    /// Base units to fill.
    pub(crate) left: Decimal,
    /// Whether it must not take.
    pub(crate) post_only: bool,
    /// Its number in line while it rests, and since when.
    pub(crate) line: Option<(u64, Timestamp)>,
}

/// Fee rates of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rates {
    pub(crate) maker: Bps,
    pub(crate) taker: Bps,
}

impl Rates {
    /// What is held back for.
    pub(crate) fn worst(self) -> Bps {
        self.maker.max(self.taker)
    }
}

/// Checked values of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Amended {
    pub(crate) price: Price,
    /// The new whole size.
    pub(crate) size: Decimal,
    pub(crate) stop: Option<Price>,
}
