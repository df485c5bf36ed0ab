//! The set of own orders: a fold over facts, and what looking at the venue adds to the facts.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use domain::planted::{Fault, planted};
use domain::{
    Absence, BaseQty, ClientOrderId, Ending, Fact, Fill, IntentFact, IntentId, Latch, LotId,
    OrderEnd, OrderReport, Side, SubmitFact, SubmitOutcome, Timestamp,
};
use exchange::{VenueFill, VenueOrder};

use crate::names::ClientNames;
use crate::own::Order;
use crate::protection::Protection;
use crate::{OrderState, Sign, Timing};

/// Orders that are over are remembered for so long: a venue tells fills and corrections late.
const MEMORY_SECS: i64 = 8 * 86_400;

/// All own orders that are live or were until lately. Facts go in by [`Orders::apply`], and nothing
/// else changes what is known of an order; what is seen at the venue comes out as facts to record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Orders {
    pub(crate) timing: Timing,
    names: ClientNames,
    pub(crate) known: BTreeMap<IntentId, Order>,
    /// Those of them that may fill yet, or filled what is not on record: what is over and settled is
    /// not looked at again.
    pub(crate) busy: BTreeSet<IntentId>,
    by_client: BTreeMap<ClientOrderId, IntentId>,
    by_venue: BTreeMap<String, IntentId>,
    pub(crate) protection: Protection,
    /// Tries to sell each lot in a row that sold nothing, and when the last one failed.
    tries: BTreeMap<LotId, (u32, Duration)>,
    /// The same of tries to have the venue protect a lot.
    refused: BTreeMap<LotId, (u32, Duration)>,
    /// The latch of orders that are unknown for too long is set.
    pub(crate) latched: bool,
    /// The next listing is due then.
    pub(crate) list_at: Duration,
    forgotten: Option<Timestamp>,
}

/// Why an operator's word on an order cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// No such order.
    #[error("intent {} is not on record, or was over long ago", .0.0)]
    NotThere(IntentId),
    /// Its state is known: the word would contradict the venue.
    #[error("intent {} is {}; only an order in state unknown can be declared absent", .0.0, .1.as_str())]
    Known(IntentId, OrderState),
}

impl Orders {
    /// No orders yet.
    pub fn new(timing: Timing) -> Self {
        Self { timing, ..Self::default() }
    }

    /// Takes one fact, at a moment of the clock that never steps back. Facts of earlier processes
    /// are taken at the moment of recall, so that every wait starts anew with the process.
    pub fn apply(&mut self, fact: &Fact, mono: Duration) {
        self.names.apply(fact);
        if let Some(intent) = self.change(fact, mono) {
            self.count(intent);
        }
        self.forget(fact.at());
    }

    /// What a fact changes; the order that it is about.
    fn change(&mut self, fact: &Fact, mono: Duration) -> Option<IntentId> {
        match fact {
            Fact::Boot { .. } => {
                self.boot(mono);
                self.recount();
                return None;
            }
            Fact::Intent(sent) => {
                self.recorded(sent, mono);
                return Some(sent.intent);
            }
            Fact::Submitted(answer) => return self.answered(answer, mono),
            Fact::Cancel { intent, .. } => {
                if let Some(order) = self.known.get_mut(intent) {
                    order.pace.cancelled = Some(mono);
                    order.sign(Sign::CancelAsked);
                    if planted(Fault::CancelIsTheEnd) {
                        order.end(None, order.filled(), fact.at());
                    }
                }
                return Some(*intent);
            }
            Fact::Seen(report) => {
                self.known_as(report.intent, &report.venue_order_id);
                if let Some(order) = self.known.get_mut(&report.intent) {
                    order.seen(report);
                }
                return Some(report.intent);
            }
            Fact::Fill(fill) => {
                if let Some(order) = self.known.get_mut(&fill.intent) {
                    order.fill(fill);
                }
                return Some(fill.intent);
            }
            Fact::OrderEnd(end) => {
                if let Some(order) = self.known.get_mut(&end.intent) {
                    order.end(end.how.as_ref(), end.filled, end.at);
                }
                self.tried(end.intent, mono);
                return Some(end.intent);
            }
            Fact::Protection(change) => self.protection.apply(change, mono),
            Fact::Latched { latch: Latch::UnknownOrder, .. } => self.latched = true,
            Fact::Resumed { latch: Latch::UnknownOrder, .. } => self.latched = false,
            Fact::Named(_)
            | Fact::Cycle { .. }
            | Fact::Policy(_)
            | Fact::Balances(_)
            | Fact::Marks(_)
            | Fact::Market(_)
            | Fact::Granted(_)
            | Fact::Approved(_)
            | Fact::TriggerUsed { .. }
            | Fact::Reconciled(_)
            | Fact::Venue { .. }
            | Fact::Latched { .. }
            | Fact::Resumed { .. }
            | Fact::PeakReset { .. }
            | Fact::Flow(_)
            | Fact::FlowConfirmed(_)
            | Fact::Adopted(_)
            | Fact::Flagged(_) => {}
        }
        None
    }

    /// What an answer to a submit says of its order, where that is known.
    fn answered(&mut self, answer: &SubmitFact, mono: Duration) -> Option<IntentId> {
        if let SubmitOutcome::Accepted { venue_order_id } = &answer.outcome {
            self.known_as(answer.intent, venue_order_id);
        }
        let order = self.known.get_mut(&answer.intent)?;
        match answer.outcome {
            SubmitOutcome::Accepted { .. } => order.sign(Sign::Accepted),
            SubmitOutcome::Refused { .. } => order.refused(answer.at),
            SubmitOutcome::Unknown { .. } if planted(Fault::TimeoutIsRefusal) => {
                order.refused(answer.at);
            }
            SubmitOutcome::Unknown { .. } => order.sign(Sign::Doubted),
        }
        self.tried(answer.intent, mono);
        Some(answer.intent)
    }

    /// Whether an order is busy, after something changed about it.
    fn count(&mut self, intent: IntentId) {
        if self.known.get(&intent).is_some_and(is_busy) {
            self.busy.insert(intent);
        } else {
            self.busy.remove(&intent);
        }
    }

    fn recount(&mut self) {
        let busy = self.known.iter().filter(|(_, order)| is_busy(order));
        self.busy = busy.map(|(intent, _)| *intent).collect();
    }

    /// How long what is waited for.
    pub const fn timing(&self) -> &Timing {
        &self.timing
    }

    /// One order, live or lately over.
    pub fn get(&self, intent: IntentId) -> Option<&Order> {
        self.known.get(&intent)
    }

    /// Every order that is remembered, the oldest first.
    pub fn all(&self) -> impl Iterator<Item = (IntentId, &Order)> {
        self.known.iter().map(|(intent, order)| (*intent, order))
    }

    /// Those that may fill yet, or filled what is not on record, the oldest first.
    pub fn busy(&self) -> impl Iterator<Item = (IntentId, &Order)> {
        self.busy.iter().filter_map(|intent| Some((*intent, self.known.get(intent)?)))
    }

    /// Those that may fill yet.
    pub fn live(&self) -> impl Iterator<Item = (IntentId, &Order)> {
        self.busy().filter(|(_, order)| order.state.is_live())
    }

    /// Whether it is not known of every order whether the venue has it: a sweep goes on.
    pub fn any_unknown(&self) -> bool {
        self.live().any(|(_, o)| matches!(o.state, OrderState::Committed | OrderState::Unknown))
    }

    /// What an intent is, or will be, called at the venue.
    pub fn client_order_id(&self, intent: IntentId) -> Option<ClientOrderId> {
        self.names.of(intent)
    }

    /// The names of intents, for an adapter to keep.
    pub const fn names(&self) -> &ClientNames {
        &self.names
    }

    /// Who watches over lots.
    pub const fn protection(&self) -> &Protection {
        &self.protection
    }

    /// The own order that the venue shows, by our name for it or by the venue's.
    pub fn own(&self, seen: &VenueOrder) -> Option<&Order> {
        let named = seen.client_order_id.parse().ok().map(ClientOrderId);
        let intent = named.and_then(|name| self.by_client.get(&name));
        let intent = intent.or_else(|| self.by_venue.get(&seen.venue_order_id))?;
        self.known.get(intent)
    }

    /// The own order that a fill at the venue is of.
    pub fn own_fill(&self, seen: &VenueFill) -> Option<&Order> {
        self.known.get(self.by_venue.get(&seen.venue_order_id)?)
    }

    /// What an order that was seen at the venue adds to the records: nothing when it is not ours,
    /// when it is not what was sent, or when all of it is known.
    pub fn observe(&self, seen: &VenueOrder, at: Timestamp) -> Vec<Fact> {
        let Some(order) = self.own(seen) else { return Vec::new() };
        if seen.differs_from(&order.sent).is_some() {
            return Vec::new();
        }
        reported(order, seen.report(order.sent.intent, at))
    }

    /// What fills that were seen at the venue add to the records: those of own orders that are not
    /// there yet, in order of time.
    pub fn fills<'a>(&self, seen: impl IntoIterator<Item = &'a VenueFill>) -> Vec<Fact> {
        self.fills_by(seen, &BTreeMap::new())
    }

    /// As [`Self::fills`], with ids of the venue that the records do not have yet.
    pub(crate) fn fills_by<'a>(
        &self,
        seen: impl IntoIterator<Item = &'a VenueFill>,
        more: &BTreeMap<&str, IntentId>,
    ) -> Vec<Fact> {
        let mut said = BTreeSet::new();
        let mut fills: Vec<Fill> = Vec::new();
        for fill in seen {
            let id = fill.venue_order_id.as_str();
            let intent = self.by_venue.get(id).or_else(|| more.get(id));
            let Some(order) = intent.and_then(|intent| self.known.get(intent)) else { continue };
            let known = order.fills.contains_key(&fill.entry_id) && !planted(Fault::FillsAgain);
            let fresh = !known && said.insert(&fill.entry_id);
            fills.extend(fill.fact(&order.sent).filter(|_| fresh));
        }
        fills.sort_by(|a, b| (a.at, &a.entry_id).cmp(&(b.at, &b.entry_id)));
        fills.into_iter().map(Box::new).map(Fact::Fill).collect()
    }

    /// An operator's word that the venue never had an order (C: `orders resolve`).
    ///
    /// # Errors
    /// [`ResolveError`] for an order that is not there or not unknown.
    pub fn resolve(
        &self,
        intent: IntentId,
        reason: &str,
        at: Timestamp,
    ) -> Result<Fact, ResolveError> {
        let order = self.known.get(&intent).ok_or(ResolveError::NotThere(intent))?;
        if order.state != OrderState::Unknown {
            return Err(ResolveError::Known(intent, order.state));
        }
        let how = Some(Ending::Absent(Absence::Operator { reason: reason.to_owned() }));
        Ok(Fact::OrderEnd(OrderEnd { at, intent, filled: BaseQty::ZERO, how }))
    }

    /// Has every own entry cancelled, as soon as it is known to be at the venue (C-02). Exits and
    /// protective orders stay. To be said again while the reason lasts: it marks what is live now.
    pub fn sweep_entries(&mut self) {
        for intent in &self.busy {
            if let Some(order) = self.known.get_mut(intent) {
                order.pace.unwanted |= order.sent.side == Side::Buy && order.state.is_live();
            }
        }
    }

    /// How long a lot must not be offered again, from now on: after tries that sold nothing the
    /// waits grow from one second to half a minute, and they never end the trying.
    pub fn exit_wait(&self, lot: LotId, mono: Duration) -> Duration {
        let Some((failures, last)) = self.tries.get(&lot) else { return Duration::ZERO };
        (*last + self.timing.exit_wait(*failures)).saturating_sub(mono)
    }

    /// A try to sell a lot did not become an order: no price, or the policy said no.
    pub fn exit_failed(&mut self, lot: LotId, mono: Duration) {
        let (failures, last) = self.tries.entry(lot).or_default();
        *failures = failures.saturating_add(1);
        *last = mono;
    }

    /// The order that protects a lot at the venue, or may: it is live.
    pub fn bracket(&self, lot: LotId) -> Option<(IntentId, &Order)> {
        self.live().find(|(_, order)| order.is_bracket() && order.lot() == Some(lot))
    }

    /// Since when the venue must be asked to see all that may become of live orders, where there are
    /// any. An order that rests to protect a lot may be days old: what became of it up to the last
    /// complete comparison is known.
    pub fn open_since(&self, compared: Option<Timestamp>) -> Option<Timestamp> {
        let since = |order: &Order| match compared.filter(|_| order.is_bracket()) {
            Some(compared) if order.state.is_at_venue() => order.sent.at.max(compared),
            Some(_) | None => order.sent.at,
        };
        self.live().map(|(_, order)| since(order)).min()
    }

    /// Whether an order has something to wait for that is a matter of seconds. Brackets at the venue
    /// have not; one that was told to have filled what is not on record has.
    pub fn any_at_work(&self) -> bool {
        let owes = |order: &Order| order.is_bracket() && !order.owed().is_zero();
        self.busy().any(|(_, o)| o.state.is_live() && !o.is_quiet() || owes(o))
    }

    /// Has an order that protects a lot cancelled: the engine takes over.
    pub fn let_go(&mut self, intent: IntentId) {
        let order = self.known.get_mut(&intent).filter(|order| order.is_bracket());
        if let Some(order) = order {
            order.pace.unwanted = true;
        }
    }

    /// How long the venue must not be asked again to protect a lot: after refusals the waits grow
    /// from one second to a quarter of an hour.
    pub fn bracket_wait(&self, lot: LotId, mono: Duration) -> Duration {
        let Some((failures, last)) = self.refused.get(&lot) else { return Duration::ZERO };
        (*last + self.timing.bracket_wait(*failures)).saturating_sub(mono)
    }

    /// The venue does not protect a lot: it was refused, or what was to do it ended by itself.
    pub fn bracket_failed(&mut self, lot: LotId, mono: Duration) {
        let (failures, last) = self.refused.entry(lot).or_default();
        *failures = failures.saturating_add(1);
        *last = mono;
    }

    fn recorded(&mut self, sent: &IntentFact, mono: Duration) {
        let name = self.names.of(sent.intent);
        if let Some(name) = name {
            self.by_client.insert(name, sent.intent);
        }
        let order = || Order::recorded(sent, name, mono);
        self.known.entry(sent.intent).or_insert_with(order);
    }

    /// Whatever was sent before and has no answer may be at the venue or not.
    fn boot(&mut self, mono: Duration) {
        if planted(Fault::BootForgets) {
            return;
        }
        for order in self.known.values_mut() {
            order.sign(Sign::Doubted);
            order.recovered = true;
            order.pace.since = mono;
            order.pace.missed = None;
        }
        self.tries.clear();
        self.refused.clear();
    }

    fn known_as(&mut self, intent: IntentId, venue_order_id: &str) {
        let Some(order) = self.known.get_mut(&intent) else { return };
        order.venue_order_id.get_or_insert_with(|| venue_order_id.to_owned());
        self.by_venue.entry(venue_order_id.to_owned()).or_insert(intent);
    }

    /// Counts a sale that is over.
    fn tried(&mut self, intent: IntentId, mono: Duration) {
        let Some(order) = self.known.get(&intent).filter(|o| o.state.is_over()) else { return };
        let Some(lot) = order.lot() else { return };
        if order.is_bracket() {
            // One that was asked to end did what it should.
            if order.pace.cancelled.is_none() && order.filled().is_zero() {
                self.bracket_failed(lot, mono);
            } else {
                self.refused.remove(&lot);
            }
            return;
        }
        if order.filled().is_zero() {
            self.exit_failed(lot, mono);
        } else {
            self.tries.remove(&lot);
        }
    }

    /// Forgets, once a day of facts, what was over long ago.
    fn forget(&mut self, now: Timestamp) {
        let day = now.floor_secs(86_400);
        if self.forgotten >= Some(day) {
            return;
        }
        self.forgotten = Some(day);
        let edge = now.plus_secs(-MEMORY_SECS);
        let old = |order: &Order| order.over_at.is_some_and(|at| at < edge);
        let gone: BTreeSet<IntentId> =
            self.known.iter().filter(|(_, o)| old(o)).map(|(intent, _)| *intent).collect();
        self.known.retain(|intent, _| !gone.contains(intent));
        self.busy.retain(|intent| !gone.contains(intent));
        self.by_client.retain(|_, intent| !gone.contains(intent));
        self.by_venue.retain(|_, intent| !gone.contains(intent));
        self.protection.forget(&gone);
    }
}

fn is_busy(order: &Order) -> bool {
    order.state.is_live() || !order.owed().is_zero()
}

/// What a report adds to the records of its order.
fn reported(order: &Order, report: OrderReport) -> Vec<Fact> {
    let OrderReport { at, intent, status, filled, .. } = report;
    if filled > order.sent.qty {
        return Vec::new();
    }
    let ending = order.ending(status, filled);
    let known = order.state.is_end() && order.ended >= Some(filled);
    let mut facts = Vec::new();
    if order.is_news(&report) {
        facts.push(Fact::Seen(Box::new(report)));
    }
    if let Some(how) = ending.filter(|_| !known) {
        facts.push(Fact::OrderEnd(OrderEnd { at, intent, filled, how: Some(how) }));
    }
    facts
}
