//! Orders made of several limit orders: ladders in price, slices in time.

use domain::{Price, Round, quantize};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::amounts::{Given, base_at, floor_to, given};
use super::prices::{LIMIT, price};
use super::{No, Plan, Setting, because, leg, limit_plan, number};
use crate::spot::draft::{Fields, PriceSpread, SizeSpread};
use crate::spot::parts::{Leg, Shape};
use crate::spot::reason::Reason;
use crate::spot::venue::Venue;

/// Rungs and slices that an order can have.
const MOST: u32 = 100;
/// The shortest slice.
const MIN_SLICE_MILLIS: i64 = 1000;

impl Venue {
    /// A ladder: as listed in `orders`, or spread from the lowest to the highest price. Steps of
    /// `LINEAR_INCREASING` are in proportion 1, 2, 3, ...; sizes of `INCREASING`, of
    /// which the first counts as 1, grow by `size_diff`, by the factor `size_ratio`, or by 1.
    pub(super) fn ladder(&self, setting: &Setting<'_>) -> Result<Plan, No> {
        let fields = &setting.configuration.fields;
        let described = fields.num_orders.is_some()
            || fields.min_price.is_some()
            || fields.max_price.is_some()
            || fields.base_size.is_some()
            || fields.quote_size.is_some();
        let legs = match (fields.orders.is_empty(), described) {
            (false, false) => listed_rungs(setting)?,
            (true, true) => spread_rungs(setting)?,
            (false, true) => return Err(Reason::LadderDiscrepancy.into()),
            (true, false) => return Err(Reason::LadderInfeasible.into()),
        };
        for leg in &legs {
            check_rung(setting, leg)?;
            if !self.within_reach(setting.last, leg.price) {
                return Err(because(Reason::TooFarFromMarket, format!("{}", leg.price)));
            }
            if leg.post_only {
                self.check_post_only(setting.named.at, setting.side, leg.price)?;
            }
        }
        let mut plan = limit_plan(setting, self.rates(setting.account)?, Shape::Ladder, legs)?;
        plan.limit = None;
        Ok(plan)
    }

    /// Slices: `number_buckets` of them, or as many as `bucket_size` makes, `bucket_duration`
    /// apart; each is a limit order that rests until the end.
    pub(super) fn slices(&self, setting: &Setting<'_>) -> Result<Plan, No> {
        let fields = &setting.configuration.fields;
        let given = given(setting, fields)?;
        let limit = self.limit_price(setting)?;
        let size = base_at(setting, given, limit.get())?;
        let start = fields.start_time.ok_or(Reason::StartMissing)?.max(self.now);
        let end = fields.end_time.ok_or(Reason::EndMissing)?;
        if end <= start {
            return Err(because(Reason::EndPast, format!("{end} is not after {start}")));
        }
        let count = slice_count(setting, (given, size), limit)?;
        let span = end.millis() - start.millis();
        let every = match &fields.bucket_duration {
            Some(text) => duration(text)?,
            None => span / i64::from(count),
        };
        if every < MIN_SLICE_MILLIS {
            return Err(because(Reason::DurationTooSmall, format!("{every} ms")));
        }
        if every.checked_mul(i64::from(count) - 1).is_none_or(|needed| needed >= span) {
            return Err(because(Reason::DurationTooLarge, format!("{count} × {every} ms")));
        }
        let sizes = split(setting, size, &vec![Decimal::ONE; usize::try_from(count).unwrap_or(0)]);
        let product = setting.product();
        for slice in &sizes {
            if *slice < product.limits.base_min.get() || slice.is_zero() {
                return Err(because(Reason::SliceBelowBase, format!("{slice}")));
            }
            if super::times(limit.get(), *slice)? < product.limits.quote_min.get() {
                return Err(because(Reason::SliceBelowQuote, format!("{slice} at {limit}")));
            }
        }
        let legs = sizes.into_iter().map(|slice| leg(limit, slice, false)).collect();
        let rates = self.rates(setting.account)?;
        limit_plan(setting, rates, Shape::Slices { start, every }, legs)
    }
}

/// Rungs as their client lists them.
fn listed_rungs(setting: &Setting<'_>) -> Result<Vec<Leg>, No> {
    let orders = &setting.configuration.fields.orders;
    if orders.len() > usize::try_from(MOST).unwrap_or(usize::MAX) {
        return Err(because(Reason::LadderMax, format!("{} rungs", orders.len())));
    }
    let one = |rung: &crate::spot::draft::Rung| {
        let fields = Fields {
            base_size: rung.base_size.clone(),
            quote_size: rung.quote_size.clone(),
            ..Fields::default()
        };
        let limit = price(setting, rung.limit_price.as_ref(), LIMIT)?;
        let size = match given(setting, &fields)? {
            Given::Base(size) => size,
            Given::Quote(money) => in_base(setting, money, limit)?,
        };
        Ok(leg(limit, size, rung.post_only))
    };
    orders.iter().map(one).collect()
}

/// How many slices there are.
fn slice_count(
    setting: &Setting<'_>,
    (given, size): (Given, Decimal),
    limit: Price,
) -> Result<u32, No> {
    let fields = &setting.configuration.fields;
    let count = match (&fields.number_buckets, &fields.bucket_size) {
        (Some(text), _) => number(text)?,
        (None, Some(text)) => {
            let each = number(text)?;
            let each = match given {
                Given::Base(_) => each,
                Given::Quote(_) => in_base(setting, each, limit)?,
            };
            let count = size.checked_div(each).ok_or(Reason::SliceBelowBase)?;
            count.ceil()
        }
        (None, None) => return Err(because(Reason::Sizes, "number_buckets is missing")),
    };
    let count = count.to_u32().filter(|n| (1..=MOST).contains(n));
    count.ok_or_else(|| because(Reason::Sizes, format!("1 to {MOST} slices can be made")))
}

/// Seconds such as `300s`, as milliseconds.
fn duration(text: &str) -> Result<i64, No> {
    let secs = number(text.strip_suffix('s').unwrap_or(text))?;
    let millis = secs.checked_mul(Decimal::from(1000)).and_then(|ms| ms.to_i64());
    millis.ok_or_else(|| because(Reason::DurationTooLarge, text))
}

/// Rungs from their parameters.
fn spread_rungs(setting: &Setting<'_>) -> Result<Vec<Leg>, No> {
    let fields = &setting.configuration.fields;
    let count = fields.num_orders.ok_or(Reason::LadderInfeasible)?;
    if count > MOST {
        return Err(because(Reason::LadderMax, format!("{count} rungs")));
    }
    let low = price(setting, fields.min_price.as_ref(), LIMIT)?;
    let high = price(setting, fields.max_price.as_ref(), LIMIT)?;
    if count < 2 || low >= high {
        return Err(because(Reason::LadderInfeasible, format!("{count} rungs, {low} to {high}")));
    }
    let prices = rung_prices(setting, (low, high), count)?;
    let weights = size_weights(fields, count)?;
    let sizes = match given(setting, fields)? {
        Given::Base(size) => split(setting, size, &weights),
        Given::Quote(money) => {
            let total: Decimal = weights.iter().sum();
            let each = weights.iter().zip(&prices).map(|(weight, price)| {
                let part = (money * weight).checked_div(total).unwrap_or_default();
                in_base(setting, part, *price)
            });
            each.collect::<Result<_, _>>()?
        }
    };
    let post_only = fields.post_only;
    Ok(prices.into_iter().zip(sizes).map(|(price, size)| leg(price, size, post_only)).collect())
}

/// Prices from the lowest to the highest, each on the increment.
fn rung_prices(
    setting: &Setting<'_>,
    (low, high): (Price, Price),
    count: u32,
) -> Result<Vec<Price>, No> {
    let spread = setting.configuration.fields.price_distribution.unwrap_or(PriceSpread::Flat);
    let last = u64::from(count - 1);
    let steps = last * (last + 1) / 2;
    // Numerator and denominator of how far up the k-th rung is.
    let part = |k: u64| match spread {
        PriceSpread::Flat => Some((k, last)),
        PriceSpread::Increasing => Some((k * (k + 1) / 2, steps)),
        PriceSpread::Decreasing => Some((steps - (last - k) * (last - k + 1) / 2, steps)),
        PriceSpread::Custom => None,
    };
    let tick = setting.product().limits.price_increment;
    let mut out: Vec<Price> = Vec::new();
    for k in 0..=last {
        let (up, of) = part(k).ok_or(Reason::LadderDiscrepancy)?;
        let span = high.get() - low.get();
        let exact = low.get() + span * Decimal::from(up) / Decimal::from(of.max(1));
        let signal = exact.to_f64().unwrap_or(f64::NAN);
        let price = Price::new(quantize(signal, tick, Round::Nearest)?)?;
        if out.last().is_some_and(|before| *before >= price) {
            return Err(because(Reason::LadderInfeasible, "rungs fall on one price"));
        }
        out.push(price);
    }
    Ok(out)
}

/// Relative sizes of the rungs.
fn size_weights(fields: &Fields, count: u32) -> Result<Vec<Decimal>, No> {
    let even = vec![Decimal::ONE; usize::try_from(count).unwrap_or(0)];
    let growing = || -> Result<Vec<Decimal>, No> {
        let infeasible = || because(Reason::LadderInfeasible, "the sizes cannot be spread so");
        let (ratio, diff) = (&fields.size_ratio, &fields.size_diff);
        let grow = |text: &str| number(text).ok().filter(|v| *v > Decimal::ZERO);
        let (factor, step) = match (diff, ratio) {
            (Some(diff), None) => (Decimal::ONE, grow(diff).ok_or_else(infeasible)?),
            (None, Some(ratio)) => (grow(ratio).ok_or_else(infeasible)?, Decimal::ZERO),
            (None, None) => (Decimal::ONE, Decimal::ONE),
            (Some(_), Some(_)) => return Err(Reason::LadderDiscrepancy.into()),
        };
        let mut weight = Decimal::ONE;
        let mut out = Vec::new();
        for _ in 0..count {
            out.push(weight);
            let next = weight.checked_mul(factor).and_then(|w| w.checked_add(step));
            weight = next.filter(|w| *w < Decimal::from(1_000_000)).ok_or_else(infeasible)?;
        }
        Ok(out)
    };
    match fields.size_distribution.unwrap_or(SizeSpread::Even) {
        SizeSpread::Even => Ok(even),
        SizeSpread::Increasing => growing(),
        SizeSpread::Decreasing => growing().map(|mut weights| {
            weights.reverse();
            weights
        }),
        SizeSpread::Custom => Err(Reason::LadderDiscrepancy.into()),
    }
}

/// A size in parts on the increment; the last takes what rounding left.
fn split(setting: &Setting<'_>, size: Decimal, weights: &[Decimal]) -> Vec<Decimal> {
    let step = setting.product().limits.base_increment;
    let total: Decimal = weights.iter().sum();
    let mut left = size;
    let mut out = Vec::with_capacity(weights.len());
    for (n, weight) in (1..).zip(weights) {
        let exact = size.checked_mul(*weight).and_then(|part| part.checked_div(total));
        let part =
            if n == weights.len() { left } else { floor_to(exact.unwrap_or_default(), step) };
        left -= part;
        out.push(part);
    }
    out
}

fn in_base(setting: &Setting<'_>, money: Decimal, price: Price) -> Result<Decimal, No> {
    let exact = money.checked_div(price.get()).ok_or(Reason::PriceTooLarge)?;
    Ok(floor_to(exact, setting.product().limits.base_increment))
}

/// A rung within the product's bounds.
fn check_rung(setting: &Setting<'_>, leg: &Leg) -> Result<(), No> {
    let limits = &setting.product().limits;
    let value = super::times(leg.price.get(), leg.left)?;
    let detail = format!("{} at {}", leg.left, leg.price);
    if leg.left <= Decimal::ZERO
        || leg.left < limits.base_min.get()
        || value < limits.quote_min.get()
    {
        return Err(because(Reason::LadderMin, detail));
    }
    if leg.left > limits.base_max.get() || value > limits.quote_max.get() {
        return Err(because(Reason::LadderMax, detail));
    }
    if leg.price.get().scale() + leg.left.scale() > 16 {
        return Err(Reason::PriceTooLarge.into());
    }
    Ok(())
}
