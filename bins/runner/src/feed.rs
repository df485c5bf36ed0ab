//! Brings a venue's market and account to the engine: everything at the start, then what is new,
//! slow facts and fast facts each on their own clock.

use core::time::Duration;

use domain::{Bar, Fact, Gap, Granularity, Instants, ProductId, Timestamp};
use engine::{Effects, Engine, EngineError, Event, Memory, NoProbe};
use exchange::{Account, MarketData, PortError};

use crate::Failure;

/// Warm-up: the last 336 closed hours, from the start of an hour.
const WARM_UP_SECS: i64 = 336 * 3600;
const HOUR_SECS: i64 = 3600;
const SLOT_SECS: i64 = 300;
/// After a longer silence everything is fed anew.
const CATCH_UP_SECS: i64 = 24 * HOUR_SECS;

/// How often slow facts are read, seconds of venue time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slow {
    /// The venue's products.
    pub(crate) catalog_secs: i64,
    /// Balances and fees.
    pub(crate) account_secs: i64,
}

/// What is read of a venue here.
pub(crate) trait Readable: MarketData + Account {
    /// All clocks at a moment of the venue's. The engine's waits go by one monotonic clock, so
    /// whoever tells it anything reads this one.
    fn instants(&self, venue: Timestamp) -> Instants;
}

/// What was fed, and up to when.
#[derive(Debug)]
pub(crate) struct Feed {
    slow: Slow,
    /// Products whose increments nobody knows.
    unknown: Vec<ProductId>,
    products: Vec<ProductId>,
    /// Those whose finest bars are longer than five minutes: they are fed by hours.
    coarse: Vec<ProductId>,
    /// The end of the newest 5-minute slot that was fed.
    through: Timestamp,
    catalog_at: Timestamp,
    account_at: Timestamp,
}

/// The venue's view of time, for a process whose clock is the venue's: it never steps back.
pub(crate) fn instants(venue: Timestamp) -> Instants {
    let mono = Duration::from_millis(u64::try_from(venue.millis()).unwrap_or(0));
    Instants { mono, wall: venue, venue: Some(venue) }
}

/// Why something could not be fed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FeedError {
    /// The venue did not tell it; it may at the next time.
    #[error(transparent)]
    Venue(#[from] PortError),
    /// The engine refused it.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl From<FeedError> for Failure {
    fn from(error: FeedError) -> Self {
        match error {
            FeedError::Venue(error) => error.into(),
            FeedError::Engine(error) => error.into(),
        }
    }
}

/// Hands one event to the engine.
fn give(engine: &mut Engine, now: Instants, event: Event) -> Result<(), EngineError> {
    // Only a cycle that is due has effects.
    let mut effects = Effects::default();
    engine.step(now, event, &mut NoProbe, &mut effects)?;
    Ok(())
}

/// Tells the engine what is on record.
pub(crate) fn tell(engine: &mut Engine, now: Instants, fact: Fact) -> Result<(), Failure> {
    Ok(give(engine, now, Event::Fact(fact))?)
}

/// Tells the engine what an earlier process remembered.
pub(crate) fn recall(engine: &mut Engine, now: Instants, memory: Memory) -> Result<(), Failure> {
    Ok(give(engine, now, Event::Recall(Box::new(memory)))?)
}

impl Feed {
    /// Feeds products, gaps, candles, books and the account as of the venue's time.
    pub(crate) async fn begin(
        venue: &(impl Readable + ?Sized),
        unknown: Vec<ProductId>,
        engine: &mut Engine,
        slow: Slow,
    ) -> Result<Self, FeedError> {
        let now = venue.now().await?;
        let through = now.floor_secs(SLOT_SECS);
        let mut feed = Self {
            slow,
            unknown,
            products: Vec::new(),
            coarse: Vec::new(),
            through,
            catalog_at: now,
            account_at: now,
        };
        feed.catalog(venue, engine, now).await?;
        feed.history(venue, engine, now).await?;
        feed.books(venue, engine, now).await?;
        account(venue, engine, now).await?;
        Ok(feed)
    }

    /// Feeds what is new at the venue's time.
    pub(crate) async fn advance(
        &mut self,
        venue: &(impl Readable + ?Sized),
        engine: &mut Engine,
    ) -> Result<(), FeedError> {
        let now = venue.now().await?;
        if now.secs_since(self.catalog_at) >= self.slow.catalog_secs {
            self.catalog_at = now;
            let known = self.products.clone();
            self.catalog(venue, engine, now).await?;
            if self.products.iter().any(|id| !known.contains(id)) {
                self.history(venue, engine, now).await?;
            }
        }
        if now.secs_since(self.through) > CATCH_UP_SECS {
            self.history(venue, engine, now).await?;
        }
        while self.through.plus_secs(SLOT_SECS) <= now {
            self.slot(venue, engine, now).await?;
        }
        self.books(venue, engine, now).await?;
        if now.secs_since(self.account_at) >= self.slow.account_secs {
            self.account_at = now;
            account(venue, engine, now).await?;
        }
        Ok(())
    }

    /// Feeds books alone.
    pub(crate) async fn prices(
        &self,
        venue: &(impl Readable + ?Sized),
        engine: &mut Engine,
    ) -> Result<(), FeedError> {
        let now = venue.now().await?;
        self.books(venue, engine, now).await
    }

    async fn catalog(
        &mut self,
        venue: &(impl Readable + ?Sized),
        engine: &mut Engine,
        now: Timestamp,
    ) -> Result<(), FeedError> {
        let products = venue.products().await?;
        self.products = products.iter().map(|product| product.id).collect();
        Ok(give(
            engine,
            venue.instants(now),
            Event::Catalog { products, unknown: self.unknown.clone() },
        )?)
    }

    /// All candles of the warm-up, from which features are made anew.
    async fn history(
        &mut self,
        venue: &(impl Readable + ?Sized),
        engine: &mut Engine,
        now: Timestamp,
    ) -> Result<(), FeedError> {
        let from = now.floor_secs(HOUR_SECS).plus_secs(-WARM_UP_SECS);
        give(
            engine,
            venue.instants(now),
            Event::Gaps { from, to: now, gaps: venue.gaps(from, now).await? },
        )?;
        self.coarse.clear();
        for product in self.products.clone() {
            if let Some(bars) = venue.bars(product, from, now).await? {
                if bars.granularity() > Granularity::M5 {
                    self.coarse.push(product);
                }
                let hours = venue.hours(product, from, now).await?;
                give(
                    engine,
                    venue.instants(now),
                    Event::History { product, hours, bars: bars.into() },
                )?;
            }
        }
        self.through = now.floor_secs(SLOT_SECS);
        Ok(())
    }

    /// The next closed 5-minute slot of all products.
    async fn slot(
        &mut self,
        venue: &(impl Readable + ?Sized),
        engine: &mut Engine,
        now: Timestamp,
    ) -> Result<(), FeedError> {
        let start = self.through;
        let end = start.plus_secs(SLOT_SECS);
        let mut closed = Vec::with_capacity(self.products.len());
        for product in &self.products {
            closed.extend(span(venue, *product, start, end).await?);
        }
        let gap_secs = overlap(&venue.gaps(start, end).await?, start, end);
        give(engine, venue.instants(now), Event::SlotClosed { start, gap_secs, bars: closed })?;
        self.through = end;
        if end.secs() % HOUR_SECS == 0 && !self.coarse.is_empty() {
            self.hour(venue, engine, now).await?;
        }
        Ok(())
    }

    /// The hour that ends with what was fed, of what has no finer bars.
    async fn hour(
        &self,
        venue: &(impl Readable + ?Sized),
        engine: &mut Engine,
        now: Timestamp,
    ) -> Result<(), FeedError> {
        let end = self.through;
        let start = end.plus_secs(-HOUR_SECS);
        let mut closed = Vec::with_capacity(self.coarse.len());
        for product in &self.coarse {
            closed.extend(span(venue, *product, start, end).await?);
        }
        give(engine, venue.instants(now), Event::HourClosed { start, bars: closed })?;
        Ok(())
    }

    async fn books(
        &self,
        venue: &(impl Readable + ?Sized),
        engine: &mut Engine,
        now: Timestamp,
    ) -> Result<(), FeedError> {
        for product in &self.products {
            if let Some(reading) = venue.book(*product).await? {
                let (book, vouched) = (reading.book, reading.vouched);
                give(
                    engine,
                    venue.instants(now),
                    Event::Book { product: *product, book, vouched },
                )?;
            }
        }
        Ok(())
    }
}

/// What the account holds and pays, or that nobody knows.
async fn account(
    venue: &(impl Readable + ?Sized),
    engine: &mut Engine,
    now: Timestamp,
) -> Result<(), FeedError> {
    match (venue.purses().await, venue.fees().await) {
        (Ok(purses), Ok(fees)) => {
            Ok(give(engine, venue.instants(now), Event::Account { purses, fees })?)
        }
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(%error, "the account cannot be read: nothing can be bought");
            Ok(give(engine, venue.instants(now), Event::AccountLost)?)
        }
    }
}

/// What a product did in `[start, end)`, a span that is over, as one bar.
async fn span(
    venue: &(impl Readable + ?Sized),
    product: ProductId,
    start: Timestamp,
    end: Timestamp,
) -> Result<Option<(ProductId, Bar)>, FeedError> {
    let Some(bars) = venue.bars(product, start, end).await? else { return Ok(None) };
    let merged = (0..bars.len()).filter_map(|at| bars.get(at)).reduce(|a, b| a.merged(&b));
    Ok(merged.map(|bar| (product, Bar { start, ..bar })))
}

/// How many seconds of `[from, to)` are gap.
fn overlap(gaps: &[Gap], from: Timestamp, to: Timestamp) -> u16 {
    let secs = gaps.iter().map(|gap| gap.to.min(to).secs_since(gap.from.max(from)).max(0));
    u16::try_from(secs.sum::<i64>()).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests;
