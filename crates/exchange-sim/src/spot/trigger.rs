//! Stops that wake, and brackets that follow their parents.
//!
//! Stops look at the last trade, own trades included. A bracket's stop becomes a limit order 5 %
//! beyond its trigger ([`super::Terms::bracket_slack`]); the first fill of its take-profit leg puts
//! the stop out of work.

use domain::{Price, Round, Side, quantize};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::draft::{Draft, Fields, Kind};
use super::log::Change;
use super::order::{Order, RejectReason, Status, TriggerStatus};
use super::parts::Shape;
use super::validate::{Plan, floor_to, leg};
use super::venue::{Named, Venue};
use crate::venue::SimError;

impl Venue {
    /// After anything traded: wakes the stops it reached, and those that their fills reach, then
    /// shows followers the book.
    pub(crate) fn settle(&mut self, at: usize) -> Result<(), SimError> {
        while let Some((low, high)) = self.desk_mut(at)?.unseen.take() {
            while let Some(order) = self.desk_mut(at)?.next_woken(low, high) {
                self.wake(order)?;
            }
        }
        self.show_book(at)
    }

    fn wake(&mut self, at: usize) -> Result<(), SimError> {
        let order = self.order_at_mut(at)?;
        order.armed = None;
        order.trigger = TriggerStatus::Triggered;
        let bracket = order.shape == Shape::Bracket;
        self.tell(at, Change::Triggered);
        if bracket {
            self.lift(at, 0)?;
            let stop = self.order_at(at)?.stop;
            let desk = self.position_of(self.order_at(at)?)?;
            let limit = self.slack(desk, stop)?;
            let order = self.order_at_mut(at)?;
            order.limit = Some(limit);
            if let Some(leg) = order.legs.first_mut() {
                leg.price = limit;
            }
        }
        self.work_leg(at, 0)
    }

    /// The limit of a bracket's stop: a share below its trigger, on the increment.
    fn slack(&self, at: usize, stop: Option<Price>) -> Result<Price, SimError> {
        let stop = stop.ok_or(SimError::Lost("stop"))?.get();
        let share = Decimal::ONE - self.terms.bracket_slack.get() / Decimal::ONE_HUNDRED;
        let tick = self.product(at)?.limits.price_increment;
        let exact = super::validate::times(stop, share)?.to_f64().unwrap_or(f64::NAN);
        Ok(Price::new(quantize(exact, tick, Round::Down)?.max(tick))?)
    }

    /// Places the attached bracket of an order that ended with fills, for what it bought in whole
    /// increments. What is below the smallest size stays without one.
    pub(crate) fn attach(&mut self, parent: usize) -> Result<(), SimError> {
        let order = self.order_at(parent)?;
        let (Some(id), true) = (order.attached, order.filled > Decimal::ZERO) else {
            return Ok(());
        };
        let Some(configuration) = order.draft.attached.clone() else {
            return Ok(());
        };
        let (no, originating, rates) = (order.account, order.id, order.rates);
        let named = self.resolve(order.product)?;
        let limits = named.product.limits;
        let size = floor_to(order.filled, limits.base_increment);
        let price = |text: &Option<String>| text.as_deref().and_then(|t| Price::parse(t).ok());
        let fields = configuration.fields.clone();
        let (Some(limit), Some(stop)) =
            (price(&fields.limit_price), price(&fields.stop_trigger_price))
        else {
            return Err(SimError::Lost("attached price"));
        };
        if size < limits.base_min.get() || size.is_zero() {
            return Ok(());
        }
        let draft = Draft {
            client_order_id: id.to_string(),
            product_id: named.product.id.to_string(),
            side: Some(Side::Sell),
            configurations: vec![super::draft::Configuration {
                kind: Kind::BracketGtc,
                fields: Fields { base_size: Some(size.to_string()), ..fields },
            }],
            attached: None,
        };
        let plan = bracket_plan(named, rates, size, (limit, stop));
        let short = self.account(no)?.ledger.available(&named.product.base) < size;
        let child = self.order_of_plan(no, draft, plan, id)?;
        let hold = if short { Decimal::ZERO } else { size };
        let child = Order { originating: Some(originating), hold, ..child };
        let at = self.insert(child)?;
        if short {
            return self.fail(at, RejectReason::HoldFailure);
        }
        self.begin(at)
    }

    /// Fills a later slice of a sliced order, and plans the one after it.
    pub(crate) fn slice(&mut self, at: usize, n: usize) -> Result<(), SimError> {
        let order = self.order_at(at)?;
        let Shape::Slices { every, .. } = order.shape else {
            return Ok(());
        };
        if order.status.is_terminal() {
            return Ok(());
        }
        let more = n + 1 < order.legs.len();
        if order.status == Status::Queued {
            self.open(at)?;
        }
        if more {
            let next = domain::Timestamp::from_millis(self.now.millis().saturating_add(every));
            self.later(next, super::play::Due::Slice(at, n + 1));
        }
        self.work_leg(at, n)
    }
}

fn bracket_plan(
    named: Named,
    rates: super::parts::Rates,
    size: Decimal,
    (limit, stop): (Price, Price),
) -> Plan {
    Plan {
        named,
        side: Side::Sell,
        kind: Kind::BracketGtc,
        shape: Shape::Bracket,
        legs: vec![leg(limit, size, false)],
        size,
        spends: false,
        limit: Some(limit),
        stop: Some(stop),
        end: None,
        attached: false,
        rates,
        hold: size,
        needed: size,
    }
}
