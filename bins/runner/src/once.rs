//! `run --once`: one cycle from empty memory.

use std::io::Write;

use config::{Config, Venue};
use domain::{Fact, Latch, RunKind};

use crate::cli::RunArgs;
use crate::clock::Stopwatch;
use crate::desk::Desk;
use crate::feed::{Feed, tell};
use crate::keep::{Keeper, scope};
use crate::report::Reporter;
use crate::venue::{self, ReadOnly};
use crate::{Code, Failure, assemble, coinbase, feasibility, looping, watch};

/// Decides once, puts the cycle on record, and prints its summary.
pub(crate) fn once(config: &Config, args: &RunArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let mut stopwatch = Stopwatch::start();
    let runtime = looping::runtime(config)?;
    let venue: Box<dyn ReadOnly> = match config.app.exchange.venue {
        Venue::Simulated => Box::new(venue::open(config, args)?),
        Venue::Coinbase => runtime.block_on(coinbase::open(config))?,
    };
    stopwatch.lap("venue");
    let mut engine = assemble::engine(config, venue.account())?;
    let mut keeper = Keeper::open(config, &scope(&engine), RunKind::Once)?;
    let slow = looping::slow(config);
    let fed = Feed::begin(&*venue, venue.unknown(), &mut engine, slow);
    runtime.block_on(fed).map_err(|error| looping::unfed(config, error))?;
    stopwatch.lap("data");
    let now = runtime.block_on(venue.now())?;
    for fact in keeper.boot(config, now)? {
        venue.names().apply(&fact);
        tell(&mut engine, venue.instants(now), fact)?;
    }
    let killed = watch::killed(&config.app.data_dir);
    if let Some(reason) = killed.clone() {
        let fact = Fact::Latched { at: now, latch: Latch::Kill, reason };
        keeper.append(&fact)?;
        tell(&mut engine, venue.instants(now), fact)?;
    }
    feasibility::tell(config, &mut engine, now)?;
    let id = assemble::cycle_id(engine.identity(), now, 1);
    let effects = looping::decide(&mut engine, venue.instants(now), id, &mut stopwatch)?;
    let facts = match venue.trading() {
        None => Keeper::facts(effects)?,
        Some(trading) => {
            let watch = watch::Watch::begin(&config.app.data_dir)?;
            let mut desk = Desk::new(trading, &engine, config.policy_hash(), watch.question());
            let now = venue.instants(now);
            let carried = desk.carry_out(now, effects, &mut engine, &mut keeper);
            runtime.block_on(carried)?.into_iter().collect()
        }
    };
    keeper.cycle(&engine, &facts, stopwatch.stages())?;
    stopwatch.lap("record");
    Reporter::new(args.format, venue.nav_source()).cycle(&engine, 1, 0, &stopwatch, out)?;
    Ok(if killed.is_some() { Code::Killed } else { Code::Done })
}
