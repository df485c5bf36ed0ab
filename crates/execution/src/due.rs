//! What must be done now about own orders.

use core::time::Duration;
use std::collections::BTreeMap;

use domain::planted::{Fault, planted};
use domain::{Fact, Instants, IntentId, Latch, LotId, Protector, TimeInForce, Timestamp};

use crate::own::{FIRST_LOOK, Order};
use crate::{OrderState, Orders, Timing};

/// An order that is unknown for so long is worth a person's look.
const UNKNOWN_ALARM: Duration = Duration::from_mins(1);

/// Something to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Put on record, and hand back to [`Orders::apply`].
    Record(Box<Fact>),
    /// Put the cancel on record, then ask the venue for it.
    Cancel(IntentId),
    /// Ask the venue for this order, and hand the answer to [`Orders::observe`].
    Query(IntentId),
    /// Ask the venue for everything from this moment on, and hand the answer to [`Orders::look`].
    List {
        /// From when.
        from: Timestamp,
    },
    /// Tell a person.
    Alarm(Alarm),
}

/// Something that a person should look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alarm {
    /// Nobody knows whether the venue has this order.
    Unknown(IntentId),
    /// This order was taken for absent or refused, and is at the venue. It is being cancelled.
    Reappeared(IntentId),
    /// Nobody watches over this lot.
    Unprotected(LotId),
}

impl Action {
    fn record(fact: Fact) -> Self {
        Self::Record(Box::new(fact))
    }
}

impl Orders {
    /// What must be done now. Asked again it says what is due again, at its pace.
    pub fn due(&mut self, now: Instants) -> Vec<Action> {
        // Nothing may fill, nothing is owed, and no lot was ever anybody's but the engine's.
        if self.busy.is_empty() && !self.latched && self.protection.is_plain() {
            return Vec::new();
        }
        let at = now.venue.unwrap_or(now.wall);
        let mut actions = Vec::new();
        let timing = self.timing;
        for intent in self.busy.iter().copied() {
            let Some(order) = self.known.get_mut(&intent) else { continue };
            match order.state {
                OrderState::Unknown => unknown(intent, order, now.mono, &mut actions),
                OrderState::Open | OrderState::PartlyFilled | OrderState::CancelRequested => {
                    at_venue(intent, order, now.mono, &timing, &mut actions);
                }
                OrderState::Planned
                | OrderState::Committed
                | OrderState::Filled
                | OrderState::Cancelled
                | OrderState::Expired
                | OrderState::Failed
                | OrderState::Rejected
                | OrderState::Absent => {}
            }
        }
        self.latch(now.mono, at, &mut actions);
        self.guard(now.mono, at, &mut actions);
        if now.mono >= self.list_at
            && !planted(Fault::NeverLists)
            && let Some(from) = self.list_from()
        {
            self.list_at = now.mono + self.timing.list;
            actions.push(Action::List { from });
        }
        actions
    }

    /// Orders that are unknown for too long keep entries shut until none is unknown any more.
    fn latch(&self, mono: Duration, at: Timestamp, actions: &mut Vec<Action>) {
        let latch = Latch::UnknownOrder;
        let mut unknown = self.live().filter(|(_, order)| order.state == OrderState::Unknown);
        let late = |order: &Order| mono >= order.pace.since + self.timing.unknown_for;
        if self.latched {
            if unknown.next().is_none() {
                let reason = "no order is unknown any more".to_owned();
                actions.push(Action::record(Fact::Resumed { at, latch, reason }));
            }
        } else if let Some((intent, _)) = unknown.find(|(_, order)| late(order)) {
            let secs = self.timing.unknown_for.as_secs();
            let reason = format!("intent {} has been unknown for {secs} s", intent.0);
            actions.push(Action::record(Fact::Latched { at, latch, reason }));
        }
    }

    /// A lot is protected by the order that the venue has for it. One that the venue may have, and
    /// one that ended without selling it, protects nothing.
    fn guard(&mut self, mono: Duration, at: Timestamp, actions: &mut Vec<Action>) {
        let record = |lot, by| {
            let fact = domain::ProtectionFact { at, lot, by };
            Action::record(Fact::Protection(fact))
        };
        let held = self.brackets();
        for (lot, by) in &held {
            if self.protection.of(*lot) != *by {
                actions.push(record(*lot, *by));
            }
        }
        let (orders, limit) = (&self.known, self.timing.unprotected_for);
        for (lot, guard) in self.protection.guards() {
            match guard.by {
                Protector::Venue { .. } if held.contains_key(&lot) => {}
                Protector::Venue { intent } => {
                    let order = orders.get(&intent);
                    let gone =
                        order.is_none_or(|o| o.state.is_over() && o.state != OrderState::Filled);
                    if gone {
                        actions.push(record(lot, Protector::Nobody));
                    }
                }
                Protector::Nobody if !guard.told && mono >= guard.since + limit => {
                    guard.told = true;
                    actions.push(Action::Alarm(Alarm::Unprotected(lot)));
                }
                Protector::Nobody | Protector::Engine => {}
            }
        }
    }

    /// Who protects each lot for which an order at the venue is live.
    fn brackets(&self) -> BTreeMap<LotId, Protector> {
        let mut held = BTreeMap::new();
        for (intent, order) in self.live().filter(|(_, order)| order.is_bracket()) {
            let Some(lot) = order.lot() else { continue };
            let by = held.entry(lot).or_insert(Protector::Nobody);
            if order.state.is_at_venue() {
                *by = Protector::Venue { intent };
            }
        }
        held
    }

    /// From when on everything must be listed to find what is missing: unknown orders, and fills
    /// that the venue reported and that are not on record. The list must also show an order that is
    /// known, as a sign that it is ours.
    fn list_from(&self) -> Option<Timestamp> {
        let unknown = |order: &Order| order.state == OrderState::Unknown;
        let owes = |order: &Order| !order.owed().is_zero();
        let wanted = self.busy().filter(|(_, order)| unknown(order) || owes(order));
        let from = wanted.map(|(_, o)| o.sent.at.plus_secs(-Timing::LOOK_BACK_SECS)).min()?;
        let known = self.known.values().rev().find_map(|o| o.created.filter(|_| !unknown(o)));
        Some(known.map_or(from, |created| from.min(created.plus_secs(-1))))
    }
}

fn unknown(intent: IntentId, order: &mut Order, mono: Duration, actions: &mut Vec<Action>) {
    if !order.pace.told_unknown && mono >= order.pace.since + UNKNOWN_ALARM {
        order.pace.told_unknown = true;
        actions.push(Action::Alarm(Alarm::Unknown(intent)));
    }
}

fn at_venue(
    intent: IntentId,
    order: &mut Order,
    mono: Duration,
    timing: &Timing,
    actions: &mut Vec<Action>,
) {
    if order.reappeared && !order.pace.told_back {
        order.pace.told_back = true;
        actions.push(Action::Alarm(Alarm::Reappeared(intent)));
    }
    if wants_cancel(order, mono, timing) && mono >= order.pace.cancel_at {
        order.pace.cancel_at = mono + timing.cancel_again;
        order.pace.ask_at = order.pace.ask_at.min(mono + FIRST_LOOK);
        actions.push(Action::Cancel(intent));
    }
    if mono >= order.pace.ask_at {
        let soon = order.pace.cancelled.is_some() || !rests(order);
        let wait = if soon { timing.ask.min(FIRST_LOOK * 2) } else { timing.ask };
        order.pace.ask_at = mono + wait;
        actions.push(Action::Query(intent));
    }
}

fn rests(order: &Order) -> bool {
    let life = order.sent.time_in_force;
    matches!(life, Some(TimeInForce::PostOnlyUntil(_) | TimeInForce::Bracket(_)))
}

/// An order is cancelled when its time at the touch is over, when nobody here waits for it, when it
/// came back, when a sweep is on, when the engine takes a lot over from it, and until it is over once
/// a cancel was asked for.
fn wants_cancel(order: &Order, mono: Duration, timing: &Timing) -> bool {
    let pace = &order.pace;
    let entry = order.is_entry();
    let waited = rests(order) && mono >= pace.since + timing.cancel_entry;
    let again = pace.cancelled.is_some();
    let let_go = pace.unwanted && order.is_bracket();
    again || order.reappeared || let_go || (entry && (waited || pace.unwanted || order.recovered))
}
