//! The venue's truth: its orders, what fills them, and how they end. Nothing here knows what the
//! program believes.

use domain::{
    BaseQty, FillKind, Liquidity, Price, QuoteAmt, Side, TimeInForce, Timestamp, VenueStatus,
};
use exchange::{VenueFill, VenueOrder};
use rust_decimal::Decimal;

use super::faults::Fault;
use super::world::World;

/// Fees: 60 and 120 basis points.
pub(crate) const MAKER: Decimal = Decimal::from_parts(60, 0, 0, false, 4);
pub(crate) const TAKER: Decimal = Decimal::from_parts(120, 0, 0, false, 4);

/// An order as it looked from a moment on.
#[derive(Debug, Clone, Copy)]
struct Look {
    from: Timestamp,
    status: VenueStatus,
    filled: Decimal,
    value: Decimal,
    fees: Decimal,
}

/// An order at the venue, or on its way there.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// Our number of it; `None` when it is not ours.
    pub(crate) intent: Option<u64>,
    pub(crate) client: String,
    pub(crate) id: String,
    pub(crate) product: usize,
    side: Side,
    pub(crate) qty: Decimal,
    pub(crate) limit: Decimal,
    life: Option<TimeInForce>,
    /// When it arrives; `None`: never.
    pub(crate) arrives: Option<Timestamp>,
    pub(crate) created: Option<Timestamp>,
    looks: Vec<Look>,
    pub(crate) filled: Decimal,
    /// Of that, what is on our records.
    pub(crate) known: Decimal,
    value: Decimal,
    fees: Decimal,
    pub(crate) over: bool,
    cancel_at: Option<Timestamp>,
    /// The stop of a bracket was reached.
    stopped: bool,
}

/// A fill at the venue.
#[derive(Debug, Clone)]
pub(crate) struct Trade {
    pub(crate) order: usize,
    /// It is shown from then on.
    shown: Timestamp,
    pub(crate) fill: VenueFill,
    /// Whether it is on our records.
    pub(crate) known: bool,
}

/// What is sent.
pub(crate) struct Sent<'a> {
    pub(crate) intent: Option<u64>,
    pub(crate) client: &'a str,
    pub(crate) product: usize,
    pub(crate) side: Side,
    pub(crate) qty: Decimal,
    pub(crate) limit: Decimal,
    pub(crate) life: Option<TimeInForce>,
}

impl Order {
    pub(crate) fn is_buy(&self) -> bool {
        self.side == Side::Buy
    }

    pub(crate) fn left(&self) -> Decimal {
        self.qty - self.filled
    }

    /// On the book now.
    pub(crate) fn rests(&self) -> bool {
        self.created.is_some() && !self.over
    }

    /// It is there, or may come yet.
    pub(crate) fn may_fill(&self) -> bool {
        !self.over && (self.created.is_some() || self.arrives.is_some())
    }

    /// It cannot fill any more, and all that it filled is on our records.
    pub(crate) fn is_settled(&self) -> bool {
        !self.may_fill() && self.known == self.filled
    }

    /// The two prices of one that protects a lot.
    pub(crate) fn bracket(&self) -> Option<(Decimal, Decimal)> {
        let bracket = self.life?.bracket()?;
        Some((bracket.stop.get(), bracket.target.get()))
    }

    /// What so much of it costs at most.
    pub(crate) fn worst(&self, qty: Decimal) -> Decimal {
        qty * self.limit * (Decimal::ONE + TAKER)
    }

    fn status(&self) -> VenueStatus {
        self.looks.last().map_or(VenueStatus::Pending, |look| look.status)
    }

    fn look(&mut self, from: Timestamp, status: VenueStatus) {
        let (filled, value, fees) = (self.filled, self.value, self.fees);
        self.looks.push(Look { from, status, filled, value, fees });
        self.over = self.over || status.is_end();
    }

    /// As it looked at a moment; `None` before it was there.
    pub(crate) fn shown(&self, at: Timestamp, product: &str) -> Option<VenueOrder> {
        let created = self.created?;
        let look = self.looks.iter().rev().find(|look| look.from <= at)?;
        let average = (!look.filled.is_zero()).then(|| look.value / look.filled);
        Some(VenueOrder {
            venue_order_id: self.id.clone(),
            client_order_id: self.client.clone(),
            product: product.to_owned(),
            side: self.side,
            status: look.status,
            qty: BaseQty::new(self.qty).ok(),
            limit: Price::new(self.bracket().map_or(self.limit, |(_, target)| target)).ok(),
            filled: BaseQty::new(look.filled).ok()?,
            average_price: average.and_then(|price| Price::new(price.round_dp(8)).ok()),
            fees: QuoteAmt::new(look.fees).ok(),
            created,
            updated: Some(look.from),
        })
    }
}

impl World {
    /// Takes an order that is on its way; returns its place.
    pub(crate) fn send(&mut self, sent: &Sent<'_>, arrives: Option<Timestamp>) -> usize {
        let place = self.orders.len();
        self.orders.push(Order {
            intent: sent.intent,
            client: sent.client.to_owned(),
            id: format!("v{}", place + 1),
            product: sent.product,
            side: sent.side,
            qty: sent.qty,
            limit: sent.limit,
            life: sent.life,
            arrives,
            created: None,
            looks: Vec::new(),
            filled: Decimal::ZERO,
            known: Decimal::ZERO,
            value: Decimal::ZERO,
            fees: Decimal::ZERO,
            over: false,
            cancel_at: None,
            stopped: false,
        });
        if let Some(intent) = sent.intent {
            self.by_intent.insert(intent, place);
            self.unsettled.push(place);
        }
        if arrives.is_some_and(|at| at <= self.now) {
            self.arrive(place);
        }
        place
    }

    /// Somebody else's order, far from the market.
    pub(crate) fn foreign_order(&mut self) {
        let client = format!("foreign-{}", self.orders.len());
        let life = Some(TimeInForce::PostOnlyUntil(self.now.plus_secs(60)));
        let (qty, limit) = (Decimal::ONE, Decimal::TEN);
        let sent =
            Sent { intent: None, client: &client, product: 0, side: Side::Buy, qty, limit, life };
        self.send(&sent, Some(self.now));
    }

    /// Asks for the end of an order, now or a while later.
    pub(crate) fn cancel_order(&mut self, place: usize, at: Timestamp) {
        if let Some(order) = self.orders.get_mut(place) {
            order.cancel_at = Some(order.cancel_at.map_or(at, |before| before.min(at)));
        }
        if at <= self.now {
            self.end_due(place);
        }
    }

    fn end(&mut self, place: usize, status: VenueStatus) {
        let now = self.now;
        let Some(order) = self.orders.get_mut(place) else { return };
        order.look(now, status);
        if !order.filled.is_zero() && order.filled < order.qty {
            self.tallies.partial += 1;
        }
        let (id, filled) = (order.id.clone(), order.filled);
        self.trace.note(now, &format_args!("venue ends {id} {} {filled}", status.as_str()));
    }

    /// Whether the account has what an order of these terms needs.
    pub(crate) fn affords(&self, buys: bool, product: usize, qty: Decimal, limit: Decimal) -> bool {
        let held = |order: &&Order| order.rests() && order.is_buy() == buys;
        let held = self.orders.iter().filter(held);
        if buys {
            let held: Decimal = held.map(|order| order.worst(order.left())).sum();
            qty * limit * (Decimal::ONE + TAKER) + held <= self.cash
        } else {
            let own = held.filter(|order| order.product == product);
            let there = self.coins.get(product).copied().unwrap_or_default();
            qty + own.map(Order::left).sum::<Decimal>() <= there
        }
    }

    fn arrive(&mut self, place: usize) {
        let Some(order) = self.orders.get_mut(place) else { return };
        // While the program stood still the venue did not.
        let now = order.arrives.take().map_or(self.now, |at| at.min(self.now));
        let (buys, product) = (order.is_buy(), order.product);
        let (qty, limit) = (order.qty, order.limit);
        if !self.affords(buys, product, qty, limit) {
            return;
        }
        let Some(order) = self.orders.get_mut(place) else { return };
        order.created = Some(now);
        order.look(now, VenueStatus::Open);
        let (buys, life, product, limit) = (order.is_buy(), order.life, order.product, order.limit);
        self.tallies.orders += 1;
        let (bid, ask) = self.touch(product);
        let crosses = if buys { limit >= ask } else { limit <= bid };
        match life {
            // A venue that takes what is too old may also be slow to end it.
            Some(TimeInForce::PostOnlyUntil(end)) if end <= now && !self.promises_broken() => {
                self.end(place, VenueStatus::Expired);
            }
            Some(TimeInForce::PostOnlyUntil(_)) if crosses => self.end(place, VenueStatus::Failed),
            Some(TimeInForce::PostOnlyUntil(_)) => {
                if self.promises_broken() && self.dice.chance(300) {
                    self.cancel_order(place, now.plus_secs(25));
                    self.end_due(place);
                }
            }
            Some(TimeInForce::Bracket(bracket)) => {
                if bid <= bracket.stop.get() || bid >= bracket.target.get() {
                    self.end(place, VenueStatus::Failed);
                }
            }
            Some(TimeInForce::ImmediateOrCancel) | None => {
                if crosses && !self.happens(Fault::EmptyBook) {
                    let price = if buys { ask } else { bid };
                    self.fill(place, price, Liquidity::Taker);
                }
                self.end_unless_over(place, VenueStatus::Cancelled);
            }
        }
    }

    fn end_unless_over(&mut self, place: usize, status: VenueStatus) {
        if self.orders.get(place).is_some_and(|order| !order.over) {
            self.end(place, status);
        }
    }

    fn touch(&self, product: usize) -> (Decimal, Decimal) {
        let (bid, ask) = self.market.touch(product);
        (Decimal::new(bid, 2), Decimal::new(ask, 2))
    }

    /// What time and prices do to orders.
    pub(crate) fn move_orders(&mut self) {
        for place in 0..self.orders.len() {
            let Some(order) = self.orders.get(place) else { continue };
            if order.over {
                continue;
            }
            if order.arrives.is_some_and(|at| at <= self.now) {
                self.arrive(place);
                self.end_due(place);
                continue;
            }
            self.match_one(place);
            self.end_due(place);
        }
    }

    fn match_one(&mut self, place: usize) {
        let Some(order) = self.orders.get(place).filter(|order| order.rests()) else { return };
        let (product, limit, buys) = (order.product, order.limit, order.is_buy());
        let (bid, ask) = self.touch(product);
        let begun = !order.filled.is_zero();
        let bracket = order.bracket();
        let through = match bracket {
            Some(prices) => return self.match_bracket(place, prices, bid),
            None if buys => ask <= limit,
            None => bid >= limit,
        };
        if through && !(begun && !self.calm && self.dice.chance(600)) {
            self.fill(place, limit, Liquidity::Maker);
        } else {
            self.trouble(place);
        }
    }

    /// A bracket rests at its target until its stop is reached, and takes from then on; the first fill
    /// at its target puts its stop out of work.
    fn match_bracket(&mut self, place: usize, (stop, target): (Decimal, Decimal), bid: Decimal) {
        let Some(order) = self.orders.get_mut(place) else { return };
        let begun = !order.filled.is_zero();
        order.stopped = order.stopped || (!begun && bid <= stop);
        let (stopped, limit) = (order.stopped, order.limit);
        let slow = begun && !self.calm && self.dice.chance(600);
        if stopped && bid >= limit && !slow {
            self.fill(place, bid, Liquidity::Taker);
        } else if !stopped && bid >= target && !slow {
            self.fill(place, target, Liquidity::Maker);
        } else {
            self.trouble(place);
        }
    }

    /// What may happen to an order that rests.
    fn trouble(&mut self, place: usize) {
        if self.happens(Fault::OrderFailed) {
            self.end(place, VenueStatus::Failed);
        } else if self.happens(Fault::CancelledElsewhere) {
            let at = self.now.plus_secs(self.dice.between(1, 30));
            self.cancel_order(place, at);
        }
    }

    /// Ends what was cancelled or is out of time.
    fn end_due(&mut self, place: usize) {
        let now = self.now;
        let Some(order) = self.orders.get(place).filter(|order| order.rests()) else { return };
        let end = order.life.and_then(TimeInForce::expires);
        // What a venue took too late it also ends late.
        let late = order.created.filter(|created| end.is_some_and(|end| end <= *created));
        let end = late.map_or(end, |created| Some(created.plus_secs(30)));
        let expired = end.is_some_and(|end| end <= now);
        let cancelled = order.cancel_at.is_some_and(|at| at <= now);
        if cancelled {
            self.end(place, VenueStatus::Cancelled);
        } else if expired {
            self.end(place, VenueStatus::Expired);
        } else if order.cancel_at.is_some()
            && order.status() != VenueStatus::CancelQueued
            && let Some(order) = self.orders.get_mut(place)
        {
            order.look(now, VenueStatus::CancelQueued);
        }
    }

    /// Fills an order, or a part of it.
    fn fill(&mut self, place: usize, price: Decimal, liquidity: Liquidity) {
        let Some(order) = self.orders.get(place) else { return };
        let (left, maker) = (order.left(), liquidity == Liquidity::Maker);
        let part = if self.happens(Fault::PartialFill) {
            let share = Decimal::new(self.dice.between(5, 95), 2);
            (left * share).round_dp(4).max(Decimal::new(1, 4)).min(left)
        } else {
            left
        };
        let fee = part * price * if maker { MAKER } else { TAKER };
        self.trade(place, part, price, fee, liquidity, FillKind::Fill);
        let now = self.now;
        let Some(order) = self.orders.get_mut(place) else { return };
        if order.left().is_zero() {
            self.end(place, VenueStatus::Filled);
        } else {
            let waits = order.cancel_at.is_some();
            order.look(now, if waits { VenueStatus::CancelQueued } else { VenueStatus::Open });
        }
    }

    fn trade(
        &mut self,
        place: usize,
        qty: Decimal,
        price: Decimal,
        fee: Decimal,
        liquidity: Liquidity,
        kind: FillKind,
    ) {
        let late = if self.happens(Fault::FillLag) { self.dice.between(1, 20) } else { 0 };
        let (now, number) = (self.now, self.trades.len() + 1);
        let Some(order) = self.orders.get_mut(place) else { return };
        let product = self.market.ids().get(order.product).map(|id| id.as_str().to_owned());
        let (Ok(base), Ok(at), Ok(cost)) =
            (BaseQty::new(qty), Price::new(price), QuoteAmt::new(fee))
        else {
            return;
        };
        order.filled += qty;
        order.value += qty * price;
        order.fees += fee;
        let fill = VenueFill {
            entry_id: format!("e{number}"),
            trade_id: format!("t{number}"),
            venue_order_id: order.id.clone(),
            product: product.unwrap_or_default(),
            side: order.side,
            kind: Some(kind),
            qty: base,
            price: at,
            fee: cost,
            liquidity: Some(liquidity),
            at: now,
        };
        let buys = order.is_buy();
        let coins = self.coins.get_mut(order.product);
        let sign = if buys { Decimal::ONE } else { -Decimal::ONE };
        self.cash -= sign * qty * price + fee;
        if let Some(coins) = coins {
            *coins += sign * qty;
        }
        self.tallies.fills += 1;
        let entry = fill.entry_id.clone();
        self.trace.note(now, &format_args!("venue fills {} {qty} at {price}", fill.venue_order_id));
        self.by_entry.insert(entry, self.trades.len());
        self.trades.push(Trade { order: place, shown: now.plus_secs(late), fill, known: false });
    }

    /// Orders that were made at or after a moment, as they looked at another.
    pub(crate) fn listed(&self, from: Timestamp, at: Timestamp) -> Vec<VenueOrder> {
        let created = |order: &&Order| order.created.is_some_and(|c| c >= from && c <= at);
        let shown = |order: &Order| {
            let id = self.market.ids().get(order.product)?;
            order.shown(at, id.as_str())
        };
        self.orders.iter().filter(created).filter_map(shown).collect()
    }

    /// Fills that are shown now.
    pub(crate) fn listed_fills(&self, from: Timestamp, at: Timestamp) -> Vec<VenueFill> {
        let shown = |t: &&Trade| t.fill.at >= from && t.fill.at <= at && t.shown <= self.now;
        self.trades.iter().filter(shown).map(|trade| trade.fill.clone()).collect()
    }
}
