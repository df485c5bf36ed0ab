//! How often it has traded, folded from facts, so that a restart refills nothing.

use std::collections::{BTreeMap, VecDeque};

use domain::{
    Approval, Asset, Fact, Fill, IntentFact, IntentId, Latch, Side, SubmitFact, SubmitOutcome,
    Timestamp, TriggerId, Trouble,
};

use crate::outcomes::{Outcome, Outcomes};
use crate::standing::{Standing, adds};

const MINUTE_SECS: i64 = 60;
const HOUR_SECS: i64 = 3600;
const DAY_SECS: i64 = 86_400;
/// An event is proposed within hours of its candle; two days of memory are plenty.
const TRIGGER_MEMORY_SECS: i64 = 2 * DAY_SECS;
/// Venues list fills again for days after a restart, so their ids are kept longer than a window.
const FILL_MEMORY_SECS: i64 = 8 * DAY_SECS;
/// Errors, refusals, messages and executions are counted within an hour at most, and a storm of
/// them says nothing new after so many.
const STORM: usize = 1000;

/// Pacing facts. Windows are (t − span, t]; whatever no window can reach any more is forgotten.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counters {
    trades: VecDeque<Trade>,
    attempts: Moments,
    /// The newest entry order of an asset.
    ordered: BTreeMap<Asset, Timestamp>,
    errors: Moments,
    refused: Moments,
    messages: Moments,
    rate_limited: Option<Timestamp>,
    /// Entry orders that executed, each at its first fill.
    executed: VecDeque<(Timestamp, Asset, IntentId)>,
    used: BTreeMap<TriggerId, Timestamp>,
    /// How often something was used, or forgotten.
    uses: u64,
    fills: BTreeMap<String, Timestamp>,
    outcomes: Outcomes,
    standing: Standing,
    newest: Option<Timestamp>,
    swept: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Trade {
    at: Timestamp,
    asset: Asset,
    add: bool,
}

/// Moments in order of time. What came late is sorted in, so that a clock that stepped back refills
/// nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Moments(VecDeque<Timestamp>);

impl Moments {
    fn push(&mut self, at: Timestamp) {
        let place = self.0.partition_point(|other| *other <= at);
        self.0.insert(place, at);
    }

    /// The same where a storm says nothing new.
    fn push_of_storm(&mut self, at: Timestamp) {
        self.push(at);
        if self.0.len() > STORM {
            self.0.pop_front();
        }
    }

    /// How many there are after an edge.
    fn since(&self, edge: Timestamp) -> u32 {
        count(self.0.len() - self.0.partition_point(|at| *at <= edge))
    }

    fn forget_before(&mut self, edge: Timestamp) {
        let gone = self.0.partition_point(|at| *at <= edge);
        self.0.drain(..gone);
    }

    /// The newest moment that was the `many`th within `secs`.
    fn crowded(&self, many: u32, secs: u32) -> Option<Timestamp> {
        let before = usize::try_from(many).unwrap_or(usize::MAX).saturating_sub(1);
        let (late, early) = (self.0.iter().rev(), self.0.iter().rev().skip(before));
        let mut pairs = late.zip(early);
        let near = |late: Timestamp, early: Timestamp| early > late.plus_secs(-i64::from(secs));
        pairs.find(|(late, early)| near(**late, **early)).map(|(late, _)| *late)
    }
}

impl Counters {
    /// Folds facts from nothing.
    pub fn of<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Self {
        let mut counters = Self::default();
        for fact in facts {
            counters.apply(fact);
        }
        counters
    }

    /// Takes one fact.
    pub fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::Approved(approval) => self.approved(approval),
            Fact::TriggerUsed { at, trigger } => {
                self.used.insert(*trigger, *at);
                self.uses += 1;
                self.sweep(*at);
            }
            Fact::Intent(intent) => self.intent(intent),
            Fact::Submitted(SubmitFact { at, outcome: SubmitOutcome::Refused { .. }, .. }) => {
                self.refused.push_of_storm(*at);
            }
            Fact::Cancel { at, .. } => self.messages.push_of_storm(*at),
            Fact::Fill(fill) => self.fill(fill),
            Fact::OrderEnd(end) => self.outcomes.end(end),
            Fact::Adopted(adoption) => self.outcomes.adopted(adoption),
            Fact::FlowConfirmed(said) => self.outcomes.withdrawn(said),
            Fact::Venue { at, trouble: Trouble::Error } => self.errors.push_of_storm(*at),
            Fact::Venue { at, trouble: Trouble::RateLimited } => {
                self.rate_limited = self.rate_limited.max(Some(*at));
            }
            Fact::Cycle { at, .. } => self.sweep(*at),
            Fact::Resumed { latch: Latch::ExecutionThrottle, .. } => self.executed.clear(),
            Fact::Boot { .. }
            | Fact::Named(_)
            | Fact::Policy(_)
            | Fact::Balances(_)
            | Fact::Marks(_)
            | Fact::Market(_)
            | Fact::Granted(_)
            | Fact::Submitted(_)
            | Fact::Seen(_)
            | Fact::Protection(_)
            | Fact::Reconciled(_)
            | Fact::Latched { .. }
            | Fact::Resumed { .. }
            | Fact::PeakReset { .. }
            | Fact::Flow(_)
            | Fact::Flagged(_) => {}
        }
    }

    /// Another number whenever [other triggers](Self::is_used) may be used.
    pub const fn uses(&self) -> u64 {
        self.uses
    }

    /// Whether an event was approved or decided before.
    pub fn is_used(&self, trigger: &TriggerId) -> bool {
        self.used.contains_key(trigger)
    }

    /// Approved entries of the last hour. A clock that stepped back refills nothing: what seems to
    /// lie ahead counts too, here and in every window.
    pub fn trades_in_hour(&self, now: Timestamp) -> u32 {
        self.trades_since(now.plus_secs(-HOUR_SECS))
    }

    /// Approved entries of the last 24 hours.
    pub fn trades_in_day(&self, now: Timestamp) -> u32 {
        self.trades_since(now.plus_secs(-DAY_SECS))
    }

    /// Entry orders sent in the last hour.
    pub fn attempts_in_hour(&self, now: Timestamp) -> u32 {
        self.attempts.since(now.plus_secs(-HOUR_SECS))
    }

    /// Entry orders sent in the last 24 hours.
    pub fn attempts_in_day(&self, now: Timestamp) -> u32 {
        self.attempts.since(now.plus_secs(-DAY_SECS))
    }

    /// The newest entry order of an asset within a day.
    pub fn last_order_of(&self, asset: &Asset) -> Option<Timestamp> {
        self.ordered.get(asset).copied()
    }

    /// Orders and cancels of the last minute.
    pub fn messages_in_minute(&self, now: Timestamp) -> u32 {
        self.messages.since(now.plus_secs(-MINUTE_SECS))
    }

    /// Orders that the venue refused in the last so many seconds (of an hour at most).
    pub fn refused_in(&self, secs: u32, now: Timestamp) -> u32 {
        self.refused.since(now.plus_secs(-i64::from(secs)))
    }

    /// The newest error of the venue that was the `many`th within `secs` seconds.
    pub fn errors_crowded(&self, many: u32, secs: u32) -> Option<Timestamp> {
        self.errors.crowded(many, secs)
    }

    /// When the venue last asked for fewer requests.
    pub const fn last_rate_limit(&self) -> Option<Timestamp> {
        self.rate_limited
    }

    /// Entry orders of an asset that executed in the last so many seconds (of an hour at most).
    pub fn executed_in(&self, asset: &Asset, secs: u32, now: Timestamp) -> u32 {
        let edge = now.plus_secs(-i64::from(secs));
        count(self.executed.iter().filter(|(at, of, _)| *at > edge && of == asset).count())
    }

    /// The assets of which entry orders executed within the last hour, each once for an order.
    pub fn executed(&self) -> impl Iterator<Item = &Asset> {
        self.executed.iter().map(|(_, asset, _)| asset)
    }

    /// The newest approved entry within a day.
    pub fn last_trade(&self) -> Option<Timestamp> {
        self.trades.iter().map(|trade| trade.at).max()
    }

    /// The newest approved entry of an asset within a day.
    pub fn last_trade_of(&self, asset: &Asset) -> Option<Timestamp> {
        let own = self.trades.iter().filter(|trade| trade.asset == *asset);
        own.map(|trade| trade.at).max()
    }

    /// Entries of an asset in the last 24 hours that were approved while it was held.
    pub fn adds_in_day(&self, asset: &Asset, now: Timestamp) -> u32 {
        let edge = now.plus_secs(-DAY_SECS);
        let adds = self.trades.iter().filter(|t| t.add && t.asset == *asset && t.at > edge);
        count(adds.count())
    }

    /// The newest sale of an asset within a day, and how it went.
    pub fn last_exit(&self, asset: &Asset) -> Option<(Timestamp, Outcome)> {
        self.outcomes.exits.get(asset).copied()
    }

    /// How many lots in a row closed at a loss, fees included.
    pub const fn losses_in_a_row(&self) -> u32 {
        self.outcomes.losses_in_a_row
    }

    /// When the last lot closed at a loss.
    pub const fn last_loss(&self) -> Option<Timestamp> {
        self.outcomes.last_loss
    }

    /// How many sales in a row of an asset ended without selling everything: the next one may give
    /// more way.
    pub fn exit_rung(&self, asset: &Asset) -> usize {
        self.outcomes.rung(asset)
    }

    fn approved(&mut self, approval: &Approval) {
        let Approval { at, asset, trigger, .. } = *approval;
        let add = self.outcomes.is_open(&asset);
        self.trades.push_back(Trade { at, asset, add });
        self.used.insert(trigger, at);
        self.uses += 1;
        self.sweep(at);
    }

    fn intent(&mut self, intent: &IntentFact) {
        let IntentFact { at, asset, side, .. } = *intent;
        if side == Side::Buy {
            self.attempts.push(at);
            let newest = self.ordered.entry(asset).or_insert(at);
            *newest = at.max(*newest);
        }
        self.messages.push_of_storm(at);
        self.outcomes.intent(intent);
        self.sweep(at);
    }

    fn fill(&mut self, fill: &Fill) {
        if !adds(fill) {
            self.adjusted(fill);
            return;
        }
        let known = self.executed.iter().any(|(_, _, intent)| *intent == fill.intent);
        if fill.side == Side::Buy && !known {
            self.executed.push_back((fill.at, fill.asset, fill.intent));
            if self.executed.len() > STORM {
                self.executed.pop_front();
            }
        }
        if !self.fills.contains_key(&fill.entry_id) {
            self.fills.insert(fill.entry_id.clone(), fill.at);
            self.outcomes.fill(fill);
            self.standing.book(fill, fill.qty.get());
        }
        self.sweep(fill.at);
    }

    /// A purchase that was taken back is nothing that was won or lost. That a sale was one stays.
    fn adjusted(&mut self, fill: &Fill) {
        if self.fills.contains_key(&fill.entry_id) {
            return;
        }
        self.fills.insert(fill.entry_id.clone(), fill.at);
        let change = self.standing.change(fill);
        if fill.side == Side::Buy && change.is_sign_negative() {
            self.outcomes.gone(&fill.asset, -change);
        }
        self.standing.book(fill, change);
    }

    fn trades_since(&self, edge: Timestamp) -> u32 {
        count(self.trades.iter().filter(|trade| trade.at > edge).count())
    }

    /// Forgets, once an hour of facts, what no window reaches any more.
    fn sweep(&mut self, at: Timestamp) {
        let newest = self.newest.map_or(at, |newest| newest.max(at));
        self.newest = Some(newest);
        let hour = newest.floor_secs(HOUR_SECS);
        if self.swept == Some(hour) {
            return;
        }
        self.swept = Some(hour);
        // An hour more than the window: the clock may have stepped back a little.
        let edge = newest.plus_secs(-DAY_SECS - HOUR_SECS);
        self.trades.retain(|trade| trade.at > edge);
        self.ordered.retain(|_, at| *at > edge);
        let Self { attempts, errors, refused, messages, .. } = self;
        for moments in [attempts, errors, refused, messages] {
            moments.forget_before(edge);
        }
        self.executed.retain(|(at, ..)| *at > edge);
        self.outcomes.forget_exits_before(edge);
        let edge = newest.plus_secs(-TRIGGER_MEMORY_SECS);
        self.used.retain(|_, at| *at > edge);
        self.uses += 1;
        let edge = newest.plus_secs(-FILL_MEMORY_SECS);
        self.fills.retain(|_, at| *at > edge);
    }
}

fn count(found: usize) -> u32 {
    u32::try_from(found).unwrap_or(u32::MAX)
}
