//! An event in one line for a person.

use domain::{Evidence, PriceMoveRow, Trigger};

/// Says what happened: `Momentum up (+7.8% in 24h)`.
pub fn describe(trigger: &Trigger) -> String {
    let way = if trigger.move_pct < 0.0 { "down" } else { "up" };
    match trigger.evidence {
        Evidence::PriceMove { return_15m_pct: quarter, return_60m_pct: hour, row } => match row {
            PriceMoveRow::Both => {
                format!("Price {way} ({quarter:+.1}% in 15m, {hour:+.1}% in 60m)")
            }
            PriceMoveRow::Hour => format!("Price {way} ({hour:+.1}% in 60m)"),
            PriceMoveRow::Quarter => format!("Price {way} ({quarter:+.1}% in 15m)"),
        },
        Evidence::VolumeSpike { volume_ratio, return_1h_pct } => {
            format!("Volume spike {way} ({volume_ratio:.1}x volume, {return_1h_pct:+.1}% in 1h)")
        }
        Evidence::Breakout { close, high_168h_before, volume_ratio, .. } => {
            let week = high_168h_before.is_some_and(|high| close > high);
            let also = if week { ", a 7-day high" } else { "" };
            let above = trigger.move_pct;
            format!("Breakout ({above:+.1}% over the 24h high, {volume_ratio:.1}x volume{also})")
        }
        Evidence::Reversal { recovery_pct, low_hours_ago, confirmations, .. } => format!(
            "Reversal ({recovery_pct:+.1}% off the low {low_hours_ago}h ago, {} of 4 confirmed)",
            confirmations.count()
        ),
        Evidence::Momentum { return_24h_pct, .. } => {
            format!("Momentum {way} ({return_24h_pct:+.1}% in 24h)")
        }
    }
}
