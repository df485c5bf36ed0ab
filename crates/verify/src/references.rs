//! What today's NAV is compared with.

use std::collections::BTreeMap;

use domain::{FlowId, Timestamp};

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

/// A NAV that something is measured from, and how many had been read by then.
#[derive(Debug, Clone, Copy)]
struct Reading {
    nav: Num,
    number: u64,
}

/// The NAVs that losses are measured from, from recorded cycles. What somebody pays in or takes out
/// moves them in proportion, so that a share of them is lost by it neither more nor less.
#[derive(Debug, Clone, Default)]
pub(crate) struct References {
    readings: u64,
    last: Option<(Timestamp, Reading)>,
    day: Option<(i64, Reading)>,
    week: Option<(i64, Reading)>,
    /// The highest NAV, one for each stretch between losses that nobody has explained.
    peaks: Vec<Reading>,
    /// Those losses, with the last NAV before each.
    open: BTreeMap<FlowId, Reading>,
}

impl References {
    /// Takes the NAV of a cycle.
    pub(crate) fn record(&mut self, at: Timestamp, nav: Num) {
        if self.last.is_some_and(|(last, _)| last > at) {
            return;
        }
        self.readings += 1;
        let now = Reading { nav, number: self.readings };
        let before = self.last.map_or(now, |(_, reading)| reading);
        for (reference, start) in [(&mut self.day, day_of(at)), (&mut self.week, week_of(at))] {
            if reference.is_none_or(|(since, _)| since < start) {
                *reference = Some((start, if at.secs() == start { now } else { before }));
            }
        }
        self.last = Some((at, now));
        if self.open.is_empty()
            && let Some(peak) = self.peaks.iter().copied().max_by_key(|peak| peak.nav)
        {
            self.peaks = vec![Reading { number: self.readings, ..peak }];
        }
        let newest_left = self.open.values().map(|before| before.number).max().unwrap_or(0);
        match self.peaks.last_mut().filter(|peak| peak.number > newest_left) {
            Some(peak) => *peak = Reading { nav: peak.nav.max(nav), number: self.readings },
            None => self.peaks.push(now),
        }
    }

    /// An operator set the peak.
    pub(crate) fn reset_peak(&mut self, nav: Num) {
        self.peaks = vec![Reading { nav, number: self.readings }];
    }

    /// Something is gone, and nobody has said where.
    pub(crate) fn left(&mut self, flow: FlowId) {
        if let Some((_, before)) = self.last {
            self.open.insert(flow, before);
        }
    }

    /// It stays what it is: a loss, or a gain.
    pub(crate) fn stays(&mut self, flow: FlowId) {
        self.open.remove(&flow);
    }

    /// It was taken out: what was measured before shrinks by the share that is gone.
    pub(crate) fn withdrawn(&mut self, flow: FlowId, usd: Option<Num>) {
        let Some((before, usd)) = self.open.remove(&flow).zip(usd) else { return };
        self.scale(before.number, before.nav, before.nav.plus(usd));
    }

    /// It was paid in, and counts from now on.
    pub(crate) fn deposited(&mut self, usd: Option<Num>) {
        let Some(((_, last), usd)) = self.last.zip(usd) else { return };
        self.scale(last.number, last.nav, last.nav.plus(usd));
    }

    /// Everything up to a reading × to / from; where that is nothing, it starts anew.
    fn scale(&mut self, upto: u64, from: Num, to: Option<Num>) {
        let scaled = |reading: Reading| {
            if reading.number > upto {
                return Some(reading);
            }
            let to = to.filter(|to| to.is_positive() && from.is_positive())?;
            Some(Reading { nav: reading.nav.times(to)?.over(from)?, ..reading })
        };
        let timed = |(since, reading)| Some((since, scaled(reading)?));
        self.day = self.day.and_then(timed);
        self.week = self.week.and_then(timed);
        self.last = self.last.and_then(|(at, reading)| Some((at, scaled(reading)?)));
        self.peaks = self.peaks.iter().copied().filter_map(scaled).collect();
        for before in self.open.values_mut() {
            *before = scaled(*before).unwrap_or(*before);
        }
    }

    /// What losses of day, week and from the peak are measured from, if a NAV at least ten seconds
    /// before tells of the same: one reading may be a slip.
    pub(crate) fn all(&self, at: Timestamp) -> Option<(Num, [Option<Num>; 3])> {
        let (last, reading) = self.last?;
        let peak = self.peaks.iter().map(|peak| peak.nav).max();
        let references = [self.day.map(|(_, r)| r.nav), self.week.map(|(_, r)| r.nav), peak];
        (at.secs_since(last) >= APART_SECS).then_some((reading.nav, references))
    }
}
