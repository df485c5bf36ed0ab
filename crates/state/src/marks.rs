//! What today's NAV is compared with.

use std::collections::BTreeMap;

use domain::{FlowId, Timestamp, Usd};
use serde::{Deserialize, Serialize};

const DAY_SECS: i64 = 86_400;
/// 1970-01-01 was a Thursday; the first Monday after it starts here.
const FIRST_MONDAY_SECS: i64 = 4 * DAY_SECS;

/// A recorded NAV that something is measured from, and how many there had been by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Reading {
    nav: Usd,
    number: u64,
}

/// References of the loss stops: the last NAV at or before the UTC day's and week's start, and the
/// highest NAV seen.
///
/// What its owner pays in or takes out is no gain and no loss: it moves every reference from before
/// it in proportion, `reference × (NAV + flow) / NAV`, which is what a peak of the value of one unit
/// comes to. A loss that nobody has explained is one until somebody says that it was taken out; then
/// the references from before it move, those since do not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NavMarks {
    readings: u64,
    last: Option<(Timestamp, Reading)>,
    day: Option<(Timestamp, Reading)>,
    week: Option<(Timestamp, Reading)>,
    /// The highest NAV of each stretch between losses that are not explained.
    peaks: Vec<Reading>,
    /// Those losses, with the last NAV before each.
    open: BTreeMap<FlowId, Reading>,
}

impl NavMarks {
    /// Takes a recorded NAV. NAVs come in time order; an older one is ignored.
    pub fn record(&mut self, at: Timestamp, nav: Usd) {
        if self.last.is_some_and(|(last, _)| last > at) {
            return;
        }
        self.readings += 1;
        let now = Reading { nav, number: self.readings };
        let before = self.last.map_or(now, |(_, reading)| reading);
        roll(&mut self.day, day_start(at), before, now, at);
        roll(&mut self.week, week_start(at), before, now, at);
        self.last = Some((at, now));
        self.merge();
        let newest_loss = self.open.values().map(|before| before.number).max();
        match self.peaks.last_mut().filter(|peak| Some(peak.number) > newest_loss) {
            Some(peak) => *peak = Reading { nav: peak.nav.max(nav), number: now.number },
            None => self.peaks.push(now),
        }
    }

    /// Day's reference, week's and peak, as they would be with one more NAV; nothing is remembered.
    pub fn with(&self, at: Timestamp, nav: Usd) -> [Option<Usd>; 3] {
        if self.last.is_some_and(|(last, _)| last > at) {
            return [self.day(), self.week(), self.peak()];
        }
        let now = Reading { nav, number: self.readings + 1 };
        let before = self.last.map_or(now, |(_, reading)| reading);
        let (mut day, mut week) = (self.day, self.week);
        roll(&mut day, day_start(at), before, now, at);
        roll(&mut week, week_start(at), before, now, at);
        let nav_of = |(_, reading): (Timestamp, Reading)| reading.nav;
        [day.map(nav_of), week.map(nav_of), self.peak().max(Some(nav))]
    }

    /// Measures drawdown from here on, as an operator said.
    pub fn reset_peak(&mut self, nav: Usd) {
        self.peaks = vec![Reading { nav, number: self.readings }];
    }

    /// The reference of the UTC day.
    pub fn day(&self) -> Option<Usd> {
        self.day.map(|(_, reading)| reading.nav)
    }

    /// The reference of the week from Monday.
    pub fn week(&self) -> Option<Usd> {
        self.week.map(|(_, reading)| reading.nav)
    }

    /// The NAV that drawdown is measured from.
    pub fn peak(&self) -> Option<Usd> {
        self.peaks.iter().map(|peak| peak.nav).max()
    }

    /// The NAV recorded last.
    pub fn last(&self) -> Option<Usd> {
        self.last.map(|(_, reading)| reading.nav)
    }

    /// A loss was seen that nobody has explained.
    pub(crate) fn lost(&mut self, flow: FlowId) {
        if let Some((_, before)) = self.last {
            self.open.insert(flow, before);
        }
    }

    /// It stays what it is: a loss, or a gain.
    pub(crate) fn stays(&mut self, flow: FlowId) {
        self.open.remove(&flow);
    }

    /// It was taken out; without a worth it stays a loss.
    pub(crate) fn withdrawn(&mut self, flow: FlowId, usd: Option<Usd>) {
        if let Some((before, usd)) = self.open.remove(&flow).zip(usd) {
            self.scale(before, before.nav.plus(usd).ok());
        }
    }

    /// It was paid in, and counts from now on.
    pub(crate) fn deposited(&mut self, usd: Option<Usd>) {
        if let Some(((_, last), usd)) = self.last.zip(usd) {
            self.scale(last, last.nav.plus(usd).ok());
        }
    }

    /// Every reference up to a reading × to / its NAV. Where that is nothing, they start anew.
    fn scale(&mut self, upto: Reading, to: Option<Usd>) {
        let to = to.filter(|to| *to > Usd::ZERO && upto.nav > Usd::ZERO);
        let scaled = |reading: Reading| {
            if reading.number > upto.number {
                return Some(reading);
            }
            let nav = reading.nav.get().checked_mul(to?.get())?.checked_div(upto.nav.get())?;
            Some(Reading { nav: Usd::new(nav).ok()?, ..reading })
        };
        let timed = |(at, reading)| Some((at, scaled(reading)?));
        self.last = self.last.and_then(timed);
        self.day = self.day.and_then(timed);
        self.week = self.week.and_then(timed);
        self.peaks = self.peaks.iter().copied().filter_map(scaled).collect();
        for before in self.open.values_mut() {
            *before = scaled(*before).unwrap_or(*before);
        }
        self.merge();
    }

    /// Without an open loss one peak is all there is to know.
    fn merge(&mut self) {
        if let ([peak], true) = (self.peaks.as_mut_slice(), self.open.is_empty()) {
            peak.number = self.readings;
            return;
        }
        let highest = self.peaks.iter().copied().max_by_key(|peak| peak.nav);
        if let Some(peak) = highest.filter(|_| self.open.is_empty()) {
            self.peaks.clear();
            self.peaks.push(Reading { number: self.readings, ..peak });
        }
    }
}

/// Starts a new period with the last NAV before it (the present one when there is none, or when
/// the boundary itself is the moment of the record).
fn roll(
    mark: &mut Option<(Timestamp, Reading)>,
    start: Timestamp,
    before: Reading,
    now: Reading,
    at: Timestamp,
) {
    if mark.is_none_or(|(period, _)| period < start) {
        *mark = Some((start, if at == start { now } else { before }));
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
    fn with_one_more_is_what_recording_it_comes_to() {
        let mut marks = NavMarks::default();
        for (secs, nav) in [(0, "100"), (90_000, "90"), (180_000, "120"), (170_000, "500")] {
            let (at, nav) = (Timestamp::from_secs(secs), Usd::parse(nav).unwrap());
            let seen = marks.with(at, nav);
            marks.record(at, nav);
            assert_eq!(seen, [marks.day(), marks.week(), marks.peak()]);
        }
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
        let before = marks.clone();
        marks.record(at("2026-01-05T11:00:00Z"), usd("900"));
        assert_eq!(marks, before);
    }
}
