//! The WebSocket endpoints.
#![allow(clippy::unwrap_used, reason = "a helper's panic is a test's failure")]

mod common;

use std::time::Duration;

use common::{Bench, EDWARDS, PRODUCT, TRADER, config, decimal, text};
use exchange_sim_server::{Budgets, Config, Patience};
use serde_json::{Value, json};

#[tokio::test]
async fn every_channel_begins_with_a_snapshot_then_its_acknowledgement_numbered_from_0() {
    let bench = Bench::new().await;
    let cases = [
        ("level2", "l2_data", "updates"),
        ("ticker", "ticker", "tickers"),
        ("ticker_batch", "ticker_batch", "tickers"),
        ("market_trades", "market_trades", "trades"),
        ("candles", "candles", "candles"),
        ("status", "status", "products"),
    ];
    for (channel, envelope, rows) in cases {
        let mut socket = bench.socket("/").await;
        socket.subscribe(channel, &[PRODUCT], None).await;
        let snapshot = socket.next().await.unwrap();
        assert_eq!(
            (&snapshot["channel"], &snapshot["sequence_num"]),
            (&json!(envelope), &json!(0))
        );
        assert_eq!(snapshot["client_id"], "");
        assert_eq!(snapshot["events"][0]["type"], "snapshot");
        assert!(
            !snapshot["events"][0][rows].as_array().unwrap().is_empty(),
            "{channel}: {snapshot}"
        );
        let ack = socket.next().await.unwrap();
        assert_eq!((&ack["channel"], &ack["sequence_num"]), (&json!("subscriptions"), &json!(1)));
        assert_eq!(ack["events"][0]["subscriptions"], json!({ channel: [PRODUCT] }));
    }
}

#[tokio::test]
async fn heartbeats_come_every_second_one_higher_each() {
    let bench = Bench::new().await;
    let mut socket = bench.socket("/user").await;
    socket.subscribe("heartbeats", &[], None).await;
    let ack = socket.next().await.unwrap();
    assert_eq!(ack["events"][0]["subscriptions"], json!({ "heartbeats": ["heartbeats"] }));
    assert_eq!(ack["sequence_num"], 0);
    let mut last = None;
    for sequence in 1..=3 {
        let beat = socket.next_of("heartbeats").await;
        assert_eq!(beat["sequence_num"], sequence);
        let counter = beat["events"][0]["heartbeat_counter"].as_u64().unwrap();
        assert!(last.is_none_or(|last| counter == last + 1), "{last:?} then {counter}");
        last = Some(counter);
        assert!(text(&beat["events"][0]["current_time"]).contains(" +0000 UTC m=+"));
    }
}

#[tokio::test]
async fn subscriptions_add_up_and_leaving_the_last_leaves_an_empty_map() {
    let bench = Bench::new().await;
    let mut socket = bench.socket("/").await;
    let map = |ack: &Value| ack["events"][0]["subscriptions"].clone();
    socket.subscribe("ticker", &["BTC-USD"], None).await;
    socket.subscribe("ticker", &["ETH-USD"], None).await;
    socket.next_of("subscriptions").await;
    let two = map(&socket.next_of("subscriptions").await);
    assert_eq!(two, json!({ "ticker": ["BTC-USD", "ETH-USD"] }));
    let leave = |products: Value| json!({"type": "unsubscribe", "channel": "ticker", "product_ids": products});
    socket.say(&leave(json!(["BTC-USD"]))).await;
    assert_eq!(map(&socket.next_of("subscriptions").await), json!({ "ticker": ["ETH-USD"] }));
    socket.say(&leave(json!([]))).await;
    assert_eq!(map(&socket.next_of("subscriptions").await), json!({}));
}

#[tokio::test]
async fn an_account_without_futures_has_a_balance_of_nothing_on_their_channel() {
    let bench = Bench::new().await;
    for path in ["/", "/user"] {
        let mut socket = bench.socket(path).await;
        let token = || Some(bench.stream_token(TRADER));
        socket.subscribe("futures_balance_summary", &[], token()).await;
        let snapshot = socket.next_of("futures_balance_summary").await;
        let balance = &snapshot["events"][0]["fcm_balance_summary"];
        assert_eq!(snapshot["events"][0]["type"], "snapshot");
        assert_eq!(
            (text(&balance["cbi_usd_balance"]), text(&balance["initial_margin"])),
            ("10000".to_owned(), "0".to_owned())
        );
        let ack = socket.next_of("subscriptions").await;
        let names = &ack["events"][0]["subscriptions"]["futures_balance_summary"];
        assert_eq!(names.as_array().unwrap().len(), 1, "{ack}");
        socket
            .say(&json!({"type": "unsubscribe", "channel": "futures_balance_summary", "jwt": token()}))
            .await;
        let ack = socket.next_of("subscriptions").await;
        assert_eq!(ack["events"][0]["subscriptions"], json!({}));
    }
}

#[tokio::test]
async fn what_cannot_be_had_ends_in_an_error_frame_without_a_number() {
    let bench = Bench::new().await;
    let cases = [
        ("/", json!({"type": "subscribe", "channel": "full"}), "channel full not supported"),
        (
            "/",
            json!({"type": "subscribe", "channel": "ticker", "product_ids": ["NONE-USD"]}),
            "product NONE-USD not found",
        ),
        ("/", json!({"type": "subscribe", "channel": "ticker"}), "product_ids is required"),
        ("/", json!({"type": "subscribe", "channel": "user"}), "authentication failure"),
        (
            "/",
            json!({"type": "subscribe", "channel": "level2", "product_ids": [PRODUCT], "jwt": "x"}),
            "authentication failure",
        ),
        (
            "/",
            json!({"type": "subscribe", "channel": "user", "api_key": "a", "timestamp": "1", "signature": "00"}),
            "authentication failure",
        ),
        (
            "/user",
            json!({"type": "subscribe", "channel": "ticker", "product_ids": [PRODUCT]}),
            "channel ticker not supported",
        ),
        (
            "/user",
            json!({"type": "subscribe", "channel": "futures_balance_summary"}),
            "authentication failure",
        ),
    ];
    for (path, message, expected) in cases {
        let mut socket = bench.socket(path).await;
        socket.say(&message).await;
        let frame = socket.next().await.unwrap();
        assert_eq!(frame, json!({ "type": "error", "message": expected }), "{message}");
    }
}

#[tokio::test]
async fn the_user_channel_tells_an_orders_life_and_nobody_elses() {
    let bench = Bench::new().await;
    for (path, key) in [("/user", TRADER), ("/", EDWARDS)] {
        let mut socket = bench.socket(path).await;
        socket.subscribe("user", &[], Some(bench.stream_token(key))).await;
        let snapshot = socket.next_of("user").await;
        assert_eq!(snapshot["events"][0]["orders"], json!([]));
        let ack = socket.next_of("subscriptions").await;
        assert_eq!(ack["events"][0]["subscriptions"]["user"].as_array().unwrap().len(), 1);
        let id = bench.rest_a_buy(&format!("life-{key}")).await;
        bench.post("/orders/batch_cancel", json!({ "order_ids": [id] })).await;
        let mut told = Vec::new();
        while told.last().is_none_or(|status| status != "CANCELLED") {
            let update = socket.next_of("user").await;
            let order = &update["events"][0]["orders"][0];
            assert_eq!(
                (&update["events"][0]["type"], &order["order_id"]),
                (&json!("update"), &json!(id))
            );
            assert_eq!(
                (&order["order_type"], &order["post_only"]),
                (&json!("Limit"), &json!("true"))
            );
            told.push(text(&order["status"]));
        }
        assert!(told.contains(&"OPEN".to_owned()), "{told:?}");
    }
}

#[tokio::test]
async fn open_orders_come_in_messages_of_fifty_and_the_first_with_fewer_is_the_last() {
    let bench = Bench::new().await;
    let mut placed = 0;
    for (more, sizes) in [(50, vec![50, 0]), (9, vec![50, 9])] {
        for _ in 0..more {
            bench.rest_a_buy(&format!("many-{placed}")).await;
            placed += 1;
        }
        let mut socket = bench.socket("/user").await;
        socket.subscribe("user", &[PRODUCT], Some(bench.stream_token(TRADER))).await;
        for size in sizes {
            let message = socket.next().await.unwrap();
            let orders = message["events"][0]["orders"].as_array().unwrap();
            assert_eq!((&message["channel"], orders.len()), (&json!("user"), size));
        }
        assert_eq!(socket.next().await.unwrap()["channel"], "subscriptions");
    }
}

#[tokio::test]
async fn the_book_that_updates_make_is_the_book_that_rest_shows() {
    let bench = Bench::new().await;
    let mut socket = bench.socket("/").await;
    // The alias has no stream of its own: its product's comes.
    socket.subscribe("level2", &["BTC-USDC"], None).await;
    let mut levels = std::collections::BTreeMap::new();
    let mut apply = |message: &Value| {
        assert_eq!(message["events"][0]["product_id"], PRODUCT);
        for update in message["events"][0]["updates"].as_array().unwrap() {
            let key = (text(&update["side"]), decimal(&update["price_level"]));
            match decimal(&update["new_quantity"]) {
                size if size.is_zero() => levels.remove(&key),
                size => levels.insert(key, size),
            };
        }
    };
    apply(&socket.next_of("l2_data").await);
    socket.next_of("subscriptions").await;
    let id = bench.rest_a_buy("in the book").await;
    for _ in 0..5 {
        bench.server.advance(Duration::from_mins(1));
    }
    bench.post("/orders/batch_cancel", json!({ "order_ids": [id] })).await;
    for message in socket.within(Duration::from_secs(3)).await {
        if message["channel"] == "l2_data" {
            apply(&message);
        }
    }
    let book = bench.get(&format!("/product_book?product_id={PRODUCT}")).await;
    for (side, name) in [("bids", "bid"), ("asks", "offer")] {
        let shown: Vec<_> = book["pricebook"][side]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (decimal(&row["price"]), decimal(&row["size"])))
            .collect();
        let mut streamed: Vec<_> = levels
            .iter()
            .filter(|((s, _), _)| s == name)
            .map(|((_, price), size)| (*price, *size))
            .collect();
        if name == "bid" {
            streamed.reverse();
        }
        assert_eq!(streamed, shown, "{side}");
    }
}

#[tokio::test]
async fn trades_tickers_and_candles_follow_the_market() {
    let bench = Bench::new().await;
    let mut socket = bench.socket("/").await;
    for channel in ["market_trades", "ticker", "ticker_batch", "candles"] {
        socket.subscribe(channel, &[PRODUCT], None).await;
        socket.next_of("subscriptions").await;
    }
    let mut wanted: std::collections::BTreeSet<_> =
        ["market_trades", "ticker", "ticker_batch", "candles"].into();
    for _ in 0..20 {
        bench.server.advance(Duration::from_secs(30));
        for message in socket.within(Duration::from_millis(400)).await {
            if message["events"][0]["type"] == "update" {
                let channel = text(&message["channel"]);
                wanted.retain(|name| *name != channel);
            }
        }
        if wanted.is_empty() {
            return;
        }
    }
    panic!("no update on {wanted:?}");
}

#[tokio::test]
async fn a_goodbye_is_answered() {
    let bench = Bench::new().await;
    let mut socket = bench.socket("/").await;
    socket.subscribe("heartbeats", &[], None).await;
    socket.next_of("heartbeats").await;
    assert!(socket.leave().await, "the connection broke off");
}

#[tokio::test]
async fn a_connection_that_never_subscribes_is_closed() {
    let patience = Patience { subscribe_within: Duration::from_millis(300), idle: None };
    let bench = Bench::with(Config { patience, ..config() }).await;
    let mut socket = bench.socket("/").await;
    assert_eq!(socket.next().await, None);
    let mut kept = bench.socket("/").await;
    kept.subscribe("heartbeats", &[], None).await;
    for _ in 0..3 {
        kept.next_of("heartbeats").await;
    }
}

#[tokio::test]
async fn a_connection_on_which_nothing_happens_is_closed_where_that_is_wished() {
    let idle = Some(Duration::from_millis(500));
    let patience = Patience { subscribe_within: Duration::from_secs(5), idle };
    let bench = Bench::with(Config { patience, ..config() }).await;
    let mut socket = bench.socket("/").await;
    socket.subscribe("status", &[PRODUCT], None).await;
    socket.next_of("subscriptions").await;
    assert_eq!(socket.next().await, None);
}

#[tokio::test]
async fn unsigned_messages_have_a_budget_and_signed_ones_have_none() {
    let budgets = Some(Budgets { messages_per_sec: 2, ..Budgets::COINBASE });
    let bench = Bench::with(Config { budgets, ..config() }).await;
    let mut socket = bench.socket("/").await;
    for _ in 0..3 {
        socket.subscribe("status", &[PRODUCT], None).await;
    }
    let mut heard = Vec::new();
    for _ in 0..5 {
        heard.push(socket.next().await.unwrap());
    }
    assert_eq!(heard.pop().unwrap()["message"], "rate limit exceeded");
    for _ in 0..4 {
        socket.subscribe("status", &[PRODUCT], Some(bench.stream_token(TRADER))).await;
        socket.next_of("subscriptions").await;
    }
}
