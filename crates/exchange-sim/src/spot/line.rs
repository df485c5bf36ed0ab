//! The line of resting legs: into it, out of it, shorter.

use rust_decimal::Decimal;

use super::desk::{Desk, Resting};
use super::log::Change;
use super::order::Status;
use super::venue::Venue;
use crate::venue::SimError;

impl Venue {
    /// Puts a leg into the book, at the end of the line.
    pub(crate) fn rest(&mut self, order: usize, leg: usize) -> Result<(), SimError> {
        let number = self.next_in_line();
        let now = self.now;
        let held = self.order_at_mut(order)?;
        let side = held.side;
        let Some(work) = held.legs.get_mut(leg) else {
            return Err(SimError::Lost("leg"));
        };
        work.line = Some((number, now));
        let place = Desk::place(side, work.price, number);
        let desk = self.position_of(self.order_at(order)?)?;
        self.desk_mut(desk)?.resting.of_mut(side).insert(place, Resting { order, leg });
        Ok(())
    }

    /// Takes a leg out of the book.
    pub(crate) fn lift(&mut self, order: usize, leg: usize) -> Result<(), SimError> {
        let held = self.order_at_mut(order)?;
        let side = held.side;
        let Some(work) = held.legs.get_mut(leg) else {
            return Ok(());
        };
        let (line, price) = (work.line.take(), work.price);
        if let Some((number, _)) = line {
            let desk = self.position_of(self.order_at(order)?)?;
            let place = Desk::place(side, price, number);
            self.desk_mut(desk)?.resting.of_mut(side).remove(&place);
        }
        Ok(())
    }

    /// Makes a leg, and with it the order, smaller without a fill; an order without anything left
    /// is cancelled.
    pub(crate) fn shrink(
        &mut self,
        order: usize,
        leg: usize,
        by: Decimal,
        why: &'static str,
    ) -> Result<(), SimError> {
        let held = self.order_at_mut(order)?;
        let Some(work) = held.legs.get_mut(leg) else {
            return Err(SimError::Lost("leg"));
        };
        work.left -= by;
        let gone = work.left.is_zero();
        if gone && held.legs.iter().all(|leg| leg.left.is_zero()) {
            return self.end(order, Status::Cancelled, why);
        }
        held.size -= by;
        if gone {
            self.lift(order, leg)?;
        }
        self.free_hold(order)?;
        self.tell(order, Change::Updated);
        Ok(())
    }

    /// After trading could begin again: what crosses meets in order of time.
    pub(crate) fn uncross(&mut self, at: usize) -> Result<(), SimError> {
        let desk = self.desk(at)?;
        let both = desk.resting.buy.iter().chain(&desk.resting.sell);
        let mut waiting: Vec<(u64, Resting)> = both.map(|((_, n), r)| (*n, *r)).collect();
        waiting.sort_unstable_by_key(|(number, _)| *number);
        for (_, resting) in &waiting {
            self.lift(resting.order, resting.leg)?;
        }
        for (_, resting) in waiting {
            self.work_leg(resting.order, resting.leg)?;
        }
        self.settle(at)
    }
}
