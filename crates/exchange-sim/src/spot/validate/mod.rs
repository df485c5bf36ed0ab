//! From a draft to a plan, or the first reason against it.
//!
//! The order of the checks: client order id (by [`super::create`]), product, side, configuration,
//! state of the product, sizes, precision, bounds, prices, times, book, attached order; funds last.

mod amounts;
mod attached;
mod ladder;
mod prices;
mod shapes;

use domain::{Price, Product, ProductStatus, Side, Timestamp};
use rust_decimal::{Decimal, RoundingStrategy};

use super::account::AccountNo;
use super::draft::{Configuration, Draft, Kind};
use super::fees::fee;
use super::matching::Taker;
use super::parts::{Amount, Leg, Rates, Remainder, Shape};
use super::reason::{Reason, Rejection};
use super::venue::{Named, Venue};
use crate::venue::SimError;

pub(crate) use amounts::{floor_to, number, on_step, opposite};
pub(crate) use shapes::check_stop;

/// A checked order.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) named: Named,
    pub(crate) side: Side,
    pub(crate) kind: Kind,
    pub(crate) shape: Shape,
    pub(crate) legs: Vec<Leg>,
    pub(crate) size: Decimal,
    /// Whether the size is money with fees inside.
    pub(crate) spends: bool,
    pub(crate) limit: Option<Price>,
    pub(crate) stop: Option<Price>,
    pub(crate) end: Option<Timestamp>,
    pub(crate) attached: bool,
    pub(crate) rates: Rates,
    /// What must be held.
    pub(crate) hold: Decimal,
    /// What must be free, where that is less: a market order holds more than it needs if it can.
    pub(crate) needed: Decimal,
}

/// What the checks of a configuration look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting<'a> {
    pub(crate) account: AccountNo,
    pub(crate) named: &'a Named,
    pub(crate) side: Side,
    pub(crate) configuration: &'a Configuration,
    /// The last trade's price.
    pub(crate) last: Option<Decimal>,
}

impl Setting<'_> {
    pub(crate) const fn product(&self) -> &Product {
        &self.named.product
    }

    /// Somebody who would take up to a limit.
    pub(crate) const fn taker(&self, limit: Price, rates: Rates) -> Taker {
        Taker { at: self.named.at, account: self.account, side: self.side, limit, rates }
    }
}

/// A business "no" or a defect.
#[derive(Debug)]
pub(crate) enum No {
    Rejected(Rejection),
    Defect(SimError),
}

impl From<Reason> for No {
    fn from(reason: Reason) -> Self {
        Self::Rejected(reason.into())
    }
}

impl From<SimError> for No {
    fn from(error: SimError) -> Self {
        Self::Defect(error)
    }
}

impl From<domain::NumError> for No {
    fn from(error: domain::NumError) -> Self {
        Self::Defect(error.into())
    }
}

/// A reason with the value and what would be right.
pub(crate) fn because(reason: Reason, detail: impl Into<String>) -> No {
    No::Rejected(Rejection { reason, detail: detail.into() })
}

impl Venue {
    /// Checks everything but the client order id and the funds.
    pub(crate) fn plan(&self, account: AccountNo, draft: &Draft) -> Result<Plan, No> {
        let unknown = || because(Reason::Product, draft.product_id.clone());
        let id = draft.product_id.parse().map_err(|_| unknown())?;
        let named = self.resolve(id).map_err(|_| unknown())?;
        let side = draft.side.ok_or(Reason::Side)?;
        let [configuration] = draft.configurations.as_slice() else {
            let found = draft.configurations.len();
            return Err(because(Reason::Configuration, format!("{found} instead of 1")));
        };
        self.check_state(&named, configuration)?;
        let last = self.last_trade(named.at)?.map(|trade| trade.price.get());
        let setting = Setting { account, named: &named, side, configuration, last };
        let mut plan = self.shape(&setting)?;
        plan.end = self.check_times(configuration)?;
        if let Some(attached) = &draft.attached {
            attached::check(&setting, &plan, attached)?;
            plan.attached = true;
        }
        Ok(plan)
    }

    /// Whether the product takes such an order now.
    fn check_state(&self, named: &Named, configuration: &Configuration) -> Result<(), No> {
        let kind = configuration.kind;
        let rests = matches!(kind, Kind::LimitGtc | Kind::LimitGtd);
        let post_only = rests && configuration.fields.post_only;
        let status = self.desk(named.at)?.status;
        let taken = match status {
            ProductStatus::Delisted | ProductStatus::ViewOnly => {
                return Err(because(Reason::Untradable, format!("{}", named.product.id)));
            }
            ProductStatus::Offline => return Err(Reason::Disabled.into()),
            ProductStatus::CancelOnly => false,
            ProductStatus::LimitOnly => kind != Kind::MarketIoc,
            ProductStatus::PostOnly => post_only,
            ProductStatus::Auction => rests && !post_only,
            ProductStatus::Online => true,
        };
        if self.is_halted(named.at) {
            return Err(Reason::Halted.into());
        }
        if taken {
            return Ok(());
        }
        Err(because(Reason::MarketState, format!("{} is {status:?}", named.product.id)))
    }

    /// The end of an order that has one.
    fn check_times(&self, configuration: &Configuration) -> Result<Option<Timestamp>, No> {
        if !configuration.kind.expires() {
            return Ok(None);
        }
        let end = configuration.fields.end_time.ok_or(Reason::EndMissing)?;
        if end <= self.now {
            return Err(because(Reason::EndPast, format!("{end} is not after {}", self.now)));
        }
        let latest = self.now + self.terms.max_life;
        if end > latest {
            return Err(because(Reason::EndTooFar, format!("{end} is after {latest}")));
        }
        Ok(Some(end))
    }

    /// Whether a post-only order would take, by the whole book.
    pub(crate) fn check_post_only(&self, at: usize, side: Side, limit: Price) -> Result<(), No> {
        let book = self.book_at(at, None)?.ok_or(Reason::NoBook)?;
        let touch = match side {
            Side::Buy => book.asks.first(),
            Side::Sell => book.bids.first(),
        };
        match touch.map(|level| level.price) {
            Some(touch) if reaches(side, limit, touch) => {
                Err(because(Reason::PostOnlyWouldTake, format!("{limit} would take from {touch}")))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Whether a limit allows a trade at a price.
pub(crate) fn reaches(side: Side, limit: Price, price: Price) -> bool {
    match side {
        Side::Buy => price <= limit,
        Side::Sell => price >= limit,
    }
}

/// What legs hold back: a buy their value and the fee of it, a sale their coins.
pub(crate) fn hold_of(side: Side, legs: &[Leg], rates: Rates) -> Result<Decimal, SimError> {
    let one = |leg: &Leg| -> Result<Decimal, SimError> {
        if side == Side::Sell {
            return Ok(leg.left);
        }
        let value = times(leg.price.get(), leg.left)?;
        let up = RoundingStrategy::ToPositiveInfinity;
        Ok(value + fee(value, rates.worst(), up)?)
    };
    legs.iter().try_fold(Decimal::ZERO, |sum, leg| Ok(sum + one(leg)?))
}

/// A product that is exact or an error.
pub(crate) fn times(price: Decimal, qty: Decimal) -> Result<Decimal, SimError> {
    let what = "price × quantity";
    Ok(price.checked_mul(qty).ok_or(domain::NumError::Overflow { what })?)
}

/// A limit leg that is not in the book yet.
pub(crate) const fn leg(price: Price, left: Decimal, post_only: bool) -> Leg {
    Leg { price, left, post_only, line: None }
}

/// A plan of legs with the hold they need.
pub(crate) fn limit_plan(
    setting: &Setting<'_>,
    rates: Rates,
    shape: Shape,
    legs: Vec<Leg>,
) -> Result<Plan, No> {
    let hold = hold_of(setting.side, &legs, rates)?;
    let size = legs.iter().map(|leg| leg.left).sum();
    let limit = legs.first().map(|leg| leg.price);
    Ok(Plan {
        named: *setting.named,
        side: setting.side,
        kind: setting.configuration.kind,
        shape,
        legs,
        size,
        spends: false,
        limit,
        stop: None,
        end: None,
        attached: false,
        rates,
        hold,
        needed: hold,
    })
}

impl Plan {
    /// A plan of money or base units taken within a band.
    pub(crate) fn market(
        setting: &Setting<'_>,
        rates: Rates,
        (amount, band): (Amount, Price),
        (hold, needed): (Decimal, Decimal),
    ) -> Self {
        let (size, spend) = match amount {
            Amount::Base(size) => (size, false),
            Amount::Spend(money) => (money, true),
        };
        Self {
            named: *setting.named,
            side: setting.side,
            kind: setting.configuration.kind,
            shape: Shape::Market { amount, band },
            legs: Vec::new(),
            size,
            spends: spend,
            limit: None,
            stop: None,
            end: None,
            attached: false,
            rates,
            hold,
            needed,
        }
    }

    /// Whether what does not take at once is never in the book.
    pub(crate) const fn is_immediate(&self) -> bool {
        match self.shape {
            Shape::Market { .. } => true,
            Shape::Limit { remainder, .. } => !matches!(remainder, Remainder::Rests),
            Shape::Stop { .. } | Shape::Bracket | Shape::Ladder | Shape::Slices { .. } => false,
        }
    }
}
