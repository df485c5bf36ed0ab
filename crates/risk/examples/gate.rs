//! Judges somebody's order: `cargo run -p risk --example gate`.
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::collections::BTreeSet;
use std::error::Error;

use domain::{
    AccountId, Asset, BaseQty, Book, ControlState, Entry, Evidence, ExitPlan, Fees, Granularity,
    Level, MarketView, Mode, Pct, PolicyHash, Price, Product, ProductMarket, ProductStatus,
    Proposal, Purse, QuoteAmt, Regime, Source, Tier, Timestamp, TradingLimits, Trigger, TriggerId,
    TriggerKind,
};
use risk::{Clusters, Counters, Exposure, Limits, Policy, RiskView, assess};

fn main() -> Result<(), Box<dyn Error>> {
    let now: Timestamp = "2026-01-05T12:00:00Z".parse()?;
    let limits = Limits::new(Policy::default(), PolicyHash("shipped".into()))
        .map_err(|problems| format!("{problems:?}"))?;
    let view = RiskView {
        now,
        mode: Mode::Paper,
        account: &AccountId("example".into()),
        control: ControlState::Active,
        latches: &BTreeSet::new(),
        reconciled: true,
        clock_skew_ms: Some(0),
        fact_number: 0,
        nav: Some("10000".parse()?),
        purses: &[Purse {
            asset: "USD".parse()?,
            available: "10000".parse()?,
            held: QuoteAmt::ZERO,
        }],
        fees: Some(Fees { maker_bps: "60".parse()?, taker_bps: "120".parse()? }),
        exposure: &Exposure::default(),
        counters: &Counters::default(),
        regime: Regime::Chop,
        clusters: &Clusters::new([("DEFI", ["LINK".parse::<Asset>()?].as_slice())]),
    };
    let products = [market(now)?];
    let market = MarketView { now, products: &products };
    for size in ["1.4", "9", "0.001"] {
        let verdict = assess(&limits, &view, &market, vec![proposal(now, size)?]);
        for order in verdict.approved {
            let (notional, bound) = (order.max_notional(), order.price_bound());
            println!("{size} % of 10,000: yes, {notional} at {bound} or less");
        }
        for rejected in verdict.rejected {
            println!("{size} % of 10,000: no, {:?}", rejected.reasons);
        }
    }
    Ok(())
}

fn proposal(now: Timestamp, size: &str) -> Result<Proposal, Box<dyn Error>> {
    let product = "LINK-USD".parse()?;
    let id = TriggerId { product, kind: TriggerKind::Momentum, candle: now.plus_secs(-3600) };
    let trigger = Trigger {
        id,
        granularity: Granularity::H1,
        fresh: true,
        move_pct: 7.8,
        strength: 0.78,
        confidence: 0.58,
        evidence: Evidence::Momentum { return_24h_pct: 7.8, hours_with_sign: 7, streak_hours: 0 },
    };
    let (stop_pct, target_pct) = (Pct::parse("8")?, Pct::parse("15")?);
    Ok(Proposal::Entry(Entry {
        product,
        tier: Tier::T2,
        trigger,
        size_pct: size.parse()?,
        conviction: 0.57,
        plan: ExitPlan { stop_pct, target_pct, max_hold_hours: 72 },
        reason: "Momentum up (+7.8% in 24h)".to_owned(),
    }))
}

fn market(now: Timestamp) -> Result<ProductMarket, Box<dyn Error>> {
    let step = "0.01".parse()?;
    let limits = TradingLimits {
        base_increment: step,
        quote_increment: step,
        price_increment: step,
        base_min: "0.01".parse()?,
        base_max: "100000".parse()?,
        quote_min: "1".parse()?,
        quote_max: "1000000".parse()?,
    };
    let product = Product::new("LINK-USD".parse()?, limits, ProductStatus::Online)?;
    let level = |price: &str| -> Result<Level, Box<dyn Error>> {
        Ok(Level { price: Price::parse(price)?, size: BaseQty::parse("500")? })
    };
    let (bids, asks) = (vec![level("12.99")?], vec![level("13.01")?]);
    let mut market = ProductMarket::unknown(product);
    market.set_book(Book { bids, asks, at: now, source: Source::Model }, now);
    market.candles_through = Some(now);
    Ok(market)
}
