//! Judging one exit. This list and no other: what stops entries never stops a way out.

use domain::{
    BaseQty, ControlState, Exit, ExitReason, MarketView, NumError, Price, ProductMarket,
    ProductStatus, ProposalId, QuoteAmt, RiskCode, Side, Tier,
};
use rust_decimal::{Decimal, RoundingStrategy};

use super::running::Running;
use crate::approved::Terms;
use crate::verdict::{Reason, shown};
use crate::{Limits, RiskView};

/// The first rung: a sale is priced no lower than this below the bid.
const BELOW_BID_BPS: i64 = 100;

/// Approves an exit of no more than can be sold, or says what is against it.
pub(super) fn judge(
    limits: &Limits,
    view: &RiskView<'_>,
    markets: &MarketView<'_>,
    running: &mut Running,
    exit: &Exit,
) -> Result<Terms, Vec<Reason>> {
    let mut reasons = Vec::new();
    if view.control == ControlState::Halted && exit.cause != ExitReason::Flatten {
        reasons.push(RiskCode::Halted.into());
    }
    if !view.reconciled {
        reasons.push(RiskCode::NotReconciled.into());
    }
    let Some(own) = markets.get(&exit.product) else {
        reasons.push(RiskCode::DataUnavailable.into());
        return Err(reasons);
    };
    match own.product.status {
        ProductStatus::Online | ProductStatus::LimitOnly => {}
        ProductStatus::CancelOnly
        | ProductStatus::PostOnly
        | ProductStatus::Auction
        | ProductStatus::ViewOnly
        | ProductStatus::Offline
        | ProductStatus::Delisted => reasons.push(RiskCode::ProductStatus.into()),
    }
    let bound = bound(limits, view, own, &mut reasons);
    let qty = sellable(view, running, own, exit, &mut reasons);
    let id = ProposalId::Exit(exit.lot, exit.cause);
    if !running.seen.insert(id) {
        reasons.push(RiskCode::Duplicate.into());
    }
    let terms = qty.zip(bound).filter(|_| reasons.is_empty()).and_then(|(qty, bound)| {
        running.exit(own.product.base, qty).ok()?;
        Some(terms(own, exit, qty, bound))
    });
    terms.ok_or_else(|| {
        if reasons.is_empty() {
            reasons.push(RiskCode::DataUnavailable.into());
        }
        reasons
    })
}

/// The lowest price, from a book that is young enough.
fn bound(
    limits: &Limits,
    view: &RiskView<'_>,
    own: &ProductMarket,
    reasons: &mut Vec<Reason>,
) -> Option<Price> {
    let age = own.quote_vouched.map(|at| view.now.secs_since(at));
    let limit = limits.policy().market.quote_max_age_secs;
    if age.is_none_or(|age| age > i64::from(limit)) {
        reasons.push(RiskCode::StaleQuote.into());
    }
    let sound = own.book.as_ref().is_some_and(|book| book.fault().is_none());
    let Some(quote) = own.quote.filter(|_| sound) else {
        reasons.push(RiskCode::BadBook.into());
        return None;
    };
    let factor = Decimal::ONE - Decimal::new(BELOW_BID_BPS, 4);
    let bound = quote.bid.get().checked_mul(factor).and_then(|price| Price::new(price).ok());
    if bound.is_none() {
        reasons.push(RiskCode::DataUnavailable.into());
    }
    bound
}

/// What of the wish can be sold: no more than is held and not being sold already,
/// rounded down to the increment.
fn sellable(
    view: &RiskView<'_>,
    running: &Running,
    own: &ProductMarket,
    exit: &Exit,
    reasons: &mut Vec<Reason>,
) -> Option<BaseQty> {
    let asset = own.product.base;
    let held = view.exposure.held(&asset);
    if held.is_zero() {
        reasons.push(RiskCode::ShortingDisallowed.into());
        return None;
    }
    let free = held.get() - view.exposure.selling(&asset) - running.selling(&asset).get();
    if exit.qty.get() > free {
        let (limit, found) = (shown(free), shown(exit.qty.get()));
        reasons.push(Reason { code: RiskCode::ExceedsHolding, limit, found });
        return None;
    }
    match floor_step(exit.qty.get(), own.product.limits.base_increment) {
        Ok(qty) if qty >= own.product.limits.base_min && !qty.is_zero() => Some(qty),
        Ok(qty) => {
            let (limit, found) = (shown(own.product.limits.base_min.get()), shown(qty.get()));
            reasons.push(Reason { code: RiskCode::BelowMinOrder, limit, found });
            None
        }
        Err(_) => None,
    }
}

fn floor_step(qty: Decimal, step: Decimal) -> Result<BaseQty, NumError> {
    let steps =
        qty.checked_div(step).map(|s| s.round_dp_with_strategy(0, RoundingStrategy::ToZero));
    let floored = steps.and_then(|steps| steps.checked_mul(step));
    BaseQty::new(floored.ok_or(NumError::Overflow { what: "an exit's size" })?)
}

fn terms(own: &ProductMarket, exit: &Exit, qty: BaseQty, bound: Price) -> Terms {
    Terms {
        proposal: ProposalId::Exit(exit.lot, exit.cause),
        product: exit.product,
        asset: own.product.base,
        side: Side::Sell,
        tier: Tier::T3,
        max_notional: QuoteAmt::ZERO,
        worst_case: QuoteAmt::ZERO,
        max_qty: qty,
        price_bound: bound,
        plan: None,
        size_pct: 0.0,
    }
}
