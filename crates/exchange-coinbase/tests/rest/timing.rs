//! Turns, repetitions and pauses, on a clock that only the test moves.

use core::future::Future;
use core::pin::Pin;
use core::time::Duration;
use std::sync::{Arc, Mutex};

use domain::{Clock, Instants, ManualClock, Timestamp};
use exchange_coinbase::rest::{
    Bucket, ErrorKind, Lane, Patience, PlaceOutcome, ProductQuery, Refusal, RestClient, RestError,
    Timer,
};
use exchange_coinbase::{Credentials, rest::Audience};
use proptest::prelude::*;

use crate::keys::{NAME, key};
use crate::server::{Act, Server, run, send};

/// Waiting moves the clock and is written down.
pub(crate) struct FakeTimer {
    clock: ManualClock,
    waits: Mutex<Vec<Duration>>,
}

impl FakeTimer {
    pub(crate) fn new() -> Arc<Self> {
        let clock = ManualClock::starting_at(Timestamp::from_secs(1_772_366_400));
        Arc::new(Self { clock, waits: Mutex::new(Vec::new()) })
    }

    pub(crate) fn waits(&self) -> Vec<Duration> {
        self.waits.lock().unwrap().clone()
    }
}

impl Clock for FakeTimer {
    fn now(&self) -> Instants {
        self.clock.now()
    }
}

impl Timer for FakeTimer {
    fn wait(&self, span: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.waits.lock().unwrap().push(span);
        self.clock.advance(span);
        Box::pin(tokio::task::yield_now())
    }
}

const TIME: &str = r#"{"iso":"2026-03-01T12:00:00Z","epochMillis":"1772366400000"}"#;

fn client(server: &Server, timer: &Arc<FakeTimer>) -> RestClient {
    let credentials = Credentials::from_text(NAME, &key("p256_sec1.pem")).unwrap();
    RestClient::builder(server.address())
        .credentials(Arc::new(credentials))
        .timer(Arc::<FakeTimer>::clone(timer))
        .dice(|| 100_000)
        .build()
        .unwrap()
}

#[test]
fn reads_are_repeated_as_often_as_patience_allows_and_where_it_helps() {
    let cases: &[(&[u16], usize, Result<(), ErrorKind>)] = &[
        (&[200], 1, Ok(())),
        (&[503, 200], 2, Ok(())),
        (&[500, 502, 504, 200], 4, Ok(())),
        (&[408, 425, 429, 200], 4, Ok(())),
        (&[503, 503, 503, 503, 200], 4, Err(ErrorKind::Server)),
        (&[401, 200], 2, Ok(())),
        (&[401, 401, 200], 2, Err(ErrorKind::Unauthorized)),
        (&[400, 200], 1, Err(ErrorKind::BadRequest)),
        (&[403, 200], 1, Err(ErrorKind::Forbidden)),
        (&[404, 200], 1, Err(ErrorKind::NotFound)),
        (&[302, 200], 1, Err(ErrorKind::UnexpectedStatus)),
        (&[501, 200], 1, Err(ErrorKind::Server)),
        (&[0, 200], 2, Ok(())),
        (&[0, 0, 0, 0], 4, Err(ErrorKind::Unreachable)),
    ];
    run(async {
        for (statuses, requests, expected) in cases {
            let script = statuses.to_vec();
            let server = Server::start(move |number, _| match script.get(number) {
                Some(0) | None => Act::Send(Vec::new()),
                Some(status) => send(*status, "", TIME),
            })
            .await;
            let timer = FakeTimer::new();
            let read = client(&server, &timer).server_time().await;
            assert_eq!(read.map(drop).map_err(|error| error.kind()), *expected, "{statuses:?}");
            assert_eq!(server.seen().len(), *requests, "{statuses:?}");
            let waits = timer.waits();
            // After 429 there is also a pause before the next turn.
            let pauses = statuses.iter().filter(|status| **status == 429).count();
            assert_eq!(waits.len(), requests - 1 + pauses, "{statuses:?}: {waits:?}");
        }
    });
}

#[test]
fn a_repeated_read_has_a_token_of_its_own() {
    run(async {
        let server = Server::start(|number, _| {
            send(if number == 0 { 401 } else { 200 }, "", r#"{"pricebooks":[]}"#)
        })
        .await;
        client(&server, &FakeTimer::new()).best_bid_ask(&["BTC-USD"]).await.unwrap();
        let seen = server.seen();
        let token =
            |at: usize| seen[at].lines().find(|line| line.starts_with("authorization")).unwrap();
        assert_eq!(seen.len(), 2);
        assert_ne!(token(0), token(1));
        assert!(seen[0].contains("GET /api/v3/brokerage/best_bid_ask?product_ids=BTC-USD HTTP"));
        let said = crate::signing::claims(token(0));
        assert!(
            said["uri"].as_str().unwrap().ends_with("/api/v3/brokerage/best_bid_ask"),
            "{said}"
        );
    });
}

#[test]
fn public_requests_carry_no_token() {
    run(async {
        let server = Server::start(|_, _| send(200, "", r#"{"products":[]}"#)).await;
        let client = client(&server, &FakeTimer::new());
        client.products(Audience::Public, &ProductQuery::default()).await.unwrap();
        let seen = server.seen();
        assert!(!seen[0].to_ascii_lowercase().contains("authorization"), "{}", seen[0]);
        assert!(
            seen[0].starts_with("GET /api/v3/brokerage/market/products HTTP/1.1"),
            "{}",
            seen[0]
        );
    });
}

#[test]
fn what_is_no_read_is_never_repeated() {
    run(async {
        for status in [401, 408, 429, 500, 502, 503, 504] {
            let server = Server::start(move |_, _| send(status, "", "")).await;
            let timer = FakeTimer::new();
            let client = client(&server, &timer);
            assert!(client.cancel(&["o-1".to_owned()]).await.is_err());
            assert!(client.preview(&crate::placing::order()).await.is_err());
            assert!(client.create_portfolio("x").await.is_err());
            assert!(client.delete_portfolio("x").await.is_err());
            assert_eq!(server.seen().len(), 4, "{status}");
        }
    });
}

#[test]
fn the_venues_headers_are_heeded() {
    let cases = [
        (429, "retry-after: 3\r\n", 3_000),
        (429, "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: 2\r\n", 2_000),
        (429, "date: Sun, 01 Mar 2026 12:00:00 GMT\r\nx-ratelimit-reset: 1772366405\r\n", 5_000),
        (
            503,
            "date: Sun, 01 Mar 2026 12:00:00 GMT\r\nretry-after: Sun, 01 Mar 2026 12:00:04 GMT\r\n",
            4_000,
        ),
        (429, "retry-after: soon\r\n", 1_000),
    ];
    run(async {
        for (status, headers, millis) in cases {
            let server = Server::start(move |number, _| {
                send(if number == 0 { status } else { 200 }, headers, TIME)
            })
            .await;
            let timer = FakeTimer::new();
            client(&server, &timer).server_time().await.unwrap();
            let waited: Duration = timer.waits().iter().sum();
            assert!(waited >= Duration::from_millis(millis), "{headers}: {waited:?}");
            assert!(waited < Duration::from_millis(millis + 500), "{headers}: {waited:?}");
        }
        // A wait beyond the patience of the call is an answer, not a wait.
        let server = Server::start(|_, _| send(429, "retry-after: 3600\r\n", "")).await;
        let timer = FakeTimer::new();
        let error = client(&server, &timer).server_time().await.unwrap_err();
        assert_eq!((error.kind(), server.seen().len()), (ErrorKind::RateLimited, 1));
        assert!(timer.waits().is_empty());
        // The pause holds for the next call too, which does not even try.
        let error = client_again(&server, &timer).await;
        assert_eq!(error, ErrorKind::RateLimited, "another client has a budget of its own");
    });
}

async fn client_again(server: &Server, timer: &Arc<FakeTimer>) -> ErrorKind {
    let client = client(server, timer);
    let first = client.server_time().await.unwrap_err().kind();
    assert_eq!(client.server_time().await.unwrap_err().kind(), ErrorKind::Throttled);
    first
}

#[test]
fn an_order_whose_last_moment_passes_while_it_waits_for_its_turn_is_not_sent() {
    run(async {
        for (life, posts) in [(500, 1), (1_500, 2)] {
            let server = Server::start(|_, _| send(429, "retry-after: 1\r\n", "")).await;
            let timer = FakeTimer::new();
            let client = client(&server, &timer);
            drop(client.place(&crate::placing::order(), Lane::Exit).await);
            let last = timer.now().mono + Duration::from_millis(life);
            let outcome = client.place_by(&crate::placing::order(), Lane::Exit, last).await;
            let late = RestError::TooLate { endpoint: "POST /orders" };
            let is_late = outcome == PlaceOutcome::Refused(Refusal::NotTried(late));
            assert_eq!((is_late, server.seen().len()), (posts == 1, posts), "{outcome:?}");
        }
    });
}

#[test]
fn an_order_that_gets_no_turn_in_two_seconds_is_not_sent() {
    run(async {
        let server = Server::start(|_, _| send(429, "retry-after: 3\r\n", "")).await;
        let client = client(&server, &FakeTimer::new());
        let first = client.place(&crate::placing::order(), Lane::Entry).await;
        assert_eq!(crate::corpus::told(&first), "unknown status");
        let second = client.place(&crate::placing::order(), Lane::Entry).await;
        assert_eq!(crate::corpus::told(&second), "refused not tried");
        assert_eq!(server.seen().len(), 1);
        // A cancel waits for one second of the pause and goes.
        assert!(client.cancel(&["o-1".to_owned()]).await.is_err());
        assert_eq!(server.seen().len(), 2);
    });
}

#[test]
fn the_date_of_a_reply_is_kept() {
    run(async {
        let server =
            Server::start(|_, _| send(200, "date: Sun, 01 Mar 2026 12:00:07 GMT\r\n", TIME)).await;
        let client = client(&server, &FakeTimer::new());
        assert_eq!(client.latest_date(), None);
        client.server_time().await.unwrap();
        let sample = client.latest_date().unwrap();
        assert_eq!(sample.date.secs_since(sample.sent.wall), 7);
    });
}

#[test]
fn waits_are_spread_over_the_whole_span_and_no_longer() {
    let patience = Patience::default();
    for n in 0..40 {
        let top = patience.base.saturating_mul(1 << n.min(16)).min(patience.cap);
        assert_eq!(patience.backoff(n, 0), Duration::ZERO);
        assert_eq!(patience.backoff(n, u64::try_from(top.as_micros()).unwrap()), top);
        assert!(patience.backoff(n, u64::MAX) <= top);
    }
}

#[test]
fn a_venues_pause_holds_a_cancel_for_a_second_at_most() {
    let mut bucket = Bucket::new(10, 10, Duration::from_secs(1));
    let now = Duration::from_secs(100);
    bucket.pause(now, Duration::from_secs(30));
    assert_eq!(bucket.wait(Lane::Cancel, now), Duration::from_secs(1));
    assert_eq!(bucket.wait(Lane::Exit, now), Duration::from_secs(30));
    bucket.pause(now, Duration::from_hours(24));
    assert_eq!(bucket.wait(Lane::Data, now), Duration::from_mins(1), "a pause has an end");
}

#[test]
fn earlier_lanes_find_tokens_that_later_ones_must_leave() {
    let now = Duration::ZERO;
    let mut bucket = Bucket::new(10, 10, Duration::from_secs(1));
    let drain = |bucket: &mut Bucket, lane: Lane| {
        let mut taken = 0;
        while bucket.wait(lane, now).is_zero() {
            bucket.take();
            taken += 1;
        }
        taken
    };
    let taken =
        [Lane::Data, Lane::Entry, Lane::Exit, Lane::Cancel].map(|lane| drain(&mut bucket, lane));
    assert_eq!(taken, [7, 1, 1, 1]);
    bucket.at_most(now, 0);
    assert_eq!(bucket.wait(Lane::Cancel, now), Duration::from_millis(100));
}

proptest! {
    /// However requests come, no second sees more than burst + rate of them.
    #[test]
    fn no_window_of_a_second_sees_more_than_burst_and_rate(
        burst in 1_u32..20, rate in 1_u32..20, gaps in prop::collection::vec(0_u64..400, 1..200),
    ) {
        let mut bucket = Bucket::new(burst, rate, Duration::from_secs(1));
        let mut now = Duration::ZERO;
        let mut sent: Vec<Duration> = Vec::new();
        for gap in gaps {
            now += Duration::from_millis(gap);
            let wait = bucket.wait(Lane::Cancel, now);
            now += wait;
            if bucket.wait(Lane::Cancel, now).is_zero() {
                bucket.take();
                sent.push(now);
            }
        }
        for (at, first) in sent.iter().enumerate() {
            let window = sent[at..].iter().take_while(|t| **t < *first + Duration::from_secs(1));
            prop_assert!(window.count() <= usize::try_from(burst + rate).unwrap());
        }
    }

    /// After the wait that it names, a bucket gives.
    #[test]
    fn a_named_wait_is_enough(burst in 1_u32..50, rate in 1_u32..50, taken in 0_u32..60, lane in 0_usize..4) {
        let lane = [Lane::Cancel, Lane::Exit, Lane::Entry, Lane::Data][lane];
        let mut bucket = Bucket::new(burst, rate, Duration::from_secs(1));
        (0..taken).for_each(|_| bucket.take());
        let wait = bucket.wait(lane, Duration::from_secs(5));
        prop_assert!(bucket.wait(lane, Duration::from_secs(5) + wait).is_zero());
    }
}
