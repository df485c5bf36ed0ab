//! One product's book: right only from a snapshot to the next loss.

use core::cmp::Reverse;
use std::collections::BTreeMap;

use domain::{BaseQty, Book, BookFault, Level, Price, Source, Timestamp};

use super::level2::{BookEvent, BookSide, Kind, LevelUpdate};

/// How much of a book is given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Depth {
    /// At least so many levels a side, if there are.
    pub levels: usize,
    /// Every level within so many basis points of its touch.
    pub bps: u32,
    /// Never more levels a side: the rest is left out, which understates depth.
    pub at_most: usize,
}

impl Default for Depth {
    /// 20 bps, which is what universe and policy look at; at least 10 levels.
    fn default() -> Self {
        Self { levels: 10, bps: 20, at_most: 5_000 }
    }
}

/// All levels of a product, as a snapshot and the updates since have them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelBook {
    bids: BTreeMap<Reverse<Price>, BaseQty>,
    asks: BTreeMap<Price, BaseQty>,
    at: Timestamp,
}

impl LevelBook {
    /// The book of a snapshot. `sent` is the envelope's time, for snapshots without their own.
    pub fn new(event: &BookEvent, sent: Timestamp) -> Self {
        let of = |side| event.updates.iter().filter(move |u| u.side == side && !u.size.is_zero());
        Self {
            bids: of(BookSide::Bid).map(|u| (Reverse(u.price), u.size)).collect(),
            asks: of(BookSide::Offer).map(|u| (u.price, u.size)).collect(),
            at: event.at.unwrap_or(sent),
        }
    }

    /// Takes a snapshot or an update; all of it, before anybody looks.
    pub fn apply(&mut self, event: &BookEvent, sent: Timestamp) {
        if event.kind == Kind::Snapshot {
            *self = Self::new(event, sent);
            return;
        }
        for update in &event.updates {
            self.set(*update);
        }
        self.at = self.at.max(event.at.unwrap_or(sent));
    }

    fn set(&mut self, LevelUpdate { side, price, size }: LevelUpdate) {
        match (side, size.is_zero()) {
            (BookSide::Bid, false) => drop(self.bids.insert(Reverse(price), size)),
            (BookSide::Bid, true) => drop(self.bids.remove(&Reverse(price))),
            (BookSide::Offer, false) => drop(self.asks.insert(price, size)),
            (BookSide::Offer, true) => drop(self.asks.remove(&price)),
        }
    }

    /// The venue's time of its newest change.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// How many levels it has on both sides.
    pub fn len(&self) -> usize {
        self.bids.len() + self.asks.len()
    }

    /// Whether it has no level at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What makes it unusable, if anything (D-02): both touches are looked at.
    pub fn fault(&self) -> Option<BookFault> {
        let bid = self.bids.first_key_value().map(|(Reverse(price), _)| price);
        match (bid, self.asks.first_key_value().map(|(price, _)| price)) {
            (Some(bid), Some(ask)) if bid < ask => None,
            (Some(bid), Some(ask)) if bid == ask => Some(BookFault::Locked),
            (Some(_), Some(_)) => Some(BookFault::Crossed),
            _ => Some(BookFault::Empty),
        }
    }

    /// The part of it near the touch; never one that is crossed, locked or empty on a side.
    ///
    /// # Errors
    /// What makes it unusable.
    pub fn view(&self, depth: Depth) -> Result<Book, BookFault> {
        if let Some(fault) = self.fault() {
            return Err(fault);
        }
        let bids = self.bids.iter().map(|(Reverse(price), size)| level(*price, *size));
        let asks = self.asks.iter().map(|(price, size)| level(*price, *size));
        let (bids, asks) = (near(bids, depth, -1), near(asks, depth, 1));
        Ok(Book { bids, asks, at: self.at, source: Source::Venue })
    }

    /// All bids, best first.
    pub fn bids(&self) -> impl Iterator<Item = Level> + '_ {
        self.bids.iter().map(|(Reverse(price), size)| level(*price, *size))
    }

    /// All asks, best first.
    pub fn asks(&self) -> impl Iterator<Item = Level> + '_ {
        self.asks.iter().map(|(price, size)| level(*price, *size))
    }
}

const fn level(price: Price, size: BaseQty) -> Level {
    Level { price, size }
}

/// The first levels, and those within the basis points of the first one.
fn near(side: impl Iterator<Item = Level>, depth: Depth, sign: i64) -> Vec<Level> {
    let mut edge = None;
    let mut levels = Vec::with_capacity(depth.levels);
    for level in side.take(depth.at_most) {
        let edge = *edge.get_or_insert_with(|| {
            let share = rust_decimal::Decimal::new(sign * i64::from(depth.bps), 4);
            level.price.get().checked_mul(rust_decimal::Decimal::ONE + share)
        });
        // A price too large to multiply has no neighbours that matter.
        let inside = edge.is_some_and(|edge| {
            if sign < 0 { level.price.get() >= edge } else { level.price.get() <= edge }
        });
        if levels.len() >= depth.levels && !inside {
            break;
        }
        levels.push(level);
    }
    levels
}
