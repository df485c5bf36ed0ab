//! The venue behind the ports of `exchange`: the same answers, asked asynchronously.

use core::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::{Bars, Fees, Gap, IntentId, Product, ProductId, Purse, Timestamp};
use exchange::{
    Account, BookReading, Durability, Journalled, MarketData, OrderVenue, PortError, SubmitOutcome,
    VenueFill, VenueOrder,
};

use crate::order::Order;
use crate::venue::{SimError, SimVenue};

/// The name of an intent at the venue, the same for the same intent for ever.
pub type ClientNames = Arc<dyn Fn(IntentId) -> String + Send + Sync>;

/// A venue shared by those who ask it and the one who moves its clock. `D` is how durable a record
/// an order must have: a simulation takes either.
pub struct SharedVenue<D> {
    venue: Arc<Mutex<SimVenue>>,
    names: ClientNames,
    durability: PhantomData<fn() -> D>,
}

impl<D> Clone for SharedVenue<D> {
    fn clone(&self) -> Self {
        let (venue, names) = (Arc::clone(&self.venue), Arc::clone(&self.names));
        Self { venue, names, durability: PhantomData }
    }
}

impl<D> fmt::Debug for SharedVenue<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedVenue").field("venue", &self.venue).finish_non_exhaustive()
    }
}

impl<D> SharedVenue<D> {
    /// Shares a venue that calls its orders by the numbers of their intents.
    pub fn new(venue: SimVenue) -> Self {
        Self::named(venue, Arc::new(|intent| format!("intent-{}", intent.0)))
    }

    /// Shares a venue that shows its orders under these names.
    pub fn named(venue: SimVenue, names: ClientNames) -> Self {
        Self { venue: Arc::new(Mutex::new(venue)), names, durability: PhantomData }
    }

    fn shown(&self, venue: &SimVenue, order: &Order) -> VenueOrder {
        venue.show(order, (self.names)(order.ticket.client))
    }

    /// Does something with the venue while nobody else does, such as moving its clock.
    pub fn with<T>(&self, act: impl FnOnce(&mut SimVenue) -> T) -> T {
        // Whoever panicked with the lock did so between two whole answers or not at all: a
        // venue's methods return errors.
        let mut venue = self.venue.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut venue)
    }

    fn ask<T>(&self, act: impl FnOnce(&SimVenue) -> Result<T, SimError>) -> Result<T, PortError> {
        self.with(|venue| act(venue)).map_err(|error| port_error(&error))
    }
}

fn port_error(error: &SimError) -> PortError {
    match error {
        SimError::UnknownProduct(product) => PortError::Unknown(product.to_string()),
        SimError::UnknownOrder(order) => PortError::Unknown(order.to_string()),
        SimError::Seed(_)
        | SimError::Backwards { .. }
        | SimError::Fee(_)
        | SimError::UnknownAccount(_)
        | SimError::NoFeeTier
        | SimError::Lost(_)
        | SimError::Ledger(_)
        | SimError::Num(_)
        | SimError::Id(_)
        | SimError::Bar(_) => PortError::Unreadable(error.to_string()),
    }
}

#[async_trait]
impl<D: 'static> MarketData for SharedVenue<D> {
    async fn products(&self) -> Result<Vec<Product>, PortError> {
        self.ask(|venue| Ok(venue.products()))
    }

    async fn bars(
        &self,
        product: ProductId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<Bars>, PortError> {
        let bars = self.ask(|venue| venue.bars(product, from, to))?;
        Ok((!bars.is_empty()).then_some(bars))
    }

    async fn gaps(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Gap>, PortError> {
        self.ask(|venue| Ok(venue.gaps(from, to)))
    }

    async fn book(&self, product: ProductId) -> Result<Option<BookReading>, PortError> {
        self.ask(|venue| {
            let vouched = venue.now();
            let book = venue.book(product)?;
            Ok(book.map(|book| BookReading { book, vouched }))
        })
    }

    async fn now(&self) -> Result<Timestamp, PortError> {
        self.ask(|venue| Ok(venue.now()))
    }
}

#[async_trait]
impl<D: 'static> Account for SharedVenue<D> {
    async fn purses(&self) -> Result<Vec<Purse>, PortError> {
        self.ask(SimVenue::balances)
    }

    async fn fees(&self) -> Result<Fees, PortError> {
        self.ask(|venue| Ok(venue.fees()))
    }
}

#[async_trait]
impl<D: Durability + Send + 'static> OrderVenue for SharedVenue<D> {
    type Durability = D;

    async fn submit(&self, order: Journalled<D>) -> SubmitOutcome {
        self.with(|venue| venue.place(&order))
    }

    async fn cancel(&self, intent: IntentId) -> Result<(), PortError> {
        self.with(|venue| {
            let id = venue.order_of(intent).map(|order| order.id);
            let unknown = || PortError::Unknown(format!("intent {}", intent.0));
            let id = id.ok_or_else(unknown)?;
            venue.cancel(id).map(drop).map_err(|error| port_error(&error))
        })
    }

    async fn order(&self, intent: IntentId) -> Result<VenueOrder, PortError> {
        let found = self.with(|venue| venue.order_of(intent).map(|order| self.shown(venue, order)));
        found.ok_or_else(|| PortError::Unknown(format!("intent {}", intent.0)))
    }

    async fn orders(&self, from: Timestamp) -> Result<Vec<VenueOrder>, PortError> {
        Ok(self.with(|venue| {
            let since = venue.orders().filter(|order| order.placed >= from);
            since.map(|order| self.shown(venue, order)).collect()
        }))
    }

    async fn fills(&self, from: Timestamp) -> Result<Vec<VenueFill>, PortError> {
        self.ask(|venue| {
            let since = venue.fills().iter().filter(|fill| fill.at >= from);
            since.map(|fill| venue.show_fill(fill)).collect()
        })
    }
}
