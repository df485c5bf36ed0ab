//! Brings a venue's market and account to the engine, and lets it decide once.

use domain::{CycleId, Fact, Instants, Timestamp};
use engine::{Effects, Engine, Event, NoProbe};
use exchange::{Account as _, MarketData as _};

use crate::Failure;
use crate::clock::Stopwatch;
use crate::venue::ReadOnlyVenue;

/// Warm-up: the last 336 closed hours, from the start of an hour.
const WARM_UP_SECS: i64 = 336 * 3600;

/// The venue's view of time, for a process whose clock is the venue's.
pub(crate) fn instants(venue: Timestamp) -> Instants {
    Instants { mono: core::time::Duration::ZERO, wall: venue, venue: Some(venue) }
}

/// Feeds products, gaps, candles, books and the account as of the venue's time.
pub(crate) async fn feed(
    venue: &ReadOnlyVenue,
    engine: &mut Engine,
    watch: &mut Stopwatch,
) -> Result<Timestamp, Failure> {
    let now = venue.now().await?;
    let from = now.floor_secs(3600).plus_secs(-WARM_UP_SECS);
    let at = instants(now);
    let mut effects = Effects::default();
    let mut step = |event| engine.step(at, event, &mut NoProbe, &mut effects);
    let products = venue.products().await?;
    step(Event::Catalog { products: products.clone(), unknown: venue.unknown() })?;
    step(Event::Gaps { from, to: now, gaps: venue.gaps(from, now).await? })?;
    for product in &products {
        if let Some(bars) = venue.bars(product.id, from, now).await? {
            step(Event::History { product: product.id, bars })?;
        }
        if let Some(reading) = venue.book(product.id).await? {
            let (book, vouched) = (reading.book, reading.vouched);
            step(Event::Book { product: product.id, book, vouched })?;
        }
    }
    match (venue.purses().await, venue.fees().await) {
        (Ok(purses), Ok(fees)) => step(Event::Account { purses, fees })?,
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(%error, "the account cannot be read: nothing can be bought");
            step(Event::AccountLost)?;
        }
    }
    watch.lap("data");
    Ok(now)
}

/// Tells the engine what is on record.
pub(crate) fn tell(engine: &mut Engine, now: Timestamp, fact: Fact) -> Result<(), Failure> {
    let mut effects = Effects::default();
    engine.step(instants(now), Event::Fact(fact), &mut NoProbe, &mut effects)?;
    Ok(())
}

/// One decision.
pub(crate) fn decide(
    engine: &mut Engine,
    now: Timestamp,
    id: CycleId,
    watch: &mut Stopwatch,
) -> Result<Effects, Failure> {
    let mut effects = Effects::default();
    engine.step(instants(now), Event::CycleDue(id), watch, &mut effects)?;
    Ok(effects)
}
