//! Where an order at the venue sells a lot, and from where on it should have.

use domain::{Bracket, Lot, Price, Regime};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::{ExitParams, Levels};

/// Below this share of its stop a lot is not left to the venue any more.
const BEYOND: Decimal = Decimal::from_parts(97, 0, 0, false, 2);

/// The stop and the target of a lot on the price increment, both rounded up: stopped sooner, never
/// sold for less than its target. `None` where there is no price between them.
pub fn bracket(params: &ExitParams, lot: &Lot, increment: Decimal) -> Option<Bracket> {
    let levels = Levels::of(params, lot, None, Regime::Unknown);
    let (stop, target) = (on_step(levels.stop?, increment)?, on_step(levels.target?, increment)?);
    (stop < target).then_some(Bracket { stop, target })
}

/// The bid at which the venue should have sold long since: stop × 0.97.
pub(crate) fn beyond_stop(stop: Price) -> Option<Price> {
    Price::new(stop.get().checked_mul(BEYOND)?).ok()
}

fn on_step(price: Price, increment: Decimal) -> Option<Price> {
    let steps = price.get().checked_div(increment)?;
    let steps = steps.round_dp_with_strategy(0, RoundingStrategy::ToPositiveInfinity);
    Price::new(steps.checked_mul(increment)?).ok()
}
