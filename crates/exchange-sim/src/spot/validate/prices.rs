//! Limit, stop and trigger prices: above 0, on the increment, not absurd.

use domain::Price;
use rust_decimal::Decimal;

use super::{No, Setting, because, number, on_step};
use crate::spot::reason::Reason;
use crate::spot::venue::Venue;

/// Which reasons a price has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Faults {
    pub(super) missing: Reason,
    pub(super) precision: Reason,
}

pub(super) const LIMIT: Faults =
    Faults { missing: Reason::LimitPrice, precision: Reason::LimitPrecision };
pub(super) const STOP: Faults =
    Faults { missing: Reason::StopPrice, precision: Reason::StopPrecision };
pub(super) const BRACKET_LIMIT: Faults =
    Faults { missing: Reason::BracketLimit, precision: Reason::BracketLimitPrecision };
pub(super) const BRACKET_TRIGGER: Faults =
    Faults { missing: Reason::BracketTrigger, precision: Reason::TriggerPrecision };
pub(super) const ATTACHED_LIMIT: Faults =
    Faults { missing: Reason::AttachedPositive, precision: Reason::AttachedLimitPrecision };
pub(super) const ATTACHED_TRIGGER: Faults =
    Faults { missing: Reason::AttachedPositive, precision: Reason::AttachedTriggerPrecision };

/// A price of its increment.
pub(super) fn price(
    setting: &Setting<'_>,
    text: Option<&String>,
    faults: Faults,
) -> Result<Price, No> {
    let text = text.ok_or(faults.missing)?;
    let value = number(text)?;
    let price = Price::new(value).map_err(|_| because(faults.missing, text.clone()))?;
    let tick = setting.product().limits.price_increment;
    if !on_step(value, tick) {
        return Err(because(faults.precision, format!("{text} is no multiple of {tick}")));
    }
    Ok(price)
}

impl Venue {
    /// Whether a price is within reach of the market.
    pub(super) fn within_reach(&self, last: Option<Decimal>, price: Price) -> bool {
        let Some(last) = last else {
            return true;
        };
        let reach = self.terms.limit_reach;
        let (price, up) = (price.get(), last.checked_mul(reach));
        let down = last.checked_div(reach);
        up.is_none_or(|up| price <= up) && down.is_none_or(|down| price >= down)
    }

    /// A limit price within reach.
    pub(super) fn limit_price(&self, setting: &Setting<'_>) -> Result<Price, No> {
        let limit = price(setting, setting.configuration.fields.limit_price.as_ref(), LIMIT)?;
        if !self.within_reach(setting.last, limit) {
            let last = setting.last.unwrap_or_default();
            let detail =
                format!("{limit} is more than {} times off {last}", self.terms.limit_reach);
            return Err(because(Reason::TooFarFromMarket, detail));
        }
        Ok(limit)
    }
}
