//! Hours with nothing in them but what the regime reads.
#![allow(
    missing_docs,
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test file uses a part of it"
)]

use domain::{Absent, Features, Granularity, HourFeatures, Timestamp};
use regime::{Memory, Params, Reading, classify};

/// 2026-01-05T12:00:00Z.
pub const T0: Timestamp = Timestamp::from_secs(1_767_614_400);

/// Trend and volatility, percent.
pub const BULL: (f64, f64) = (12.0, 40.0);
pub const CHOP: (f64, f64) = (1.0, 40.0);
pub const BEAR: (f64, f64) = (-7.0, 40.0);
pub const CRASH: (f64, f64) = (-15.0, 40.0);

pub fn at(hours: i64) -> Timestamp {
    T0.plus_secs(hours * 3600)
}

pub fn hour(hours: i64, (trend, volatility): (f64, f64)) -> HourFeatures {
    HourFeatures {
        start: at(hours),
        traded: true,
        close: 100.0,
        previous_close: Ok(100.0),
        volume: 1.0,
        return_1h_pct: Ok(0.0),
        quote_volume_24h: Ok(1e8),
        trend_168h_pct: Ok(trend),
        volatility_168h_pct: Ok(volatility),
        whole_168h: true,
        outlier: Err(Absent::InsufficientHistory),
        atr_14: Err(Absent::InsufficientHistory),
        atr_ratio: Err(Absent::InsufficientHistory),
        volume_ratio: Err(Absent::InsufficientHistory),
        high_24h_before: Err(Absent::InsufficientHistory),
        high_168h_before: Err(Absent::InsufficientHistory),
        return_24h_pct: Err(Absent::InsufficientHistory),
        up_hours_12: 0,
        down_hours_12: 0,
        momentum_streak_hours: None,
        swing: Err(Absent::InsufficientHistory),
    }
}

pub fn features(hour: &HourFeatures) -> Features {
    Features {
        product: "BTC-USD".parse().unwrap(),
        revision: 1,
        granularity: Granularity::H1,
        closed_hours: 336,
        hour: Some(*hour),
        previous_hour: None,
        slot: None,
        previous_slot: None,
    }
}

/// Reads an hour at its end; `None` is a cycle without features.
pub fn read(memory: &mut Memory, hours: i64, numbers: Option<(f64, f64)>) -> Reading {
    let btc = numbers.map(|numbers| features(&hour(hours, numbers)));
    classify(&Params::default(), btc.as_ref(), at(hours + 1), memory)
}
