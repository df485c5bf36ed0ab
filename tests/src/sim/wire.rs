//! What the process sees of the outside: the ports to the venue and its records. Every request and
//! every write is an effect before which and after which the process may end.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::{Bps, Fact, Fees, IntentFact, IntentId, Latch, Purse, Side, SubmitOutcome, Timestamp};
use exchange::{
    Account, Durable, IntentJournal, JournalError, Journalled, OrderVenue, PortError, VenueFill,
    VenueOrder,
};
use execution::OrderState;
use runner::{Code, Failure, Kept};
use rust_decimal::Decimal;

use super::faults::Fault;
use super::truth::{MAKER, Sent, TAKER};
use super::world::World;

/// Credentials of orders live so long, seconds.
const CREDENTIAL_SECS: i64 = 10;
/// Lists are late by less than the bound of 15 s.
const LIST_LAG_SECS: i64 = 14;

/// The way from the process to the outside.
#[derive(Debug, Clone)]
pub(crate) struct Wire(pub(crate) Arc<Mutex<World>>);

fn unreachable() -> PortError {
    PortError::Unreachable("drawn".to_owned())
}

/// The rates of the account.
pub(crate) fn fees() -> Option<Fees> {
    let bps = |rate: Decimal| Bps::new(rate * Decimal::from(10_000)).ok();
    Some(Fees { maker_bps: bps(MAKER)?, taker_bps: bps(TAKER)? })
}

impl Wire {
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// One request: the process may end before it leaves and before its answer is there.
    async fn ask<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        let answer = self.with(|world| {
            if world.ends_here() {
                return None;
            }
            let answer = work(world);
            (!world.ends_here()).then_some(answer)
        });
        match answer {
            Some(answer) => answer,
            // Whoever waits for it is gone.
            None => core::future::pending().await,
        }
    }

    /// One question, which may find nobody.
    async fn question<T>(
        &self,
        fails: Fault,
        work: impl FnOnce(&mut World) -> Result<T, PortError>,
    ) -> Result<T, PortError> {
        self.ask(|world| {
            if world.is_out() || world.happens(fails) { Err(unreachable()) } else { work(world) }
        })
        .await
    }
}

#[async_trait]
impl Account for Wire {
    async fn purses(&self) -> Result<Vec<Purse>, PortError> {
        self.question(Fault::BalanceFailed, |world| Ok(world.shown_purses())).await
    }

    async fn fees(&self) -> Result<Fees, PortError> {
        let rates = || fees().ok_or_else(unreachable);
        self.question(Fault::BalanceFailed, |_| rates()).await
    }
}

#[async_trait]
impl OrderVenue for Wire {
    type Durability = Durable;

    async fn submit(&self, order: Journalled<Durable>) -> SubmitOutcome {
        let fact = order.intent().fact(self.with(|world| world.now));
        self.ask(|world| world.submitted(&fact)).await
    }

    async fn cancel(&self, intent: IntentId) -> Result<(), PortError> {
        self.ask(|world| world.cancel(intent)).await
    }

    async fn order(&self, intent: IntentId) -> Result<VenueOrder, PortError> {
        self.question(Fault::QueryFailed, |world| world.show(intent)).await
    }

    async fn orders(&self, from: Timestamp) -> Result<Vec<VenueOrder>, PortError> {
        self.question(Fault::ListFailed, |world| {
            let late = if world.happens(Fault::ListLag) {
                world.dice.between(1, LIST_LAG_SECS)
            } else {
                0
            };
            Ok(world.listed(from, world.now.plus_secs(-late)))
        })
        .await
    }

    async fn fills(&self, from: Timestamp) -> Result<Vec<VenueFill>, PortError> {
        self.question(Fault::ListFailed, |world| {
            let mut fills = world.listed_fills(from, world.now);
            if fills.len() > 1 && world.happens(Fault::FillsShuffled) {
                fills.reverse();
                fills.extend(fills.first().cloned());
                let half = fills.len() / 2;
                fills.rotate_left(half);
            }
            Ok(fills)
        })
        .await
    }
}

impl World {
    /// An order on the wire: held against every rule first, and then what the weather makes of it.
    fn submitted(&mut self, sent: &IntentFact) -> SubmitOutcome {
        self.hold_submit_against_the_rules(sent);
        let number = sent.intent.0;
        let name = self.disk.orders.client_order_id(sent.intent);
        let (Some(name), Some(product)) = (name, self.market.position(&sent.product)) else {
            self.violated("O-02", &format!("intent {number} has no name"));
            return SubmitOutcome::Refused { reason: "no name".to_owned() };
        };
        let client = name.to_string();
        if self.orders.iter().any(|order| order.client == client) {
            self.violated("O-01", &format!("{client} is at the venue already"));
        }
        let order = Sent {
            intent: Some(number),
            client: &client,
            product,
            side: sent.side,
            qty: sent.qty.get(),
            limit: sent.limit.get(),
            life: sent.time_in_force,
        };
        self.trace.note(self.now, &format_args!("wire has intent {number}"));
        let unknown = |cause: &str| SubmitOutcome::Unknown { cause: cause.to_owned() };
        let refused = || SubmitOutcome::Refused { reason: "drawn".to_owned() };
        let now = self.now;
        if self.is_out() || self.happens(Fault::NeverArrived) {
            self.send(&order, None);
            return unknown("no answer");
        }
        let affords = self.affords(sent.side == Side::Buy, product, order.qty, order.limit);
        if self.happens(Fault::Refused) || !affords {
            self.send(&order, None);
            return refused();
        }
        if self.happens(Fault::LateArrival) {
            let late = self.dice.between(1, CREDENTIAL_SECS);
            self.send(&order, Some(now.plus_secs(late)));
            return unknown("no answer");
        }
        if self.happens(Fault::ArrivedTooLate) {
            let late = self.dice.between(CREDENTIAL_SECS + 1, 240);
            self.send(&order, Some(now.plus_secs(late)));
            return unknown("no answer");
        }
        let failed = self.happens(Fault::ServerFailed);
        let there = !failed || self.dice.chance(500);
        let place = self.send(&order, there.then_some(now));
        if failed {
            return unknown("status 503");
        }
        if self.happens(Fault::FalseRefusal) {
            return refused();
        }
        if self.happens(Fault::ReplyLost) {
            return unknown("no answer");
        }
        let id = self.orders.get(place).map(|order| order.id.clone()).unwrap_or_default();
        SubmitOutcome::Accepted { venue_order_id: id }
    }

    fn hold_submit_against_the_rules(&mut self, sent: &IntentFact) {
        let (number, buys) = (sent.intent.0, sent.side == Side::Buy);
        let known = self.disk.orders.get(sent.intent);
        match known {
            None => self.violated("O-03", &format!("intent {number} is not on record")),
            Some(order) => {
                let same = order.sent().qty == sent.qty
                    && order.sent().limit == sent.limit
                    && order.sent().product == sent.product
                    && order.sent().side == sent.side;
                let state = order.state();
                if !same {
                    self.violated("O-03", &format!("intent {number} is not what is on record"));
                }
                if state != OrderState::Committed {
                    let text = format!("intent {number} is sent while {}", state.as_str());
                    self.violated("O-01", &text);
                }
            }
        }
        if self.by_intent.contains_key(&number) {
            self.violated("O-01", &format!("intent {number} is sent again"));
        }
        if !self.compared {
            self.violated("O-08", &format!("intent {number} is sent before a comparison"));
        }
        self.hold_grant(sent);
        if buys {
            self.hold_entry(sent);
        } else {
            self.hold_sale(sent);
        }
    }

    /// R: an approval on record allows at least this.
    fn hold_grant(&mut self, sent: &IntentFact) {
        let grants =
            self.disk.facts.iter().rev().filter_map(|fact| {
                if let Fact::Granted(grant) = fact { Some(grant) } else { None }
            });
        let mut own = grants.filter(|grant| Some(&grant.stamp) == sent.grant.as_ref());
        let allowed = own.next().is_some_and(|grant| {
            grant.side == sent.side
                && grant.product == sent.product
                && sent.qty <= grant.max_qty
                && self.now <= grant.stamp.expires
        });
        if !allowed {
            self.violated("R", &format!("intent {} has no approval on record", sent.intent.0));
        }
    }

    fn hold_entry(&mut self, sent: &IntentFact) {
        let number = sent.intent.0;
        let latches = self.disk.state.latches(self.now);
        if self.killed || latches.contains(&Latch::Kill) {
            self.violated("C-01", &format!("intent {number} buys after a kill"));
        } else if !latches.is_empty() {
            self.violated("R-08", &format!("intent {number} buys under {latches:?}"));
        }
        self.hold_caps(sent);
    }

    /// no more is offered than is there and not offered already.
    fn hold_sale(&mut self, sent: &IntentFact) {
        let Some(place) = self.market.position(&sent.product) else { return };
        let there = self.coins.get(place).copied().unwrap_or_default();
        let sales = self.orders.iter().filter(|o| o.product == place && !o.is_buy());
        let offered: Decimal = sales.filter(|o| o.may_fill()).map(super::truth::Order::left).sum();
        if sent.qty.get() + offered > there && !self.promises_broken() {
            let text = format!(
                "intent {} sells {} of {there}, {offered} offered",
                sent.intent.0, sent.qty
            );
            self.violated("R-06", &text);
        }
    }

    fn cancel(&mut self, intent: IntentId) -> Result<(), PortError> {
        if self.is_out() || self.happens(Fault::CancelLost) {
            return Err(unreachable());
        }
        let place = self.by_intent.get(&intent.0).copied();
        let place = place.filter(|at| self.orders.get(*at).is_some_and(|o| o.created.is_some()));
        let Some(place) = place else { return Err(PortError::Unknown("the order".to_owned())) };
        let late = if self.happens(Fault::CancelSlow) { self.dice.between(1, 20) } else { 0 };
        self.cancel_order(place, self.now.plus_secs(late));
        if self.happens(Fault::CancelReplyLost) { Err(unreachable()) } else { Ok(()) }
    }

    fn show(&mut self, intent: IntentId) -> Result<VenueOrder, PortError> {
        let unknown = || PortError::Unknown("the order".to_owned());
        let place = self.by_intent.get(&intent.0).copied().ok_or_else(unknown)?;
        let stale = self.happens(Fault::StaleReport);
        let late = if stale { self.dice.between(1, LIST_LAG_SECS) } else { 0 };
        let hidden = self.happens(Fault::QueryLag);
        let order = self.orders.get(place).ok_or_else(unknown)?;
        let young = order.created.is_none_or(|created| self.now.secs_since(created) < 5);
        if hidden && young {
            return Err(unknown());
        }
        let name = self.market.ids().get(order.product).map_or("", domain::ProductId::as_str);
        order.shown(self.now.plus_secs(-late), name).ok_or_else(unknown)
    }
}

/// The records of a process.
#[derive(Debug)]
pub(crate) struct Records(pub(crate) Wire);

impl Records {
    fn write(&self, work: impl FnOnce(&mut World)) -> Result<u64, Failure> {
        self.0.with(|world| {
            let gone = || Failure::new(Code::Failed, "the process is gone");
            if world.ends_here() {
                return Err(gone());
            }
            if world.happens(Fault::DiskFull) {
                world.dead = true;
                return Err(Failure::new(Code::Failed, "the disk is full"));
            }
            work(world);
            if world.ends_here() { Err(gone()) } else { Ok(world.disk.state.fact_number()) }
        })
    }
}

impl IntentJournal for Records {
    type Durability = Durable;

    fn append_intent(&mut self, fact: &IntentFact) -> Result<u64, JournalError> {
        self.write(|world| world.keep(&[Fact::Intent(Box::new(fact.clone()))]))
            .map_err(|failure| JournalError(failure.message))
    }
}

impl Kept for Records {
    type Journal = Self;

    fn append_all(&mut self, facts: &[Fact]) -> Result<(), Failure> {
        if facts.is_empty() { Ok(()) } else { self.write(|world| world.keep(facts)).map(drop) }
    }

    fn journal(&mut self) -> &mut Self {
        self
    }
}
