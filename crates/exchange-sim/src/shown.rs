//! What the venue shows of its orders, and how it takes one that is on record: the same for those
//! who ask over the async ports and for those who own the venue.

use domain::{Fees, Fill, Side, VenueStatus};
use exchange::{Durability, Journalled, SubmitOutcome, TimeInForce, VenueFill, VenueOrder};

use crate::order::{Life, Order, OrderState, Ticket};
use crate::venue::{SimError, SimVenue, payable};

impl SimVenue {
    /// Takes an order that is on record, or says why not.
    pub fn place<D: Durability>(&mut self, order: &Journalled<D>) -> SubmitOutcome {
        let intent = order.intent();
        let terms = intent.terms();
        let ticket = Ticket {
            client: intent.id(),
            product: intent.approved().product(),
            side: intent.approved().side(),
            qty: terms.qty,
            limit: terms.limit,
            life: match terms.time_in_force {
                TimeInForce::PostOnlyUntil(end) => Life::PostOnlyUntil(end),
                TimeInForce::ImmediateOrCancel => Life::Immediate,
                TimeInForce::Bracket(bracket) => Life::Bracket(bracket),
            },
        };
        match self.submit(ticket) {
            Ok(Ok(id)) => SubmitOutcome::Accepted { venue_order_id: id.to_string() },
            Ok(Err(refusal)) => {
                SubmitOutcome::Refused { reason: format!("{}: {refusal}", refusal.code()) }
            }
            Err(error) => SubmitOutcome::Unknown { cause: error.to_string() },
        }
    }

    /// An order as the venue shows it under its owner's name for it.
    pub fn show(&self, order: &Order, client_order_id: String) -> VenueOrder {
        let ticket = order.ticket;
        let average = order.filled_value.get().checked_div(order.filled.get());
        VenueOrder {
            venue_order_id: order.id.to_string(),
            client_order_id,
            product: ticket.product.to_string(),
            side: ticket.side,
            status: match order.state {
                OrderState::Open => VenueStatus::Open,
                OrderState::Filled => VenueStatus::Filled,
                OrderState::Cancelled => VenueStatus::Cancelled,
                OrderState::Expired => VenueStatus::Expired,
            },
            qty: Some(ticket.qty),
            limit: Some(match ticket.life {
                Life::Bracket(bracket) => bracket.target,
                Life::PostOnlyUntil(_) | Life::UntilCancelled | Life::Immediate => ticket.limit,
            }),
            filled: order.filled,
            average_price: average.and_then(|price| domain::Price::new(price).ok()),
            fees: Some(order.fees),
            created: order.placed,
            updated: order.ended,
        }
    }

    /// A fill as the venue shows it.
    ///
    /// # Errors
    /// [`SimError::Lost`] when the fill is not of this venue.
    pub fn show_fill(&self, fill: &Fill) -> Result<VenueFill, SimError> {
        let order = self.order_of(fill.intent).ok_or(SimError::Lost("fill's order"))?;
        Ok(VenueFill {
            entry_id: fill.entry_id.clone(),
            trade_id: fill.trade_id.clone().unwrap_or_else(|| fill.entry_id.clone()),
            venue_order_id: order.id.to_string(),
            product: fill.product.to_string(),
            side: fill.side,
            kind: Some(fill.kind),
            qty: fill.qty,
            price: fill.price,
            fee: fill.fee,
            liquidity: fill.liquidity,
            at: fill.at,
        })
    }

    /// What fills cost from now on. What resting buys hold was counted with the fees before: give it
    /// new ones only while none rests.
    ///
    /// # Errors
    /// [`SimError::Fee`]: a fee of the whole value. [`SimError::Lost`]: a buy rests.
    pub fn set_fees(&mut self, fees: Fees) -> Result<(), SimError> {
        payable(fees)?;
        if self.has_resting_buys() {
            return Err(SimError::Lost("moment without resting buys"));
        }
        self.fees = fees;
        Ok(())
    }

    /// Whether money is held for an order that rests.
    pub fn has_resting_buys(&self) -> bool {
        self.open_orders().any(|order| order.ticket.side == Side::Buy)
    }
}
