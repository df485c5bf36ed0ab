//! What orders do to accounts: holds, fills, ends.

use domain::{Asset, Price, QuoteAmt, Side};
use rust_decimal::{Decimal, RoundingStrategy};

use super::fees::fee;
use super::fill::{Fill, Liquidity};
use super::log::{Change, What};
use super::order::{Order, RejectReason, Status, TriggerStatus};
use super::parts::{Amount, Shape};
use super::validate::hold_of;
use super::venue::Venue;
use crate::ledger::Pocket;
use crate::venue::SimError;

/// A part of an order that fills.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece {
    /// Which leg; none of a market order.
    pub(crate) leg: Option<usize>,
    pub(crate) price: Price,
    pub(crate) base: Decimal,
    pub(crate) value: Decimal,
    /// Whether it spends the rest of a sum that has its fees inside.
    pub(crate) last_of_money: bool,
    pub(crate) liquidity: Liquidity,
    /// The public trade.
    pub(crate) trade: u64,
}

impl Order {
    /// The currency that it holds back.
    pub(crate) const fn pays(&self) -> Asset {
        match self.side {
            Side::Buy => self.quote,
            Side::Sell => self.base,
        }
    }
}

impl Venue {
    /// Position of the product whose book an order is in.
    pub(crate) fn position_of(&self, order: &Order) -> Result<usize, SimError> {
        self.market.position(&order.book).ok_or(SimError::UnknownProduct(order.book))
    }

    /// Books one fill: both currencies, the fee, what is no longer held.
    pub(crate) fn fill(&mut self, at: usize, piece: &Piece) -> Result<(), SimError> {
        self.disarm(at)?;
        let charged = self.charge(at, piece)?;
        let order = self.order_at_mut(at)?;
        let spends = matches!(order.shape, Shape::Market { .. });
        order.filled += piece.base;
        order.filled_value = order.filled_value.plus(QuoteAmt::new(piece.value)?)?;
        order.fees = order.fees.plus(QuoteAmt::new(charged)?)?;
        order.fills += 1;
        let mut emptied = None;
        if let Some((n, leg)) = piece.leg.and_then(|n| Some((n, order.legs.get_mut(n)?))) {
            leg.left -= piece.base;
            emptied = leg.left.is_zero().then_some(n);
        }
        let whole = !spends && order.legs.iter().all(|leg| leg.left.is_zero());
        let (account, asset, side, base) = (order.account, order.pays(), order.side, order.base);
        let paid = match side {
            Side::Buy => piece.value + charged,
            Side::Sell => piece.base,
        };
        order.hold -= paid;
        let quote = order.quote;
        let ledger = &mut self.account_mut(account)?.ledger;
        match side {
            Side::Buy => {
                ledger.post(asset, Pocket::Held, Pocket::Market, piece.value)?;
                ledger.post(asset, Pocket::Held, Pocket::Fees, charged)?;
                ledger.post(base, Pocket::Market, Pocket::Available, piece.base)?;
            }
            Side::Sell => {
                ledger.post(asset, Pocket::Held, Pocket::Market, piece.base)?;
                ledger.post(quote, Pocket::Market, Pocket::Available, piece.value)?;
                ledger.post(quote, Pocket::Available, Pocket::Fees, charged)?;
            }
        }
        self.free_hold(at)?;
        self.note_fill(at, piece, charged)?;
        if let Some(leg) = emptied {
            self.lift(at, leg)?;
        }
        if whole {
            return self.end(at, Status::Filled, "");
        }
        self.tell(at, Change::Updated);
        Ok(())
    }

    /// The fee of a fill: of the last part of a sum with fees inside, what the sum leaves.
    fn charge(&self, at: usize, piece: &Piece) -> Result<Decimal, SimError> {
        let order = self.order_at(at)?;
        let rate = match piece.liquidity {
            Liquidity::Maker => order.rates.maker,
            Liquidity::Taker => order.rates.taker,
        };
        match order.shape {
            Shape::Market { amount: Amount::Spend(money), .. } if piece.last_of_money => {
                let spent = order.filled_value.get() + order.fees.get() + piece.value;
                Ok(money - spent)
            }
            Shape::Market { .. }
            | Shape::Limit { .. }
            | Shape::Stop { .. }
            | Shape::Bracket
            | Shape::Ladder
            | Shape::Slices { .. } => {
                Ok(fee(piece.value, rate, RoundingStrategy::ToNegativeInfinity)?)
            }
        }
    }

    /// Frees what is held beyond what the legs still need; a market order frees it at its end.
    pub(crate) fn free_hold(&mut self, at: usize) -> Result<(), SimError> {
        let order = self.order_at_mut(at)?;
        if matches!(order.shape, Shape::Market { .. }) {
            return Ok(());
        }
        let needed = hold_of(order.side, &order.legs, order.rates)?;
        let freed = order.hold - needed;
        order.hold = needed.normalize();
        let (account, asset) = (order.account, order.pays());
        let ledger = &mut self.account_mut(account)?.ledger;
        Ok(ledger.post(asset, Pocket::Held, Pocket::Available, freed)?)
    }

    /// Writes a fill into the account's list, its volume and the log.
    fn note_fill(&mut self, at: usize, piece: &Piece, charged: Decimal) -> Result<(), SimError> {
        self.fill_count += 1;
        let (number, now) = (self.fill_count, self.now);
        let entry_id = self.names.entry(number);
        let trade_id = self.names.uuid("fill", number);
        let order = self.order_at_mut(at)?;
        order.last_fill = Some(now);
        let fill = Fill {
            entry_id,
            number,
            trade_id,
            public_trade: piece.trade,
            account: order.account,
            order: order.id,
            client_order_id: order.draft.client_order_id.clone(),
            product: order.product,
            side: order.side,
            price: piece.price,
            base: piece.base.normalize(),
            value: QuoteAmt::new(piece.value)?,
            fee: QuoteAmt::new(charged)?,
            liquidity: piece.liquidity,
            size_in_quote: order.size_in_quote,
            at: now,
        };
        let no = order.account;
        let account = self.account_mut(no)?;
        account.volume.add(now, piece.value, charged);
        account.fills.push(fill.clone());
        self.log.push(now, What::Fill { account: no, fill: Box::new(fill) });
        Ok(())
    }

    /// Ends an order: it leaves the book, and what it holds is free.
    pub(crate) fn end(
        &mut self,
        at: usize,
        status: Status,
        why: &'static str,
    ) -> Result<(), SimError> {
        if self.order_at(at)?.status.is_terminal() {
            return Ok(());
        }
        for leg in 0..self.order_at(at)?.legs.len() {
            self.lift(at, leg)?;
        }
        self.disarm(at)?;
        let order = self.order_at_mut(at)?;
        let hold = core::mem::take(&mut order.hold);
        order.status = status;
        order.pending_cancel = false;
        order.waiting = None;
        order.cancel_message = why;
        let (no, asset, book) = (order.account, order.pays(), order.book);
        let account = self.account_mut(no)?;
        account.ledger.post(asset, Pocket::Held, Pocket::Available, hold)?;
        if let Some(open) = account.open.get_mut(&book) {
            *open = open.saturating_sub(1);
        }
        let desk = self.position_of(self.order_at(at)?)?;
        let desk = self.desk_mut(desk)?;
        desk.live = desk.live.saturating_sub(1);
        self.tell(
            at,
            match status {
                Status::Filled => Change::Filled,
                Status::Expired => Change::Expired,
                Status::Failed => Change::Failed,
                Status::Cancelled
                | Status::Pending
                | Status::Queued
                | Status::Open
                | Status::CancelQueued
                | Status::EditQueued => Change::Cancelled,
            },
        );
        self.attach(at)
    }

    /// Gives an order up.
    pub(crate) fn fail(&mut self, at: usize, why: RejectReason) -> Result<(), SimError> {
        self.order_at_mut(at)?.reject = Some(why);
        self.end(at, Status::Failed, "")
    }

    /// Cancels all open orders of a product.
    pub(crate) fn cancel_all(&mut self, at: usize, why: &'static str) -> Result<(), SimError> {
        let book = self.product(at)?.id;
        let mut open: Vec<usize> = Vec::new();
        for account in self.accounts.iter().filter(|a| a.open.get(&book).is_some_and(|n| *n > 0)) {
            let live = |at: &&usize| {
                self.orders.get(**at).is_some_and(|o| o.book == book && !o.status.is_terminal())
            };
            open.extend(account.orders.iter().filter(live));
        }
        open.sort_unstable();
        for order in open {
            self.end(order, Status::Cancelled, why)?;
        }
        Ok(())
    }

    /// Lets a stop sleep for good.
    pub(crate) fn disarm(&mut self, at: usize) -> Result<(), SimError> {
        let order = self.order_at_mut(at)?;
        let (Some(number), Some(stop)) = (order.armed.take(), order.stop) else {
            return Ok(());
        };
        let direction = order.direction();
        let desk = self.position_of(self.order_at(at)?)?;
        self.desk_mut(desk)?.forget_stop(direction, stop, number);
        Ok(())
    }

    /// Lets a stop wait for its price; one that was reached already wakes at once.
    pub(crate) fn arm(&mut self, at: usize) -> Result<(), SimError> {
        let number = self.next_in_line();
        let order = self.order_at_mut(at)?;
        let Some(stop) = order.stop else {
            return Ok(());
        };
        order.armed = Some(number);
        order.trigger = TriggerStatus::Pending;
        let direction = order.direction();
        let desk = self.position_of(self.order_at(at)?)?;
        let last = self.last_trade(desk)?.map(|trade| trade.price.get());
        let desk = self.desk_mut(desk)?;
        desk.await_stop(direction, stop, number, at);
        if let Some(last) = last {
            desk.saw(last);
        }
        Ok(())
    }
}
