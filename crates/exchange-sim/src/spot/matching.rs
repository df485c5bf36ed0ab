//! Orders meet: price first, then time; the market's own levels were there before ours.
//!
//! An order never fills against one of its own account: both lose the overlap, and the smaller is
//! cancelled (decrement and cancel). Against a market or fill-or-kill order the resting one is
//! cancelled whole.

use domain::{Level, Price, Side};
use rust_decimal::{Decimal, RoundingStrategy};

use super::account::AccountNo;
use super::booking::Piece;
use super::desk::Resting;
use super::fees::MONEY_DIGITS;
use super::fill::Liquidity;
use super::parts::{Amount, Rates, Remainder, Shape};
use super::validate::{floor_to, opposite, reaches, times};
use super::venue::Venue;
use crate::venue::SimError;

/// What is said of orders that met another of their account.
const SELF_TRADE: &str = "Self trade prevention";

/// Somebody who takes up to a limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taker {
    pub(crate) at: usize,
    pub(crate) account: AccountNo,
    pub(crate) side: Side,
    pub(crate) limit: Price,
    pub(crate) rates: Rates,
}

/// What is left to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    /// Base units.
    Base(Decimal),
    /// Quote units, fees apart.
    Funds(Decimal),
}

impl Want {
    /// A market order's amount; of money, what it leaves when its fee comes on top.
    pub(crate) fn of(amount: Amount, rates: Rates) -> Result<Self, SimError> {
        let money = match amount {
            Amount::Base(size) => return Ok(Self::Base(size)),
            Amount::Spend(money) => money,
        };
        let whole = Decimal::ONE + rates.taker.get() / Decimal::from(10_000);
        let funds = money.checked_div(whole);
        let funds = funds.ok_or(domain::NumError::Overflow { what: "funds" })?;
        Ok(Self::Funds(down(funds)))
    }

    const fn is_nothing(&self) -> bool {
        match self {
            Self::Base(left) | Self::Funds(left) => left.is_zero(),
        }
    }

    /// How much of `size` at `price` it takes: base units and their value. Base units of money are
    /// multiples of `step`, if there is one.
    fn piece(
        self,
        price: Price,
        size: Decimal,
        step: Option<Decimal>,
    ) -> Result<(Decimal, Decimal), SimError> {
        let price = price.get();
        match self {
            Self::Base(left) => {
                let base = left.min(size);
                Ok((base, times(price, base)?))
            }
            Self::Funds(money) => {
                let whole = times(price, size)?;
                if money >= whole {
                    return Ok((size, whole));
                }
                let exact = money.checked_div(price).unwrap_or_default();
                match step {
                    Some(step) => {
                        let base = floor_to(exact, step);
                        Ok((base, times(price, base)?))
                    }
                    None => Ok((down(exact), money)),
                }
            }
        }
    }

    fn less(self, base: Decimal, value: Decimal) -> Self {
        match self {
            Self::Base(left) => Self::Base(left - base),
            Self::Funds(left) => Self::Funds(left - value),
        }
    }
}

fn down(value: Decimal) -> Decimal {
    let strategy = RoundingStrategy::ToNegativeInfinity;
    value.round_dp_with_strategy(MONEY_DIGITS, strategy).normalize()
}

/// What a walk through the book found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) base: Decimal,
    pub(crate) value: Decimal,
    /// Whether all that was wanted is there.
    pub(crate) complete: bool,
}

impl Venue {
    /// What a taker would find now, changing nothing.
    pub(crate) fn walk(&self, taker: &Taker, amount: Amount) -> Result<Found, SimError> {
        let book = self.book_at(taker.at, Some(taker.account))?;
        let levels = book.map_or_else(Vec::new, |book| match taker.side {
            Side::Buy => book.asks,
            Side::Sell => book.bids,
        });
        let mut want = Want::of(amount, taker.rates)?;
        let (mut base, mut value) = (Decimal::ZERO, Decimal::ZERO);
        for level in levels.iter().filter(|l| reaches(taker.side, taker.limit, l.price)) {
            let (qty, worth) = want.piece(level.price, level.size.get(), None)?;
            want = want.less(qty, worth);
            (base, value) = (base + qty, value + worth);
            if want.is_nothing() {
                break;
            }
        }
        Ok(Found { base, value, complete: want.is_nothing() })
    }

    /// Whether a taker would find anything at all, orders of its account counted, also while
    /// nothing matches.
    pub(crate) fn would_take(&self, taker: &Taker) -> Result<bool, SimError> {
        let own = self.desk(taker.at)?.first(opposite(taker.side));
        if own.is_some_and(|(price, ..)| within(taker, price)) {
            return Ok(true);
        }
        let touch = self.market_book(taker.at)?.and_then(|book| match taker.side {
            Side::Buy => book.asks.first().copied(),
            Side::Sell => book.bids.first().copied(),
        });
        Ok(touch.is_some_and(|touch| within(taker, touch.price.get())))
    }

    /// Takes what the limit allows, best price first; returns what is left.
    pub(crate) fn take(
        &mut self,
        order: usize,
        leg: Option<usize>,
        taker: &Taker,
        mut want: Want,
    ) -> Result<Want, SimError> {
        let book = self.market_book(taker.at)?;
        let levels = book.map_or_else(Vec::new, |book| match taker.side {
            Side::Buy => book.asks,
            Side::Sell => book.bids,
        });
        let mut levels = levels.into_iter().peekable();
        while !want.is_nothing() && !self.order_at(order)?.status.is_terminal() {
            let line = self.desk(taker.at)?.first(opposite(taker.side));
            let own = line.filter(|(price, ..)| within(taker, *price));
            let level = levels.peek().filter(|level| within(taker, level.price.get())).copied();
            let own_is_better = |level: &Level| {
                own.is_some_and(|(price, ..)| match taker.side {
                    Side::Buy => price < level.price.get(),
                    Side::Sell => price > level.price.get(),
                })
            };
            let left = match (level, own) {
                (Some(level), _) if !own_is_better(&level) => {
                    levels.next();
                    self.take_level(order, leg, taker, want, &level)?
                }
                (_, Some((.., resting))) => self.meet(order, leg, taker, want, resting)?,
                (_, None) => None,
            };
            let Some(left) = left else {
                break;
            };
            want = left;
        }
        Ok(want)
    }

    /// Takes from one of the market's own levels; `None` when not a step of it can be had.
    fn take_level(
        &mut self,
        order: usize,
        leg: Option<usize>,
        taker: &Taker,
        want: Want,
        level: &Level,
    ) -> Result<Option<Want>, SimError> {
        let size = level.size.get().min(self.covered(order, leg, level.price)?);
        let (base, value) = want.piece(level.price, size, None)?;
        if base.is_zero() {
            return Ok(None);
        }
        let left = want.less(base, value);
        let maker = opposite(taker.side);
        let trade = self.print(taker.at, level.price, base, maker, false)?;
        let bar = self.now.floor_secs(self.market.granularity(taker.at).secs());
        let step = self.product(taker.at)?.limits.base_increment;
        let floor = floor_to(base, step);
        let gone = if floor < base { floor + step } else { floor };
        self.desk_mut(taker.at)?.taken.of_mut(taker.side).add(bar, gone);
        let piece = Piece {
            leg,
            price: level.price,
            base,
            value,
            last_of_money: matches!(left, Want::Funds(money) if money.is_zero()),
            liquidity: Liquidity::Taker,
            trade,
        };
        self.fill(order, &piece)?;
        Ok(Some(left))
    }

    /// Meets a resting order; `None` when not a step of it can be had.
    fn meet(
        &mut self,
        order: usize,
        leg: Option<usize>,
        taker: &Taker,
        want: Want,
        resting: Resting,
    ) -> Result<Option<Want>, SimError> {
        let maker = self.order_at(resting.order)?;
        let Some(work) = maker.legs.get(resting.leg).copied() else {
            return Err(SimError::Lost("leg"));
        };
        if maker.account == taker.account {
            return self.meet_self(order, leg, want, resting).map(Some);
        }
        let step = self.product(taker.at)?.limits.base_increment;
        let size = work.left.min(self.covered(order, leg, work.price)?);
        let (base, value) = want.piece(work.price, size, Some(step))?;
        if base.is_zero() {
            return Ok(None);
        }
        let left = want.less(base, value);
        let trade = self.print(taker.at, work.price, base, opposite(taker.side), false)?;
        let piece = Piece {
            leg: Some(resting.leg),
            price: work.price,
            base,
            value,
            last_of_money: false,
            liquidity: Liquidity::Maker,
            trade,
        };
        self.fill(resting.order, &piece)?;
        let last_of_money = matches!(left, Want::Funds(money) if money.is_zero());
        let piece = Piece { leg, last_of_money, liquidity: Liquidity::Taker, ..piece };
        self.fill(order, &piece)?;
        Ok(Some(left))
    }

    /// Meets an order of the same account.
    fn meet_self(
        &mut self,
        order: usize,
        leg: Option<usize>,
        want: Want,
        resting: Resting,
    ) -> Result<Want, SimError> {
        let whole = matches!(
            self.order_at(order)?.shape,
            Shape::Market { .. } | Shape::Limit { remainder: Remainder::Forbidden, .. }
        );
        let maker = self.order_at(resting.order)?;
        let left = maker.legs.get(resting.leg).map_or(Decimal::ZERO, |leg| leg.left);
        match (want, leg) {
            (Want::Base(wanted), Some(leg)) if !whole => {
                let overlap = wanted.min(left);
                self.shrink(resting.order, resting.leg, overlap, SELF_TRADE)?;
                self.shrink(order, leg, overlap, SELF_TRADE)?;
                Ok(Want::Base(wanted - overlap))
            }
            _ => {
                self.shrink(resting.order, resting.leg, left, SELF_TRADE)?;
                Ok(want)
            }
        }
    }

    /// How many base units the hold of a market buy covers at a price; legs cover themselves.
    fn covered(&self, order: usize, leg: Option<usize>, price: Price) -> Result<Decimal, SimError> {
        let order = self.order_at(order)?;
        let spends = matches!(order.shape, Shape::Market { amount: Amount::Base(_), .. });
        if leg.is_some() || order.side == Side::Sell || !spends {
            return Ok(Decimal::MAX);
        }
        let rate = Decimal::ONE + order.rates.taker.get() / Decimal::from(10_000);
        let each = times(price.get(), rate)?;
        let covered = order.hold.checked_div(each).unwrap_or_default();
        let desk = self.position_of(order)?;
        Ok(floor_to(covered, self.product(desk)?.limits.base_increment))
    }
}

fn within(taker: &Taker, price: Decimal) -> bool {
    match taker.side {
        Side::Buy => price <= taker.limit.get(),
        Side::Sell => price >= taker.limit.get(),
    }
}
