//! PAPER on a live market: the prices and trades are the venue's, the account and its orders are
//! simulated here. No key is read, so that nothing could be signed, and nothing is ever posted.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use config::Config;
use domain::{
    AccountId, Bars, Fact, Fees, Gap, Instants, IntentId, Product, ProductId, Purse, SubmitOutcome,
    Timestamp,
};
use exchange::{
    Account, BookReading, Durable, Journalled, MarketData, OrderVenue, PortError, VenueFill,
    VenueOrder,
};
use exchange_coinbase::adapter::Coinbase;
use exchange_coinbase::ws::Trade;
use exchange_sim::{Live, Opening, OthersTrade, SharedVenue, SimError, SimVenue};

use super::LiveVenue;
use crate::desk::Trading;
use crate::feed::Readable;
use crate::venue::{Names, NavSource, ReadOnly, configured_fees};
use crate::{Code, Failure};

/// A book that nobody has vouched for in so long takes no order.
const VOUCHED_SECS: i64 = 5;
/// As many trades wait for the next look; the oldest are forgotten first, and fill nothing.
const WAITING: usize = 100_000;

/// The trades of everybody in the products in which orders rest.
#[derive(Debug, Clone, Default)]
struct Tape(Arc<Mutex<Heard>>);

#[derive(Debug, Default)]
struct Heard {
    of: BTreeSet<ProductId>,
    trades: VecDeque<OthersTrade>,
}

impl Tape {
    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hear(&self, trade: &Trade) {
        let mut heard = self.lock();
        if heard.of.contains(&trade.product) {
            let (product, price) = (trade.product, trade.price);
            heard.trades.push_back(OthersTrade { product, price, size: trade.size, at: trade.at });
            if heard.trades.len() > WAITING {
                heard.trades.pop_front();
            }
        }
    }
}

/// The simulated account and its way to the market.
#[derive(Debug, Clone)]
struct Simulated {
    market: Arc<Coinbase>,
    account: SharedVenue<Durable>,
    tape: Tape,
}

fn failed(error: &SimError) -> PortError {
    PortError::Unreadable(format!("the simulated account: {error}"))
}

impl Simulated {
    /// Tells the account what the market did since the last time, and what a product costs now.
    async fn catch_up(&self, about: Option<ProductId>) -> Result<(), PortError> {
        let now = self.market.now().await?;
        let listed = self.market.products().await?;
        let mut of: BTreeSet<ProductId> = self
            .account
            .with(|venue| venue.open_orders().map(|order| order.ticket.product).collect());
        of.extend(about);
        let mut books = Vec::with_capacity(of.len());
        for product in &of {
            let reading = self.market.book(*product).await?;
            let reading = reading.filter(|r| now.secs_since(r.vouched) <= VOUCHED_SECS);
            books.push((*product, reading.map(|reading| reading.book)));
        }
        let trades = {
            let mut heard = self.tape.lock();
            heard.of = of;
            core::mem::take(&mut heard.trades)
        };
        let told = self.account.with(|venue| {
            venue.tell_products(&listed)?;
            for (product, book) in books {
                venue.tell_book(product, book)?;
            }
            trades.into_iter().try_for_each(|trade| venue.tell_trade(trade))?;
            venue.advance(now.max(venue.now()))
        });
        told.map_err(|error| failed(&error))
    }
}

#[async_trait]
impl Account for Simulated {
    async fn purses(&self) -> Result<Vec<Purse>, PortError> {
        self.account.purses().await
    }

    async fn fees(&self) -> Result<Fees, PortError> {
        self.account.fees().await
    }
}

#[async_trait]
impl OrderVenue for Simulated {
    type Durability = Durable;

    async fn submit(&self, order: Journalled<Durable>) -> SubmitOutcome {
        match self.catch_up(Some(order.intent().approved().product())).await {
            Ok(()) => self.account.submit(order).await,
            Err(error) => SubmitOutcome::Refused { reason: format!("it was not taken: {error}") },
        }
    }

    async fn cancel(&self, intent: IntentId) -> Result<(), PortError> {
        self.catch_up(None).await?;
        self.account.cancel(intent).await
    }

    async fn order(&self, intent: IntentId) -> Result<VenueOrder, PortError> {
        self.catch_up(None).await?;
        self.account.order(intent).await
    }

    async fn orders(&self, from: Timestamp) -> Result<Vec<VenueOrder>, PortError> {
        self.catch_up(None).await?;
        self.account.orders(from).await
    }

    async fn fills(&self, from: Timestamp) -> Result<Vec<VenueFill>, PortError> {
        self.catch_up(None).await?;
        self.account.fills(from).await
    }
}

/// A live market with a simulated account.
#[derive(Debug)]
pub(super) struct Paper {
    live: LiveVenue,
    simulated: Simulated,
}

impl Paper {
    /// Begins with the cash of the configuration and no coins.
    pub(super) async fn open(config: &Config, live: LiveVenue) -> Result<Self, Failure> {
        let fees = configured_fees(config);
        let opening = Opening { cash: config.app.paper.start_cash_usd, fees };
        let (market, now) = (Arc::clone(&live.ports), live.ports.now().await?);
        let venue = SimVenue::new(Live::default(), now, opening)
            .map_err(|error| Failure::new(Code::Failed, error.to_string()))?;
        let names = live.names.clone();
        let account = SharedVenue::named(venue, Arc::new(move |intent| names.of(intent)));
        let tape = Tape::default();
        let ear = tape.clone();
        market.hear_trades(Arc::new(move |trade| ear.hear(trade)));
        Ok(Self { live, simulated: Simulated { market, account, tape } })
    }
}

impl Readable for Paper {
    fn instants(&self, venue: Timestamp) -> Instants {
        self.live.instants(venue)
    }
}

impl ReadOnly for Paper {
    fn account(&self) -> AccountId {
        self.live.account()
    }

    fn nav_source(&self) -> NavSource {
        NavSource::Configured
    }

    fn is_live(&self) -> bool {
        true
    }

    fn names(&self) -> &Names {
        self.live.names()
    }

    fn trading(&self) -> Option<Arc<dyn Trading>> {
        Some(Arc::new(self.simulated.clone()))
    }

    fn recall(&self, facts: &[Fact]) -> Result<(), Failure> {
        self.simulated.account.with(|venue| venue.recall(facts)).map_err(|error| {
            let text = format!("the simulated account cannot be put back: {error}");
            Failure::new(Code::Failed, text)
        })
    }

    fn set_clock(&self, to: Timestamp) -> Result<(), Failure> {
        self.live.set_clock(to)
    }
}

#[async_trait]
impl MarketData for Paper {
    async fn products(&self) -> Result<Vec<Product>, PortError> {
        self.live.products().await
    }

    async fn bars(
        &self,
        product: ProductId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<Bars>, PortError> {
        self.live.bars(product, from, to).await
    }

    async fn hours(
        &self,
        product: ProductId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<Bars>, PortError> {
        self.live.hours(product, from, to).await
    }

    async fn gaps(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Gap>, PortError> {
        self.live.gaps(from, to).await
    }

    async fn book(&self, product: ProductId) -> Result<Option<BookReading>, PortError> {
        self.live.book(product).await
    }

    async fn now(&self) -> Result<Timestamp, PortError> {
        self.live.now().await
    }
}

#[async_trait]
impl Account for Paper {
    async fn purses(&self) -> Result<Vec<Purse>, PortError> {
        self.simulated.purses().await
    }

    async fn fees(&self) -> Result<Fees, PortError> {
        self.simulated.fees().await
    }
}
