//! The older API's reads.
#![expect(clippy::unnecessary_wraps, reason = "the routes' table has one type of answer")]

use std::collections::{BTreeMap, BTreeSet};

use domain::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use super::accounts::{is_fiat, wallets};
use super::call::{Answer, Call, plain};
use crate::floor::Floor;
use crate::reply::Reply;

pub(crate) fn time(call: &mut Call<'_>) -> Answer {
    let now = call.shared.clock.shown();
    Ok(json!({ "data": { "iso": Timestamp::from_secs(now.secs()), "epoch": now.secs() } }))
}

/// Currencies that are not coins.
pub(crate) fn currencies(_: &mut Call<'_>) -> Answer {
    let names = [("USD", "US Dollar"), ("EUR", "Euro"), ("GBP", "British Pound")];
    let row = |(id, name)| json!({ "id": id, "name": name, "min_size": "0.01" });
    Ok(json!({ "data": names.map(row) }))
}

pub(crate) fn crypto(call: &mut Call<'_>) -> Answer {
    let rows: Vec<Value> =
        coins(call.floor).iter().enumerate().map(|(at, c)| coin(c, at)).collect();
    Ok(json!({ "data": rows }))
}

fn coins(floor: &Floor) -> BTreeSet<String> {
    let mut coins = BTreeSet::new();
    for listing in floor.venue.listings() {
        let id = listing.product.id;
        coins.extend(
            [id.base(), id.quote()].iter().filter(|c| !is_fiat(c)).map(ToString::to_string),
        );
    }
    coins
}

fn coin(code: &str, at: usize) -> Value {
    json!({
        "asset_id": Uuid::new_v5(&Uuid::NAMESPACE_OID, code.as_bytes()),
        "code": code,
        "name": code,
        "color": "#000000",
        "sort_index": at,
        "exponent": 8,
        "type": "crypto",
        "address_regex": "",
    })
}

/// How much of each currency one unit of `currency` is.
pub(crate) fn rates(call: &mut Call<'_>) -> Answer {
    let currency = call.query.one("currency").unwrap_or("USD").to_owned();
    let mut dollars = BTreeMap::from([("USD".to_owned(), Decimal::ONE)]);
    for listing in call.floor.venue.listings() {
        let id = listing.product.id;
        if id.quote() == "USD"
            && let Some(last) = call.floor.venue.ticker(id)?.last
        {
            dollars.insert(id.base().to_owned(), last.price.get());
        }
    }
    // One for one, as the venue converts them.
    dollars.entry("USDC".to_owned()).or_insert(Decimal::ONE);
    let unknown = || Reply::v2(400, "invalid_request", &format!("Invalid currency ({currency})"));
    let of = *dollars.get(&currency).ok_or_else(unknown)?;
    let rate = |(code, price): (&String, &Decimal)| {
        let rate = of.checked_div(*price)?;
        Some((code.clone(), Value::from(plain(rate.round_dp(16)))))
    };
    let rates: serde_json::Map<String, Value> = dollars.iter().filter_map(rate).collect();
    Ok(json!({ "data": { "currency": currency, "rates": rates } }))
}

pub(crate) fn accounts(call: &mut Call<'_>) -> Answer {
    let rows = rows(call)?;
    Ok(json!({ "pagination": pagination(), "data": rows }))
}

pub(crate) fn account(call: &mut Call<'_>) -> Answer {
    let wanted = call.segment().to_owned();
    let named = |row: &Value| row["id"] == *wanted || row["currency"]["code"] == *wanted;
    let found = rows(call)?.into_iter().find(named);
    let found = found.ok_or_else(|| Reply::v2(404, "not_found", "Not found"))?;
    Ok(json!({ "data": found }))
}

pub(crate) fn empty(_: &mut Call<'_>) -> Answer {
    Ok(json!({ "pagination": pagination(), "data": [] }))
}

fn rows(call: &Call<'_>) -> Result<Vec<Value>, Reply> {
    let (wallets, opened) = wallets(call, call.account()?)?;
    let row = |(at, wallet): (usize, &exchange_sim::spot::Wallet)| {
        let code = wallet.purse.asset.as_str();
        let whole = wallet.purse.available.get() + wallet.purse.held.get();
        let fiat = is_fiat(code);
        let mut currency = coin(code, at);
        currency["type"] = Value::from(if fiat { "fiat" } else { "crypto" });
        json!({
            "id": wallet.id,
            "name": format!("{code} Wallet"),
            "primary": false,
            "type": if fiat { "fiat" } else { "wallet" },
            "currency": currency,
            "balance": { "amount": plain(whole), "currency": code },
            "created_at": opened,
            "updated_at": opened,
            "resource": "account",
            "resource_path": format!("/v2/accounts/{}", wallet.id),
            "allow_deposits": true,
            "allow_withdrawals": true,
        })
    };
    Ok(wallets.iter().enumerate().map(row).collect())
}

/// Everything comes on one page.
fn pagination() -> Value {
    json!({
        "ending_before": null,
        "starting_after": null,
        "previous_ending_before": null,
        "next_starting_after": null,
        "limit": 250,
        "order": "desc",
        "previous_uri": null,
        "next_uri": null,
    })
}
