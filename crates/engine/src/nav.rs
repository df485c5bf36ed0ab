//! What the account is worth.

use domain::planted::{Fault, planted};
use domain::{Asset, Lot, MarketView, Purse, QuoteAmt, Usd};

/// How long a bid may be old to value a position, seconds.
const MARK_MAX_AGE_SECS: i64 = 60;

/// USD and USDC, free and held, plus each lot at the bid of a sound book that the feed vouched for
/// within the last minute. `None` when the account or a mark is missing: a worth is never guessed.
///
/// One USDC counts as one dollar or, when its market says less, as its bid.
pub fn nav(purses: &[Purse], lots: &[Lot], market: &MarketView<'_>) -> Option<Usd> {
    if purses.is_empty() {
        return None;
    }
    let mut sum = Usd::ZERO;
    for purse in purses {
        let amount = purse.available.plus(purse.held).ok()?;
        let worth = match purse.asset.as_str() {
            "USD" => amount.usd_at_par(),
            "USDC" => stable(purse.asset, amount, market)?,
            _ => continue,
        };
        sum = sum.plus(worth).ok()?;
    }
    for lot in lots {
        let found = market.get(&lot.product)?;
        let quote = found.quote.filter(|q| q.fault().is_none())?;
        let vouched = found.quote_vouched?;
        if !planted(Fault::StaleMark) && vouched < market.now.plus_secs(-MARK_MAX_AGE_SECS) {
            return None;
        }
        sum = sum.plus(quote.bid.times(lot.qty).ok()?.usd_at_par()).ok()?;
    }
    if planted(Fault::DoubledNav) { sum.plus(sum).ok() } else { Some(sum) }
}

fn stable(asset: Asset, amount: QuoteAmt, market: &MarketView<'_>) -> Option<Usd> {
    let product = format!("{asset}-USD").parse().ok()?;
    let bid = market.get(&product).and_then(|m| m.quote).map(|q| q.bid.get());
    match bid.filter(|bid| *bid < rust_decimal::Decimal::ONE) {
        Some(bid) => Usd::new(amount.get().checked_mul(bid)?).ok(),
        None => Some(amount.usd_at_par()),
    }
}
