//! What the product's market must look like before an entry.

use domain::{Bps, Entry, ProductMarket, ProductStatus, Quote, RiskCode};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::verdict::{Reason, shown};
use crate::{Limits, RiskView};

/// Checks the market; returns its quote when that can be used.
pub(super) fn check(
    limits: &Limits,
    view: &RiskView<'_>,
    market: &ProductMarket,
    entry: &Entry,
    reasons: &mut Vec<Reason>,
) -> Option<Quote> {
    if market.product.status != ProductStatus::Online {
        reasons.push(RiskCode::ProductStatus.into());
    }
    ages(limits, view, market, reasons);
    if let Some(jump) = market.jump_5m_pct {
        let limit = limits.policy().market.max_jump_pct.get().to_f64().unwrap_or(0.0);
        if jump.is_nan() || jump > limit {
            let (limit, found) = (Some(limit), Some(jump));
            reasons.push(Reason { code: RiskCode::PriceJump, limit, found });
        }
    }
    let Some(book) = &market.book else {
        reasons.push(RiskCode::DataUnavailable.into());
        return None;
    };
    let (fault, quote) = (book.fault(), market.quote);
    let Some(quote) = quote.filter(|_| fault.is_none()) else {
        reasons.push(RiskCode::BadBook.into());
        return None;
    };
    spread(limits.policy().market.max_spread_bps.of(entry.tier), &quote, reasons);
    Some(quote)
}

fn ages(limits: &Limits, view: &RiskView<'_>, market: &ProductMarket, reasons: &mut Vec<Reason>) {
    let policy = &limits.policy().market;
    let rows = [
        (RiskCode::StaleQuote, policy.quote_max_age_secs, market.quote_vouched),
        (RiskCode::StaleQuote, policy.book_unchanged_max_secs, market.book_changed),
        (RiskCode::StaleCandles, policy.candle_max_age_secs, market.candles_through),
    ];
    for (code, limit, at) in rows {
        let age = at.map(|at| view.now.secs_since(at));
        // What has no time is as old as can be; what comes from later is no truth either.
        let fresh = age.is_some_and(|age| (0..=i64::from(limit)).contains(&age));
        if !fresh && !reasons.iter().any(|r| r.code == code) {
            let found = age.and_then(|age| i32::try_from(age).ok()).map(f64::from);
            reasons.push(Reason { code, limit: Some(f64::from(limit)), found });
        }
    }
}

/// (ask − bid) / mid, compared exactly.
fn spread(limit: Bps, quote: &Quote, reasons: &mut Vec<Reason>) {
    let (bid, ask) = (quote.bid.get(), quote.ask.get());
    let found = (ask - bid)
        .checked_mul(Decimal::from(20_000))
        .and_then(|wide| wide.checked_div(ask.checked_add(bid)?));
    if found.is_none_or(|found| found > limit.get()) {
        let code = RiskCode::Spread;
        reasons.push(Reason { code, limit: shown(limit.get()), found: found.and_then(shown) });
    }
}
