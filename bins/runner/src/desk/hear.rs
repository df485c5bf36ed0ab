//! What the venue's stream tells of own orders, and what is asked because of it.

use std::collections::{BTreeSet, VecDeque};

use domain::{Instants, IntentId};
use engine::{Engine, Event};
use exchange::VenueOrder;

use super::{Desk, Errand, Kept, since};
use crate::Failure;

impl Desk {
    /// Asks about own orders of which something new was told, and goes on with what follows from
    /// the answers. What was told itself is not taken: it may come twice, late or out of order.
    ///
    /// # Errors
    /// As [`Self::upkeep`].
    pub async fn hear<K: Kept>(
        &mut self,
        now: Instants,
        told: &[VenueOrder],
        engine: &mut Engine,
        keeper: &mut K,
    ) -> Result<(), Failure> {
        let news: BTreeSet<_> = told.iter().filter_map(|told| news(engine, told)).collect();
        let Some(at) = now.venue.filter(|_| !news.is_empty()) else { return Ok(()) };
        tracing::info!(orders = news.len(), "heard of own orders, and asking");
        let mut errands: VecDeque<_> = news.into_iter().map(Errand::Query).collect();
        errands.push_back(Errand::Fills(since(engine, at)));
        self.go(now, errands, engine, keeper).await?;
        self.event(now, Event::Upkeep, engine, keeper).await
    }
}

/// The own live order that is told to be otherwise than is known.
fn news(engine: &Engine, told: &VenueOrder) -> Option<IntentId> {
    let order = engine.orders().own(told).filter(|order| order.state().is_live())?;
    let known = order.state().is_at_venue() && !told.status.is_end();
    let same = known && told.filled <= order.filled();
    (!same).then(|| order.sent().intent)
}
