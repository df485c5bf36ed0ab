//! Everything outside of the process: time, the venue with its own truth, the disk, and what is
//! counted and checked on the way. It outlives every process of a run.

use std::collections::{BTreeMap, VecDeque};

use domain::{Purse, QuoteAmt, Timestamp};
use rust_decimal::Decimal;

use super::disk::Disk;
use super::faults::{Fault, Rates};
use super::market::Market;
use super::trace::Trace;
use super::truth::{Order, Trade};
use crate::random::dice::Dice;

/// 2026-01-05T12:00:00Z, a Monday.
pub(crate) const START: i64 = 1_767_614_400;
/// Dollars to begin with.
pub(crate) const CASH: i64 = 10_000;
/// So old a balance may be at most, seconds.
const BALANCE_LAG_SECS: i64 = 12;

/// What a run counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tallies {
    /// Cycles.
    pub cycles: u64,
    /// Events that the engine took.
    pub events: u64,
    /// Orders that were put on record.
    pub intents: u64,
    /// Of those, sales.
    pub sales: u64,
    /// Orders at the venue.
    pub orders: u64,
    /// Orders that were unknown at some time.
    pub unknown: u64,
    /// Orders that filled in more than one part, or were over before they were filled.
    pub partial: u64,
    /// Fills.
    pub fills: u64,
    /// Absences that were proved.
    pub absent: u64,
    /// Processes that ended and began again.
    pub restarts: u64,
    /// Comparisons that found something above information.
    pub differences: u64,
    /// Times when an operator cleared a latch.
    pub resumed: u64,
    /// Approved exits by cause, in the order of the causes.
    pub exits: BTreeMap<&'static str, u64>,
    /// Each fault.
    pub faults: BTreeMap<Fault, u64>,
    /// Each edge of the order table, by its place there.
    pub edges: BTreeMap<usize, u64>,
}

impl Tallies {
    /// Adds another run's.
    pub fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.cycles, other.cycles),
            (&mut self.events, other.events),
            (&mut self.intents, other.intents),
            (&mut self.sales, other.sales),
            (&mut self.orders, other.orders),
            (&mut self.unknown, other.unknown),
            (&mut self.partial, other.partial),
            (&mut self.fills, other.fills),
            (&mut self.absent, other.absent),
            (&mut self.restarts, other.restarts),
            (&mut self.differences, other.differences),
            (&mut self.resumed, other.resumed),
        ];
        for (sum, more) in pairs {
            *sum += more;
        }
        for (cause, times) in &other.exits {
            *self.exits.entry(cause).or_default() += times;
        }
        for (fault, times) in &other.faults {
            *self.faults.entry(*fault).or_default() += times;
        }
        for (edge, times) in &other.edges {
            *self.edges.entry(*edge).or_default() += times;
        }
    }
}

/// Everything outside of the process.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct World {
    pub(crate) dice: Dice,
    pub(crate) rates: Rates,
    /// Nothing goes wrong any more.
    pub(crate) calm: bool,
    /// The venue's time.
    pub(crate) now: Timestamp,
    /// The machine's clock less the venue's, milliseconds.
    pub(crate) skew_ms: i64,
    pub(crate) market: Market,
    pub(crate) orders: Vec<Order>,
    pub(crate) by_intent: BTreeMap<u64, usize>,
    /// Own orders that may fill, or have filled what is not on record.
    pub(crate) unsettled: Vec<usize>,
    pub(crate) trades: Vec<Trade>,
    pub(crate) by_entry: BTreeMap<String, usize>,
    pub(crate) cash: Decimal,
    pub(crate) coins: Vec<Decimal>,
    /// Balances of the last seconds.
    balances: VecDeque<(Timestamp, Vec<Purse>)>,
    /// Nothing answers until then.
    pub(crate) outage: Timestamp,
    pub(crate) disk: Disk,
    /// Effects so far: writes and requests.
    pub(crate) effects: u64,
    /// The process ends at this effect.
    pub(crate) crash_at: Option<u64>,
    /// The process is gone: nothing it does has any effect.
    pub(crate) dead: bool,
    /// The kill switch is there.
    pub(crate) killed: bool,
    /// The process has compared everything with the venue.
    pub(crate) compared: bool,
    pub(crate) tallies: Tallies,
    pub(crate) violations: Vec<String>,
    pub(crate) trace: Trace,
}

impl World {
    pub(crate) fn new(seed: u64, story: bool) -> Self {
        let mut dice = Dice::new(seed);
        let now = Timestamp::from_secs(START);
        let rates = Rates::roll(&mut dice);
        let market = Market::new(now, &mut dice);
        let coins = vec![Decimal::ZERO; market.ids().len()];
        Self {
            dice,
            rates,
            calm: false,
            now,
            skew_ms: 0,
            market,
            orders: Vec::new(),
            by_intent: BTreeMap::new(),
            unsettled: Vec::new(),
            trades: Vec::new(),
            by_entry: BTreeMap::new(),
            cash: Decimal::from(CASH),
            coins,
            balances: VecDeque::new(),
            outage: now,
            disk: Disk::default(),
            effects: 0,
            crash_at: None,
            dead: false,
            killed: false,
            compared: false,
            tallies: Tallies::default(),
            violations: Vec::new(),
            trace: Trace::new(seed, story),
        }
    }

    /// Whether something goes wrong now.
    pub(crate) fn happens(&mut self, fault: Fault) -> bool {
        if self.calm || !self.dice.chance(self.rates.of(fault)) {
            return false;
        }
        *self.tallies.faults.entry(fault).or_default() += 1;
        self.trace.note(self.now, &format_args!("fault {fault:?}"));
        true
    }

    /// An effect is about to happen, or has just happened: whether the process ends here.
    pub(crate) fn ends_here(&mut self) -> bool {
        self.effects += 1;
        let asked = self.crash_at == Some(self.effects);
        if self.dead || asked || self.happens(Fault::Crash) {
            self.dead = true;
        }
        self.dead
    }

    /// Something that must never be.
    pub(crate) fn violated(&mut self, id: &str, what: &str) {
        let text = format!("{} {id}: {what}", self.now);
        self.trace.note(self.now, &format_args!("VIOLATION {id}: {what}"));
        if self.violations.len() < 20 {
            self.violations.push(text);
        }
    }

    /// Time passes outside.
    pub(crate) fn pass(&mut self, secs: i64) {
        let to = self.now.plus_secs(secs);
        self.market.step(to, &mut self.dice, self.calm);
        self.now = to;
        self.move_orders();
        let old = self.now.plus_secs(-BALANCE_LAG_SECS);
        self.balances.push_back((self.now, self.true_purses()));
        while self.balances.front().is_some_and(|(at, _)| *at < old) {
            self.balances.pop_front();
        }
        if self.happens(Fault::Outage) {
            self.outage = self.now.plus_secs(self.dice.between(5, 120));
        }
        if self.happens(Fault::Flow) {
            self.cash += Decimal::new(self.dice.between(-30_000, 30_000), 2);
        }
        if self.happens(Fault::ForeignOrder) {
            self.foreign_order();
        }
    }

    /// Whether requests find nobody.
    pub(crate) fn is_out(&self) -> bool {
        !self.calm && self.now < self.outage
    }

    /// What the account holds.
    pub(crate) fn true_purses(&self) -> Vec<Purse> {
        let (mut cash_held, mut held) = (Decimal::ZERO, vec![Decimal::ZERO; self.coins.len()]);
        for order in self.orders.iter().filter(|order| order.rests()) {
            if order.is_buy() {
                cash_held += order.worst(order.left());
            } else if let Some(sum) = held.get_mut(order.product) {
                *sum += order.left();
            }
        }
        let purse = |asset: &str, total: Decimal, held: Decimal| {
            let held = held.min(total).max(Decimal::ZERO);
            let available = QuoteAmt::new(total - held).ok()?;
            Some(Purse { asset: asset.parse().ok()?, available, held: QuoteAmt::new(held).ok()? })
        };
        let mut purses: Vec<Purse> = purse("USD", self.cash, cash_held).into_iter().collect();
        let coins = self.market.ids().iter().zip(&self.coins).zip(held);
        let coins = coins.filter(|((_, total), _)| !total.is_zero());
        purses.extend(coins.filter_map(|((id, total), held)| purse(id.base(), *total, held)));
        purses
    }

    /// What the account is shown to hold.
    pub(crate) fn shown_purses(&mut self) -> Vec<Purse> {
        if self.happens(Fault::StaleBalance) {
            let back = self.dice.below(4);
            let at = self.balances.len().saturating_sub(1 + usize::try_from(back).unwrap_or(0));
            if let Some((_, old)) = self.balances.get(at) {
                return old.clone();
            }
        }
        self.true_purses()
    }
}
