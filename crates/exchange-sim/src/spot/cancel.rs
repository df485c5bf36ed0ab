//! Cancels.

use super::account::AccountNo;
use super::ids::OrderId;
use super::log::Change;
use super::order::Status;
use super::play::Due;
use super::reason::CancelFailure;
use super::venue::Venue;
use crate::venue::SimError;

/// What is said of an order that its owner cancelled.
const BY_OWNER: &str = "User requested cancel";

impl Venue {
    /// Asks for a cancel. Without a delay it is done when this returns; with one the order can
    /// still fill until then. Works in every state of a product.
    ///
    /// # Errors
    /// [`CancelFailure`] in the inner result; [`SimError`] in the outer.
    pub fn cancel(
        &mut self,
        no: AccountNo,
        id: OrderId,
    ) -> Result<Result<(), CancelFailure>, SimError> {
        let Some(at) = self.own(no, id)? else {
            return Ok(Err(CancelFailure::Unknown));
        };
        let refused = match self.order_at(at)?.status {
            Status::Filled => Some(CancelFailure::Filled),
            Status::Cancelled | Status::CancelQueued => Some(CancelFailure::Duplicate),
            Status::Expired | Status::Failed => Some(CancelFailure::Ended),
            Status::EditQueued => Some(CancelFailure::BeingReplaced),
            Status::Pending | Status::Queued | Status::Open => None,
        };
        if let Some(refused) = refused {
            return Ok(Err(refused));
        }
        if self.terms.delays.cancel.is_zero() {
            self.end(at, Status::Cancelled, BY_OWNER)?;
        } else {
            let order = self.order_at_mut(at)?;
            order.status = Status::CancelQueued;
            order.pending_cancel = true;
            self.tell(at, Change::CancelQueued);
            let when = self.now + self.terms.delays.cancel;
            self.later(when, Due::Cancel(at));
        }
        let desk = self.position_of(self.order_at(at)?)?;
        self.settle(desk)?;
        Ok(Ok(()))
    }

    /// Does a cancel that was asked for.
    pub(crate) fn cancel_now(&mut self, at: usize) -> Result<(), SimError> {
        self.end(at, Status::Cancelled, BY_OWNER)
    }

    /// The place of an order, if it is this account's.
    pub(crate) fn own(&self, no: AccountNo, id: OrderId) -> Result<Option<usize>, SimError> {
        let _ = self.account(no)?;
        let at = self.by_id.get(&id).copied();
        Ok(at.filter(|at| self.orders.get(*at).is_some_and(|order| order.account == no)))
    }
}
