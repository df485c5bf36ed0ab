//! What each configuration becomes.

use domain::{Price, Round, Side, quantize};
use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};

use super::amounts::{Given, base_at, check_base, check_quote, given};
use super::prices::{BRACKET_LIMIT, BRACKET_TRIGGER, STOP, price};
use super::{No, Plan, Setting, because, leg, limit_plan, times};
use crate::spot::draft::{Kind, StopDirection};
use crate::spot::fees::fee;
use crate::spot::parts::{Amount, Remainder, Shape};
use crate::spot::reason::Reason;
use crate::spot::venue::Venue;

/// Dollars and coins that are worth one, for which the market band is narrower.
const STABLE: [&str; 6] = ["USD", "USDC", "USDT", "DAI", "PYUSD", "GUSD"];

impl Venue {
    pub(super) fn shape(&self, setting: &Setting<'_>) -> Result<Plan, No> {
        match setting.configuration.kind {
            Kind::MarketIoc => self.market(setting),
            Kind::MarketFok => Err(Reason::FokNotLimit.into()),
            Kind::SorLimitIoc => self.limit(setting, Remainder::Cancelled),
            Kind::LimitGtc | Kind::LimitGtd => self.limit(setting, Remainder::Rests),
            Kind::LimitFok => self.limit(setting, Remainder::Forbidden),
            Kind::StopLimitGtc | Kind::StopLimitGtd => self.stop(setting),
            Kind::BracketGtc | Kind::BracketGtd => self.bracket(setting),
            Kind::ScaledGtc => self.ladder(setting),
            Kind::TwapGtd => self.slices(setting),
        }
    }

    fn market(&self, setting: &Setting<'_>) -> Result<Plan, No> {
        let (product, fields) = (setting.product(), &setting.configuration.fields);
        let amount = match (given(setting, fields)?, setting.side) {
            (Given::Base(size), _) => {
                check_base(product, size)?;
                Amount::Base(size)
            }
            (Given::Quote(money), Side::Buy) => {
                check_quote(product, money)?;
                Amount::Spend(money)
            }
            (Given::Quote(_), Side::Sell) => {
                return Err(because(Reason::Sizes, "a market sale takes base_size"));
            }
        };
        let last = setting.last.ok_or(Reason::NoTrade)?;
        let band = self.band(setting, last)?;
        let rates = self.rates(setting.account)?;
        let found = self.walk(&setting.taker(band, rates), amount)?;
        if found.base.is_zero() {
            return Err(Reason::NoLiquidity.into());
        }
        let up = RoundingStrategy::ToPositiveInfinity;
        let holds = match (amount, setting.side) {
            (Amount::Spend(money), _) => (money, money),
            (Amount::Base(size), Side::Sell) => (size, size),
            (Amount::Base(size), Side::Buy) => {
                check_quote(product, times(size, last)?)?;
                let needed = found.value + fee(found.value, rates.taker, up)?;
                let worst = times(size, band.get())?;
                let worst = worst + fee(worst, rates.taker, up)?;
                let asset = product.quote;
                let free = self.account(setting.account)?.ledger.available(&asset);
                (worst.min(free).max(needed), needed)
            }
        };
        Ok(Plan::market(setting, rates, (amount, band), holds))
    }

    /// The worst price of a market order: a share beyond the last trade, on the increment.
    fn band(&self, setting: &Setting<'_>, last: Decimal) -> Result<Price, No> {
        let product = setting.product();
        let stable = |asset: &str| STABLE.contains(&asset);
        let pair = stable(product.base.as_str()) && stable(product.quote.as_str());
        let share = if pair { self.terms.stable_band } else { self.terms.market_band };
        let share = share.get() / Decimal::ONE_HUNDRED;
        let tick = product.limits.price_increment;
        let (factor, round) = match setting.side {
            Side::Buy => (Decimal::ONE + share, Round::Down),
            Side::Sell => (Decimal::ONE - share, Round::Up),
        };
        let exact = times(last, factor)?.to_f64().unwrap_or(f64::NAN);
        let edge = quantize(exact, tick, round)?.max(tick);
        Ok(Price::new(edge)?)
    }

    fn limit(&self, setting: &Setting<'_>, remainder: Remainder) -> Result<Plan, No> {
        let fields = &setting.configuration.fields;
        let rests = remainder == Remainder::Rests;
        if fields.post_only && remainder == Remainder::Forbidden {
            return Err(Reason::FokPostOnly.into());
        }
        let post_only = fields.post_only && rests;
        let given = given(setting, fields)?;
        let limit = self.limit_price(setting)?;
        let size = base_at(setting, given, limit.get())?;
        if post_only {
            self.check_post_only(setting.named.at, setting.side, limit)?;
        }
        let shape = Shape::Limit { remainder, post_only };
        let rates = self.rates(setting.account)?;
        limit_plan(setting, rates, shape, vec![leg(limit, size, post_only)])
    }

    fn stop(&self, setting: &Setting<'_>) -> Result<Plan, No> {
        let fields = &setting.configuration.fields;
        if fields.quote_size.is_some() {
            return Err(because(Reason::Sizes, "a stop order takes base_size"));
        }
        let given = given(setting, fields)?;
        let limit = self.limit_price(setting)?;
        let stop = price(setting, fields.stop_price.as_ref(), STOP)?;
        let size = base_at(setting, given, limit.get())?;
        let direction = fields.stop_direction.unwrap_or(match setting.side {
            Side::Buy => StopDirection::Up,
            Side::Sell => StopDirection::Down,
        });
        let last = setting.last.ok_or(Reason::NoTrade)?;
        check_stop(setting.side, direction, (stop, limit), last)?;
        let rates = self.rates(setting.account)?;
        let legs = vec![leg(limit, size, false)];
        let mut plan = limit_plan(setting, rates, Shape::Stop { direction }, legs)?;
        plan.stop = Some(stop);
        Ok(plan)
    }

    fn bracket(&self, setting: &Setting<'_>) -> Result<Plan, No> {
        let fields = &setting.configuration.fields;
        if setting.side == Side::Buy {
            return Err(Reason::BracketSide.into());
        }
        if fields.quote_size.is_some() {
            return Err(Reason::BracketQuoteSize.into());
        }
        let given = given(setting, fields)?;
        let limit = price(setting, fields.limit_price.as_ref(), BRACKET_LIMIT)?;
        let trigger = price(setting, fields.stop_trigger_price.as_ref(), BRACKET_TRIGGER)?;
        let size = base_at(setting, given, limit.get())?;
        let last = setting.last.ok_or(Reason::NoTrade)?;
        self.check_bracket(limit, trigger, last)?;
        let rates = self.rates(setting.account)?;
        let mut plan = limit_plan(setting, rates, Shape::Bracket, vec![leg(limit, size, false)])?;
        plan.stop = Some(trigger);
        Ok(plan)
    }

    /// A bracket's two prices lie on both sides of the market, and near enough.
    pub(crate) fn check_bracket(
        &self,
        limit: Price,
        trigger: Price,
        last: Decimal,
    ) -> Result<(), No> {
        if trigger >= limit {
            return Err(because(Reason::BracketPrices, format!("{trigger} and {limit}")));
        }
        if limit.get() <= last {
            return Err(because(Reason::BracketLimit, format!("{limit} and {last}")));
        }
        if trigger.get() >= last {
            return Err(because(Reason::BracketTrigger, format!("{trigger} and {last}")));
        }
        if !self.within_reach(Some(last), limit) {
            return Err(Reason::BracketLimitFar.into());
        }
        if !self.within_reach(Some(last), trigger) {
            return Err(Reason::BracketTriggerFar.into());
        }
        Ok(())
    }
}

/// A stop lies ahead of the market, and its limit beyond it.
pub(crate) fn check_stop(
    side: Side,
    direction: StopDirection,
    (stop, limit): (Price, Price),
    last: Decimal,
) -> Result<(), No> {
    let detail = format!("stop {stop}, limit {limit}, last {last}");
    match (side, direction) {
        (_, StopDirection::Down) if stop.get() > last => {
            Err(because(Reason::StopAboveLast, detail))
        }
        (_, StopDirection::Up) if stop.get() < last => Err(because(Reason::StopBelowLast, detail)),
        (Side::Buy, _) if limit < stop => Err(because(Reason::StopAboveLimit, detail)),
        (Side::Sell, _) if limit > stop => Err(because(Reason::StopBelowLimit, detail)),
        _ => Ok(()),
    }
}
