//! Orders as clients write them: texts, before anything is checked.

use domain::{Side, Timestamp};

/// An order as it comes in. Sizes and prices are the client's texts, so that they can be checked
/// here and echoed as they were.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    /// The client's name for it, 1 to 128 characters.
    pub client_order_id: String,
    /// The product's id, an alias allowed.
    pub product_id: String,
    /// Buy or sell; `None` for a side that is neither.
    pub side: Option<Side>,
    /// What kind of order: exactly one is right.
    pub configurations: Vec<Configuration>,
    /// A bracket to place once this order has filled: [`Kind::BracketGtc`] without a size.
    pub attached: Option<Configuration>,
}

/// A kind of order with its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// Which key of `order_configuration` it is.
    pub kind: Kind,
    /// What stands under the key.
    pub fields: Fields,
}

/// The keys of `order_configuration`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `market_market_ioc`: takes within 10 % of the last trade (stable pairs: 1 %).
    MarketIoc,
    /// `market_market_fok`: known, and refused on spot products.
    MarketFok,
    /// `sor_limit_ioc`: takes what its limit allows; the rest is cancelled.
    SorLimitIoc,
    /// `limit_limit_gtc`: rests until it is filled or cancelled.
    LimitGtc,
    /// `limit_limit_gtd`: the same until `end_time`.
    LimitGtd,
    /// `limit_limit_fok`: all at once or nothing.
    LimitFok,
    /// `twap_limit_gtd`: a limit order in slices over time.
    TwapGtd,
    /// `stop_limit_stop_limit_gtc`: a limit order once the last trade reaches the stop price.
    StopLimitGtc,
    /// `stop_limit_stop_limit_gtd`: the same until `end_time`.
    StopLimitGtd,
    /// `trigger_bracket_gtc`: a take-profit limit and a stop, of which one fills.
    BracketGtc,
    /// `trigger_bracket_gtd`: the same until `end_time`.
    BracketGtd,
    /// `scaled_limit_gtc`: a ladder of limit orders under one order.
    ScaledGtc,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::MarketIoc,
        Self::MarketFok,
        Self::SorLimitIoc,
        Self::LimitGtc,
        Self::LimitGtd,
        Self::LimitFok,
        Self::TwapGtd,
        Self::StopLimitGtc,
        Self::StopLimitGtd,
        Self::BracketGtc,
        Self::BracketGtd,
        Self::ScaledGtc,
    ];

    /// Its key in `order_configuration`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::MarketIoc => "market_market_ioc",
            Self::MarketFok => "market_market_fok",
            Self::SorLimitIoc => "sor_limit_ioc",
            Self::LimitGtc => "limit_limit_gtc",
            Self::LimitGtd => "limit_limit_gtd",
            Self::LimitFok => "limit_limit_fok",
            Self::TwapGtd => "twap_limit_gtd",
            Self::StopLimitGtc => "stop_limit_stop_limit_gtc",
            Self::StopLimitGtd => "stop_limit_stop_limit_gtd",
            Self::BracketGtc => "trigger_bracket_gtc",
            Self::BracketGtd => "trigger_bracket_gtd",
            Self::ScaledGtc => "scaled_limit_gtc",
        }
    }

    /// The kind of a key; `None` for a key that is no kind.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// Coinbase's `order_type`.
    pub const fn order_type(self) -> &'static str {
        match self {
            Self::MarketIoc | Self::MarketFok => "MARKET",
            Self::SorLimitIoc | Self::LimitGtc | Self::LimitGtd | Self::LimitFok => "LIMIT",
            Self::TwapGtd => "TWAP",
            Self::StopLimitGtc | Self::StopLimitGtd => "STOP_LIMIT",
            Self::BracketGtc | Self::BracketGtd => "BRACKET",
            Self::ScaledGtc => "SCALED",
        }
    }

    /// Coinbase's `time_in_force`.
    pub const fn time_in_force(self) -> &'static str {
        match self {
            Self::MarketIoc | Self::SorLimitIoc => "IMMEDIATE_OR_CANCEL",
            Self::MarketFok | Self::LimitFok => "FILL_OR_KILL",
            Self::LimitGtc | Self::StopLimitGtc | Self::BracketGtc | Self::ScaledGtc => {
                "GOOD_UNTIL_CANCELLED"
            }
            Self::LimitGtd | Self::TwapGtd | Self::StopLimitGtd | Self::BracketGtd => {
                "GOOD_UNTIL_DATE_TIME"
            }
        }
    }

    /// Whether it ends at a time.
    pub const fn expires(self) -> bool {
        matches!(self, Self::LimitGtd | Self::TwapGtd | Self::StopLimitGtd | Self::BracketGtd)
    }

    /// Whether it waits for a trigger.
    pub const fn triggers(self) -> bool {
        matches!(
            self,
            Self::StopLimitGtc | Self::StopLimitGtd | Self::BracketGtc | Self::BracketGtd
        )
    }
}

/// The fields of all kinds, as texts where Coinbase has texts. Fields that a kind does not have
/// are ignored in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields {
    /// Base units.
    pub base_size: Option<String>,
    /// Quote units; of a market buy the fees are inside.
    pub quote_size: Option<String>,
    /// The worst price.
    pub limit_price: Option<String>,
    /// The last trade at which a stop order wakes.
    pub stop_price: Option<String>,
    /// From which side the last trade reaches it.
    pub stop_direction: Option<StopDirection>,
    /// The last trade at which a bracket's stop wakes.
    pub stop_trigger_price: Option<String>,
    /// Whether it must not take.
    pub post_only: bool,
    /// When it ends.
    pub end_time: Option<Timestamp>,
    /// When a sliced order begins.
    pub start_time: Option<Timestamp>,
    /// How many slices.
    pub number_buckets: Option<String>,
    /// The size of a slice, in the unit of the order.
    pub bucket_size: Option<String>,
    /// The length of a slice, such as `300s`.
    pub bucket_duration: Option<String>,
    /// How many rungs a ladder has.
    pub num_orders: Option<u32>,
    /// A ladder's lowest price.
    pub min_price: Option<String>,
    /// A ladder's highest price.
    pub max_price: Option<String>,
    /// How a ladder's prices are spread.
    pub price_distribution: Option<PriceSpread>,
    /// How a ladder's sizes are spread.
    pub size_distribution: Option<SizeSpread>,
    /// By how much each size differs from the one before.
    pub size_diff: Option<String>,
    /// By which factor each size differs from the one before.
    pub size_ratio: Option<String>,
    /// A ladder's rungs, where the client lists them itself.
    pub orders: Vec<Rung>,
}

/// One rung of a ladder as its client lists it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rung {
    /// Base units.
    pub base_size: Option<String>,
    /// Quote units.
    pub quote_size: Option<String>,
    /// The worst price.
    pub limit_price: Option<String>,
    /// Whether it must not take.
    pub post_only: bool,
}

/// From which side the last trade reaches a stop price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopDirection {
    /// `STOP_DIRECTION_STOP_UP`: the last trade is at or above it.
    Up,
    /// `STOP_DIRECTION_STOP_DOWN`: the last trade is at or below it.
    Down,
}

impl StopDirection {
    /// Coinbase's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Up => "STOP_DIRECTION_STOP_UP",
            Self::Down => "STOP_DIRECTION_STOP_DOWN",
        }
    }
}

/// How the prices of a ladder are spread from the lowest to the highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceSpread {
    /// `FLAT`: equal steps.
    Flat,
    /// `LINEAR_INCREASING`: steps that grow.
    Increasing,
    /// `LINEAR_DECREASING`: steps that shrink.
    Decreasing,
    /// `CUSTOM_PRICE_DISTRIBUTION`: as listed in `orders`.
    Custom,
}

/// How the sizes of a ladder are spread from the lowest price to the highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizeSpread {
    /// `EVENLY_SPLIT`.
    Even,
    /// `INCREASING`.
    Increasing,
    /// `DECREASING`.
    Decreasing,
    /// `CUSTOM_SIZE_DISTRIBUTION`: as listed in `orders`.
    Custom,
}
