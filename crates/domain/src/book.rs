//! Quotes and books, exact.

use core::cmp::Ordering;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};

use crate::{BaseQty, NumError, Price, QuoteAmt, Tally, Timestamp, to_signal};

/// Where a quote or a book comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The venue published it.
    Venue,
    /// A recorded or modelled market had no book; it was computed by the documented model.
    Model,
}

/// The best bid and ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Best price somebody pays.
    pub bid: Price,
    /// Base units bid at it; `None` where only prices are told, as by a [`Glance`](crate::Glance).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bid_size: Option<BaseQty>,
    /// Best price somebody asks.
    pub ask: Price,
    /// Base units offered at it, where they are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask_size: Option<BaseQty>,
    /// The venue's time of this quote.
    pub at: Timestamp,
    /// Who made it.
    pub source: Source,
}

/// One price level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// Its price.
    pub price: Price,
    /// Base units at it.
    pub size: BaseQty,
}

/// An order book side by side: bids falling, asks rising.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    /// Best first.
    pub bids: Vec<Level>,
    /// Best first.
    pub asks: Vec<Level>,
    /// The venue's time of the newest change.
    pub at: Timestamp,
    /// Who made it.
    pub source: Source,
}

/// What makes a book unusable (D-02).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookFault {
    /// A side has no level.
    Empty,
    /// Best bid equals best ask.
    Locked,
    /// Best bid above best ask.
    Crossed,
    /// A level has no size, or the levels are not sorted.
    Malformed,
}

impl Quote {
    /// What makes it unusable, if anything.
    #[inline]
    pub fn fault(&self) -> Option<BookFault> {
        let is_nothing = |size: Option<BaseQty>| size.is_some_and(BaseQty::is_zero);
        if is_nothing(self.bid_size) || is_nothing(self.ask_size) {
            Some(BookFault::Malformed)
        } else {
            match self.bid.cmp(&self.ask) {
                Ordering::Less => None,
                Ordering::Equal => Some(BookFault::Locked),
                Ordering::Greater => Some(BookFault::Crossed),
            }
        }
    }

    /// (ask − bid) / mid in basis points, as a signal; NaN only if a price is outside `f64`.
    pub fn spread_bps(&self) -> f64 {
        let (bid, ask) = (to_signal(self.bid), to_signal(self.ask));
        (ask - bid) / (0.5 * (ask + bid)) * 1e4
    }
}

impl Book {
    /// What makes it unusable, if anything (D-02).
    pub fn fault(&self) -> Option<BookFault> {
        let (Some(bid), Some(ask)) = (self.bids.first(), self.asks.first()) else {
            return Some(BookFault::Empty);
        };
        let sized = |side: &[Level]| side.iter().all(|level| !level.size.is_zero());
        let falling = self.bids.is_sorted_by(|a, b| a.price > b.price);
        let rising = self.asks.is_sorted_by(|a, b| a.price < b.price);
        if !sized(&self.bids) || !sized(&self.asks) || !falling || !rising {
            Some(BookFault::Malformed)
        } else if bid.price == ask.price {
            Some(BookFault::Locked)
        } else if bid.price > ask.price {
            Some(BookFault::Crossed)
        } else {
            None
        }
    }

    /// Its best bid and ask; `None` when a side is empty.
    pub fn quote(&self) -> Option<Quote> {
        let (bid, ask) = (self.bids.first()?, self.asks.first()?);
        Some(Quote {
            bid: bid.price,
            bid_size: Some(bid.size),
            ask: ask.price,
            ask_size: Some(ask.size),
            at: self.at,
            source: self.source,
        })
    }

    /// The value of bids priced within `bps` below the best bid.
    ///
    /// # Errors
    /// [`NumError::Overflow`] beyond exact decimals.
    pub fn bid_depth(&self, bps: u32) -> Result<QuoteAmt, NumError> {
        depth(&self.bids, bps, -1, None)
    }

    /// The value of asks priced within `bps` above the best ask.
    ///
    /// # Errors
    /// [`NumError::Overflow`] beyond exact decimals.
    pub fn ask_depth(&self, bps: u32) -> Result<QuoteAmt, NumError> {
        depth(&self.asks, bps, 1, None)
    }

    /// The thinner side: the smaller of [`bid_depth`](Self::bid_depth) and
    /// [`ask_depth`](Self::ask_depth), or some value of at least `enough`, which is as far as the
    /// levels are added up.
    ///
    /// # Errors
    /// [`NumError::Overflow`] beyond exact decimals.
    pub fn thinner_depth(&self, bps: u32, enough: QuoteAmt) -> Result<QuoteAmt, NumError> {
        let bids = depth(&self.bids, bps, -1, Some(enough))?;
        Ok(bids.min(depth(&self.asks, bps, 1, Some(enough))?))
    }

    /// The levels within `bps` of their own touch: what no limit looks beyond need not be kept.
    pub fn within(&self, bps: u32) -> Self {
        let kept = |side: &[Level], sign| {
            let mut kept = Vec::with_capacity(side.len());
            kept.extend(near(side, bps, sign).into_iter().flatten());
            kept
        };
        let (bids, asks) = (kept(&self.bids, -1), kept(&self.asks, 1));
        Self { bids, asks, at: self.at, source: self.source }
    }

    /// Both sides within 20 bps of their own touch, in quote units, as a signal.
    ///
    /// # Errors
    /// [`NumError::Overflow`] beyond exact decimals.
    pub fn depth_20bps(&self) -> Result<f64, NumError> {
        let both = self.bid_depth(20)?.plus(self.ask_depth(20)?)?;
        Ok(both.get().to_f64().unwrap_or(0.0))
    }
}

/// The levels priced within `bps` of the first one; `None` beyond exact decimals.
fn near(side: &[Level], bps: u32, sign: i64) -> Option<impl Iterator<Item = &Level>> {
    let factor = Decimal::ONE + Decimal::new(sign * i64::from(bps), 4);
    let best = side.first().map_or(Decimal::ZERO, |level| level.price.get());
    let edge = best.checked_mul(factor)?;
    let inside = move |level: &&Level| {
        if sign < 0 { level.price.get() >= edge } else { level.price.get() <= edge }
    };
    Some(side.iter().take_while(inside))
}

/// The value of the levels near the touch, added up as far as `enough`.
fn depth(
    side: &[Level],
    bps: u32,
    sign: i64,
    enough: Option<QuoteAmt>,
) -> Result<QuoteAmt, NumError> {
    let levels = near(side, bps, sign).ok_or(NumError::Overflow { what: "depth" })?;
    let mut tally = Tally::default();
    for level in levels {
        if let Some(enough) = enough
            && tally.sum()? >= enough
        {
            break;
        }
        tally.add(level.price, level.size)?;
    }
    tally.sum()
}
