//! Orders as the venue keeps them, and why it would not.

use domain::{
    BaseQty, Bracket, IntentId, Price, ProductId, ProductStatus, QuoteAmt, Side, Timestamp,
};

use crate::ledger::LedgerError;

/// How long an order lives, and whether it may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// Rests and never takes; expires at the given time.
    PostOnlyUntil(Timestamp),
    /// Takes what its limit allows, and rests with the remainder.
    UntilCancelled,
    /// Takes what its limit allows; the remainder is cancelled at once.
    Immediate,
    /// Rests as a sale at its target. Once the market trades at or below its stop, and nothing of it
    /// is filled, it takes what its limit allows until it is filled.
    Bracket(Bracket),
}

impl Life {
    /// Whether it rests in the book from the beginning, and cannot take when it is sent.
    pub(crate) const fn only_rests(self) -> bool {
        matches!(self, Self::PostOnlyUntil(_) | Self::Bracket(_))
    }
}

/// An order as it is sent: always a limit order, always in base units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// The sender's number for it; the venue takes each number once.
    pub client: IntentId,
    /// What.
    pub product: ProductId,
    /// Buy or sell.
    pub side: Side,
    /// Base units.
    pub qty: BaseQty,
    /// No fill is worse than this.
    pub limit: Price,
    /// How long.
    pub life: Life,
}

/// The venue's number of an order, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrderId(pub u64);

impl core::fmt::Display for OrderId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "sim-{}", self.0)
    }
}

impl OrderId {
    /// The number that its text names.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        text.strip_prefix("sim-")?.parse().ok().map(Self)
    }
}

/// Where an order is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderState {
    /// It rests.
    Open,
    /// All of it is filled.
    Filled,
    /// It was cancelled, by its owner or because it was immediate.
    Cancelled,
    /// Its time was over.
    Expired,
}

/// An order that the venue took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The venue's number.
    pub id: OrderId,
    /// As it was sent.
    pub ticket: Ticket,
    /// When it was taken.
    pub placed: Timestamp,
    /// Base units filled.
    pub filled: BaseQty,
    /// Quote units those were worth, without fees.
    pub filled_value: QuoteAmt,
    /// Quote units paid in fees.
    pub fees: QuoteAmt,
    /// Where it is in its life.
    pub state: OrderState,
    /// When it ended, if it has.
    pub ended: Option<Timestamp>,
    /// Of a bracket: its stop was reached.
    pub stopped: bool,
    /// What it holds back: quote units of a buy, base units of a sale.
    pub(crate) hold: rust_decimal::Decimal,
    /// Start of the bar it was last matched with, and what it filled in that bar.
    pub(crate) in_bar: Option<(Timestamp, rust_decimal::Decimal)>,
}

impl Order {
    /// An order as it is the moment it is taken.
    pub(crate) fn taken(
        id: OrderId,
        ticket: Ticket,
        placed: Timestamp,
        hold: rust_decimal::Decimal,
    ) -> Self {
        Self {
            id,
            ticket,
            placed,
            filled: BaseQty::ZERO,
            filled_value: QuoteAmt::ZERO,
            fees: QuoteAmt::ZERO,
            state: OrderState::Open,
            ended: None,
            stopped: false,
            hold,
            in_bar: None,
        }
    }
}

/// Why the venue did not take an order. Nothing of it remains.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such market.
    #[error("{0} is not a product here")]
    UnknownProduct(ProductId),
    /// The market does not take such an order now.
    #[error("{product} is {status:?}")]
    Status {
        /// Which.
        product: ProductId,
        /// What it allows.
        status: ProductStatus,
    },
    /// This client number was used before.
    #[error("client number {} was used before", .0.0)]
    DuplicateClient(IntentId),
    /// The size is not a positive multiple of the base increment.
    #[error("size {0} is not a positive multiple of the base increment")]
    SizeStep(BaseQty),
    /// The price is not a multiple of the price increment.
    #[error("price {0} is not a multiple of the price increment")]
    PriceStep(Price),
    /// The size is outside the product's bounds.
    #[error("size {size} is outside {min} to {max}")]
    Size {
        /// Asked for.
        size: BaseQty,
        /// The smallest.
        min: BaseQty,
        /// The largest.
        max: BaseQty,
    },
    /// The value at the limit is outside the product's bounds.
    #[error("value {value} is outside {min} to {max}")]
    Value {
        /// Asked for.
        value: QuoteAmt,
        /// The smallest.
        min: QuoteAmt,
        /// The largest.
        max: QuoteAmt,
    },
    /// Price times size has more digits than this venue books.
    #[error("price {price} × size {size} has too many digits")]
    Digits {
        /// The limit.
        price: Price,
        /// The size.
        size: BaseQty,
    },
    /// The end time is not in the future.
    #[error("the end time {0} has passed")]
    EndTime(Timestamp),
    /// A post-only order would take.
    #[error("post-only at {limit} would take from {touch}")]
    WouldTake {
        /// Its limit.
        limit: Price,
        /// The touch of the other side.
        touch: Price,
    },
    /// A bracket whose prices are not on both sides of the market, or that buys.
    #[error("a bracket of stop {} and target {} around {market}", .bracket.stop, .bracket.target)]
    Bracket {
        /// Its prices.
        bracket: Bracket,
        /// The best bid.
        market: Price,
    },
    /// There is no book, so nothing says that a post-only order would not take.
    #[error("{0} has no book now")]
    NoBook(ProductId),
    /// The account cannot cover it.
    #[error(transparent)]
    Funds(#[from] LedgerError),
}

impl Refusal {
    /// Coinbase's word for it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownProduct(_) => "INVALID_PRODUCT_ID",
            Self::Status { .. } => "TRADING_DISABLED",
            Self::DuplicateClient(_) => "DUPLICATE_CLIENT_ORDER_ID",
            Self::SizeStep(_) => "INVALID_SIZE_PRECISION",
            Self::PriceStep(_) => "INVALID_PRICE_PRECISION",
            Self::Size { .. } | Self::Value { .. } | Self::Digits { .. } => "INVALID_REQUEST",
            Self::EndTime(_) => "END_TIME_IS_IN_THE_PAST",
            Self::WouldTake { .. } => "INVALID_LIMIT_PRICE_POST_ONLY",
            Self::NoBook(_) => "INVALID_NO_LIQUIDITY",
            Self::Bracket { .. } => "INVALID_BRACKET_PRICES",
            Self::Funds(_) => "INSUFFICIENT_FUND",
        }
    }
}
