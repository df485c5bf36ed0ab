//! What a market must look like.

use domain::planted::{Fault, planted};
use domain::{
    Book, Price, Product, ProductMarket, ProductStatus, Quote, RiskCode, Tier, Timestamp,
};
use rust_decimal::Decimal;

use super::Scene;
use super::num::{plus_bps, signal};
use crate::exact::Exact;
use crate::gate::{Gate, Notes, Unit};

const HALF: Decimal = Decimal::from_parts(5, 0, 0, false, 1);

/// A market with a book that can be priced by.
#[derive(Clone, Copy)]
pub(super) struct Sound<'a> {
    pub(super) product: &'a Product,
    pub(super) book: &'a Book,
    pub(super) quote: Quote,
    pub(super) mid: Decimal,
    /// The highest limit inside the collar.
    pub(super) bound: Price,
}

/// Checks everything about a market but its size; what can be priced by comes back even when some
/// of it is refused, so that sizes can be reported too.
pub(super) fn check<'a>(
    scene: &Scene<'_>,
    market: &'a ProductMarket,
    tier: Tier,
    notes: &mut Notes<'_>,
) -> Option<Sound<'a>> {
    let online = market.product.status == ProductStatus::Online;
    notes.must(online, RiskCode::ProductStatus, "a product that is fully online");
    ages(scene, market, notes);
    let limits = &scene.policy.market;
    let jump = signal(limits.jump_5m_pct.get());
    notes.tell(market.jump_5m_pct.is_none_or(|found| within(found, jump)), || Gate {
        found: market.jump_5m_pct,
        unit: Unit::Pct,
        ..Gate::at_most(RiskCode::PriceJump, "market.jump_5m_pct", jump, 0.0)
    });
    let (Some(book), Some(quote)) = (&market.book, &market.quote) else {
        notes.missing("a book");
        return None;
    };
    let sound = quote.fault().is_none() && book.fault().is_none();
    notes.must(sound, RiskCode::BadBook, "a book with two sides that do not meet");
    if !sound {
        return None;
    }
    let (widest, spread) = (f64::from(*limits.spread_bps.get(tier)), quote.spread_bps());
    notes.tell(within(spread, widest), || Gate {
        unit: Unit::Bps,
        ..Gate::at_most(RiskCode::Spread, "market.spread_bps", widest, spread)
    });
    let Some(sound) = priced(&market.product, book, *quote, limits.collar_bps) else {
        notes.missing("prices that fit exact decimals");
        return None;
    };
    notes.tell(quote.ask <= sound.bound, || {
        let found = (signal(quote.ask.get()) / signal(sound.mid) - 1.0) * 1e4;
        let limit = f64::from(limits.collar_bps);
        let gate = Gate::at_most(RiskCode::Collar, "market.collar_bps", limit, found);
        Gate { unit: Unit::Bps, ..gate }
    });
    Some(sound)
}

/// NaN is within nothing.
fn within(found: f64, limit: f64) -> bool {
    found <= limit
}

/// What is missing is as bad as what is old.
fn ages(scene: &Scene<'_>, market: &ProductMarket, notes: &mut Notes<'_>) {
    let limits = &scene.policy.market;
    let (quote, key) = (RiskCode::StaleQuote, "market.quote_max_age_secs");
    age(scene, quote, key, limits.quote_max_age_secs, market.quote_vouched, notes);
    let key = "market.unchanged_book_max_secs";
    age(scene, quote, key, limits.unchanged_book_max_secs, market.book_changed, notes);
    let (candles, key) = (RiskCode::StaleCandles, "market.candle_max_age_secs");
    age(scene, candles, key, limits.candle_max_age_secs, market.candles_through, notes);
}

fn age(
    scene: &Scene<'_>,
    code: RiskCode,
    key: &'static str,
    limit: u32,
    at: Option<Timestamp>,
    notes: &mut Notes<'_>,
) {
    let (age, limit) = (at.map(|at| age_secs(at, scene.now)), f64::from(limit));
    notes.tell(age.is_some_and(|age| within(age, limit)), || Gate {
        found: age,
        unit: Unit::Secs,
        ..Gate::at_most(code, key, limit, 0.0)
    });
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
    let mid = (Exact::from(quote.bid.get()) + quote.ask.get()) * HALF;
    let collar_bps = if planted(Fault::WideCollar) { 3 * collar_bps } else { collar_bps };
    let bound = (mid * plus_bps(collar_bps)).floor_to(product.limits.price_increment);
    let (mid, bound) = mid.get().zip(bound.price())?;
    Some(Sound { product, book, quote, mid, bound })
}
