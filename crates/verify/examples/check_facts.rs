//! Checks a journal in which somebody sold more than was bought: `cargo run -p verify --example
//! check_facts`.
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;

use domain::{
    BaseQty, ExitPlan, Fact, Fill, IntentFact, IntentId, Pct, Price, QuoteAmt, Side, Tier,
    Timestamp,
};
use verify::verify;

fn main() -> Result<(), Box<dyn Error>> {
    let mut facts = order(1, Side::Buy, "0.5", "100")?;
    facts.extend(order(2, Side::Sell, "0.7", "110")?);
    let report = verify(&facts, None);
    println!("{} facts, {} violations", report.facts, report.violation_count());
    for violation in &report.violations {
        println!(
            "fact {}: {:?} of {}: {}",
            violation.fact, violation.check, violation.subject, violation.what
        );
    }
    Ok(())
}

/// An order and its one fill.
fn order(number: u64, side: Side, qty: &str, price: &str) -> Result<Vec<Fact>, Box<dyn Error>> {
    let (at, intent) = (Timestamp::from_secs(60), IntentId(number));
    let (product, asset) = ("BTC-USD".parse()?, "BTC".parse()?);
    let (qty, limit) = (BaseQty::parse(qty)?, Price::parse(price)?);
    let (stop_pct, target_pct) = (Pct::parse("8")?, Pct::parse("15")?);
    let plan = ExitPlan { stop_pct, target_pct, max_hold_hours: 72 };
    let sent = IntentFact {
        at,
        intent,
        product,
        asset,
        tier: Tier::T1,
        side,
        qty,
        limit,
        worst_case: QuoteAmt::ZERO,
        plan: (side == Side::Buy).then_some(plan),
        grant: None,
        parent: None,
        time_in_force: None,
    };
    let fill = Fill {
        entry_id: format!("fill {number}"),
        intent,
        at,
        product,
        asset,
        side,
        qty,
        price: limit,
        fee: QuoteAmt::ZERO,
        kind: domain::FillKind::Fill,
        trade_id: None,
        liquidity: None,
    };
    Ok(vec![Fact::Intent(Box::new(sent)), Fact::Fill(Box::new(fill))])
}
