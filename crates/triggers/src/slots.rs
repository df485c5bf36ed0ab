//! What one product's 5-minute slots say.

use core::num::NonZeroUsize;

use domain::{Absent, Bar, Feature, SlotFeatures, Timestamp};
use indicators::{PivotLows, RollingMin, Rsi, Vwap};

use crate::Timeline;
use crate::timeline::SLOT_SECS;

/// Rolling windows over closed slots.
#[derive(Debug, Clone)]
pub(crate) struct Slots {
    closes: Closes,
    rsi: Rsi,
    /// Its value at the slot before.
    previous_rsi: Option<f64>,
    vwap: Vwap,
    low_36: RollingMin,
    pivots: PivotLows<2>,
}

impl Slots {
    pub(crate) fn new() -> Self {
        let n = |n: usize| NonZeroUsize::MIN.saturating_add(n.saturating_sub(1));
        Self {
            closes: Closes::default(),
            rsi: Rsi::new(n(14)),
            previous_rsi: None,
            vwap: Vwap::new(n(12)),
            low_36: RollingMin::new(n(36)),
            pivots: PivotLows::new(n(48)),
        }
    }

    /// Closes a slot with trades and says in `out` what is known then.
    #[inline]
    pub(crate) fn close(
        &mut self,
        start: Timestamp,
        bar: &Bar,
        timeline: &Timeline,
        out: &mut Option<SlotFeatures>,
    ) {
        let (vwap, low_36) = self.take(bar);
        self.say((start, bar.close), vwap, low_36, timeline, out);
    }

    /// Closes a slot with trades of which nothing is said.
    #[inline]
    pub(crate) fn absorb(&mut self, bar: &Bar) {
        self.take(bar);
        self.advance(bar.close);
    }

    /// The average price of a slot with trades among those before it, and their lowest low.
    #[inline]
    fn take(&mut self, bar: &Bar) -> (Option<f64>, Option<f64>) {
        let low_36 = self.low_36.update(Some(bar.low));
        self.pivots.update(Some(bar.low));
        (self.vwap.update(bar.high, bar.low, bar.close, bar.volume), low_36)
    }

    /// Closes a slot without trades. It needs one with trades before it; until then nothing is said.
    #[inline(never)]
    pub(crate) fn close_absent(
        &mut self,
        start: Timestamp,
        timeline: &Timeline,
        out: &mut Option<SlotFeatures>,
    ) {
        let Some(close) = self.closes.back(0) else { return };
        let low_36 = self.low_36.update(None);
        self.pivots.update(None);
        let vwap = self.vwap.update_absent();
        self.say((start, close), vwap, low_36, timeline, out);
    }

    #[inline]
    fn say(
        &mut self,
        (start, close): (Timestamp, f64),
        vwap: Option<f64>,
        low_36: Option<f64>,
        timeline: &Timeline,
        out: &mut Option<SlotFeatures>,
    ) {
        let (rsi, previous_rsi) = self.advance(close);
        // Nearly always everything is known, and one question is enough.
        if let (Some(return_15m_pct), Some(return_60m_pct)) = (self.change(3), self.change(12))
            && let (Some(rsi_14), Some(previous_rsi_14)) = (rsi, previous_rsi)
            && let (Some(vwap_12), Some(low_36)) = (vwap, low_36)
            && !timeline.has_gaps()
        {
            *out = Some(SlotFeatures {
                start,
                close,
                return_15m_pct: Ok(return_15m_pct),
                return_60m_pct: Ok(return_60m_pct),
                vwap_12: Ok(vwap_12),
                rsi_14: Ok(rsi_14),
                previous_rsi_14: Ok(previous_rsi_14),
                low_36: Ok(low_36),
                pivot_low: self.pivots.newest(),
                previous_pivot_low: self.pivots.before(),
            });
        } else {
            self.say_part((start, close), vwap, low_36, previous_rsi, timeline, out);
        }
    }

    /// The strength index with a close, and as it was before.
    #[inline]
    fn advance(&mut self, close: f64) -> (Option<f64>, Option<f64>) {
        let rsi = self.rsi.update(close);
        self.closes.push(close);
        (rsi, core::mem::replace(&mut self.previous_rsi, rsi))
    }

    /// Says what is known, and of the rest why not.
    #[inline(never)]
    fn say_part(
        &self,
        (start, close): (Timestamp, f64),
        vwap: Option<f64>,
        low_36: Option<f64>,
        previous_rsi: Option<f64>,
        timeline: &Timeline,
        out: &mut Option<SlotFeatures>,
    ) {
        let end = start.plus_secs(SLOT_SECS);
        let gap = |slots: i64| timeline.is_gap(end, slots * SLOT_SECS);
        let (gap_3, gap_12, gap_36) = (gap(3), gap(12), gap(36));
        let short = Absent::InsufficientHistory;
        *out = Some(SlotFeatures {
            start,
            close,
            return_15m_pct: unless(gap_3, self.change(3).ok_or(short)),
            return_60m_pct: unless(gap_12, self.change(12).ok_or(short)),
            vwap_12: unless(gap_12, vwap.ok_or(Absent::NoVolume)),
            rsi_14: unless(gap_12, self.previous_rsi.ok_or(short)),
            previous_rsi_14: unless(gap_12, previous_rsi.ok_or(short)),
            low_36: unless(gap_36, low_36.ok_or(Absent::NoVolume)),
            pivot_low: self.pivots.newest(),
            previous_pivot_low: self.pivots.before(),
        });
    }

    /// The newest close against the one `slots` before, percent.
    #[inline]
    fn change(&self, slots: usize) -> Option<f64> {
        let (close, before) = (self.closes.back(0)?, self.closes.back(slots)?);
        Some(100.0 * (close / before - 1.0))
    }
}

fn unless<T>(gap: bool, feature: Feature<T>) -> Feature<T> {
    if gap { Err(Absent::DataGap) } else { feature }
}

/// The last 16 closes. 13 are asked for; of 16, a close's place is the last bits of its number.
#[derive(Debug, Clone, Default)]
struct Closes {
    places: [f64; 16],
    pushed: usize,
}

impl Closes {
    #[inline]
    fn push(&mut self, close: f64) {
        self.places[self.pushed % 16] = close;
        self.pushed += 1;
    }

    /// The close `ago` slots before the newest.
    #[inline]
    fn back(&self, ago: usize) -> Option<f64> {
        (ago < self.pushed).then(|| self.places[(self.pushed - 1 - ago) % 16])
    }
}
