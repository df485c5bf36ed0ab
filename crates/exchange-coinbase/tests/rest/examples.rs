//! The published examples of Coinbase's replies decode, and so does its whole product list. They
//! are not part of the repository: without them the tests say so and pass.

use std::path::{Path, PathBuf};

use exchange_coinbase::rest::{VenueError, fuzz, products_from_json};
use serde_json::Value;

use crate::common;

/// File (under the examples) and the endpoint whose reader it is for.
const EXAMPLES: &[(&str, &str)] = &[
    ("rest_docs/accounts/get-account.response", "account"),
    ("rest_docs/accounts/list-accounts.response", "accounts"),
    ("rest_docs/convert/commit-convert-trade.response", "convert"),
    ("rest_docs/convert/create-convert-quote.response", "convert"),
    ("rest_docs/convert/get-convert-trade.response", "convert"),
    ("rest_docs/data-api/get-api-key-permissions.response", "key_permissions"),
    ("rest_docs/fees/get-transaction-summary.response", "transaction_summary"),
    ("rest_docs/orders/cancel-order.response", "cancel_any"),
    ("rest_docs/orders/close-position.response", "place"),
    ("rest_docs/orders/create-order.response", "place"),
    ("rest_docs/orders/edit-order-preview.response", "edit_preview"),
    ("rest_docs/orders/edit-order.response", "edit"),
    ("rest_docs/orders/get-order.response", "order"),
    ("rest_docs/orders/list-fills.response", "fills_any"),
    ("rest_docs/orders/list-orders.response", "orders_any"),
    ("rest_docs/orders/preview-orders.response", "preview"),
    ("rest_docs/payment-methods/get-payment-method.response", "payment_method"),
    ("rest_docs/payment-methods/list-payment-methods.response", "payment_methods"),
    ("rest_docs/portfolios/create-portfolio.response", "portfolio"),
    ("rest_docs/portfolios/delete-portfolio.response", "delete_portfolio"),
    ("rest_docs/portfolios/edit-portfolio.response", "portfolio"),
    ("rest_docs/portfolios/get-portfolio-breakdown.response", "breakdown"),
    ("rest_docs/portfolios/list-portfolios.response", "portfolios"),
    ("rest_docs/portfolios/move-portfolios-funds.response", "move_funds"),
    ("rest_docs/products/get-best-bid-ask.response", "best_bid_ask"),
    ("rest_docs/products/get-market-trades.response", "trades"),
    ("rest_docs/products/get-product-book.response", "product_book"),
    ("rest_docs/products/get-product-candles.response", "candles"),
    ("rest_docs/products/get-product.response", "product"),
    ("rest_docs/products/list-products.response", "products"),
    ("rest_docs/public/get-public-market-trades.response", "trades"),
    ("rest_docs/public/get-public-product-book.response", "product_book"),
    ("rest_docs/public/get-public-product-candles.response", "candles"),
    ("rest_docs/public/get-public-product.response", "product"),
    ("rest_docs/public/get-server-time.response", "time"),
    ("rest_docs/public/list-public-products.response", "products"),
    ("rest_hairston/mocks__rest__orders__cancel_orders_success", "cancel_any"),
    ("rest_hairston/mocks__rest__orders__close_position_success", "place"),
    ("rest_hairston/mocks__rest__orders__preview_order_success", "preview"),
    ("rest_hairston/models__examples__account", "bare_account"),
    ("rest_hairston/models__examples__fill", "bare_fill"),
    ("rest_hairston/models__examples__market-order", "bare_order"),
    ("rest_hairston/models__examples__open-order", "bare_order"),
    ("rest_hairston/models__examples__order", "bare_order"),
    ("rest_hairston/models__examples__order2", "bare_order"),
    ("rest_hairston/models__examples__product", "product"),
    ("rest_hairston/rest__accounts__get_account", "account"),
    ("rest_hairston/rest__accounts__get_accounts", "accounts"),
    ("rest_hairston/rest__accounts__get_accounts_empty", "accounts"),
    ("rest_hairston/rest__data__get_api_key_permissions", "key_permissions"),
    ("rest_hairston/rest__fees__get_transaction_summary", "transaction_summary"),
    ("rest_hairston/rest__orders__create_order_success", "place"),
    ("rest_hairston/rest__orders__get_fills", "fills"),
    ("rest_hairston/rest__orders__get_order", "order"),
    ("rest_hairston/rest__orders__get_orders", "orders"),
    ("rest_hairston/rest__payment_methods__get_payment_method", "payment_method"),
    ("rest_hairston/rest__payment_methods__list_payment_methods", "payment_methods"),
    ("rest_hairston/rest__portfolios__create_portfolio", "portfolio"),
    ("rest_hairston/rest__portfolios__edit_portfolio", "portfolio"),
    ("rest_hairston/rest__portfolios__get_portfolio_breakdown", "breakdown"),
    ("rest_hairston/rest__portfolios__list_portfolios", "portfolios"),
    ("rest_hairston/rest__products__get_best_bid_ask", "best_bid_ask"),
    ("rest_hairston/rest__products__get_product_authorized", "product"),
    ("rest_hairston/rest__products__get_product_candles", "candles"),
    ("rest_hairston/rest__products__get_products_authorized", "products"),
    ("rest_hairston/rest__products__get_trades", "trades"),
    ("rest_hairston/rest__public__get_product", "product"),
    ("rest_hairston/rest__public__get_products", "products"),
    ("rest_jkorf/Account/GetApiKeyInfo", "key_permissions"),
    ("rest_jkorf/Account/GetFeeInfo", "transaction_summary"),
    ("rest_jkorf/Account/GetFeeInfo2", "transaction_summary"),
    ("rest_jkorf/Account/GetPaymentMethods", "payment_methods"),
    ("rest_jkorf/Account/GetPortfolios", "portfolios"),
    ("rest_jkorf/Account/GetPortfolio", "breakdown"),
    ("rest_jkorf/Account/CreatePortfolio", "portfolio"),
    ("rest_jkorf/Account/DeletePortfolio", "delete_portfolio"),
    ("rest_jkorf/Account/TransferPortfolioFunds", "move_funds"),
    ("rest_jkorf/Account/CreateConvertQuote", "convert"),
    ("rest_jkorf/Account/CommitConvertTrade", "convert"),
    ("rest_jkorf/Account/GetConvertTrade", "convert"),
    ("rest_jkorf/ExchangeData/GetKlines", "candles"),
    ("rest_jkorf/ExchangeData/GetOrderBook", "product_book"),
    ("rest_jkorf/ExchangeData/GetSymbols", "products"),
    ("rest_jkorf/ExchangeData/GetTradeHistory", "trades"),
    ("rest_jkorf/Trading/CancelOrders", "cancel_any"),
    ("rest_jkorf/Trading/ClosePosition", "place"),
    ("rest_jkorf/Trading/EditOrder", "edit"),
    ("rest_jkorf/Trading/GetOrder", "order"),
    ("rest_jkorf/Trading/GetOrders", "orders"),
    ("rest_jkorf/Trading/GetUserTrades", "fills"),
    ("rest_jkorf/Trading/PlaceOrder", "place"),
    ("rest_kmiq/cancel_orders_success_response", "cancel_any"),
    ("rest_kmiq/create_buy_market_order_success_response", "place"),
    ("rest_kmiq/create_limit_order_success_response", "place"),
    ("rest_kmiq/create_order_failure_no_funds_response", "place"),
    ("rest_kmiq/create_portfolio_success_response", "portfolio"),
    ("rest_kmiq/create_sell_market_order_success_response", "place"),
    ("rest_kmiq/create_stop_limit_order_success_response", "place"),
    ("rest_kmiq/default_order_failure_response", "place"),
    ("rest_kmiq/delete_portfolio_success_response", "delete_portfolio"),
    ("rest_kmiq/edit_order_preview_success_response", "edit_preview"),
    ("rest_kmiq/edit_order_success_response", "edit"),
    ("rest_kmiq/edit_portfolio_success_response", "portfolio"),
    ("rest_kmiq/get_account_success_response", "account"),
    ("rest_kmiq/get_best_bid_ask_success_response", "best_bid_ask"),
    ("rest_kmiq/get_order_success_response", "order"),
    ("rest_kmiq/get_portfolio_breakdown_success_response", "breakdown"),
    ("rest_kmiq/get_product_book_success_response", "product_book"),
    ("rest_kmiq/get_product_candles_success_response", "candles"),
    ("rest_kmiq/get_product_candles_all_call_1_success_response", "candles"),
    ("rest_kmiq/get_product_candles_all_call_2_success_response", "candles"),
    ("rest_kmiq/get_product_candles_all_call_3_success_response", "candles"),
    ("rest_kmiq/get_product_success_response", "product"),
    ("rest_kmiq/get_trades_success_response", "trades"),
    ("rest_kmiq/get_transactions_summary_success_response", "transaction_summary"),
    ("rest_kmiq/get_unix_time_success_response", "time"),
    ("rest_kmiq/list_accounts_success_response", "accounts"),
    ("rest_kmiq/list_accounts_all_call_1_success_response", "accounts"),
    ("rest_kmiq/list_accounts_all_call_2_success_response", "accounts"),
    ("rest_kmiq/list_fills_success_response", "fills"),
    ("rest_kmiq/list_fills_all_call_1_success_response", "fills"),
    ("rest_kmiq/list_fills_all_call_2_success_response", "fills"),
    ("rest_kmiq/list_orders_success_response", "orders"),
    ("rest_kmiq/list_orders_all_call_1_success_response", "orders"),
    ("rest_kmiq/list_orders_all_call_2_success_response", "orders"),
    ("rest_kmiq/list_orders_with_extra_unnamed_success_response", "orders"),
    ("rest_kmiq/list_portfolios_success_response", "portfolios"),
    ("rest_kmiq/list_products_success_response", "products"),
    ("rest_kmiq/move_funds_success_response", "move_funds"),
];

/// Examples that are no replies of this API, with what is wrong with them.
const DIFFERENT: &[(&str, &str)] = &[
    // Milliseconds with a fraction, in seconds.
    ("rest_hairston/rest__public__get_server_time", "time"),
    // Made up: without `has_next`, which always comes.
    ("rest_jkorf/Account/GetAccounts", "accounts"),
    // `deleted` as text.
    ("rest_jkorf/Account/EditPortfolio", "portfolio"),
    // The book of the older Exchange API.
    ("rest_jkorf/ExchangeData/GetAggregatedOrderBook", "product_book"),
    // An order that is not there, as another client models it.
    ("rest_hairston/rest__orders__get_order_null", "order"),
];

/// Where the examples lie, beside the recordings.
fn examples() -> Option<PathBuf> {
    common::shared("../coinbase/examples")
}

fn load(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Documentation writes `<string>` wherever text comes; here stands what could stand there.
fn fill_in(value: &mut Value, key: &str) {
    match value {
        Value::String(text) if text == "<string>" || text == "string" => {
            let is_time =
                key.ends_with("_time") || key.ends_with("_at") || key == "iso" || key == "time";
            *text = String::from(if is_time { "2026-01-01T00:00:00Z" } else { "1" });
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill_in(item, key)),
        Value::Object(fields) => fields.iter_mut().for_each(|(key, value)| fill_in(value, key)),
        _ => {}
    }
}

/// Lone objects are put where the venue would send them; samples that say "a proof is required" or
/// name several orders are taken for what they show.
fn shape(endpoint: &str, value: Value) -> (String, Value) {
    let (name, value) = match endpoint {
        "bare_account" => ("account", serde_json::json!({ "account": value })),
        "bare_order" => ("order", serde_json::json!({ "order": value })),
        "bare_fill" => ("fills", serde_json::json!({ "fills": [value] })),
        "orders_any" | "fills_any" => {
            let mut value = value;
            value["proof_token_required"] = Value::Bool(false);
            (endpoint.trim_end_matches("_any"), value)
        }
        "cancel_any" => {
            let mut value = value;
            let results = value["results"].as_array_mut().unwrap();
            assert!(!results.is_empty());
            results.truncate(1);
            results[0]["order_id"] = "o-1".into();
            ("cancel", value)
        }
        other => (other, value),
    };
    (name.to_owned(), value)
}

#[test]
fn every_example_of_a_reply_decodes() {
    let Some(place) = examples() else {
        println!("skipped: the examples are not on this machine");
        return;
    };
    let mut wrong = Vec::new();
    for (file, endpoint) in EXAMPLES {
        let mut value = load(&place.join(format!("{file}.json")));
        fill_in(&mut value, "");
        let (name, value) = shape(endpoint, value);
        let reply = fuzz::reply(200, value.to_string().as_bytes());
        if let Err(error) = fuzz::decode(&name, &reply).unwrap_or_else(|| panic!("{name}?")) {
            wrong.push(format!("{file}: {error}"));
        }
    }
    for (file, endpoint) in DIFFERENT {
        let value = load(&place.join(format!("{file}.json")));
        let reply = fuzz::reply(200, value.to_string().as_bytes());
        assert!(fuzz::decode(endpoint, &reply).unwrap().is_err(), "{file} decodes after all");
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), EXAMPLES.len(), wrong.join("\n"));
}

#[test]
fn every_example_of_an_error_is_understood() {
    let Some(place) = examples() else {
        println!("skipped: the examples are not on this machine");
        return;
    };
    let mut seen = 0;
    for entry in std::fs::read_dir(place.join("errors")).unwrap() {
        let path = entry.unwrap().path();
        let example = load(&path);
        let body = match &example["body"] {
            Value::String(text) => text.clone(),
            json => json.to_string(),
        };
        let status = u16::try_from(example["http_status"].as_u64().unwrap()).unwrap();
        let error = VenueError::read(body.as_bytes());
        assert!(status == 200 || !error.message.is_empty(), "{}: {error:?}", path.display());
        seen += 1;
    }
    assert!(seen >= 15, "{seen}");
}

#[test]
fn the_whole_product_list_decodes() {
    let Some(path) =
        common::shared("coinbase-l2/advanced_trade_2026-08-09/rest_market_products.json")
    else {
        println!("skipped: the product list is not on this machine");
        return;
    };
    let page = products_from_json(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(page.products.len(), 920);
    let bitcoin = page.products.iter().find(|p| p.product_id == "BTC-USD").unwrap();
    assert_eq!(bitcoin.alias_to, ["BTC-USDC"]);
    assert_eq!(bitcoin.volume_24h.unwrap().to_string(), "2867.54532609");
    assert_eq!(page.products.iter().filter(|p| p.volume_24h.is_none()).count(), 11);
}
