//! What the triggers and the regime read: plain numbers, refreshed once for each closed candle.

use serde::{Deserialize, Serialize};

use crate::{Absent, Granularity, ProductId, Timestamp};

/// A number, or the reason why there is none. Missing data never becomes a number.
pub type Feature<T> = Result<T, Absent>;

/// Everything known about one product's candles. `Copy`, no heap.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Features {
    /// Whose.
    pub product: ProductId,
    /// Grows by one whenever a closed candle changed anything.
    pub revision: u64,
    /// The finest bars there are, after folding minutes to 5 m; `H1` has no slot features.
    pub granularity: Granularity,
    /// Closed hours since the first hour with a bar, at most what was fed.
    pub closed_hours: u32,
    /// The newest closed hour.
    pub hour: Option<HourFeatures>,
    /// The hour before it, to know what became true just now.
    pub previous_hour: Option<HourFeatures>,
    /// The newest closed 5-minute slot.
    pub slot: Option<SlotFeatures>,
    /// The slot before it.
    pub previous_slot: Option<SlotFeatures>,
}

/// As of the close of one UTC-aligned hour. Windows are spans of time; an absent hour carries the
/// last close, has volume 0 and no high or low.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HourFeatures {
    /// The hour's start.
    pub start: Timestamp,
    /// Whether anything was traded in it.
    pub traded: bool,
    /// Its (carried) close.
    pub close: f64,
    /// The (carried) close of the hour before.
    pub previous_close: Feature<f64>,
    /// Base units traded in it.
    pub volume: f64,
    /// Close against the close before, percent.
    pub return_1h_pct: Feature<f64>,
    /// Σ volume × close over the last 24 hours, quote units.
    pub quote_volume_24h: Feature<f64>,
    /// Last against first of the last 168 closes, percent.
    pub trend_168h_pct: Feature<f64>,
    /// Sample standard deviation of the 167 returns between the last 168 closes × √8760, percent.
    pub volatility_168h_pct: Feature<f64>,
    /// Whether each of the last 168 hours was traded and none of them touches a gap.
    pub whole_168h: bool,
    /// Against the 20 hours before.
    pub outlier: Feature<Outlier>,
    /// ATR14 (Wilder), price units.
    pub atr_14: Feature<f64>,
    /// ATR14 as percent of close / median of its 168 values before.
    pub atr_ratio: Feature<f64>,
    /// Volume / mean volume of the 24 hours before.
    pub volume_ratio: Feature<f64>,
    /// Highest high of the 24 hours before.
    pub high_24h_before: Feature<f64>,
    /// Highest high of the 168 hours before.
    pub high_168h_before: Feature<f64>,
    /// Close against the close 24 hours before, percent.
    pub return_24h_pct: Feature<f64>,
    /// How many of the last 12 hourly returns were above 0.
    pub up_hours_12: u8,
    /// How many were below 0.
    pub down_hours_12: u8,
    /// Hours since |24 h return| reached the momentum threshold with today's sign; 0 in its first
    /// hour, `None` while it is below.
    pub momentum_streak_hours: Option<u32>,
    /// The low of the last 24 hours and what came before it.
    pub swing: Feature<Swing>,
}

/// How far a close is from its recent mean, and on what volume.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Outlier {
    /// |close − mean of the 20 hours before| / that mean, percent.
    pub deviation_pct: f64,
    /// Volume / mean volume of the 20 hours before.
    pub volume_ratio: f64,
}

/// The lowest low of the last 24 closed hours and the highest high of the 24 hours before it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Swing {
    /// The lowest low.
    pub low: f64,
    /// How many hours ago it was made; 0 is the newest hour.
    pub low_hours_ago: u8,
    /// The highest high of the 24 hours before the hour of the low.
    pub high_before: f64,
}

/// As of the close of one 5-minute slot.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SlotFeatures {
    /// The slot's start.
    pub start: Timestamp,
    /// Its (carried) close.
    pub close: f64,
    /// Close against the close 3 slots before, percent.
    pub return_15m_pct: Feature<f64>,
    /// Close against the close 12 slots before, percent.
    pub return_60m_pct: Feature<f64>,
    /// Volume-weighted typical price of the last 12 slots.
    pub vwap_12: Feature<f64>,
    /// RSI14 (Wilder; no movement is 50).
    pub rsi_14: Feature<f64>,
    /// The RSI a slot earlier.
    pub previous_rsi_14: Feature<f64>,
    /// Lowest low of the last 36 slots.
    pub low_36: Feature<f64>,
    /// The newest pivot low within 48 slots.
    pub pivot_low: Option<f64>,
    /// The pivot low before it.
    pub previous_pivot_low: Option<f64>,
}

impl SlotFeatures {
    /// Copies them number by number: their 144 bytes at once are a call of `memcpy`.
    #[inline]
    pub fn copy_to(&self, kept: &mut Option<Self>) {
        let kept = kept.get_or_insert(*self);
        // Taken apart, so that a new number cannot be forgotten here.
        let Self {
            start,
            close,
            return_15m_pct,
            return_60m_pct,
            vwap_12,
            rsi_14,
            previous_rsi_14,
            low_36,
            pivot_low,
            previous_pivot_low,
        } = self;
        kept.start = *start;
        kept.close = *close;
        kept.return_15m_pct = *return_15m_pct;
        kept.return_60m_pct = *return_60m_pct;
        kept.vwap_12 = *vwap_12;
        kept.rsi_14 = *rsi_14;
        kept.previous_rsi_14 = *previous_rsi_14;
        kept.low_36 = *low_36;
        kept.pivot_low = *pivot_low;
        kept.previous_pivot_low = *previous_pivot_low;
    }
}
