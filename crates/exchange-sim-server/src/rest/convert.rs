//! Dollars into USDC and back, one for one.

use exchange_sim::SimError;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::{Answer, Call, plain, text};
use crate::floor::Conversion;
use crate::reply::{Reply, bad_argument};

/// How long a quote holds.
const QUOTE_SECS: i64 = 600;

pub(crate) fn quote(call: &mut Call<'_>) -> Answer {
    let (from, to) = pair(&call.body)?;
    let amount = text(&call.body, "amount").and_then(|text| Decimal::from_str_exact(&text).ok());
    let amount = amount.filter(|amount| *amount > Decimal::ZERO && amount.scale() <= 6);
    let amount = amount.ok_or_else(|| bad_argument("amount argument is invalid"))?;
    let account = call.account()?;
    let purse = |floor: &crate::floor::Floor| -> Result<Decimal, Reply> {
        let wallets = floor.venue.account(account)?.wallets()?;
        let wallet = wallets.iter().find(|wallet| wallet.purse.asset.as_str() == from);
        Ok(wallet.map_or(Decimal::ZERO, |wallet| wallet.purse.available.get()))
    };
    if purse(call.floor)? < amount {
        return Err(bad_argument("Insufficient balance in source account"));
    }
    let number = call.floor.conversions.len().to_string();
    let id = Uuid::new_v5(&call.user()?.id, number.as_bytes()).to_string();
    let quoted = call.floor.venue.now();
    let conversion = Conversion { account, from, to, amount, quoted, done: false };
    let body = trade(&id, &conversion);
    call.floor.conversions.insert(id, conversion);
    Ok(body)
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let pair = ["from_account", "to_account"].map(|name| call.query.one(name));
    let [Some(from), Some(to)] = pair else {
        return Err(bad_argument("from_account and to_account are required"));
    };
    let (from, to) = (from.to_owned(), to.to_owned());
    let (id, conversion) = find(call, &from, &to)?;
    Ok(trade(&id, &conversion))
}

pub(crate) fn commit(call: &mut Call<'_>) -> Answer {
    let (from, to) = pair(&call.body)?;
    let (id, mut conversion) = find(call, &from, &to)?;
    if conversion.done {
        return Ok(trade(&id, &conversion));
    }
    if call.floor.venue.now().secs_since(conversion.quoted) > QUOTE_SECS {
        return Err(bad_argument("the quote has expired"));
    }
    let asset = |name: &str| name.parse().map_err(|e| Reply::from(SimError::Id(e)));
    let (source, target) = (asset(&conversion.from)?, asset(&conversion.to)?);
    match call.floor.venue.withdraw(conversion.account, source, conversion.amount) {
        Ok(()) => call.floor.venue.deposit(conversion.account, target, conversion.amount)?,
        Err(SimError::Ledger(_)) => {
            return Err(bad_argument("Insufficient balance in source account"));
        }
        Err(error) => return Err(error.into()),
    }
    conversion.done = true;
    let body = trade(&id, &conversion);
    call.floor.conversions.insert(id, conversion);
    Ok(body)
}

/// Accounts may be named by currency or by uuid at Coinbase; here by currency, as its guide does.
fn pair(body: &Value) -> Result<(String, String), Reply> {
    let [from, to] =
        ["from_account", "to_account"].map(|name| text(body, name).unwrap_or_default());
    match (from.as_str(), to.as_str()) {
        ("USD", "USDC") | ("USDC", "USD") => Ok((from, to)),
        _ => Err(bad_argument("Unsupported account in this conversion")),
    }
}

fn find(call: &Call<'_>, from: &str, to: &str) -> Result<(String, Conversion), Reply> {
    let account = call.account()?;
    let id = call.segment();
    let found = call.floor.conversions.get(id);
    let found = found.filter(|c| c.account == account && c.from == from && c.to == to);
    let found = found.ok_or_else(|| Reply::not_found("trade not found"))?;
    Ok((id.to_owned(), found.clone()))
}

fn trade(id: &str, conversion: &Conversion) -> Value {
    let (from, to) = (conversion.from.as_str(), conversion.to.as_str());
    let amount = |value: Decimal, currency: &str| json!({ "value": plain(value), "currency": currency, "cbrn": "" });
    let fee = |title: &str| {
        json!({
            "title": title,
            "description": "",
            "amount": amount(Decimal::ZERO, from),
            "label": title,
            "disclosure": null,
            "waived_details": null,
            "metadata": null,
        })
    };
    let rate = |currency: &str| json!({ "amount": amount(Decimal::ONE, currency), "scale": 0 });
    json!({ "trade": {
        "id": id,
        "status": if conversion.done { "TRADE_STATUS_COMPLETED" } else { "TRADE_STATUS_CREATED" },
        "user_entered_amount": amount(conversion.amount, from),
        "amount": amount(conversion.amount, from),
        "subtotal": amount(conversion.amount, from),
        "total": amount(conversion.amount, from),
        "fees": [],
        "total_fee": fee("Coinbase fee"),
        "source": { "type": "LEDGER_ACCOUNT" },
        "target": { "type": "LEDGER_ACCOUNT" },
        "unit_price": {
            "target_to_fiat": rate("USD"),
            "target_to_source": rate(from),
            "source_to_fiat": rate("USD"),
        },
        "user_warnings": [],
        "user_reference": "",
        "source_currency": from,
        "target_currency": to,
        "cancellation_reason": null,
        "source_id": "",
        "target_id": "",
        "subscription_info": null,
        "exchange_rate": amount(Decimal::ONE, to),
        "tax_details": [],
        "trade_incentive_info": null,
        "total_fee_without_tax": fee("Coinbase fee"),
        "fiat_denoted_total": amount(conversion.amount, "USD"),
    } })
}
