//! Orders as the venue keeps and shows them.

use std::sync::Arc;

use domain::{Asset, Price, ProductId, QuoteAmt, Side, Timestamp};
use rust_decimal::Decimal;

use super::account::AccountNo;
use super::draft::{Draft, Fields, Kind, StopDirection};
use super::ids::OrderId;
use super::parts::{Amended, Leg, Rates, Shape};

/// Where an order is in its life. A partly filled order is `OPEN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Taken, not in the book yet.
    Pending,
    /// It waits for its time to begin.
    Queued,
    /// It rests, waits for its trigger, or is filled in part.
    Open,
    /// A cancel was asked for and waits; it can still fill.
    CancelQueued,
    /// An edit was asked for and waits; it can still fill.
    EditQueued,
    /// All of it is filled, or a market order has spent what it had.
    Filled,
    /// Cancelled, with or without fills.
    Cancelled,
    /// Its time was over.
    Expired,
    /// The venue gave it up; see the reject reason.
    Failed,
}

impl Status {
    /// Coinbase's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Queued => "QUEUED",
            Self::Open => "OPEN",
            Self::CancelQueued => "CANCEL_QUEUED",
            Self::EditQueued => "EDIT_QUEUED",
            Self::Filled => "FILLED",
            Self::Cancelled => "CANCELLED",
            Self::Expired => "EXPIRED",
            Self::Failed => "FAILED",
        }
    }

    /// Whether nothing can happen to it any more.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Filled | Self::Cancelled | Self::Expired | Self::Failed)
    }
}

/// Whether a stop has woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TriggerStatus {
    /// There is no stop.
    None,
    /// It waits.
    Pending,
    /// It woke.
    Triggered,
}

impl TriggerStatus {
    /// Coinbase's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "INVALID_ORDER_TYPE",
            Self::Pending => "STOP_PENDING",
            Self::Triggered => "STOP_TRIGGERED",
        }
    }
}

/// Why the venue gave up an order that it had taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RejectReason {
    /// Its funds could not be held when its time came.
    HoldFailure,
    /// The account has too many open orders on the product.
    TooManyOpenOrders,
}

impl RejectReason {
    /// Coinbase's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HoldFailure => "HOLD_FAILURE",
            Self::TooManyOpenOrders => "TOO_MANY_OPEN_ORDERS",
        }
    }
}

/// What an accepted edit replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edited {
    /// The limit before.
    pub price: Price,
    /// The whole size before, base units.
    pub size: Decimal,
    /// When it was accepted.
    pub at: Timestamp,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The venue's name of it.
    pub id: OrderId,
    /// Its place among all orders of the venue, from 1: newest is highest.
    pub number: u64,
    /// Whose.
    pub account: AccountNo,
    /// As it came in.
    pub draft: Arc<Draft>,
    /// The product it was sent for, an alias kept.
    pub product: ProductId,
    /// Whose book it is in.
    pub book: ProductId,
    /// Buy or sell.
    pub side: Side,
    /// What kind.
    pub kind: Kind,
    /// Where it is in its life.
    pub status: Status,
    /// When it was taken.
    pub created: Timestamp,
    /// When anything about it last changed.
    pub updated: Timestamp,
    /// When it ends by itself.
    pub end_time: Option<Timestamp>,
    /// The limit now: edited, or of the leg at work. `None` for market orders.
    pub limit: Option<Price>,
    /// The stop or trigger price now.
    pub stop: Option<Price>,
    /// The whole size, in quote units where [`Order::size_in_quote`] says so, else in base units.
    pub size: Decimal,
    /// Whether the size was given in quote units.
    pub size_in_quote: bool,
    /// Whether the size has the fees inside.
    pub size_with_fees: bool,
    /// Base units filled.
    pub filled: Decimal,
    /// Their value without fees.
    pub filled_value: QuoteAmt,
    /// Fees paid, quote units.
    pub fees: QuoteAmt,
    /// How many fills.
    pub fills: u32,
    /// When the last was.
    pub last_fill: Option<Timestamp>,
    /// What it holds back: quote units of a buy, base units of a sale.
    pub hold: Decimal,
    /// Whether a cancel waits.
    pub pending_cancel: bool,
    /// Whether its stop has woken.
    pub trigger: TriggerStatus,
    /// Why the venue gave it up.
    pub reject: Option<RejectReason>,
    /// Who cancelled it, in words; empty unless cancelled.
    pub cancel_message: &'static str,
    /// What its newest five edits replaced, oldest first.
    pub edits: Vec<Edited>,
    /// The order that it is attached to.
    pub originating: Option<OrderId>,
    /// The order that is attached to it: it exists once this one has ended with fills.
    pub attached: Option<OrderId>,
    /// What it is made of.
    pub(crate) shape: Shape,
    /// Its limit orders in the book, or to be there.
    pub(crate) legs: Vec<Leg>,
    /// Fee rates of its account when it was taken.
    pub(crate) rates: Rates,
    /// What it is paid with or pays in: the other side of its product's book.
    pub(crate) quote: Asset,
    /// What it buys or sells.
    pub(crate) base: Asset,
    /// How often it was edited.
    pub(crate) edit_count: u32,
    /// Number in line of its stop while that can wake.
    pub(crate) armed: Option<u64>,
    /// Its edit that waits.
    pub(crate) waiting: Option<Amended>,
}

impl Order {
    /// The fields of its configuration.
    pub fn fields(&self) -> Option<&Fields> {
        self.draft.configurations.first().map(|c| &c.fields)
    }

    /// Value per base unit filled, rounded to 16 digits behind the point; 0 without fills.
    pub fn average_price(&self) -> Decimal {
        if self.filled.is_zero() {
            return Decimal::ZERO;
        }
        let average = self.filled_value.get().checked_div(self.filled);
        average.map_or(Decimal::ZERO, |price| price.round_dp(16).normalize())
    }

    /// What is not filled, in the unit of [`Order::size`]; 0 once the order has ended.
    pub fn leaves(&self) -> Decimal {
        if self.status.is_terminal() {
            return Decimal::ZERO;
        }
        (self.size - self.done()).max(Decimal::ZERO).normalize()
    }

    /// The filled share in percent, rounded to two digits; 100 for a filled order.
    pub fn completion_percent(&self) -> Decimal {
        if self.status == Status::Filled {
            return Decimal::ONE_HUNDRED;
        }
        let share = (self.done() * Decimal::ONE_HUNDRED).checked_div(self.size);
        share.map_or(Decimal::ZERO, |percent| percent.round_dp(2).normalize())
    }

    /// What it brought or cost: the value less fees of a sale, the value and fees of a buy.
    pub fn total_after_fees(&self) -> Decimal {
        let (value, fees) = (self.filled_value.get(), self.fees.get());
        match self.side {
            Side::Buy => (value + fees).normalize(),
            Side::Sell => (value - fees).normalize(),
        }
    }

    /// Whether its size was given in quote units, be it kept in base units from then on.
    pub(crate) fn given_in_quote(&self) -> bool {
        self.fields().is_some_and(|fields| fields.quote_size.is_some())
    }

    /// Which way its stop looks.
    pub(crate) const fn direction(&self) -> StopDirection {
        match self.shape {
            Shape::Stop { direction } => direction,
            Shape::Market { .. }
            | Shape::Limit { .. }
            | Shape::Bracket
            | Shape::Ladder
            | Shape::Slices { .. } => StopDirection::Down,
        }
    }

    /// What is filled, in the unit of the size.
    fn done(&self) -> Decimal {
        match (self.size_in_quote, self.size_with_fees) {
            (true, true) => self.filled_value.get() + self.fees.get(),
            (true, false) => self.filled_value.get(),
            (false, _) => self.filled,
        }
    }
}
