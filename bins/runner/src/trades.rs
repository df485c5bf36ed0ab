//! `runner trades` and `runner profit`: what entries became, one by one and in all.

use std::collections::BTreeMap;
use std::io::Write;

use domain::Usd;
use serde_json::{Value, json};
use state::{Profit, Totals, Trade};

use crate::cli::{Format, ProfitArgs, TradesArgs};
use crate::holdings::Holdings;
use crate::positions::{cents, short};
use crate::style::{BAD, DIM, GOOD, STRONG, WARN, paint};
use crate::{Code, Failure, disposals};

/// Prints trades, oldest first.
pub(crate) fn trades(args: &TradesArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let holdings = Holdings::read(&args.scope)?;
    if let Some(year) = args.disposals {
        return disposals::print(&holdings, year, out);
    }
    let trades = holdings.trades(args.since);
    match args.format {
        Format::Json => {
            let rows: Vec<_> = trades.iter().map(|trade| row(&holdings, trade)).collect();
            let value = json!({
                "schema": 1, "mode": holdings.scope.mode, "venue": holdings.scope.venue,
                "account": holdings.scope.account, "as_of": holdings.now(), "trades": rows,
            });
            serde_json::to_writer(&mut *out, &value)?;
            writeln!(out)?;
        }
        Format::Table => table(&holdings, &trades, out)?,
    }
    Ok(Code::Done)
}

fn row(holdings: &Holdings, trade: &Trade) -> Value {
    json!({
        "lot": trade.lot, "product": trade.product, "trigger": trade.trigger.map(|t| t.to_string()),
        "rule": trade.trigger.map(|trigger| trigger.kind), "adopted": trade.adopted,
        "opened": trade.opened, "closed": trade.closed, "exit": trade.exit,
        "held_secs": trade.held_secs(holdings.now()),
        "bought": trade.bought, "sold": trade.sold, "withdrawn": trade.withdrawn,
        "left": trade.left, "entry_price": trade.entry_price, "exit_price": trade.exit_price,
        "paid_usd": trade.paid, "fees_usd": trade.fees, "realised_usd": trade.realised,
        "realised_pct": trade.realised_pct, "dust": holdings.is_dust(trade),
        "unrealised_usd": holdings.bid(&trade.product).and_then(|bid| trade.unrealised(bid)),
    })
}

fn table(holdings: &Holdings, trades: &[Trade], out: &mut dyn Write) -> std::io::Result<()> {
    let heads = format!(
        "{:<6}{:<12}{:<22}{:>9}{:>14}{:>14}{:>10}{:>12}{:>9}  {:<13}{}",
        "lot",
        "product",
        "opened",
        "held",
        "bought at",
        "sold at",
        "fees $",
        "gain $",
        "%",
        "rule",
        "exit"
    );
    writeln!(out, "{}", paint(DIM, &heads))?;
    for trade in trades {
        let exit = match (trade.closed, trade.exit) {
            (None, _) if trade.sold.is_zero() => "open",
            (None, _) => "partly sold",
            (Some(_), Some(reason)) => reason.as_str(),
            (Some(_), None) => "unknown",
        };
        let rule = match trade.trigger {
            Some(trigger) => trigger.kind.as_str(),
            None if trade.adopted => "adopted",
            None => "unknown",
        };
        writeln!(
            out,
            "{:<6}{:<12}{:<22}{:>9}{:>14}{:>14}{:>10}{}{:>9}  {rule:<13}{exit}",
            trade.lot.0.0,
            trade.product.as_str(),
            trade.opened.to_string(),
            span(trade.held_secs(holdings.now())),
            short(trade.entry_price),
            trade.exit_price.map_or_else(|| "-".to_owned(), short),
            cents(trade.fees.usd_at_par()),
            gain(trade.realised),
            percent(trade.realised_pct),
        )?;
    }
    writeln!(out, "{} trades, {} of them over", trades.len(), closed(trades))
}

fn closed(trades: &[Trade]) -> usize {
    trades.iter().filter(|trade| trade.closed.is_some()).count()
}

/// Prints what trades came to.
pub(crate) fn profit(args: &ProfitArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let holdings = Holdings::read(&args.scope)?;
    let trades = holdings.trades(args.since);
    let profit = Profit::of(&trades, |product| holdings.bid(product))
        .ok_or_else(|| Failure::new(Code::Failed, "the sums of the trades leave exact decimals"))?;
    let rewards = rewards(&holdings);
    match args.format {
        Format::Json => {
            let value = json!({
                "schema": 1, "mode": holdings.scope.mode, "venue": holdings.scope.venue,
                "account": holdings.scope.account, "as_of": holdings.now(), "profit": profit,
                "rewards_usd": rewards, "doubts": holdings.state.ledger().doubts().count(),
            });
            serde_json::to_writer(&mut *out, &value)?;
            writeln!(out)?;
        }
        Format::Table => totals(&holdings, &profit, rewards, out)?,
    }
    Ok(Code::Done)
}

/// What the venue gave in all, as far as it had a mark.
fn rewards(holdings: &Holdings) -> Usd {
    let flows = holdings.state.flows();
    let gifts = flows.all().filter(|flow| flows.kind(flow) == Some(domain::FlowKind::Reward));
    gifts.filter_map(|flow| flow.usd).fold(Usd::ZERO, |sum, usd| sum.plus(usd).unwrap_or(sum))
}

fn totals(
    holdings: &Holdings,
    profit: &Profit,
    rewards: Usd,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let heads = format!(
        "{:<18}{:>8}{:>7}{:>14}{:>9}{:>14}{:>12}{:>14}",
        "", "trades", "won", "realised $", "%", "unrealised $", "fees $", "invested $"
    );
    writeln!(out, "{}", paint(DIM, &heads))?;
    line(&paint(STRONG, &format!("{:<18}", "all")), &profit.total, out)?;
    for (title, groups) in [
        ("by product", &profit.by_product),
        ("by rule", &profit.by_trigger),
        ("by exit", &profit.by_exit),
    ] {
        group(title, groups, out)?;
    }
    if rewards > Usd::ZERO {
        writeln!(out, "rewards ${}", cents(rewards))?;
    }
    if profit.total.unrealised.is_none() {
        let text = "unrealised is unknown: a product that is held has no bid on record";
        writeln!(out, "{}", paint(WARN, text))?;
    }
    for (asset, doubt) in holdings.state.ledger().doubts() {
        writeln!(out, "{} {asset}: {doubt}", paint(BAD, "not in these sums:"))?;
    }
    Ok(())
}

fn group(
    title: &str,
    groups: &BTreeMap<String, Totals>,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    writeln!(out, "{}", paint(DIM, title))?;
    for (name, totals) in groups {
        line(&format!("  {name:<16}"), totals, out)?;
    }
    Ok(())
}

fn line(name: &str, totals: &Totals, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(
        out,
        "{name}{:>8}{:>7}{}{:>9}{:>14}{:>12}{:>14}",
        totals.trades,
        totals.won,
        paint(style(totals.realised), &format!("{:>14}", cents(totals.realised))),
        percent(totals.realised_pct),
        totals.unrealised.map_or_else(|| "unknown".to_owned(), cents),
        cents(totals.fees),
        cents(totals.invested),
    )
}

fn gain(value: Usd) -> String {
    paint(style(value), &format!("{:>12}", cents(value)))
}

fn style(value: Usd) -> anstyle::Style {
    if value < Usd::ZERO { BAD } else { GOOD }
}

fn percent(value: Option<rust_decimal::Decimal>) -> String {
    value.map_or_else(|| "-".to_owned(), |pct| format!("{:.2}", pct.round_dp(2)))
}

/// Days and hours, or hours and minutes.
fn span(secs: i64) -> String {
    let (days, hours, minutes) = (secs / 86_400, secs / 3_600 % 24, secs / 60 % 60);
    if days > 0 { format!("{days}d {hours}h") } else { format!("{hours}h {minutes}m") }
}
