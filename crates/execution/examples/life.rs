//! The life of an order whose answer was lost: `cargo run -p execution --example life`.
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use core::time::Duration;
use std::error::Error;

use domain::{
    BaseQty, BootId, Fact, FillKind, Instants, IntentFact, IntentId, JournalId, NamesFact,
    QuoteAmt, Side, SubmitFact, SubmitOutcome, Tier, TimeInForce, Timestamp, VenueStatus,
};
use exchange::{VenueFill, VenueOrder};
use execution::{Action, Look, Orders, Timing};

/// A buy of 2 SOL that rests for 90 seconds.
fn order(now: Timestamp) -> Result<IntentFact, Box<dyn Error>> {
    Ok(IntentFact {
        at: now,
        intent: IntentId(1),
        product: "SOL-USD".parse()?,
        asset: "SOL".parse()?,
        tier: Tier::T1,
        side: Side::Buy,
        qty: "2".parse()?,
        limit: "150".parse()?,
        worst_case: "303.6".parse()?,
        plan: None,
        grant: None,
        parent: None,
        time_in_force: Some(TimeInForce::PostOnlyUntil(now.plus_secs(90))),
    })
}

/// The order as the venue has it: half of it is filled.
fn shown(sent: &IntentFact, names: &NamesFact, status: VenueStatus, filled: BaseQty) -> VenueOrder {
    VenueOrder {
        venue_order_id: "v-1".to_owned(),
        client_order_id: names.client_order_id(sent.intent).to_string(),
        product: sent.product.to_string(),
        side: sent.side,
        status,
        qty: Some(sent.qty),
        limit: Some(sent.limit),
        filled,
        average_price: Some(sent.limit),
        fees: None,
        created: sent.at,
        updated: None,
    }
}

fn fill(sent: &IntentFact, qty: BaseQty) -> VenueFill {
    VenueFill {
        entry_id: "e-1".to_owned(),
        trade_id: "t-1".to_owned(),
        venue_order_id: "v-1".to_owned(),
        product: sent.product.to_string(),
        side: sent.side,
        kind: Some(FillKind::Fill),
        qty,
        price: sent.limit,
        fee: QuoteAmt::ZERO,
        liquidity: None,
        at: sent.at,
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let now: Timestamp = "2026-01-05T12:00:00Z".parse()?;
    let names = NamesFact { at: now, journal: JournalId::default(), boot: BootId::default() };
    let sent = order(now)?;
    let mut orders = Orders::new(Timing::default());
    let lost = SubmitOutcome::Unknown { cause: "the connection was reset".to_owned() };
    for fact in [
        Fact::Named(names),
        Fact::Intent(Box::new(sent.clone())),
        Fact::Submitted(SubmitFact { at: now, intent: sent.intent, outcome: lost }),
    ] {
        orders.apply(&fact, Duration::ZERO);
    }
    let at = |secs: u64| {
        let wall = now + Duration::from_secs(secs);
        Instants { mono: Duration::from_secs(secs), wall, venue: Some(wall) }
    };
    println!("without an answer: {:?}", state(&orders));
    for action in orders.due(at(1)) {
        println!("to be done: {action:?}");
    }

    // The venue had it all along, and half of it is filled.
    let half = BaseQty::parse("1")?;
    let (found, fills) =
        (vec![shown(&sent, &names, VenueStatus::Open, half)], vec![fill(&sent, half)]);
    let from = now.plus_secs(-300);
    for fact in orders.look(&Look { asked: at(2), from, orders: found, fills }) {
        orders.apply(&fact, at(2).mono);
    }
    println!("after a look at the venue: {:?}", state(&orders));
    for action in orders.due(at(15)) {
        println!("to be done after 15 s: {action:?}");
        if let Action::Cancel(intent) = action {
            orders.apply(&Fact::Cancel { at: at(15).wall, intent }, at(15).mono);
        }
    }
    println!("a cancel is no end: {:?}", state(&orders));
    for fact in orders.observe(&shown(&sent, &names, VenueStatus::Cancelled, half), at(16).wall) {
        orders.apply(&fact, at(16).mono);
    }
    println!("the venue's word is: {:?}\n\n{}", state(&orders), execution::table());
    Ok(())
}

fn state(orders: &Orders) -> Option<&'static str> {
    orders.get(IntentId(1)).map(|order| order.state().as_str())
}
