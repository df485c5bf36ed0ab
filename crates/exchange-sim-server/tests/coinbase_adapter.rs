//! Our adapter for Coinbase against the served venue: with the stream warm, a cycle over 300
//! products asks for almost nothing, and sees the market as it is.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::{Bar, Bars, Clock, Granularity, Instants, ProductId, Timestamp};
use exchange::MarketData as _;
use exchange_coinbase::Address;
use exchange_coinbase::adapter::{Coinbase, Parts, Selection};
use exchange_coinbase::rest::{Limits, RestClient, Timer};
use exchange_coinbase::ws::{Depth, Pace as WsPace, StreamConfig};
use exchange_sim::{Catalog, Recorded};
use exchange_sim_server::{AccountSpec, Config, Pace, Scenario, Server, scenarios_in};

const PRODUCTS: usize = 300;
const HOURS: i64 = 340;
const HOUR: i64 = 3600;
/// A cycle may cost so many requests.
const BUDGET: usize = 5;

/// A minute before a slot ends, in the middle of an hour.
fn begin() -> Timestamp {
    "2026-03-01T12:34:00Z".parse().unwrap()
}

/// A clock that a test moves.
#[derive(Debug)]
struct ByHand(Mutex<Instants>);

impl ByHand {
    fn advance(&self, span: Duration) {
        let mut now = self.0.lock().unwrap();
        now.mono += span;
        now.wall = now.wall + span;
    }
}

impl Clock for ByHand {
    fn now(&self) -> Instants {
        *self.0.lock().unwrap()
    }
}

impl Timer for ByHand {
    fn wait(&self, _span: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(Duration::from_millis(1)))
    }
}

fn ids() -> Vec<ProductId> {
    let made = (0..PRODUCTS - 1).map(|at| format!("C{at:03}-USD").parse().unwrap());
    std::iter::once("BTC-USD".parse().unwrap()).chain(made).collect()
}

fn catalog() -> Catalog {
    let mut json = String::from(r#"{"products":["#);
    for (at, id) in ids().iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        write!(
            json,
            r#"{comma}{{"product_id":"{id}","base_increment":"0.0001","quote_increment":"0.01","price_increment":"0.01","base_min_size":"0.0001","base_max_size":"100000","quote_min_size":"1","quote_max_size":"10000000","product_type":"SPOT","status":"online","trading_disabled":false}}"#
        )
        .unwrap();
    }
    json.push_str("]}");
    Catalog::from_json("made up", &json).unwrap()
}

/// Five-minute bars until after the beginning, another price for each product.
fn bars(at: usize) -> Bars {
    let from = begin().floor_secs(HOUR).plus_secs(-HOURS * HOUR);
    let mut bars = Bars::with_capacity(Granularity::M5, 12 * 342);
    for slot in 0..12 * (HOURS + 2) {
        let base = 100.0 + at as f64;
        let wave = 1.0 + ((slot % 40) as f64 - 20.0).abs() / 1000.0;
        let (open, close) = (base * wave, base * wave * 1.0005);
        let (high, low) = (close * 1.0002, open * 0.9998);
        let start = from.plus_secs(slot * 300);
        bars.push(Bar { start, open, high, low, close, volume: 50_000.0 }).unwrap();
    }
    bars
}

async fn served() -> Server {
    served_in(None).await
}

async fn served_in(scenario: Option<Scenario>) -> Server {
    let series = ids().into_iter().enumerate().map(|(at, id)| (id, bars(at)));
    let market = Recorded::new(&catalog(), series, Vec::new());
    let funds = vec![("USD".parse().unwrap(), 10_000.into())];
    let account = AccountSpec { name: "one".to_owned(), funds, keys: Vec::new() };
    let mut config = Config::new(market, vec![account]).unwrap();
    config.pace = Pace::ByHand { from: begin() };
    (config.budgets, config.scenario) = (None, scenario);
    Server::start(config).await.unwrap()
}

async fn adapter(server: &Server, timer: &Arc<ByHand>) -> Coinbase {
    let host = server.http().unwrap();
    // The rate of requests is the client's own affair and tested there.
    let limits = Limits { public_burst: 10_000, public_per_sec: 10_000, ..Limits::default() };
    let clock: Arc<dyn Timer> = Arc::<ByHand>::clone(timer);
    let rest = RestClient::builder(Address::rest(&format!("http://{host}")).unwrap())
        .limits(limits)
        .timer(Arc::clone(&clock))
        .build()
        .unwrap();
    let mut stream = StreamConfig::new(Address::market_data(&format!("ws://{host}")).unwrap());
    stream.pace = Arc::new(WsPace::new(1_000));
    // A slow machine is no silent venue.
    stream.timing.silence = Duration::from_mins(1);
    stream.timing.heartbeat = Duration::from_mins(1);
    let parts = Parts {
        rest,
        timer: clock,
        stream,
        selection: Selection::default(),
        depth: Depth::default(),
        catalog_age: Duration::from_mins(15),
        ids: Arc::new(|intent| format!("test-{}", intent.0)),
    };
    Coinbase::open(parts).await.unwrap()
}

/// What the runner's feed asks in one cycle; the closes of the slot that ended at `slot_end`.
async fn cycle(venue: &Coinbase, products: &[ProductId], slot_end: Option<Timestamp>) -> Vec<f64> {
    let now = venue.now().await.unwrap();
    let mut closes = Vec::new();
    if let Some(end) = slot_end {
        let start = end.plus_secs(-300);
        for product in products {
            let bars = venue.bars(*product, start, end).await.unwrap().unwrap();
            assert_eq!(bars.starts(), [start], "{product}");
            closes.extend(bars.closes());
        }
        assert_eq!(venue.gaps(start, end).await.unwrap(), []);
    }
    for product in products {
        let reading = venue.book(*product).await.unwrap().unwrap();
        assert_eq!(reading.book.fault(), None, "{product}");
        assert!(now.secs_since(reading.vouched) <= 5, "{product}: {} {now}", reading.vouched);
    }
    closes
}

/// Waits until every connection has beaten once since `now`: the venue beats every real second.
async fn caught_up(venue: &Coinbase, products: &[ProductId], now: Timestamp) {
    let beaten = async {
        for product in products {
            while venue.book(*product).await.unwrap().is_none_or(|r| r.vouched < now) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    };
    tokio::time::timeout(Duration::from_mins(2), beaten).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_stream_warm_a_cycle_over_300_products_makes_at_most_5_requests() {
    let server = served().await;
    let start = Instants { mono: Duration::ZERO, wall: begin(), venue: None };
    let timer = Arc::new(ByHand(Mutex::new(start)));
    let venue = adapter(&server, &timer).await;
    let products: Vec<_> = venue.products().await.unwrap().iter().map(|p| p.id).collect();
    assert_eq!(products.len(), PRODUCTS);
    // On a machine with much else to do they may come in heaps, with pauses between.
    let warm = async { while venue.warm(Duration::from_mins(1)).await != (PRODUCTS, PRODUCTS) {} };
    tokio::time::timeout(Duration::from_mins(2), warm).await.unwrap();

    // The beginning: history of every product, in hours and slots that meet.
    let from = begin().floor_secs(HOUR).plus_secs(-336 * HOUR);
    assert_eq!(venue.gaps(from, begin()).await.unwrap(), []);
    for product in &products {
        let slots = venue.bars(*product, from, begin()).await.unwrap().unwrap();
        let hours = venue.hours(*product, from, begin()).await.unwrap().unwrap();
        assert_eq!(hours.end(), slots.starts().first().copied(), "{product}");
        assert_eq!(hours.len(), 336 - 23);
        assert_eq!(slots.end(), Some(begin().floor_secs(300)));
    }
    println!("the beginning: {} requests", server.requests().len());

    let before = server.requests().len();
    cycle(&venue, &products, None).await;
    let quiet = server.requests().len() - before;

    // The slot ends; the stream tells its candles.
    let end = begin().plus_secs(60);
    for _ in 0..13 {
        server.advance(Duration::from_secs(5));
        timer.advance(Duration::from_secs(5));
    }
    caught_up(&venue, &products, server.now()).await;
    let before = server.requests().len();
    let closes = cycle(&venue, &products, Some(end)).await;
    let busy = server.requests().len() - before;
    println!("a quiet cycle: {quiet} requests; with a slot that ends: {busy}");
    let asked: BTreeSet<_> = server.requests()[before..].iter().map(|r| r.path.clone()).collect();
    assert!(quiet <= BUDGET && busy <= BUDGET, "{quiet}, {busy}: {asked:?}");
    for (at, close) in closes.iter().enumerate() {
        let slot = bars(at).iter().find(|bar| bar.start == end.plus_secs(-300)).unwrap();
        assert!((close / slot.close - 1.0).abs() < 1e-3, "{at}: {close} {}", slot.close);
    }
    venue.close().await;
}

/// The snapshot of one book never comes, and nothing says so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_book_that_does_not_come_keeps_nobody_waiting_for_the_others() {
    let withheld = "version: 1\nscenarios:\n- name: withheld\n  about: A book never comes.\n  \
                    rules:\n  - {on: {channel: l2_data}, when: {nth: 3}, fault: {kind: withhold}}\n";
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), withheld).unwrap();
    let server = served_in(scenarios_in(file.path()).unwrap().pop()).await;
    let start = Instants { mono: Duration::ZERO, wall: begin(), venue: None };
    let venue = adapter(&server, &Arc::new(ByHand(Mutex::new(start)))).await;
    // The clock by which books are asked for anew stands still: all but one is all that ever come.
    let warm = venue.warm(Duration::from_hours(1));
    let (ready, all) = tokio::time::timeout(Duration::from_mins(2), warm).await.unwrap();
    assert!(ready < all && all == PRODUCTS, "{ready} of {all}");
}
