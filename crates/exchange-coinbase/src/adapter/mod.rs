//! The ports of `exchange` on top of the client: what our program sees of Coinbase.
//!
//! Books and candles are streamed; REST fills in what was before the stream and what a stream lost.
//! With the stream warm, a cycle over hundreds of products asks for nothing but, now and then, the
//! time, the products and the account.
//!
//! # Promises
//! - D-02, D-04: a book is the stream's, valid and vouched for; a bar is closed, and known: streamed
//!   to its end without a loss, or read afterwards.
//! - D-01: an order whose approval has run out is not sent, whatever kept it until then; one that was
//!   stopped after this was seen has a signature that the venue takes for 10 s more.
//! - O-05: an order is `Accepted` only when it was read back and is the one that was sent, in every
//!   term of it; whatever is neither that nor proved absent is `Unknown`. Nothing is ever sent
//!   twice.
//! - O-03: the wire admits an intent once, with the body that its record allows; anything else
//!   shuts it for orders until the process ends ([`Coinbase::wire_is_shut`]). Cancels go on.
//! - [`OrderStream`] says when news of orders may be missing, and when all that are open were told.
//!
//! # Not here
//! What orders and fills mean for the records (`execution`).

mod account;
mod catalog;
mod clock;
mod door;
mod echo;
mod follow;
mod market;
mod news;
mod orders;
mod seen;
mod series;
mod tape;

use core::fmt;
use core::time::Duration;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{IntentId, ProductId, Timestamp};
use exchange::PortError;

use catalog::Catalog;
pub use catalog::Selection;
use clock::VenueClock;
use door::Door;
use follow::{Candles, Feed, Followers};
use market::port_error;
pub use news::OrderStream;
use orders::Sent;
use tape::Tape;
pub use tape::TradeEar;

use crate::rest::{Audience, ProductQuery, RestClient, Timer};
use crate::ws::{Depth, StreamConfig};

/// The venue is asked for its time at least so often.
const TIME_AGE: Duration = Duration::from_mins(5);
/// Books that are to come do so within so long of each other.
const QUIET: Duration = Duration::from_secs(5);
/// How often it is looked for new ones.
const LOOK: Duration = Duration::from_millis(100);

/// Makes the client order id of an intent: `uuid5(namespace, journal id, boot id, intent number)`,
/// the same for the same intent for ever.
pub type ClientIds = Arc<dyn Fn(IntentId) -> String + Send + Sync>;

/// What an adapter is made of.
#[derive(Clone)]
pub struct Parts {
    /// The client. With a key, market data is read in its name: that budget is larger and its
    /// replies are not cached.
    pub rest: RestClient,
    /// The client's clocks; they are told the venue's time.
    pub timer: Arc<dyn Timer>,
    /// Where and how to stream.
    pub stream: StreamConfig,
    /// Which products.
    pub selection: Selection,
    /// How much of a book is given out.
    pub depth: Depth,
    /// How old the list of products may be.
    pub catalog_age: Duration,
    /// Names orders.
    pub ids: ClientIds,
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts")
            .field("rest", &self.rest)
            .field("stream", &self.stream)
            .field("selection", &self.selection)
            .finish_non_exhaustive()
    }
}

/// Coinbase behind the ports.
pub struct Coinbase {
    rest: RestClient,
    timer: Arc<dyn Timer>,
    stream: StreamConfig,
    selection: Selection,
    depth: Depth,
    catalog_age: Duration,
    ids: ClientIds,
    audience: Audience,
    clock: Arc<VenueClock>,
    catalog: Mutex<Catalog>,
    feed: Mutex<Feed>,
    candles: Candles,
    tape: Tape,
    sent: Sent,
    door: Door,
}

impl fmt::Debug for Coinbase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Coinbase").field("rest", &self.rest).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Coinbase {
    /// Reads the venue's time and its products, and begins to stream. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the venue cannot be reached, or its products cannot be read.
    pub async fn open(parts: Parts) -> Result<Self, PortError> {
        let Parts { rest, timer, stream, selection, depth, catalog_age, ids } = parts;
        let audience = if rest.has_key() { Audience::Account } else { Audience::Public };
        let venue = Self {
            rest,
            timer,
            stream,
            selection,
            depth,
            catalog_age,
            ids,
            audience,
            clock: Arc::default(),
            catalog: Mutex::default(),
            feed: Mutex::default(),
            candles: Candles::default(),
            tape: Tape::default(),
            sent: Sent::default(),
            door: Door::default(),
        };
        venue.time().await?;
        venue.refresh_catalog().await?;
        Ok(venue)
    }

    /// Waits until every book can be read, or as long as that, or until no other came for five seconds
    /// after some did: what has not come by then keeps nobody from the others. Says how many of how many
    /// can be read.
    pub async fn warm(&self, patience: Duration) -> (usize, usize) {
        let come = async {
            let (mut before, mut quiet) = (0, Duration::ZERO);
            loop {
                let (ready, all) = self.feed().ready();
                quiet = if ready == before { quiet + LOOK } else { Duration::ZERO };
                before = ready;
                if ready == all || ready > 0 && quiet >= QUIET {
                    return;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        // What is not ready then is told below.
        drop(tokio::time::timeout(patience, come).await);
        self.feed().ready()
    }

    /// Takes over the venue's id of an order of an earlier process, so that it is found at once
    /// however old it is.
    pub fn remember(&self, intent: IntentId, venue_order_id: &str) {
        self.sent.insert(intent, venue_order_id.to_owned());
    }

    /// The client, for what the ports do not have.
    pub const fn rest(&self) -> &RestClient {
        &self.rest
    }

    /// Why no order is sent any more, if that is so: an intent came twice, or the body of one was
    /// not what is on record. Only a new process sends again.
    pub fn wire_is_shut(&self) -> Option<String> {
        self.door.shut()
    }

    /// Has somebody hear everybody's trades from now on, in place of whoever did before.
    pub fn hear_trades(&self, ear: TradeEar) {
        self.tape.listen(ear);
    }

    /// Says goodbye on every connection.
    pub async fn close(self) {
        let streams = self.feed().take_streams();
        for stream in streams {
            stream.close().await;
        }
    }

    fn catalog(&self) -> MutexGuard<'_, Catalog> {
        lock(&self.catalog)
    }

    fn feed(&self) -> MutexGuard<'_, Feed> {
        lock(&self.feed)
    }

    fn followed(&self) -> BTreeSet<ProductId> {
        self.catalog().ids()
    }

    /// The name by which a product is followed.
    fn canonical(&self, product: ProductId) -> Result<ProductId, PortError> {
        let catalog = self.catalog();
        let id = catalog.canonical(product);
        let known = catalog.products.binary_search_by_key(&id, |product| product.id).is_ok();
        if known { Ok(id) } else { Err(PortError::Unknown(product.to_string())) }
    }

    /// Reads the products if those that we have are too old, and follows those that are new.
    async fn refresh_catalog(&self) -> Result<(), PortError> {
        let now = self.timer.now().mono;
        let read = self.catalog().read;
        if read.is_some_and(|read| now.saturating_sub(read) < self.catalog_age) {
            return Ok(());
        }
        let tradability = self.audience == Audience::Account;
        let query = ProductQuery { tradability, ..ProductQuery::default() };
        let listed = self.rest.products(self.audience, &query).await;
        let listed = listed.map_err(|error| port_error(&error))?;
        let catalog = Catalog::new(&listed, &self.selection, now);
        if catalog.products.is_empty() {
            return Err(PortError::Unreadable("the venue lists no product of ours".to_owned()));
        }
        let ids = catalog.ids();
        *self.catalog() = catalog;
        let told = Followers {
            candles: self.candles.clone(),
            tape: self.tape.clone(),
            clock: Arc::clone(&self.clock),
            timer: Arc::clone(&self.timer),
        };
        self.feed().follow(&ids, &self.stream, &told);
        Ok(())
    }

    /// The venue's time, asked for when the last answer is old.
    async fn time(&self) -> Result<Timestamp, PortError> {
        let sent = self.timer.now();
        if self.clock.is_older(sent.mono, TIME_AGE) {
            match self.rest.server_time().await {
                Ok(answer) => {
                    let received = self.timer.now();
                    self.clock.measured(sent.mono, received.mono, answer.at);
                    let middle = sent.wall.millis().midpoint(received.wall.millis());
                    self.timer.venue_is_ahead(answer.at.millis().saturating_sub(middle));
                }
                // Counted time stays good for longer than an outage lasts; without any, none is.
                Err(error) if self.clock.now(sent.mono).is_none() => {
                    return Err(port_error(&error));
                }
                Err(error) => {
                    self.clock.unanswered(sent.mono);
                    tracing::warn!(%error, "the venue's time cannot be read");
                }
            }
        }
        let now = self.clock.now(self.timer.now().mono);
        now.ok_or_else(|| PortError::Unreadable("the venue's time".to_owned()))
    }
}
