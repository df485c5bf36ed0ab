//! The one formula of a cap, for judging an entry and for telling which entries could be.

use domain::planted::{Fault, planted};
use domain::{Bps, Pct};
use rust_decimal::Decimal;

/// 1 + a fee.
pub(crate) fn with_fee(fee: Bps) -> Option<Decimal> {
    if planted(Fault::ForgetsFees) {
        return Some(Decimal::ONE);
    }
    Decimal::ONE.checked_add(fee.get().checked_div(Decimal::from(10_000))?)
}

/// What a cap of a share of the NAV leaves beside what is used of it, without fees:
/// `(nav × cap / 100 − used) / (1 + fee)`.
pub(crate) fn share(nav: Decimal, cap: Pct, used: Decimal, with_fee: Decimal) -> Option<Decimal> {
    let most = nav.checked_mul(cap.get())?.checked_div(Decimal::ONE_HUNDRED)?;
    most.checked_sub(used)?.checked_div(with_fee)
}
