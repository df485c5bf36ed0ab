//! A process: an engine and the program's own desk, from its start to its end. What it does not put
//! on the disk dies with it.

use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::sync::Arc;

use domain::{
    BootId, CycleId, Fact, Instants, JournalId, Latch, Mode, NamesFact, ProductId, RunKind,
};
use engine::{Effects, Engine, Event, NoProbe};
use runner::{Desk, Failure, Kept as _};
use uuid::Uuid;

use super::base;
use super::faults::Fault;
use super::wire::{Records, Wire, fees};

/// The account is read so often, seconds.
const ACCOUNT_SECS: i64 = 300;

/// A running process.
pub(crate) struct Process {
    pub(crate) engine: Engine,
    desk: Desk,
    records: Records,
    wire: Wire,
    /// The venue's time at its start, milliseconds: its own clock begins there.
    began_ms: i64,
    /// Slots that were fed.
    fed: usize,
    account_at: i64,
}

/// The process is gone.
pub(crate) struct Gone;

/// Runs something to its end; what waits for an answer that never comes ended with its process.
fn finish<T>(wire: &Wire, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Gone> {
    let done = pin!(work).poll(&mut Context::from_waker(Waker::noop()));
    let dead = wire.with(|world| world.dead);
    match done {
        Poll::Ready(Ok(done)) if !dead => Ok(done),
        Poll::Ready(Err(failure)) if !dead => {
            wire.with(|world| world.violated("Z", &format!("it gave up: {}", failure.message)));
            Err(Gone)
        }
        Poll::Ready(_) => Err(Gone),
        Poll::Pending => {
            if !dead {
                wire.with(|world| world.violated("Z", "it waits for nothing"));
            }
            Err(Gone)
        }
    }
}

impl Process {
    /// Begins with what the disk remembers, as `runner run --loop` does.
    pub(crate) fn begin(wire: &Wire, boot: u64, journal: u64) -> Result<Self, Gone> {
        let built = base::engine(base::protection(journal));
        let Ok(mut engine) = built else {
            wire.with(|world| world.violated("Z", "there is no engine to begin with"));
            return Err(Gone);
        };
        let (now, facts) = wire.with(|world| (world.now, world.disk.facts.clone()));
        let kill = wire.clone();
        let killed = move || kill.with(|world| world.killed.then(|| "drawn".to_owned()));
        for fact in facts {
            give(wire, &mut engine, base::instants(now), Event::Fact(fact))?;
        }
        engine.told();
        let venue = Arc::new(wire.clone());
        let desk = Desk::new(venue, &engine, base::hash(), Box::new(killed));
        let records = Records(wire.clone());
        let wire = wire.clone();
        let (began_ms, account_at) = (now.millis(), i64::MIN);
        let mut process = Self { engine, desk, records, wire, began_ms, fed: 0, account_at };
        process.feed()?;
        let (mode, policy, run) = (Mode::Live, base::hash(), RunKind::Loop);
        let journal = JournalId(Uuid::from_u64_pair(journal, 1));
        let names = NamesFact { at: now, journal, boot: BootId(Uuid::from_u64_pair(boot, 2)) };
        let facts = [Fact::Boot { at: now, mode, policy, run }, Fact::Named(names)];
        process.say(&facts)?;
        process.heed_kill()?;
        Ok(process)
    }

    fn now(&self) -> Instants {
        self.wire.with(|world| {
            let since = world.now.millis().saturating_sub(self.began_ms);
            Instants {
                mono: Duration::from_millis(u64::try_from(since).unwrap_or(0)),
                wall: domain::Timestamp::from_millis(world.now.millis() + world.skew_ms),
                venue: Some(world.now),
            }
        })
    }

    /// Puts facts on record, and then into the engine.
    pub(crate) fn say(&mut self, facts: &[Fact]) -> Result<(), Gone> {
        let kept = self.records.append_all(facts);
        finish(&self.wire, core::future::ready(kept))?;
        let now = self.now();
        for fact in facts {
            give(&self.wire, &mut self.engine, now, Event::Fact(fact.clone()))?;
        }
        Ok(())
    }

    /// Closed slots, books, and now and then the account.
    fn feed(&mut self) -> Result<(), Gone> {
        let now = self.now();
        let (slots, books) = self.wire.with(|world| {
            let slots = world.market.closed.get(self.fed..).unwrap_or_default().to_vec();
            let stale = world.is_out() || world.happens(Fault::StaleBook);
            let ids: Vec<ProductId> = world.market.ids().to_vec();
            let book =
                |(at, id): (usize, &ProductId)| Some((*id, world.market.book(at, world.now)?));
            let books: Vec<_> = ids.iter().enumerate().filter_map(book).collect();
            (slots, if stale { Vec::new() } else { books })
        });
        self.fed += slots.len();
        for (start, bars) in slots {
            let event = Event::SlotClosed { start, gap_secs: 0, bars };
            give(&self.wire, &mut self.engine, now, event)?;
        }
        for (product, book) in books {
            let vouched = book.at;
            give(&self.wire, &mut self.engine, now, Event::Book { product, book, vouched })?;
        }
        let secs = now.wall.secs();
        if self.account_at.saturating_add(ACCOUNT_SECS) <= secs
            && let Some(fees) = fees()
        {
            self.account_at = secs;
            let purses = self.wire.with(super::world::World::shown_purses);
            give(&self.wire, &mut self.engine, now, Event::Account { purses, fees })?;
        }
        Ok(())
    }

    /// Latches a kill that is not latched yet.
    fn heed_kill(&mut self) -> Result<(), Gone> {
        let (killed, at) = self.wire.with(|world| (world.killed, world.now));
        if !killed || self.engine.state().latches(at).contains(&Latch::Kill) {
            return Ok(());
        }
        self.say(&[Fact::Latched { at, latch: Latch::Kill, reason: "drawn".to_owned() }])
    }

    /// What the loop does between two cycles.
    pub(crate) fn tick(&mut self) -> Result<(), Gone> {
        self.feed()?;
        self.heed_kill()?;
        let now = self.now();
        let (engine, records) = (&mut self.engine, &mut self.records);
        finish(&self.wire, self.desk.compare(now, engine, records))?;
        self.check();
        let (engine, records) = (&mut self.engine, &mut self.records);
        finish(&self.wire, self.desk.upkeep(now, engine, records))?;
        self.check();
        Ok(())
    }

    /// A decision, and what it asks for.
    pub(crate) fn cycle(&mut self, number: u64) -> Result<(), Gone> {
        let now = self.now();
        let mut effects = Effects::default();
        let event = Event::CycleDue(CycleId(Uuid::from_u64_pair(number, 3)));
        step(&self.wire, &mut self.engine, now, event, &mut effects)?;
        let causes: Vec<_> = self.engine.cycle().exits.iter().map(|exit| exit.cause).collect();
        self.wire.with(|world| {
            for cause in causes {
                *world.tallies.exits.entry(cause.as_str()).or_default() += 1;
            }
        });
        let (engine, records) = (&mut self.engine, &mut self.records);
        let fact = finish(&self.wire, self.desk.carry_out(now, effects, engine, records))?;
        let kept = self.records.append_all(fact.as_slice());
        finish(&self.wire, core::future::ready(kept))?;
        self.engine.told();
        self.check();
        if number.is_multiple_of(25) {
            self.check_fold();
        }
        Ok(())
    }

    fn check(&self) {
        self.wire.with(|world| world.check(&self.engine));
    }

    /// A lot that nobody has watched over for longer than that, if there is one.
    pub(crate) fn bare_for(&self, secs: u64) -> Option<domain::LotId> {
        let gaps = self.engine.orders().protection().gaps(self.now().mono);
        let mut long = gaps.filter(|(_, gap)| gap.as_secs() > secs);
        long.next().map(|(lot, _)| lot)
    }

    fn check_fold(&self) {
        self.wire.with(|world| world.check_fold(&self.engine));
    }

    /// All lots are to be sold.
    pub(crate) fn flatten(&mut self) -> Result<(), Gone> {
        let now = self.now();
        let (engine, records) = (&mut self.engine, &mut self.records);
        finish(&self.wire, self.desk.event(now, Event::Flatten, engine, records))
    }
}

fn give(wire: &Wire, engine: &mut Engine, now: Instants, event: Event) -> Result<(), Gone> {
    step(wire, engine, now, event, &mut Effects::default())
}

fn step(
    wire: &Wire,
    engine: &mut Engine,
    now: Instants,
    event: Event,
    effects: &mut Effects,
) -> Result<(), Gone> {
    let stepped = engine.step(now, event, &mut NoProbe, effects);
    stepped.map_err(|error| {
        wire.with(|world| world.violated("Z", &format!("the engine refused: {error}")));
        Gone
    })
}
