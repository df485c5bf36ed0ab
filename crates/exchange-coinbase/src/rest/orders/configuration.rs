//! What an order asks for. Combinations that the venue does not know cannot be written down: a sale
//! sized in quote, a bracket that buys, fill-or-kill that is post-only, a bracket attached to a
//! stop.

mod wire;

use domain::{BaseQty, Price, QuoteAmt, Side, Timestamp};

/// A size in one of the two currencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// In the base currency.
    Base(BaseQty),
    /// In the quote currency.
    Quote(QuoteAmt),
}

/// Whether an order may take from the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posting {
    /// It is refused if it would.
    PostOnly,
    /// It may.
    MayTake,
}

/// How long a limit order lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitLife {
    /// Until it is cancelled (`limit_limit_gtc`).
    UntilCancelled(Posting),
    /// Until a moment (`limit_limit_gtd`).
    Until(Timestamp, Posting),
    /// What does not trade at once is cancelled (`sor_limit_ioc`).
    ImmediateOrCancel,
    /// All at once or nothing (`limit_limit_fok`).
    FillOrKill,
}

/// A market order (`market_market_ioc`): it trades at once within the venue's protection of 10 %
/// (1 % for stable pairs) and the rest is cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Market {
    /// Buys for this much quote currency, fees included.
    BuyFor(QuoteAmt),
    /// Buys this much of the base currency.
    Buy(BaseQty),
    /// Sells this much of the base currency.
    Sell(BaseQty),
}

/// Orders to which a bracket can be attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attachable {
    /// A market order.
    Market(Market),
    /// A limit order.
    Limit {
        /// The side.
        side: Side,
        /// How much.
        size: Size,
        /// The worst price.
        price: Price,
        /// How long.
        life: LimitLife,
    },
}

/// A bracket that begins when its parent is filled; its size is what was filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttachedBracket {
    /// Where to take the profit.
    pub take_profit: Price,
    /// Where to stop the loss.
    pub stop_trigger: Price,
}

/// Which way a trigger fires, on the last trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopDirection {
    /// At or above the stop price.
    Up,
    /// At or below the stop price.
    Down,
}

/// A limit order behind a trigger (`stop_limit_stop_limit_gtc`, `…_gtd`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StopLimit {
    /// The side.
    pub side: Side,
    /// How much.
    pub size: BaseQty,
    /// The worst price.
    pub limit: Price,
    /// Where it fires.
    pub stop: Price,
    /// Which way.
    pub direction: StopDirection,
    /// Until when; until cancelled when not given.
    pub until: Option<Timestamp>,
}

/// Sells at a profit or stops a loss, whichever comes first (`trigger_bracket_gtc`, `…_gtd`). When
/// the stop fires, a limit 5 % below it is placed. On spot it only sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bracket {
    /// How much to sell.
    pub size: BaseQty,
    /// Where to take the profit.
    pub take_profit: Price,
    /// Where to stop the loss.
    pub stop_trigger: Price,
    /// Until when; until cancelled when not given.
    pub until: Option<Timestamp>,
}

/// An order in slices (`twap_limit_gtd`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Twap {
    /// The side.
    pub side: Side,
    /// How much in all.
    pub size: Size,
    /// The worst price.
    pub limit: Price,
    /// When the first slice goes.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// How many slices.
    pub buckets: u32,
    /// The size of a slice.
    pub bucket_size: Size,
    /// The time between slices, in seconds.
    pub bucket_secs: u32,
}

/// One limit of a ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    /// How much.
    pub size: Size,
    /// The worst price.
    pub price: Price,
    /// Whether it may take.
    pub posting: Posting,
}

/// How prices are spread over a ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceDistribution {
    /// In equal steps.
    Flat,
    /// In growing steps.
    LinearIncreasing,
    /// In shrinking steps.
    LinearDecreasing,
}

/// How sizes are spread over a ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizeDistribution {
    /// Larger and larger.
    Increasing,
    /// Smaller and smaller.
    Decreasing,
    /// All the same.
    EvenlySplit,
}

/// A ladder of limits (`scaled_limit_gtc`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Laddering {
    /// Rung by rung.
    Rungs(Vec<Rung>),
    /// By a rule.
    Spread {
        /// How much in all.
        size: Size,
        /// How many limits.
        orders: u32,
        /// The lowest price.
        min: Price,
        /// The highest price.
        max: Price,
        /// How prices are spread.
        prices: PriceDistribution,
        /// How sizes are spread.
        sizes: SizeDistribution,
    },
}

/// What an order asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Configuration {
    /// A market or limit order, perhaps with a bracket attached.
    Plain(Attachable, Option<AttachedBracket>),
    /// A limit behind a trigger.
    StopLimit(StopLimit),
    /// Take-profit and stop-loss in one.
    Bracket(Bracket),
    /// In slices.
    Twap(Twap),
    /// A ladder of limits.
    Scaled(Side, Laddering),
}

impl Configuration {
    /// A limit order without bracket.
    pub const fn limit(side: Side, size: Size, price: Price, life: LimitLife) -> Self {
        Self::Plain(Attachable::Limit { side, size, price, life }, None)
    }

    /// A market order without bracket.
    pub const fn market(order: Market) -> Self {
        Self::Plain(Attachable::Market(order), None)
    }

    /// Its side.
    pub const fn side(&self) -> Side {
        match self {
            Self::Plain(Attachable::Market(Market::BuyFor(_) | Market::Buy(_)), _) => Side::Buy,
            Self::Plain(Attachable::Market(Market::Sell(_)), _) | Self::Bracket(_) => Side::Sell,
            Self::Plain(Attachable::Limit { side, .. }, _)
            | Self::StopLimit(StopLimit { side, .. })
            | Self::Twap(Twap { side, .. })
            | Self::Scaled(side, _) => *side,
        }
    }

    /// What is wrong with it, if anything: sizes of nothing, ends before beginnings.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let nothing = |size: &Size| match size {
            Size::Base(qty) => qty.is_zero(),
            Size::Quote(amount) => amount.get() <= rust_decimal::Decimal::ZERO,
        };
        let empty = match self {
            Self::Plain(Attachable::Market(Market::BuyFor(amount)), _) => {
                nothing(&Size::Quote(*amount))
            }
            Self::Plain(Attachable::Market(Market::Buy(qty) | Market::Sell(qty)), _)
            | Self::StopLimit(StopLimit { size: qty, .. })
            | Self::Bracket(Bracket { size: qty, .. }) => qty.is_zero(),
            Self::Plain(Attachable::Limit { size, .. }, _)
            | Self::Scaled(_, Laddering::Spread { size, .. }) => nothing(size),
            Self::Twap(twap) => nothing(&twap.size) || nothing(&twap.bucket_size),
            Self::Scaled(_, Laddering::Rungs(rungs)) => {
                rungs.is_empty() || rungs.iter().any(|rung| nothing(&rung.size))
            }
        };
        if empty {
            return Some("its size must be above 0");
        }
        match self {
            Self::Twap(twap) if twap.end <= twap.start => Some("it must end after it starts"),
            Self::Twap(Twap { buckets: 0, .. } | Twap { bucket_secs: 0, .. }) => {
                Some("it needs slices and time between them")
            }
            Self::Scaled(_, Laddering::Spread { orders, min, max, .. })
                if *orders < 2 || min >= max =>
            {
                Some("a ladder has at least two limits between two prices")
            }
            Self::Plain(_, Some(bracket)) if bracket.stop_trigger >= bracket.take_profit => {
                Some("its bracket stops above its profit")
            }
            Self::Plain(order, Some(_)) if order.sells() => {
                Some("a bracket is attached to buys only")
            }
            Self::Bracket(bracket) if bracket.stop_trigger >= bracket.take_profit => {
                Some("it stops above its profit")
            }
            Self::Plain(..)
            | Self::StopLimit(_)
            | Self::Bracket(_)
            | Self::Twap(_)
            | Self::Scaled(..) => None,
        }
    }
}

impl Attachable {
    const fn sells(&self) -> bool {
        matches!(self, Self::Market(Market::Sell(_)) | Self::Limit { side: Side::Sell, .. })
    }
}
