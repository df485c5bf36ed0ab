//! Events worth noticing, with their evidence.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{Granularity, ProductId, Timestamp};

/// What kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TriggerKind {
    /// A fast move within 15 or 60 minutes.
    PriceMove,
    /// Much more volume than in the day before.
    VolumeSpike,
    /// A close above the highest high of the day before.
    Breakout,
    /// A bounce off a fresh low.
    Reversal,
    /// A move that has lasted a day.
    Momentum,
}

impl TriggerKind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::PriceMove, Self::VolumeSpike, Self::Breakout, Self::Reversal, Self::Momentum];

    /// The snake_case word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PriceMove => "price_move",
            Self::VolumeSpike => "volume_spike",
            Self::Breakout => "breakout",
            Self::Reversal => "reversal",
            Self::Momentum => "momentum",
        }
    }
}

impl fmt::Display for TriggerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The identity of an event: what happened, where, on which candle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TriggerId {
    /// Where.
    pub product: ProductId,
    /// What.
    pub kind: TriggerKind,
    /// Start of the candle that raised it.
    pub candle: Timestamp,
}

impl fmt::Display for TriggerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.product, self.kind, self.candle)
    }
}

/// Which row of the price-move table fired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceMoveRow {
    /// 15 and 60 minutes, same sign.
    Both,
    /// 60 minutes alone.
    Hour,
    /// 15 minutes alone.
    Quarter,
}

/// The numbers that made the event true; each recomputes from candles.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Evidence {
    /// See [`TriggerKind::PriceMove`].
    PriceMove {
        /// Close against the close 15 minutes before, percent.
        return_15m_pct: f64,
        /// Close against the close 60 minutes before, percent.
        return_60m_pct: f64,
        /// Which row fired.
        row: PriceMoveRow,
    },
    /// See [`TriggerKind::VolumeSpike`].
    VolumeSpike {
        /// The hour's volume / mean of the 24 hours before.
        volume_ratio: f64,
        /// The hour's return, percent.
        return_1h_pct: f64,
    },
    /// See [`TriggerKind::Breakout`].
    Breakout {
        /// The hour's close.
        close: f64,
        /// Highest high of the 24 hours before.
        high_24h_before: f64,
        /// Highest high of the 168 hours before, when known.
        high_168h_before: Option<f64>,
        /// ATR14, price units.
        atr_14: f64,
        /// The hour's volume / mean of the 24 hours before.
        volume_ratio: f64,
    },
    /// See [`TriggerKind::Reversal`].
    Reversal {
        /// The hour's close.
        close: f64,
        /// Lowest low of the last 24 hours.
        low: f64,
        /// How many hours ago it was made.
        low_hours_ago: u8,
        /// Highest high of the 24 hours before the low.
        high_before: f64,
        /// Close above the low, percent.
        recovery_pct: f64,
        /// Which confirmations hold.
        confirmations: Confirmations,
    },
    /// See [`TriggerKind::Momentum`].
    Momentum {
        /// Close against the close 24 hours before, percent.
        return_24h_pct: f64,
        /// How many of the last 12 hourly returns have its sign.
        hours_with_sign: u8,
        /// Hours since the condition became true.
        streak_hours: u32,
    },
}

/// The four signs, on 5-minute slots, that a bounce is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "four independent observations, not a state")]
pub struct Confirmations {
    /// Close above the VWAP of 12 slots.
    pub above_vwap: bool,
    /// The last pivot low is above the one before.
    pub higher_low: bool,
    /// RSI14 crossed up through 50.
    pub rsi_crossed_up: bool,
    /// Close at least 0.6 % above the low of 36 slots.
    pub bounced: bool,
}

impl Confirmations {
    /// How many hold.
    pub fn count(self) -> u8 {
        u8::from(self.above_vwap)
            + u8::from(self.higher_low)
            + u8::from(self.rsi_crossed_up)
            + u8::from(self.bounced)
    }
}

/// How much an event matters: strength × confidence in three words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Below 0.35.
    Low,
    /// From 0.35.
    Medium,
    /// From 0.6.
    High,
}

/// An event, or a condition that merely stands.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Trigger {
    /// What, where, when.
    pub id: TriggerId,
    /// The timeframe of its candle.
    pub granularity: Granularity,
    /// Whether the condition became true on the newest closed candle of its timeframe.
    pub fresh: bool,
    /// The signed move, percent.
    pub move_pct: f64,
    /// 0 to 1.
    pub strength: f64,
    /// 0 to 1.
    pub confidence: f64,
    /// The numbers behind it.
    pub evidence: Evidence,
}

impl Trigger {
    /// Strength × confidence, by which triggers are ranked.
    pub fn score(&self) -> f64 {
        self.strength * self.confidence
    }

    /// The score in one word.
    pub fn severity(&self) -> Severity {
        match self.score() {
            s if s >= 0.6 => Severity::High,
            s if s >= 0.35 => Severity::Medium,
            _ => Severity::Low,
        }
    }
}
