//! The feed as it was on 2026-08-09: 1,025 frames, two snapshots of 69,334 levels together.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs, reason = "tests")]

mod common;

use core::time::Duration;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;

use common::{opened, product, shard, shared};
use domain::{Level, Timestamp};
use exchange_coinbase::ws::{Body, Frame};
use exchange_coinbase::ws::{Channel, Depth, Event, LevelBook, Next, Session, decode};
use rust_decimal::Decimal;
use serde_json::Value;

const FOLDER: &str = "coinbase-l2/advanced_trade_2026-08-09";

fn recording(file: &str) -> Option<PathBuf> {
    shared(FOLDER).map(|folder| folder.join(file))
}

/// The frames that came, and the seconds since the first at which they did.
fn frames() -> Option<Vec<(Duration, String)>> {
    let file = File::open(recording("ws_frames.jsonl.zst")?).unwrap();
    let text = String::from_utf8(zstd::decode_all(file).unwrap()).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let received = lines.filter(|line| line["dir"] == "recv");
    let frames: Vec<_> = received
        .map(|line| (line["ts"].as_f64().unwrap(), line["data"].as_str().unwrap().to_owned()))
        .collect();
    let begun = frames.first().unwrap().0;
    Some(frames.into_iter().map(|(at, t)| (Duration::from_secs_f64(at - begun), t)).collect())
}

fn session() -> Session {
    let channels = [Channel::Level2, Channel::Candles, Channel::MarketTrades, Channel::Ticker];
    opened(shard(&["BTC-USD", "ETH-USD"], &channels))
}

/// A book kept by other means: texts as they are, from the CSV, in one list of rows.
type Side = BTreeMap<Decimal, Decimal>;

fn replayed_from_csv() -> Option<BTreeMap<String, (Side, Side)>> {
    let file = File::open(recording("l2_updates.csv.gz")?).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let mut books: BTreeMap<String, (Side, Side)> = BTreeMap::new();
    for row in text.lines().skip(1) {
        let row: Vec<_> = row.split(',').collect();
        let [_, _, _, _, product, _, side, price, size] = row.as_slice() else { panic!("{row:?}") };
        let (bids, asks) = books.entry((*product).to_owned()).or_default();
        let side = if *side == "bid" { bids } else { asks };
        let (price, size): (Decimal, Decimal) = (price.parse().unwrap(), size.parse().unwrap());
        side.insert(price, size);
        side.retain(|at, size| *at != price || !size.is_zero());
    }
    Some(books)
}

fn pairs(levels: impl Iterator<Item = Level>) -> Vec<(Decimal, Decimal)> {
    levels.map(|level| (level.price.get(), level.size.get())).collect()
}

#[test]
fn the_books_never_cross_and_vouch_to_within_two_seconds() {
    let Some(frames) = frames() else { return };
    let (mut session, mut events, mut looked) = (session(), Vec::new(), 0);
    for (now, text) in &frames {
        assert_eq!(session.on_text(*now, text, &mut events), Next::Stay);
        let Ok(Frame::Message(message)) = decode(text) else { panic!("{text}") };
        for id in ["BTC-USD", "ETH-USD"] {
            let Some(view) = session.book(&product(id), Depth::default()) else { continue };
            assert_eq!(view.book.fault(), None, "{id} at {}", message.at);
            let age = message.at.millis() - view.vouched.millis();
            assert!((0..=2000).contains(&age), "{id} at {}: {age} ms", message.at);
            looked += 1;
        }
    }
    assert!(looked > 1_900, "{looked}");
    let lost: Vec<_> = events
        .iter()
        .filter(|e| matches!(e, Event::Lost(_) | Event::BookLost { .. } | Event::Garbled { .. }))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn the_books_end_equal_to_an_independent_replay() {
    let (Some(frames), Some(independent)) = (frames(), replayed_from_csv()) else { return };
    let mut books: BTreeMap<String, LevelBook> = BTreeMap::new();
    for (_, text) in &frames {
        let Ok(Frame::Message(message)) = decode(text) else { panic!("{text}") };
        let Body::Books(list) = message.body else { continue };
        for event in list {
            let id = event.product.to_string();
            match books.get_mut(&id) {
                Some(book) => book.apply(&event, message.at),
                None => drop(books.insert(id, LevelBook::new(&event, message.at))),
            }
        }
    }
    assert_eq!(books.len(), 2);
    for (id, book) in &books {
        let (bids, asks) = &independent[id];
        let bids: Vec<_> = bids.iter().rev().map(|(p, s)| (*p, *s)).collect();
        let asks: Vec<_> = asks.iter().map(|(p, s)| (*p, *s)).collect();
        assert!(bids.len() > 5_000, "{id}");
        assert_eq!(pairs(book.bids()), bids, "{id}");
        assert_eq!(pairs(book.asks()), asks, "{id}");
    }
}

#[test]
fn every_recorded_message_says_something_of_its_channel() {
    let Some(frames) = frames() else { return };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, (_, text)) in frames.iter().enumerate() {
        let Ok(Frame::Message(message)) = decode(text) else { panic!("{text}") };
        assert_eq!(message.sequence, u64::try_from(at).unwrap());
        let kind = match message.body {
            Body::Heartbeats(_) => "heartbeats",
            Body::Subscriptions(_) => "subscriptions",
            Body::Books(_) => "l2_data",
            Body::Trades(_) => "market_trades",
            Body::Candles(_) => "candles",
            Body::Tickers(_) => "ticker",
            other @ (Body::TickerBatches(_)
            | Body::Status(_)
            | Body::User(_)
            | Body::Skipped { .. }
            | Body::Garbled { .. }) => panic!("{other:?}"),
        };
        *counts.entry(kind).or_default() += 1;
    }
    let expected = [
        ("candles", 6),
        ("heartbeats", 25),
        ("l2_data", 775),
        ("market_trades", 59),
        ("subscriptions", 5),
        ("ticker", 160),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
}

#[test]
fn a_trade_at_the_ask_rested_as_a_sale() {
    let Some(frames) = frames() else { return };
    let (mut session, mut asks, mut bids) = (session(), 0, 0);
    for (now, text) in &frames {
        let mut events = Vec::new();
        // The book just before the trades: a trade's price tells which side rested.
        let touches: BTreeMap<_, _> = ["BTC-USD", "ETH-USD"]
            .into_iter()
            .filter_map(|id| {
                let view = session.book(&product(id), Depth::default())?;
                Some((product(id), view.book.quote()?))
            })
            .collect();
        assert_eq!(session.on_text(*now, text, &mut events), Next::Stay);
        for event in events {
            let Event::Trades(event) = event else { continue };
            for trade in event.trades {
                let Some(quote) = touches.get(&trade.product) else { continue };
                match trade.taker() {
                    Some(domain::Side::Buy) if trade.price == quote.ask => asks += 1,
                    Some(domain::Side::Sell) if trade.price == quote.bid => bids += 1,
                    Some(domain::Side::Buy) => assert!(trade.price > quote.bid, "{trade:?}"),
                    Some(domain::Side::Sell) => assert!(trade.price < quote.ask, "{trade:?}"),
                    None => panic!("{trade:?}"),
                }
            }
        }
    }
    assert!(asks > 5 && bids > 5, "{asks} at the ask, {bids} at the bid");
}

#[test]
fn candles_are_five_minutes_and_sound() {
    let Some(frames) = frames() else { return };
    let mut newest: BTreeMap<_, Timestamp> = BTreeMap::new();
    for (_, text) in &frames {
        let Ok(Frame::Message(message)) = decode(text) else { panic!("{text}") };
        let Body::Candles(list) = message.body else { continue };
        for candle in list.into_iter().flat_map(|event| event.candles) {
            assert_eq!(candle.start.floor_secs(300), candle.start);
            candle.bar().check().unwrap();
            newest.insert(candle.product, candle.start);
        }
    }
    let last: Timestamp = "2026-08-09T21:05:00Z".parse().unwrap();
    assert_eq!(newest.into_values().collect::<Vec<_>>(), [last, last]);
}

/// The one place that says what was skipped, and fails where skipping is not allowed.
#[test]
fn recorded_frames_are_there_or_their_absence_is_said() {
    if shared(FOLDER).is_some() {
        return;
    }
    println!(
        "SKIPPED, no recorded frames: 5 tests of Coinbase's feed. Put {FOLDER} in ../shared/data, \
         or name the directory in TRADER_CANDLES_DIR."
    );
    #[expect(clippy::disallowed_methods, reason = "the gate demands the recordings")]
    let required = std::env::var("TRADER_REQUIRE_CANDLES").is_ok_and(|v| v == "1");
    assert!(!required, "TRADER_REQUIRE_CANDLES=1, and there are no recorded frames");
}
