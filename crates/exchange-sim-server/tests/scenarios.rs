//! What scenarios do to a client, byte by byte; `our_client` has what our client makes of it.
#![allow(clippy::unwrap_used, reason = "a helper's panic is a test's failure")]

mod common;

use std::time::Duration;

use common::{Bench, PRODUCT, Socket, TRADER, decimal, text};
use exchange_sim_server::{Fault, scenario};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

fn orders_of(bench: &Bench) -> usize {
    bench.server.with(|venue| venue.orders(venue.accounts()[0].no).unwrap().count())
}

/// Sends an order and gives what came, if anything did.
async fn try_order(bench: &Bench, client: &str) -> Option<(u16, Result<Value, String>)> {
    let body = bench.resting_buy(client).await.to_string();
    let reply = bench.request("POST", "/orders", Some(TRADER)).body(body).send().await.ok()?;
    let status = reply.status().as_u16();
    let text = reply.text().await.ok()?;
    Some((status, serde_json::from_str(&text).map_err(|_| text)))
}

fn of_posts(bench: &Bench) -> usize {
    bench.server.requests().iter().filter(|r| r.method == "POST").count()
}

#[tokio::test]
async fn a_lost_or_broken_reply_leaves_one_order_and_one_request() {
    for name in ["reply-lost", "close-mid-reply"] {
        let bench = Bench::in_scenario(name).await;
        assert_eq!(try_order(&bench, "lost").await, None, "{name}");
        assert_eq!((orders_of(&bench), of_posts(&bench)), (1, 1), "{name}");
        assert!(try_order(&bench, "next").await.is_some(), "{name}: only the first is hit");
    }
}

/// The bytes of a reply, head included, to an order sent by hand.
async fn raw_order(bench: &Bench, client: &str) -> Vec<u8> {
    let body = bench.resting_buy(client).await.to_string();
    let request = bench.request("POST", "/orders", Some(TRADER)).build().unwrap();
    let signed = request.headers()["authorization"].to_str().unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: {}\r\nauthorization: {signed}\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n",
        request.url().path(),
        bench.host(),
        body.len()
    );
    let mut stream = tokio::net::TcpStream::connect(bench.host()).await.unwrap();
    stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    let mut reply = Vec::new();
    // A connection that breaks gives an error after what arrived, or none.
    let _ = stream.read_to_end(&mut reply).await;
    reply
}

#[tokio::test]
async fn a_reply_can_break_at_any_byte_and_is_one_request_with_one_order() {
    let whole = raw_order(&Bench::new().await, "whole-00").await.len();
    let cuts: Vec<u64> = (0..whole as u64).step_by(23).chain([whole as u64 - 1]).collect();
    let mut broken = scenario("close-mid-reply", None).unwrap();
    let rule = broken.rules.remove(0);
    for (at, byte) in (1..).zip(&cuts) {
        let mut rule = rule.clone();
        rule.when.nth = Some(at);
        rule.fault = Fault::CloseAt { byte: *byte };
        broken.rules.push(rule);
    }
    let bench = Bench::hit_by(broken).await;
    for (at, byte) in cuts.iter().enumerate() {
        let reply = raw_order(&bench, &format!("whole-{at:02}")).await;
        assert_eq!(reply.len() as u64, *byte);
        assert_eq!((orders_of(&bench), of_posts(&bench)), (at + 1, at + 1));
    }
    assert_eq!(raw_order(&bench, "whole-99").await.len(), whole);
}

#[tokio::test]
async fn an_accepted_order_can_come_back_without_its_id_or_with_a_reason() {
    let bench = Bench::in_scenario("reply-without-id").await;
    let (status, body) = try_order(&bench, "a").await.unwrap();
    let body = body.unwrap();
    assert_eq!((status, &body["success"]), (200, &json!(true)));
    assert!(body["success_response"].get("order_id").is_none());
    let bench = Bench::in_scenario("success-with-reason").await;
    let body = try_order(&bench, "a").await.unwrap().1.unwrap();
    assert_eq!(
        (&body["success"], &body["failure_reason"]),
        (&json!(true), &json!("UNKNOWN_FAILURE_REASON"))
    );
    assert_eq!(orders_of(&bench), 1);
}

#[tokio::test]
async fn a_slow_reply_comes_after_the_order() {
    let bench = Bench::in_scenario("slow").await;
    let body = bench.resting_buy("slow").await.to_string();
    let request = bench.request("POST", "/orders", Some(TRADER)).body(body);
    let reply = request.timeout(Duration::from_secs(3)).send().await;
    assert!(reply.unwrap_err().is_timeout());
    assert_eq!(orders_of(&bench), 1);
}

#[tokio::test]
async fn server_errors_come_before_or_after_the_effect() {
    let bench = Bench::in_scenario("server-errors").await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(bench.send("GET", "/accounts", Some(TRADER), None).await.0);
    }
    assert_eq!(statuses, [200, 500, 500, 500, 200]);
    let bench = Bench::in_scenario("error-after-effect").await;
    let (status, body) = try_order(&bench, "a").await.unwrap();
    assert_eq!(status, 502);
    assert!(body.unwrap_err().contains("502 Bad Gateway"));
    assert_eq!(orders_of(&bench), 1);
    let bench = Bench::in_scenario("cancel-outage").await;
    let id = bench.rest_a_buy("held").await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let body = json!({ "order_ids": [id] });
        statuses.push(bench.send("POST", "/orders/batch_cancel", Some(TRADER), Some(body)).await.0);
    }
    assert_eq!(statuses, [503, 503, 503, 200]);
}

#[tokio::test]
async fn bursts_of_429_and_401_end() {
    let bench = Bench::in_scenario("rate-limit-burst").await;
    let mut statuses = Vec::new();
    for _ in 0..9 {
        let reply = bench.request("GET", "/accounts", Some(TRADER)).send().await.unwrap();
        if reply.status() == 429 {
            assert_eq!(reply.headers()["retry-after"], "1");
            assert_eq!(reply.headers()["x-ratelimit-remaining"], "0");
        }
        statuses.push(reply.status().as_u16());
    }
    assert_eq!(statuses, [200, 200, 429, 429, 429, 429, 429, 200, 200]);
    let bench = Bench::in_scenario("unauthorized-burst").await;
    let mut refused = 0;
    for _ in 0..40 {
        refused += usize::from(bench.send("GET", "/accounts", Some(TRADER), None).await.0 == 401);
    }
    assert!((8..=32).contains(&refused), "{refused} of 40");
}

#[tokio::test]
async fn a_skewed_clock_shows_and_turns_fresh_tokens_away() {
    let bench = Bench::in_scenario("clock-skew").await;
    let (_, time) = bench.send("GET", "/time", None, None).await;
    let shown: i64 = text(&time["epochSeconds"]).parse().unwrap();
    assert_eq!(shown - bench.server.now().secs(), 300);
    assert_eq!(bench.send("GET", "/accounts", Some(TRADER), None).await.0, 401);
}

#[tokio::test]
async fn bodies_are_cut_short_lack_fields_or_have_other_types() {
    let bench = Bench::in_scenario("truncated-json").await;
    bench.get("/accounts?limit=1").await;
    let (status, body) = bench.send("GET", "/accounts?limit=1", Some(TRADER), None).await;
    assert!(status == 200 && body.is_string(), "{body}");
    let bench = Bench::in_scenario("missing-field").await;
    assert!(bench.get("/accounts").await["accounts"][0].get("hold").is_none());
    let bench = Bench::in_scenario("mistyped-field").await;
    assert_eq!(
        bench.get("/accounts").await["accounts"][0]["available_balance"]["value"],
        json!(12.5)
    );
    let bench = Bench::in_scenario("unknown-status").await;
    let id = bench.rest_a_buy("a").await;
    assert_eq!(
        bench.get(&format!("/orders/historical/{id}")).await["order"]["status"],
        "TELEPORTED"
    );
    let listed = bench.get("/orders/historical/batch").await;
    assert_eq!(listed["orders"][0]["status"], "TELEPORTED");
}

#[tokio::test]
async fn new_orders_are_listed_late() {
    let bench = Bench::in_scenario("listing-lag").await;
    let id = bench.rest_a_buy("young").await;
    let path = format!("/orders/historical/{id}");
    assert_eq!(bench.send("GET", &path, Some(TRADER), None).await.0, 404);
    assert_eq!(bench.get("/orders/historical/batch").await["orders"], json!([]));
    bench.server.advance(Duration::from_secs(10));
    bench.get(&path).await;
    assert_eq!(bench.get("/orders/historical/batch").await["orders"][0]["order_id"], json!(id));
}

#[tokio::test]
async fn pages_break_in_three_ways() {
    let cases = [("partial-page", json!(true)), ("short-accounts", json!(false))];
    for (name, has_next) in cases {
        let bench = Bench::in_scenario(name).await;
        let page = bench.get("/accounts").await;
        assert_eq!(page["accounts"].as_array().unwrap().len(), 1, "{name}");
        assert_eq!((&page["has_next"], &page["cursor"]), (&has_next, &json!("")), "{name}");
    }
    let bench = Bench::in_scenario("endless-page").await;
    bench.rest_a_buy("a").await;
    bench.rest_a_buy("b").await;
    let page = bench.get("/orders/historical/batch?cursor=7").await;
    assert_eq!((&page["has_next"], &page["cursor"]), (&json!(true), &json!("7")));
    let bench = Bench::in_scenario("no-open-orders").await;
    bench.rest_a_buy("a").await;
    assert_eq!(bench.get("/orders/historical/batch").await["orders"], json!([]));
    let bench = Bench::in_scenario("candle-cap").await;
    let now = bench.server.now().secs();
    let path = format!(
        "/products/{PRODUCT}/candles?start={}&end={now}&granularity=ONE_MINUTE",
        now - 12_000
    );
    assert_eq!(bench.get(&path).await["candles"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn replies_and_snapshots_can_be_huge() {
    let bench = Bench::in_scenario("huge-reply").await;
    let reply = bench.request("GET", "/market/products", None).send().await.unwrap();
    assert!(reply.content_length().unwrap() > 80_000_000);
    let bench = Bench::in_scenario("huge-snapshot").await;
    let config = tokio_tungstenite::tungstenite::protocol::WebSocketConfig::default()
        .max_message_size(Some(1 << 20))
        .max_frame_size(Some(1 << 20));
    let url = format!("ws://{}/", bench.host());
    let (socket, _) =
        tokio_tungstenite::connect_async_with_config(url, Some(config), false).await.unwrap();
    let mut small = Socket::from(socket);
    small.subscribe("level2", &[PRODUCT], None).await;
    assert_eq!(small.next().await, None, "a client with a usual frame limit fails");
}

/// A user channel after its snapshot, and the updates of an order that is placed and cancelled.
async fn user_updates(name: &str) -> Vec<Value> {
    let bench = Bench::in_scenario(name).await;
    let mut socket = bench.socket("/user").await;
    socket.subscribe("user", &[], Some(bench.stream_token(TRADER))).await;
    socket.next_of("subscriptions").await;
    let id = bench.rest_a_buy("told").await;
    bench.post("/orders/batch_cancel", json!({ "order_ids": [id] })).await;
    let heard = socket.within(Duration::from_secs(3)).await;
    heard.into_iter().filter(|message| message["channel"] == "user").collect()
}

fn statuses(updates: &[Value]) -> Vec<String> {
    updates.iter().map(|m| text(&m["events"][0]["orders"][0]["status"])).collect()
}

#[tokio::test]
async fn user_events_come_twice_or_out_of_order_or_under_another_name() {
    let twice = statuses(&user_updates("duplicate-events").await);
    assert!(twice.len() >= 4 && twice.chunks(2).all(|pair| pair[0] == pair[1]), "{twice:?}");
    let usual: Vec<String> = twice.iter().step_by(2).cloned().collect();
    let mixed = statuses(&user_updates("reordered-events").await);
    assert!(mixed.len() == usual.len() && mixed != usual, "{mixed:?} as {usual:?}");
    let renamed = user_updates("alias-answer").await;
    let of = |m: &Value| m["events"][0]["orders"][0]["product_id"].clone();
    assert!(!renamed.is_empty() && renamed.iter().all(|m| of(m) == "BTC-USDC"));
}

#[tokio::test]
async fn a_message_of_the_book_is_missing_with_its_number() {
    let bench = Bench::in_scenario("sequence-gap").await;
    let mut socket = bench.socket("/").await;
    socket.subscribe("level2", &[PRODUCT], None).await;
    let mut numbers = Vec::new();
    for _ in 0..40 {
        bench.server.advance(Duration::from_mins(1));
        let heard = socket.within(Duration::from_millis(200)).await;
        numbers.extend(heard.iter().map(|m| m["sequence_num"].as_u64().unwrap()));
        if numbers.len() > 8 {
            break;
        }
    }
    let jumps: Vec<_> = numbers.windows(2).filter(|w| w[1] != w[0] + 1).collect();
    assert_eq!(jumps.len(), 1, "{numbers:?}");
    assert_eq!(jumps[0][1], jumps[0][0] + 2, "{numbers:?}");
}

#[tokio::test]
async fn a_socket_falls_silent_or_ends() {
    let bench = Bench::in_scenario("silent-socket").await;
    let mut socket = bench.socket("/").await;
    socket.subscribe("heartbeats", &[], None).await;
    let heard = socket.within(Duration::from_secs(10)).await;
    assert_eq!(heard.len(), 6, "an acknowledgement and five beats");
    socket.subscribe("status", &[PRODUCT], None).await;
    assert!(socket.within(Duration::from_secs(2)).await.is_empty());
    let bench = Bench::in_scenario("disconnect").await;
    let mut socket = bench.socket("/").await;
    socket.subscribe("heartbeats", &[], None).await;
    let mut beats = 0;
    while let Some(message) = socket.next().await {
        beats += usize::from(message["channel"] == "heartbeats");
    }
    assert_eq!(beats, 2);
    let mut again = bench.socket("/").await;
    again.subscribe("heartbeats", &[], None).await;
    for _ in 0..4 {
        again.next_of("heartbeats").await;
    }
}

#[tokio::test]
async fn heartbeats_go_on_while_the_market_stands_still() {
    let bench = Bench::in_scenario("stale-data").await;
    let mut socket = bench.socket("/").await;
    socket.subscribe("level2", &[PRODUCT], None).await;
    socket.subscribe("heartbeats", &[], None).await;
    let (mut books, mut beats) = (0, 0);
    for _ in 0..40 {
        bench.server.advance(Duration::from_mins(1));
        for message in socket.within(Duration::from_millis(150)).await {
            books += usize::from(message["channel"] == "l2_data");
            beats += usize::from(message["channel"] == "heartbeats");
        }
    }
    assert_eq!(books, 10);
    assert!(beats >= 3, "{beats}");
}

#[tokio::test]
async fn the_seventeenth_book_is_refused() {
    let bench = Bench::in_scenario("subscription-refused").await;
    let mut socket = bench.socket("/").await;
    for at in 1..=17 {
        socket.subscribe("level2", &[PRODUCT], None).await;
        let first = socket.next().await.unwrap();
        if at == 17 {
            assert_eq!(first["message"], "subscription limit reached");
        } else {
            socket.next_of("subscriptions").await;
        }
    }
}

#[tokio::test]
async fn products_change_their_state_in_time() {
    let cases = [
        ("limit-only", "limit_only", true, false),
        ("cancel-only", "cancel_only", false, false),
        ("post-only", "post_only", true, false),
        ("auction", "auction_mode", false, false),
        ("halt", "trading_disabled", false, false),
    ];
    for (name, flag, limits, markets) in cases {
        let bench = Bench::in_scenario(name).await;
        let kept = bench.rest_a_buy("before").await;
        let resting = bench.resting_buy("after").await;
        let product = |flag: &'static str| {
            let bench = &bench;
            async move { bench.get(&format!("/products/{PRODUCT}")).await[flag].clone() }
        };
        assert_eq!(product(flag).await, false, "{name}");
        bench.server.advance(Duration::from_secs(61));
        assert_eq!(product(flag).await, true, "{name}");
        assert_eq!(bench.post("/orders", resting).await["success"], limits, "{name}");
        let market = json!({
            "client_order_id": "m", "product_id": PRODUCT, "side": "BUY",
            "order_configuration": { "market_market_ioc": { "quote_size": "10" } },
        });
        assert_eq!(bench.post("/orders", market).await["success"], markets, "{name}");
        let cancel = bench.post("/orders/batch_cancel", json!({ "order_ids": [kept] })).await;
        assert_eq!(cancel["results"][0]["success"], true, "{name}: {cancel}");
        if name == "halt" {
            bench.server.advance(Duration::from_mins(5));
            assert_eq!(product(flag).await, false, "{name} ends");
        }
    }
}

#[tokio::test]
async fn a_delisted_product_is_gone_from_everything_but_the_list() {
    let bench = Bench::in_scenario("delisting").await;
    let id = bench.rest_a_buy("before").await;
    bench.server.advance(Duration::from_secs(61));
    let listed = bench.get(&format!("/products?product_ids={PRODUCT}")).await;
    assert_eq!(listed["products"][0]["status"], "delisted");
    for path in [format!("/products/{PRODUCT}"), format!("/products/{PRODUCT}/ticker?limit=1")] {
        assert_eq!(bench.send("GET", &path, Some(TRADER), None).await.0, 404, "{path}");
    }
    let order = bench.get(&format!("/orders/historical/{id}")).await;
    assert_eq!(order["order"]["status"], "CANCELLED");
}

#[tokio::test]
async fn fees_rise_and_the_owner_trades_by_hand() {
    let bench = Bench::in_scenario("fees-rise").await;
    let rate =
        async || text(&bench.get("/transaction_summary").await["fee_tier"]["taker_fee_rate"]);
    assert_eq!(rate().await, "0.012");
    bench.server.advance(Duration::from_secs(61));
    assert_eq!(rate().await, "0.048");
    let bench = Bench::in_scenario("hand-trade").await;
    bench.server.advance(Duration::from_secs(61));
    let listed = bench.get("/orders/historical/batch").await;
    assert_eq!(listed["orders"][0]["status"], "FILLED");
    assert_eq!(decimal(&listed["orders"][0]["total_value_after_fees"]), Decimal::from(500));
}
