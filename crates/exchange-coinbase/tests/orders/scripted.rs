//! The adapter before a server that says what it is told to.

use core::future::Future;
use core::pin::Pin;
use core::time::Duration;
use std::path::Path;
use std::sync::{Arc, Mutex};

use domain::{Clock, Instants, Timestamp};
use exchange_coinbase::adapter::{Coinbase, Parts, Selection};
use exchange_coinbase::rest::{Limits, RestClient, Timer};
use exchange_coinbase::ws::{Depth, StreamConfig};
use exchange_coinbase::{Address, Credentials};
use serde_json::{Value, json};

use crate::common::T0;
use crate::desk::PRODUCT;
use crate::server::{Act, Server, http};

/// Time that stands still, and waits that are over at once: the venue's time is `T0` throughout.
#[derive(Debug)]
pub(crate) struct Frozen;

impl Clock for Frozen {
    fn now(&self) -> Instants {
        Instants { mono: Duration::from_secs(1), wall: T0, venue: None }
    }
}

impl Timer for Frozen {
    fn wait(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::task::yield_now())
    }
}

/// Plenty, so that no test waits for a turn.
pub(crate) fn limits() -> Limits {
    Limits {
        private_burst: 100_000,
        private_per_sec: 100_000,
        private_half_hourly: 1_000_000,
        public_burst: 100_000,
        public_per_sec: 100_000,
        ..Limits::default()
    }
}

/// The client order id of an intent in these tests.
pub(crate) fn name(intent: u64) -> String {
    format!("test-{intent}")
}

pub(crate) fn parts(rest: RestClient, timer: Arc<dyn Timer>, stream: StreamConfig) -> Parts {
    Parts {
        rest,
        timer,
        stream,
        selection: Selection {
            only: Some([PRODUCT.parse().unwrap()].into()),
            ..Selection::default()
        },
        depth: Depth::default(),
        catalog_age: Duration::from_mins(15),
        ids: Arc::new(|intent| name(intent.0)),
    }
}

fn credentials() -> Credentials {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys/p256_sec1.pem");
    let secret = std::fs::read_to_string(path).unwrap();
    Credentials::from_text("organizations/0f0e/apiKeys/0a0b", &secret).unwrap()
}

/// How the server answers one request: method, path, body, and how many of this method and path
/// came before.
pub(crate) type Script = dyn Fn(&Asked, usize) -> Act + Send + Sync;

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Below the API's prefix, without its query.
    pub(crate) path: String,
    pub(crate) body: Value,
}

impl Asked {
    fn of(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let mut words = head.split(' ');
        let method = words.next().unwrap_or_default().to_owned();
        let path = words.next().unwrap_or_default().split('?').next().unwrap_or_default();
        let path = path.trim_start_matches("/api/v3/brokerage").to_owned();
        Self { method, path, body: serde_json::from_str(body).unwrap_or(Value::Null) }
    }

    pub(crate) fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path == path
    }
}

pub(crate) fn ok(body: &Value) -> Act {
    Act::Send(http(200, "", &body.to_string()))
}

pub(crate) fn status(status: u16, body: &str) -> Act {
    Act::Send(http(status, "", body))
}

/// The adapter and the server that it is connected to.
pub(crate) struct Stage {
    pub(crate) venue: Coinbase,
    server: Server,
}

impl Stage {
    pub(crate) async fn new(script: impl Fn(&Asked, usize) -> Act + Send + Sync + 'static) -> Self {
        Self::timed(Arc::new(Frozen), script).await
    }

    /// With a clock of the test's own, which shows `T0` now.
    pub(crate) async fn timed(
        timer: Arc<dyn Timer>,
        script: impl Fn(&Asked, usize) -> Act + Send + Sync + 'static,
    ) -> Self {
        let script: Box<Script> = Box::new(script);
        let seen: Mutex<Vec<Asked>> = Mutex::default();
        let server = Server::start(move |_, text| {
            let asked = Asked::of(text);
            if asked.path == "/time" {
                return ok(
                    &json!({ "iso": T0.to_string(), "epochMillis": T0.millis().to_string() }),
                );
            }
            if asked.path == "/products" {
                return ok(&json!({ "products": [product()], "num_products": 1 }));
            }
            let mut seen = seen.lock().unwrap();
            let before = seen.iter().filter(|old| old.is(&asked.method, &asked.path)).count();
            seen.push(asked.clone());
            script(&asked, before)
        })
        .await;
        let rest = RestClient::builder(server.address())
            .credentials(Arc::new(credentials()))
            .limits(limits())
            .timer(Arc::clone(&timer))
            .build()
            .unwrap();
        // Nobody streams here.
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let stream = StreamConfig::new(Address::market_data(&format!("ws://{nobody}")).unwrap());
        let venue = Coinbase::open(parts(rest, timer, stream)).await.unwrap();
        Self { venue, server }
    }

    /// How often this was asked for.
    pub(crate) fn count(&self, method: &str, path: &str) -> usize {
        self.server.seen().iter().filter(|text| Asked::of(text).is(method, path)).count()
    }
}

fn product() -> Value {
    json!({
        "product_id": PRODUCT, "base_increment": "0.00000001", "quote_increment": "0.01",
        "price_increment": "0.01", "base_min_size": "0.00000001", "base_max_size": "3400",
        "quote_min_size": "1", "quote_max_size": "150000000", "base_name": "Bitcoin",
        "quote_name": "US Dollar", "status": "online", "product_type": "SPOT", "alias": "",
        "is_disabled": false, "trading_disabled": false, "cancel_only": false, "limit_only": false,
        "post_only": false, "auction_mode": false, "price": "50000", "volume_24h": "1",
    })
}

/// When the buy of these tests ends.
pub(crate) fn end() -> Timestamp {
    T0.plus_secs(90)
}

/// The acceptance of an order post.
pub(crate) fn accepted(asked: &Asked) -> Act {
    ok(&json!({ "success": true, "success_response": {
        "order_id": "o-1", "product_id": asked.body["product_id"], "side": asked.body["side"],
        "client_order_id": asked.body["client_order_id"],
    }}))
}

/// The buy of these tests as the venue shows it.
pub(crate) fn bought() -> Value {
    json!({
        "order_id": "o-1", "client_order_id": name(7), "product_id": PRODUCT, "user_id": "u",
        "side": "BUY", "status": "OPEN", "time_in_force": "GOOD_UNTIL_DATE_TIME",
        "order_configuration": { "limit_limit_gtd": {
            "base_size": "0.001", "limit_price": "49900", "post_only": true,
            "end_time": end().to_string(),
        }},
        "created_time": T0.plus_secs(1).to_string(), "completion_percentage": "0",
        "filled_size": "0", "average_filled_price": "0", "number_of_fills": "0",
        "filled_value": "0", "total_fees": "0", "total_value_after_fees": "0",
        "outstanding_hold_amount": "50.5", "pending_cancel": false, "size_in_quote": false,
        "size_inclusive_of_fees": false, "order_type": "LIMIT", "product_type": "SPOT",
    })
}
