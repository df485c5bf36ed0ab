//! Orders, fills and money over REST.
#![allow(clippy::unwrap_used, reason = "a helper's panic is a test's failure")]

mod common;

use std::time::Duration;

use common::{Bench, OWNER, PRODUCT, TRADER, config, decimal, text};
use exchange_sim_server::{Config, Reuse};
use rust_decimal::Decimal;
use serde_json::{Value, json};

async fn order(bench: &Bench, id: &str) -> Value {
    bench.get(&format!("/orders/historical/{id}")).await["order"].clone()
}

fn market(client: &str, side: &str, size: &Value) -> Value {
    json!({
        "client_order_id": client,
        "product_id": PRODUCT,
        "side": side,
        "order_configuration": { "market_market_ioc": size },
    })
}

#[tokio::test]
async fn a_market_buy_by_value_has_its_fees_inside_and_its_fills_in_quote() {
    let bench = Bench::new().await;
    let reply = bench.post("/orders", market("m", "BUY", &json!({ "quote_size": "25" }))).await;
    assert_eq!(reply["success"], true, "{reply}");
    assert!(reply.get("error_response").is_none() && reply.get("error").is_none());
    assert_eq!(reply["order_configuration"], json!({"market_market_ioc": {"quote_size": "25"}}));
    let id = text(&reply["success_response"]["order_id"]);
    let order = order(&bench, &id).await;
    assert_eq!(order["status"], "FILLED");
    assert_eq!(decimal(&order["total_value_after_fees"]), Decimal::from(25));
    assert_eq!(
        (&order["size_in_quote"], &order["size_inclusive_of_fees"], &order["settled"]),
        (&json!(true), &json!(true), &json!(true))
    );
    let fills = bench.get(&format!("/orders/historical/fills?order_ids={id}")).await;
    let fills = fills["fills"].as_array().unwrap();
    let sum = |key: &str| fills.iter().map(|fill| decimal(&fill[key])).sum::<Decimal>();
    assert!(fills.iter().all(|fill| fill["size_in_quote"] == true));
    assert_eq!(sum("size"), decimal(&order["filled_value"]));
    assert_eq!(sum("commission"), decimal(&order["total_fees"]));
    assert_eq!(order["number_of_fills"], fills.len().to_string());
}

#[tokio::test]
async fn a_resting_order_is_held_for_listed_edited_and_cancelled() {
    let bench = Bench::new().await;
    let id = bench.rest_a_buy("r").await;
    let usd = |accounts: &Value| {
        let rows = accounts["accounts"].as_array().unwrap().clone();
        rows.into_iter().find(|a| a["currency"] == "USD").unwrap()
    };
    let held = decimal(&usd(&bench.get("/accounts").await)["hold"]["value"]);
    let resting = order(&bench, &id).await;
    assert_eq!(resting["status"], "OPEN");
    assert_eq!(held, decimal(&resting["outstanding_hold_amount"]));
    let listed = bench.get("/orders/historical/batch?order_status=OPEN").await;
    assert_eq!(listed["orders"], json!([resting]));

    let price = text(&resting["order_configuration"]["limit_limit_gtc"]["limit_price"]);
    let change = json!({ "order_id": id, "price": price, "size": "0.002" });
    let preview = bench.post("/orders/edit_preview", change.clone()).await;
    assert_eq!(preview["errors"], json!([]), "{preview}");
    assert_eq!(
        bench.post("/orders/edit", change.clone()).await,
        json!({"success": true, "errors": []})
    );
    let edited = order(&bench, &id).await;
    assert_eq!(edited["order_configuration"]["limit_limit_gtc"]["base_size"], "0.002");
    assert_eq!(edited["edit_history"].as_array().unwrap().len(), 1);
    let again = bench.post("/orders/edit", change).await;
    assert_eq!(again["errors"][0]["edit_failure_reason"], "EDIT_REQUEST_EQUAL_TO_ORIGINAL_REQUEST");

    let cancel = json!({ "order_ids": [id, "unknown", id] });
    let results = bench.post("/orders/batch_cancel", cancel).await["results"].clone();
    let reasons: Vec<String> =
        results.as_array().unwrap().iter().map(|r| text(&r["failure_reason"])).collect();
    assert_eq!(
        reasons,
        ["UNKNOWN_CANCEL_FAILURE_REASON", "UNKNOWN_CANCEL_ORDER", "DUPLICATE_CANCEL_REQUEST"]
    );
    let cancelled = order(&bench, &id).await;
    assert_eq!(
        (&cancelled["status"], &cancelled["cancel_message"], &cancelled["outstanding_hold_amount"]),
        (&json!("CANCELLED"), &json!("User requested cancel"), &json!("0"))
    );
    assert_eq!(decimal(&usd(&bench.get("/accounts").await)["hold"]["value"]), Decimal::ZERO);
}

#[tokio::test]
async fn refusals_say_the_same_in_all_three_places_with_status_200() {
    let bench = Bench::new().await;
    let (_, ask) = bench.touch().await;
    let mut cases = Vec::new();
    let mut case = |patch: Value, error: &'static str, preview: &'static str| {
        cases.push((patch, error, preview));
    };
    let limit = |fields: Value| json!({ "order_configuration": { "limit_limit_gtc": fields } });
    case(json!({"product_id": "NONE-USD"}), "INVALID_PRODUCT_ID", "PREVIEW_INVALID_PRODUCT_ID");
    case(json!({"side": "HOLD"}), "INVALID_SIDE", "PREVIEW_INVALID_SIDE");
    case(
        json!({"order_configuration": {}}),
        "UNSUPPORTED_ORDER_CONFIGURATION",
        "PREVIEW_INVALID_ORDER_CONFIG",
    );
    case(
        limit(json!({"base_size": "0.001", "limit_price": "50000.001"})),
        "INVALID_PRICE_PRECISION",
        "PREVIEW_INVALID_LIMIT_PRICE_PRECISION",
    );
    case(
        limit(json!({"base_size": "0.0000000001", "limit_price": "50000"})),
        "INVALID_SIZE_PRECISION",
        "PREVIEW_INVALID_SIZE_PRECISION",
    );
    case(
        limit(json!({"base_size": "many", "limit_price": "50000"})),
        "INVALID_REQUEST",
        "PREVIEW_NON_NUMERIC_ORDER_SIZE",
    );
    case(
        limit(json!({"base_size": "100", "limit_price": ask.round_dp(0).to_string()})),
        "INSUFFICIENT_FUND",
        "PREVIEW_INSUFFICIENT_FUND",
    );
    case(
        limit(
            json!({"base_size": "0.001", "limit_price": (ask + Decimal::ONE).round_dp(0).to_string(), "post_only": true}),
        ),
        "INVALID_LIMIT_PRICE_POST_ONLY",
        "PREVIEW_INVALID_LIMIT_PRICE_POST_ONLY",
    );
    for (at, (patch, error, preview)) in cases.into_iter().enumerate() {
        let mut body = bench.resting_buy(&format!("refused-{at}")).await;
        body.as_object_mut().unwrap().extend(patch.as_object().unwrap().clone());
        let reply = bench.post("/orders", body.clone()).await;
        assert_eq!(reply["success"], false, "{body}");
        let said = &reply["error_response"];
        assert_eq!(
            (&said["error"], &said["new_order_failure_reason"], &said["preview_failure_reason"]),
            (&json!(error), &json!(error), &json!(preview)),
            "{body}: {reply}"
        );
        body.as_object_mut().unwrap().remove("client_order_id");
        let asked = bench.post("/orders/preview", body).await;
        assert!(asked["errs"].as_array().unwrap().contains(&json!(preview)), "{asked}");
    }
    assert_eq!(bench.get("/orders/historical/batch").await["orders"], json!([]));
}

#[tokio::test]
async fn a_repeated_client_id_makes_no_second_order() {
    for (reuse, success) in [(Reuse::ReturnsFirst, true), (Reuse::Refused, false)] {
        let bench = Bench::with(Config { reuse, ..config() }).await;
        let body = bench.resting_buy("twice").await;
        let first = bench.post("/orders", body.clone()).await;
        let second = bench.post("/orders", body).await;
        assert_eq!(second["success"], success);
        if success {
            assert_eq!(first["success_response"], second["success_response"]);
            let mut other = bench.resting_buy("twice").await;
            (other["side"], other["product_id"]) = (json!("SELL"), json!("ETH-USD"));
            assert_eq!(bench.post("/orders", other).await, first, "the first, whatever is asked");
        } else {
            assert_eq!(second["error_response"]["error"], "DUPLICATE_CLIENT_ORDER_ID");
        }
        let listed = bench.get("/orders/historical/batch").await;
        assert_eq!(listed["orders"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn what_is_no_request_ends_in_400() {
    let bench = Bench::new().await;
    let nameless = bench.resting_buy("").await;
    let many: Vec<String> = (0..101).map(|n| n.to_string()).collect();
    let timeless = json!({
        "client_order_id": "t", "product_id": PRODUCT, "side": "BUY",
        "order_configuration": { "limit_limit_gtd": { "end_time": "tomorrow" } },
    });
    let cases = [
        ("/orders", nameless),
        ("/orders", timeless),
        ("/orders/batch_cancel", json!({ "order_ids": many })),
        ("/orders/batch_cancel", json!({})),
        ("/portfolios", json!({})),
        ("/convert/quote", json!({ "from_account": "BTC", "to_account": "USD", "amount": "1" })),
    ];
    for (path, body) in cases {
        let (status, reply) = bench.send("POST", path, Some(OWNER), Some(body)).await;
        assert_eq!((status, &reply["error"]), (400, &json!("INVALID_ARGUMENT")), "{path}: {reply}");
    }
}

#[tokio::test]
async fn lists_are_filtered_and_paged_without_loss() {
    let bench = Bench::new().await;
    for at in 0..5 {
        bench.rest_a_buy(&format!("page-{at}")).await;
        bench.server.advance(Duration::from_secs(1));
    }
    bench.post("/orders", market("sold", "SELL", &json!({ "base_size": "0.001" }))).await;
    let names = |page: &Value| -> Vec<String> {
        page["orders"].as_array().unwrap().iter().map(|o| text(&o["client_order_id"])).collect()
    };
    let all = bench.get("/orders/historical/batch").await;
    assert_eq!(names(&all), ["sold", "page-4", "page-3", "page-2", "page-1", "page-0"]);
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = bench.get(&format!("/orders/historical/batch?limit=4&cursor={cursor}")).await;
        paged.extend(names(&page));
        cursor = text(&page["cursor"]);
        if page["has_next"] == false {
            break;
        }
    }
    assert_eq!(paged, names(&all));
    let created = text(&all["orders"][3]["created_time"]);
    let cases = [
        ("order_side=SELL".to_owned(), 1),
        ("order_types=MARKET".to_owned(), 1),
        ("time_in_forces=GOOD_UNTIL_CANCELLED".to_owned(), 5),
        ("product_ids=ETH-USD".to_owned(), 0),
        ("asset_filters=BTC".to_owned(), 6),
        ("order_status=FILLED".to_owned(), 1),
        ("product_type=FUTURE".to_owned(), 0),
        ("product_id=ETH-USD".to_owned(), 6),
        (format!("end_date={created}"), 2),
        (format!("start_date={created}"), 4),
    ];
    for (query, count) in cases {
        let page = bench.get(&format!("/orders/historical/batch?{query}")).await;
        assert_eq!(names(&page).len(), count, "{query}");
    }
    let fills = bench.get("/orders/historical/fills?limit=1").await;
    assert_eq!(fills["fills"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_sees_another_accounts_orders() {
    let bench = Bench::new().await;
    let id = bench.rest_a_buy("mine").await;
    let stranger = bench.server.keys()[1][TRADER].clone();
    let path = format!("/api/v3/brokerage/orders/historical/{id}");
    let uri = json!({ "uri": format!("GET {}{path}", bench.host()) });
    let signed = common::token(&stranger, &common::claims(&bench.server, &uri));
    let url = format!("http://{}{path}", bench.host());
    let reply = bench.http.get(url).bearer_auth(signed).send().await.unwrap();
    assert_eq!(reply.status(), 404);
}

#[tokio::test]
async fn portfolios_are_made_fed_renamed_and_deleted_when_empty() {
    let bench = Bench::new().await;
    let send = async |method: &str, path: String, body: Value| {
        bench.send(method, &path, Some(OWNER), Some(body)).await
    };
    let (_, listed) = send("GET", "/portfolios".to_owned(), Value::Null).await;
    let main = text(&listed["portfolios"][0]["uuid"]);
    let (_, made) = send("POST", "/portfolios".to_owned(), json!({ "name": "side" })).await;
    let side = text(&made["portfolio"]["uuid"]);
    let funds = |from: &str, to: &str| {
        json!({
            "funds": { "value": "100", "currency": "USD" },
            "source_portfolio_uuid": from,
            "target_portfolio_uuid": to,
        })
    };
    let moved = "/portfolios/move_funds".to_owned();
    assert_eq!(send("POST", moved.clone(), funds(&main, &side)).await.0, 200);
    let (_, body) = send("GET", format!("/portfolios/{side}"), Value::Null).await;
    assert_eq!(body["breakdown"]["portfolio_balances"]["total_balance"]["value"], "100");
    assert_eq!(send("DELETE", format!("/portfolios/{side}"), Value::Null).await.0, 400);
    assert_eq!(send("POST", moved.clone(), funds(&side, &main)).await.0, 200);
    assert_eq!(send("POST", moved, funds(&side, &main)).await.0, 400, "nothing is left");
    let (_, renamed) = send("PUT", format!("/portfolios/{side}"), json!({ "name": "b" })).await;
    assert_eq!(renamed["portfolio"]["name"], "b");
    assert_eq!(send("DELETE", format!("/portfolios/{side}"), Value::Null).await, (200, json!({})));
    assert_eq!(send("GET", format!("/portfolios/{side}"), Value::Null).await.0, 404);
}

#[tokio::test]
async fn a_conversion_is_quoted_committed_once_and_expires() {
    let bench = Bench::new().await;
    let pair = json!({ "from_account": "USDC", "to_account": "USD" });
    let quote = async |amount: &str| {
        let mut body = pair.clone();
        body["amount"] = Value::from(amount);
        bench.post("/convert/quote", body).await["trade"].clone()
    };
    let first = quote("500").await;
    assert_eq!(first["status"], "TRADE_STATUS_CREATED");
    let path = format!("/convert/trade/{}", text(&first["id"]));
    for _ in 0..2 {
        let done = bench.post(&path, pair.clone()).await;
        assert_eq!(done["trade"]["status"], "TRADE_STATUS_COMPLETED");
    }
    let again = bench.get(&format!("{path}?from_account=USDC&to_account=USD")).await;
    assert_eq!(again["trade"]["status"], "TRADE_STATUS_COMPLETED");
    let balances = bench.get("/accounts").await;
    let of = |code: &str| {
        let rows = balances["accounts"].as_array().unwrap();
        decimal(&rows.iter().find(|a| a["currency"] == code).unwrap()["available_balance"]["value"])
    };
    assert_eq!((of("USD"), of("USDC")), (Decimal::from(10_500), Decimal::from(1_500)));
    let late = quote("1").await;
    bench.server.advance(Duration::from_secs(601));
    let path = format!("/convert/trade/{}", text(&late["id"]));
    assert_eq!(bench.send("POST", &path, Some(TRADER), Some(pair.clone())).await.0, 400);
}
