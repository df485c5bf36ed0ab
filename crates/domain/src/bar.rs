//! Bars: what a market did in one span of time. Signals, hence `f64`.

use core::fmt;
use core::ops::Range;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// The length of a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Granularity {
    /// One minute.
    #[serde(rename = "1m")]
    M1,
    /// Five minutes.
    #[serde(rename = "5m")]
    M5,
    /// Fifteen minutes.
    #[serde(rename = "15m")]
    M15,
    /// Thirty minutes.
    #[serde(rename = "30m")]
    M30,
    /// One hour, UTC-aligned.
    #[serde(rename = "1h")]
    H1,
    /// Two hours.
    #[serde(rename = "2h")]
    H2,
    /// Six hours.
    #[serde(rename = "6h")]
    H6,
    /// One UTC day.
    #[serde(rename = "1d")]
    D1,
}

impl Granularity {
    /// All of them, finest first.
    pub const ALL: [Self; 8] =
        [Self::M1, Self::M5, Self::M15, Self::M30, Self::H1, Self::H2, Self::H6, Self::D1];

    /// Seconds in one bar.
    pub const fn secs(self) -> i64 {
        match self {
            Self::M1 => 60,
            Self::M5 => 300,
            Self::M15 => 900,
            Self::M30 => 1800,
            Self::H1 => 3600,
            Self::H2 => 7200,
            Self::H6 => 21_600,
            Self::D1 => 86_400,
        }
    }

    /// The short name: `5m`, `1h`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::M1 => "1m",
            Self::M5 => "5m",
            Self::M15 => "15m",
            Self::M30 => "30m",
            Self::H1 => "1h",
            Self::H2 => "2h",
            Self::H6 => "6h",
            Self::D1 => "1d",
        }
    }
}

impl fmt::Display for Granularity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Granularity {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|g| g.as_str() == text).ok_or(())
    }
}

/// One bar. Prices in quote units per base unit, volume in base units.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bar {
    /// When it opened; it is keyed by this.
    pub start: Timestamp,
    /// First price.
    pub open: f64,
    /// Highest price.
    pub high: f64,
    /// Lowest price.
    pub low: f64,
    /// Last price.
    pub close: f64,
    /// Base units traded.
    pub volume: f64,
}

/// Why a bar cannot be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BarError {
    /// A price or volume is NaN or infinite.
    #[error("the bar at {0} holds a number that is not finite")]
    NotFinite(Timestamp),
    /// A price is 0 or less, or the volume is negative.
    #[error("the bar at {0} has a price of 0 or less, or a negative volume")]
    NotPositive(Timestamp),
    /// The high is below, or the low above, the open or the close.
    #[error("the bar at {0} has open or close outside its low and high")]
    Crossed(Timestamp),
    /// It does not come after the bar before it.
    #[error("the bar at {0} does not come after the one before it")]
    OutOfOrder(Timestamp),
    /// Its start is not a multiple of the granularity.
    #[error("the bar at {0} does not start on a multiple of its length")]
    Unaligned(Timestamp),
}

impl Bar {
    /// Checks the bar alone (D-02, D-04).
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), BarError> {
        let prices = [self.open, self.high, self.low, self.close];
        if !prices.iter().all(|p| p.is_finite()) || !self.volume.is_finite() {
            return Err(BarError::NotFinite(self.start));
        }
        if prices.iter().any(|p| *p <= 0.0) || self.volume < 0.0 {
            return Err(BarError::NotPositive(self.start));
        }
        let inside = |p: f64| self.low <= p && p <= self.high;
        if !inside(self.open) || !inside(self.close) {
            return Err(BarError::Crossed(self.start));
        }
        Ok(())
    }

    /// This bar and a later part of the same span as one.
    #[must_use]
    #[inline]
    pub fn merged(self, later: &Self) -> Self {
        Self {
            start: self.start,
            open: self.open,
            high: if later.high > self.high { later.high } else { self.high },
            low: if later.low < self.low { later.low } else { self.low },
            close: later.close,
            volume: self.volume + later.volume,
        }
    }
}

/// A series of bars as columns, strictly increasing in time (D-04). Absent bars are absent.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    granularity: Granularity,
    start: Vec<Timestamp>,
    open: Vec<f64>,
    high: Vec<f64>,
    low: Vec<f64>,
    close: Vec<f64>,
    volume: Vec<f64>,
}

impl Bars {
    /// An empty series with room for `capacity` bars.
    pub fn with_capacity(granularity: Granularity, capacity: usize) -> Self {
        let column = || Vec::with_capacity(capacity);
        Self {
            granularity,
            start: Vec::with_capacity(capacity),
            open: column(),
            high: column(),
            low: column(),
            close: column(),
            volume: column(),
        }
    }

    /// Appends a bar.
    ///
    /// # Errors
    /// [`BarError`] when the bar is unsound, unaligned or not after the last; nothing is appended.
    pub fn push(&mut self, bar: Bar) -> Result<(), BarError> {
        bar.check()?;
        if bar.start.floor_secs(self.granularity.secs()) != bar.start {
            return Err(BarError::Unaligned(bar.start));
        }
        if self.start.last().is_some_and(|last| *last >= bar.start) {
            return Err(BarError::OutOfOrder(bar.start));
        }
        self.start.push(bar.start);
        self.open.push(bar.open);
        self.high.push(bar.high);
        self.low.push(bar.low);
        self.close.push(bar.close);
        self.volume.push(bar.volume);
        Ok(())
    }

    /// The length of its bars.
    pub const fn granularity(&self) -> Granularity {
        self.granularity
    }

    /// How many bars there are.
    pub fn len(&self) -> usize {
        self.start.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.start.is_empty()
    }

    /// The bar at a position.
    pub fn get(&self, at: usize) -> Option<Bar> {
        Some(Bar {
            start: *self.start.get(at)?,
            open: *self.open.get(at)?,
            high: *self.high.get(at)?,
            low: *self.low.get(at)?,
            close: *self.close.get(at)?,
            volume: *self.volume.get(at)?,
        })
    }

    /// The bars at these positions, those that there are.
    #[must_use]
    pub fn part(&self, at: Range<usize>) -> Self {
        fn cut<T: Copy>(column: &[T], at: &Range<usize>) -> Vec<T> {
            let end = at.end.min(column.len());
            column.get(at.start.min(end)..end).unwrap_or_default().to_vec()
        }
        Self {
            granularity: self.granularity,
            start: cut(&self.start, &at),
            open: cut(&self.open, &at),
            high: cut(&self.high, &at),
            low: cut(&self.low, &at),
            close: cut(&self.close, &at),
            volume: cut(&self.volume, &at),
        }
    }

    /// The bars at these positions as one; `None` where there is none.
    pub fn merged(&self, at: Range<usize>) -> Option<Bar> {
        let (start, open) = (*self.start.get(at.start)?, *self.open.get(at.start)?);
        let close = *self.close.get(at.clone())?.last()?;
        // No number of a bar is NaN, so that a comparison is enough.
        let most = |most: f64, high: &f64| if *high > most { *high } else { most };
        let least = |least: f64, low: &f64| if *low < least { *low } else { least };
        let (high, highs) = self.high.get(at.clone())?.split_first()?;
        let (low, lows) = self.low.get(at.clone())?.split_first()?;
        let (volume, volumes) = self.volume.get(at)?.split_first()?;
        Some(Bar {
            start,
            open,
            high: highs.iter().fold(*high, most),
            low: lows.iter().fold(*low, least),
            close,
            volume: volumes.iter().fold(*volume, |sum, volume| sum + volume),
        })
    }

    /// The positions of the bars of each span of so many seconds, aligned to the epoch, with the span's
    /// start; spans without bars are absent.
    pub fn spans(
        &self,
        rows: Range<usize>,
        secs: i64,
    ) -> impl Iterator<Item = (Timestamp, Range<usize>)> + '_ {
        let (mut at, end) = (rows.start, rows.end.min(self.len()));
        core::iter::from_fn(move || {
            let first = self.start.get(at).filter(|_| at < end)?;
            let start = first.floor_secs(secs);
            let rows = at..self.position_from(at, start.plus_secs(secs)).min(end);
            at = rows.end;
            Some((start, rows))
        })
    }

    /// All bars in order.
    pub fn iter(&self) -> impl Iterator<Item = Bar> + '_ {
        (0..self.len()).filter_map(|at| self.get(at))
    }

    /// Bar starts, the key column.
    pub fn starts(&self) -> &[Timestamp] {
        &self.start
    }

    /// The close column.
    pub fn closes(&self) -> &[f64] {
        &self.close
    }

    /// The volume column.
    pub fn volumes(&self) -> &[f64] {
        &self.volume
    }

    /// How many of its first bars are closed at `now`: start + length ≤ now.
    pub fn closed_len(&self, now: Timestamp) -> usize {
        self.closed_from(0, now)
    }

    /// The same, for one who knows a position before which all are closed.
    #[inline]
    pub fn closed_from(&self, at: usize, now: Timestamp) -> usize {
        // start + length ≤ now is start < now − length + 1 ms.
        let after = now.plus_secs(-self.granularity.secs()).millis().saturating_add(1);
        self.position_from(at, Timestamp::from_millis(after))
    }

    /// The position of the first bar that starts at `from` or later.
    pub fn position(&self, from: Timestamp) -> usize {
        self.position_from(0, from)
    }

    /// The same, for one who knows a position before which all start earlier.
    #[inline]
    pub fn position_from(&self, at: usize, from: Timestamp) -> usize {
        let starts = self.start.get(at..).unwrap_or_default();
        let Some(first) = starts.first().filter(|first| **first < from) else {
            return at.min(self.len());
        };
        // Where no bar is absent it is as far on as the time says; absent ones bring it nearer.
        let length = self.granularity.secs().saturating_mul(1000);
        let ahead =
            from.millis().saturating_sub(first.millis()).saturating_add(length - 1) / length;
        let most = usize::try_from(ahead).unwrap_or(usize::MAX).min(starts.len());
        let before = most.checked_sub(1).and_then(|last| starts.get(last));
        if before.is_none_or(|last| *last < from) {
            return at + most;
        }
        let starts = starts.get(..most).unwrap_or_default();
        at + starts.partition_point(|start| *start < from)
    }

    /// When the last bar ends.
    pub fn end(&self) -> Option<Timestamp> {
        self.start.last().map(|start| start.plus_secs(self.granularity.secs()))
    }
}

/// A span in which the venue's data is missing: every product's, or said so by a download.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// First moment without data.
    pub from: Timestamp,
    /// First moment with data again.
    pub to: Timestamp,
}
