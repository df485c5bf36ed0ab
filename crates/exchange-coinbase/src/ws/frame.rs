//! One frame, decoded: the envelope first, then what its channel says.

use std::collections::BTreeMap;

use domain::Timestamp;
use serde::Deserialize;

use super::Channel;
use super::level2::{self, BookEvent};
use super::tickers::{self, StatusEvent, TickersEvent};
use super::trades::{self, CandlesEvent, TradesEvent};
use super::user::{self, UserEvent};
use super::wire::{Outside, counter};

/// A text frame's meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A numbered message of a channel.
    Message(Message),
    /// The venue refuses something; it carries no number.
    Refusal {
        /// In the venue's words.
        message: String,
    },
    /// A type of message that did not exist when this was written; the venue says to ignore them.
    Unfamiliar {
        /// The venue's word for it.
        kind: String,
    },
}

/// A message of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// When the venue sent it.
    pub at: Timestamp,
    /// Its number on the connection: from 0, one more for every message of any channel.
    pub sequence: u64,
    /// What it says.
    pub body: Body,
}

/// A beat of the `heartbeats` channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heartbeat {
    /// Counts the venue's seconds.
    pub counter: u64,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// The venue is there.
    Heartbeats(Vec<Heartbeat>),
    /// All that this connection is subscribed to: channel to names.
    Subscriptions(BTreeMap<String, Vec<String>>),
    /// Books.
    Books(Vec<BookEvent>),
    /// Public trades.
    Trades(Vec<TradesEvent>),
    /// 5-minute candles.
    Candles(Vec<CandlesEvent>),
    /// Prices at trades.
    Tickers(Vec<TickersEvent>),
    /// Prices every 5 seconds.
    TickerBatches(Vec<TickersEvent>),
    /// Whether products trade.
    Status(Vec<StatusEvent>),
    /// One's own orders.
    User(Vec<UserEvent>),
    /// A message that counts and says nothing to a spot account.
    Skipped {
        /// The channel.
        channel: String,
    },
    /// A message whose number is known and whose content is not what the venue documents.
    Garbled {
        /// The channel.
        channel: Channel,
        /// What is wrong and where.
        cause: String,
    },
}

/// A frame that is no message at all; its number is unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a frame of {len} bytes cannot be read: {cause}")]
pub struct FrameError {
    /// Its length.
    pub len: usize,
    /// What is wrong and where.
    pub cause: String,
}

#[derive(Deserialize)]
struct WireHeartbeat {
    #[serde(deserialize_with = "counter")]
    heartbeat_counter: u64,
}

#[derive(Deserialize)]
struct WireSubscriptions {
    subscriptions: BTreeMap<String, Vec<String>>,
}

/// The beginning of a text from outside: words about a message do not grow with it.
fn short(text: &str) -> String {
    text.chars().take(240).collect()
}

/// Decodes a text frame.
///
/// # Errors
/// [`FrameError`] when it is not JSON, or a channel's message without number, time or events.
pub fn decode(text: &str) -> Result<Frame, FrameError> {
    let wrong = |cause: String| FrameError { len: text.len(), cause: short(&cause) };
    let outside: Outside<'_> = serde_json::from_str(text).map_err(|e| wrong(e.to_string()))?;
    let Some(channel) = outside.channel else {
        let kind = outside.kind.map(|kind| short(&kind.0));
        let kind = kind.ok_or_else(|| wrong("neither channel nor type".to_owned()))?;
        if kind == "error" {
            let message = outside.message.map(|m| short(&m.0)).unwrap_or_default();
            return Ok(Frame::Refusal { message });
        }
        return Ok(Frame::Unfamiliar { kind });
    };
    let sequence = outside.sequence_num.ok_or_else(|| wrong("no sequence_num".to_owned()))?;
    let at = outside.timestamp.ok_or_else(|| wrong("no timestamp".to_owned()))?;
    let at = at.0.parse().map_err(|e: domain::TimeError| wrong(e.to_string()))?;
    let events = outside.events.ok_or_else(|| wrong("no events".to_owned()))?.get();
    Ok(Frame::Message(Message { at, sequence, body: body(&channel.0, events) }))
}

fn body(name: &str, events: &str) -> Body {
    let Some(channel) = Channel::of_message(name) else {
        return match name {
            "subscriptions" => subscriptions(events),
            _ => Body::Skipped { channel: short(name) },
        };
    };
    let body = match channel {
        Channel::Heartbeats => heartbeats(events),
        Channel::Level2 => level2::read(events).map(Body::Books),
        Channel::MarketTrades => trades::trades(events).map(Body::Trades),
        Channel::Candles => trades::candles(events).map(Body::Candles),
        Channel::Ticker => tickers::tickers(events).map(Body::Tickers),
        Channel::TickerBatch => tickers::tickers(events).map(Body::TickerBatches),
        Channel::Status => tickers::status(events).map(Body::Status),
        Channel::User => user::read(events).map(Body::User),
    };
    body.unwrap_or_else(|error| Body::Garbled { channel, cause: short(&error.to_string()) })
}

fn heartbeats(events: &str) -> Result<Body, serde_json::Error> {
    let beats: Vec<WireHeartbeat> = serde_json::from_str(events)?;
    let beat = |wire: WireHeartbeat| Heartbeat { counter: wire.heartbeat_counter };
    Ok(Body::Heartbeats(beats.into_iter().map(beat).collect()))
}

/// The newest map; what cannot be read of it decides nothing, so it is skipped.
fn subscriptions(events: &str) -> Body {
    let maps: Result<Vec<WireSubscriptions>, _> = serde_json::from_str(events);
    match maps.ok().and_then(|maps| maps.into_iter().next_back()) {
        Some(map) => Body::Subscriptions(map.subscriptions),
        None => Body::Skipped { channel: "subscriptions".to_owned() },
    }
}
