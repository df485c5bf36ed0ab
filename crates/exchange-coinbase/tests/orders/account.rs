//! Balances and fees through the port.

use exchange::{Account as _, PortError};
use serde_json::{Value, json};

use crate::scripted::{Stage, ok, status};
use crate::server::{Act, run};

fn account(currency: &str, kind: &str, available: &str, hold: &str) -> Value {
    json!({
        "uuid": format!("{currency}-{kind}"), "name": currency, "currency": currency,
        "available_balance": { "value": available, "currency": currency },
        "default": true, "active": true, "created_at": "2026-01-02T03:04:05.678Z",
        "updated_at": "2026-01-02T03:04:05.678Z", "deleted_at": null, "type": kind, "ready": true,
        "hold": { "value": hold, "currency": currency }, "platform": "ACCOUNT_PLATFORM_CONSUMER",
    })
}

fn page(accounts: &Value, next: &str) -> Act {
    ok(&json!({ "accounts": accounts, "has_next": !next.is_empty(), "cursor": next, "size": 1 }))
}

#[test]
fn a_purse_is_what_is_free_and_what_is_held_of_every_page() {
    run(async {
        let stage = Stage::new(|_, before| match before {
            0 => page(&json!([account("USD", "ACCOUNT_TYPE_FIAT", "1500.25", "49.75")]), "two"),
            _ => page(
                &json!([
                    account("BTC", "ACCOUNT_TYPE_CRYPTO", "0.50000001", "0.1"),
                    account("BTC", "ACCOUNT_TYPE_VAULT", "9", "0"),
                ]),
                "",
            ),
        })
        .await;
        let purses = stage.venue.purses().await.unwrap();
        let told: Vec<_> =
            purses.iter().map(|p| format!("{} {} {}", p.asset, p.available, p.held)).collect();
        assert_eq!(told, ["BTC 0.50000001 0.1", "USD 1500.25 49.75", "USDC 0 0"]);
    });
}

#[test]
fn a_page_that_breaks_is_an_error_and_never_a_short_list() {
    run(async {
        for broken in [status(500, ""), status(200, "{"), page(&json!([{ "currency": "BTC" }]), "")]
        {
            let stage = Stage::new(move |_, before| match before {
                0 => page(&json!([account("USD", "ACCOUNT_TYPE_FIAT", "1500", "0")]), "two"),
                _ => broken.clone(),
            })
            .await;
            let error = stage.venue.purses().await.unwrap_err();
            let named = matches!(error, PortError::Unreachable(_) | PortError::Unreadable(_));
            assert!(named, "{error:?}");
        }
    });
}

#[test]
fn fee_rates_are_fractions_at_the_venue_and_basis_points_here() {
    let summary = |maker: &str, taker: &str| {
        ok(&json!({
            "total_volume": 0, "total_fees": 0, "advanced_trade_only_volume": 0,
            "advanced_trade_only_fees": 0, "total_balance": "0",
            "fee_tier": { "pricing_tier": "Intro 1", "taker_fee_rate": taker,
                          "maker_fee_rate": maker },
        }))
    };
    run(async {
        let stage = Stage::new(move |_, _| summary("0.006", "0.012")).await;
        let fees = stage.venue.fees().await.unwrap();
        let rates = (fees.maker_bps.to_string(), fees.taker_bps.to_string());
        assert_eq!((rates.0.as_str(), rates.1.as_str()), ("60", "120"));
        for (maker, taker) in [("", "0.012"), ("free", "0.012"), ("0.006", "1e999")] {
            let (maker, taker) = (maker.to_owned(), taker.to_owned());
            let stage = Stage::new(move |_, _| summary(&maker, &taker)).await;
            assert!(matches!(stage.venue.fees().await, Err(PortError::Unreadable(_))), "no rate");
        }
    });
}
