//! `runner positions`: what it holds, what that is worth, and what it does not understand.

use std::io::Write;

use domain::{Bracket, Lot, Protector, QuoteAmt, Usd};
use serde_json::{Value, json};
use state::Trade;

use crate::cli::{Format, HeldArgs, HeldCommand, PositionsArgs};
use crate::holdings::Holdings;
use crate::style::{BAD, DIM, GOOD, STRONG, WARN, grouped, paint};
use crate::{Code, Failure, rebuild};

/// Prints open lots, or looks for what they lack.
pub(crate) fn positions(args: &HeldArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    match &args.command {
        Some(HeldCommand::Rebuild(rebuild)) => rebuild::rebuild(rebuild, out),
        None => list(&args.show, out),
    }
}

fn list(args: &PositionsArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let holdings = Holdings::read(&args.scope)?;
    match args.format {
        Format::Json => {
            serde_json::to_writer(&mut *out, &value(&holdings))?;
            writeln!(out)?;
        }
        Format::Table => table(&holdings, out)?,
    }
    Ok(Code::Done)
}

/// One open lot with its trade and what it is worth.
struct Row<'a> {
    lot: &'a Lot,
    trade: &'a Trade,
    worth: Option<Usd>,
    unrealised: Option<Usd>,
    dust: Option<bool>,
    protector: (Protector, Option<Bracket>),
}

fn rows<'a>(holdings: &'a Holdings, trades: &'a [Trade]) -> Vec<Row<'a>> {
    let row = |lot: &'a Lot| {
        let trade = trades.iter().find(|trade| trade.lot == lot.id)?;
        let bid = holdings.bid(&lot.product);
        let worth = bid.and_then(|bid| bid.times(lot.qty).ok()).map(QuoteAmt::usd_at_par);
        let unrealised = bid.and_then(|bid| trade.unrealised(bid));
        let (dust, protector) = (holdings.is_dust(trade), holdings.protector(lot.id));
        Some(Row { lot, trade, worth, unrealised, dust, protector })
    };
    holdings.state.ledger().lots().filter_map(row).collect()
}

fn value(holdings: &Holdings) -> Value {
    let trades = holdings.trades(None);
    let rows: Vec<_> = rows(holdings, &trades)
        .into_iter()
        .map(|row| {
            let mark = holdings.marks.get(&row.lot.product);
            json!({
                "lot": row.lot.id, "product": row.lot.product, "qty": row.lot.qty,
                "average_price": row.lot.average_price, "opened": row.lot.opened,
                "paid_usd": row.trade.paid_for_left, "adopted": row.trade.adopted,
                "bid": mark.map(|(bid, _)| bid), "bid_at": mark.map(|(_, at)| at),
                "worth_usd": row.worth, "unrealised_usd": row.unrealised,
                "held_secs": row.trade.held_secs(holdings.now()), "plan": row.lot.plan,
                "dust": row.dust, "protector": row.protector.0, "bracket": row.protector.1,
            })
        })
        .collect();
    let doubts: Vec<_> = holdings
        .state
        .ledger()
        .doubts()
        .map(|(asset, doubt)| json!({"asset": asset, "what": doubt, "text": doubt.to_string()}))
        .collect();
    json!({
        "schema": 1, "mode": holdings.scope.mode, "venue": holdings.scope.venue,
        "account": holdings.scope.account, "as_of": holdings.now(), "positions": rows,
        "doubts": doubts,
    })
}

fn table(holdings: &Holdings, out: &mut dyn Write) -> std::io::Result<()> {
    let trades = holdings.trades(None);
    let rows = rows(holdings, &trades);
    if rows.is_empty() {
        writeln!(out, "nothing is held as of {}", holdings.now())?;
    } else {
        let heads = format!(
            "{:<6}{:<12}{:>18}{:>14}{:>14}{:>14}{:>12}  {:<22}",
            "lot", "product", "quantity", "average", "bid", "worth $", "gain $", "since"
        );
        writeln!(out, "{}", paint(DIM, &heads))?;
    }
    for row in &rows {
        let bid = holdings.bid(&row.lot.product);
        let or_unknown = |text: Option<String>| text.unwrap_or_else(|| "unknown".to_owned());
        let gain = or_unknown(row.unrealised.map(cents));
        let style = match row.unrealised {
            Some(gain) if gain < Usd::ZERO => BAD,
            Some(_) => GOOD,
            None => WARN,
        };
        writeln!(
            out,
            "{:<6}{:<12}{:>18}{:>14}{:>14}{:>14}{}  {:<22}{}{}{}",
            row.lot.id.0.0,
            row.lot.product.as_str(),
            row.lot.qty.to_string(),
            short(row.lot.average_price),
            or_unknown(bid.map(short)),
            or_unknown(row.worth.map(cents)),
            paint(style, &format!("{gain:>12}")),
            row.lot.opened.to_string(),
            protected(row.protector),
            if row.trade.adopted { " adopted" } else { "" },
            if row.dust == Some(true) { " dust: less than the venue sells" } else { "" },
        )?;
    }
    for (asset, doubt) in holdings.state.ledger().doubts() {
        writeln!(
            out,
            "{} {}: {doubt}",
            paint(BAD, "not understood"),
            paint(STRONG, asset.as_str())
        )?;
    }
    Ok(())
}

/// Who protects a lot, in words; nothing for the program itself.
fn protected((by, bracket): (Protector, Option<Bracket>)) -> String {
    match (by, bracket) {
        (Protector::Engine, _) => String::new(),
        (Protector::Nobody, _) => " protected by nobody now".to_owned(),
        (Protector::Venue { intent }, Some(bracket)) => {
            let (stop, target) = (short(bracket.stop), short(bracket.target));
            format!(" protected at the venue by {}: {stop} or {target}", intent.0)
        }
        (Protector::Venue { intent }, None) => format!(" protected at the venue by {}", intent.0),
    }
}

/// Dollars, rounded to cents for people.
pub(crate) fn cents(value: Usd) -> String {
    match Usd::new(value.get().round_dp(2)) {
        Ok(rounded) if rounded < Usd::ZERO => Usd::ZERO
            .minus(rounded)
            .map_or_else(|_| rounded.to_string(), |up| format!("-{}", grouped(up))),
        Ok(rounded) => grouped(rounded),
        Err(_) => value.to_string(),
    }
}

/// A price with as many digits as people read.
pub(crate) fn short(price: domain::Price) -> String {
    price.get().round_sf(8).map_or_else(|| price.to_string(), |p| p.normalize().to_string())
}
