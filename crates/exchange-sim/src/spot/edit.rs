//! Edits: another price or size under the same names.

use domain::Price;
use rust_decimal::Decimal;

use super::account::AccountNo;
use super::draft::Kind;
use super::ids::OrderId;
use super::log::Change;
use super::order::{Edited, Order, Status, TriggerStatus};
use super::parts::{Amended, Shape};
use super::play::Due;
use super::reason::{EditFailure, EditReason, Reason};
use super::validate::{No, check_stop, hold_of, leg, on_step};
use super::venue::{EditDraft, Venue};
use crate::ledger::Pocket;
use crate::venue::SimError;

/// Edits that an order shows.
const SHOWN_EDITS: usize = 5;

impl Venue {
    /// Asks for another price and whole size of an order that is good until cancelled: a limit,
    /// stop-limit or bracket order. A smaller size at the same price keeps the place in line;
    /// anything else goes to its end, and takes if it can. One edit at a time.
    ///
    /// # Errors
    /// [`EditFailure`] in the inner result: the order is as it was. [`SimError`] in the outer.
    pub fn edit(
        &mut self,
        no: AccountNo,
        id: OrderId,
        edit: &EditDraft,
    ) -> Result<Result<(), EditFailure>, SimError> {
        let Some(at) = self.own(no, id)? else {
            return Ok(Err(EditReason::NotFound.into()));
        };
        let amended = match self.check_edit(at, edit)? {
            Ok(amended) => amended,
            Err(refused) => return Ok(Err(refused)),
        };
        self.order_at_mut(at)?.waiting = Some(amended);
        let delay = self.terms.delays.edit;
        if delay.is_zero() {
            self.edit_now(at)?;
        } else {
            self.order_at_mut(at)?.status = Status::EditQueued;
            self.tell(at, Change::EditQueued);
            self.later(self.now + delay, Due::Edit(at));
        }
        let desk = self.position_of(self.order_at(at)?)?;
        self.settle(desk)?;
        Ok(Ok(()))
    }

    /// Everything that speaks against an edit, or its values.
    pub(crate) fn check_edit(
        &self,
        at: usize,
        edit: &EditDraft,
    ) -> Result<Result<Amended, EditFailure>, SimError> {
        match self.checked_edit(at, edit) {
            Ok(amended) => Ok(Ok(amended)),
            Err(EditNo::Refused(refused)) => Ok(Err(refused)),
            Err(EditNo::Defect(error)) => Err(error),
        }
    }

    fn checked_edit(&self, at: usize, edit: &EditDraft) -> Result<Amended, EditNo> {
        let order = self.order_at(at)?;
        self.can_edit(order)?;
        let desk = self.position_of(order)?;
        let limits = self.product(desk)?.limits;
        let number = |text: &Option<String>| {
            text.as_deref().and_then(|text| Decimal::from_str_exact(text).ok())
        };
        let price_of = |text: &Option<String>| {
            let value = number(text).filter(|v| on_step(*v, limits.price_increment))?;
            Price::new(value).ok()
        };
        let price = price_of(&edit.price).ok_or(EditReason::Price)?;
        let size = number(&edit.size).filter(|v| on_step(*v, limits.base_increment));
        let size = size.ok_or(EditReason::Size)?.normalize();
        let bounds = limits.base_min.get()..=limits.base_max.get();
        let value = price.get().checked_mul(size).ok_or(EditReason::Size)?;
        let worth = limits.quote_min.get()..=limits.quote_max.get();
        if !bounds.contains(&size) || !worth.contains(&value) {
            return Err(EditReason::Size.into());
        }
        if size <= order.filled {
            return Err(EditReason::BelowFilled.into());
        }
        let stop = match &edit.stop_price {
            None => order.stop,
            Some(_) if order.stop.is_none() => return Err(EditReason::StopNotSupported.into()),
            Some(_) if order.trigger == TriggerStatus::Triggered => {
                return Err(EditReason::StopTriggered.into());
            }
            text => Some(price_of(text).ok_or(EditReason::StopPrice)?),
        };
        if Some(price) == order.limit && size == order.size && stop == order.stop {
            return Err(EditReason::Equal.into());
        }
        let amended = Amended { price, size, stop };
        self.check_as_new(order, desk, amended)?;
        Ok(amended)
    }

    /// Whether an order can be edited at all now.
    fn can_edit(&self, order: &Order) -> Result<(), EditNo> {
        let reason = match order.status {
            Status::Open => None,
            Status::CancelQueued => Some(EditReason::PendingCancel),
            Status::EditQueued => Some(EditReason::AlreadyBeingReplaced),
            Status::Pending
            | Status::Queued
            | Status::Filled
            | Status::Cancelled
            | Status::Expired
            | Status::Failed => Some(EditReason::NotOpen),
        };
        let kinds = [Kind::LimitGtc, Kind::StopLimitGtc, Kind::BracketGtc];
        let reason = reason.or_else(|| {
            let at_work = order.trigger == TriggerStatus::Triggered || order.fills > 0;
            if !kinds.contains(&order.kind) {
                Some(EditReason::NotLimit)
            } else if order.given_in_quote() {
                Some(EditReason::SizeInQuote)
            } else if order.edit_count >= self.terms.max_edits {
                Some(EditReason::TooMany)
            } else if order.shape == Shape::Bracket && at_work {
                Some(EditReason::Triggered)
            } else {
                None
            }
        });
        reason.map_or(Ok(()), |reason| Err(reason.into()))
    }

    /// What would speak against the edited order if it were new.
    fn check_as_new(&self, order: &Order, desk: usize, new: Amended) -> Result<(), EditNo> {
        if self.is_halted(desk) {
            return Err(EditNo::as_new(Reason::Halted));
        }
        if !self.can_match(desk) {
            return Err(EditNo::as_new(Reason::MarketState));
        }
        let last = self.last_trade(desk)?.map(|trade| trade.price.get());
        match (order.shape, new.stop, last) {
            (Shape::Bracket, Some(stop), Some(last)) => {
                self.check_bracket(new.price, stop, last)?;
            }
            (Shape::Stop { direction }, Some(stop), Some(last)) if order.armed.is_some() => {
                check_stop(order.side, direction, (stop, new.price), last)?;
            }
            (Shape::Limit { post_only: true, .. }, ..) => {
                self.check_post_only(desk, order.side, new.price)?;
            }
            _ => {}
        }
        let left = new.size - order.filled;
        let needed = hold_of(order.side, &[leg(new.price, left, false)], order.rates)?;
        let free = self.account(order.account)?.ledger.available(&order.pays());
        if needed - order.hold > free {
            return Err(EditNo::as_new(Reason::Funds));
        }
        Ok(())
    }

    /// Does an edit that was asked for, unless the order has gone on without it.
    pub(crate) fn edit_now(&mut self, at: usize) -> Result<(), SimError> {
        let order = self.order_at_mut(at)?;
        let Some(new) = order.waiting.take() else {
            return Ok(());
        };
        if order.status == Status::EditQueued {
            order.status = Status::Open;
        }
        let Some(work) = order.legs.first().copied() else {
            return Ok(());
        };
        let left = new.size - order.filled;
        let needed = hold_of(order.side, &[leg(new.price, left, false)], order.rates)?;
        let more = needed - order.hold;
        let (account, asset) = (order.account, order.pays());
        let free = self.account(account)?.ledger.available(&asset);
        let desk = self.position_of(self.order_at(at)?)?;
        if left <= Decimal::ZERO || more > free || !self.can_match(desk) {
            // It filled on, the money went elsewhere or matching stopped, while the edit waited.
            self.tell(at, Change::Updated);
            return Ok(());
        }
        if more > Decimal::ZERO {
            let ledger = &mut self.account_mut(account)?.ledger;
            ledger.post(asset, Pocket::Available, Pocket::Held, more)?;
            self.order_at_mut(at)?.hold += more;
        }
        let stays = new.price == work.price && left <= work.left;
        if !stays {
            self.lift(at, 0)?;
        }
        self.amend(at, new, left)?;
        self.free_hold(at)?;
        self.tell(at, Change::Edited);
        if self.order_at(at)?.armed.is_some() {
            self.disarm_and_arm(at, new)?;
        }
        let order = self.order_at(at)?;
        let asleep = matches!(order.shape, Shape::Stop { .. }) && order.armed.is_some();
        if stays || asleep { Ok(()) } else { self.work_leg(at, 0) }
    }

    /// Writes the new values into the order and its history.
    fn amend(&mut self, at: usize, new: Amended, left: Decimal) -> Result<(), SimError> {
        let now = self.now;
        let order = self.order_at_mut(at)?;
        if let Some(price) = order.limit {
            order.edits.push(Edited { price, size: order.size, at: now });
            if order.edits.len() > SHOWN_EDITS {
                order.edits.remove(0);
            }
        }
        order.edit_count += 1;
        order.limit = Some(new.price);
        order.size = new.size;
        if let Some(leg) = order.legs.first_mut() {
            leg.price = new.price;
            leg.left = left;
        }
        Ok(())
    }

    /// Lets the stop wait for its new price.
    fn disarm_and_arm(&mut self, at: usize, new: Amended) -> Result<(), SimError> {
        if self.order_at(at)?.stop == new.stop {
            return Ok(());
        }
        self.disarm(at)?;
        self.order_at_mut(at)?.stop = new.stop;
        self.arm(at)
    }
}

/// A refused edit or a defect.
#[derive(Debug)]
enum EditNo {
    Refused(EditFailure),
    Defect(SimError),
}

impl EditNo {
    const fn as_new(reason: Reason) -> Self {
        Self::Refused(EditFailure { edit: EditReason::Rejected, preview: Some(reason) })
    }
}

impl From<EditReason> for EditNo {
    fn from(reason: EditReason) -> Self {
        Self::Refused(reason.into())
    }
}

impl From<SimError> for EditNo {
    fn from(error: SimError) -> Self {
        Self::Defect(error)
    }
}

impl From<No> for EditNo {
    fn from(no: No) -> Self {
        match no {
            No::Rejected(rejection) => Self::as_new(rejection.reason),
            No::Defect(error) => Self::Defect(error),
        }
    }
}
