//! One decision, from events made by hand: `cargo run -p engine --example decide`.
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;

use domain::{
    AccountId, Bar, Bars, Book, CycleId, Fees, Granularity, Instants, Level, Mode, PolicyHash,
    Product, ProductId, ProductStatus, Purse, QuoteAmt, Source, Timestamp, TradingLimits,
};
use engine::{Effects, Engine, Event, Identity, NoProbe, Settings};

/// Two weeks of small waves and, in the last hour, a rise on four times the volume.
fn history(from: Timestamp) -> Result<Bars, Box<dyn Error>> {
    let mut bars = Bars::with_capacity(Granularity::H1, 336);
    let mut before = 100.0;
    for hour in 0..336_i64 {
        let last = hour == 335;
        let close =
            if last { 103.5 } else { 100.0 + f64::from(u8::try_from(hour * 7 % 24)?) / 50.0 };
        let volume = if last { 4e6 } else { 1e6 };
        let (high, low) = (f64::max(before, close) + 0.05, f64::min(before, close) - 0.05);
        bars.push(Bar {
            start: from.plus_secs(hour * 3600),
            open: before,
            high,
            low,
            close,
            volume,
        })?;
        before = close;
    }
    Ok(bars)
}

fn main() -> Result<(), Box<dyn Error>> {
    let now: Timestamp = "2026-01-05T12:00:00Z".parse()?;
    let product: ProductId = "BTC-USD".parse()?;
    let hash = PolicyHash("shipped".into());
    let settings = Settings {
        regime: regime::Params::default(),
        universe: universe::Policy::default(),
        triggers: triggers::Params::default(),
        rules: rules::Params::default(),
        exits: rules::ExitParams::default(),
        limits: risk::Limits::new(risk::Policy::default(), hash).map_err(|e| format!("{e:?}"))?,
        execution: execution::ExecutionTerms::default(),
        timing: execution::Timing::default(),
        custody: engine::Custody::default(),
    };
    let identity = Identity {
        mode: Mode::DryRun,
        venue: "by hand".to_owned(),
        account: AccountId("example".to_owned()),
        config_hash: "shipped".to_owned(),
    };
    let mut engine = Engine::new(settings, identity);
    let from = now.plus_secs(-336 * 3600);
    let level = |price: &str| -> Result<Level, Box<dyn Error>> {
        Ok(Level { price: price.parse()?, size: "5000".parse()? })
    };
    let (bids, asks) = (vec![level("103.49")?], vec![level("103.51")?]);
    let book = Book { bids, asks, at: now, source: Source::Model };
    let purse = Purse { asset: "USD".parse()?, available: "10000".parse()?, held: QuoteAmt::ZERO };
    let fees = Fees { maker_bps: "60".parse()?, taker_bps: "120".parse()? };
    let events = [
        Event::Catalog { products: vec![listed(product)?], unknown: Vec::new() },
        Event::Gaps { from, to: now, gaps: Vec::new() },
        Event::History { product, hours: None, bars: history(from)?.into() },
        Event::Book { product, book, vouched: now },
        Event::Account { purses: vec![purse], fees },
        Event::CycleDue(CycleId::default()),
    ];
    let at = Instants { mono: core::time::Duration::ZERO, wall: now, venue: Some(now) };
    let mut effects = Effects::default();
    for event in events {
        engine.step(at, event, &mut NoProbe, &mut effects)?;
    }
    let cycle = engine.cycle();
    println!("{} in a {} market", cycle.status.as_str(), cycle.reading.regime.as_str());
    for trigger in cycle.scan.triggers.iter().filter(|trigger| trigger.fresh) {
        println!("  {}", rules::describe(trigger));
    }
    for approved in &cycle.approved {
        println!("  buy {} for {}", approved.entry.product, approved.notional);
    }
    println!("{} effects", effects.list.len());
    Ok(())
}

fn listed(id: ProductId) -> Result<Product, Box<dyn Error>> {
    let step = "0.01".parse()?;
    let limits = TradingLimits {
        base_increment: "0.0001".parse()?,
        quote_increment: step,
        price_increment: step,
        base_min: "0.0001".parse()?,
        base_max: "100000".parse()?,
        quote_min: "1".parse()?,
        quote_max: "10000000".parse()?,
    };
    Ok(Product::new(id, limits, ProductStatus::Online)?)
}
