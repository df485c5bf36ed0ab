//! Finds what happened in a series of candles: `cargo run -p triggers --example scan`.
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;

use domain::{Bar, Bars, Granularity, Member, ProductId, Regime, Tier, Timestamp, Universe};
use triggers::{Params, Scan, Timeline, Tracker, scan};

/// Two calm weeks, and an hour in which the price rises by 3 % on four times the volume.
fn history() -> Result<Bars, Box<dyn Error>> {
    let mut bars = Bars::with_capacity(Granularity::H1, 336);
    let mut before = 100.0;
    for hour in 0..336_i64 {
        let wave = f64::from(u8::try_from(hour * 7 % 24)?) * 0.02;
        let last = hour == 335;
        let close = if last { 103.5 } else { 100.0 + wave };
        let volume = if last { 40_000.0 } else { 10_000.0 };
        let (high, low) = (f64::max(before, close) + 0.05, f64::min(before, close) - 0.05);
        let start = Timestamp::from_secs(hour * 3600);
        bars.push(Bar { start, open: before, high, low, close, volume })?;
        before = close;
    }
    Ok(bars)
}

fn main() -> Result<(), Box<dyn Error>> {
    let (params, product) = (Params::default(), "SOL-USD".parse::<ProductId>()?);
    let now = Timestamp::from_secs(336 * 3600);
    let least = params.momentum.min_move_pct;
    let tracker = Tracker::warm_up(product, None, &history()?, now, &Timeline::new(), least);
    let member = Member {
        product,
        tier: Tier::T1,
        quote_volume_24h: 25e6,
        spread_bps: 5.0,
        depth_20bps: 250e3,
        regime_factor: 1.0,
    };
    let universe = Universe { members: vec![member], excluded: Vec::new() };
    let mut found = Scan::default();
    scan(&params, &universe, &[*tracker.features()], Regime::Chop, &mut found);
    for trigger in &found.triggers {
        println!(
            "{} {}: {:+.2} %, strength {:.2}, confidence {:.2}, {}",
            trigger.id.product,
            trigger.id.kind.as_str(),
            trigger.move_pct,
            trigger.strength,
            trigger.confidence,
            if trigger.fresh { "fresh" } else { "standing" },
        );
    }
    println!("{} candidates", found.candidates.len());
    Ok(())
}
