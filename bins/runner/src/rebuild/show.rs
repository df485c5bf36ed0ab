//! The difference for people and for programs.

use std::io::Write;

use domain::Fill;
use exchange::VenueOrder;
use serde_json::{Value, json};

use super::Found;
use super::sums::Sum;
use crate::Failure;
use crate::cli::Format;
use crate::style::{BAD, DIM, GOOD, STRONG, WARN, paint};

pub(super) fn show(found: &Found, format: Format, out: &mut dyn Write) -> Result<(), Failure> {
    match format {
        Format::Json => {
            serde_json::to_writer(&mut *out, &value(found))?;
            writeln!(out)?;
        }
        Format::Table => table(found, out)?,
    }
    Ok(())
}

fn value(found: &Found) -> Value {
    let (scope, missing) = (&found.scope, &found.missing);
    let orders: Vec<_> = missing
        .orders
        .iter()
        .map(|lost| json!({"intent": lost.intent, "order": seen(&lost.order)}))
        .collect();
    let stray: Vec<_> = missing
        .stray
        .iter()
        .map(|fill| json!({"entry_id": fill.entry_id, "order_id": fill.venue_order_id}))
        .collect();
    json!({
        "schema": 1, "mode": scope.mode, "venue": scope.venue, "account": scope.account,
        "from": found.from,
        "missing_fills": missing.fills().collect::<Vec<_>>(), "missing_orders": orders,
        "strangers": missing.strangers.iter().map(seen).collect::<Vec<_>>(),
        "stray_fills": stray,
        "sums": found.sums, "refused": found.refusal,
        "appended": found.backup.as_ref().map_or(0, |_| missing.facts.len()),
        "backup": found.backup,
    })
}

fn seen(order: &VenueOrder) -> Value {
    json!({
        "order_id": order.venue_order_id, "product": order.product, "side": order.side,
        "status": order.status, "filled": order.filled, "created": order.created,
    })
}

fn table(found: &Found, out: &mut dyn Write) -> std::io::Result<()> {
    let missing = &found.missing;
    let (name, from) = (found.scope.name(), found.from);
    writeln!(out, "{}: fills at the venue since {from}", paint(STRONG, &name))?;
    for lost in &missing.orders {
        let order = describe(&lost.order);
        writeln!(out, "  not on record  order {}, as intent {}", order, lost.intent.0)?;
    }
    for fill in missing.fills() {
        writeln!(out, "  missing  {}", line(fill))?;
    }
    for order in &missing.strangers {
        writeln!(out, "  {}  order {}", paint(WARN, "not the bot's"), describe(order))?;
    }
    for fill in &missing.stray {
        let (entry, order) = (&fill.entry_id, &fill.venue_order_id);
        writeln!(out, "  {}  fill {entry} of order {order}", paint(WARN, "of no order shown"))?;
    }
    let heads = format!("  {:<8}{:>26}{:>26}", "", "on record then", "at the venue");
    writeln!(out, "{}", paint(DIM, &heads))?;
    for sum in &found.sums {
        writeln!(out, "{}", balance(sum))?;
    }
    for sum in found.sums.iter().filter(|sum| sum.was_seen()) {
        let (asset, change) = (sum.asset, sum.unexplained);
        writeln!(
            out,
            "  {change} {asset} was seen as an unexplained flow, and is these fills: the next \
             comparison books the opposite; confirm both with `runner flow confirm`"
        )?;
    }
    ending(found, out)
}

fn ending(found: &Found, out: &mut dyn Write) -> std::io::Result<()> {
    let count = found.missing.facts.len();
    match (&found.refusal, &found.backup) {
        (Some(why), _) => writeln!(out, "{}: {why}", paint(BAD, "cannot be appended")),
        (None, Some(copy)) => {
            writeln!(out, "{count} facts appended; the records before: {}", copy.display())
        }
        (None, None) if count == 0 => writeln!(out, "{}", paint(GOOD, "nothing is missing")),
        (None, None) => writeln!(out, "{count} facts to append: run it again with --apply"),
    }
}

fn describe(order: &VenueOrder) -> String {
    format!(
        "{} {} {}: {:?}, {} filled, made {}",
        order.venue_order_id,
        order.product,
        order.status.as_str(),
        order.side,
        order.filled,
        order.created
    )
}

fn line(fill: &Fill) -> String {
    let side = format!("{:?}", fill.side).to_lowercase();
    format!(
        "{}  {side:<4} {} {} at {}, fee {}, of intent {} ({})",
        fill.at, fill.qty, fill.product, fill.price, fill.fee, fill.intent.0, fill.entry_id
    )
}

fn balance(sum: &Sum) -> String {
    let (records, venue) = (sum.records.to_string(), sum.venue.to_string());
    let text = format!("  {:<8}{records:>26}{venue:>26}", sum.asset.as_str());
    if sum.agrees { text } else { paint(BAD, &text) }
}
