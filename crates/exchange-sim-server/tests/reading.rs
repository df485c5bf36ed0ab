//! What can be read: accounts, products, books, candles, trades, time, and the errors of each.
#![allow(clippy::unwrap_used, reason = "a helper's panic is a test's failure")]

mod common;

use std::collections::BTreeSet;

use common::{Bench, PRODUCT, TRADER, decimal, text};
use rust_decimal::Decimal;
use serde_json::{Value, json};

#[tokio::test]
async fn accounts_come_in_pages_that_end() {
    let bench = Bench::new().await;
    let all = bench.get("/accounts").await;
    assert_eq!(
        (&all["size"], &all["has_next"], &all["cursor"]),
        (&json!(3), &json!(false), &json!(""))
    );
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = bench.get(&format!("/accounts?limit=1&cursor={cursor}")).await;
        paged.extend(page["accounts"].as_array().unwrap().clone());
        cursor = text(&page["cursor"]);
        if page["has_next"] == false {
            break;
        }
    }
    assert_eq!(Value::from(paged), all["accounts"]);
    let usd = all["accounts"].as_array().unwrap().iter().find(|a| a["currency"] == "USD").unwrap();
    assert_eq!(usd["available_balance"]["value"], "10000.0000000000000000");
    let one = bench.get(&format!("/accounts/{}", text(&usd["uuid"]))).await;
    assert_eq!(&one["account"], usd);
    assert_eq!(bench.send("GET", "/accounts/none", Some(TRADER), None).await.0, 404);
    assert_eq!(bench.send("GET", "/accounts?cursor=none", Some(TRADER), None).await.0, 400);
}

#[tokio::test]
async fn products_are_listed_by_volume_whole_or_in_pages_and_by_name() {
    let bench = Bench::new().await;
    let all = bench.get("/products").await;
    let ids = |page: &Value| -> Vec<String> {
        page["products"].as_array().unwrap().iter().map(|p| text(&p["product_id"])).collect()
    };
    let names = ids(&all);
    assert!(names.len() >= 60 && all["num_products"] == names.len());
    let volumes: Vec<Decimal> = all["products"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| decimal(&p["approximate_quote_24h_volume"]))
        .collect();
    assert!(volumes.is_sorted_by(|a, b| a >= b));
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = bench.get(&format!("/products?limit=25&cursor={cursor}")).await;
        paged.extend(ids(&page));
        cursor = text(&page["pagination"]["next_cursor"]);
        if page["pagination"]["has_next"] == false {
            break;
        }
    }
    assert_eq!(paged, names);
    assert_eq!(ids(&bench.get("/products?limit=3&offset=2").await), names[2..5]);
    let two = "/products?product_ids=BTC-USD&product_ids=ETH-USD&get_all_products=True";
    let two: BTreeSet<String> = ids(&bench.get(two).await).into_iter().collect();
    assert_eq!(two, ["BTC-USD", "ETH-USD"].map(str::to_owned).into());
    let (status, public) = bench.send("GET", "/market/products", None, None).await;
    assert_eq!((status, ids(&public)), (200, names));
    assert_eq!(ids(&bench.get("/products?product_type=FUTURE").await), Vec::<String>::new());
}

#[tokio::test]
async fn an_alias_has_the_same_book_under_its_own_name() {
    let bench = Bench::new().await;
    let plain = bench.get("/products/BTC-USD").await;
    let alias = bench.get("/products/BTC-USDC").await;
    assert_eq!((&plain["alias"], &plain["alias_to"]), (&json!(""), &json!(["BTC-USDC"])));
    assert_eq!((&alias["alias"], &alias["alias_to"]), (&json!("BTC-USD"), &json!([])));
    assert_eq!(plain["price"], alias["price"]);
    let book = bench.get("/product_book?product_id=BTC-USDC&limit=1").await;
    let same = bench.get("/product_book?product_id=BTC-USD&limit=1").await;
    assert_eq!(book["pricebook"]["product_id"], "BTC-USDC");
    assert_eq!(book["pricebook"]["bids"], same["pricebook"]["bids"]);
}

#[tokio::test]
async fn books_are_sorted_limited_and_summed_without_looking_better() {
    let bench = Bench::new().await;
    let full = bench.get(&format!("/product_book?product_id={PRODUCT}")).await;
    let side = |book: &Value, side: &str| -> Vec<(Decimal, Decimal)> {
        let rows = book["pricebook"][side].as_array().unwrap();
        rows.iter().map(|row| (decimal(&row["price"]), decimal(&row["size"]))).collect()
    };
    let (bids, asks) = (side(&full, "bids"), side(&full, "asks"));
    assert!(bids.is_sorted_by(|a, b| a.0 > b.0) && asks.is_sorted_by(|a, b| a.0 < b.0));
    assert!(bids[0].0 < asks[0].0 && bids.len() > 3);
    let mid = decimal(&full["mid_market"]);
    assert_eq!(mid, (bids[0].0 + asks[0].0) / Decimal::TWO);
    assert_eq!(decimal(&full["spread_absolute"]), asks[0].0 - bids[0].0);
    let three = bench.get(&format!("/product_book?product_id={PRODUCT}&limit=3")).await;
    assert_eq!(side(&three, "bids"), bids[..3]);
    let path = format!("/product_book?product_id={PRODUCT}&aggregation_price_increment=10");
    let summed = bench.get(&path).await;
    let sums = side(&summed, "bids");
    assert!(sums.iter().all(|(price, _)| (price % Decimal::TEN).is_zero()));
    let total = |side: &[(Decimal, Decimal)]| side.iter().map(|(_, size)| *size).sum::<Decimal>();
    assert_eq!(total(&sums), total(&bids));
    assert!(sums[0].0 <= bids[0].0 && side(&summed, "asks")[0].0 >= asks[0].0);
}

#[tokio::test]
async fn candles_come_newest_first_aligned_and_at_most_350() {
    let bench = Bench::new().await;
    let now = bench.server.now().secs();
    for (word, secs) in
        [("ONE_MINUTE", 60), ("FIVE_MINUTE", 300), ("ONE_HOUR", 3600), ("FOUR_HOUR", 14_400)]
    {
        let (from, to) = (now - 20 * secs, now);
        let path = format!("/products/{PRODUCT}/candles?start={from}&end={to}&granularity={word}");
        let body = bench.get(&path).await;
        let rows = body["candles"].as_array().unwrap();
        let starts: Vec<i64> = rows.iter().map(|c| text(&c["start"]).parse().unwrap()).collect();
        assert!(!starts.is_empty() && starts.len() <= 21, "{word}: {}", starts.len());
        assert!(
            starts.is_sorted_by(|a, b| a > b) && starts.iter().all(|s| s % secs == 0),
            "{word}"
        );
        for row in rows {
            let [low, high] = ["low", "high"].map(|key| decimal(&row[key]));
            for key in ["open", "close"] {
                assert!((low..=high).contains(&decimal(&row[key])), "{row}");
            }
        }
        let (status, public) = bench.send("GET", &format!("/market{path}"), None, None).await;
        assert_eq!((status, public), (200, body));
    }
    let from = now - 1000 * 60;
    let path = format!("/products/{PRODUCT}/candles?start={from}&end={now}&granularity=ONE_MINUTE");
    let rows = bench.get(&path).await["candles"].as_array().unwrap().clone();
    assert!((340..=350).contains(&rows.len()), "{}", rows.len());
    let newest: i64 = text(&rows[0]["start"]).parse().unwrap();
    assert!(now - newest <= 120, "the newest are kept");
}

#[tokio::test]
async fn trades_and_time_are_told() {
    let bench = Bench::new().await;
    let body = bench.get(&format!("/products/{PRODUCT}/ticker?limit=5")).await;
    let trades = body["trades"].as_array().unwrap();
    assert!(!trades.is_empty() && trades.len() <= 5);
    assert!(
        trades
            .is_sorted_by_key(|t| std::cmp::Reverse(text(&t["trade_id"]).parse::<u64>().unwrap()))
    );
    assert!(decimal(&body["best_bid"]) < decimal(&body["best_ask"]));
    let (_, time) = bench.send("GET", "/time", None, None).await;
    assert_eq!(
        time,
        json!({"iso": common::AS_OF, "epochSeconds": "1767614400", "epochMillis": "1767614400000"})
    );
}

#[tokio::test]
async fn wrong_questions_get_coinbases_answers() {
    let bench = Bench::new().await;
    let cases = [
        ("/nothing", 404, "unknown", "Not Found"),
        ("/products/NONE-USD", 404, "NOT_FOUND", "valid product_id is required"),
        (
            "/products?product_type=OPTIONS",
            400,
            "unknown",
            r#"parsing field "product_type": "OPTIONS" is not a valid value"#,
        ),
        (
            "/products/BTC-USD/candles?start=1&end=2",
            400,
            "INVALID_ARGUMENT",
            "granularity argument is invalid",
        ),
        (
            "/products/BTC-USD/candles?granularity=ONE_HOUR",
            400,
            "INVALID_ARGUMENT",
            "start and end argument is invalid",
        ),
        ("/product_book", 400, "INVALID_ARGUMENT", "product_id is required"),
        (
            "/product_book?product_id=BTC-USD&aggregation_price_increment=0.003",
            400,
            "INVALID_ARGUMENT",
            "aggregation_price_increment argument is invalid",
        ),
        ("/orders/historical/none", 404, "NOT_FOUND", "order with this orderID was not found"),
        (
            "/orders/historical/batch?order_status=OPEN&order_status=FILLED",
            400,
            "INVALID_ARGUMENT",
            "OPEN cannot be combined with other order statuses",
        ),
        ("/cfm/positions/BIT-28JUL23-CDE", 404, "NOT_FOUND", "not found"),
    ];
    for (path, status, code, text) in cases {
        let (got, body) = bench.send("GET", path, Some(TRADER), None).await;
        let expected = json!({ "error": code, "error_details": text, "message": text });
        assert_eq!((got, body), (status, expected), "{path}");
    }
    let (status, body) = bench.send("GET", "/v2/nothing", None, None).await;
    assert_eq!((status, &body["errors"][0]["id"]), (404, &json!("not_found")));
    let request = bench.request("POST", "/orders", Some(TRADER)).body("{nonsense");
    let (status, body) = common::read(request.send().await.unwrap()).await;
    assert_eq!(status, 400);
    assert!(text(&body["message"]).starts_with("proto:\u{a0}syntax error (line 1:"), "{body}");
}

#[tokio::test]
async fn a_body_on_a_get_is_read_by_nobody() {
    let bench = Bench::new().await;
    for body in ["{}", "{\"limit\": 1}", "nonsense"] {
        let request = bench.request("GET", "/accounts", Some(TRADER)).body(body);
        let (status, reply) = common::read(request.send().await.unwrap()).await;
        assert_eq!((status, &reply["size"]), (200, &json!(3)), "{body}");
    }
}

#[tokio::test]
async fn the_older_api_is_read_as_clients_of_the_newer_one_do() {
    let bench = Bench::new().await;
    for path in ["/v2/time", "/v2/currencies", "/v2/currencies/crypto", "/v2/exchange-rates"] {
        assert_eq!(bench.send("GET", path, None, None).await.0, 200, "{path}");
    }
    let rates = bench.get("/v2/exchange-rates").await;
    let btc = decimal(&rates["data"]["rates"]["BTC"]);
    let price = decimal(&bench.get("/products/BTC-USD").await["price"]);
    assert!((btc * price - Decimal::ONE).abs() < Decimal::new(1, 9), "{btc} × {price}");
    let wallets = bench.get("/v2/accounts?limit=250").await;
    let wallet =
        wallets["data"].as_array().unwrap().iter().find(|w| w["currency"]["code"] == "BTC");
    assert_eq!(wallet.unwrap()["balance"], json!({ "amount": "0.5", "currency": "BTC" }));
    let id = text(&wallet.unwrap()["id"]);
    for path in [format!("/v2/accounts/{id}/transactions"), format!("/v2/accounts/{id}/addresses")]
    {
        assert_eq!(bench.get(&path).await["data"], json!([]));
    }
}
