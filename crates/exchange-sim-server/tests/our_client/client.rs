//! Our client at a served venue whose clock stands still until a test moves it.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::{BaseQty, Clock, Instants, Price, ProductId, Side, Timestamp};
use exchange_coinbase::adapter::{Coinbase, Parts, Selection};
use exchange_coinbase::rest::{
    ClientOrderId, Configuration, Lane, LimitLife, NewOrder, Patience, PlaceOutcome, Posting,
    RestClient, Size, SystemTimer, Timer,
};
use exchange_coinbase::ws::{
    Channel, Depth, Event, Events, Pace, Shard, Stream, StreamConfig, Timing, queue,
};
use exchange_coinbase::{Address, Credentials};

use crate::common::{Bench, PATIENCE, PRODUCT, TRADER};

/// The venue's time as the client has it, and how far it believes the venue to be ahead.
struct Clocks {
    machine: SystemTimer,
    wall: Mutex<Timestamp>,
    ahead_ms: Mutex<i64>,
}

impl Clock for Clocks {
    fn now(&self) -> Instants {
        let wall = *self.wall.lock().unwrap();
        let venue = Timestamp::from_millis(wall.millis() + *self.ahead_ms.lock().unwrap());
        Instants { mono: self.machine.now().mono, wall, venue: Some(venue) }
    }
}

impl Timer for Clocks {
    fn wait(&self, span: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.machine.wait(span)
    }

    fn venue_is_ahead(&self, millis: i64) {
        *self.ahead_ms.lock().unwrap() = millis;
    }
}

/// A venue in a scenario, and our client with a key that may trade.
pub(crate) struct Client {
    pub(crate) bench: Bench,
    pub(crate) rest: RestClient,
    key: Arc<Credentials>,
    clocks: Arc<Clocks>,
}

impl Client {
    pub(crate) async fn in_scenario(name: &str) -> Self {
        Self::at(Bench::in_scenario(name).await)
    }

    pub(crate) fn at(bench: Bench) -> Self {
        let issued = bench.key(TRADER);
        let key = Arc::new(Credentials::from_text(&issued.name, &issued.secret).unwrap());
        let clocks = Arc::new(Clocks {
            machine: SystemTimer::new(),
            wall: Mutex::new(bench.server.now()),
            ahead_ms: Mutex::new(0),
        });
        // The patience that it has by default, with short waits.
        let patience = Patience {
            base: Duration::from_millis(5),
            read: Duration::from_secs(4),
            ..Patience::default()
        };
        let rest = RestClient::builder(Address::rest(&format!("http://{}", bench.host())).unwrap())
            .credentials(Arc::clone(&key))
            .patience(patience)
            .timer(Arc::<Clocks>::clone(&clocks))
            .build()
            .unwrap();
        Self { bench, rest, key, clocks }
    }

    /// Lets the venue's time, and the machine's, pass.
    pub(crate) fn advance(&self, span: Duration) {
        self.bench.server.advance(span);
        *self.clocks.wall.lock().unwrap() = self.bench.server.now();
    }

    /// A post-only buy a fifth below the market.
    pub(crate) fn resting_buy(&self, id: &str) -> NewOrder {
        let book = self.bench.server.with(|venue| venue.book(product()).unwrap().unwrap());
        let fifth = rust_decimal::Decimal::new(8, 1);
        let low = (book.bids[0].price.get() * fifth).round_dp(0);
        let life = LimitLife::UntilCancelled(Posting::PostOnly);
        let size = Size::Base(BaseQty::parse("0.001").unwrap());
        let limit = Price::new(low).unwrap();
        let configuration = Configuration::limit(Side::Buy, size, limit, life);
        NewOrder::new(ClientOrderId::new(id).unwrap(), product(), configuration).unwrap()
    }

    pub(crate) async fn place(&self, order: &NewOrder) -> PlaceOutcome {
        self.rest.place(order, Lane::Entry).await
    }

    /// Places a buy that rests, and is told so.
    pub(crate) async fn rest_a_buy(&self, id: &str) -> String {
        match self.place(&self.resting_buy(id)).await {
            PlaceOutcome::Accepted(placed) => placed.order_id,
            other => panic!("{other:?}"),
        }
    }

    /// How many orders the account has, whatever anybody was told.
    pub(crate) fn orders(&self) -> usize {
        self.bench.server.with(|venue| venue.orders(venue.accounts()[0].no).unwrap().count())
    }

    /// How many requests went to a path below the API's prefix.
    pub(crate) fn asked(&self, method: &str, path: &str) -> usize {
        let path = crate::common::api(path);
        let requests = self.bench.server.requests();
        requests.iter().filter(|seen| seen.method == method && seen.path == path).count()
    }

    /// How our program sees the venue through its ports: one product.
    pub(crate) async fn ports(&self) -> Result<Coinbase, exchange::PortError> {
        let only = BTreeSet::from([product()]);
        let selection = Selection { only: Some(only), ..Selection::default() };
        let timer: Arc<dyn Timer> = Arc::<Clocks>::clone(&self.clocks);
        Coinbase::open(Parts {
            rest: self.rest.clone(),
            timer,
            stream: self.stream_config(),
            selection,
            depth: Depth::default(),
            catalog_age: Duration::ZERO,
            ids: Arc::new(|intent| format!("test-{}", intent.0)),
        })
        .await
    }

    pub(crate) fn stream_config(&self) -> StreamConfig {
        let address = Address::market_data(&format!("ws://{}", self.bench.host())).unwrap();
        let mut config = StreamConfig::new(address);
        config.pace = Arc::new(Pace::new(1_000));
        // A slow machine is no silent venue.
        let long = Duration::from_mins(1);
        config.timing = Timing {
            silence: long,
            heartbeat: long,
            reconnect: Duration::from_millis(20),
            ..Timing::default()
        };
        let (key, clocks) = (Arc::clone(&self.key), Arc::clone(&self.clocks));
        let now = move || clocks.now().venue.unwrap();
        config.signer = Some(Arc::new(move || key.jwt_for_ws(now())));
        config
    }
}

/// A stream of one product.
pub(crate) fn stream(channels: &[Channel], config: StreamConfig) -> (Stream, Events) {
    let shard = Shard {
        products: BTreeSet::from([product()]),
        channels: channels.iter().copied().collect(),
    };
    let (sink, events) = queue(100_000);
    (Stream::open(config, shard, sink), events)
}

/// A buy that takes from the book at once.
pub(crate) fn taker(client: &Client, id: &str) -> NewOrder {
    let book = client.bench.server.with(|venue| venue.book(product()).unwrap().unwrap());
    let size = Size::Base(BaseQty::parse("0.001").unwrap());
    let life = LimitLife::ImmediateOrCancel;
    let configuration = Configuration::limit(Side::Buy, size, book.asks[0].price, life);
    NewOrder::new(ClientOrderId::new(id).unwrap(), product(), configuration).unwrap()
}

pub(crate) fn product() -> ProductId {
    PRODUCT.parse().unwrap()
}

/// The next event that is wanted; others are passed over.
pub(crate) async fn until(events: &mut Events, wanted: impl Fn(&Event) -> bool) -> Event {
    let found = async {
        loop {
            let event = events.next().await.unwrap();
            if wanted(&event) {
                return event;
            }
        }
    };
    tokio::time::timeout(PATIENCE, found).await.unwrap()
}
