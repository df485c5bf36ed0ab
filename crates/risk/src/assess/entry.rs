//! Judging one entry.

use domain::{
    BaseQty, Book, Entry, MarketView, NumError, Price, ProductMarket, ProposalId, Quote, QuoteAmt,
    RiskCode, Side, Usd,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::caps::{Basis, Room, rooms};
use super::running::Running;
use super::{control, market, pacing};
use crate::approved::Terms;
use crate::verdict::{Reason, shown};
use crate::{Limits, RiskView};

/// Approves an entry with a size that every limit allows, or says everything that is against it.
pub(super) fn judge(
    limits: &Limits,
    view: &RiskView<'_>,
    markets: &MarketView<'_>,
    running: &mut Running,
    entry: &Entry,
) -> Result<Terms, Vec<Reason>> {
    let mut reasons = Vec::new();
    control::check(limits, view, entry, &mut reasons);
    let own = markets.get(&entry.product);
    let mut size = None;
    if let Some(own) = own {
        pacing::check(limits, view, running, entry, &own.product.base, &mut reasons);
        let quote = market::check(limits, view, own, entry, &mut reasons);
        if let (Some(quote), Some(book)) = (quote, own.book.as_ref()) {
            let parts = Parts { limits, view, markets, running, entry, own, book, quote };
            match sized(&parts, &mut reasons) {
                Ok(sized) => size = sized,
                Err(_) => reasons.push(RiskCode::DataUnavailable.into()),
            }
        }
    } else {
        reasons.push(RiskCode::DataUnavailable.into());
    }
    let id = ProposalId::Entry(entry.trigger.id);
    let terms = size.filter(|_| reasons.is_empty()).zip(own).and_then(|(terms, own)| {
        let (asset, currency) = (own.product.base, own.product.quote);
        running.enter(asset, entry.tier, currency, terms.worst_case).ok()?;
        Some(terms)
    });
    running.seen.insert(id);
    terms.ok_or_else(|| {
        if reasons.is_empty() {
            reasons.push(RiskCode::DataUnavailable.into());
        }
        reasons
    })
}

struct Parts<'a> {
    limits: &'a Limits,
    view: &'a RiskView<'a>,
    markets: &'a MarketView<'a>,
    running: &'a Running,
    entry: &'a Entry,
    own: &'a ProductMarket,
    book: &'a Book,
    quote: Quote,
}

/// The terms of the largest order that every sizing limit allows; `None` with its reasons when
/// that is below the smallest order.
fn sized(parts: &Parts<'_>, reasons: &mut Vec<Reason>) -> Result<Option<Terms>, NumError> {
    let Parts { limits, view, entry, own, .. } = *parts;
    let (Some(nav), Some(fees)) = (view.nav, view.fees) else {
        reasons.push(RiskCode::DataUnavailable.into());
        return Ok(None);
    };
    let sizing_nav = limits.sizing_nav(nav);
    let fee = fees.taker_bps.max(fees.maker_bps).max(limits.policy().orders.taker_fee_bps);
    let with_fee = Decimal::ONE + fee.get() / Decimal::from(10_000);
    let basis = Basis {
        limits,
        view,
        market: parts.markets,
        running: parts.running,
        entry,
        own,
        book: parts.book,
        sizing_nav,
        with_fee,
    };
    let Some(rooms) = rooms(&basis)? else {
        reasons.push(RiskCode::DataUnavailable.into());
        return Ok(None);
    };
    let wished = sizing_nav.percent(entry.size_pct)?.get();
    let effective = rooms.iter().map(|room| room.left).fold(wished, Decimal::min);
    let least = smallest(parts)?;
    if effective < least {
        too_small(least, effective, &rooms, reasons);
        return Ok(None);
    }
    terms(parts, sizing_nav, effective, with_fee).map(Some)
}

/// The larger of the policy's and the venue's smallest order, dollars.
fn smallest(parts: &Parts<'_>) -> Result<Decimal, NumError> {
    let venue = &parts.own.product.limits;
    let by_base = parts.quote.ask.times(venue.base_min)?.get();
    let policy = parts.limits.min_order_usd().get();
    Ok(policy.max(venue.quote_min.get()).max(by_base))
}

/// `below_min_order`, and every limit that leaves less than the smallest order.
fn too_small(least: Decimal, effective: Decimal, rooms: &[Room], reasons: &mut Vec<Reason>) {
    let code = RiskCode::BelowMinOrder;
    reasons.push(Reason { code, limit: shown(least), found: shown(effective) });
    reasons.extend(rooms.iter().filter(|room| room.left < least).map(|room| Reason {
        code: room.code,
        limit: shown(room.limit),
        found: shown(room.left),
    }));
}

fn terms(
    parts: &Parts<'_>,
    sizing_nav: Usd,
    notional: Decimal,
    with_fee: Decimal,
) -> Result<Terms, NumError> {
    let Parts { limits, entry, own, quote, .. } = *parts;
    let overflow = NumError::Overflow { what: "an approved size" };
    let collar = Decimal::ONE + limits.policy().orders.collar_bps.get() / Decimal::from(10_000);
    let bound = quote.ask.get().checked_mul(collar).ok_or(overflow.clone())?;
    let worst = notional.checked_mul(with_fee).ok_or(overflow.clone())?;
    let qty = notional.checked_div(quote.bid.get()).ok_or(overflow.clone())?;
    let share = notional
        .checked_mul(Decimal::ONE_HUNDRED)
        .and_then(|v| v.checked_div(sizing_nav.get()))
        .ok_or(overflow)?;
    Ok(Terms {
        proposal: ProposalId::Entry(entry.trigger.id),
        product: entry.product,
        asset: own.product.base,
        side: Side::Buy,
        tier: entry.tier,
        max_notional: QuoteAmt::new(notional)?,
        worst_case: QuoteAmt::new(worst)?,
        max_qty: BaseQty::new(qty)?,
        price_bound: Price::new(bound)?,
        plan: Some(entry.plan),
        size_pct: share.to_f64().unwrap_or(0.0),
    })
}
