//! Products and candles: what may be traded, and what is not known is not made up.

use std::time::Duration;

use domain::ProductStatus;
use exchange::{MarketData as _, PortError};
use exchange_coinbase::rest::{Audience, CandleRange, Granularity};

use crate::client::{Client, product};
use crate::common::{Bench, PRODUCT};

#[tokio::test]
async fn a_products_state_is_what_may_be_done_with_it() {
    let cases = [
        ("limit-only", ProductStatus::LimitOnly),
        ("cancel-only", ProductStatus::CancelOnly),
        ("post-only", ProductStatus::PostOnly),
        ("auction", ProductStatus::Auction),
        ("view-only", ProductStatus::ViewOnly),
        ("halt", ProductStatus::Offline),
        ("delisting", ProductStatus::Delisted),
    ];
    for (scenario, expected) in cases {
        let client = Client::in_scenario(scenario).await;
        let ports = client.ports().await.unwrap();
        let state = async || {
            let listed = ports.products().await.unwrap();
            listed.into_iter().find(|p| p.id == product()).map(|p| p.status)
        };
        assert_eq!(state().await, Some(ProductStatus::Online), "{scenario}");
        client.advance(Duration::from_secs(61));
        assert_eq!(state().await, Some(expected), "{scenario}");
        if scenario == "halt" {
            client.advance(Duration::from_mins(5));
            assert_eq!(state().await, Some(ProductStatus::Online), "{scenario} ends");
        }
    }
}

#[tokio::test]
async fn a_product_without_a_step_of_its_price_is_not_traded() {
    let client = Client::in_scenario("tick-missing").await;
    let error = client.ports().await.unwrap_err();
    assert!(matches!(&error, PortError::Unreadable(why) if why.contains("no product")), "{error}");
}

#[tokio::test]
async fn candles_that_a_page_leaves_out_are_not_made_up() {
    for (scenario, lacking) in [("candle-cap", 100), ("candle-hole", 1)] {
        let whole = Client::at(Bench::new().await);
        let client = Client::in_scenario(scenario).await;
        let to = client.bench.server.now();
        let from = to.plus_secs(-200 * 300);
        let range = CandleRange { from, to, granularity: Granularity::FiveMinutes };
        let all = whole.rest.candles(Audience::Account, PRODUCT, range).await.unwrap();
        let some = client.rest.candles(Audience::Account, PRODUCT, range).await.unwrap();
        assert!(some.iter().all(|candle| all.contains(candle)), "{scenario}");
        let missing = all.len() - some.len();
        assert!(missing >= lacking, "{scenario}: {missing} of {}", all.len());
        // A hole in the market that everything else is measured by is a gap, and no flat market.
        let gaps = client.ports().await.unwrap().gaps(from, to).await.unwrap();
        assert!(!gaps.is_empty(), "{scenario}");
        assert_eq!(whole.ports().await.unwrap().gaps(from, to).await.unwrap(), []);
    }
}
