//! `run --loop`: a cycle at each tick, from what the records remember, until stopped.

mod room;

use core::time::Duration;
use std::io::Write;

use config::{Config, Venue};
use domain::{CycleId, Fact, Instants, Latch, Mode, RunKind, Timestamp};
use engine::{Effects, Engine, Event};
use exchange::VenueOrder;
use state::Request;
use store::{Answer, Found, Mailbox};
use tokio::runtime::Runtime;

use crate::cli::RunArgs;
use crate::clock::Stopwatch;
use crate::control::carried_out;
use crate::desk::{Desk, Kept as _};
use crate::feed::{Feed, FeedError, Slow, recall, tell};
use crate::hearing::Hearing;
use crate::keep::{Keeper, Past, scope};
use crate::pace::Pace;
use crate::report::Reporter;
use crate::stop::Stop;
use crate::venue::{self, ReadOnly};
use crate::watch::Watch;
use crate::{Code, Failure, assemble, coinbase, feasibility, gates};

/// A runtime for ports and timers; decisions are synchronous. Streams have threads of their own, so
/// that a decision or a slow disk does not keep them from listening.
pub(crate) fn runtime(config: &Config) -> Result<Runtime, Failure> {
    let built = match config.app.exchange.venue {
        Venue::Simulated => tokio::runtime::Builder::new_current_thread().enable_time().build(),
        Venue::Coinbase => return network_runtime(),
    };
    built.map_err(|e| Failure::new(Code::Failed, format!("no runtime for the venue: {e}")))
}

/// A runtime for connections.
pub(crate) fn network_runtime() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| Failure::new(Code::Failed, format!("no runtime for connections: {e}")))
}

/// A failure to feed, with where the venue was looked for.
pub(crate) fn unfed(config: &Config, error: FeedError) -> Failure {
    match error {
        FeedError::Venue(error) if config.app.exchange.venue == Venue::Coinbase => {
            coinbase::located(config, &Failure::from(error))
        }
        error @ (FeedError::Venue(_) | FeedError::Engine(_)) => error.into(),
    }
}

/// How often slow facts are read.
pub(crate) fn slow(config: &Config) -> Slow {
    let pace = &config.app.pace;
    Slow {
        catalog_secs: i64::from(pace.catalog_minutes) * 60,
        account_secs: i64::from(pace.account_minutes) * 60,
    }
}

/// Orders and positions on a venue with its own clock are looked after so often between cycles.
const LOOK_AFTER: Duration = Duration::from_secs(1);
/// Requests of other processes are looked for so often.
const HEED: Duration = Duration::from_millis(100);
/// With live orders the clock of an embedded venue moves in such steps.
const ORDER_STEP_SECS: i64 = 5;
/// With positions in such.
const PRICE_STEP_SECS: i64 = 60;

/// One decision.
pub(crate) fn decide(
    engine: &mut Engine,
    now: Instants,
    id: CycleId,
    watch: &mut Stopwatch,
) -> Result<Effects, Failure> {
    let mut effects = Effects::default();
    engine.step(now, Event::CycleDue(id), watch, &mut effects)?;
    Ok(effects)
}

/// Everything a loop works with.
struct Loop<'a> {
    config: &'a Config,
    venue: Box<dyn ReadOnly>,
    engine: Engine,
    keeper: Keeper,
    feed: Feed,
    reporter: Reporter,
    watch: Watch,
    mailbox: Mailbox,
    desk: Option<Desk>,
    hearing: Hearing,
    cycles: u64,
    forgot_on: i64,
    /// Why the disk counts as full.
    full: Option<String>,
}

/// Why a loop ended.
enum Ending {
    Asked,
    Counted,
    DataEnds(Timestamp),
}

/// Runs until it is stopped, the cycles asked for are done, or recorded data ends.
pub(crate) fn forever(
    config: &Config,
    args: &RunArgs,
    out: &mut dyn Write,
) -> Result<Code, Failure> {
    let minutes = args.interval.unwrap_or(config.app.pace.interval_minutes);
    let jitter = Duration::from_secs_f64(config.app.pace.jitter_secs);
    let stop = Stop::listen()?;
    let watch = Watch::begin(&config.app.data_dir)?;
    let runtime = runtime(config)?;
    let (mut running, start) = begin(config, args, minutes, &runtime, watch)?;
    let pace = Pace::new(start, minutes, args.speed, jitter);
    match room::caught(|| runtime.block_on(running.run(pace, args.cycles, stop, out))) {
        Ok(ending) => Ok(running.farewell(&ending)),
        Err(failure) => {
            runtime.block_on(running.last_resort());
            Err(failure)
        }
    }
}

/// A venue, the records of its account, and what they remember.
struct Opened {
    venue: Box<dyn ReadOnly>,
    engine: Engine,
    keeper: Keeper,
    past: Past,
}

/// The embedded venue, whose clock starts where the records end.
fn embedded(config: &Config, args: &RunArgs, minutes: f64) -> Result<Opened, Failure> {
    let engine = assemble::engine(config, venue::account(config, args))?;
    let keeper = Keeper::open(config, &scope(&engine), RunKind::Loop)?;
    let past = keeper.past()?;
    let start = start(args, &past, minutes, &keeper)?;
    let mut args = args.clone();
    args.as_of = start.or(args.as_of);
    let venue = Box::new(venue::open(config, &args)?);
    Ok(Opened { venue, engine, keeper, past })
}

/// Coinbase, whose clock is its own: it says whose records there are.
async fn connected(config: &Config) -> Result<Opened, Failure> {
    let venue = coinbase::open(config).await?;
    let engine = assemble::engine(config, venue.account())?;
    let keeper = Keeper::open(config, &scope(&engine), RunKind::Loop)?;
    let past = keeper.past()?;
    let now = venue.now().await?;
    if let Some(newest) = past.newest.filter(|newest| *newest >= now) {
        let place = keeper.place();
        let text =
            format!("the venue's time is {now}, and {place} goes to {newest}: not its records");
        return Err(Failure::new(Code::Failed, text));
    }
    Ok(Opened { venue, engine, keeper, past })
}

fn begin<'a>(
    config: &'a Config,
    args: &RunArgs,
    minutes: f64,
    runtime: &Runtime,
    watch: Watch,
) -> Result<(Loop<'a>, Timestamp), Failure> {
    let opened = match config.app.exchange.venue {
        Venue::Simulated => embedded(config, args, minutes)?,
        Venue::Coinbase => runtime.block_on(connected(config))?,
    };
    let Opened { venue, mut engine, mut keeper, past } = opened;
    if config.app.mode == Mode::Live {
        let purses = runtime.block_on(venue.purses()).map_err(FeedError::from);
        gates::word(config, venue.holder(), &purses.map_err(|error| unfed(config, error))?)?;
    }
    let start = runtime.block_on(venue.now())?;
    let cycles = past.cycles;
    tracing::info!(%start, cycles, records = %keeper.place(), "the loop begins");
    venue.recall(&past.facts)?;
    let now = venue.instants(start);
    for fact in past.facts {
        venue.names().apply(&fact);
        tell(&mut engine, now, fact)?;
    }
    if let Some(memory) = past.memory {
        recall(&mut engine, now, memory)?;
    }
    engine.told();
    let fed = Feed::begin(&*venue, venue.unknown(), &mut engine, slow(config));
    let feed = runtime.block_on(fed).map_err(|error| unfed(config, error))?;
    let start = runtime.block_on(venue.now())?;
    let trading = venue.trading();
    if trading.is_some() {
        keeper.take_reserve()?;
    }
    for fact in keeper.boot(config, start)? {
        venue.names().apply(&fact);
        tell(&mut engine, venue.instants(start), fact)?;
    }
    let reporter = Reporter::new(args.format, venue.nav_source());
    let forgot_on = 0;
    let desk = trading.map(|trading| {
        Desk::new(trading, &engine, config.policy_hash(), room::heeded(config, &watch))
    });
    let mailbox = Mailbox::of(&config.app.data_dir, &scope(&engine));
    let hearing = {
        let _entered = runtime.enter();
        Hearing::of(venue.news())
    };
    let mut running = Loop {
        config,
        venue,
        engine,
        keeper,
        feed,
        reporter,
        watch,
        mailbox,
        desk,
        hearing,
        cycles,
        forgot_on,
        full: None,
    };
    feasibility::tell(config, &mut running.engine, start)?;
    running.heed_kill(start)?;
    Ok((running, start))
}

/// Where the clock starts: where it was told to, else an interval after the newest cycle on
/// record. A clock before the records would decide twice for the same time.
fn start(
    args: &RunArgs,
    past: &Past,
    minutes: f64,
    keeper: &Keeper,
) -> Result<Option<Timestamp>, Failure> {
    let Some(newest) = past.newest else {
        if args.data.is_some() && args.as_of.is_none() {
            let text = "--loop on --data needs --as-of the first time: the moment to begin at";
            return Err(Failure::new(Code::Usage, text));
        }
        return Ok(args.as_of);
    };
    match args.as_of {
        Some(as_of) if as_of <= newest => Err(Failure::new(
            Code::Usage,
            format!(
                "--as-of {as_of} is before what is on record: {} goes to {newest}. Leave --as-of \
                 out to go on from there, or give another data_dir",
                keeper.place()
            ),
        )),
        Some(as_of) => Ok(Some(as_of)),
        None => Ok(Some(newest + Duration::from_secs_f64(minutes * 60.0))),
    }
}

impl Loop<'_> {
    async fn run(
        &mut self,
        mut pace: Pace,
        most: Option<u64>,
        mut stop: Stop,
        out: &mut dyn Write,
    ) -> Result<Ending, Failure> {
        let began = Stopwatch::start();
        let mut done = 0;
        while most.is_none_or(|most| done < most) {
            let tick = pace.next(began.elapsed());
            if !tick.wait.is_zero() {
                self.wait(tick.wait, &mut stop).await?;
            }
            if stop.is_asked() {
                return Ok(Ending::Asked);
            }
            let now = pace.at(tick, began.elapsed());
            if let Some(end) = self.venue.end().filter(|end| now > *end) {
                return Ok(Ending::DataEnds(end));
            }
            self.cycle(now, tick.skipped, out).await?;
            done += 1;
        }
        Ok(Ending::Counted)
    }

    /// Waits for a tick; a kill is put on record as soon as it is seen.
    async fn wait(&mut self, how_long: Duration, stop: &mut Stop) -> Result<(), Failure> {
        let tick = tokio::time::sleep(how_long);
        let look_after = tokio::time::sleep(LOOK_AFTER);
        tokio::pin!(tick, look_after);
        loop {
            tokio::select! {
                () = &mut tick => return Ok(()),
                () = stop.asked() => return Ok(()),
                () = self.watch.kill() => {
                    let now = self.venue.now().await?;
                    self.heed_kill(now)?;
                    self.upkeep(now).await?;
                }
                told = self.hearing.next() => self.hear(told).await?,
                () = tokio::time::sleep(HEED) => self.heed_requests().await?,
                () = &mut look_after, if self.venue.is_live() && self.desk.is_some() => {
                    self.look_after().await?;
                    look_after.set(tokio::time::sleep(LOOK_AFTER));
                }
            }
        }
    }

    /// Passes the time to a moment on a venue whose clock jumps: with live orders in steps that
    /// their waits are kept in, with positions in steps in which prices move.
    async fn pass(&mut self, to: Timestamp) -> Result<(), Failure> {
        if self.venue.is_live() || self.desk.is_none() {
            return Ok(());
        }
        loop {
            let orders = self.engine.has_orders_at_work();
            let lots = self.engine.state().ledger().lots().next().is_some();
            let secs = match (orders, lots) {
                (true, _) => ORDER_STEP_SECS,
                (false, true) => PRICE_STEP_SECS,
                (false, false) => return Ok(()),
            };
            let next = self.venue.now().await?.plus_secs(secs);
            if next >= to {
                return Ok(());
            }
            self.venue.set_clock(next)?;
            self.feed.advance(&*self.venue, &mut self.engine).await?;
            self.upkeep(next).await?;
        }
    }

    /// New prices and what they ask for, between two cycles of a venue with its own clock.
    async fn look_after(&mut self) -> Result<(), Failure> {
        self.heed_disk(false);
        let fed = self.feed.prices(&*self.venue, &mut self.engine).await;
        let now = match (fed, self.venue.now().await) {
            (Err(FeedError::Engine(error)), _) => return Err(error.into()),
            (Ok(()), Ok(now)) => now,
            (Err(FeedError::Venue(error)), _) | (_, Err(error)) => {
                tracing::error!(%error, "the venue does not tell prices");
                return Ok(());
            }
        };
        self.upkeep(now).await
    }

    /// Asks at once about own orders of which the venue's stream tells something new.
    async fn hear(&mut self, told: Vec<VenueOrder>) -> Result<(), Failure> {
        let Some(desk) = &mut self.desk else { return Ok(()) };
        let now = match self.venue.now().await {
            Ok(now) => self.venue.instants(now),
            Err(error) => {
                tracing::error!(%error, "the venue does not tell the time");
                return Ok(());
            }
        };
        let (engine, keeper) = (&mut self.engine, &mut self.keeper);
        desk.hear(now, &told, engine, keeper).await
    }

    /// Looks after own orders and positions, where the mode has any.
    async fn upkeep(&mut self, now: Timestamp) -> Result<(), Failure> {
        let Some(desk) = &mut self.desk else { return Ok(()) };
        let now = self.venue.instants(now);
        desk.compare(now, &mut self.engine, &mut self.keeper).await?;
        self.act().await
    }

    /// Takes in what own orders filled, then does what is due. A slow answer costs no approval its
    /// life: the time is read again when the venue has answered.
    async fn act(&mut self) -> Result<(), Failure> {
        let Some(desk) = &mut self.desk else { return Ok(()) };
        let (engine, keeper) = (&mut self.engine, &mut self.keeper);
        let asked = self.venue.instants(self.venue.now().await?);
        desk.see(asked, engine, keeper).await?;
        let now = self.venue.instants(self.venue.now().await?);
        desk.act(now, engine, keeper).await
    }

    /// Carries out what other processes ask of this one.
    async fn heed_requests(&mut self) -> Result<(), Failure> {
        let account = &self.engine.identity().account;
        let waiting = self.mailbox.waiting::<Request>(account)?;
        for found in waiting {
            let at = self.venue.now().await?;
            let answer = match found {
                Found::Letter(letter) => self.grant(&letter.id, &letter.request, at).await?,
                Found::Unreadable { id, why } => Answer::new(id, at, false, why),
            };
            tracing::warn!(id = %answer.id, done = answer.done, "{}", answer.text);
            if let Err(error) = self.mailbox.answer(&answer) {
                tracing::error!(%error, "the answer cannot be left: the request is taken again");
            }
        }
        Ok(())
    }

    async fn grant(
        &mut self,
        id: &str,
        request: &Request,
        at: Timestamp,
    ) -> Result<Answer, Failure> {
        let (facts, text) =
            match carried_out(id, request, at, self.engine.state(), self.engine.orders()) {
                Ok(done) => done,
                Err(why) => return Ok(Answer::new(id.to_owned(), at, false, why)),
            };
        self.keeper.append_all(&facts)?;
        for fact in facts {
            tell(&mut self.engine, self.venue.instants(at), fact)?;
        }
        if let Some(desk) = &mut self.desk {
            let now = self.venue.instants(at);
            let (engine, keeper) = (&mut self.engine, &mut self.keeper);
            if matches!(request, Request::Flatten { .. }) {
                desk.event(now, Event::Flatten, engine, keeper).await?;
            }
            self.act().await?;
        }
        Ok(Answer::new(id.to_owned(), at, true, text))
    }

    /// Latches a kill that is not latched yet.
    fn heed_kill(&mut self, now: Timestamp) -> Result<(), Failure> {
        let Some(reason) = self.watch.killed() else { return Ok(()) };
        if self.engine.state().latches(now).contains(&Latch::Kill) {
            return Ok(());
        }
        tracing::error!(%reason, "kill: nothing is bought until `runner resume kill`");
        let fact = Fact::Latched { at: now, latch: Latch::Kill, reason };
        self.keeper.append(&fact)?;
        tell(&mut self.engine, self.venue.instants(now), fact)
    }

    async fn cycle(
        &mut self,
        now: Timestamp,
        skipped: u64,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let mut watch = Stopwatch::start();
        self.heed_disk(true);
        self.pass(now).await?;
        self.venue.set_clock(now)?;
        match self.feed.advance(&*self.venue, &mut self.engine).await {
            // What is missing ages until nothing is bought with it; the next cycle asks again.
            Err(FeedError::Venue(error)) if self.venue.is_live() => {
                tracing::error!(%error, "the venue does not tell what is new");
            }
            fed => fed?,
        }
        let now = self.venue.now().await?;
        self.heed_kill(now)?;
        self.heed_requests().await?;
        watch.lap("data");
        self.upkeep(now).await?;
        watch.lap("orders");
        // What is approved now lives from now on, not from before the orders were looked after.
        let now = self.venue.now().await?;
        self.cycles += 1;
        let id = assemble::cycle_id(self.engine.identity(), now, self.cycles);
        let effects = decide(&mut self.engine, self.venue.instants(now), id, &mut watch)?;
        let facts = match &mut self.desk {
            None => Keeper::facts(effects)?,
            Some(desk) => {
                let now = self.venue.instants(now);
                let (engine, keeper) = (&mut self.engine, &mut self.keeper);
                desk.carry_out(now, effects, engine, keeper).await?.into_iter().collect()
            }
        };
        self.keeper.cycle(&self.engine, &facts, watch.stages())?;
        let day = now.secs().div_euclid(86_400);
        if core::mem::replace(&mut self.forgot_on, day) != day {
            self.keeper.forget(self.config, now)?;
        }
        watch.lap("record");
        self.show(skipped, &watch, out)?;
        self.engine.told();
        Ok(())
    }

    fn is_latched(&self, latch: Latch) -> bool {
        self.engine.state().latches(self.engine.cycle().as_of).contains(&latch)
    }

    /// Says why it ended and what it leaves.
    fn farewell(&self, ending: &Ending) -> Code {
        let code = match ending {
            Ending::Asked if self.is_latched(Latch::Kill) => {
                tracing::info!("stopped while the kill switch is latched");
                Code::Killed
            }
            Ending::Asked if self.is_latched(Latch::Halt) => {
                tracing::info!(
                    "stopped while the venue shows what must not be: see `runner status`"
                );
                Code::Reconciliation
            }
            Ending::Asked => {
                tracing::info!("stopped");
                Code::Interrupted
            }
            Ending::Counted => {
                tracing::info!("the cycles asked for are done");
                Code::Done
            }
            Ending::DataEnds(end) => {
                tracing::info!(%end, "the data ends");
                Code::Done
            }
        };
        let state = self.engine.state();
        let positions = state.ledger().lots().count();
        let nav = self.engine.cycle().nav.map_or_else(|| "unknown".to_owned(), |n| n.to_string());
        tracing::info!(
            cycles = self.cycles,
            as_of = %self.engine.cycle().as_of,
            nav_usd = %nav,
            positions,
            open_orders = self.engine.orders().live().count(),
            control = state.control(self.engine.cycle().as_of).as_str(),
            records = %self.keeper.place(),
            "it leaves"
        );
        code
    }
}
