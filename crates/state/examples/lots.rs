//! From fills to lots and latches: `cargo run -p state --example lots`.
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;

use domain::{ExitPlan, Fact, Fill, IntentFact, IntentId, Latch, QuoteAmt, Side, Tier, Timestamp};
use state::State;

fn intent(number: u64, side: Side) -> Result<Fact, Box<dyn Error>> {
    let plan = ExitPlan { stop_pct: "8".parse()?, target_pct: "15".parse()?, max_hold_hours: 72 };
    Ok(Fact::Intent(Box::new(IntentFact {
        at: Timestamp::from_secs(0),
        intent: IntentId(number),
        product: "SOL-USD".parse()?,
        asset: "SOL".parse()?,
        tier: Tier::T1,
        side,
        qty: "3".parse()?,
        limit: "150".parse()?,
        worst_case: "455.4".parse()?,
        plan: (side == Side::Buy).then_some(plan),
        grant: None,
        parent: None,
        time_in_force: None,
    })))
}

fn fill(id: &str, number: u64, side: Side, qty: &str, price: &str) -> Result<Fact, Box<dyn Error>> {
    Ok(Fact::Fill(Box::new(Fill {
        entry_id: id.to_owned(),
        intent: IntentId(number),
        at: Timestamp::from_secs(60),
        product: "SOL-USD".parse()?,
        asset: "SOL".parse()?,
        side,
        qty: qty.parse()?,
        price: price.parse()?,
        fee: QuoteAmt::ZERO,
        kind: domain::FillKind::Fill,
        trade_id: None,
        liquidity: None,
    })))
}

fn main() -> Result<(), Box<dyn Error>> {
    let at = Timestamp::from_secs(120);
    let facts = [
        intent(1, Side::Buy)?,
        fill("a", 1, Side::Buy, "1", "150")?,
        fill("b", 1, Side::Buy, "2", "147")?,
        // The venue lists a fill again; it counts once.
        fill("b", 1, Side::Buy, "2", "147")?,
        intent(2, Side::Sell)?,
        fill("c", 2, Side::Sell, "0.5", "160")?,
        Fact::Latched { at, latch: Latch::DailyStop, reason: "-3.1 % today".to_owned() },
    ];
    let state = State::of(&facts);
    for lot in state.ledger().lots() {
        println!("{} {} at {} on average", lot.qty, lot.asset, lot.average_price);
    }
    println!("control is {}", state.control(Timestamp::from_secs(60)).as_str());
    Ok(())
}
