//! One product's closed candles: what is known for certain, what the stream adds, what is owed.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Bar, Bars, BaseQty, Granularity, Timestamp};
use rust_decimal::Decimal;

use crate::ws::{Candle, Kind, Trade};

pub(super) const SLOT: i64 = 300;
pub(super) const HOUR: i64 = 3600;
/// So many whole hours before the present one are kept in slots; with the present one they fit one
/// request.
pub(super) const FINE_HOURS: i64 = 23;
/// Older hours are forgotten.
const KEPT_HOURS: i64 = 340;
/// A slot is over for the stream when the venue's time has passed its end by so much: updates come
/// every second, trades every quarter.
const SETTLE_SECS: i64 = 2;

/// What streams since the last loss.
#[derive(Debug, Default)]
struct Live {
    /// The first slot that is not settled.
    next: i64,
    /// Volumes of candles and of trades in slots that are not settled.
    said: BTreeMap<i64, BaseQty>,
    traded: BTreeMap<i64, Decimal>,
    /// The number of the newest trade that was counted.
    trade: u64,
}

/// One product's candles.
#[derive(Debug, Default)]
pub(super) struct Series {
    hours: BTreeMap<i64, Bar>,
    /// Hours that start in here are known, traded or not.
    known_hours: BTreeSet<i64>,
    slots: BTreeMap<i64, Bar>,
    known: BTreeSet<i64>,
    live: Option<Live>,
}

impl Series {
    /// Takes candles of the stream, sent at a venue time. A snapshot begins the stream: its newest
    /// candle is that of the present slot, which is the first that is followed to its end. Older
    /// ones are not used: recorded snapshots leave out slots that were traded.
    pub(super) fn candle(&mut self, kind: Kind, candle: &Candle, sent: Timestamp) {
        let present = sent.floor_secs(SLOT).secs();
        if kind == Kind::Snapshot && self.live.is_none() {
            self.live = Some(Live { next: present, ..Live::default() });
        }
        let Some(live) = &mut self.live else { return };
        let start = candle.start.secs();
        if start < live.next || self.known.contains(&start) {
            return;
        }
        let bar = candle.bar();
        if bar.check().is_err() || bar.start.floor_secs(SLOT) != bar.start {
            // No volume reaches this, so the slot will not be settled by the stream.
            live.traded.insert(start, Decimal::from(u64::MAX));
            return;
        }
        live.said.insert(start, candle.volume);
        self.slots.insert(start, bar);
    }

    /// Takes trades of the stream, which bear witness to the candles.
    pub(super) fn trade(&mut self, trade: &Trade) {
        let (Some(live), Ok(number)) = (&mut self.live, trade.id.parse::<u64>()) else { return };
        let start = trade.at.floor_secs(SLOT).secs();
        if start < live.next || number <= live.trade {
            return;
        }
        *live.traded.entry(start).or_default() += trade.size.get();
    }

    /// Trades of one message come newest first, so they are counted as a whole.
    pub(super) fn trades_counted(&mut self, newest: u64) {
        if let Some(live) = &mut self.live {
            live.trade = live.trade.max(newest);
        }
    }

    /// Everything that the venue sent up to `at` has arrived: slots that ended before are settled,
    /// unless trades say that their candle is missing or not its last.
    pub(super) fn passed(&mut self, at: Timestamp) {
        let Some(live) = &mut self.live else { return };
        while live.next + SLOT + SETTLE_SECS <= at.secs() {
            let start = live.next;
            live.next += SLOT;
            let said = live.said.remove(&start).map_or(Decimal::ZERO, BaseQty::get);
            let traded = live.traded.remove(&start).unwrap_or_default();
            if said >= traded * Decimal::new(9, 1) {
                self.known.insert(start);
            } else if !self.known.contains(&start) {
                self.slots.remove(&start);
            }
        }
    }

    /// Messages may be missing: the stream begins anew with its next snapshot.
    pub(super) fn lost(&mut self) {
        let Some(live) = self.live.take() else { return };
        for start in live.said.into_keys().filter(|start| !self.known.contains(start)) {
            self.slots.remove(&start);
        }
    }

    /// A message of a slot could not be read: that slot is owed, the next one is followed.
    pub(super) fn doubted(&mut self, at: Timestamp) {
        let present = at.floor_secs(SLOT).secs();
        self.passed(at);
        let Some(live) = &mut self.live else { return };
        for start in (live.next..=present).step_by(300) {
            (_, _) = (live.said.remove(&start), live.traded.remove(&start));
            self.slots.remove(&start);
        }
        live.next = live.next.max(present + SLOT);
    }

    /// Takes the slots that start in `[from, to]`, as the venue lists them: who is not there was
    /// not traded. What was known stays as it is.
    pub(super) fn fill_slots(&mut self, from: i64, to: i64, bars: &[Bar]) {
        for bar in bars.iter().filter(|bar| (from..=to).contains(&bar.start.secs())) {
            if !self.known.contains(&bar.start.secs()) {
                self.slots.insert(bar.start.secs(), *bar);
            }
        }
        for start in (from..=to).step_by(300) {
            self.known.insert(start);
        }
    }

    /// The same for hours.
    pub(super) fn fill_hours(&mut self, from: i64, to: i64, bars: &[Bar]) {
        for bar in bars.iter().filter(|bar| (from..=to).contains(&bar.start.secs())) {
            self.hours.entry(bar.start.secs()).or_insert(*bar);
        }
        self.known_hours.extend((from..=to).step_by(3600));
    }

    /// The first and the last slot that starts in `[from, to)` and is not known.
    pub(super) fn owed_slots(&self, from: i64, to: i64) -> Option<(i64, i64)> {
        owed(&self.known, from, to, SLOT)
    }

    /// The first and the last hour that starts in `[from, to)` and is not known.
    pub(super) fn owed_hours(&self, from: i64, to: i64) -> Option<(i64, i64)> {
        owed(&self.known_hours, from, to, HOUR)
    }

    /// Known slots that start in `[from, to)`.
    pub(super) fn slots(&self, from: i64, to: i64) -> Bars {
        let known = self.slots.range(from..to.max(from));
        let known = known.filter(|(start, _)| self.known.contains(start));
        bars(Granularity::M5, known.map(|(_, bar)| *bar))
    }

    /// Known hours that start in `[from, to)`.
    pub(super) fn hours(&self, from: i64, to: i64) -> Bars {
        bars(Granularity::H1, self.hours.range(from..to.max(from)).map(|(_, bar)| *bar))
    }

    /// Turns slots from before the fine window into hours, and forgets what is too old.
    pub(super) fn age(&mut self, now: Timestamp) {
        let fine = fine_start(now).secs();
        let first = self.known.first().copied().unwrap_or(fine);
        let mut hour = Timestamp::from_secs(first).floor_secs(HOUR).secs();
        while hour < fine {
            let (end, whole) = (hour + HOUR, owed(&self.known, hour, hour + HOUR, SLOT).is_none());
            if whole && self.known_hours.insert(hour) {
                let parts = self.slots.range(hour..end).map(|(_, bar)| *bar);
                let folded = parts.reduce(|hour: Bar, slot| hour.merged(&slot));
                let start = Timestamp::from_secs(hour);
                self.hours.extend(folded.map(|bar| (hour, Bar { start, ..bar })));
            }
            hour = end;
        }
        self.slots = self.slots.split_off(&fine);
        self.known = self.known.split_off(&fine);
        let oldest = fine - KEPT_HOURS * HOUR;
        self.hours = self.hours.split_off(&oldest);
        self.known_hours = self.known_hours.split_off(&oldest);
    }
}

/// Where slots begin; before it there are hours.
pub(super) fn fine_start(now: Timestamp) -> Timestamp {
    now.floor_secs(HOUR).plus_secs(-FINE_HOURS * HOUR)
}

fn owed(known: &BTreeSet<i64>, from: i64, to: i64, step: i64) -> Option<(i64, i64)> {
    let step = usize::try_from(step).unwrap_or(1);
    let mut missing = (from..to).step_by(step).filter(|start| !known.contains(start));
    let first = missing.next()?;
    Some((first, missing.last().unwrap_or(first)))
}

/// Bars in order; one that cannot be is left out, which its reader sees as not traded.
fn bars(granularity: Granularity, all: impl Iterator<Item = Bar>) -> Bars {
    let mut bars = Bars::with_capacity(granularity, all.size_hint().0);
    for bar in all {
        if let Err(error) = bars.push(bar) {
            tracing::warn!(%error, "a candle that cannot be");
        }
    }
    bars
}

#[cfg(test)]
mod tests;
