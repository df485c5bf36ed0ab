//! What REST costs: reading a page of 920 products, and signing a request.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use core::fmt::Write as _;
use core::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use domain::Timestamp;
use exchange_coinbase::rest::products_from_json;
use exchange_coinbase::{Credentials, Life};

/// As many products as Coinbase had in August 2026.
const PRODUCTS: u32 = 920;

/// A page of made-up products with all the fields that the venue sends.
fn page() -> String {
    let mut text = String::from(r#"{"products":["#);
    for n in 0..PRODUCTS {
        let comma = if n == 0 { "" } else { "," };
        write!(
            text,
            r#"{comma}{{"product_id":"C{n}-USD","price":"{n}5086.18","price_percentage_change_24h":"0.09601107287722","volume_24h":"2867.54532609","volume_percentage_change_24h":"11.16524863692957","base_increment":"0.00000001","quote_increment":"0.01","quote_min_size":"1","quote_max_size":"150000000","base_min_size":"0.00000001","base_max_size":"3400","base_name":"Coin {n}","quote_name":"US Dollar","watched":false,"is_disabled":false,"new":false,"status":"online","cancel_only":false,"limit_only":false,"post_only":false,"trading_disabled":false,"auction_mode":false,"product_type":"SPOT","quote_currency_id":"USD","base_currency_id":"C{n}","fcm_trading_session_details":null,"mid_market_price":"","alias":"","alias_to":["C{n}-USDC"],"base_display_symbol":"C{n}","quote_display_symbol":"USD","view_only":false,"price_increment":"0.01","display_name":"C{n}-USD","product_venue":"CBE","approximate_quote_24h_volume":"186637571.25","new_at":"2023-01-01T00:00:00Z","market_cap":"","base_cbrn":"","quote_cbrn":"","product_cbrn":"","icon_color":"","icon_url":"","display_name_overwrite":"","is_alpha_testing":false,"about_description":"","best_bid_price":"","best_ask_price":"","high_24h":"65252.99","low_24h":"64675.22"}}"#
        )
        .unwrap();
    }
    write!(
        text,
        r#"],"num_products":{PRODUCTS},"pagination":{{"next_cursor":"","has_next":false}}}}"#
    )
    .unwrap();
    text
}

fn decoding(c: &mut Criterion) {
    let page = page();
    assert_eq!(products_from_json(page.as_bytes()).unwrap().products.len(), 920);
    let mut group = c.benchmark_group("decode");
    group.throughput(Throughput::Bytes(page.len() as u64));
    group.bench_function("a page of 920 products", |b| {
        b.iter(|| products_from_json(black_box(page.as_bytes())));
    });
    group.finish();
}

fn signing(c: &mut Criterion) {
    let es = include_str!("../tests/keys/p256_sec1.pem");
    let ed = include_str!("../tests/keys/ed25519_base64.txt");
    let now = Timestamp::from_secs(1_772_366_400);
    for (name, secret) in [("ES256", es), ("Ed25519", ed)] {
        let key = Credentials::from_text("a-key", secret).unwrap();
        c.bench_function(&format!("sign a request with {name}"), |b| {
            let path = "/api/v3/brokerage/orders";
            b.iter(|| {
                key.jwt_for_rest("POST", "api.coinbase.com", black_box(path), now, Life::Order)
            });
        });
    }
}

criterion_group!(benches, decoding, signing);
criterion_main!(benches);
