//! What the tests of the feed have in common.
#![allow(dead_code, reason = "each test uses a part")]

use core::time::Duration;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use domain::ProductId;
use exchange_coinbase::ws::{Channel, Session, Shard, Spread, Timing};

/// Where recordings lie, which are not part of the repository; `None` where they are absent.
#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where data lies")]
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var("TRADER_CANDLES_DIR").map_or(beside, PathBuf::from);
    let found = data.join(path);
    found.exists().then_some(found)
}

pub(crate) fn product(id: &str) -> ProductId {
    id.parse().unwrap()
}

pub(crate) fn shard(products: &[&str], channels: &[Channel]) -> Shard {
    Shard {
        products: products.iter().map(|id| product(id)).collect(),
        channels: channels.iter().copied().collect(),
    }
}

/// A session that is connected since time 0, with the requests of the beginning sent.
pub(crate) fn opened(shard: Shard) -> Session {
    let mut session = Session::new(shard, Spread::default(), Timing::default());
    session.opened(Duration::ZERO, &mut Vec::new());
    drop(requests(&mut session));
    session
}

/// What the session wants to send, as `verb channel`.
pub(crate) fn requests(session: &mut Session) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    while let Some(request) = session.next_request() {
        all.insert(format!("{:?} {}", request.verb, request.channel.name()));
    }
    all
}

/// A frame of a channel, sent at so many seconds of a made-up day.
pub(crate) fn frame(sequence: u64, secs: u64, channel: &str, events: &str) -> String {
    let (minute, second) = (secs / 60, secs % 60);
    format!(
        r#"{{"channel":"{channel}","client_id":"","timestamp":"2026-03-01T12:{minute:02}:{second:02}Z","sequence_num":{sequence},"events":{events}}}"#
    )
}

/// The events of a book: `side price size` for each level.
pub(crate) fn book(kind: &str, product: &str, levels: &[(&str, &str, &str)]) -> String {
    let updates = levels.iter().map(|(side, price, size)| {
        format!(
            r#"{{"side":"{side}","event_time":"2026-03-01T12:00:00Z","price_level":"{price}","new_quantity":"{size}"}}"#
        )
    });
    let updates = updates.collect::<Vec<_>>().join(",");
    format!(r#"[{{"type":"{kind}","product_id":"{product}","updates":[{updates}]}}]"#)
}

pub(crate) fn beat(counter: u64) -> String {
    format!(
        r#"[{{"current_time":"2026-03-01 12:00:00.1 +0000 UTC m=+1.5","heartbeat_counter":{counter}}}]"#
    )
}
