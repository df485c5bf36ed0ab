//! `runner run`: one cycle.

use std::io::Write;

use config::Config;
use domain::Fact;
use engine::{Effect, Engine};
use store::{Scope, Store};

use crate::cli::RunArgs;
use crate::clock::Stopwatch;
use crate::summary::Summary;
use crate::{Code, Failure, assemble, cycle, gates, venue};

/// Decides once, puts the cycle on record, and prints its summary.
pub(crate) fn run(args: &RunArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let mut watch = Stopwatch::start();
    let config = effective(args)?;
    gates::pass(&config)?;
    let venue = venue::open(&config, args)?;
    watch.lap("venue");
    let mut engine = assemble::engine(&config, venue.account())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|e| Failure::new(Code::Failed, format!("no runtime for the venue: {e}")))?;
    let now = runtime.block_on(cycle::feed(&venue, &mut engine, &mut watch))?;
    let boot = Fact::Boot { at: now, mode: config.app.mode, policy: config.policy_hash() };
    cycle::tell(&mut engine, now, boot.clone())?;
    let id = assemble::cycle_id(engine.identity(), now, 1);
    let effects = cycle::decide(&mut engine, now, id, &mut watch)?;
    keep(&config, &engine, &boot, effects.list)?;
    watch.lap("record");
    print(&engine, &watch, out)
}

/// The configuration after flags.
fn effective(args: &RunArgs) -> Result<Config, Failure> {
    let mut config = Config::load(&args.config)?;
    if let Some(mode) = args.mode {
        config.app.mode = mode.into();
    }
    if let Some(seed) = args.seed {
        config.app.simulation.seed = seed;
    }
    Ok(config)
}

/// Appends the boot, the cycle's facts and its record to the records of this mode, venue and
/// account.
fn keep(
    config: &Config,
    engine: &Engine,
    boot: &Fact,
    effects: Vec<Effect>,
) -> Result<(), Failure> {
    let identity = engine.identity();
    let scope = Scope {
        mode: identity.mode,
        venue: identity.venue.clone(),
        account: identity.account.clone(),
    };
    let mut store = Store::open(&config.app.data_dir, &scope)?;
    store.append(boot)?;
    for effect in effects {
        match effect {
            Effect::Append(fact) => {
                store.append(&fact)?;
            }
            Effect::CycleDone => store.record(&engine.record())?,
            Effect::Place(intent) => {
                let what = format!("{:?} was handed out, and nothing here sends", intent.id());
                return Err(Failure::new(Code::Failed, what));
            }
        }
    }
    Ok(())
}

fn print(engine: &Engine, watch: &Stopwatch, out: &mut dyn Write) -> Result<(), Failure> {
    let summary = Summary::of(engine, watch.stages());
    serde_json::to_writer(&mut *out, &summary)?;
    writeln!(out)?;
    Ok(())
}
