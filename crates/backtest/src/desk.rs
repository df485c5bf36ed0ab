//! Carries out what the engine asks for: on record first, then to the venue, and what the venue says
//! back to the engine. The same steps in the same order as PAPER's desk, without waiting.

use core::time::Duration;
use std::collections::VecDeque;

use domain::{
    CycleId, Fact, Instants, IntentId, PolicyHash, ProductId, Purse, SubmitOutcome, Timestamp,
};
use engine::{Effect, Effects, Engine, Event, NoProbe};
use exchange::{CommitView, Journalled, Memory, OrderIntent, VenueFill, VenueOrder};
use exchange_sim::SimVenue;
use execution::{ClientNames, Look, Timing};

use crate::BacktestError;
use crate::journal::Journal;

/// How often records and venue are compared, seconds.
const COMPARE_SECS: i64 = 300;
const DAY_SECS: i64 = 86_400;
/// And while they do not agree.
const AGAIN_SECS: i64 = 10;

/// The venue, the engine and the journal of one run.
pub(crate) struct Desk {
    pub(crate) engine: Engine,
    pub(crate) venue: SimVenue,
    pub(crate) journal: Journal,
    /// Why entries went no further, with how often.
    pub(crate) given_up: std::collections::BTreeMap<String, u64>,
    names: ClientNames,
    policy: PolicyHash,
    /// How long orders are on their way.
    delay_secs: i64,
    compared_at: Option<Timestamp>,
    /// Products whose books the engine wanted and was given.
    pub(crate) booked: Vec<ProductId>,
    /// Room for what the engine asks for, used again.
    room: Effects,
    /// Balances, and how often money had moved by then.
    balances: Option<(u64, Vec<Purse>)>,
}

/// What the engine asked for in one step, sorted by what must come first.
#[derive(Default)]
struct Asked {
    facts: Vec<Fact>,
    intents: Vec<OrderIntent>,
    errands: VecDeque<Errand>,
    /// The fact of the cycle, which is kept last.
    cycle: Option<Fact>,
}

/// Something to ask the venue.
#[derive(Clone, Copy)]
enum Errand {
    Cancel(IntentId),
    Query(IntentId),
    List(Timestamp),
    /// Fills of live orders.
    Fills(Timestamp),
}

impl Desk {
    /// A desk for an engine's account at a venue.
    pub(crate) fn new(
        engine: Engine,
        venue: SimVenue,
        policy: PolicyHash,
        delay_secs: i64,
    ) -> Self {
        Self {
            engine,
            venue,
            journal: Journal::default(),
            given_up: std::collections::BTreeMap::new(),
            names: ClientNames::default(),
            policy,
            delay_secs,
            compared_at: None,
            booked: Vec::new(),
            room: Effects::default(),
            balances: None,
        }
    }

    /// All clocks at the venue's moment.
    fn now(&self) -> Instants {
        let venue = self.venue.now();
        let mono = Duration::from_millis(u64::try_from(venue.millis()).unwrap_or(0));
        Instants { mono, wall: venue, venue: Some(venue) }
    }

    /// Feeds what asks for nothing.
    pub(crate) fn give(&mut self, event: Event) -> Result<(), BacktestError> {
        self.room = self.step(event)?;
        self.room.list.clear();
        Ok(())
    }

    /// Puts a fact from outside on record and tells it.
    pub(crate) fn told(&mut self, fact: Fact) -> Result<(), BacktestError> {
        self.journal.append(fact.clone());
        self.names.apply(&fact);
        self.give(Event::Fact(fact))
    }

    /// What the account holds and pays.
    pub(crate) fn account(&mut self) -> Result<(), BacktestError> {
        let (purses, fees) = (self.balances()?, self.venue.fees());
        self.give(Event::Account { purses, fees })
    }

    /// What the venue says of the account's money; asked again only after some moved.
    fn balances(&mut self) -> Result<Vec<Purse>, BacktestError> {
        let moves = self.venue.moves();
        if let Some((_, purses)) = self.balances.as_ref().filter(|(at, _)| *at == moves) {
            return Ok(purses.clone());
        }
        let purses = self.venue.balances()?;
        self.balances = Some((moves, purses.clone()));
        Ok(purses)
    }

    /// Looks after own orders and positions, without a decision.
    pub(crate) fn upkeep(&mut self) -> Result<(), BacktestError> {
        self.compare()?;
        if self.engine.orders().any_at_work() {
            let fills = self.fills(since(&self.engine, self.venue.now()))?;
            self.event(Event::Filled(fills))?;
        }
        self.whole(|| Event::Upkeep)
    }

    /// Decides for this moment.
    pub(crate) fn cycle(&mut self, id: CycleId) -> Result<(), BacktestError> {
        self.whole(|| Event::CycleDue(id))
    }

    /// Feeds an event that may want books: it is fed again with them, and only then anything is done.
    fn whole(&mut self, event: impl Fn() -> Event) -> Result<(), BacktestError> {
        let mut effects = self.step(event())?;
        if !self.engine.wanted().is_empty() {
            let wanted = self.engine.wanted().to_vec();
            let first = self.booked.len();
            self.booked.extend(self.venue.products_of(&wanted));
            for at in first..self.booked.len() {
                if let Some(product) = self.booked.get(at) {
                    self.book(*product)?;
                }
            }
            self.engine.step(self.now(), event(), &mut NoProbe, &mut effects)?;
        }
        self.done(effects)
    }

    /// Feeds a product's book, where it has one.
    pub(crate) fn book(&mut self, product: ProductId) -> Result<(), BacktestError> {
        let Some(book) = self.venue.book(product)? else { return Ok(()) };
        let vouched = self.venue.now();
        self.give(Event::Book { product, book, vouched })
    }

    /// Feeds one event and carries out what it asks for.
    pub(crate) fn event(&mut self, event: Event) -> Result<(), BacktestError> {
        let effects = self.step(event)?;
        self.done(effects)
    }

    fn done(&mut self, mut effects: Effects) -> Result<(), BacktestError> {
        let small = |effect: &Effect| {
            matches!(effect, Effect::CycleDone)
                || matches!(effect, Effect::Append(fact) if Journal::is_small(fact))
        };
        if !self.engine.is_account_behind() && effects.list.iter().all(small) {
            // Nearly always: what goes on record is copied from where it is. A cycle's fact is the last.
            for effect in &effects.list {
                if let Effect::Append(fact) = effect {
                    self.journal.append_small(fact);
                }
            }
            effects.list.clear();
            self.room = effects;
            return Ok(());
        }
        let kept = |effect: &Effect| matches!(effect, Effect::Append(_) | Effect::CycleDone);
        if effects.list.iter().all(kept) {
            // Nothing is asked of the venue: the facts go on record, that of a cycle after the others.
            let mut cycle = None;
            for effect in effects.list.drain(..) {
                let Effect::Append(fact) = effect else { continue };
                if matches!(fact, Fact::Cycle { .. }) {
                    cycle = Some(fact);
                } else {
                    self.journal.append(fact);
                }
            }
            self.room = effects;
            if self.engine.is_account_behind() {
                self.account()?;
            }
            if let Some(cycle) = cycle {
                self.journal.append(cycle);
            }
            return Ok(());
        }
        if let Some(cycle) = self.carry_out(effects)? {
            self.journal.append(cycle);
        }
        Ok(())
    }

    fn step(&mut self, event: Event) -> Result<Effects, BacktestError> {
        let (now, mut effects) = (self.now(), core::mem::take(&mut self.room));
        self.engine.step(now, event, &mut NoProbe, &mut effects)?;
        Ok(effects)
    }

    /// Compares records and venue when it is time to.
    fn compare(&mut self) -> Result<(), BacktestError> {
        let at = self.venue.now();
        let pace = if self.engine.is_reconciled() { COMPARE_SECS } else { AGAIN_SECS };
        if self.compared_at.is_some_and(|last| at.secs_since(last) < pace) {
            return Ok(());
        }
        let first = self.compared_at.replace(at).is_none();
        let from = self.uncompared(at).min(at.plus_secs(if first { -DAY_SECS } else { 0 }));
        let look = Some(Box::new(self.look(from)?));
        let purses = Some(self.balances()?);
        self.event(Event::Compared { look, purses, account: true })
    }

    /// Facts on record, then what was asked of the venue, then the account again after a fill.
    fn carry_out(&mut self, effects: Effects) -> Result<Option<Fact>, BacktestError> {
        let mut asked = self.asked(effects);
        let cycle = asked.cycle.take();
        let mut errands = core::mem::take(&mut asked.errands);
        self.send(asked, &mut errands)?;
        while let Some(errand) = errands.pop_front() {
            let Some(event) = self.run(errand, &mut errands)? else { continue };
            let effects = self.step(event)?;
            let mut more = self.asked(effects);
            errands.append(&mut more.errands);
            self.send(more, &mut errands)?;
        }
        if self.engine.is_account_behind() {
            self.account()?;
        }
        Ok(cycle)
    }

    fn asked(&mut self, mut effects: Effects) -> Asked {
        let mut asked = Asked::default();
        for effect in effects.list.drain(..) {
            match effect {
                Effect::Append(fact @ Fact::Cycle { .. }) => asked.cycle = Some(fact),
                Effect::Append(fact) => asked.facts.push(fact),
                Effect::Place(intent) => asked.intents.push(*intent),
                Effect::Cancel(intent) => asked.errands.push_back(Errand::Cancel(intent)),
                Effect::Query(intent) => asked.errands.push_back(Errand::Query(intent)),
                Effect::List { from } => asked.errands.push_back(Errand::List(from)),
                Effect::GivenUp { why, .. } => *self.given_up.entry(why).or_default() += 1,
                // Whoever would be told looks at the report. A lot that the venue does not protect is
                // the engine's: nothing is lost.
                Effect::Alarm(_) | Effect::KeptByEngine { .. } | Effect::CycleDone => {}
            }
        }
        self.room = effects;
        asked
    }

    /// Facts on record, then orders on record, then orders to the venue.
    fn send(&mut self, asked: Asked, errands: &mut VecDeque<Errand>) -> Result<(), BacktestError> {
        for fact in asked.facts {
            self.journal.append(fact);
        }
        if asked.intents.is_empty() {
            return Ok(());
        }
        let at = self.venue.now();
        let orders = self.commit(asked.intents)?;
        if self.delay_secs > 0 {
            // Orders of one verdict leave together. What was seen at the decision may be gone.
            self.venue.advance(at.plus_secs(self.delay_secs))?;
        }
        for order in orders {
            let intent = order.intent().id();
            let outcome = self.venue.place(&order);
            if matches!(outcome, SubmitOutcome::Accepted { .. }) {
                errands.push_back(Errand::Query(intent));
                errands.push_back(Errand::Fills(at.plus_secs(-Timing::LOOK_BACK_SECS)));
            }
            let effects = self.step(Event::Answered { intent, outcome })?;
            for fact in self.asked(effects).facts {
                self.journal.append(fact);
            }
        }
        Ok(())
    }

    /// Puts the orders of one verdict on record before the first is sent.
    fn commit(
        &mut self,
        intents: Vec<OrderIntent>,
    ) -> Result<Vec<Journalled<Memory>>, BacktestError> {
        let now = self.venue.now();
        let identity = self.engine.identity();
        let view = CommitView {
            now,
            policy: self.policy.clone(),
            account: identity.account.clone(),
            mode: identity.mode,
            exposure_fact: self.engine.exposure_fact(),
        };
        let together = Journalled::commit_all(&mut self.journal, &view, intents);
        if let Some((_, error)) = together.refused {
            return Err(error.into());
        }
        for order in &together.kept {
            let fact = Fact::Intent(Box::new(order.intent().fact(now)));
            self.names.apply(&fact);
            self.give(Event::Fact(fact))?;
        }
        Ok(together.kept)
    }

    /// One question to the venue, and what its answer is to the engine.
    fn run(
        &mut self,
        errand: Errand,
        errands: &mut VecDeque<Errand>,
    ) -> Result<Option<Event>, BacktestError> {
        Ok(match errand {
            Errand::Cancel(intent) => {
                if let Some(id) = self.venue.order_of(intent).map(|order| order.id) {
                    self.venue.cancel(id)?;
                    // The acknowledgement is no end (O-12): the order itself tells.
                    errands.push_back(Errand::Query(intent));
                }
                None
            }
            Errand::Query(intent) => {
                let order = self.venue.order_of(intent);
                order.map(|order| Event::Seen(self.shown(order)))
            }
            Errand::List(from) => Some(Event::Looked(Box::new(self.look(from)?))),
            Errand::Fills(from) => Some(Event::Filled(self.fills(from)?)),
        })
    }

    fn look(&self, from: Timestamp) -> Result<Look, BacktestError> {
        // They are in the order in which they were placed.
        let since = self.venue.orders().rev().take_while(|order| order.placed >= from);
        let mut orders: Vec<_> = since.map(|order| self.shown(order)).collect();
        orders.reverse();
        Ok(Look { asked: self.now(), from, orders, fills: self.fills(from)? })
    }

    fn shown(&self, order: &exchange_sim::Order) -> VenueOrder {
        let name = self.names.of(order.ticket.client);
        self.venue.show(order, name.map(|name| name.to_string()).unwrap_or_default())
    }

    fn fills(&self, from: Timestamp) -> Result<Vec<VenueFill>, BacktestError> {
        let all = self.venue.fills();
        let since = all.get(all.partition_point(|fill| fill.at < from)..).unwrap_or_default();
        since.iter().map(|fill| Ok(self.venue.show_fill(fill)?)).collect()
    }

    /// From when on a comparison looks: also at everything since the one before.
    fn uncompared(&self, at: Timestamp) -> Timestamp {
        let before = self.engine.compared_through().unwrap_or(at);
        since(&self.engine, at).min(before.plus_secs(-Timing::LOOK_BACK_SECS))
    }
}

/// From when on the venue must be asked to see every own order that is not settled.
fn since(engine: &Engine, at: Timestamp) -> Timestamp {
    let live = engine.orders().open_since(engine.compared_through());
    live.unwrap_or(at).min(at).plus_secs(-Timing::LOOK_BACK_SECS)
}
