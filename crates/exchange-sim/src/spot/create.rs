//! Orders come in, and reach the book.

use std::sync::Arc;

use domain::{ProductStatus, QuoteAmt, Side};
use rust_decimal::Decimal;

use super::account::AccountNo;
use super::draft::Draft;
use super::ids::OrderId;
use super::log::Change;
use super::matching::{Taker, Want};
use super::order::{Order, RejectReason, Status, TriggerStatus};
use super::parts::{Amount, Remainder, Shape};
use super::play::Due;
use super::reason::{Reason, Rejection};
use super::terms::RepeatedId;
use super::validate::{No, Plan};
use super::venue::{Created, Venue};
use crate::ledger::Pocket;
use crate::venue::SimError;

/// The longest client order id.
const MAX_CLIENT_ID: usize = 128;

impl Venue {
    /// Takes an order or refuses it. Without a delay, what it takes is filled when this returns.
    /// Costs the book it looks at and the orders it meets, not the history.
    ///
    /// # Errors
    /// [`Rejection`] in the inner result: nothing happened. [`SimError`] in the outer: no such
    /// account, or the venue's numbers left the exact range.
    pub fn create(
        &mut self,
        no: AccountNo,
        draft: Draft,
    ) -> Result<Result<Created, Rejection>, SimError> {
        let now = self.now;
        self.account_mut(no)?.volume.settle(now);
        match self.known(no, &draft.client_order_id)? {
            Ok(None) => {}
            Ok(Some(created)) => return Ok(Ok(created)),
            Err(refused) => return Ok(Err(refused)),
        }
        if let Some(named) = draft.product_id.parse().ok().and_then(|id| self.resolve(id).ok()) {
            self.note_volume(named.at);
            self.note_last(named.at)?;
        }
        let plan = match self.plan(no, &draft) {
            Ok(plan) => plan,
            Err(No::Rejected(rejection)) => return Ok(Err(rejection)),
            Err(No::Defect(error)) => return Err(error),
        };
        let asset = match plan.side {
            Side::Buy => plan.named.product.quote,
            Side::Sell => plan.named.product.base,
        };
        let free = self.account(no)?.ledger.available(&asset);
        if free < plan.needed.max(Decimal::ZERO) || free < plan.hold {
            let detail = format!("{} {asset} is more than the {free} there is", plan.needed);
            return Ok(Err(Rejection { reason: Reason::Funds, detail }));
        }
        let at = plan.named.at;
        let book = self.product(at)?.id;
        let open = self.account(no)?.open.get(&book).copied().unwrap_or(0);
        let crowded = open >= self.terms.max_open_per_product;
        let created = self.take_in(no, draft, plan, crowded)?;
        self.settle(at)?;
        Ok(Ok(created))
    }

    /// What the client's name of an order says: nothing yet, an order that has it, or a refusal.
    fn known(
        &self,
        no: AccountNo,
        client: &str,
    ) -> Result<Result<Option<Created>, Rejection>, SimError> {
        let length = client.chars().count();
        if length == 0 || length > MAX_CLIENT_ID {
            let detail = format!("{length}");
            return Ok(Err(Rejection { reason: Reason::ClientOrderId, detail }));
        }
        let Some(known) = self.order_of(no, client)? else {
            return Ok(Ok(None));
        };
        Ok(match self.terms.repeated_id {
            RepeatedId::ReturnExisting => {
                Ok(Some(Created { order: known.id, attached: known.attached, existing: true }))
            }
            RepeatedId::Refuse => Err(Reason::DuplicateClientOrderId.into()),
            RepeatedId::Allow => Ok(None),
        })
    }

    /// Books the hold and begins the order's life.
    fn take_in(
        &mut self,
        no: AccountNo,
        draft: Draft,
        plan: Plan,
        crowded: bool,
    ) -> Result<Created, SimError> {
        let number = self.orders.len() as u64 + 1;
        let id = OrderId(self.names.uuid("order", number));
        let attached = plan.attached.then(|| OrderId(self.names.uuid("attached", number)));
        let hold = if crowded { Decimal::ZERO } else { plan.hold };
        let order = self.order_of_plan(no, draft, plan, id)?;
        let order = Order { hold, attached, ..order };
        let at = self.insert(order)?;
        if crowded {
            self.fail(at, RejectReason::TooManyOpenOrders)?;
        } else {
            self.begin(at)?;
        }
        Ok(Created { order: id, attached, existing: false })
    }

    /// An order as it is the moment it is taken.
    pub(crate) fn order_of_plan(
        &self,
        no: AccountNo,
        draft: Draft,
        plan: Plan,
        id: OrderId,
    ) -> Result<Order, SimError> {
        let stops = matches!(plan.shape, Shape::Stop { .. } | Shape::Bracket);
        Ok(Order {
            id,
            number: self.orders.len() as u64 + 1,
            account: no,
            draft: Arc::new(draft),
            product: plan.named.product.id,
            book: self.product(plan.named.at)?.id,
            side: plan.side,
            kind: plan.kind,
            status: Status::Pending,
            created: self.now,
            updated: self.now,
            end_time: plan.end,
            limit: plan.limit,
            stop: plan.stop,
            size: plan.size,
            size_in_quote: plan.spends,
            size_with_fees: plan.spends,
            filled: Decimal::ZERO,
            filled_value: QuoteAmt::ZERO,
            fees: QuoteAmt::ZERO,
            fills: 0,
            last_fill: None,
            hold: plan.hold,
            pending_cancel: false,
            trigger: if stops { TriggerStatus::Pending } else { TriggerStatus::None },
            reject: None,
            cancel_message: "",
            edits: Vec::new(),
            originating: None,
            attached: None,
            shape: plan.shape,
            legs: plan.legs,
            rates: plan.rates,
            quote: plan.named.product.quote,
            base: plan.named.product.base,
            edit_count: 0,
            armed: None,
            waiting: None,
        })
    }

    /// Writes an order into the lists and holds what it needs.
    pub(crate) fn insert(&mut self, order: Order) -> Result<usize, SimError> {
        let at = self.orders.len();
        let (asset, hold) = (order.pays(), order.hold);
        let desk = self.position_of(&order)?;
        let account = self.account_mut(order.account)?;
        account.ledger.post(asset, Pocket::Available, Pocket::Held, hold)?;
        account.orders.push(at);
        account.by_client.insert(order.draft.client_order_id.clone(), at);
        *account.open.entry(order.book).or_default() += 1;
        self.desk_mut(desk)?.live += 1;
        self.by_id.insert(order.id, at);
        self.orders.push(order);
        self.tell(at, Change::Created);
        Ok(at)
    }

    /// Schedules the end and lets the order reach the book, at once or after the delay.
    pub(crate) fn begin(&mut self, at: usize) -> Result<(), SimError> {
        if let Some(end) = self.order_at(at)?.end_time {
            self.later(end, Due::Expire(at));
        }
        if self.terms.delays.entry.is_zero() {
            return self.enter(at);
        }
        let when = self.now + self.terms.delays.entry;
        self.later(when, Due::Enter(at));
        Ok(())
    }

    /// An order reaches the book.
    pub(crate) fn enter(&mut self, at: usize) -> Result<(), SimError> {
        let order = self.order_at(at)?;
        if order.status != Status::Pending && order.status != Status::CancelQueued {
            return Ok(());
        }
        match order.shape {
            Shape::Market { amount, band } => self.enter_market(at, amount, band),
            Shape::Limit { .. } => {
                self.open(at)?;
                self.work_leg(at, 0)
            }
            Shape::Stop { .. } => {
                self.open(at)?;
                self.arm(at)
            }
            Shape::Bracket => {
                self.open(at)?;
                self.arm(at)?;
                self.work_leg(at, 0)
            }
            Shape::Ladder => {
                self.open(at)?;
                for leg in 0..self.order_at(at)?.legs.len() {
                    self.work_leg(at, leg)?;
                }
                Ok(())
            }
            Shape::Slices { start, .. } => {
                if start > self.now {
                    self.order_at_mut(at)?.status = Status::Queued;
                    self.tell(at, Change::Updated);
                } else {
                    self.open(at)?;
                }
                self.later(start.max(self.now), Due::Slice(at, 0));
                Ok(())
            }
        }
    }

    /// The order is open from now on.
    pub(crate) fn open(&mut self, at: usize) -> Result<(), SimError> {
        let order = self.order_at_mut(at)?;
        if !order.pending_cancel {
            order.status = Status::Open;
        }
        self.tell(at, Change::Opened);
        Ok(())
    }

    fn enter_market(
        &mut self,
        at: usize,
        amount: Amount,
        band: domain::Price,
    ) -> Result<(), SimError> {
        self.open(at)?;
        let order = self.order_at(at)?;
        let desk = self.position_of(order)?;
        let (account, side, rates) = (order.account, order.side, order.rates);
        let taker = Taker { at: desk, account, side, limit: band, rates };
        let want = Want::of(amount, rates)?;
        let left = if self.can_match(desk) { self.take(at, None, &taker, want)? } else { want };
        let order = self.order_at(at)?;
        if order.status.is_terminal() {
            return Ok(());
        }
        let step = self.product(desk)?.limits.base_increment;
        let dust = order.average_price().checked_mul(step).unwrap_or_default();
        let spent = match left {
            Want::Base(base) => base.is_zero(),
            Want::Funds(money) => money.is_zero() || (order.fills > 0 && money < dust),
        };
        if spent {
            self.end(at, Status::Filled, "")
        } else {
            self.end(at, Status::Cancelled, "Remainder of a market order")
        }
    }

    /// A limit leg takes what it may, and rests or ends with the rest.
    pub(crate) fn work_leg(&mut self, at: usize, leg: usize) -> Result<(), SimError> {
        let order = self.order_at(at)?;
        let Some(work) = order.legs.get(leg).copied() else {
            return Ok(());
        };
        if order.status.is_terminal() || work.left.is_zero() {
            return Ok(());
        }
        let desk = self.position_of(order)?;
        let remainder = match order.shape {
            Shape::Limit { remainder, .. } => remainder,
            Shape::Market { .. }
            | Shape::Stop { .. }
            | Shape::Bracket
            | Shape::Ladder
            | Shape::Slices { .. } => Remainder::Rests,
        };
        let (account, side, rates) = (order.account, order.side, order.rates);
        let taker = Taker { at: desk, account, side, limit: work.price, rates };
        if work.post_only && self.would_take(&taker)? {
            return self.drop_leg(at, leg, "Post-only order would have taken");
        }
        if self.can_match(desk) {
            let all = Amount::Base(work.left);
            let fits = remainder != Remainder::Forbidden || self.walk(&taker, all)?.complete;
            if fits {
                self.take(at, Some(leg), &taker, Want::Base(work.left))?;
            }
        } else if self.desk(desk)?.status != ProductStatus::Auction && self.would_take(&taker)? {
            // It came late, and crossing orders rest only in an auction.
            return self.drop_leg(at, leg, "Product does not match orders now");
        }
        let order = self.order_at(at)?;
        let left = order.legs.get(leg).map_or(Decimal::ZERO, |leg| leg.left);
        if order.status.is_terminal() || left.is_zero() {
            return Ok(());
        }
        match remainder {
            Remainder::Rests => self.rest(at, leg),
            Remainder::Cancelled => self.end(at, Status::Cancelled, "Remainder of an IOC order"),
            Remainder::Forbidden => self.end(at, Status::Cancelled, "FOK order was not fillable"),
        }
    }

    /// Ends an order of one leg, or takes one leg out of a ladder.
    fn drop_leg(&mut self, at: usize, leg: usize, why: &'static str) -> Result<(), SimError> {
        let left = self.order_at(at)?.legs.get(leg).map_or(Decimal::ZERO, |leg| leg.left);
        self.shrink(at, leg, left, why)
    }
}
