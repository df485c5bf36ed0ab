//! Orders against the market: taking from the modelled book, resting in the bars.
//!
//! Within a bar the price is taken to be the open, the low, the high and the close, each for a
//! quarter of the bar: the low before the high, since a spot account only ever owns, and this
//! order hurts it most.

use domain::quantize;
use domain::{Bar, BaseQty, Fill, Price, Product, ProductStatus, QuoteAmt, Round, Side, Timestamp};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::ledger::{LedgerError, Pocket};
use crate::order::{Life, Order, OrderId, OrderState, Refusal, Ticket};
use crate::venue::{SimError, SimVenue};

/// The share of a bar's volume that a resting order can have if it lives through the whole bar.
const MAKER_SHARE: f64 = 0.1;
/// Fees and the fee part of holds have this many digits behind the point.
const MONEY_DIGITS: u32 = 8;
/// Digits behind the point that a value may have, so that sums of values stay exact.
const VALUE_DIGITS: u32 = 16;

/// A piece of a resting order that the market took.
struct Piece {
    at: Timestamp,
    order: OrderId,
    qty: Decimal,
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
        let id = OrderId(self.orders.len() as u64 + 1);
        self.orders.insert(id, accepted(id, ticket, self.now, hold));
        self.by_client.insert(ticket.client, id);
        self.open.insert(id);
        if !matches!(ticket.life, Life::PostOnlyUntil(_)) {
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
    pub fn orders(&self) -> impl Iterator<Item = &Order> {
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
            self.now = next;
        }
        self.market.prepare(to)?;
        self.now = to;
        Ok(())
    }

    /// Everything that can be refused before looking at book and funds.
    fn admit(&self, ticket: &Ticket) -> Result<Product, Refusal> {
        let unknown = Refusal::UnknownProduct(ticket.product);
        let at = self.market.position(&ticket.product).ok_or(unknown.clone())?;
        let product = *self.products().get(at).ok_or(unknown)?;
        let post_only = matches!(ticket.life, Life::PostOnlyUntil(_));
        let open = match product.status {
            ProductStatus::Online | ProductStatus::LimitOnly => true,
            ProductStatus::PostOnly => post_only,
            ProductStatus::CancelOnly
            | ProductStatus::Auction
            | ProductStatus::ViewOnly
            | ProductStatus::Offline
            | ProductStatus::Delisted => false,
        };
        if !open {
            let (product, status) = (product.id, product.status);
            return Err(Refusal::Status { product, status });
        }
        if self.by_client.contains_key(&ticket.client) {
            return Err(Refusal::DuplicateClient(ticket.client));
        }
        if let Life::PostOnlyUntil(end) = ticket.life
            && end <= self.now
        {
            return Err(Refusal::EndTime(end));
        }
        check_steps(&product, ticket)?;
        Ok(product)
    }

    /// What an order of the remaining quantity holds back: a buy its value at the limit and the
    /// fee of it, rounded up; a sale its coins.
    fn hold(&self, ticket: &Ticket, remaining: Decimal) -> Result<Decimal, SimError> {
        if ticket.side == Side::Sell {
            return Ok(remaining);
        }
        let rate = match ticket.life {
            Life::PostOnlyUntil(_) => self.fees.maker_bps,
            Life::UntilCancelled | Life::Immediate => self.fees.taker_bps.max(self.fees.maker_bps),
        };
        let value = ticket.limit.times(BaseQty::new(remaining)?)?.get();
        Ok(value + fee(value, rate, RoundingStrategy::ToPositiveInfinity)?)
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
            self.fill(id, self.now, level.price, qty, self.fees.taker_bps)?;
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
        }
        Ok(())
    }

    /// Plays `(now, to]` for every resting order: fills in order of time, then expiries.
    fn play(&mut self, to: Timestamp) -> Result<(), SimError> {
        let open: Vec<OrderId> = self.open.iter().copied().collect();
        let mut pieces = Vec::new();
        for id in &open {
            self.match_resting(*id, to, &mut pieces)?;
        }
        pieces.sort_by_key(|piece| (piece.at, piece.order));
        for Piece { at, order, qty } in pieces {
            let limit = self.orders.get(&order).map(|o| o.ticket.limit);
            let limit = limit.ok_or(SimError::UnknownOrder(order))?;
            self.fill(order, at, limit, qty, self.fees.maker_bps)?;
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
        let mut left = ticket.qty.get() - order.filled.get();
        let at = self.position(ticket.product)?;
        let Some(product) = self.market.products().get(at) else {
            return Err(SimError::UnknownProduct(ticket.product));
        };
        let until = match ticket.life {
            Life::PostOnlyUntil(end) => end.min(to),
            Life::UntilCancelled | Life::Immediate => to,
        };
        let length = self.market.granularity(at).secs();
        for bar in self.market.bars(at, self.now.floor_secs(length), until) {
            let mut filled = match in_bar {
                Some((start, filled)) if start == bar.start => filled,
                _ => Decimal::ZERO,
            };
            for (quarter, price) in (0..).zip([bar.open, bar.low, bar.high, bar.close]) {
                let begin = bar.start.plus_secs(quarter * length / 4);
                let end = begin.plus_secs(length / 4).min(until);
                if end <= begin.max(self.now) || !through(product, &ticket, price)? {
                    continue;
                }
                let lived = end.millis() - bar.start.max(placed).millis();
                let share = share_of(&bar, lived, length);
                let share = quantize(share, product.limits.base_increment, Round::Down)?;
                let qty = (share - filled).min(left);
                if qty > Decimal::ZERO {
                    (filled, left) = (filled + qty, left - qty);
                    pieces.push(Piece { at: end, order: id, qty });
                }
            }
            in_bar = Some((bar.start, filled));
        }
        if let Some(order) = self.orders.get_mut(&id) {
            order.in_bar = in_bar;
        }
        Ok(())
    }

    /// Books one fill: both currencies, the fee, and what the order no longer holds.
    fn fill(
        &mut self,
        id: OrderId,
        at: Timestamp,
        price: Price,
        qty: Decimal,
        rate: domain::Bps,
    ) -> Result<(), SimError> {
        let order = self.orders.get(&id).ok_or(SimError::UnknownOrder(id))?;
        let (ticket, hold) = (order.ticket, order.hold);
        let base: domain::Asset = ticket.product.base().parse()?;
        let quote: domain::Asset = ticket.product.quote().parse()?;
        let qty = BaseQty::new(qty)?;
        let value = price.times(qty)?;
        let fee = fee(value.get(), rate, RoundingStrategy::ToNegativeInfinity)?;
        let filled = order.filled.plus(qty)?;
        let rest = self.hold(&ticket, ticket.qty.minus(filled)?.get())?;
        let ledger = &mut self.ledger;
        match ticket.side {
            Side::Buy => {
                ledger.post(quote, Pocket::Held, Pocket::Market, value.get())?;
                ledger.post(quote, Pocket::Held, Pocket::Fees, fee)?;
                let freed = hold - rest - value.get() - fee;
                ledger.post(quote, Pocket::Held, Pocket::Available, freed)?;
                ledger.post(base, Pocket::Market, Pocket::Available, qty.get())?;
            }
            Side::Sell => {
                ledger.post(base, Pocket::Held, Pocket::Market, qty.get())?;
                ledger.post(quote, Pocket::Market, Pocket::Available, value.get())?;
                ledger.post(quote, Pocket::Available, Pocket::Fees, fee)?;
            }
        }
        let fee = QuoteAmt::new(fee)?;
        if let Some(order) = self.orders.get_mut(&id) {
            order.hold = rest;
            order.filled = filled;
            order.filled_value = order.filled_value.plus(value)?;
            order.fees = order.fees.plus(fee)?;
        }
        let entry_id = format!("sim-{}-{}", id.0, self.fills.len() + 1);
        self.fills.push(Fill {
            entry_id,
            intent: ticket.client,
            at,
            product: ticket.product,
            asset: base,
            side: ticket.side,
            qty,
            price,
            fee,
        });
        if filled == ticket.qty {
            self.end(id, OrderState::Filled, at)?;
        }
        Ok(())
    }

    /// Ends an open order and frees what it still holds.
    fn end(&mut self, id: OrderId, state: OrderState, at: Timestamp) -> Result<(), SimError> {
        let order = self.orders.get_mut(&id).ok_or(SimError::UnknownOrder(id))?;
        let asset = match order.ticket.side {
            Side::Buy => order.ticket.product.quote(),
            Side::Sell => order.ticket.product.base(),
        };
        let asset = asset.parse()?;
        self.ledger.post(asset, Pocket::Held, Pocket::Available, order.hold)?;
        order.hold = Decimal::ZERO;
        order.state = state;
        order.ended = Some(at);
        self.open.remove(&id);
        Ok(())
    }
}

fn accepted(id: OrderId, ticket: Ticket, placed: Timestamp, hold: Decimal) -> Order {
    Order {
        id,
        ticket,
        placed,
        filled: BaseQty::ZERO,
        filled_value: QuoteAmt::ZERO,
        fees: QuoteAmt::ZERO,
        state: OrderState::Open,
        ended: None,
        hold,
        in_bar: None,
    }
}

fn check_steps(product: &Product, ticket: &Ticket) -> Result<(), Refusal> {
    let (limits, size, price) = (&product.limits, ticket.qty, ticket.limit);
    if size.is_zero() || !product.is_size_step(size) {
        return Err(Refusal::SizeStep(size));
    }
    if !product.is_price_step(price) {
        return Err(Refusal::PriceStep(price));
    }
    if size < limits.base_min || size > limits.base_max {
        let (min, max) = (limits.base_min, limits.base_max);
        return Err(Refusal::Size { size, min, max });
    }
    let digits = price.get().scale() + size.get().scale();
    let value = price.times(size).ok().filter(|_| digits <= VALUE_DIGITS);
    let value = value.ok_or(Refusal::Digits { price, size })?;
    if value < limits.quote_min || value > limits.quote_max {
        let (min, max) = (limits.quote_min, limits.quote_max);
        return Err(Refusal::Value { value, min, max });
    }
    Ok(())
}

/// Whether the limit allows a trade at `price`.
fn reaches(ticket: &Ticket, price: Price) -> bool {
    match ticket.side {
        Side::Buy => price <= ticket.limit,
        Side::Sell => price >= ticket.limit,
    }
}

/// Whether a trade at `price` went through the limit by at least a tick.
fn through(product: &Product, ticket: &Ticket, price: f64) -> Result<bool, SimError> {
    let tick = product.limits.price_increment;
    let (price, limit) = (quantize(price, tick, Round::Nearest)?, ticket.limit.get());
    Ok(match ticket.side {
        Side::Buy => price + tick <= limit,
        Side::Sell => price - tick >= limit,
    })
}

/// What a resting order may have had of a bar after so many milliseconds in it.
fn share_of(bar: &Bar, lived_millis: i64, length_secs: i64) -> f64 {
    let lived = lived_millis as f64 / (length_secs as f64 * 1000.0);
    bar.volume * MAKER_SHARE * lived.clamp(0.0, 1.0)
}

/// A fee on a value. Fees round down and holds up, so that a hold always covers its fills:
/// ⌊x⌋ + ⌈y⌉ ≤ ⌈x + y⌉.
fn fee(value: Decimal, rate: domain::Bps, rounding: RoundingStrategy) -> Result<Decimal, SimError> {
    let exact = value
        .checked_mul(rate.get())
        .and_then(|v| v.checked_div(Decimal::from(10_000)))
        .ok_or(LedgerError::NotBookable { asset: "USD".parse()?, amount: value })?;
    Ok(exact.round_dp_with_strategy(MONEY_DIGITS, rounding))
}
