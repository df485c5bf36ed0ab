//! Increments: embedded, and from a product list.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "tests")]

use domain::ProductStatus;
use exchange_sim::Catalog;

#[test]
fn the_embedded_table_is_exact_and_sorted() {
    let catalog = Catalog::embedded().unwrap();
    let products = catalog.products();
    assert!(products.len() >= 70, "{}", products.len());
    assert!(products.is_sorted_by(|a, b| a.id < b.id));
    for p in products {
        assert_eq!(p.quote.as_str(), "USD");
        assert_eq!(p.status, ProductStatus::Online);
        assert!(p.is_size_step(p.limits.base_min), "{}", p.id);
        assert!(p.limits.base_min < p.limits.base_max, "{}", p.id);
        assert!(p.limits.quote_min < p.limits.quote_max, "{}", p.id);
    }
    let doge = catalog.get(&"DOGE-USD".parse().unwrap()).unwrap();
    assert_eq!(doge.limits.price_increment.to_string(), "0.00001");
    assert_eq!(doge.limits.base_increment.to_string(), "0.1");
    assert!(catalog.get(&"MATIC-USD".parse().unwrap()).is_none());
}

fn list(id: &str, tick: &str, flags: &str) -> String {
    format!(
        r#"{{"num_products": 1, "products": [{{"product_id": "{id}", "base_increment": "0.1",
        "quote_increment": "0.01", "price_increment": "{tick}", "base_min_size": "0.1",
        "base_max_size": "1000", "quote_min_size": "1", "quote_max_size": "50000",
        "unheard_of": 7, {flags} }}]}}"#
    )
}

#[test]
fn flags_become_one_status() {
    let cases = [
        (r#""status": "online", "trading_disabled": false"#, ProductStatus::Online),
        (r#""status": "online", "trading_disabled": true"#, ProductStatus::Offline),
        (
            r#""status": "online", "trading_disabled": false, "cancel_only": true"#,
            ProductStatus::CancelOnly,
        ),
        (
            r#""status": "online", "trading_disabled": false, "limit_only": true"#,
            ProductStatus::LimitOnly,
        ),
        (
            r#""status": "online", "trading_disabled": false, "view_only": true, "post_only": true"#,
            ProductStatus::ViewOnly,
        ),
        (r#""status": "delisted", "trading_disabled": true"#, ProductStatus::Delisted),
        (r#""status": "a new word", "trading_disabled": false"#, ProductStatus::Offline),
    ];
    for (flags, expected) in cases {
        let catalog = Catalog::from_json("here", &list("X-USD", "0.01", flags)).unwrap();
        assert_eq!(catalog.products()[0].status, expected, "{flags}");
    }
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let online = r#""status": "online", "trading_disabled": false"#;
    let cases = [
        ("{", "EOF"),
        (r#"{"products": [{}]}"#, "product_id"),
        (&list("X-USD", "0", online), "X-USD price_increment"),
        (&list("X-USD", "1e-2", online), "X-USD price_increment"),
        (&list("XUSD", "0.01", online), "XUSD"),
        (&list("X-USD", "0.01", r#""status": "online""#), "trading_disabled"),
    ];
    for (text, expected) in cases {
        let error = Catalog::from_json("here.json", text).unwrap_err().to_string();
        assert!(error.starts_with("here.json: "), "{error}");
        assert!(error.contains(expected), "{error} lacks {expected}");
    }
}

#[test]
fn a_product_list_in_the_directory_replaces_what_it_lists() {
    let dir = tempfile::tempdir().unwrap();
    let id = "DOGE-USD".parse().unwrap();
    let path = dir.path().join("products.json");
    assert_eq!(Catalog::for_directory(dir.path()).unwrap(), Catalog::embedded().unwrap());
    let online = r#""status": "online", "trading_disabled": false"#;
    std::fs::write(&path, list("DOGE-USD", "0.5", online)).unwrap();
    let catalog = Catalog::for_directory(dir.path()).unwrap();
    assert_eq!(catalog.get(&id).unwrap().limits.price_increment.to_string(), "0.5");
    assert!(catalog.get(&"BTC-USD".parse().unwrap()).is_some(), "the rest stays");
    std::fs::write(&path, "not json").unwrap();
    let error = Catalog::for_directory(dir.path()).unwrap_err().to_string();
    assert!(error.contains("products.json"), "{error}");
}
