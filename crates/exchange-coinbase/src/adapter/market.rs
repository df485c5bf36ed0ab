//! Market data through the port: streamed, and asked for where the stream cannot know.

use core::time::Duration;
use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::{Bar, Bars, Gap, Product, ProductId, Timestamp};
use exchange::{BookReading, MarketData, PortError};
use futures_util::StreamExt as _;
use rust_decimal::prelude::ToPrimitive as _;

use super::Coinbase;
use super::series::{HOUR, SLOT, fine_start};
use crate::rest::{Candle, CandleRange, ErrorKind, Granularity, RestError};

/// A closed slot may take so long to be settled by the stream.
const WAIT_SECS: i64 = 3;
/// Or so long while its messages are still on their way: a process that is behind for a moment must
/// not ask for every product's candle at once.
const LONGEST_WAIT_SECS: i64 = 15;
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// Products whose candles are asked for at the same time; the client's budget sets the pace.
const AT_ONCE: usize = 8;

/// What a failed read means to who asked through a port.
pub(super) fn port_error(error: &RestError) -> PortError {
    let text = error.to_string();
    match error.kind() {
        ErrorKind::NotFound => PortError::Unknown(text),
        ErrorKind::Input
        | ErrorKind::Key
        | ErrorKind::Throttled
        | ErrorKind::TooLate
        | ErrorKind::Unreachable
        | ErrorKind::Timeout
        | ErrorKind::Unauthorized
        | ErrorKind::Forbidden
        | ErrorKind::RateLimited
        | ErrorKind::Server => PortError::Unreachable(text),
        ErrorKind::TooLarge
        | ErrorKind::BadRequest
        | ErrorKind::UnexpectedStatus
        | ErrorKind::Unreadable
        | ErrorKind::Paging
        | ErrorKind::ProofRequired => PortError::Unreadable(text),
    }
}

/// A candle as a bar; candles are signals.
fn bar(candle: &Candle, secs: i64) -> Result<Bar, PortError> {
    let signal = |value: rust_decimal::Decimal| value.to_f64().unwrap_or(f64::NAN);
    let bar = Bar {
        start: candle.start,
        open: signal(candle.open),
        high: signal(candle.high),
        low: signal(candle.low),
        close: signal(candle.close),
        volume: signal(candle.volume),
    };
    let wrong = |what: &dyn core::fmt::Display| {
        PortError::Unreadable(format!("a candle of the venue: {what}"))
    };
    bar.check().map_err(|error| wrong(&error))?;
    if bar.start.floor_secs(secs) != bar.start {
        return Err(wrong(&format!("{} is not the start of {secs} s", bar.start)));
    }
    Ok(bar)
}

impl Coinbase {
    async fn fetch(
        &self,
        product: ProductId,
        granularity: Granularity,
        (from, to): (i64, i64),
    ) -> Result<Vec<Bar>, PortError> {
        let (from, to) = (Timestamp::from_secs(from), Timestamp::from_secs(to));
        let range = CandleRange { from, to, granularity };
        match self.rest.candles(self.audience, product.as_str(), range).await {
            Ok(candles) => candles.iter().map(|c| bar(c, granularity.secs())).collect(),
            // A product without candles, such as one that was listed today.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(port_error(&error)),
        }
    }

    /// Asks for the slots that start in `[from, to)` and are not known.
    async fn complete_slots(
        &self,
        product: ProductId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(), PortError> {
        let owed = self.candles.with(product, |s| s.owed_slots(from.secs(), to.secs()));
        let Some((from, to)) = owed else { return Ok(()) };
        let bars = self.fetch(product, Granularity::FiveMinutes, (from, to)).await?;
        self.candles.with(product, |series| series.fill_slots(from, to, &bars));
        Ok(())
    }

    /// The same for hours.
    async fn complete_hours(
        &self,
        product: ProductId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(), PortError> {
        let owed = self.candles.with(product, |s| s.owed_hours(from.secs(), to.secs()));
        let Some((from, to)) = owed else { return Ok(()) };
        let bars = self.fetch(product, Granularity::OneHour, (from, to)).await?;
        self.candles.with(product, |series| series.fill_hours(from, to, &bars));
        Ok(())
    }

    /// Waits until a slot that has just ended is settled by the stream, or cannot be in time.
    async fn settle(&self, product: ProductId, end: Timestamp) -> Result<(), PortError> {
        loop {
            let now = self.time().await?;
            let start = end.plus_secs(-SLOT).secs();
            let owed = self.candles.with(product, |s| s.owed_slots(start, end.secs())).is_some();
            // Without a word since a loss there is nothing to wait for.
            let through = self.feed().through(&product);
            let behind = through.is_some_and(|through| through < end.plus_secs(WAIT_SECS));
            let patience = if behind { LONGEST_WAIT_SECS } else { WAIT_SECS };
            if !owed || now >= end.plus_secs(patience) {
                return Ok(());
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// The closed part of `[from, to]` in slots and in hours, each as `[from, to)`.
    async fn spans(&self, from: Timestamp, to: Timestamp) -> Result<Spans, PortError> {
        let now = self.time().await?;
        let fine = fine_start(now);
        let up = |at: Timestamp, step: i64| at.plus_secs(step - 1).floor_secs(step);
        let slots_to = to.min(now).floor_secs(SLOT);
        let slots = (up(from, SLOT).max(fine), slots_to);
        let hours = (up(from, HOUR), slots_to.floor_secs(HOUR).min(fine));
        Ok(Spans { slots, hours })
    }

    /// Asks for every candle of a span that is not known, of all products.
    async fn complete(&self, from: Timestamp, to: Timestamp) -> Result<(), PortError> {
        let spans = self.spans(from, to).await?;
        let products = self.followed();
        let work = products.into_iter().map(|product| async move {
            self.complete_hours(product, spans.hours.0, spans.hours.1).await?;
            self.complete_slots(product, spans.slots.0, spans.slots.1).await
        });
        let mut work = futures_util::stream::iter(work).buffer_unordered(AT_ONCE);
        while let Some(done) = work.next().await {
            done?;
        }
        Ok(())
    }
}

/// What part of a span is told in slots, and what in hours.
#[derive(Debug, Clone, Copy)]
struct Spans {
    slots: (Timestamp, Timestamp),
    hours: (Timestamp, Timestamp),
}

#[async_trait]
impl MarketData for Coinbase {
    async fn products(&self) -> Result<Vec<Product>, PortError> {
        self.refresh_catalog().await?;
        Ok(self.catalog().products.clone())
    }

    /// Closed 5-minute bars, of at most the last 24 hours; [`MarketData::hours`] has the rest.
    async fn bars(
        &self,
        product: ProductId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<Bars>, PortError> {
        let product = self.canonical(product)?;
        let (from, to) = self.spans(from, to).await?.slots;
        if from >= to {
            return Ok(None);
        }
        self.settle(product, to).await?;
        self.complete_slots(product, from, to).await?;
        let now = self.time().await?;
        let bars = self.candles.with(product, |series| {
            series.age(now);
            series.slots(from.secs(), to.secs())
        });
        Ok((!bars.is_empty()).then_some(bars))
    }

    async fn hours(
        &self,
        product: ProductId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<Bars>, PortError> {
        let product = self.canonical(product)?;
        let (from, to) = self.spans(from, to).await?.hours;
        if from >= to {
            return Ok(None);
        }
        self.complete_hours(product, from, to).await?;
        let bars = self.candles.with(product, |s| s.hours(from.secs(), to.secs()));
        Ok((!bars.is_empty()).then_some(bars))
    }

    /// Slots, and before the last day hours, in which no followed product was traded.
    async fn gaps(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Gap>, PortError> {
        self.complete(from, to).await?;
        let spans = self.spans(from, to).await?;
        let (mut slots, mut hours) = (BTreeSet::new(), BTreeSet::new());
        for product in self.followed() {
            self.candles.with(product, |series| {
                slots.extend(series.slots(spans.slots.0.secs(), spans.slots.1.secs()).starts());
                hours.extend(series.hours(spans.hours.0.secs(), spans.hours.1.secs()).starts());
            });
        }
        let mut gaps = untraded(&hours, spans.hours, HOUR);
        for gap in untraded(&slots, spans.slots, SLOT) {
            match gaps.last_mut() {
                Some(last) if last.to == gap.from => last.to = gap.to,
                _ => gaps.push(gap),
            }
        }
        Ok(gaps)
    }

    async fn book(&self, product: ProductId) -> Result<Option<BookReading>, PortError> {
        let product = self.canonical(product)?;
        let view = self.feed().book(&product, self.depth);
        let Some(view) = view else { return Ok(None) };
        // Nobody knows the future: a stamp ahead of the venue's clock vouches for the present.
        let vouched = view.vouched.min(self.time().await?);
        Ok(Some(BookReading { book: view.book, vouched }))
    }

    async fn now(&self) -> Result<Timestamp, PortError> {
        self.time().await
    }
}

/// The parts of `[from, to)` whose steps are not among the starts.
fn untraded(
    starts: &BTreeSet<Timestamp>,
    (from, to): (Timestamp, Timestamp),
    step: i64,
) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    let mut start = from;
    while start < to {
        let end = start.plus_secs(step);
        if !starts.contains(&start) {
            match gaps.last_mut() {
                Some(last) if last.to == start => last.to = end,
                _ => gaps.push(Gap { from: start, to: end }),
            }
        }
        start = end;
    }
    gaps
}
