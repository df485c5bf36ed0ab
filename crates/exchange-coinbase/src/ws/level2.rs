//! The `level2` channel: whole books, then what changes in them.

use core::fmt;

use domain::{BaseQty, Price, ProductId, Timestamp};
use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};

use super::wire::{Text, parsed};

/// Whether an event holds everything or a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Everything; what was known before is replaced.
    Snapshot,
    /// What changed.
    Update,
}

/// A side of a book, as the channel names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum BookSide {
    /// Who wants to buy.
    #[serde(rename = "bid")]
    Bid,
    /// Who wants to sell.
    #[serde(rename = "offer", alias = "ask")]
    Offer,
}

/// One price level's new size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelUpdate {
    /// The side.
    pub side: BookSide,
    /// The level's price.
    pub price: Price,
    /// Base units at it now, not a difference; 0 ends the level.
    pub size: BaseQty,
}

/// What happened to one product's book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookEvent {
    /// All of it, or a change.
    pub kind: Kind,
    /// The book, by the name that has it: `BTC-USD` also for `BTC-USDC`.
    pub product: ProductId,
    /// In the venue's order.
    pub updates: Vec<LevelUpdate>,
    /// The newest time that the venue's engine gave an update; `None` when it gave none, as in
    /// snapshots that carry 1970.
    pub at: Option<Timestamp>,
}

/// 2010: a time before it stands for "none".
const SENSIBLE: Timestamp = Timestamp::from_secs(1_262_304_000);

#[derive(Deserialize)]
struct WireEvent {
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(deserialize_with = "parsed")]
    product_id: ProductId,
    updates: Levels,
}

#[derive(Deserialize)]
struct WireUpdate<'a> {
    side: BookSide,
    #[serde(borrow)]
    event_time: Text<'a>,
    #[serde(deserialize_with = "parsed")]
    price_level: Price,
    #[serde(deserialize_with = "parsed")]
    new_quantity: BaseQty,
}

/// Levels without a list of wire forms in between: a snapshot has tens of thousands.
struct Levels {
    list: Vec<LevelUpdate>,
    at: Option<Timestamp>,
}

impl<'de> Deserialize<'de> for Levels {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_seq(LevelsVisitor)
    }
}

struct LevelsVisitor;

impl<'de> Visitor<'de> for LevelsVisitor {
    type Value = Levels;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of price levels")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut wire: A) -> Result<Levels, A::Error> {
        let mut list = Vec::new();
        let mut newest: Option<Timestamp> = None;
        // The levels of one event mostly share their time, which is then read once.
        let mut last: Option<Text<'de>> = None;
        while let Some(level) = wire.next_element::<WireUpdate<'de>>()? {
            if last.as_ref() != Some(&level.event_time) {
                let at: Timestamp = level.event_time.0.parse().map_err(de::Error::custom)?;
                newest = newest.max(Some(at));
                last = Some(level.event_time);
            }
            let (side, price, size) = (level.side, level.price_level, level.new_quantity);
            list.push(LevelUpdate { side, price, size });
        }
        Ok(Levels { list, at: newest.filter(|at| *at >= SENSIBLE) })
    }
}

/// Reads the events of an `l2_data` message.
pub(super) fn read(events: &str) -> Result<Vec<BookEvent>, serde_json::Error> {
    let events: Vec<WireEvent> = serde_json::from_str(events)?;
    let event = |WireEvent { kind, product_id: product, updates }| {
        let Levels { list, at } = updates;
        BookEvent { kind, product, updates: list, at }
    };
    Ok(events.into_iter().map(event).collect())
}
