//! From an approval to an order on record: `cargo run -p execution --example order`.
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::collections::BTreeSet;
use std::error::Error;

use domain::{
    AccountId, Asset, BaseQty, Book, ControlState, Entry, Evidence, ExitPlan, Fees, Granularity,
    IntentFact, IntentId, Level, MarketView, Mode, Pct, PolicyHash, Price, Product, ProductMarket,
    ProductStatus, Proposal, Purse, QuoteAmt, Regime, Source, Tier, Timestamp, TradingLimits,
    Trigger, TriggerId, TriggerKind,
};
use exchange::{CommitView, IntentJournal, JournalError, Journalled, Memory};
use execution::{ExecutionTerms, plan};
use risk::{Clusters, Counters, Exposure, Limits, Policy, RiskView, assess};

/// A journal that forgets with the process, which its type says.
#[derive(Default)]
struct Notes(Vec<IntentFact>);

impl IntentJournal for Notes {
    type Durability = Memory;

    fn append_intent(&mut self, fact: &IntentFact) -> Result<u64, JournalError> {
        self.0.push(fact.clone());
        Ok(self.0.len() as u64)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let now: Timestamp = "2026-01-05T12:00:00Z".parse()?;
    let hash = PolicyHash("shipped".into());
    let limits =
        Limits::new(Policy::default(), hash.clone()).map_err(|problems| format!("{problems:?}"))?;
    let fees = Fees { maker_bps: "60".parse()?, taker_bps: "120".parse()? };
    let account = AccountId("example".into());
    let view = RiskView {
        now,
        mode: Mode::Paper,
        account: &account,
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
        fees: Some(fees),
        exposure: &Exposure::default(),
        counters: &Counters::default(),
        regime: Regime::Chop,
        clusters: &Clusters::new([("DEFI", ["LINK".parse::<Asset>()?].as_slice())]),
    };
    let products = [market(now)?];
    let verdict = assess(
        &limits,
        &view,
        &MarketView { now, products: &products },
        vec![proposal(now, "1.4")?],
    );
    let approved = verdict.approved.into_iter().next().ok_or("the shipped policy grants this")?;
    println!("approved: up to {} at {} or less", approved.max_notional(), approved.price_bound());
    let intent = plan(&ExecutionTerms::default(), &products[0], fees, approved, IntentId(1), now)?;
    let terms = intent.terms();
    println!("planned:  {} at {}, {:?}", terms.qty, terms.limit, terms.time_in_force);
    let mut notes = Notes::default();
    let present = CommitView { now, policy: hash, account, mode: Mode::Paper, exposure_fact: 0 };
    let journalled = Journalled::commit(&mut notes, &present, intent)?;
    println!("on record as fact {}: only now could it be sent, and once", journalled.fact_number());
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
