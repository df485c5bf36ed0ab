//! The deterministic simulation: the engine and the program's own desk against a venue with its own
//! truth, on a disk that may end the process at any write, by a clock that nobody waits for. All of
//! it follows from one seed, in one thread.
//!
//! A run has two phases. In the first everything may go wrong ([`Fault`]) at rates that are drawn
//! anew for each seed, and after every event the rules are held against the venue's truth, not
//! against what the program believes. In the second nothing goes wrong any more, and everything must
//! come to rest within minutes: orders resolved, what fell below its stop sold, records and venue
//! agreed to the last digit.
//!
//! Not here: sockets, threads, SQLite. What a simulation replaces, it cannot see; the process
//! harness is for that.

mod base;
mod check;
mod disk;
mod faults;
mod market;
mod process;
mod trace;
mod truth;
mod wire;
mod world;

use std::sync::{Arc, Mutex};

use domain::{Fact, Latch, Timestamp};

pub use faults::Fault;
pub use world::Tallies;

use process::{Gone, Process};
use wire::Wire;
use world::World;

/// What is run.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Everything follows from it.
    pub seed: u64,
    /// Decisions.
    pub cycles: u64,
    /// The process ends at this effect, on top of what is drawn.
    pub crash_at: Option<u64>,
    /// Whether to write down what happens.
    pub story: bool,
}

impl Plan {
    /// So many cycles of a seed.
    pub const fn new(seed: u64, cycles: u64) -> Self {
        Self { seed, cycles, crash_at: None, story: false }
    }
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Of which seed.
    pub seed: u64,
    /// The digest of everything that happened.
    pub digest: u64,
    /// Writes and requests.
    pub effects: u64,
    /// What happened how often.
    pub tallies: Tallies,
    /// What must never be, and was.
    pub violations: Vec<String>,
    /// What happened, where the plan asked for it.
    pub story: Vec<String>,
}

/// Healing takes at most so long, seconds.
const HEALED_WITHIN_SECS: i64 = 1_800;
/// An unknown order that cannot be proved absent waits so long for an operator, seconds.
const RESOLVED_AFTER_SECS: i64 = 660;

/// Where all is well a lot is without a protector for no longer than that, seconds: ten, and a look.
const BARE_AT_MOST_SECS: u64 = 15;

struct Run {
    wire: Wire,
    process: Option<Process>,
    boots: u64,
    seed: u64,
}

/// Runs a plan.
pub fn run(plan: &Plan) -> Outcome {
    let mut world = World::new(plan.seed, plan.story);
    world.crash_at = plan.crash_at;
    let wire = Wire(Arc::new(Mutex::new(world)));
    let mut run = Run { wire: wire.clone(), process: None, boots: 0, seed: plan.seed };
    for number in 1..=plan.cycles {
        run.cycle(number);
        if wire.with(|world| !world.violations.is_empty()) {
            break;
        }
    }
    if wire.with(|world| world.violations.is_empty()) {
        run.heal();
    }
    drop(run);
    wire.with(|world| {
        let trace = core::mem::replace(&mut world.trace, trace::Trace::new(0, false));
        Outcome {
            seed: plan.seed,
            digest: trace.digest(),
            effects: world.effects,
            tallies: world.tallies.clone(),
            violations: core::mem::take(&mut world.violations),
            story: trace.story(),
        }
    })
}

impl Run {
    /// Does something with a living process; one that ends is begun again a while later.
    fn alive(&mut self, work: impl FnOnce(&mut Process) -> Result<(), Gone>) {
        if self.process.is_none() {
            self.boots += 1;
            let (boots, seed) = (self.boots, self.seed);
            self.wire.with(|world| {
                world.dead = false;
                if boots > 1 {
                    world.tallies.restarts += 1;
                }
                world.trace.note(world.now, &format_args!("boot {boots}"));
            });
            self.process = Process::begin(&self.wire, boots, seed).ok();
        }
        let Some(process) = &mut self.process else { return };
        if work(process).is_err() {
            self.process = None;
        }
    }

    /// Some time, and then a decision.
    fn cycle(&mut self, number: u64) {
        let ticks = self.wire.with(|world| {
            world.tallies.cycles += 1;
            world.dice.between(1, 6)
        });
        for _ in 0..ticks {
            let secs = self.wire.with(|world| {
                let long = world.happens(Fault::Pause);
                if long { world.dice.between(60, 1_200) } else { world.dice.between(1, 15) }
            });
            self.wire.with(|world| world.pass(secs));
            self.operator();
            self.alive(Process::tick);
        }
        self.alive(|process| process.cycle(number));
    }

    /// What people do: kill, clear what is latched, say what never was.
    fn operator(&mut self) {
        let (resumes, flattens) = self.wire.with(|world| {
            if world.happens(Fault::Kill) {
                world.killed = true;
            } else if world.killed && world.dice.chance(60) {
                world.killed = false;
            }
            if world.happens(Fault::ClockJump) {
                world.skew_ms = world.dice.between(-20_000, 20_000);
            } else if world.dice.chance(100) {
                world.skew_ms = 0;
            }
            (!world.killed && world.dice.chance(30), !world.calm && world.dice.chance(2))
        });
        if flattens {
            self.alive(Process::flatten);
        }
        if resumes {
            self.resume(false);
        }
        self.resolve();
    }

    /// Clears every latch that waits for a person; a kill that goes on stays.
    fn resume(&mut self, killed: bool) {
        let now = self.wire.with(|world| world.now);
        let Some(process) = &mut self.process else { return };
        let latches = process.engine.state().latches(now);
        let waits = |latch: &Latch| {
            let ends = matches!(latch, Latch::DailyStop | Latch::WeeklyStop | Latch::UnknownOrder);
            !(ends || killed && *latch == Latch::Kill)
        };
        let reason = "seen to".to_owned();
        let facts: Vec<_> = latches
            .into_iter()
            .filter(waits)
            .map(|latch| Fact::Resumed { at: now, latch, reason: reason.clone() })
            .collect();
        if facts.is_empty() {
            return;
        }
        self.wire.with(|world| world.tallies.resumed += 1);
        self.alive(|process| process.say(&facts));
    }

    /// An operator who looked says of orders that are unknown for long that they never were.
    fn resolve(&mut self) {
        let Some(process) = &self.process else { return };
        let orders = process.engine.orders();
        let facts = self.wire.with(|world| {
            let old = orders.live().filter(|(_, order)| {
                order.state() == execution::OrderState::Unknown
                    && world.now.secs_since(order.sent().at) > RESOLVED_AFTER_SECS
            });
            let gone = old.filter(|(intent, _)| {
                let place = world.by_intent.get(&intent.0);
                let truth = place.and_then(|place| world.orders.get(*place));
                truth.is_none_or(|order| order.created.is_none() && !order.may_fill())
            });
            gone.filter_map(|(intent, _)| orders.resolve(intent, "looked", world.now).ok())
                .collect::<Vec<_>>()
        });
        if !facts.is_empty() {
            self.alive(|process| process.say(&facts));
        }
    }

    /// Nothing goes wrong any more: everything comes to rest.
    fn heal(&mut self) {
        // Every second time under a kill: it must keep nothing from being sold.
        let killed = self.seed % 2 == 1;
        let began = self.wire.with(|world| {
            world.calm = true;
            (world.killed, world.skew_ms) = (killed, 0);
            world.crash_at = None;
            world.now
        });
        let mut waited = 0;
        while waited < HEALED_WITHIN_SECS {
            self.wire.with(|world| world.pass(5));
            waited += 5;
            if waited % 60 == 0 {
                self.resume(killed);
            }
            // Every stop is crossed, and that of what came late as well.
            if waited % 300 == 120 {
                self.wire.with(|world| {
                    if world.holds_more_than_dust() || world.protects() {
                        world.market.fall(800);
                    }
                });
            }
            self.resolve();
            self.alive(Process::tick);
            if waited == 100 {
                self.check_told();
            }
            let rests = waited > 180 && self.rests(began);
            if rests {
                break;
            }
        }
        match &self.process {
            Some(process) => self.wire.with(|world| world.check_end(&process.engine)),
            None => self.wire.with(|world| world.violated("Z", "no process lives in the end")),
        }
    }

    /// What the venue has told long ago is on record.
    fn check_told(&self) {
        let Some(process) = &self.process else { return };
        let owes = process.engine.orders().all().find(|(_, order)| !order.owed().is_zero());
        if let Some((intent, order)) = owes {
            let text = format!("intent {} has {} to be told", intent.0, order.owed());
            self.wire.with(|world| world.violated("O-07", &text));
        }
        if let Some(lot) = process.bare_for(BARE_AT_MOST_SECS) {
            let text = format!("nobody watches over lot {}", lot.0.0);
            self.wire.with(|world| {
                if !world.promises_broken() {
                    world.violated("protector", &text);
                }
            });
        }
    }

    fn rests(&self, began: Timestamp) -> bool {
        let Some(process) = &self.process else { return false };
        let engine = &process.engine;
        let still = self.wire.with(|world| {
            !world.holds_more_than_dust()
                && world.orders.iter().all(|order| !order.may_fill())
                && world.trades.last().map(|trade| trade.fill.at) < engine.compared_through()
                && engine.compared_through() > Some(began)
        });
        still && engine.orders().live().next().is_none() && engine.is_reconciled()
    }
}
