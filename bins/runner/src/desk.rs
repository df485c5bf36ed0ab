//! Carries out what the engine asks for: on record first, then to the venue, and what the venue says
//! back to the engine.

mod hear;
mod last;

use core::fmt;
use std::collections::VecDeque;
use std::sync::Arc;

use domain::planted::{Fault, planted};
use domain::{
    AccountId, Fact, Instants, IntentId, Latch, Mode, PolicyHash, Side, SubmitOutcome, Timestamp,
    Trouble,
};
use engine::{Effect, Effects, Engine, Event, NoProbe};
use exchange::{
    Account, CommitView, Durable, IntentJournal, Journalled, OrderIntent, OrderVenue, PortError,
};
use execution::{Alarm, Look, Timing};

use crate::{Code, Failure};

/// A venue that takes orders: its account and its orders behind ports.
pub trait Trading: Account + OrderVenue<Durability = Durable> {}

impl<V: Account + OrderVenue<Durability = Durable>> Trading for V {}

/// Where facts and intents are kept.
pub trait Kept {
    /// Where intents become facts.
    type Journal: IntentJournal<Durability = Durable>;

    /// Puts facts on record together.
    ///
    /// # Errors
    /// [`Failure`]: it is not certain that they are kept, and nothing more may be sent.
    fn append_all(&mut self, facts: &[Fact]) -> Result<(), Failure>;

    /// Where intents become facts.
    fn journal(&mut self) -> &mut Self::Journal;
}

/// Says why nothing may be bought now, if so.
pub type Killed = Box<dyn Fn() -> Option<String> + Send + Sync>;

/// What the engine asked for in one step, sorted by what must come first.
#[derive(Default)]
struct Asked {
    facts: Vec<Fact>,
    intents: Vec<OrderIntent>,
    errands: VecDeque<Errand>,
    /// The fact of the cycle, which is kept with its record.
    cycle: Option<Fact>,
}

/// Something to ask the venue.
enum Errand {
    Cancel(IntentId),
    Query(IntentId),
    List(Timestamp),
    /// Fills of live orders.
    Fills(Timestamp),
}

impl Asked {
    fn of(effects: Effects) -> Self {
        let mut asked = Self::default();
        for effect in effects.list {
            match effect {
                Effect::Append(fact @ Fact::Cycle { .. }) => asked.cycle = Some(fact),
                Effect::Append(fact) => asked.facts.push(fact),
                Effect::Place(intent) => asked.intents.push(*intent),
                Effect::Cancel(intent) => asked.errands.push_back(Errand::Cancel(intent)),
                Effect::Query(intent) => asked.errands.push_back(Errand::Query(intent)),
                Effect::List { from } => asked.errands.push_back(Errand::List(from)),
                Effect::Alarm(alarm) => tell_a_person(alarm),
                Effect::GivenUp { after, why } => {
                    tracing::info!(after = after.0, %why, "the entry goes no further");
                }
                Effect::KeptByEngine { lot, why } => {
                    tracing::warn!(lot = lot.0.0, %why, "not protected at the venue: the engine is");
                }
                Effect::CycleDone => {}
            }
        }
        asked
    }
}

/// The way to a venue's orders, for the modes that have one.
pub struct Desk {
    venue: Arc<dyn Trading>,
    account: AccountId,
    mode: Mode,
    policy: PolicyHash,
    killed: Killed,
    /// Why no entry is put on record.
    spare: Option<String>,
    compared_at: Option<Timestamp>,
    /// Comparisons that were begun.
    looks: u32,
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").field("account", &self.account).finish_non_exhaustive()
    }
}

/// How often records and venue are compared, seconds.
const COMPARE_SECS: i64 = 300;
const DAY_SECS: i64 = 86_400;
/// And while they do not agree.
const AGAIN_SECS: i64 = 10;

impl Desk {
    /// A desk for an engine's account.
    pub fn new(
        venue: Arc<dyn Trading>,
        engine: &Engine,
        policy: PolicyHash,
        killed: Killed,
    ) -> Self {
        let identity = engine.identity();
        let (account, mode) = (identity.account.clone(), identity.mode);
        Self { venue, account, mode, policy, killed, spare: None, compared_at: None, looks: 0 }
    }

    /// Puts no entry on record and sends none while there is a reason: the room that is left is for
    /// exits.
    pub fn spare(&mut self, reason: Option<String>) {
        self.spare = reason;
    }

    /// Looks after own orders, without a decision: [`Self::see`], then [`Self::act`].
    ///
    /// # Errors
    /// [`Failure`]: the records do not take it, and the process must end.
    pub async fn upkeep<K: Kept>(
        &mut self,
        now: Instants,
        engine: &mut Engine,
        keeper: &mut K,
    ) -> Result<(), Failure> {
        self.see(now, engine, keeper).await?;
        self.act(now, engine, keeper).await
    }

    /// Does what is due. What is approved here lives for two seconds from `now`: where time passes
    /// while the venue is asked, it is read after [`Self::see`].
    ///
    /// # Errors
    /// As [`Self::upkeep`].
    pub async fn act<K: Kept>(
        &mut self,
        now: Instants,
        engine: &mut Engine,
        keeper: &mut K,
    ) -> Result<(), Failure> {
        self.event(now, Event::Upkeep, engine, keeper).await?;
        self.settle(now, engine).await;
        Ok(())
    }

    /// Compares records and venue when it is time to.
    ///
    /// # Errors
    /// As [`Self::upkeep`].
    pub async fn compare<K: Kept>(
        &mut self,
        now: Instants,
        engine: &mut Engine,
        keeper: &mut K,
    ) -> Result<(), Failure> {
        let Some(at) = now.venue else { return Ok(()) };
        if self.compared_at.is_some_and(|last| at.secs_since(last) < self.pace(engine)) {
            return Ok(());
        }
        self.looks += 1;
        // The first look goes back a day: what was left open by others is found then.
        let first = self.compared_at.replace(at).is_none();
        let from = uncompared(engine, at).min(at.plus_secs(if first { -DAY_SECS } else { 0 }));
        let look = match self.look(now, from).await {
            Ok(look) => Some(Box::new(look)),
            Err(error) => {
                tracing::error!(%error, "the venue's orders cannot be read completely");
                None
            }
        };
        let purses = match self.venue.purses().await {
            Ok(purses) => Some(purses),
            Err(error) => {
                tracing::error!(%error, "the venue's balances cannot be read");
                None
            }
        };
        let event = Event::Compared { look, purses, account: true };
        self.event(now, event, engine, keeper).await?;
        self.settle(now, engine).await;
        Ok(())
    }

    /// Seconds between two comparisons. Nothing is sold before the first whole one of a process, so
    /// that a read which failed is repeated soon, and less soon the more of them do: twice after two
    /// seconds, twice after four, twice after eight.
    fn pace(&self, engine: &Engine) -> i64 {
        if engine.is_reconciled() {
            COMPARE_SECS
        } else if engine.is_compared() {
            AGAIN_SECS
        } else {
            AGAIN_SECS.min(1_i64.checked_shl(self.looks.div_ceil(2)).unwrap_or(AGAIN_SECS))
        }
    }

    /// Carries out a step's effects but for its cycle, whose fact it returns.
    ///
    /// # Errors
    /// As [`Self::upkeep`].
    pub async fn carry_out<K: Kept>(
        &mut self,
        now: Instants,
        effects: Effects,
        engine: &mut Engine,
        keeper: &mut K,
    ) -> Result<Option<Fact>, Failure> {
        let mut asked = Asked::of(effects);
        let cycle = asked.cycle.take();
        let mut errands = core::mem::take(&mut asked.errands);
        self.send(now, asked, &mut errands, engine, keeper).await?;
        self.go(now, errands, engine, keeper).await?;
        self.heed_wire(now, engine, keeper)?;
        self.settle(now, engine).await;
        Ok(cycle)
    }

    /// Runs errands, and those that their answers ask for.
    async fn go<K: Kept>(
        &self,
        now: Instants,
        mut errands: VecDeque<Errand>,
        engine: &mut Engine,
        keeper: &mut K,
    ) -> Result<(), Failure> {
        while let Some(errand) = errands.pop_front() {
            let Some(event) = self.run(now, errand, &mut errands).await else { continue };
            let mut more = Asked::of(step(engine, now, event)?);
            errands.append(&mut more.errands);
            self.send(now, more, &mut errands, engine, keeper).await?;
        }
        Ok(())
    }

    /// Latches a wire that shut itself: nothing that is approved could be sent, and a person must
    /// see why.
    fn heed_wire<K: Kept>(
        &self,
        now: Instants,
        engine: &mut Engine,
        keeper: &mut K,
    ) -> Result<(), Failure> {
        let Some(reason) = self.venue.shut() else { return Ok(()) };
        let (at, latch) = (now.venue.unwrap_or(now.wall), Latch::WireShut);
        if engine.state().latches(at).contains(&latch) {
            return Ok(());
        }
        tracing::error!(reason, "the wire is shut: find out why, then start anew and resume it");
        let fact = Fact::Latched { at, latch, reason };
        keeper.append_all(core::slice::from_ref(&fact))?;
        step(engine, now, Event::Fact(fact)).map(drop)
    }

    /// Feeds one event and carries out what it asks for.
    ///
    /// # Errors
    /// As [`Self::upkeep`].
    pub async fn event<K: Kept>(
        &mut self,
        now: Instants,
        event: Event,
        engine: &mut Engine,
        keeper: &mut K,
    ) -> Result<(), Failure> {
        let effects = step(engine, now, event)?;
        // Only a cycle that is due has a fact of its own.
        self.carry_out(now, effects, engine, keeper).await.map(drop)
    }

    /// Asks for fills of own orders while there are live ones. What only protects a lot is asked about
    /// at its own pace, and tells then that it filled something.
    ///
    /// # Errors
    /// As [`Self::upkeep`].
    pub async fn see<K: Kept>(
        &mut self,
        now: Instants,
        engine: &mut Engine,
        keeper: &mut K,
    ) -> Result<(), Failure> {
        let Some(at) = now.venue.filter(|_| engine.orders().any_at_work()) else {
            return Ok(());
        };
        let from = since(engine, at);
        match self.venue.fills(from).await {
            Ok(fills) => self.event(now, Event::Filled(fills), engine, keeper).await,
            Err(error) => {
                tracing::error!(%error, "fills cannot be read");
                Ok(())
            }
        }
    }

    /// Facts on record, then orders on record, then orders to the venue.
    async fn send<K: Kept>(
        &self,
        now: Instants,
        asked: Asked,
        errands: &mut VecDeque<Errand>,
        engine: &mut Engine,
        keeper: &mut K,
    ) -> Result<(), Failure> {
        if !planted(Fault::SendsBeforeRecord) {
            keeper.append_all(&asked.facts)?;
        }
        let at = now.venue.unwrap_or(now.wall);
        for order in self.commit(now, asked.intents, engine, keeper)? {
            let (intent, side) = (order.intent().id(), order.intent().approved().side());
            let heeds = side == Side::Buy && !planted(Fault::KillUnheededAtTheWire);
            let outcome = match (self.killed)().filter(|_| heeds) {
                Some(reason) => SubmitOutcome::Refused { reason: format!("not sent: {reason}") },
                None => self.venue.submit(order).await,
            };
            tell_outcome(intent, &outcome);
            if matches!(outcome, SubmitOutcome::Accepted { .. }) {
                errands.push_back(Errand::Query(intent));
                errands.push_back(Errand::Fills(at.plus_secs(-Timing::LOOK_BACK_SECS)));
            }
            let answer = step(engine, now, Event::Answered { intent, outcome })?;
            if !planted(Fault::ForgetsAnswer) {
                keeper.append_all(&Asked::of(answer).facts)?;
            }
        }
        if planted(Fault::SendsBeforeRecord) {
            keeper.append_all(&asked.facts)?;
        }
        Ok(())
    }

    /// Puts all orders of one step on record before the first is sent: they were approved together,
    /// and what one of them changes must not overtake the next.
    fn commit<K: Kept>(
        &self,
        now: Instants,
        intents: Vec<OrderIntent>,
        engine: &mut Engine,
        keeper: &mut K,
    ) -> Result<Vec<Journalled<Durable>>, Failure> {
        let at = now.venue.unwrap_or(now.wall);
        let view = CommitView {
            now: at,
            policy: self.policy.clone(),
            account: self.account.clone(),
            mode: self.mode,
            exposure_fact: engine.exposure_fact(),
        };
        let together = Journalled::commit_all(keeper.journal(), &view, self.spared(intents));
        match together.refused {
            Some((_, exchange::CommitError::Journal(error))) => {
                return Err(Failure::new(Code::Failed, error.to_string()));
            }
            Some((id, error)) => {
                tracing::warn!(intent = id.0, %error, "not sent; it is decided again");
            }
            None => {}
        }
        let orders = together.kept;
        for order in &orders {
            let fact = Fact::Intent(Box::new(order.intent().fact(at)));
            step(engine, now, Event::Fact(fact))?;
        }
        Ok(orders)
    }

    /// Without entries where they are spared: those are decided again when there is room.
    fn spared(&self, mut intents: Vec<OrderIntent>) -> Vec<OrderIntent> {
        if let Some(reason) = &self.spare {
            let all = intents.len();
            intents.retain(|intent| intent.approved().side() == Side::Sell);
            if intents.len() < all {
                tracing::error!(entries = all - intents.len(), %reason, "not sent");
            }
        }
        intents
    }

    /// One question to the venue, and what its answer is to the engine.
    async fn run(
        &self,
        now: Instants,
        errand: Errand,
        errands: &mut VecDeque<Errand>,
    ) -> Option<Event> {
        let answer = match errand {
            Errand::Cancel(intent) => match self.venue.cancel(intent).await {
                // The acknowledgement is no end (O-12): the order itself tells.
                Ok(()) => {
                    errands.push_back(Errand::Query(intent));
                    return None;
                }
                Err(error) => Err(error),
            },
            Errand::Query(intent) => self.venue.order(intent).await.map(Event::Seen),
            Errand::List(from) => self.look(now, from).await.map(|l| Event::Looked(Box::new(l))),
            Errand::Fills(from) => self.venue.fills(from).await.map(Event::Filled),
        };
        match answer {
            Ok(event) => Some(event),
            // What was taken a moment ago need not be shown yet.
            Err(PortError::Unknown(what)) => {
                tracing::debug!(%what, "the venue does not show it");
                None
            }
            Err(error) => {
                tracing::error!(%error, "the venue does not answer");
                Some(Event::Trouble(Trouble::Error))
            }
        }
    }

    async fn look(&self, now: Instants, from: Timestamp) -> Result<Look, PortError> {
        let orders = self.venue.orders(from).await?;
        let fills = self.venue.fills(from).await?;
        Ok(Look { asked: now, from, orders, fills })
    }

    /// Reads the account again after something filled.
    async fn settle(&self, now: Instants, engine: &mut Engine) {
        if !engine.is_account_behind() {
            return;
        }
        let event = match (self.venue.purses().await, self.venue.fees().await) {
            (Ok(purses), Ok(fees)) => Event::Account { purses, fees },
            (Err(error), _) | (_, Err(error)) => {
                tracing::error!(%error, "the account cannot be read: nothing can be bought");
                Event::AccountLost
            }
        };
        if let Err(error) = step(engine, now, event) {
            tracing::error!(%error, "the account cannot be taken");
        }
    }
}

/// From when on the venue must be asked to see every own order that is not settled.
fn since(engine: &Engine, at: Timestamp) -> Timestamp {
    let live = engine.orders().open_since(engine.compared_through());
    live.unwrap_or(at).min(at).plus_secs(-Timing::LOOK_BACK_SECS)
}

/// From when on a comparison looks: also at everything since the one before, however long ago that
/// was, so that no order and no fill is ever between two comparisons.
fn uncompared(engine: &Engine, at: Timestamp) -> Timestamp {
    let before = engine.compared_through().filter(|_| !planted(Fault::ComparesBriefly));
    let before = before.unwrap_or(at);
    since(engine, at).min(before.plus_secs(-Timing::LOOK_BACK_SECS))
}

/// One step of the engine.
fn step(engine: &mut Engine, now: Instants, event: Event) -> Result<Effects, Failure> {
    let mut effects = Effects::default();
    engine.step(now, event, &mut NoProbe, &mut effects)?;
    Ok(effects)
}

fn tell_outcome(intent: IntentId, outcome: &SubmitOutcome) {
    let intent = intent.0;
    match outcome {
        SubmitOutcome::Accepted { venue_order_id } => {
            tracing::info!(intent, %venue_order_id, "order accepted");
        }
        SubmitOutcome::Refused { reason } => tracing::warn!(intent, %reason, "order refused"),
        SubmitOutcome::Unknown { cause } => {
            tracing::error!(intent, %cause, "nobody knows whether the venue has this order");
        }
    }
}

fn tell_a_person(alarm: Alarm) {
    match alarm {
        Alarm::Unknown(intent) => {
            tracing::error!(intent = intent.0, "still unknown: see `runner orders`");
        }
        Alarm::Reappeared(intent) => {
            tracing::error!(
                intent = intent.0,
                "taken for absent, and at the venue: it is cancelled"
            );
        }
        Alarm::Unprotected(lot) => {
            tracing::error!(lot = lot.0.0, "nobody watches over this lot");
        }
    }
}

#[cfg(test)]
mod tests;
