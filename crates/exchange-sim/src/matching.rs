//! Orders against the market: taking from the modelled book, resting in the bars.
//!
//! Within a bar the price is taken to be the open, the low, the high and the close, each for a
//! quarter of the bar: the low before the high, since a spot account only ever owns, and this
//! order hurts it most.

use domain::{Bar, Fill, Liquidity, Price, Round, Side, Timestamp, quantize};
use rust_decimal::Decimal;

use crate::ledger::Pocket;
use crate::market::Market;
use crate::order::{Life, Order, OrderId, OrderState, Refusal, Ticket};
use crate::venue::{SimError, SimVenue};

/// The share of a bar's volume that a resting order can have if it lives through the whole bar.
const MAKER_SHARE: f64 = 0.1;
/// The same of a trade that was told, in percent.
pub(crate) const MAKER_SHARE_PCT: Decimal = Decimal::TEN;
/// A piece of a resting order that the market took.
pub(crate) struct Piece {
    pub(crate) at: Timestamp,
    pub(crate) order: OrderId,
    pub(crate) qty: Decimal,
    pub(crate) price: Price,
    pub(crate) liquidity: Liquidity,
}

/// What one price of the market does to a resting order.
pub(crate) enum Met {
    /// Nothing.
    Missed,
    /// It trades at its own price.
    Rested(Price),
    /// It is a bracket whose stop was reached, and takes at the market's price.
    Stopped(Price),
}

impl Met {
    /// Whether anything trades, and how.
    pub(crate) const fn trade(self) -> Option<(Price, Liquidity)> {
        match self {
            Self::Missed => None,
            Self::Rested(price) => Some((price, Liquidity::Maker)),
            Self::Stopped(price) => Some((price, Liquidity::Taker)),
        }
    }
}

/// What a market that trades at `price` does to an order; `begun` when a part of it is filled.
/// The first fill at a bracket's target puts its stop out of work, and the stop its target.
pub(crate) fn met(
    ticket: &Ticket,
    tick: Decimal,
    price: Price,
    begun: bool,
    stopped: &mut bool,
) -> Met {
    let Life::Bracket(bracket) = ticket.life else {
        let at = |met| if met { Met::Rested(ticket.limit) } else { Met::Missed };
        return at(match ticket.side {
            Side::Buy => price.get() + tick <= ticket.limit.get(),
            Side::Sell => price.get() - tick >= ticket.limit.get(),
        });
    };
    *stopped = *stopped || (!begun && price <= bracket.stop);
    match *stopped {
        true if price >= ticket.limit => Met::Stopped(price),
        false if price.get() - tick >= bracket.target.get() => Met::Rested(bracket.target),
        true | false => Met::Missed,
    }
}

impl SimVenue {
    /// Takes an order or refuses it; what it takes from the book is filled when this returns.
    ///
    /// # Errors
    /// [`Refusal`] in the inner result: nothing happened. [`SimError`] in the outer: the venue's
    /// numbers left the exact range.
    pub fn submit(&mut self, ticket: Ticket) -> Result<Result<OrderId, Refusal>, SimError> {
        let (product, book) = match self.admit(&ticket) {
            Ok(product) => (product, self.book(ticket.product)?),
            Err(refusal) => return Ok(Err(refusal)),
        };
        let touch = book.as_ref().and_then(|b| match ticket.side {
            Side::Buy => b.asks.first(),
            Side::Sell => b.bids.first(),
        });
        if let Life::Bracket(bracket) = ticket.life {
            let Some(market) = touch.map(|level| level.price) else {
                return Ok(Err(Refusal::NoBook(ticket.product)));
            };
            let around = bracket.stop < market && market < bracket.target;
            if ticket.side == Side::Buy || !around {
                return Ok(Err(Refusal::Bracket { bracket, market }));
            }
        }
        if matches!(ticket.life, Life::PostOnlyUntil(_)) {
            match touch.map(|level| level.price) {
                None => return Ok(Err(Refusal::NoBook(ticket.product))),
                Some(touch) if reaches(&ticket, touch) => {
                    let limit = ticket.limit;
                    return Ok(Err(Refusal::WouldTake { limit, touch }));
                }
                Some(_) => {}
            }
        }
        let hold = self.hold(&ticket, ticket.qty.get())?;
        let asset = match ticket.side {
            Side::Buy => product.quote,
            Side::Sell => product.base,
        };
        if let Err(refused) = self.ledger.post(asset, Pocket::Available, Pocket::Held, hold) {
            return Ok(Err(Refusal::Funds(refused)));
        }
        let newest = self.orders.last_key_value().map_or(0, |(id, _)| id.0);
        let id = OrderId(newest + 1);
        self.orders.insert(id, Order::taken(id, ticket, self.now, hold));
        self.by_client.insert(ticket.client, id);
        self.open.insert(id);
        if !ticket.life.only_rests() {
            let levels = book.map_or_else(Vec::new, |b| match ticket.side {
                Side::Buy => b.asks,
                Side::Sell => b.bids,
            });
            self.take(id, &levels)?;
        }
        if ticket.life == Life::Immediate && self.open.contains(&id) {
            self.end(id, OrderState::Cancelled, self.now)?;
        }
        Ok(Ok(id))
    }

    /// Cancels an open order; an order that has ended stays as it ended.
    ///
    /// # Errors
    /// [`SimError::UnknownOrder`].
    pub fn cancel(&mut self, id: OrderId) -> Result<&Order, SimError> {
        if self.open.contains(&id) {
            self.end(id, OrderState::Cancelled, self.now)?;
        }
        self.orders.get(&id).ok_or(SimError::UnknownOrder(id))
    }

    /// One order.
    pub fn order(&self, id: OrderId) -> Option<&Order> {
        self.orders.get(&id)
    }

    /// The order with a client number.
    pub fn order_of(&self, client: domain::IntentId) -> Option<&Order> {
        self.by_client.get(&client).and_then(|id| self.orders.get(id))
    }

    /// All orders in the order in which they were taken.
    pub fn orders(&self) -> impl DoubleEndedIterator<Item = &Order> {
        self.orders.values()
    }

    /// Those that rest.
    pub fn open_orders(&self) -> impl Iterator<Item = &Order> {
        self.open.iter().filter_map(|id| self.orders.get(id))
    }

    /// All fills, in order of time.
    pub fn fills(&self) -> &[Fill] {
        &self.fills
    }

    /// Moves the clock and plays the bars it passes: resting orders fill and expire.
    ///
    /// # Errors
    /// [`SimError::Backwards`], [`SimError::Seed`] beyond the market; the clock stays at the last
    /// midnight that could be played.
    pub fn advance(&mut self, to: Timestamp) -> Result<(), SimError> {
        if to < self.now {
            return Err(SimError::Backwards { now: self.now, to });
        }
        // Day by day, since a market may keep only the last days ready.
        while self.now < to && !self.open.is_empty() {
            let midnight = self.now.floor_secs(86_400).plus_secs(86_400);
            let next = midnight.min(to);
            self.market.prepare(next)?;
            self.play(next)?;
            self.forget_told(next);
            self.now = next;
        }
        if self.open.is_empty() {
            self.forget_told(to);
        }
        self.market.prepare(to)?;
        self.now = to;
        Ok(())
    }

    /// Takes from levels that the limit reaches, best first.
    fn take(&mut self, id: OrderId, levels: &[domain::Level]) -> Result<(), SimError> {
        let Some(order) = self.orders.get(&id) else {
            return Err(SimError::UnknownOrder(id));
        };
        let ticket = order.ticket;
        let mut left = ticket.qty.get();
        let mut taken = Decimal::ZERO;
        for level in levels.iter().filter(|l| reaches(&ticket, l.price)) {
            let qty = left.min(level.size.get());
            if qty.is_zero() {
                break;
            }
            self.fill(id, self.now, level.price, qty, Liquidity::Taker)?;
            left -= qty;
            taken += qty;
        }
        let at = self.position(ticket.product)?;
        if let Some((_, end)) = self.last(at) {
            let entry = self.taken.entry((ticket.product, ticket.side));
            let (when, sum) = entry.or_insert((end, Decimal::ZERO));
            if *when != end {
                (*when, *sum) = (end, Decimal::ZERO);
            }
            *sum += taken;
            self.takes += 1;
        }
        Ok(())
    }

    /// Plays `(now, to]` for every resting order: fills in order of time, then expiries.
    fn play(&mut self, to: Timestamp) -> Result<(), SimError> {
        let open: Vec<OrderId> = self.open.iter().copied().collect();
        let mut pieces = Vec::new();
        for id in &open {
            match &self.market {
                Market::Live(_) => self.match_told(*id, to, &mut pieces)?,
                Market::Seeded(_) | Market::Recorded(_) => {
                    self.match_resting(*id, to, &mut pieces)?;
                }
            }
        }
        pieces.sort_by_key(|piece| (piece.at, piece.order));
        for Piece { at, order, qty, price, liquidity } in pieces {
            self.fill(order, at, price, qty, liquidity)?;
        }
        for id in open {
            let life = self.orders.get(&id).map(|o| o.ticket.life);
            if let Some(Life::PostOnlyUntil(end)) = life
                && end <= to
                && self.open.contains(&id)
            {
                self.end(id, OrderState::Expired, end)?;
            }
        }
        Ok(())
    }

    /// What the bars up to `to` take of one resting order.
    fn match_resting(
        &mut self,
        id: OrderId,
        to: Timestamp,
        pieces: &mut Vec<Piece>,
    ) -> Result<(), SimError> {
        let Some(order) = self.orders.get(&id) else {
            return Err(SimError::UnknownOrder(id));
        };
        let (ticket, placed, mut in_bar) = (order.ticket, order.placed, order.in_bar);
        let (whole, mut stopped) = (ticket.qty.get(), order.stopped);
        let mut left = whole - order.filled.get();
        let at = self.position(ticket.product)?;
        let Some(product) = self.market.products().get(at) else {
            return Err(SimError::UnknownProduct(ticket.product));
        };
        let until = match ticket.life {
            Life::PostOnlyUntil(end) => end.min(to),
            Life::UntilCancelled | Life::Immediate | Life::Bracket(_) => to,
        };
        let tick = product.limits.price_increment;
        let length = self.market.granularity(at).secs();
        for bar in self.market.bars(at, self.now.floor_secs(length), until) {
            let mut filled = match in_bar {
                Some((start, filled)) if start == bar.start => filled,
                _ => Decimal::ZERO,
            };
            for (quarter, price) in (0..).zip([bar.open, bar.low, bar.high, bar.close]) {
                let begin = bar.start.plus_secs(quarter * length / 4);
                let end = begin.plus_secs(length / 4).min(until);
                if end <= begin.max(self.now) {
                    continue;
                }
                // A price of less than half a tick is none.
                let Ok(price) = Price::new(quantize(price, tick, Round::Nearest)?) else {
                    continue;
                };
                let met = met(&ticket, tick, price, left < whole, &mut stopped);
                let Some((price, liquidity)) = met.trade() else { continue };
                let lived = end.millis() - bar.start.max(placed).millis();
                let share = share_of(&bar, lived, length);
                let share = quantize(share, product.limits.base_increment, Round::Down)?;
                let qty = (share - filled).min(left);
                if qty > Decimal::ZERO {
                    (filled, left) = (filled + qty, left - qty);
                    pieces.push(Piece { at: end, order: id, qty, price, liquidity });
                }
            }
            in_bar = Some((bar.start, filled));
        }
        if let Some(order) = self.orders.get_mut(&id) {
            (order.in_bar, order.stopped) = (in_bar, stopped);
        }
        Ok(())
    }
}

/// Whether the limit allows a trade at `price`.
fn reaches(ticket: &Ticket, price: Price) -> bool {
    match ticket.side {
        Side::Buy => price <= ticket.limit,
        Side::Sell => price >= ticket.limit,
    }
}

/// What a resting order may have had of a bar after so many milliseconds in it.
fn share_of(bar: &Bar, lived_millis: i64, length_secs: i64) -> f64 {
    let lived = lived_millis as f64 / (length_secs as f64 * 1000.0);
    bar.volume * MAKER_SHARE * lived.clamp(0.0, 1.0)
}
