//! One product's features, candle by candle. Warming up from history and following a stream are
//! the same code.

use domain::{Bar, Bars, Features, Granularity, ProductId, Timestamp};

use crate::Timeline;
use crate::hours::Hours;
use crate::slots::Slots;
use crate::timeline::SLOT_SECS;

const HOUR_SECS: i64 = 3600;
const HOUR_MILLIS: i64 = 1000 * HOUR_SECS;
/// Warm-up reads so many closed hours and no more.
pub(crate) const WARM_UP_HOURS: i64 = 336;
/// Of slots from before so long nothing is asked that newer ones do not say.
const ASKED_SECS: i64 = 2 * HOUR_SECS;

/// Keeps one product's [`Features`] up to date.
#[derive(Debug, Clone)]
pub struct Tracker {
    features: Features,
    slots: Slots,
    hours: Hours,
    /// The part of the present hour that is closed.
    hour: Option<Bar>,
    /// End of the newest slot or hour taken.
    end: Option<Timestamp>,
}

impl Tracker {
    /// A tracker that has seen nothing. `momentum_min_pct` is where a momentum streak begins.
    pub fn new(product: ProductId, granularity: Granularity, momentum_min_pct: f64) -> Self {
        let features = Features {
            product,
            revision: 0,
            granularity,
            closed_hours: 0,
            hour: None,
            previous_hour: None,
            slot: None,
            previous_slot: None,
        };
        let (slots, hours) = (Slots::new(), Hours::new(momentum_min_pct));
        Self { features, slots, hours, hour: None, end: None }
    }

    /// A tracker that has seen the closed ones of these bars, at most the last 336 closed hours of
    /// them. Minutes are folded to 5 minutes; 15 and 30 minutes to hours; longer bars say nothing.
    ///
    /// `hours` are closed hours from before the first of the bars, where those do not go back far
    /// enough: they make the features of hours, and none of slots.
    pub fn warm_up(
        product: ProductId,
        hours: Option<&Bars>,
        bars: &Bars,
        now: Timestamp,
        timeline: &Timeline,
        momentum_min_pct: f64,
    ) -> Self {
        let fine = bars.granularity() <= Granularity::M5;
        let granularity = if fine { Granularity::M5 } else { Granularity::H1 };
        let step = granularity.secs();
        let mut tracker = Self::new(product, granularity, momentum_min_pct);
        if bars.granularity() > Granularity::H1 {
            return tracker;
        }
        let from = now.floor_secs(HOUR_SECS).plus_secs(-WARM_UP_HOURS * HOUR_SECS);
        if let Some(hours) = hours.filter(|hours| hours.granularity() == Granularity::H1) {
            let closed = hours.position(from)..hours.closed_len(now);
            for hour in closed.filter_map(|at| hours.get(at)) {
                tracker.push(hour.start, Some(hour), HOUR_SECS, timeline);
            }
        }
        let closed = bars.closed_len(now);
        let recent = bars.position(from)..closed;
        let spans = bars.spans(recent, step);
        let folded = spans.filter_map(|(start, at)| Some(Bar { start, ..bars.merged(at)? }));
        // What slots say is asked of the newest two.
        let asked = now.plus_secs(-ASKED_SECS);
        for bar in folded.filter(|bar| bar.start.plus_secs(step) <= now) {
            if fine && bar.start < asked {
                tracker.absorb(bar.start, &bar, timeline);
            } else {
                tracker.push(bar.start, Some(bar), step, timeline);
            }
        }
        // What follows the last trade is known too: nothing was traded in it.
        let last = now.floor_secs(step).plus_secs(-step);
        if tracker.end.is_some_and(|end| end <= last) {
            tracker.push(last, None, step, timeline);
        }
        tracker
    }

    /// Takes a closed 5-minute slot; `None` when nothing was traded in it. Slots that were skipped
    /// had no trades either; one that is not after the last is ignored. The timeline must have
    /// seen the slot.
    #[inline]
    pub fn push_slot(&mut self, start: Timestamp, bar: Option<Bar>, timeline: &Timeline) {
        if self.end != Some(start) && !self.catch_up(start, SLOT_SECS, timeline) {
            return;
        }
        let Some(bar) = bar else { return self.take_absent(start, timeline) };
        self.begin(start, SLOT_SECS);
        if let Some(slot) = &self.features.slot {
            slot.copy_to(&mut self.features.previous_slot);
        }
        self.slots.close(start, &bar, timeline, &mut self.features.slot);
        self.end_traded(&bar, timeline);
    }

    /// Takes a closed slot of which nothing is asked, as [`Self::push_slot`] does.
    fn absorb(&mut self, start: Timestamp, bar: &Bar, timeline: &Timeline) {
        if self.end != Some(start) && !self.catch_up(start, SLOT_SECS, timeline) {
            return;
        }
        self.begin(start, SLOT_SECS);
        self.slots.absorb(bar);
        self.end_traded(bar, timeline);
    }

    /// Adds a slot with trades to its hour, and closes that where it ends.
    #[inline]
    fn end_traded(&mut self, bar: &Bar, timeline: &Timeline) {
        self.hour = Some(self.hour.map_or(*bar, |hour| hour.merged(bar)));
        self.end_slot(timeline);
    }

    /// Takes a closed slot in which nothing was traded.
    #[inline(never)]
    fn take_absent(&mut self, start: Timestamp, timeline: &Timeline) {
        self.begin(start, SLOT_SECS);
        if let Some(slot) = &self.features.slot {
            slot.copy_to(&mut self.features.previous_slot);
        }
        self.slots.close_absent(start, timeline, &mut self.features.slot);
        self.end_slot(timeline);
    }

    /// Takes a closed hour, for a product that has no finer bars.
    pub fn push_hour(&mut self, start: Timestamp, bar: Option<Bar>, timeline: &Timeline) {
        if self.catch_up(start, HOUR_SECS, timeline) {
            self.take_hour(start, bar, timeline);
        }
    }

    fn push(&mut self, start: Timestamp, bar: Option<Bar>, step: i64, timeline: &Timeline) {
        if step == HOUR_SECS {
            self.push_hour(start, bar, timeline);
        } else {
            self.push_slot(start, bar, timeline);
        }
    }

    /// Takes what was skipped before `start`; false when that is not after the last.
    #[inline(never)]
    fn catch_up(&mut self, start: Timestamp, step: i64, timeline: &Timeline) -> bool {
        let mut next = self.end.unwrap_or(start);
        if next > start {
            return false;
        }
        while next < start {
            if step == HOUR_SECS {
                self.take_hour(next, None, timeline);
            } else {
                self.take_absent(next, timeline);
            }
            next = next.plus_secs(step);
        }
        true
    }

    fn take_hour(&mut self, start: Timestamp, bar: Option<Bar>, timeline: &Timeline) {
        self.begin(start, HOUR_SECS);
        self.close_hour(start, bar, timeline);
    }

    #[inline]
    fn begin(&mut self, start: Timestamp, step: i64) {
        self.features.revision += 1;
        self.end = Some(start.plus_secs(step));
    }

    /// Closes the hour that ends with the slot.
    #[inline]
    fn end_slot(&mut self, timeline: &Timeline) {
        if let Some(end) = self.end
            && end.millis() % HOUR_MILLIS == 0
        {
            let hour = self.hour.take();
            self.close_hour(end.plus_secs(-HOUR_SECS), hour, timeline);
        }
    }

    #[inline(never)]
    fn close_hour(&mut self, start: Timestamp, bar: Option<Bar>, timeline: &Timeline) {
        self.features.previous_hour = self.features.hour;
        self.hours.close(start, bar, timeline, &mut self.features.hour);
        self.features.closed_hours = self.hours.closed();
    }

    /// What is known now.
    pub const fn features(&self) -> &Features {
        &self.features
    }
}
