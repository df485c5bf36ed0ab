//! When the venue's data is missing, for all products alike.

use core::num::NonZeroUsize;

use domain::{Gap, Timestamp};
use indicators::Ring;

/// Seconds of a slot.
pub(crate) const SLOT_SECS: i64 = 300;
/// How far back windows may reach: 400 hours.
const KEPT_SLOTS: u16 = 400 * 12;
/// A feature's window may be so much gap, and not more.
const MAX_GAP_SHARE: f64 = 0.05;

/// Gap seconds of each 5-minute slot, as a running sum: the share of any window costs two reads.
#[derive(Debug, Clone)]
pub struct Timeline {
    /// Gap seconds since the beginning, after each slot.
    sums: Ring<u64>,
    /// The end of the newest slot.
    end: Option<Timestamp>,
    total: u64,
}

impl Default for Timeline {
    fn default() -> Self {
        Self::new()
    }
}

impl Timeline {
    /// A timeline without slots.
    pub fn new() -> Self {
        let kept = NonZeroUsize::MIN.saturating_add(usize::from(KEPT_SLOTS));
        Self { sums: Ring::new(kept), end: None, total: 0 }
    }

    /// A timeline of the slots in `[from, to)` with these gaps; gaps may overlap no other.
    pub fn from_gaps(from: Timestamp, to: Timestamp, gaps: &[Gap]) -> Self {
        let mut timeline = Self::new();
        let mut slot = from.floor_secs(SLOT_SECS);
        while slot.plus_secs(SLOT_SECS) <= to {
            let end = slot.plus_secs(SLOT_SECS);
            let missing: i64 =
                gaps.iter().map(|gap| gap.to.min(end).secs_since(gap.from.max(slot)).max(0)).sum();
            timeline.push(slot, u16::try_from(missing.min(SLOT_SECS)).unwrap_or(u16::MAX));
            slot = end;
        }
        timeline
    }

    /// Takes the next slot. Slots that were skipped since the last one were gaps; an older slot is
    /// ignored.
    pub fn push(&mut self, start: Timestamp, gap_secs: u16) {
        let skipped = self.end.map_or(0, |end| start.secs_since(end) / SLOT_SECS);
        if skipped < 0 {
            return;
        }
        for _ in 0..skipped.min(i64::from(KEPT_SLOTS)) {
            self.add(SLOT_SECS.unsigned_abs());
        }
        self.add(u64::from(gap_secs).min(SLOT_SECS.unsigned_abs()));
        self.end = Some(start.plus_secs(SLOT_SECS));
    }

    fn add(&mut self, gap_secs: u64) {
        if self.sums.is_empty() {
            self.sums.push(0);
        }
        self.total += gap_secs;
        self.sums.push(self.total);
    }

    /// Whether anything at all is missing.
    #[inline]
    pub(crate) const fn has_gaps(&self) -> bool {
        self.total > 0
    }

    /// The share of `[end − span, end)` that is gap, 0 to 1. What lies before the first slot or
    /// after the last counts as none.
    #[inline]
    pub fn gap_share(&self, end: Timestamp, span_secs: i64) -> f64 {
        if !self.has_gaps() || span_secs <= 0 {
            return 0.0;
        }
        let missing = self.sum_at(end).saturating_sub(self.sum_at(end.plus_secs(-span_secs)));
        missing as f64 / span_secs as f64
    }

    /// Whether a window is too much gap to say anything (`data_gap`).
    #[inline]
    pub fn is_gap(&self, end: Timestamp, span_secs: i64) -> bool {
        self.gap_share(end, span_secs) > MAX_GAP_SHARE
    }

    /// Whether any of a window is gap.
    #[inline]
    pub fn touches_gap(&self, end: Timestamp, span_secs: i64) -> bool {
        self.gap_share(end, span_secs) > 0.0
    }

    /// Gap seconds before a moment, by the slot it ends or lies in.
    fn sum_at(&self, at: Timestamp) -> u64 {
        let Some(end) = self.end else { return 0 };
        let ago = end.secs_since(at).max(0) / SLOT_SECS;
        let ago = usize::try_from(ago).unwrap_or(usize::MAX);
        self.sums.back(ago).or_else(|| self.sums.iter().next()).unwrap_or(0)
    }
}
