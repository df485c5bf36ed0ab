//! An order post over a real socket: one request whatever happens, and an outcome as far as it is
//! proved.

use std::sync::Arc;
use std::time::Duration;

use domain::{BaseQty, Price, Side, Timestamp};
use exchange_coinbase::rest::{
    Attachable, AttachedBracket, Bracket, ClientOrderId, Configuration, Laddering, Lane, LimitLife,
    Market, NewOrder, Patience, PlaceOutcome, Posting, PriceDistribution, RestClient, RestError,
    Rung, Size, SizeDistribution, StopDirection, StopLimit, Twap,
};
use exchange_coinbase::{Address, Credentials};
use serde_json::{Value, json};

use crate::corpus::told;
use crate::keys::{NAME, key};
use crate::server::{Act, Server, http, run, send};
use crate::signing::claims;

pub(crate) const ACCEPTED: &str = r#"{"success":true,"success_response":{"order_id":"o-1","product_id":"BTC-USD","side":"BUY","client_order_id":"c-1"}}"#;

pub(crate) fn price(text: &str) -> Price {
    text.parse().unwrap()
}

pub(crate) fn qty(text: &str) -> BaseQty {
    text.parse().unwrap()
}

pub(crate) fn order() -> NewOrder {
    let life = LimitLife::UntilCancelled(Posting::PostOnly);
    let size = Size::Base(qty("0.001"));
    with(Configuration::limit(Side::Buy, size, price("64000.10"), life)).unwrap()
}

fn with(configuration: Configuration) -> Result<NewOrder, RestError> {
    NewOrder::new(ClientOrderId::new("c-1")?, "BTC-USD".parse().unwrap(), configuration)
}

/// A client with a key and little patience.
pub(crate) fn client(address: Address) -> RestClient {
    let credentials = Credentials::from_text(NAME, &key("p256_sec1.pem")).unwrap();
    let limits = exchange_coinbase::rest::Limits {
        private_burst: 100_000,
        private_per_sec: 100_000,
        private_half_hourly: 1_000_000,
        ..Default::default()
    };
    RestClient::builder(address).credentials(Arc::new(credentials)).limits(limits).build().unwrap()
}

fn impatient(address: Address, span: Duration) -> RestClient {
    let credentials = Credentials::from_text(NAME, &key("p256_sec1.pem")).unwrap();
    let patience = Patience { read: span, attempt: span * 4, ..Patience::default() };
    RestClient::builder(address)
        .credentials(Arc::new(credentials))
        .patience(patience)
        .build()
        .unwrap()
}

#[test]
fn a_server_that_closes_at_each_byte_sees_one_request_and_proves_nothing() {
    run(async {
        let whole = http(200, "", ACCEPTED);
        let length = whole.len();
        let server = Server::start(move |number, _| Act::Send(whole[..number].to_vec())).await;
        let client = client(server.address());
        for cut in 0..=length {
            let outcome = client.place(&order(), Lane::Entry).await;
            let seen = server.seen().len();
            assert_eq!(seen, cut + 1, "closing after {cut} bytes: one request, no more");
            if cut < length {
                assert!(matches!(outcome, PlaceOutcome::Unknown(_)), "{cut}: {outcome:?}");
            } else {
                assert_eq!(told(&outcome), "accepted", "{outcome:?}");
            }
        }
    });
}

#[test]
fn no_status_makes_the_client_send_an_order_again() {
    let statuses = [
        300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 408, 409, 413, 421, 425, 429, 499,
        500, 501, 502, 503, 504, 520, 599,
    ];
    run(async {
        let elsewhere = Server::start(|_, _| send(200, "", ACCEPTED)).await;
        let location =
            format!("location: http://127.0.0.1:{}/x\r\nretry-after: 0\r\n", elsewhere.port);
        let server = Server::start(move |number, _| send(statuses[number], &location, "")).await;
        let client = client(server.address());
        for (number, status) in statuses.iter().enumerate() {
            let outcome = client.place(&order(), Lane::Exit).await;
            assert_eq!(told(&outcome), "unknown status", "{status}: {outcome:?}");
            assert_eq!(server.seen().len(), number + 1, "{status}: one request");
        }
        assert!(elsewhere.seen().is_empty(), "no redirect is followed");
    });
}

#[test]
fn without_a_listener_nothing_was_sent() {
    run(async {
        let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        for text in [format!("http://127.0.0.1:{port}"), format!("https://localhost:{port}")] {
            let outcome = client(Address::rest(&text).unwrap()).place(&order(), Lane::Entry).await;
            assert_eq!(told(&outcome), "refused never sent", "{outcome:?}");
        }
    });
}

#[test]
fn a_server_without_tls_gets_no_order() {
    run(async {
        let server = Server::start(|_, _| send(200, "", ACCEPTED)).await;
        let address = Address::rest(&format!("https://127.0.0.1:{}", server.port)).unwrap();
        let outcome = client(address).place(&order(), Lane::Entry).await;
        assert_eq!(told(&outcome), "refused never sent", "{outcome:?}");
        assert!(server.seen().iter().all(|text| !text.contains("c-1")));
    });
}

#[test]
fn silence_and_endless_replies_end_in_doubt() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{".to_vec();
    let huge = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n{".to_vec();
    let cases: [(&str, Act, &str); 5] = [
        ("says nothing", Act::Hold(Vec::new()), "unknown no reply"),
        ("stops in the body", Act::Hold(head), "unknown broken reply"),
        ("announces too much", Act::Send(huge), "unknown broken reply"),
        (
            "never ends its head",
            Act::Forever(b"HTTP/1.1 200 OK\r\nx: y\r\n".to_vec()),
            "unknown no reply",
        ),
        ("speaks another protocol", Act::Send(b"220 mail ESMTP\r\n".to_vec()), "unknown no reply"),
    ];
    run(async {
        for (what, act, expected) in cases {
            let server = Server::start(move |_, _| act.clone()).await;
            let client = impatient(server.address(), Duration::from_millis(300));
            let outcome = client.place(&order(), Lane::Entry).await;
            assert_eq!(told(&outcome), expected, "{what}: {outcome:?}");
            assert!(server.seen().len() <= 1, "{what}");
        }
        let endless = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        let chunk = [b"2000\r\n".to_vec(), vec![b' '; 0x2000], b"\r\n".to_vec()].concat();
        let flood = [endless, chunk.repeat(64)].concat();
        let server = Server::start(move |_, _| Act::Send(flood.clone())).await;
        let outcome = client(server.address()).place(&order(), Lane::Entry).await;
        assert_eq!(told(&outcome), "unknown broken reply", "{outcome:?}");
        assert!(format!("{outcome:?}").contains("TooLarge"), "{outcome:?}");
    });
}

#[test]
fn a_client_without_a_key_does_not_try() {
    run(async {
        let server = Server::start(|_, _| send(200, "", ACCEPTED)).await;
        let client = RestClient::builder(server.address()).build().unwrap();
        let outcome = client.place(&order(), Lane::Entry).await;
        assert_eq!(told(&outcome), "refused not tried", "{outcome:?}");
        assert!(server.seen().is_empty());
    });
}

#[test]
fn an_order_goes_out_as_its_body_says_signed_for_ten_seconds() {
    run(async {
        let server = Server::start(|_, _| send(200, "", ACCEPTED)).await;
        let outcome = client(server.address()).place(&order(), Lane::Entry).await;
        let PlaceOutcome::Accepted(placed) = outcome else { panic!("{outcome:?}") };
        assert_eq!((placed.order_id.as_str(), placed.client_order_id.as_str()), ("o-1", "c-1"));
        let seen = server.seen();
        let (head, body) = seen[0].split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("POST /api/v3/brokerage/orders HTTP/1.1\r\n"), "{head}");
        assert_eq!(body, order().body());
        let said =
            claims(head.split_once("authorization: Bearer ").unwrap().1.lines().next().unwrap());
        let uri = format!("POST 127.0.0.1:{}/api/v3/brokerage/orders", server.port);
        assert_eq!(said["uri"], Value::String(uri));
        assert_eq!(said["exp"].as_i64().unwrap() - said["nbf"].as_i64().unwrap(), 10);
    });
}

/// A configuration, its side, and its shape on the wire.
type Shape = (Configuration, &'static str, Value);

const AT: Timestamp = Timestamp::from_secs(1_772_366_400);
const END: &str = "2026-03-01T12:01:30Z";

fn plain_shapes() -> Vec<Shape> {
    let limit = |life| Configuration::limit(Side::Sell, Size::Base(qty("0.5")), price("110"), life);
    let gtd = LimitLife::Until(AT.plus_secs(90), Posting::MayTake);
    vec![
        (
            Configuration::market(Market::BuyFor("100".parse().unwrap())),
            "BUY",
            json!({"market_market_ioc":{"quote_size":"100"}}),
        ),
        (
            Configuration::market(Market::Buy(qty("0.5"))),
            "BUY",
            json!({"market_market_ioc":{"base_size":"0.5"}}),
        ),
        (
            Configuration::market(Market::Sell(qty("0.5"))),
            "SELL",
            json!({"market_market_ioc":{"base_size":"0.5"}}),
        ),
        (
            limit(LimitLife::UntilCancelled(Posting::PostOnly)),
            "SELL",
            json!({"limit_limit_gtc":{"base_size":"0.5","limit_price":"110","post_only":true}}),
        ),
        (
            limit(gtd),
            "SELL",
            json!({"limit_limit_gtd":{"base_size":"0.5","limit_price":"110","post_only":false,"end_time":END}}),
        ),
        (
            limit(LimitLife::ImmediateOrCancel),
            "SELL",
            json!({"sor_limit_ioc":{"base_size":"0.5","limit_price":"110"}}),
        ),
        (
            limit(LimitLife::FillOrKill),
            "SELL",
            json!({"limit_limit_fok":{"base_size":"0.5","limit_price":"110"}}),
        ),
    ]
}

fn trigger_shapes(until: Option<Timestamp>) -> Vec<Shape> {
    let (low, high) = (price("90"), price("110"));
    let stop = StopLimit {
        side: Side::Sell,
        size: qty("0.5"),
        limit: low,
        stop: price("91"),
        direction: StopDirection::Down,
        until,
    };
    let bracket = Bracket { size: qty("0.5"), take_profit: high, stop_trigger: low, until };
    let mut stop_terms = json!({"base_size":"0.5","limit_price":"90","stop_price":"91","stop_direction":"STOP_DIRECTION_STOP_DOWN"});
    let mut terms = json!({"base_size":"0.5","limit_price":"110","stop_trigger_price":"90"});
    let suffix = if until.is_some() {
        stop_terms["end_time"] = json!(END);
        terms["end_time"] = json!(END);
        "gtd"
    } else {
        "gtc"
    };
    vec![
        (
            Configuration::StopLimit(stop),
            "SELL",
            json!({ format!("stop_limit_stop_limit_{suffix}"): stop_terms }),
        ),
        (
            Configuration::Bracket(bracket),
            "SELL",
            json!({ format!("trigger_bracket_{suffix}"): terms }),
        ),
    ]
}

fn composed_shapes() -> Vec<Shape> {
    let (low, high) = (price("90"), price("110"));
    let (base, quote) = (Size::Base(qty("0.5")), Size::Quote("100".parse().unwrap()));
    let life = LimitLife::FillOrKill;
    let entry = Attachable::Limit { side: Side::Buy, size: quote, price: price("100"), life };
    let attached = AttachedBracket { take_profit: high, stop_trigger: low };
    let twap = Twap {
        side: Side::Buy,
        size: quote,
        limit: high,
        start: AT,
        end: AT.plus_secs(90),
        buckets: 3,
        bucket_size: Size::Quote("33".parse().unwrap()),
        bucket_secs: 30,
    };
    let rung = Rung { size: base, price: low, posting: Posting::MayTake };
    let spread = Laddering::Spread {
        size: base,
        orders: 5,
        min: low,
        max: high,
        prices: PriceDistribution::Flat,
        sizes: SizeDistribution::EvenlySplit,
    };
    vec![
        (
            Configuration::Plain(entry, Some(attached)),
            "BUY",
            json!({"limit_limit_fok":{"quote_size":"100","limit_price":"100"}}),
        ),
        (
            Configuration::Twap(twap),
            "BUY",
            json!({"twap_limit_gtd":{"quote_size":"100","limit_price":"110","start_time":"2026-03-01T12:00:00Z","end_time":END,"number_buckets":"3","bucket_size":"33","bucket_duration":"30s"}}),
        ),
        (
            Configuration::Scaled(Side::Buy, Laddering::Rungs(vec![rung])),
            "BUY",
            json!({"scaled_limit_gtc":{"orders":[{"base_size":"0.5","limit_price":"90","post_only":false}]}}),
        ),
        (
            Configuration::Scaled(Side::Buy, spread),
            "BUY",
            json!({"scaled_limit_gtc":{"base_size":"0.5","num_orders":5,"min_price":"90","max_price":"110","price_distribution":"FLAT","size_distribution":"EVENLY_SPLIT"}}),
        ),
    ]
}

#[test]
fn every_configuration_has_its_shape_on_the_wire() {
    let triggers = [None, Some(AT.plus_secs(90))].map(trigger_shapes);
    let shapes = [plain_shapes(), composed_shapes(), triggers.concat()].concat();
    assert_eq!(shapes.len(), 15);
    for (configuration, side, shape) in shapes {
        let attached = matches!(&configuration, Configuration::Plain(_, Some(_)));
        let body: Value = serde_json::from_str(&with(configuration).unwrap().body()).unwrap();
        assert_eq!((&body["order_configuration"], body["side"].as_str()), (&shape, Some(side)));
        let bracket =
            json!({"trigger_bracket_gtc":{"limit_price":"110","stop_trigger_price":"90"}});
        assert_eq!(body.get("attached_order_configuration"), attached.then_some(&bracket));
        assert_eq!(body["client_order_id"], "c-1");
    }
}

#[test]
fn what_cannot_be_an_order_is_not_made() {
    let none = qty("0");
    let (low, high) = (price("90"), price("110"));
    let sale = Attachable::Market(Market::Sell(qty("1")));
    let bracket = |take_profit, stop_trigger| AttachedBracket { take_profit, stop_trigger };
    let bad = [
        Configuration::market(Market::Buy(none)),
        Configuration::market(Market::BuyFor("-1".parse().unwrap())),
        Configuration::limit(Side::Buy, Size::Base(none), low, LimitLife::FillOrKill),
        Configuration::Plain(sale, Some(bracket(high, low))),
        Configuration::Plain(Attachable::Market(Market::Buy(qty("1"))), Some(bracket(low, high))),
        Configuration::Bracket(Bracket {
            size: qty("1"),
            take_profit: low,
            stop_trigger: high,
            until: None,
        }),
        Configuration::Scaled(Side::Buy, Laddering::Rungs(Vec::new())),
    ];
    for configuration in bad {
        assert!(matches!(with(configuration), Err(RestError::Input { .. })));
    }
    for id in ["", "a b", "é", &"x".repeat(129)] {
        assert!(ClientOrderId::new(id).is_err(), "{id:?}");
    }
    assert!(ClientOrderId::new(&"x".repeat(128)).is_ok());
}
