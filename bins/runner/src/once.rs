//! `run --once`: one cycle from empty memory.

use std::io::Write;

use config::Config;
use domain::RunKind;

use crate::cli::RunArgs;
use crate::clock::Stopwatch;
use crate::feed::{Feed, tell};
use crate::keep::{Keeper, scope};
use crate::report::Reporter;
use crate::{Code, Failure, assemble, looping, venue};

/// Decides once, puts the cycle on record, and prints its summary.
pub(crate) fn once(config: &Config, args: &RunArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let mut watch = Stopwatch::start();
    let venue = venue::open(config, args)?;
    watch.lap("venue");
    let mut engine = assemble::engine(config, venue.account())?;
    let mut keeper = Keeper::open(config, &scope(&engine), RunKind::Once)?;
    let runtime = looping::runtime()?;
    let now = venue.clock();
    let slow = looping::slow(config);
    runtime.block_on(Feed::begin(&venue, venue.unknown(), &mut engine, slow))?;
    watch.lap("data");
    for fact in keeper.boot(config, now)? {
        tell(&mut engine, now, fact)?;
    }
    let id = assemble::cycle_id(engine.identity(), now, 1);
    let effects = looping::decide(&mut engine, now, id, &mut watch)?;
    keeper.cycle(&engine, effects, watch.stages())?;
    watch.lap("record");
    Reporter::new(args.format).cycle(&engine, 1, 0, &watch, out)?;
    Ok(Code::Done)
}
