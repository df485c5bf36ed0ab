//! A week of bars made by hand, played to the engine: `cargo run -p backtest --example play_bars`.
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;

use backtest::{
    Books, Data, Described, FeeSchedule, Report, Series, Setup, Silent, Slow, run, tables,
};
use domain::{
    AccountId, Bar, Bars, BootId, CycleId, Fact, Granularity, JournalId, Mode, NamesFact,
    PolicyHash, Timestamp,
};
use uuid::Uuid;

/// Hours that rise and fall in waves of a week, each hour in twelve slots.
fn bars(from: Timestamp, hours: i64) -> Result<Bars, Box<dyn Error>> {
    let mut bars = Bars::with_capacity(Granularity::M5, 12 * 500);
    let mut open = 50_000.0;
    for slot in 0..hours * 12 {
        let hour = f64::from(i32::try_from(slot)?) / 12.0;
        let close = 50_000.0 * (1.0 + 0.05 * (hour / 27.0).sin() + 0.004 * (hour * 2.3).sin());
        let volume = if (slot / 12) % 31 == 0 { 300.0 } else { 80.0 };
        let (high, low) = (f64::max(open, close) * 1.0005, f64::min(open, close) * 0.9975);
        bars.push(Bar { start: from.plus_secs(slot * 300), open, high, low, close, volume })?;
        open = close;
    }
    Ok(bars)
}

fn main() -> Result<(), Box<dyn Error>> {
    let first: Timestamp = "2026-01-05T00:00:00Z".parse()?;
    let from = first.plus_secs(336 * 3600);
    let product = "BTC-USD".parse()?;
    let series =
        Series { product, bars: bars(first, 336 + 168)?.into(), file: "by hand".to_owned() };
    let data = Data::of(exchange_sim::Catalog::embedded()?, vec![series]);
    let hash = PolicyHash("shipped".into());
    let limits = risk::Limits::new(risk::Policy::default(), hash.clone());
    let own = Uuid::nil();
    let setup = Setup {
        settings: engine::Settings {
            regime: regime::Params::default(),
            universe: universe::Policy::default(),
            triggers: triggers::Params::default(),
            rules: rules::Params::default(),
            exits: rules::ExitParams::default(),
            limits: limits.map_err(|found| format!("{found:?}"))?,
            execution: execution::ExecutionTerms::default(),
            timing: execution::Timing::default(),
            custody: engine::Custody::default(),
        },
        identity: engine::Identity {
            mode: Mode::Paper,
            venue: "by hand".to_owned(),
            account: AccountId("example".to_owned()),
            config_hash: "shipped".to_owned(),
        },
        policy: hash,
        preamble: vec![Fact::Named(NamesFact {
            at: from,
            journal: JournalId(own),
            boot: BootId(own),
        })],
        ids: |_, _, _| CycleId::default(),
        cash: "10000".parse()?,
        fees: FeeSchedule::coinbase_entry()?,
        from,
        to: from.plus_secs(168 * 3600),
        interval_secs: 300,
        delay_secs: 0,
        slow: Slow { catalog_secs: 3600, account_secs: 300 },
        books: Books::Glanced,
    };
    let outcome = run(&setup, &data, &mut Silent)?;
    let report = Report::of(&setup, &data, &outcome, Described::default())?;
    println!("{}", tables::text(&report));
    Ok(())
}
