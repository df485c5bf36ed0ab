//! What today's NAV is compared with.

use domain::{Timestamp, Usd};
use serde::{Deserialize, Serialize};

const DAY_SECS: i64 = 86_400;
/// 1970-01-01 was a Thursday; the first Monday after it starts here.
const FIRST_MONDAY_SECS: i64 = 4 * DAY_SECS;

/// References of the loss stops: the last NAV at or before the UTC day's and week's start, and the
/// highest NAV seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NavMarks {
    last: Option<(Timestamp, Usd)>,
    day: Option<(Timestamp, Usd)>,
    week: Option<(Timestamp, Usd)>,
    peak: Option<Usd>,
}

impl NavMarks {
    /// Takes a recorded NAV. NAVs come in time order; an older one is ignored.
    pub fn record(&mut self, at: Timestamp, nav: Usd) {
        if self.last.is_some_and(|(last, _)| last > at) {
            return;
        }
        let before = self.last.unwrap_or((at, nav));
        roll(&mut self.day, day_start(at), before.1, nav, at);
        roll(&mut self.week, week_start(at), before.1, nav, at);
        self.last = Some((at, nav));
        self.peak = Some(self.peak.map_or(nav, |peak| peak.max(nav)));
    }

    /// Measures drawdown from here on, as an operator said.
    pub const fn reset_peak(&mut self, nav: Usd) {
        self.peak = Some(nav);
    }

    /// The reference of the UTC day.
    pub fn day(&self) -> Option<Usd> {
        self.day.map(|(_, nav)| nav)
    }

    /// The reference of the week from Monday.
    pub fn week(&self) -> Option<Usd> {
        self.week.map(|(_, nav)| nav)
    }

    /// The highest NAV seen.
    pub const fn peak(&self) -> Option<Usd> {
        self.peak
    }
}

/// Starts a new period with the last NAV before it (the present one when there is none, or when
/// the boundary itself is the moment of the record).
fn roll(
    mark: &mut Option<(Timestamp, Usd)>,
    start: Timestamp,
    before: Usd,
    nav: Usd,
    at: Timestamp,
) {
    if mark.is_none_or(|(period, _)| period < start) {
        let reference = if at == start { nav } else { before };
        *mark = Some((start, reference));
    }
}

/// The UTC day of a moment.
pub(crate) const fn day_start(at: Timestamp) -> Timestamp {
    at.floor_secs(DAY_SECS)
}

/// The week of a moment, from Monday.
pub(crate) const fn week_start(at: Timestamp) -> Timestamp {
    let week = 7 * DAY_SECS;
    at.plus_secs(-FIRST_MONDAY_SECS).floor_secs(week).plus_secs(FIRST_MONDAY_SECS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(text: &str) -> Usd {
        Usd::parse(text).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_day_starts_from_the_last_nav_before_midnight() {
        let mut marks = NavMarks::default();
        marks.record(at("2026-01-05T22:00:00Z"), usd("100"));
        marks.record(at("2026-01-05T23:59:00Z"), usd("90"));
        marks.record(at("2026-01-06T00:01:00Z"), usd("80"));
        assert_eq!(marks.day(), Some(usd("90")));
        assert_eq!(marks.week(), Some(usd("100")), "2026-01-05 is a Monday");
        assert_eq!(marks.peak(), Some(usd("100")));
    }

    #[test]
    fn a_week_runs_from_monday_to_sunday() {
        let mut marks = NavMarks::default();
        marks.record(at("2026-01-04T23:00:00Z"), usd("50"));
        marks.record(at("2026-01-05T00:00:00Z"), usd("60"));
        assert_eq!(marks.week(), Some(usd("60")), "a NAV at the boundary is the reference");
        marks.record(at("2026-01-11T23:59:59Z"), usd("70"));
        assert_eq!(marks.week(), Some(usd("60")));
        marks.record(at("2026-01-12T00:00:01Z"), usd("10"));
        assert_eq!(marks.week(), Some(usd("70")));
    }

    #[test]
    fn an_older_nav_is_ignored() {
        let mut marks = NavMarks::default();
        marks.record(at("2026-01-05T12:00:00Z"), usd("100"));
        let before = marks;
        marks.record(at("2026-01-05T11:00:00Z"), usd("900"));
        assert_eq!(marks, before);
    }
}
