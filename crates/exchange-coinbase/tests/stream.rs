//! The stream against a server of our own on loopback: it asks, mends, reconnects and stops.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use core::time::Duration;
use std::collections::BTreeSet;

use common::{beat, book, frame, product, shard};
use exchange_coinbase::Address;
use exchange_coinbase::ws::{
    BookLoss, Channel, Depth, Event, Events, Loss, Reason, Stream, StreamConfig, queue,
};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};

const BTC: &str = "BTC-USD";
/// Long enough for the slowest machine; nothing waits for it to pass.
const LONG: Duration = Duration::from_mins(1);
const TWO_SIDED: [(&str, &str, &str); 2] = [("bid", "99", "1"), ("offer", "101", "2")];

struct Server {
    listener: TcpListener,
    config: StreamConfig,
}

impl Server {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("ws://{}", listener.local_addr().unwrap());
        let mut config = StreamConfig::new(Address::market_data(&address).unwrap());
        config.timing.reconnect = Duration::from_millis(20);
        Self { listener, config }
    }

    /// The next connection, with what was asked for over it at the beginning.
    async fn accept(&self) -> Peer {
        let (socket, _) = timeout(LONG, self.listener.accept()).await.unwrap().unwrap();
        let socket = timeout(LONG, accept_async(socket)).await.unwrap().unwrap();
        let mut peer = Peer { socket, sent: 0 };
        let begin = [peer.asked().await, peer.asked().await];
        assert_eq!(begin, ["subscribe heartbeats", "subscribe level2"]);
        peer
    }
}

fn open(config: StreamConfig) -> (Stream, Events) {
    let (sink, events) = queue(10_000);
    (Stream::open(config, shard(&[BTC], &[Channel::Level2]), sink), events)
}

/// The server's end of a connection.
struct Peer {
    socket: WebSocketStream<TcpStream>,
    sent: u64,
}

impl Peer {
    async fn asked(&mut self) -> String {
        let message = timeout(LONG, self.socket.next()).await.unwrap().unwrap().unwrap();
        let json: serde_json::Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
        assert!(json.get("jwt").is_none());
        format!("{} {}", json["type"].as_str().unwrap(), json["channel"].as_str().unwrap())
    }

    async fn say(&mut self, channel: &str, events: &str) {
        let text = frame(self.sent, self.sent, channel, events);
        self.sent += 1;
        self.socket.send(Message::text(text)).await.unwrap();
    }
}

async fn until(events: &mut Events, wanted: impl Fn(&Event) -> bool) -> Event {
    let found = async {
        loop {
            let event = events.next().await.unwrap();
            if wanted(&event) {
                return event;
            }
        }
    };
    timeout(LONG, found).await.unwrap()
}

#[tokio::test]
async fn a_gap_is_mended_on_the_same_connection() {
    let server = Server::new().await;
    let (stream, mut events) = open(server.config.clone());
    let mut peer = server.accept().await;
    peer.say("heartbeats", &beat(1)).await;
    peer.say("l2_data", &book("snapshot", BTC, &TWO_SIDED)).await;
    until(&mut events, |e| *e == Event::BookReady(product(BTC))).await;
    let view = stream.session().book(&product(BTC), Depth::default()).unwrap();
    assert_eq!(view.book.quote().unwrap().bid.to_string(), "99");

    peer.sent += 1;
    peer.say("l2_data", &book("update", BTC, &[("bid", "100", "1")])).await;
    until(&mut events, |e| matches!(e, Event::BookLost { fault: BookLoss::Missing, .. })).await;
    assert_eq!(stream.session().book(&product(BTC), Depth::default()), None);
    assert_eq!(peer.asked().await, "unsubscribe level2");
    assert_eq!(peer.asked().await, "subscribe level2");

    peer.say("l2_data", &book("snapshot", BTC, &TWO_SIDED)).await;
    until(&mut events, |e| *e == Event::BookReady(product(BTC))).await;
    assert!(stream.session().book(&product(BTC), Depth::default()).is_some());
    stream.close().await;
}

#[tokio::test]
async fn a_closed_connection_is_opened_again_and_everything_asked_for() {
    let server = Server::new().await;
    let (stream, mut events) = open(server.config.clone());
    for _ in 0..3 {
        let mut peer = server.accept().await;
        peer.say("l2_data", &book("snapshot", BTC, &TWO_SIDED)).await;
        until(&mut events, |e| *e == Event::BookReady(product(BTC))).await;
        drop(peer);
        until(&mut events, |e| matches!(e, Event::Lost(Loss::Closed(Reason::Broken(_))))).await;
        assert_eq!(stream.session().book(&product(BTC), Depth::default()), None);
    }
    stream.close().await;
}

#[tokio::test]
async fn a_silent_connection_is_given_up() {
    let server = Server::new().await;
    let mut config = server.config.clone();
    config.timing.silence = Duration::from_secs(2);
    let (stream, mut events) = open(config);
    let mut peer = server.accept().await;
    peer.say("heartbeats", &beat(1)).await;
    until(&mut events, |e| *e == Event::Lost(Loss::Closed(Reason::Silence))).await;
    let again = server.accept().await;
    drop((again, peer));
    stream.close().await;
}

#[tokio::test]
async fn messages_above_16_mib_are_read_and_those_above_the_cap_end_the_connection() {
    let server = Server::new().await;
    let (stream, mut events) = open(server.config.clone());
    let mut peer = server.accept().await;
    let padding = format!(r#"[{{"heartbeat_counter":7,"padding":"{}"}}]"#, "x".repeat(20 << 20));
    peer.say("heartbeats", &padding).await;
    until(&mut events, |e| matches!(e, Event::Heartbeat { counter: 7, .. })).await;
    stream.close().await;

    let mut config = server.config.clone();
    config.limits.message_bytes = 1 << 20;
    let (stream, mut events) = open(config);
    let mut peer = server.accept().await;
    let text = frame(0, 0, "heartbeats", &padding);
    // The client may hang up before all of it is written.
    drop(peer.socket.send(Message::text(text)).await);
    until(&mut events, |e| matches!(e, Event::Lost(Loss::Closed(Reason::Broken(_))))).await;
    stream.close().await;
}

#[tokio::test]
async fn a_stream_that_nobody_answers_goes_on_trying_and_can_be_stopped() {
    let server = Server::new().await;
    let config = server.config.clone();
    drop(server);
    let (sink, mut events) = queue(10);
    let stream = Stream::open(config, shard(&[BTC], &[Channel::Level2]), sink);
    stream.close().await;
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn a_slow_reader_is_told_how_much_it_missed() {
    let server = Server::new().await;
    let (sink, mut events) = queue(8);
    let stream = Stream::open(server.config.clone(), shard(&[BTC], &[Channel::Level2]), sink);
    let mut peer = server.accept().await;
    for counter in 0..50 {
        peer.say("heartbeats", &beat(counter)).await;
    }
    peer.say("l2_data", &book("snapshot", BTC, &TWO_SIDED)).await;
    let ready = async {
        while stream.session().ready() == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(LONG, ready).await.unwrap();
    while events.try_next().is_some() {}
    peer.say("heartbeats", &beat(51)).await;
    let told = until(&mut events, |e| matches!(e, Event::Lagged { .. })).await;
    // 8 of `Opened`, 50 beats and `BookReady` had a place.
    assert_eq!(told, Event::Lagged { missed: 44 });
    until(&mut events, |e| matches!(e, Event::Heartbeat { counter: 51, .. })).await;
    stream.close().await;
}

#[tokio::test]
async fn every_subscription_carries_a_token_of_its_own() {
    let server = Server::new().await;
    let mut config = server.config.clone();
    // The private key of RFC 8037, appendix A.1: 32 bytes, base64.
    let secret = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
    let name = "2f9c1e2a-6a5d-4e77-9a3c-0c1d2e3f4a5b";
    let key = exchange_coinbase::Credentials::from_text(name, secret).unwrap();
    let now = "2026-03-01T12:00:00Z".parse().unwrap();
    config.signer = Some(std::sync::Arc::new(move || key.jwt_for_ws(now)));
    let (sink, _events) = queue(10);
    let channels = [Channel::Level2, Channel::Candles, Channel::MarketTrades];
    let stream = Stream::open(config, shard(&[BTC], &channels), sink);
    let (socket, _) = timeout(LONG, server.listener.accept()).await.unwrap().unwrap();
    let mut socket = timeout(LONG, accept_async(socket)).await.unwrap().unwrap();
    let mut tokens = BTreeSet::new();
    for _ in 0..4 {
        let message = timeout(LONG, socket.next()).await.unwrap().unwrap().unwrap();
        let json: serde_json::Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
        tokens.insert(json["jwt"].as_str().unwrap().to_owned());
    }
    assert_eq!(tokens.len(), 4);
    stream.close().await;
}
