//! The one formula of a cap, for judging an entry and for telling which entries could be.

use domain::planted::{Fault, planted};
use domain::{Bps, Pct};
use rust_decimal::Decimal;

use crate::exact::Exact;

/// 1 + a fee.
pub(crate) fn with_fee(fee: Bps) -> Exact {
    if planted(Fault::ForgetsFees) {
        return Exact::ONE;
    }
    Exact::from(fee.get()) / Decimal::from(10_000) + Exact::ONE
}

/// Multiplying by it is exact, and several times as fast as dividing by a hundred.
pub(crate) const PERCENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// What a cap of a share of the NAV leaves beside what is used of it, fees included:
/// `nav × cap / 100 − used`.
pub(crate) fn gross(nav: Decimal, cap: Pct, used: Exact) -> Exact {
    Exact::from(nav) * cap.get() * PERCENT - used
}

/// The same without fees: `(nav × cap / 100 − used) / (1 + fee)`.
pub(crate) fn share(nav: Decimal, cap: Pct, used: Exact, with_fee: Exact) -> Exact {
    gross(nav, cap, used) / with_fee
}
