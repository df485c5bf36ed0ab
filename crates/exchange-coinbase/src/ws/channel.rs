//! The channels of a spot account, and what is asked of them.

use domain::ProductId;

use super::wire::Sent;

/// A channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// A beat a second, which keeps the others open.
    Heartbeats,
    /// Books.
    Level2,
    /// 5-minute candles.
    Candles,
    /// Public trades.
    MarketTrades,
    /// Prices at trades.
    Ticker,
    /// Prices every 5 seconds.
    TickerBatch,
    /// Whether products trade.
    Status,
    /// One's own orders; needs a key.
    User,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Heartbeats,
        Self::Level2,
        Self::Candles,
        Self::MarketTrades,
        Self::Ticker,
        Self::TickerBatch,
        Self::Status,
        Self::User,
    ];

    /// The name to subscribe by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Heartbeats => "heartbeats",
            Self::Level2 => "level2",
            Self::Candles => "candles",
            Self::MarketTrades => "market_trades",
            Self::Ticker => "ticker",
            Self::TickerBatch => "ticker_batch",
            Self::Status => "status",
            Self::User => "user",
        }
    }

    /// The channel whose messages carry this name: those of `level2` are called `l2_data`.
    pub fn of_message(name: &str) -> Option<Self> {
        match name {
            "l2_data" => Some(Self::Level2),
            "level2" => None,
            other => Self::ALL.into_iter().find(|channel| channel.name() == other),
        }
    }

    /// Whether it refuses subscriptions without a token.
    pub const fn is_private(self) -> bool {
        matches!(self, Self::User)
    }
}

/// Something to tell the venue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// To begin or to end.
    pub verb: Verb,
    /// One channel a message.
    pub channel: Channel,
    /// The products; empty for all, or for a channel without.
    pub products: Vec<ProductId>,
}

/// To begin or to end a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// To begin.
    Subscribe,
    /// To end.
    Unsubscribe,
}

impl Request {
    /// The message, with a token made for it alone.
    ///
    /// # Errors
    /// When JSON cannot be written, which these types rule out.
    pub fn text(&self, jwt: Option<&str>) -> Result<String, serde_json::Error> {
        let kind = match self.verb {
            Verb::Subscribe => "subscribe",
            Verb::Unsubscribe => "unsubscribe",
        };
        let (channel, product_ids) = (self.channel.name(), self.products.as_slice());
        serde_json::to_string(&Sent { kind, channel, product_ids, jwt })
    }
}
