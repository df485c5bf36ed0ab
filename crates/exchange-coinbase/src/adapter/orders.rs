//! Orders through the port: journalled intents out, proofs back.

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use domain::{IntentId, Side, Timestamp};
use exchange::{
    Durable, Journalled, OrderIntent, OrderVenue, PortError, SubmitOutcome, TimeInForce, VenueFill,
    VenueOrder,
};

use super::echo::difference;
use super::market::port_error;
use super::{Coinbase, seen};
use crate::rest::{
    Bracket, CancelFailure, ClientOrderId, Configuration, ErrorKind, FillQuery, Lane, LimitLife,
    NewOrder, OrderQuery, PlaceOutcome, Posting, RestError, Size,
};
use crate::wire::ProductType;

/// A new order can be unknown to the reading side for a moment: it is looked for so often.
const LOOKS: u32 = 5;
const BETWEEN_LOOKS: Duration = Duration::from_millis(400);
/// An order of ours is looked for among those of so long ago. Those that live longer protect lots,
/// and their names are taken over from the records ([`Coinbase::remember`]).
const LOOK_BACK_SECS: i64 = 3600;

/// The venue's ids of our orders.
#[derive(Debug, Default)]
pub(super) struct Sent(Mutex<BTreeMap<IntentId, String>>);

impl Sent {
    /// As many as a process remembers; an older one is found by listing.
    const MOST: usize = 10_000;

    pub(super) fn insert(&self, intent: IntentId, id: String) {
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sent.insert(intent, id);
        if sent.len() > Self::MOST {
            sent.pop_first();
        }
    }

    fn get(&self, intent: IntentId) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&intent).cloned()
    }
}

/// The order that says what an intent says, and no more.
fn order_of(intent: &OrderIntent, id: &str) -> Result<NewOrder, RestError> {
    let (terms, approved) = (intent.terms(), intent.approved());
    let limit = |life| {
        let size = Size::Base(terms.qty);
        Configuration::limit(approved.side(), size, terms.limit, life)
    };
    let configuration = match terms.time_in_force {
        TimeInForce::PostOnlyUntil(end) => limit(LimitLife::Until(end, Posting::PostOnly)),
        TimeInForce::ImmediateOrCancel => limit(LimitLife::ImmediateOrCancel),
        TimeInForce::Bracket(bracket) => Configuration::Bracket(Bracket {
            size: terms.qty,
            take_profit: bracket.target,
            stop_trigger: bracket.stop,
            until: None,
        }),
    };
    NewOrder::new(ClientOrderId::new(id)?, approved.product(), configuration)
}

/// Until when an intent may be sent, by the monotonic clock that showed `mono` when it was `at` at
/// the venue; `None` when its approval has run out (D-01).
fn last_moment(mono: Duration, at: Timestamp, intent: &OrderIntent) -> Option<Duration> {
    let left = intent.approved().stamp().expires.millis().saturating_sub(at.millis());
    Some(mono.saturating_add(Duration::from_millis(u64::try_from(left).ok()?)))
}

impl Coinbase {
    /// Looks at an order that the venue says it took. Only what was seen is accepted.
    async fn read_back(
        &self,
        venue_id: &str,
        order: &NewOrder,
        intent: &OrderIntent,
        at: Timestamp,
    ) -> SubmitOutcome {
        let mut cause = String::new();
        for look in 0..LOOKS {
            if look > 0 {
                self.timer.wait(BETWEEN_LOOKS).await;
            }
            match self.rest.in_lane(Lane::Exit).order(venue_id).await {
                Ok(found) => {
                    return match difference(&found, venue_id, order, intent, at) {
                        None => SubmitOutcome::Accepted { venue_order_id: venue_id.to_owned() },
                        Some(cause) => SubmitOutcome::Unknown { cause },
                    };
                }
                Err(error) => {
                    cause = format!("accepted as {venue_id}, but it cannot be read back: {error}");
                    if error.kind() == ErrorKind::Key {
                        break;
                    }
                }
            }
        }
        SubmitOutcome::Unknown { cause }
    }

    /// The venue's id of one of our orders, from memory or from its lists.
    async fn venue_id(&self, intent: IntentId) -> Result<String, PortError> {
        if let Some(id) = self.sent.get(intent) {
            return Ok(id);
        }
        let ours = (self.ids)(intent);
        let from = self.time().await?.plus_secs(-LOOK_BACK_SECS);
        let query = OrderQuery { from: Some(from), ..OrderQuery::default() };
        let rest = self.rest.in_lane(Lane::Cancel);
        let orders = rest.orders(&query).await.map_err(|error| port_error(&error))?;
        let found = orders.into_iter().find(|order| order.client_order_id == ours);
        let found = found.ok_or_else(|| PortError::Unknown(format!("order {ours}")))?;
        self.sent.insert(intent, found.order_id.clone());
        Ok(found.order_id)
    }
}

#[async_trait]
impl OrderVenue for Coinbase {
    type Durability = Durable;

    async fn submit(&self, order: Journalled<Durable>) -> SubmitOutcome {
        let intent = order.intent();
        let refused = |reason: String| SubmitOutcome::Refused { reason };
        let new = match order_of(intent, &(self.ids)(intent.id())) {
            Ok(new) => new,
            Err(error) => return refused(format!("it was not sent: {error}")),
        };
        // Read first: what is lost in between counts as passed.
        let mono = self.timer.now().mono;
        // Without the venue's time, what comes back cannot be told from an older order.
        let at = match self.time().await {
            Ok(at) => at,
            Err(error) => return refused(format!("it was not sent: {error}")),
        };
        let Some(last) = last_moment(mono, at, intent) else {
            let expired = intent.approved().stamp().expires;
            return refused(format!("it was not sent: its approval ran out at {expired}"));
        };
        if let Err(error) =
            self.door.pass(&intent.fact(at), new.client_order_id().as_str(), &new.body())
        {
            return refused(format!("it was not sent: {error}"));
        }
        let lane = match intent.approved().side() {
            Side::Buy => Lane::Entry,
            Side::Sell => Lane::Exit,
        };
        match self.rest.place_by(&new, lane, last).await {
            PlaceOutcome::Accepted(placed) => {
                self.sent.insert(intent.id(), placed.order_id.clone());
                self.read_back(&placed.order_id, &new, intent, at).await
            }
            PlaceOutcome::Refused(proof) => refused(proof.to_string()),
            PlaceOutcome::Unknown(doubt) => SubmitOutcome::Unknown { cause: doubt.to_string() },
        }
    }

    fn shut(&self) -> Option<String> {
        self.wire_is_shut()
    }

    async fn cancel(&self, intent: IntentId) -> Result<(), PortError> {
        let id = self.venue_id(intent).await?;
        let results = self.rest.cancel(&[id]).await.map_err(|error| port_error(&error))?;
        let failures = results.into_iter().filter(|result| !result.success);
        for result in failures {
            match result.failure_reason {
                // Asked for before, or nothing is left to cancel: its state will tell (O-12).
                CancelFailure::DuplicateCancelRequest | CancelFailure::OrderIsFullyFilled => {}
                CancelFailure::UnknownCancelOrder => {
                    return Err(PortError::Unknown(format!("order {}", result.order_id)));
                }
                reason @ (CancelFailure::Unknown
                | CancelFailure::InvalidCancelRequest
                | CancelFailure::CommanderRejectedCancelOrder
                | CancelFailure::InvalidCancelProductId
                | CancelFailure::InvalidCancelFcmTradingSession
                | CancelFailure::NotAllowedToCancel
                | CancelFailure::OrderIsBeingReplaced
                | CancelFailure::Other(_)) => {
                    let why = format!("the cancel of {} was refused: {reason}", result.order_id);
                    return Err(PortError::Unreachable(why));
                }
            }
        }
        Ok(())
    }

    async fn order(&self, intent: IntentId) -> Result<VenueOrder, PortError> {
        let id = self.venue_id(intent).await?;
        let found = self.rest.in_lane(Lane::Exit).order(&id).await;
        seen::order(&found.map_err(|error| port_error(&error))?)
    }

    async fn orders(&self, from: Timestamp) -> Result<Vec<VenueOrder>, PortError> {
        let product_type = Some(ProductType::Spot);
        let query = OrderQuery { product_type, from: Some(from), ..OrderQuery::default() };
        let found = self
            .rest
            .in_lane(Lane::Exit)
            .orders(&query)
            .await
            .map_err(|error| port_error(&error))?;
        found.iter().map(seen::order).collect()
    }

    async fn fills(&self, from: Timestamp) -> Result<Vec<VenueFill>, PortError> {
        let query = FillQuery { from: Some(from), ..FillQuery::default() };
        let found = self
            .rest
            .in_lane(Lane::Exit)
            .fills(&query)
            .await
            .map_err(|error| port_error(&error))?;
        found.iter().map(seen::fill).collect()
    }
}
