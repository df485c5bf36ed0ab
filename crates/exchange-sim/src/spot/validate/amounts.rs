//! Texts to exact numbers: sizes in either unit.

use domain::{Product, Side};
use rust_decimal::{Decimal, RoundingStrategy};

use super::{No, Setting, because};
use crate::spot::draft::Fields;
use crate::spot::reason::Reason;

/// Digits behind the point that a value may have, so that sums of values stay exact.
const VALUE_DIGITS: u32 = 16;

/// An exact number.
pub(crate) fn number(text: &str) -> Result<Decimal, No> {
    Decimal::from_str_exact(text)
        .map(|value| value.normalize())
        .map_err(|_| because(Reason::NonNumeric, format!("{text:?}")))
}

/// Whether a value is a multiple of a step.
pub(crate) fn on_step(value: Decimal, step: Decimal) -> bool {
    value.checked_rem(step).is_some_and(|rest| rest.is_zero())
}

/// The multiple of a step at or below a value.
pub(crate) fn floor_to(value: Decimal, step: Decimal) -> Decimal {
    let steps = value.checked_div(step).unwrap_or_default();
    let whole = steps.round_dp_with_strategy(0, RoundingStrategy::ToNegativeInfinity);
    whole.checked_mul(step).unwrap_or_default().normalize()
}

/// A size as it was given.
#[derive(Debug, Clone, Copy)]
pub(super) enum Given {
    Base(Decimal),
    Quote(Decimal),
}

/// Exactly one size, on its increment.
pub(super) fn given(setting: &Setting<'_>, fields: &Fields) -> Result<Given, No> {
    let limits = &setting.product().limits;
    match (&fields.base_size, &fields.quote_size) {
        (Some(base), None) => {
            let size = number(base)?;
            if !on_step(size, limits.base_increment) {
                let detail = format!("{base} is no multiple of {}", limits.base_increment);
                return Err(because(Reason::BasePrecision, detail));
            }
            Ok(Given::Base(size))
        }
        (None, Some(quote)) => {
            let size = number(quote)?;
            if !on_step(size, limits.quote_increment) {
                let detail = format!("{quote} is no multiple of {}", limits.quote_increment);
                return Err(because(Reason::QuotePrecision, detail));
            }
            Ok(Given::Quote(size))
        }
        (Some(_), Some(_)) => Err(because(Reason::Sizes, "base_size and quote_size are given")),
        (None, None) => Err(because(Reason::Sizes, "no size is given")),
    }
}

/// Base units of a limit order: given, or what the quote units buy at the limit.
pub(super) fn base_at(setting: &Setting<'_>, given: Given, price: Decimal) -> Result<Decimal, No> {
    let product = setting.product();
    let size = match given {
        Given::Base(size) => size,
        Given::Quote(money) => {
            check_quote(product, money)?;
            let exact = money.checked_div(price).ok_or(Reason::PriceTooLarge)?;
            floor_to(exact, product.limits.base_increment)
        }
    };
    check_base(product, size)?;
    if price.scale() + size.scale() > VALUE_DIGITS {
        return Err(Reason::PriceTooLarge.into());
    }
    let value = price.checked_mul(size).ok_or(Reason::PriceTooLarge)?;
    if matches!(given, Given::Base(_)) {
        check_quote(product, value)?;
    }
    Ok(size)
}

/// Base units within the product's bounds.
pub(super) fn check_base(product: &Product, size: Decimal) -> Result<(), No> {
    let (min, max) = (product.limits.base_min.get(), product.limits.base_max.get());
    if size <= Decimal::ZERO || size < min {
        return Err(because(Reason::BaseTooSmall, format!("{size} is below {min}")));
    }
    if size > max {
        return Err(because(Reason::BaseTooLarge, format!("{size} is above {max}")));
    }
    Ok(())
}

/// Quote units within the product's bounds.
pub(super) fn check_quote(product: &Product, value: Decimal) -> Result<(), No> {
    let (min, max) = (product.limits.quote_min.get(), product.limits.quote_max.get());
    if value <= Decimal::ZERO || value < min {
        return Err(because(Reason::QuoteTooSmall, format!("{value} is below {min}")));
    }
    if value > max {
        return Err(because(Reason::QuoteTooLarge, format!("{value} is above {max}")));
    }
    Ok(())
}

/// The other side of a side.
pub(crate) const fn opposite(side: Side) -> Side {
    match side {
        Side::Buy => Side::Sell,
        Side::Sell => Side::Buy,
    }
}
