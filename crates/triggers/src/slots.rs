//! What one product's 5-minute slots say.

use core::num::NonZeroUsize;

use domain::{Absent, Bar, Feature, SlotFeatures, Timestamp};
use indicators::{PivotLows, Ring, RollingMin, Rsi, Vwap};

use crate::Timeline;
use crate::timeline::SLOT_SECS;

/// Rolling windows over closed slots.
#[derive(Debug, Clone)]
pub(crate) struct Slots {
    closes: Ring<f64>,
    rsi: Rsi,
    /// Its value at the slot before.
    previous_rsi: Option<f64>,
    vwap: Vwap,
    low_36: RollingMin,
    pivots: PivotLows,
}

impl Slots {
    pub(crate) fn new() -> Self {
        let n = |n: usize| NonZeroUsize::MIN.saturating_add(n.saturating_sub(1));
        Self {
            closes: Ring::new(n(13)),
            rsi: Rsi::new(n(14)),
            previous_rsi: None,
            vwap: Vwap::new(n(12)),
            low_36: RollingMin::new(n(36)),
            pivots: PivotLows::new(n(2), n(48)),
        }
    }

    /// Closes a slot and says in `out` what is known then. One without trades needs one with
    /// trades before it; until then nothing is said.
    #[inline]
    pub(crate) fn close(
        &mut self,
        start: Timestamp,
        bar: Option<Bar>,
        timeline: &Timeline,
        out: &mut Option<SlotFeatures>,
    ) {
        let Some(close) = bar.map(|b| b.close).or_else(|| self.closes.back(0)) else { return };
        let rsi = self.rsi.update(close);
        let previous_rsi = core::mem::replace(&mut self.previous_rsi, rsi);
        self.closes.push(close);
        let low = bar.map(|b| b.low);
        let low_36 = self.low_36.update(low);
        self.pivots.update(low);
        let vwap = match bar {
            Some(b) => self.vwap.update(b.high, b.low, b.close, b.volume),
            None => self.vwap.update_absent(),
        };
        let end = start.plus_secs(SLOT_SECS);
        let gap = |slots: i64| timeline.is_gap(end, slots * SLOT_SECS);
        let (gap_3, gap_12, gap_36) = (gap(3), gap(12), gap(36));
        let back = |ago: usize| {
            let before = self.closes.back(ago).ok_or(Absent::InsufficientHistory)?;
            Ok(100.0 * (close / before - 1.0))
        };
        *out = Some(SlotFeatures {
            start,
            close,
            return_15m_pct: unless(gap_3, back(3)),
            return_60m_pct: unless(gap_12, back(12)),
            vwap_12: unless(gap_12, vwap.ok_or(Absent::NoVolume)),
            rsi_14: unless(gap_12, rsi.ok_or(Absent::InsufficientHistory)),
            previous_rsi_14: unless(gap_12, previous_rsi.ok_or(Absent::InsufficientHistory)),
            low_36: unless(gap_36, low_36.ok_or(Absent::NoVolume)),
            pivot_low: self.pivots.newest(),
            previous_pivot_low: self.pivots.before(),
        });
    }
}

fn unless<T>(gap: bool, feature: Feature<T>) -> Feature<T> {
    if gap { Err(Absent::DataGap) } else { feature }
}
