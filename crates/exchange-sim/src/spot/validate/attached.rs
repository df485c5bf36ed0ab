//! A bracket that waits for its parent's fill.

use domain::{Price, Side};

use super::prices::{ATTACHED_LIMIT, ATTACHED_TRIGGER, price};
use super::{No, Plan, Setting, because};
use crate::spot::draft::{Configuration, Kind};
use crate::spot::parts::Shape;
use crate::spot::reason::Reason;

/// Whether a bracket can be attached: to a market or limit buy, without a size, its limit above
/// and its trigger below what the parent may pay.
pub(super) fn check(
    setting: &Setting<'_>,
    plan: &Plan,
    attached: &Configuration,
) -> Result<(), No> {
    if attached.kind != Kind::BracketGtc {
        return Err(because(Reason::AttachedKind, attached.kind.key()));
    }
    if !matches!(plan.shape, Shape::Market { .. } | Shape::Limit { .. }) {
        return Err(because(Reason::AttachedParent, plan.kind.key()));
    }
    if setting.side == Side::Sell {
        return Err(Reason::AttachedSide.into());
    }
    let fields = &attached.fields;
    if fields.base_size.is_some() || fields.quote_size.is_some() {
        return Err(Reason::AttachedSize.into());
    }
    let limit = price(setting, fields.limit_price.as_ref(), ATTACHED_LIMIT)?;
    let trigger = price(setting, fields.stop_trigger_price.as_ref(), ATTACHED_TRIGGER)?;
    let paid = plan.limit.map(Price::get).or(setting.last).ok_or(Reason::NoTrade)?;
    if limit.get() <= paid {
        return Err(because(Reason::AttachedLimit, format!("{limit} and {paid}")));
    }
    if trigger.get() >= paid {
        return Err(because(Reason::AttachedTrigger, format!("{trigger} and {paid}")));
    }
    Ok(())
}
