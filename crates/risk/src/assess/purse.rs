//! Which purse pays: one of them, whole.
//!
//! A dollar market and its USDC twin are one book at the venue, so a market is judged by the
//! product that was proposed; the purse only decides on which of the two the order is placed.

use domain::{Asset, Product, ProductId, ProductMarket, ProductStatus};
use rust_decimal::Decimal;

use super::Scene;
use super::caps::Wish;
use super::market::age_secs;
use super::sheet::Sheet;
use crate::exact::Exact;

/// How long what is known of USDC's price holds, seconds.
const PAR_MAX_AGE_SECS: f64 = 60.0;

/// The product to buy on, and what its purse has free for the whole worst case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    pub(super) product: ProductId,
    pub(super) free: Decimal,
}

/// The first purse of the preference that covers the whole worst case, else the fullest. `None`
/// when the money of every purse that may pay is unknown.
pub(super) fn choose(
    scene: &Scene<'_>,
    sheet: &Sheet,
    market: &ProductMarket,
    wish: &Wish,
) -> Option<Choice> {
    let mut best: Option<Choice> = None;
    for quote in &scene.policy.orders.quote_preference {
        let Some(product) = on(scene, &market.product, quote) else { continue };
        let Some(free) = free(scene, sheet, quote) else { continue };
        if wish.worst_case.is_at_most(free.into()) {
            return Some(Choice { product, free });
        }
        if best.is_none_or(|best| best.free < free) {
            best = Some(Choice { product, free });
        }
    }
    // Money that the policy leaves alone pays nothing; money that nobody knows is missing.
    let own = &market.product;
    let left_alone = !scene.policy.orders.quote_preference.contains(&own.quote);
    let known = scene.view.purses.iter().any(|purse| purse.asset == own.quote);
    let nothing = Choice { product: own.id, free: Decimal::ZERO };
    best.or((left_alone && known).then_some(nothing))
}

/// The product that buys the same asset with this currency: the proposed one, or its twin.
fn on(scene: &Scene<'_>, own: &Product, quote: &Asset) -> Option<ProductId> {
    if own.quote == *quote {
        return Some(own.id);
    }
    if !own.quote.is_dollars() || !quote.is_dollars() {
        return None;
    }
    let same = |twin: &&ProductMarket| {
        let twin = &twin.product;
        let market = twin.base == own.base && twin.quote == *quote;
        // Sizes and prices are judged by the steps of the proposed product.
        market && twin.status == ProductStatus::Online && twin.limits == own.limits
    };
    scene.market.products.iter().find(same).map(|twin| twin.product.id)
}

/// What a purse has free. What is available excludes what holds have taken; live buys beyond what
/// is held are not taken yet, and are subtracted here.
fn free(scene: &Scene<'_>, sheet: &Sheet, quote: &Asset) -> Option<Decimal> {
    let purse = scene.view.purses.iter().find(|purse| purse.asset == *quote)?;
    if quote.as_str() == "USDC" && !at_par(scene) {
        return Some(Decimal::ZERO);
    }
    let live = scene.view.exposure.reserved_in(quote);
    let unheld = (live - purse.held.get()).max(Exact::ZERO);
    (Exact::from(purse.available.get()) - unheld - sheet.spent(quote)).get()
}

/// Whether USDC is worth about a dollar, as far as a market tells: a venue that has none, as it
/// turns one into the other at par, is taken at its word.
fn at_par(scene: &Scene<'_>) -> bool {
    let quoted =
        |m: &&ProductMarket| (m.product.base.as_str(), m.product.quote.as_str()) == ("USDC", "USD");
    let Some(market) = scene.market.products.iter().find(quoted) else { return true };
    let fresh = market.quote_vouched.is_some_and(|at| age_secs(at, scene.now) <= PAR_MAX_AGE_SECS);
    let Some(quote) = market.quote.filter(|quote| fresh && quote.fault().is_none()) else {
        return false;
    };
    let off = Decimal::new(i64::from(scene.policy.orders.usdc_max_off_bps), 4);
    let (low, high) = (Decimal::ONE - off, Decimal::ONE + off);
    low <= quote.bid.get() && quote.ask.get() <= high
}
