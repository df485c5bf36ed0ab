//! What a session tells, and what it asks of its driver.

use std::collections::BTreeMap;

use domain::{BookFault, ProductId, Timestamp};

use super::Channel;
use super::tickers::{StatusEvent, TickersEvent};
use super::trades::{CandlesEvent, TradesEvent};
use super::user::{UserEvent, UserPart};

/// Something that happened on a connection, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The connection stands; nothing has come over it yet.
    Opened,
    /// Messages may be missing from here on: nothing that streams is complete until its next
    /// snapshot.
    Lost(Loss),
    /// The venue is there.
    Heartbeat {
        /// When it sent this.
        at: Timestamp,
        /// Counts its seconds.
        counter: u64,
    },
    /// All that this connection is subscribed to.
    Subscribed(BTreeMap<String, Vec<String>>),
    /// A product's book can be read from now on.
    BookReady(ProductId),
    /// A product's book cannot be read until its next snapshot.
    BookLost {
        /// Whose.
        product: ProductId,
        /// Why.
        fault: BookLoss,
    },
    /// Public trades.
    Trades(TradesEvent),
    /// 5-minute candles.
    Candles {
        /// When the venue sent them.
        at: Timestamp,
        /// The candles.
        candles: CandlesEvent,
    },
    /// Prices at trades.
    Tickers(TickersEvent),
    /// Prices every 5 seconds.
    TickerBatch(TickersEvent),
    /// Whether products trade.
    Status(StatusEvent),
    /// One's own orders.
    User {
        /// When the venue sent this.
        at: Timestamp,
        /// Which part of the orders it is.
        part: UserPart,
        /// The orders.
        event: UserEvent,
    },
    /// A message could not be read; its channel is not complete any more.
    Garbled {
        /// The channel.
        channel: Channel,
        /// What is wrong and where.
        cause: String,
    },
    /// The venue refused something.
    Refused {
        /// In its words.
        message: String,
    },
    /// The reader was too slow: so many events before this one were dropped.
    Lagged {
        /// How many.
        missed: u64,
    },
}

/// Why messages may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loss {
    /// Numbers were skipped.
    Gap {
        /// The number that was due.
        due: u64,
        /// The number that came.
        found: u64,
    },
    /// A frame was no message.
    Unreadable(String),
    /// The connection is gone.
    Closed(Reason),
}

/// Why a product's book is not given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookLoss {
    /// Messages may be missing.
    Missing,
    /// The book itself is impossible.
    Fault(BookFault),
    /// It has more levels than a real book: see [`super::Timing`].
    TooLarge,
}

/// Why a connection ends.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// No frame came for too long.
    #[error("silent for too long")]
    Silence,
    /// Frames came, but no heartbeat.
    #[error("no heartbeat for too long")]
    NoHeartbeat,
    /// Losses came too often to mend them on this connection.
    #[error("messages are missing too often")]
    Losses,
    /// The venue does not accept our token.
    #[error("the venue refuses our key: {0}")]
    Denied(String),
    /// The other side closed, or the network broke.
    #[error("{0}")]
    Broken(String),
    /// We were asked to stop.
    #[error("stopped")]
    Stopped,
}

/// What the driver does after telling a session something.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a connection that should end keeps running otherwise"]
pub enum Next {
    /// Go on.
    Stay,
    /// Close the connection and open a new one after [`super::Session::reconnect_delay`].
    Reconnect(Reason),
}
