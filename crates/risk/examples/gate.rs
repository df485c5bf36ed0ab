//! Gates somebody else's orders: `cargo run -p risk --example gate`. They, and the market, are read
//! from `gate.json`.
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::{collections::BTreeSet, error::Error};

use domain::{AccountId, ControlState, MarketView, Mode, PolicyHash, Purse, QuoteAmt, Regime};
use risk::{Clusters, Counters, Exposure, Limits, Policy, RiskView, assess};

fn main() -> Result<(), Box<dyn Error>> {
    let mut said: serde_json::Value = serde_json::from_str(include_str!("gate.json"))?;
    let products: Vec<_> = serde_json::from_value(said["markets"].take())?;
    let orders: Vec<_> = serde_json::from_value(said["orders"].take())?;
    let (now, cash) = ("2026-01-05T12:00:00Z".parse()?, "10000".parse()?);
    let limits =
        Limits::new(Policy::default(), PolicyHash("mine".into())).map_err(|p| p[0].1.clone())?;
    let view = RiskView {
        now,
        mode: Mode::Paper,
        account: &AccountId("mine".into()),
        control: ControlState::Active,
        latches: &BTreeSet::new(),
        reconciled: true,
        clock_skew_ms: Some(0),
        fact_number: 0,
        nav: Some("10000".parse()?),
        purses: &[Purse { asset: "USD".parse()?, available: cash, held: QuoteAmt::ZERO }],
        fees: Some(serde_json::from_str(r#"{ "maker_bps": 60, "taker_bps": 120 }"#)?),
        exposure: &Exposure::default(), // Exposure::of(facts), where there are any
        counters: &Counters::default(), // Counters::of(facts)
        regime: Regime::Chop,
        clusters: &Clusters::default(),
    };
    let verdict = assess(&limits, &view, &MarketView { now, products: &products }, orders);
    for order in verdict.approved {
        println!(
            "yes: {} for {} at {} or less",
            order.product(),
            order.max_notional(),
            order.price_bound()
        );
    }
    for no in verdict.rejected {
        println!("no:  {:?}", no.reasons);
    }
    Ok(())
}
