//! What the market of an entry must look like.

use domain::{Level, ProductMarket, ProductStatus, Timestamp};

use super::Scene;
use crate::num::{Exact as _, Num};
use crate::report::{Check, Pen};

/// How far from its touch a side of the book counts as depth, basis points.
const BAND_BPS: i64 = 20;
/// Basis points in a whole.
const WHOLE_BPS: i64 = 10_000;

/// What needs the market.
pub(super) const CHECKS: [Check; 11] = [
    Check::ProductStatus,
    Check::BadBook,
    Check::StaleQuote,
    Check::StaleCandles,
    Check::Spread,
    Check::Depth,
    Check::Slippage,
    Check::Collar,
    Check::PriceJump,
    Check::Increments,
    Check::BelowMinOrder,
];

/// Bid, ask and their sum.
struct Touch {
    bid: Num,
    ask: Num,
    sum: Num,
}

pub(super) fn check(scene: &Scene<'_>, market: &ProductMarket, pen: &mut Pen<'_>) {
    let (policy, subject) = (scene.policy, scene.subject.as_str());
    let status = market.product.status;
    pen.holds(Check::ProductStatus, status == ProductStatus::Online, subject, || {
        format!("the product is {status:?}")
    });
    for (check, key, moment) in [
        (Check::StaleQuote, "market.quote_max_age_secs", market.quote_vouched),
        (Check::StaleQuote, "market.unchanged_book_max_secs", market.book_changed),
        (Check::StaleCandles, "market.candle_max_age_secs", market.candles_through),
    ] {
        let age = moment.and_then(|moment| age(scene.grant.at, moment));
        pen.at_most(check, age, policy.get(key), subject);
    }
    if let Some(jump) = market.jump_5m_pct {
        pen.at_most(Check::PriceJump, Num::signal(jump), policy.get("market.jump_5m_pct"), subject);
    }
    let sound = touch(market).filter(|touch| {
        touch.bid < touch.ask && market.book.as_ref().is_some_and(|book| is_sound(book, touch))
    });
    pen.holds(Check::BadBook, sound.is_some(), subject, || "it cannot be priced by".to_owned());
    let Some(touch) = sound else { return };
    priced(scene, &touch, pen);
    book(scene, market, &touch, pen);
}

fn age(at: Timestamp, moment: Timestamp) -> Option<Num> {
    Num::of(i128::from(at.millis()) - i128::from(moment.millis()), 3)
}

fn touch(market: &ProductMarket) -> Option<Touch> {
    let quote = market.quote?;
    // Both sizes are there, and neither is nothing.
    if quote.bid_size?.is_zero() || quote.ask_size?.is_zero() {
        return None;
    }
    let (bid, ask) = (quote.bid.num()?, quote.ask.num()?);
    Some(Touch { bid, ask, sum: bid.plus(ask)? })
}

/// Both sides there, sorted, sized, and the quote at their heads.
fn is_sound(book: &domain::Book, touch: &Touch) -> bool {
    let head = |side: &[Level]| side.first().and_then(|level| level.price.num());
    let sized = |side: &[Level]| side.iter().all(|level| !level.size.is_zero());
    head(&book.bids) == Some(touch.bid)
        && head(&book.asks) == Some(touch.ask)
        && sized(&book.bids)
        && sized(&book.asks)
        && book.bids.is_sorted_by(|a, b| a.price > b.price)
        && book.asks.is_sorted_by(|a, b| a.price < b.price)
}

fn priced(scene: &Scene<'_>, touch: &Touch, pen: &mut Pen<'_>) {
    let (policy, subject) = (scene.policy, scene.subject.as_str());
    // (ask − bid) / mid, with mid = sum / 2, in basis points.
    let spread = touch
        .ask
        .minus(touch.bid)
        .and_then(|gap| gap.times(Num::int(2 * WHOLE_BPS))?.over(touch.sum));
    let widest = policy.tier("market.spread_bps", scene.grant.tier);
    pen.at_most(Check::Spread, spread, widest, subject);
    // bound ≤ mid × (1 + collar)
    let beyond = scene.grant.price_bound.num().and_then(|bound| {
        let twice = bound.times(Num::int(2))?.minus(touch.sum)?.max(Num::ZERO);
        twice.times(Num::int(WHOLE_BPS))?.over(touch.sum)
    });
    pen.at_most(Check::Collar, beyond, policy.get("market.collar_bps"), subject);
}

fn book(scene: &Scene<'_>, market: &ProductMarket, touch: &Touch, pen: &mut Pen<'_>) {
    let (policy, subject) = (scene.policy, scene.subject.as_str());
    let Some(book) = &market.book else { return };
    let thinner = depth(&book.bids, -BAND_BPS)
        .zip(depth(&book.asks, BAND_BPS))
        .map(|(bids, asks)| bids.min(asks));
    let multiple = policy.get("market.depth_multiple");
    let needed = multiple.zip(scene.grant.max_notional.num()).and_then(|(m, n)| m.times(n));
    pen.at_least(Check::Depth, thinner, needed, subject);
    // average of taking it ≤ mid × (1 + budget)
    let slip = scene.grant.max_qty.num().and_then(|qty| {
        let cost = taking(&book.asks, qty)?;
        let at_mid = touch.sum.times(qty)?.over(Num::int(2))?;
        cost.minus(at_mid)?.max(Num::ZERO).times(Num::int(WHOLE_BPS))?.over(at_mid)
    });
    let budget = policy.tier("market.slippage_bps", scene.grant.tier);
    pen.at_most(Check::Slippage, slip, budget, subject);
}

/// The value within a band of the touch; the band is below it when it is negative.
fn depth(side: &[Level], band_bps: i64) -> Option<Num> {
    let best = side.first()?.price.num()?;
    let edge = (best, Num::int(WHOLE_BPS + band_bps));
    let mut sum = Num::ZERO;
    for level in side {
        let price = level.price.num()?;
        let order = Num::compare((price, Num::int(WHOLE_BPS)), edge);
        let outside = if band_bps < 0 { order.is_lt() } else { order.is_gt() };
        if outside {
            break;
        }
        sum = sum.plus(price.times(level.size.num()?)?)?;
    }
    Some(sum)
}

/// What a size costs when it is taken from the asks; `None` when they do not hold it.
fn taking(asks: &[Level], qty: Num) -> Option<Num> {
    let (mut rest, mut cost) = (qty, Num::ZERO);
    for level in asks {
        let take = rest.min(level.size.num()?);
        cost = cost.plus(level.price.num()?.times(take)?)?;
        rest = rest.minus(take)?;
        if !rest.is_positive() {
            return Some(cost);
        }
    }
    None
}
