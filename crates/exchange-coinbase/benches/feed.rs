//! What a level-2 update and a whole snapshot cost: decoded, and applied to a book.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use core::fmt::Write as _;
use core::hint::black_box;
use core::time::Duration;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use exchange_coinbase::ws::{Channel, Depth, Session, Shard, Spread, Timing, decode};

/// As many levels as both snapshots recorded on 2026-08-09 had.
const LEVELS: u32 = 69_334;

fn shard() -> Shard {
    Shard { products: ["BTC-USD".parse().unwrap()].into(), channels: [Channel::Level2].into() }
}

fn envelope(sequence: u64, kind: &str, updates: &str) -> String {
    format!(
        r#"{{"channel":"l2_data","timestamp":"2026-03-01T12:00:00.483587501Z","sequence_num":{sequence},"events":[{{"type":"{kind}","product_id":"BTC-USD","updates":[{updates}]}}]}}"#
    )
}

fn level(side: &str, cents: u32, size: u32) -> String {
    let (whole, part) = (cents / 100, cents % 100);
    format!(
        r#"{{"side":"{side}","event_time":"2026-03-01T12:00:00.170326Z","price_level":"{whole}.{part:02}","new_quantity":"0.{size:08}"}}"#
    )
}

fn snapshot() -> String {
    let mut updates = String::new();
    for at in 0..LEVELS / 2 {
        let (bid, ask) = (6_500_000 - at * 7, 6_500_001 + at * 7);
        let comma = if at == 0 { "" } else { "," };
        let size = at % 99_999_999 + 1;
        write!(updates, "{comma}{},{}", level("bid", bid, size), level("offer", ask, size))
            .unwrap();
    }
    envelope(0, "snapshot", &updates)
}

fn feed(c: &mut Criterion) {
    let mut group = c.benchmark_group("level 2");
    let snapshot = snapshot();
    let warm = || {
        let mut session = Session::new(shard(), Spread::default(), Timing::default());
        let mut events = Vec::new();
        session.opened(Duration::ZERO, &mut events);
        assert_eq!(
            session.on_text(Duration::ZERO, &snapshot, &mut events),
            exchange_coinbase::ws::Next::Stay
        );
        assert_eq!(session.ready(), 1);
        session
    };
    let update = |sequence: u64| {
        let cents = 6_499_000 + u32::try_from(sequence % 900).unwrap();
        envelope(sequence, "update", &level("bid", cents, 20_371_215))
    };
    let one = update(1);
    group.bench_function("decode an update of one level", |b| {
        b.iter(|| decode(black_box(&one)).unwrap());
    });
    let (mut session, mut sequence, mut events) = (warm(), 0_u64, Vec::new());
    group.bench_function("decode an update and apply it to 69,334 levels", |b| {
        b.iter_batched_ref(
            || {
                sequence += 1;
                update(sequence)
            },
            |text| {
                events.clear();
                drop(black_box(session.on_text(Duration::ZERO, text, &mut events)));
            },
            BatchSize::SmallInput,
        );
    });
    let btc = "BTC-USD".parse().unwrap();
    group.bench_function("the book within 20 bps", |b| {
        b.iter(|| black_box(session.book(&btc, Depth::default()).unwrap()));
    });
    group.sample_size(10);
    group.bench_function("decode a snapshot of 69,334 levels and make a book of it", |b| {
        b.iter_batched(|| (), |()| warm(), BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group!(benches, feed);
criterion_main!(benches);
