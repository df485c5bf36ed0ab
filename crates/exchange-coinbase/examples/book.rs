//! Follows a few frames without a network: a snapshot makes a book, an update changes it, a lost
//! message takes it away.
#![allow(clippy::print_stdout, reason = "an example")]

use core::time::Duration;

use exchange_coinbase::ws::{Channel, Depth, Session, Shard, Spread, Timing};

const FRAMES: [&str; 4] = [
    r#"{"channel":"heartbeats","client_id":"","timestamp":"2026-03-01T12:00:00.1Z","sequence_num":0,"events":[{"current_time":"2026-03-01 12:00:00.1 +0000 UTC m=+1.5","heartbeat_counter":1}]}"#,
    r#"{"channel":"l2_data","client_id":"","timestamp":"2026-03-01T12:00:00.2Z","sequence_num":1,"events":[{"type":"snapshot","product_id":"BTC-USD","updates":[{"side":"bid","event_time":"2026-03-01T12:00:00.15Z","price_level":"65083.66","new_quantity":"0.2"},{"side":"offer","event_time":"2026-03-01T12:00:00.15Z","price_level":"65083.67","new_quantity":"0.3"}]}]}"#,
    r#"{"channel":"l2_data","client_id":"","timestamp":"2026-03-01T12:00:00.9Z","sequence_num":2,"events":[{"type":"update","product_id":"BTC-USD","updates":[{"side":"offer","event_time":"2026-03-01T12:00:00.8Z","price_level":"65083.67","new_quantity":"0"},{"side":"offer","event_time":"2026-03-01T12:00:00.8Z","price_level":"65084.02","new_quantity":"1.5"}]}]}"#,
    r#"{"channel":"heartbeats","client_id":"","timestamp":"2026-03-01T12:00:02.1Z","sequence_num":4,"events":[{"current_time":"2026-03-01 12:00:02.1 +0000 UTC m=+3.5","heartbeat_counter":3}]}"#,
];

fn main() -> Result<(), domain::IdError> {
    let btc = "BTC-USD".parse()?;
    let shard = Shard { products: [btc].into(), channels: [Channel::Level2].into() };
    let mut session = Session::new(shard, Spread::default(), Timing::default());
    let mut events = Vec::new();
    session.opened(Duration::ZERO, &mut events);
    while let Some(request) = session.next_request() {
        println!("we ask     {:?} {}", request.verb, request.channel.name());
    }
    for frame in FRAMES {
        let next = session.on_text(Duration::from_secs(1), frame, &mut events);
        match session.book(&btc, Depth::default()) {
            Some(view) => match view.book.quote() {
                Some(quote) => {
                    println!("a quote    {} / {} as of {}", quote.bid, quote.ask, view.vouched);
                }
                None => println!("no quote"),
            },
            None => println!("no book    ({next:?})"),
        }
    }
    for event in events {
        println!("we heard   {event:?}");
    }
    Ok(())
}
