//! Looking at the venue as a whole: what it adds to the records, and what it proves absent.

use std::collections::{BTreeMap, BTreeSet};

use domain::planted::{Fault, planted};
use domain::{Absence, BaseQty, Ending, Fact, Instants, IntentId, OrderEnd, Timestamp};
use exchange::{VenueFill, VenueOrder};

use crate::own::Order;
use crate::{OrderState, Orders, Timing};

/// All orders and all fills of the account from a moment on. Only a complete answer makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Read before the first request was sent.
    pub asked: Instants,
    /// Orders made, and fills traded, at or after this moment.
    pub from: Timestamp,
    /// Every order.
    pub orders: Vec<VenueOrder>,
    /// Every fill; asked for after the orders.
    pub fills: Vec<VenueFill>,
}

impl Look {
    /// When it was asked for, in the facts' time.
    pub fn at(&self) -> Timestamp {
        self.asked.venue.unwrap_or(self.asked.wall)
    }
}

impl Orders {
    /// What a look at the venue adds to the records: what became of own orders, their fills, their
    /// ends, and the absence of those that two looks should have shown and did not.
    pub fn look(&mut self, look: &Look) -> Vec<Fact> {
        let at = look.at();
        let mut ends = Vec::new();
        let mut facts = Vec::new();
        let mut ids = BTreeMap::new();
        for seen in &look.orders {
            let Some(order) = self.own(seen) else { continue };
            ids.insert(seen.venue_order_id.as_str(), order.sent.intent);
            for fact in self.observe(seen, at) {
                if matches!(fact, Fact::OrderEnd(_)) { ends.push(fact) } else { facts.push(fact) }
            }
        }
        // Seen before filled before over: so each fact finds its order as it was.
        facts.extend(self.fills_by(&look.fills, &ids));
        facts.extend(ends);
        let listed: BTreeSet<IntentId> = ids.into_values().collect();
        facts.extend(self.absences(look, &listed));
        facts
    }

    /// O-06: orders of which two complete looks, far enough apart and late enough, show nothing.
    fn absences(&mut self, look: &Look, listed: &BTreeSet<IntentId>) -> Vec<Fact> {
        if !self.any_unknown() {
            return Vec::new();
        }
        let unexplained = self.unexplained_fill(look);
        let timing = self.timing;
        let mut facts = Vec::new();
        for (intent, order) in &mut self.known {
            if order.state != OrderState::Unknown || listed.contains(intent) {
                continue;
            }
            // A list that shows none of ours may not be of our account.
            let ours = !listed.is_empty();
            if unexplained || !ours || !should_show(order, look, &timing) {
                continue;
            }
            let this = (look.asked.mono, look.at());
            let once = planted(Fault::AbsentAtOnce).then_some(this);
            let Some((mono, first)) = order.pace.missed.or(once) else {
                order.pace.missed = Some(this);
                continue;
            };
            let apart = look.asked.mono >= mono + timing.between_listings;
            if !apart && !planted(Fault::AbsentAtOnce) {
                continue;
            }
            let how = Some(Ending::Absent(Absence::Listings { first, second: this.1 }));
            let end = OrderEnd { at: this.1, intent: *intent, filled: BaseQty::ZERO, how };
            facts.push(Fact::OrderEnd(end));
        }
        facts
    }

    /// A fill of an order that neither the records nor the list explain may be of one that we look
    /// for.
    fn unexplained_fill(&self, look: &Look) -> bool {
        let listed: BTreeSet<&str> =
            look.orders.iter().map(|order| order.venue_order_id.as_str()).collect();
        look.fills.iter().any(|fill| {
            !listed.contains(fill.venue_order_id.as_str()) && self.own_fill(fill).is_none()
        })
    }
}

/// Whether a look must show an order if the venue has it: it goes far enough back, and nothing that
/// was sent for the order can still arrive or still be on its way into the lists.
fn should_show(order: &Order, look: &Look, timing: &Timing) -> bool {
    let far = look.from <= order.sent.at.plus_secs(-Timing::LOOK_BACK_SECS);
    let late = look.asked.mono >= order.pace.since + timing.may_still_arrive();
    let expires = order.sent.time_in_force.and_then(domain::TimeInForce::expires);
    let over = expires
        .is_none_or(|end| look.asked.venue.is_some_and(|venue| venue >= end + Timing::CLOCKS));
    far && (late && over || planted(Fault::AbsentTooEarly))
}
