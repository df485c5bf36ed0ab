//! The loop: the clock moves from bar to bar, and the engine decides at each.

use domain::{CycleId, Fact, PolicyHash, Timestamp, Usd};
use engine::{Engine, Identity, Settings};
use exchange_sim::{Opening, SimVenue};

use crate::desk::Desk;
use crate::feed::{Books, Feed, Slots, Slow, Source};
use crate::journal::Journal;
use crate::observe::Observed;
use crate::records::{Recorded, Records};
use crate::{BacktestError, Data, FeeSchedule};

/// With live orders the clock moves in such steps, as in PAPER.
const ORDER_STEP_SECS: i64 = 5;
/// With positions in such.
const PRICE_STEP_SECS: i64 = 60;
const DAY_SECS: i64 = 86_400;

/// Names a cycle by its moment and its number.
pub type CycleIds = fn(&Identity, Timestamp, u64) -> CycleId;

/// Everything a run is told once.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The parameters of every stage.
    pub settings: Settings,
    /// Whose decisions these are; its mode decides which rules are on.
    pub identity: Identity,
    /// The policy in force.
    pub policy: PolicyHash,
    /// What a process puts on record when it begins: its boot, its policy, the names of its orders.
    pub preamble: Vec<Fact>,
    /// What cycles are called.
    pub ids: CycleIds,
    /// The account at the start.
    pub cash: Usd,
    /// What fills cost.
    pub fees: FeeSchedule,
    /// The first moment that is decided for.
    pub from: Timestamp,
    /// The last one.
    pub to: Timestamp,
    /// From decision to decision, seconds.
    pub interval_secs: i64,
    /// How long an order is on its way to the venue, seconds: 0 to [`Self::interval_secs`]. Nothing is
    /// decided meanwhile.
    pub delay_secs: i64,
    /// How often slow facts are read.
    pub slow: Slow,
    /// How books are brought.
    pub books: Books,
}

impl Setup {
    /// Whether there is a run like this; every run asks itself.
    ///
    /// # Errors
    /// [`BacktestError::EmptySpan`] and [`BacktestError::Delay`].
    pub fn check(&self) -> Result<(), BacktestError> {
        let (secs, most) = (self.delay_secs, self.pace_secs());
        if self.to <= self.from {
            return Err(BacktestError::EmptySpan { from: self.from, to: self.to });
        }
        if !(0..=most).contains(&secs) {
            return Err(BacktestError::Delay { secs, most });
        }
        Ok(())
    }

    /// From decision to decision, which is forward in any case.
    fn pace_secs(&self) -> i64 {
        self.interval_secs.max(1)
    }
}

/// What a run came to, before anything is computed of it.
#[derive(Debug)]
pub struct Outcome {
    /// Every fact, in order: what `verify` reads.
    pub facts: Journal,
    /// What was seen at each decision.
    pub observed: Observed,
    /// The engine as the run left it.
    pub engine: Engine,
    /// The venue as the run left it.
    pub venue: SimVenue,
    /// Why entries went no further, with how often.
    pub given_up: std::collections::BTreeMap<String, u64>,
}

/// Told how far a run is, once a simulated day.
pub trait Progress {
    /// It has decided for this moment.
    fn reached(&mut self, at: Timestamp);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn reached(&mut self, _at: Timestamp) {}
}

/// Plays the data from the setup's first moment to its last.
///
/// # Errors
/// [`BacktestError`]: the venue or the engine could not go on. What the policy refuses is no error.
pub fn run(
    setup: &Setup,
    data: &Data,
    progress: &mut dyn Progress,
) -> Result<Outcome, BacktestError> {
    play(setup, data, Source::Venue, None, progress)
}

/// As [`run`], with what is new at each decision told.
///
/// # Errors
/// As [`run`]; and [`BacktestError::Records`]: what is told could not be kept.
pub fn run_recorded(
    setup: &Setup,
    data: &Data,
    records: &mut dyn Records,
    progress: &mut dyn Progress,
) -> Result<Outcome, BacktestError> {
    play(setup, data, Source::Venue, Some(records), progress)
}

/// As [`run`], with closed slots from elsewhere: for tests of foresight.
///
/// # Errors
/// As [`run`].
pub fn run_on(
    setup: &Setup,
    data: &Data,
    slots: &mut dyn Slots,
    progress: &mut dyn Progress,
) -> Result<Outcome, BacktestError> {
    play(setup, data, Source::Other(slots), None, progress)
}

fn play(
    setup: &Setup,
    data: &Data,
    slots: Source<'_>,
    mut records: Option<&mut dyn Records>,
    progress: &mut dyn Progress,
) -> Result<Outcome, BacktestError> {
    setup.check()?;
    let pace = setup.pace_secs();
    let none = || BacktestError::Fees("an empty schedule".to_owned());
    let fees = setup.fees.at(setup.from, Usd::ZERO).ok_or_else(none)?;
    let opening = Opening { cash: setup.cash, fees };
    let venue = SimVenue::new(data.market(), setup.from, opening)?;
    let engine = Engine::new(setup.settings.clone(), setup.identity.clone());
    let mut desk = Desk::new(engine, venue, setup.policy.clone(), setup.delay_secs);
    let decisions = setup.to.secs_since(setup.from) / pace;
    let decisions = usize::try_from(decisions).unwrap_or(0);
    desk.journal = Journal::with_room(decisions);
    let mut feed = Feed::begin(&mut desk, setup, slots)?;
    for fact in &setup.preamble {
        desk.told(fact.clone())?;
    }
    let mut observed = Observed::new(setup.from, &setup.settings, decisions);
    let mut recorded = Recorded::default();
    let (mut now, mut cycles, mut day) = (setup.from, 0, i64::MIN);
    while now <= setup.to {
        pass(&mut desk, &mut feed, now)?;
        if desk.venue.now() > now {
            // What fell due while an order was on its way is not decided any more.
            now = now.plus_secs(pace);
            continue;
        }
        desk.venue.advance(now)?;
        dated_fees(&mut desk, setup)?;
        feed.advance(&mut desk)?;
        desk.upkeep()?;
        cycles += 1;
        let id = (setup.ids)(&setup.identity, now, cycles);
        desk.cycle(id)?;
        observed.cycle(&desk.engine);
        if let Some(records) = &mut records {
            recorded.cycle(&desk.engine, *records).map_err(BacktestError::Records)?;
        }
        desk.engine.told();
        let today = now.secs().div_euclid(DAY_SECS);
        if core::mem::replace(&mut day, today) != today {
            progress.reached(now);
        }
        now = now.plus_secs(pace);
    }
    observed.finish();
    progress.reached(setup.to);
    let Desk { engine, venue, journal, given_up, .. } = desk;
    Ok(Outcome { facts: journal, observed, engine, venue, given_up })
}

/// Passes the time to a moment: with live orders in steps that their waits are kept in, with
/// positions in steps in which prices move.
fn pass(desk: &mut Desk, feed: &mut Feed<'_>, to: Timestamp) -> Result<(), BacktestError> {
    loop {
        let orders = desk.engine.has_orders_at_work();
        let lots = desk.engine.state().ledger().lots().next().is_some();
        let secs = match (orders, lots) {
            (true, _) => ORDER_STEP_SECS,
            (false, true) => PRICE_STEP_SECS,
            (false, false) => return Ok(()),
        };
        let next = desk.venue.now().plus_secs(secs);
        if next >= to {
            return Ok(());
        }
        desk.venue.advance(next)?;
        feed.between(desk)?;
        desk.upkeep()?;
    }
}

/// Gives the account the fees of the moment, while no buy rests that was counted with others.
fn dated_fees(desk: &mut Desk, setup: &Setup) -> Result<(), BacktestError> {
    let now = desk.venue.now();
    let traded = if setup.fees.counts_volume() { traded(&desk.venue, now)? } else { Usd::ZERO };
    let Some(fees) = setup.fees.at(now, traded) else { return Ok(()) };
    if fees == desk.venue.fees() || desk.venue.has_resting_buys() {
        return Ok(());
    }
    desk.venue.set_fees(fees)?;
    desk.account()
}

/// Dollars traded in the days that a ladder counts.
fn traded(venue: &SimVenue, now: Timestamp) -> Result<Usd, BacktestError> {
    let from = now.plus_secs(-crate::fees::VOLUME_DAYS * DAY_SECS);
    let fills = venue.fills().iter().rev().take_while(|fill| fill.at > from);
    let mut sum = Usd::ZERO;
    for fill in fills {
        sum = sum.plus(fill.price.times(fill.qty)?.usd_at_par())?;
    }
    Ok(sum)
}
