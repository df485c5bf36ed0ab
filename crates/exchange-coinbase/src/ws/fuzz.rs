//! One door for whatever a venue could stream: used by the fuzz target and by the test that replays
//! its corpus. Nothing that comes through it may panic.

use core::time::Duration;

use super::{Channel, Depth, Event, Next, Session, Shard, Spread, Timing};

/// What the fuzzer calls. Each line is a frame; a line `+n` lets n seconds pass. Whatever comes, no
/// impossible book is given out, requests stay few, and no words grow with the input.
///
/// # Panics
/// When one of these does not hold: that is what the fuzzer looks for.
pub fn ws_envelope(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let products: Vec<_> = ["BTC-USD", "ETH-USD"].iter().filter_map(|id| id.parse().ok()).collect();
    let channels = Channel::ALL.into_iter().collect();
    let shard = Shard { products: products.iter().copied().collect(), channels };
    let mut session = Session::new(shard, Spread::default(), Timing::default());
    let (mut now, mut events) = (Duration::ZERO, Vec::new());
    session.opened(now, &mut events);
    for line in text.lines() {
        events.clear();
        let next = match line.strip_prefix('+').and_then(|secs| secs.parse::<u8>().ok()) {
            Some(secs) => {
                now += Duration::from_secs(u64::from(secs));
                session.on_tick(now)
            }
            None => session.on_text(now, line, &mut events),
        };
        assert!(events.len() <= 4 * line.len() + 16, "more events than a frame can hold");
        for event in &events {
            if let Event::Garbled { cause, .. } | Event::Refused { message: cause } = event {
                assert!(cause.len() <= 1_000, "endless words");
            }
        }
        for view in products.iter().filter_map(|id| session.book(id, Depth::default())) {
            assert!(view.book.fault().is_none(), "an impossible book: {:?}", view.book.fault());
        }
        if let Next::Reconnect(reason) = next {
            session.closed(now, reason, &mut events);
            let ready = products.iter().any(|id| session.book(id, Depth::default()).is_some());
            assert!(!ready, "a book without a connection");
            session.opened(now, &mut events);
        }
        let mut requests = 0;
        while session.next_request().is_some() {
            requests += 1;
        }
        assert!(requests <= 64, "{requests} requests after one frame");
    }
}
