//! What a market must look like.

use domain::{Book, Bps, Product, ProductMarket, ProductStatus, Quote, RiskCode, Tier, Timestamp};
use rust_decimal::Decimal;

use super::Scene;
use super::num::{floor_to, plus_bps, signal};
use crate::Reason;

/// A market with a book that can be priced by.
#[derive(Clone, Copy)]
pub(super) struct Sound<'a> {
    pub(super) product: &'a Product,
    pub(super) book: &'a Book,
    pub(super) quote: Quote,
    pub(super) mid: Decimal,
    /// The highest limit inside the collar.
    pub(super) bound: Decimal,
}

/// Checks everything about a market but its size; what can be priced by comes back even when some
/// of it is refused, so that sizes can be reported too.
pub(super) fn check<'a>(
    scene: &Scene<'_>,
    market: &'a ProductMarket,
    tier: Tier,
    reasons: &mut Vec<Reason>,
) -> Option<Sound<'a>> {
    if market.product.status != ProductStatus::Online {
        reasons.push(Reason::plain(RiskCode::ProductStatus));
    }
    ages(scene, market, reasons);
    let limits = &scene.policy.market;
    let jump = signal(limits.jump_5m_pct.get());
    if let Some(found) = market.jump_5m_pct.filter(|found| !within(*found, jump)) {
        reasons.push(Reason::of(RiskCode::PriceJump, jump, found));
    }
    let (Some(book), Some(quote)) = (&market.book, &market.quote) else {
        reasons.push(Reason::plain(RiskCode::DataUnavailable));
        return None;
    };
    if quote.fault().is_some() || book.fault().is_some() {
        reasons.push(Reason::plain(RiskCode::BadBook));
        return None;
    }
    let widest = f64::from(*limits.spread_bps.get(tier));
    let spread = quote.spread_bps();
    if !within(spread, widest) {
        reasons.push(Reason::of(RiskCode::Spread, widest, spread));
    }
    let Some(sound) = priced(&market.product, book, *quote, limits.collar_bps) else {
        reasons.push(Reason::plain(RiskCode::DataUnavailable));
        return None;
    };
    if sound.bound < quote.ask.get() {
        let found = (signal(quote.ask.get()) / signal(sound.mid) - 1.0) * 1e4;
        reasons.push(Reason::of(RiskCode::Collar, f64::from(limits.collar_bps), found));
    }
    Some(sound)
}

/// NaN is within nothing.
fn within(found: f64, limit: f64) -> bool {
    found <= limit
}

/// What is missing is as bad as what is old.
fn ages(scene: &Scene<'_>, market: &ProductMarket, reasons: &mut Vec<Reason>) {
    let limits = &scene.policy.market;
    let rows = [
        (RiskCode::StaleQuote, limits.quote_max_age_secs, market.quote_vouched),
        (RiskCode::StaleQuote, limits.unchanged_book_max_secs, market.book_changed),
        (RiskCode::StaleCandles, limits.candle_max_age_secs, market.candles_through),
    ];
    for (code, limit, at) in rows {
        let age = at.map(|at| age_secs(at, scene.now));
        if age.is_none_or(|age| !within(age, f64::from(limit))) {
            reasons.push(Reason { code, limit: Some(f64::from(limit)), found: age });
        }
    }
}

/// Seconds with their fraction: 5.001 is more than 5.
pub(super) fn age_secs(at: Timestamp, now: Timestamp) -> f64 {
    now.millis().saturating_sub(at.millis()) as f64 / 1e3
}

fn priced<'a>(
    product: &'a Product,
    book: &'a Book,
    quote: Quote,
    collar_bps: u32,
) -> Option<Sound<'a>> {
    let sum = quote.bid.get().checked_add(quote.ask.get())?;
    let mid = sum.checked_div(Decimal::TWO)?;
    let collar = Bps::new(collar_bps.into()).ok()?;
    let edge = mid.checked_mul(plus_bps(collar.get())?)?;
    let bound = floor_to(edge, product.limits.price_increment)?;
    Some(Sound { product, book, quote, mid, bound })
}
