//! Time passes: trades print, resting orders fill, what is due is done.
//!
//! A resting order fills when a trade of the market goes through its limit by a tick. All orders of
//! a side together have at most a tenth of a bar's volume, for the share of the bar that the order
//! at hand has rested through.

use std::collections::BTreeMap;

use domain::{Price, Side, Timestamp};
use rust_decimal::Decimal;

use super::booking::Piece;
use super::desk::Resting;
use super::fill::Liquidity;
use super::log::What;
use super::order::Status;
use super::tape::{Trade, first_id};
use super::validate::{floor_to, times};
use super::venue::Venue;
use crate::venue::SimError;

/// The share of a bar's volume that resting orders of a side can have.
const MAKER_SHARE: Decimal = Decimal::from_parts(1, 0, 0, false, 1);
const DAY: i64 = 86_400;
/// Trades are laid out for so long at a time.
const CHUNK: i64 = 3600;

/// What is to be done at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// An order reaches the book.
    Enter(usize),
    /// An order's time is over.
    Expire(usize),
    /// A cancel is done.
    Cancel(usize),
    /// An edit is done.
    Edit(usize),
    /// A slice of an order comes to the book.
    Slice(usize, usize),
    /// A halt of a product ends.
    HaltEnds(usize),
}

/// A trade to be told, with its bar.
#[derive(Debug, Clone, Copy)]
struct Tick {
    at: usize,
    trade: Trade,
    bar: Timestamp,
    volume: f64,
}

impl Venue {
    /// Moves the clock: trades print, orders match, triggers wake, orders expire, delays end, each
    /// at its own time. Costs the trades of products that are watched or have open orders, and
    /// nothing for others.
    ///
    /// # Errors
    /// [`SimError::Backwards`]; [`SimError::Seed`] beyond the market: the clock stays at the last
    /// midnight that could be played.
    pub fn advance(&mut self, to: Timestamp) -> Result<(), SimError> {
        if to < self.now {
            return Err(SimError::Backwards { now: self.now, to });
        }
        let began = self.now;
        while self.now < to && self.is_busy(to) {
            // Day by day, since a market may keep only the last days ready.
            let next = self.now.floor_secs(DAY).plus_secs(DAY).min(to);
            self.market.prepare(next)?;
            self.play(next)?;
        }
        self.market.prepare(to)?;
        self.now = to;
        // What the model says changes with its bars and hours even where nothing traded.
        if began.floor_secs(60) != to.floor_secs(60) {
            for at in 0..self.desks.len() {
                if self.desk(at)?.watched {
                    self.note_volume(at);
                    self.show_book(at)?;
                }
            }
        }
        Ok(())
    }

    /// Whether anything can happen until then.
    fn is_busy(&self, to: Timestamp) -> bool {
        self.due.first_key_value().is_some_and(|((at, _), _)| *at <= to)
            || self.desks.iter().any(|desk| desk.watched || desk.live > 0)
    }

    /// Does something at a time, after what was asked for earlier.
    pub(crate) fn later(&mut self, at: Timestamp, due: Due) {
        let number = self.next_in_line();
        self.due.insert((at, number), due);
    }

    /// Plays `(now, to]`.
    fn play(&mut self, to: Timestamp) -> Result<(), SimError> {
        while self.now < to {
            let end = self.now.floor_secs(CHUNK).plus_secs(CHUNK).min(to);
            for tick in self.ticks(end)? {
                self.do_due(tick.trade.at)?;
                self.now = self.now.max(tick.trade.at);
                self.tell_trade(&tick)?;
            }
            self.do_due(end)?;
            self.now = end;
        }
        Ok(())
    }

    /// The trades of busy products in `(now, to]`, in order of time.
    fn ticks(&self, to: Timestamp) -> Result<Vec<Tick>, SimError> {
        let mut out = Vec::new();
        let after = Timestamp::from_millis(to.millis() + 1);
        for (at, desk) in self.desks.iter().enumerate() {
            if !desk.watched && desk.live == 0 {
                continue;
            }
            let length = self.market.granularity(at).secs();
            for bar in self.market.bars(at, self.now.floor_secs(length), after) {
                let trades = self.bar_trades(at, &bar)?.into_iter();
                let inside = trades.filter(|t| self.now < t.at && t.at <= to);
                let (start, volume) = (bar.start, bar.volume);
                out.extend(inside.map(|trade| Tick { at, trade, bar: start, volume }));
            }
        }
        out.sort_by_key(|tick| (tick.trade.at, tick.at));
        Ok(out)
    }

    fn tell_trade(&mut self, tick: &Tick) -> Result<(), SimError> {
        // A halt or a new status in this very span may have silenced it after it was laid out.
        if !self.can_match(tick.at) {
            return Ok(());
        }
        self.note_volume(tick.at);
        self.desk_mut(tick.at)?.told = Some((self.now, Some(tick.trade)));
        for side in [Side::Buy, Side::Sell] {
            self.match_resting(tick, side)?;
        }
        let desk = self.desk_mut(tick.at)?;
        desk.saw(tick.trade.price.get());
        if desk.watched {
            self.log.push(self.now, What::Trade(tick.trade));
        }
        self.settle(tick.at)
    }

    /// What a trade of the market gives to the resting orders that it went through.
    fn match_resting(&mut self, tick: &Tick, side: Side) -> Result<(), SimError> {
        let product = *self.product(tick.at)?;
        let (step, price) = (product.limits.price_increment, tick.trade.price.get());
        let edge = match side {
            Side::Buy => -(price + step),
            Side::Sell => price - step,
        };
        let line: &BTreeMap<_, _> = self.desk(tick.at)?.resting.of(side);
        let through: Vec<Resting> = line.range(..=(edge, u64::MAX)).map(|(_, r)| *r).collect();
        let length = self.market.granularity(tick.at).secs() * 1000;
        for Resting { order, leg } in through {
            let held = self.order_at(order)?;
            let Some(work) = held.legs.get(leg).copied() else {
                continue;
            };
            let Some((_, since)) = work.line else {
                continue;
            };
            let lived = self.now.millis() - tick.bar.max(since).millis();
            let volume =
                domain::quantize(tick.volume, product.limits.base_increment, domain::Round::Down)?;
            let share = times(volume, MAKER_SHARE)?;
            let share = times(share, Decimal::from(lived.max(0)))? / Decimal::from(length);
            let share = floor_to(share, product.limits.base_increment);
            let had = self.desk(tick.at)?.made.of(side).of(tick.bar);
            let base = (share - had).min(work.left);
            if base <= Decimal::ZERO {
                continue;
            }
            self.desk_mut(tick.at)?.made.of_mut(side).add(tick.bar, base);
            let trade = self.print(tick.at, work.price, base, side, true)?;
            let value = times(work.price.get(), base)?;
            let liquidity = Liquidity::Maker;
            let piece = Piece {
                leg: Some(leg),
                price: work.price,
                base,
                value,
                last_of_money: false,
                liquidity,
                trade,
            };
            self.fill(order, &piece)?;
        }
        Ok(())
    }

    /// Prints a trade of own orders; `before` one of the market's that is about to be told.
    pub(crate) fn print(
        &mut self,
        at: usize,
        price: Price,
        size: Decimal,
        maker: Side,
        before: bool,
    ) -> Result<u64, SimError> {
        let told = !before && self.last_of_market(at)?.is_some_and(|last| last.at == self.now);
        // After the market's trade of this millisecond, ids go on in the next one's.
        let free = first_id(Timestamp::from_millis(self.now.millis() + i64::from(told)));
        let (now, capacity) = (self.now, self.terms.tape_capacity.max(1));
        let product = self.product(at)?.id;
        let desk = self.desk_mut(at)?;
        let id = desk.prints.back().map_or(free, |last| (last.id + 1).max(free));
        let trade = Trade { id, product, price, size: size.normalize(), at: now, maker };
        if desk.prints.len() >= capacity {
            desk.prints.pop_front();
        }
        desk.prints.push_back(trade);
        desk.saw(price.get());
        if desk.watched {
            self.log.push(now, What::Trade(trade));
        }
        Ok(id)
    }

    /// Does what is due until a time.
    fn do_due(&mut self, until: Timestamp) -> Result<(), SimError> {
        while let Some(entry) = self.due.first_entry().filter(|e| e.key().0 <= until) {
            let ((at, _), due) = entry.remove_entry();
            self.now = self.now.max(at);
            match due {
                Due::Enter(order) => {
                    self.enter(order)?;
                    self.settle_order(order)?;
                }
                Due::Expire(order) => {
                    self.end(order, Status::Expired, "")?;
                    self.settle_order(order)?;
                }
                Due::Cancel(order) => {
                    self.cancel_now(order)?;
                    self.settle_order(order)?;
                }
                Due::Edit(order) => {
                    self.edit_now(order)?;
                    self.settle_order(order)?;
                }
                Due::Slice(order, n) => {
                    self.slice(order, n)?;
                    self.settle_order(order)?;
                }
                Due::HaltEnds(desk) => self.halt_ends(desk)?,
            }
        }
        Ok(())
    }

    fn settle_order(&mut self, order: usize) -> Result<(), SimError> {
        let desk = self.position_of(self.order_at(order)?)?;
        self.settle(desk)
    }
}
