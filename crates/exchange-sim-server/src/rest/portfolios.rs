//! Portfolios: what a user's money is divided into.

use exchange_sim::SimError;
use exchange_sim::spot::{AccountNo, Wallet};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::{Value, json};

use super::accounts::is_fiat;
use super::call::{Answer, Call, field, plain, text};
use crate::floor::{Floor, Portfolio};
use crate::reply::{Reply, bad_argument};

/// The most portfolios of one user.
const MOST: usize = 100;
const TYPES: &[&str] = &["UNDEFINED", "DEFAULT", "CONSUMER", "INTX"];

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let kind = call.query.word("portfolio_type", TYPES)?.filter(|kind| *kind != "UNDEFINED");
    let shown = |portfolio: &&Portfolio| {
        !portfolio.deleted && kind.is_none_or(|kind| kind == kind_of(portfolio))
    };
    let rows: Vec<Value> = call.user()?.portfolios.iter().filter(shown).map(row).collect();
    Ok(json!({ "portfolios": rows }))
}

pub(crate) fn create(call: &mut Call<'_>) -> Answer {
    let name = name_of(call)?;
    let user = call.user_at()?;
    if call.user()?.portfolios.iter().filter(|p| !p.deleted).count() >= MOST {
        return Err(bad_argument("too many portfolios"));
    }
    let made = call.floor.add_portfolio(user, &name)?;
    Ok(json!({ "portfolio": row(&made) }))
}

pub(crate) fn rename(call: &mut Call<'_>) -> Answer {
    let name = name_of(call)?;
    let portfolio = find(call)?;
    portfolio.name = name;
    Ok(json!({ "portfolio": row(portfolio) }))
}

pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let portfolio = find(call)?.clone();
    if portfolio.default {
        return Err(bad_argument("the default portfolio cannot be deleted"));
    }
    let wallets = wallets(call.floor, portfolio.account)?;
    if wallets.iter().any(|wallet| !total(wallet).is_zero()) {
        return Err(bad_argument("the portfolio is not empty"));
    }
    find(call)?.deleted = true;
    Ok(json!({}))
}

pub(crate) fn move_funds(call: &mut Call<'_>) -> Answer {
    let funds = field(&call.body, "funds").ok_or_else(|| bad_argument("funds is required"))?;
    let amount = text(funds, "value").and_then(|text| Decimal::from_str_exact(&text).ok());
    let amount = amount.filter(|amount| *amount > Decimal::ZERO);
    let amount = amount.ok_or_else(|| bad_argument("funds.value argument is invalid"))?;
    let currency = text(funds, "currency").and_then(|text| text.parse().ok());
    let currency = currency.ok_or_else(|| bad_argument("funds.currency argument is invalid"))?;
    let names = ["source_portfolio_uuid", "target_portfolio_uuid"];
    let [source, target] = names.map(|name| text(&call.body, name).unwrap_or_default());
    let from = find_by(call, &source)?.account;
    let to = find_by(call, &target)?.account;
    match call.floor.venue.withdraw(from, currency, amount) {
        Ok(()) => call.floor.venue.deposit(to, currency, amount)?,
        Err(SimError::Ledger(_)) => return Err(bad_argument("insufficient funds")),
        Err(error) => return Err(error.into()),
    }
    Ok(json!({ "source_portfolio_uuid": source, "target_portfolio_uuid": target }))
}

pub(crate) fn breakdown(call: &mut Call<'_>) -> Answer {
    let portfolio = find(call)?.clone();
    let (mut cash, mut crypto) = (Decimal::ZERO, Decimal::ZERO);
    let wallets = wallets(call.floor, portfolio.account)?;
    let whole = worth(call.floor, portfolio.account)?;
    let mut positions = Vec::with_capacity(wallets.len());
    for wallet in &wallets {
        let value = value_of(call.floor, wallet.purse.asset.as_str(), total(wallet))?;
        let free = wallet.purse.available.get();
        let free_value = value_of(call.floor, wallet.purse.asset.as_str(), free)?;
        let is_cash = is_cash(wallet.purse.asset.as_str());
        *(if is_cash { &mut cash } else { &mut crypto }) += value;
        positions.push(position(wallet, value, free_value, whole, is_cash));
    }
    let usd = |amount: Decimal| json!({ "value": plain(amount.round_dp(2)), "currency": "USD" });
    Ok(json!({ "breakdown": {
        "portfolio": row(&portfolio),
        "portfolio_balances": {
            "total_balance": usd(whole),
            "total_futures_balance": usd(Decimal::ZERO),
            "total_cash_equivalent_balance": usd(cash),
            "total_crypto_balance": usd(crypto),
            "futures_unrealized_pnl": usd(Decimal::ZERO),
            "perp_unrealized_pnl": usd(Decimal::ZERO),
            "total_equities_balance": usd(Decimal::ZERO),
        },
        "spot_positions": positions,
        "perp_positions": [],
        "futures_positions": [],
        "prediction_markets_positions": [],
        "equity_positions": [],
    } }))
}

fn position(
    wallet: &Wallet,
    value: Decimal,
    free_value: Decimal,
    whole: Decimal,
    is_cash: bool,
) -> Value {
    let float = |amount: Decimal| amount.to_f64().unwrap_or(0.0);
    let share = if whole.is_zero() { Decimal::ZERO } else { value / whole };
    let free = float(wallet.purse.available.get());
    let usd = |amount: &str| json!({ "value": amount, "currency": "USD" });
    let fiat = is_fiat(wallet.purse.asset.as_str());
    let kind = if fiat { "ACCOUNT_TYPE_FIAT" } else { "ACCOUNT_TYPE_WALLET" };
    json!({
        "asset": wallet.purse.asset,
        "account_uuid": wallet.id,
        "total_balance_fiat": float(value),
        "total_balance_crypto": float(total(wallet)),
        "available_to_trade_fiat": float(free_value),
        "allocation": float(share),
        "cost_basis": usd("0"),
        "asset_img_url": "",
        "is_cash": is_cash,
        "average_entry_price": usd("0"),
        "asset_uuid": "",
        "available_to_trade_crypto": free,
        "unrealized_pnl": 0.0,
        "available_to_transfer_fiat": float(free_value),
        "available_to_transfer_crypto": free,
        "asset_color": "",
        "account_type": kind,
        "funding_pnl": 0.0,
        "available_to_send_fiat": float(free_value),
        "available_to_send_crypto": free,
    })
}

/// What an account owns, in dollars at the last prices; coins without a price count nothing.
pub(crate) fn worth(floor: &Floor, account: AccountNo) -> Result<Decimal, Reply> {
    let mut sum = Decimal::ZERO;
    for wallet in wallets(floor, account)? {
        sum += value_of(floor, wallet.purse.asset.as_str(), total(&wallet))?;
    }
    Ok(sum)
}

fn value_of(floor: &Floor, currency: &str, amount: Decimal) -> Result<Decimal, Reply> {
    if is_cash(currency) {
        return Ok(amount);
    }
    let Some(product) = floor.book_of(&format!("{currency}-USD")) else {
        return Ok(Decimal::ZERO);
    };
    let last = floor.venue.ticker(product)?.last;
    let value = last.and_then(|trade| trade.price.get().checked_mul(amount));
    Ok(value.unwrap_or(Decimal::ZERO))
}

/// Dollars and what stands for them.
fn is_cash(currency: &str) -> bool {
    currency == "USDC" || is_fiat(currency)
}

fn wallets(floor: &Floor, account: AccountNo) -> Result<Vec<Wallet>, Reply> {
    Ok(floor.venue.account(account)?.wallets()?)
}

fn total(wallet: &Wallet) -> Decimal {
    wallet.purse.available.get() + wallet.purse.held.get()
}

fn name_of(call: &Call<'_>) -> Result<String, Reply> {
    text(&call.body, "name").ok_or_else(|| bad_argument("name argument is invalid"))
}

fn find<'c>(call: &'c mut Call<'_>) -> Result<&'c mut Portfolio, Reply> {
    let id = call.segment().to_owned();
    find_by(call, &id)
}

fn find_by<'c>(call: &'c mut Call<'_>, id: &str) -> Result<&'c mut Portfolio, Reply> {
    let user = call.user_at()?;
    let portfolios = call.floor.users.get_mut(user).map(|user| &mut user.portfolios);
    let found = portfolios
        .into_iter()
        .flatten()
        .find(|portfolio| !portfolio.deleted && portfolio.id.to_string() == id);
    found.ok_or_else(|| Reply::not_found("portfolio not found"))
}

const fn kind_of(portfolio: &Portfolio) -> &'static str {
    if portfolio.default { "DEFAULT" } else { "CONSUMER" }
}

fn row(portfolio: &Portfolio) -> Value {
    json!({
        "name": portfolio.name,
        "uuid": portfolio.id,
        "type": kind_of(portfolio),
        "deleted": portfolio.deleted,
    })
}
