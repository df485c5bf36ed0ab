//! Wallets, payment methods and what a key may do.

use domain::Timestamp;
use exchange_sim::spot::{AccountNo, Wallet};
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::{Answer, Call};
use crate::reply::{Reply, bad_argument};

/// Currencies that are not coins.
const FIAT: [&str; 3] = ["USD", "EUR", "GBP"];
const DEFAULT_PAGE: usize = 49;
const LARGEST_PAGE: usize = 250;

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let account = call.account()?;
    let (wallets, opened) = wallets(call, account)?;
    let limit = call.query.count("limit")?.unwrap_or(DEFAULT_PAGE).clamp(1, LARGEST_PAGE);
    let from = match call.query.one("cursor") {
        None => 0,
        Some(cursor) => {
            let last = wallets.iter().position(|wallet| wallet.id.to_string() == cursor);
            last.ok_or_else(|| bad_argument("cursor argument is invalid"))? + 1
        }
    };
    let portfolio = call.floor.venue.account(account)?.portfolio;
    let rest = wallets.get(from..).unwrap_or_default();
    let page = rest.get(..limit).unwrap_or(rest);
    let has_next = rest.len() > page.len();
    let cursor = page.last().filter(|_| has_next).map(|last| last.id.to_string());
    let rows: Vec<Value> = page.iter().map(|wallet| row(wallet, portfolio, opened)).collect();
    Ok(json!({
        "size": rows.len(),
        "accounts": rows,
        "has_next": has_next,
        "cursor": cursor.unwrap_or_default(),
    }))
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let account = call.account()?;
    let (wallets, opened) = wallets(call, account)?;
    let portfolio = call.floor.venue.account(account)?.portfolio;
    let found = wallets.iter().find(|wallet| wallet.id.to_string() == call.segment());
    let found = found.ok_or_else(|| Reply::not_found("account not found"))?;
    Ok(json!({ "account": row(found, portfolio, opened) }))
}

pub(crate) fn wallets(
    call: &Call<'_>,
    account: AccountNo,
) -> Result<(Vec<Wallet>, Timestamp), Reply> {
    let account = call.floor.venue.account(account)?;
    Ok((account.wallets()?, account.opened))
}

fn row(wallet: &Wallet, portfolio: Uuid, opened: Timestamp) -> Value {
    let currency = wallet.purse.asset.as_str();
    let kind = if is_fiat(currency) { "ACCOUNT_TYPE_FIAT" } else { "ACCOUNT_TYPE_CRYPTO" };
    json!({
        "uuid": wallet.id,
        "name": format!("{currency} Wallet"),
        "currency": currency,
        "available_balance": amount(wallet.purse.available.get(), currency),
        "default": true,
        "active": true,
        "created_at": opened,
        "updated_at": opened,
        "deleted_at": null,
        "type": kind,
        "ready": true,
        "hold": amount(wallet.purse.held.get(), currency),
        "retail_portfolio_id": portfolio,
        "platform": "ACCOUNT_PLATFORM_CONSUMER",
    })
}

pub(crate) fn is_fiat(currency: &str) -> bool {
    FIAT.contains(&currency)
}

/// Balances have sixteen digits behind the point, zeros included.
fn amount(value: rust_decimal::Decimal, currency: &str) -> Value {
    json!({ "value": format!("{value:.16}"), "currency": currency })
}

pub(crate) fn payment_methods(call: &mut Call<'_>) -> Answer {
    Ok(json!({ "payment_methods": [bank(call)?] }))
}

pub(crate) fn payment_method(call: &mut Call<'_>) -> Answer {
    let bank = bank(call)?;
    if bank.get("id").and_then(Value::as_str) != Some(call.segment()) {
        return Err(Reply::not_found("payment method not found"));
    }
    Ok(json!({ "payment_method": bank }))
}

/// Every user has one bank account.
fn bank(call: &Call<'_>) -> Answer {
    let opened = call.floor.venue.account(call.account()?)?.opened;
    Ok(json!({
        "id": Uuid::new_v5(&call.user()?.id, b"bank"),
        "type": "ACH",
        "name": "SIMULATED BANK ******0000",
        "currency": "USD",
        "verified": true,
        "allow_buy": true,
        "allow_sell": true,
        "allow_deposit": true,
        "allow_withdraw": true,
        "created_at": opened,
        "updated_at": opened,
    }))
}

pub(crate) fn key_permissions(call: &mut Call<'_>) -> Answer {
    let key = call.key.ok_or_else(Reply::unauthorized)?;
    let portfolio = call.user()?.portfolios.first();
    let portfolio = portfolio.ok_or_else(|| Reply::internal("a user without a portfolio"))?;
    Ok(json!({
        "can_view": key.permissions.view,
        "can_trade": key.permissions.trade,
        "can_transfer": key.permissions.transfer,
        "portfolio_uuid": portfolio.id,
        "portfolio_type": if portfolio.default { "DEFAULT" } else { "CONSUMER" },
    }))
}
