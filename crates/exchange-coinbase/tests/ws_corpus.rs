//! Bad sequences of frames, each a file: why it is bad, the verdict, and the frames. A line `+n` is
//! n seconds in which nothing comes; `(empty)` is a frame of no bytes.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use core::time::Duration;
use std::collections::BTreeSet;
use std::path::Path;

use common::{opened, product, requests, shard};
use exchange_coinbase::ws::{Channel, Depth, Event, Loss, Next, Session, fuzz};

const CHANNELS: [Channel; 6] = [
    Channel::Level2,
    Channel::Candles,
    Channel::MarketTrades,
    Channel::Ticker,
    Channel::Status,
    Channel::User,
];

/// What happened, in the words of the files: books that are lost count once.
fn told(events: &[Event]) -> String {
    let mut words = Vec::new();
    for event in events {
        let word = match event {
            Event::Lost(Loss::Gap { .. }) => "gap".to_owned(),
            Event::Lost(Loss::Unreadable(_)) => "unreadable".to_owned(),
            Event::Garbled { channel, .. } => format!("garbled {}", channel.name()),
            Event::Refused { .. } => "refused".to_owned(),
            Event::Opened
            | Event::Lost(Loss::Closed(_))
            | Event::Heartbeat { .. }
            | Event::Subscribed(_)
            | Event::BookReady(_)
            | Event::BookLost { .. }
            | Event::Trades(_)
            | Event::Candles { .. }
            | Event::Tickers(_)
            | Event::TickerBatch(_)
            | Event::Status(_)
            | Event::User { .. }
            | Event::Lagged { .. } => continue,
        };
        words.push(word);
    }
    if events.iter().any(|event| matches!(event, Event::BookLost { .. })) {
        words.push("book lost".to_owned());
    }
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}

fn verdict(session: &mut Session, next: &Next, events: &[Event]) -> String {
    let book = session.book(&product("BTC-USD"), Depth::default());
    let book = book.map_or_else(
        || "none".to_owned(),
        |view| {
            let quote = view.book.quote().unwrap();
            format!("{}/{}", quote.bid, quote.ask)
        },
    );
    let next = match next {
        Next::Stay => "stay".to_owned(),
        Next::Reconnect(reason) => reason.to_string(),
    };
    let asks: BTreeSet<_> = requests(session)
        .iter()
        .map(|request| request.split_once(' ').unwrap().1.to_owned())
        .collect();
    let asks = Vec::from_iter(asks).join(", ");
    let asks = if asks.is_empty() { "nothing".to_owned() } else { asks };
    format!("book {book}; next {next}; told {}; asks {asks}", told(events))
}

fn play(lines: &[&str]) -> String {
    let mut session = opened(shard(&["BTC-USD", "ETH-USD"], &CHANNELS));
    let (mut now, mut events, mut next) = (Duration::ZERO, Vec::new(), Next::Stay);
    for line in lines {
        if next != Next::Stay {
            break;
        }
        next = match line.strip_prefix('+') {
            Some(secs) => {
                now += Duration::from_secs(secs.parse().unwrap());
                session.on_tick(now)
            }
            None if *line == "(empty)" => session.on_text(now, "", &mut events),
            None => session.on_text(now, line, &mut events),
        };
    }
    if next == Next::Stay {
        next = session.on_tick(now);
    }
    verdict(&mut session, &next, &events)
}

/// The fuzz target's corpus begins with these files.
#[test]
fn no_bad_sequence_makes_the_fuzz_target_panic() {
    for folder in ["tests/ws_corpus", "fuzz/corpus/ws_envelope"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let Ok(files) = std::fs::read_dir(folder) else { continue };
        for file in files {
            fuzz::ws_envelope(&std::fs::read(file.unwrap().path()).unwrap());
        }
    }
}

#[test]
fn every_bad_sequence_ends_in_its_verdict() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ws_corpus");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: BTreeSet<_> = files.collect();
    assert!(files.len() >= 60, "{}", files.len());
    let mut wrong = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut lines = text.lines();
        assert!(lines.next().unwrap().starts_with("# "), "{}: no reason", file.display());
        let expected = lines.next().unwrap().strip_prefix("= ").unwrap();
        let found = play(&lines.collect::<Vec<_>>());
        if found != expected {
            let name = file.file_name().unwrap().display();
            wrong.push(format!("{name}\n  expected {expected}\n  found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
