//! What today's NAV is compared with.

use domain::Timestamp;

use crate::num::Num;

const DAY_SECS: i64 = 86_400;
const WEEK_SECS: i64 = 7 * DAY_SECS;
/// The first Monday of the era; it began on a Thursday.
const MONDAY_SECS: i64 = 4 * DAY_SECS;

/// Two NAVs so far apart are two readings, seconds.
const APART_SECS: i64 = 10;

/// The start of a moment's UTC day, seconds.
pub(crate) const fn day_of(at: Timestamp) -> i64 {
    at.secs().div_euclid(DAY_SECS) * DAY_SECS
}

/// The start of a moment's week, seconds: its Monday.
pub(crate) const fn week_of(at: Timestamp) -> i64 {
    (at.secs() - MONDAY_SECS).div_euclid(WEEK_SECS) * WEEK_SECS + MONDAY_SECS
}

/// The NAVs that losses are measured from, from recorded cycles.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct References {
    last: Option<(Timestamp, Num)>,
    day: Option<(i64, Num)>,
    week: Option<(i64, Num)>,
    peak: Option<Num>,
}

impl References {
    /// Takes the NAV of a cycle.
    pub(crate) fn record(&mut self, at: Timestamp, nav: Num) {
        if self.last.is_some_and(|(last, _)| last > at) {
            return;
        }
        let before = self.last.map_or(nav, |(_, nav)| nav);
        for (reference, start) in [(&mut self.day, day_of(at)), (&mut self.week, week_of(at))] {
            if reference.is_none_or(|(since, _)| since < start) {
                *reference = Some((start, if at.secs() == start { nav } else { before }));
            }
        }
        self.last = Some((at, nav));
        self.peak = Some(self.peak.map_or(nav, |peak| peak.max(nav)));
    }

    /// An operator set the peak.
    pub(crate) const fn reset_peak(&mut self, nav: Num) {
        self.peak = Some(nav);
    }

    /// What losses of day, week and from the peak are measured from, if a NAV at least ten seconds
    /// before tells of the same: one reading may be a slip.
    pub(crate) fn all(&self, at: Timestamp) -> Option<(Num, [Option<Num>; 3])> {
        let (last, nav) = self.last?;
        let references = [self.day.map(|(_, nav)| nav), self.week.map(|(_, nav)| nav), self.peak];
        (at.secs_since(last) >= APART_SECS).then_some((nav, references))
    }
}
