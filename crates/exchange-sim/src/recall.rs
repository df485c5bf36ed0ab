//! An account that goes on where an earlier process left it, from the facts that process kept.

use std::collections::BTreeMap;

use domain::{
    BaseQty, Ending, Fact, Fill, IntentFact, IntentId, OrderEnd, Side, SubmitOutcome, TimeInForce,
};

use crate::ledger::Pocket;
use crate::order::{Life, Order, OrderId, OrderState, Ticket};
use crate::venue::{SimError, SimVenue};

/// One earlier order, as the facts have it.
struct Earlier<'a> {
    sent: &'a IntentFact,
    id: Option<OrderId>,
    end: Option<&'a OrderEnd>,
}

impl SimVenue {
    /// Puts back the orders and fills that facts tell of, and what they did to the account. An entry
    /// that rested when its process ended is over: this venue lived in that process, and nobody
    /// matched it since. What protects a lot rests on, as it would at a venue that goes on.
    ///
    /// # Errors
    /// [`SimError`] where the account never had what a fill took.
    pub fn recall<'a>(
        &mut self,
        facts: impl IntoIterator<Item = &'a Fact>,
    ) -> Result<(), SimError> {
        let mut earlier: BTreeMap<IntentId, Earlier<'_>> = BTreeMap::new();
        for fact in facts {
            if let Fact::Intent(sent) = fact {
                earlier.insert(sent.intent, Earlier { sent, id: None, end: None });
            } else if let Fact::Submitted(answer) = fact {
                match &answer.outcome {
                    SubmitOutcome::Accepted { venue_order_id } => {
                        if let Some(order) = earlier.get_mut(&answer.intent) {
                            order.id = OrderId::parse(venue_order_id);
                        }
                    }
                    SubmitOutcome::Refused { .. } => drop(earlier.remove(&answer.intent)),
                    SubmitOutcome::Unknown { .. } => {}
                }
            } else if let Fact::OrderEnd(end) = fact {
                if let Some(order) = earlier.get_mut(&end.intent) {
                    order.end = Some(end);
                }
            } else if let Fact::Fill(fill) = fact {
                self.book_again(fill)?;
            } else if let Fact::Adopted(adoption) = fact {
                self.deposit(adoption.asset, adoption.qty.get())?;
            }
        }
        let newest = earlier.values().filter_map(|order| order.id).max();
        let mut next = newest.map_or(0, |id| id.0);
        for (intent, known) in earlier {
            let id = known.id.unwrap_or_else(|| {
                next += 1;
                OrderId(next)
            });
            let mut order = self.over(id, &known)?;
            self.rest_on(&mut order, &known)?;
            self.by_client.insert(intent, id);
            self.orders.insert(id, order);
        }
        Ok(())
    }

    /// Opens a bracket again that has no end on record.
    fn rest_on(&mut self, order: &mut Order, known: &Earlier<'_>) -> Result<(), SimError> {
        let taken = known.id.is_some() && known.end.is_none();
        let bracket = matches!(order.ticket.life, Life::Bracket(_));
        if !taken || !bracket || order.state != OrderState::Cancelled {
            return Ok(());
        }
        let hold = order.ticket.qty.minus(order.filled)?.get();
        self.ledger.post(known.sent.asset, Pocket::Available, Pocket::Held, hold)?;
        (order.hold, order.state, order.ended) = (hold, OrderState::Open, None);
        self.open.insert(order.id);
        Ok(())
    }

    /// Money and coins of an earlier fill.
    fn book_again(&mut self, fill: &Fill) -> Result<(), SimError> {
        let quote = fill.product.quote().parse()?;
        let (value, qty) = (fill.price.times(fill.qty)?.get(), fill.qty.get());
        let ledger = &mut self.ledger;
        match fill.side {
            Side::Buy => {
                ledger.post(quote, Pocket::Available, Pocket::Market, value)?;
                ledger.post(fill.asset, Pocket::Market, Pocket::Available, qty)?;
            }
            Side::Sell => {
                ledger.post(fill.asset, Pocket::Available, Pocket::Market, qty)?;
                ledger.post(quote, Pocket::Market, Pocket::Available, value)?;
            }
        }
        ledger.post(quote, Pocket::Available, Pocket::Fees, fill.fee.get())?;
        self.fills.push(fill.clone());
        Ok(())
    }

    fn over(&self, id: OrderId, known: &Earlier<'_>) -> Result<Order, SimError> {
        let sent = known.sent;
        let life = match sent.time_in_force {
            Some(TimeInForce::PostOnlyUntil(end)) => Life::PostOnlyUntil(end),
            Some(TimeInForce::Bracket(bracket)) => Life::Bracket(bracket),
            Some(TimeInForce::ImmediateOrCancel) | None => Life::Immediate,
        };
        let ticket = Ticket {
            client: sent.intent,
            product: sent.product,
            side: sent.side,
            qty: sent.qty,
            limit: sent.limit,
            life,
        };
        let mut order = Order::taken(id, ticket, sent.at, rust_decimal::Decimal::ZERO);
        for fill in self.fills.iter().filter(|fill| fill.intent == sent.intent) {
            order.filled = order.filled.plus(fill.qty)?;
            order.filled_value = order.filled_value.plus(fill.price.times(fill.qty)?)?;
            order.fees = order.fees.plus(fill.fee)?;
        }
        order.state = match known.end.and_then(|end| end.how.as_ref()) {
            Some(Ending::Expired) => OrderState::Expired,
            _ if order.filled == sent.qty && sent.qty != BaseQty::ZERO => OrderState::Filled,
            _ => OrderState::Cancelled,
        };
        order.ended = Some(known.end.map_or(self.now, |end| end.at));
        Ok(order)
    }
}
