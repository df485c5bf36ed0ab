//! Gates somebody else's orders, read from `gate.json`: `cargo run -p risk --example gate`.
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use domain::{AccountId, MarketView, PolicyHash, Purse, QuoteAmt};
use risk::{Counters, Exposure, Limits, Policy, RiskView, assess};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut said: serde_json::Value = serde_json::from_str(include_str!("gate.json"))?;
    let products: Vec<_> = serde_json::from_value(said["markets"].take())?;
    let orders: Vec<_> = serde_json::from_value(said["orders"].take())?;
    let facts = []; // what was sent and filled before
    let (exposure, counters) = (Exposure::of(&facts)?, Counters::of(&facts));
    let policy = Limits::new(Policy::default(), PolicyHash("mine".into()));
    let limits = policy.map_err(|problems| problems[0].1.clone())?;
    let (account, now) = (AccountId("mine".into()), "2026-01-05T12:00:00Z".parse()?);
    let (asset, available) = ("USD".parse()?, "10000".parse()?);
    let view = RiskView {
        nav: Some("10000".parse()?),
        purses: &[Purse { asset, available, held: QuoteAmt::ZERO }],
        fees: Some(serde_json::from_str(r#"{ "maker_bps": 60, "taker_bps": 120 }"#)?),
        ..RiskView::alone(now, &account, &exposure, &counters)
    };
    let verdict = assess(&limits, &view, &MarketView { now, products: &products }, orders);
    for yes in verdict.approved {
        println!("yes: {} for {} at most", yes.product(), yes.max_notional());
    }
    verdict.rejected.iter().for_each(|no| println!("no:  {:?}", no.reasons));
    Ok(())
}
