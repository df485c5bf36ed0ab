//! The book of a market that has none: computed from a price and a day's volume.

use domain::{BaseQty, Book, Level, Price, Product, Round, Source, Timestamp, as_signal, quantize};
use rust_decimal::Decimal;

/// Quote volume at which the modelled spread is [`SPREAD_BPS`].
const REFERENCE_VOLUME: f64 = 10e6;
const SPREAD_BPS: f64 = 4.0;
/// Value within [`REACH_BPS`] of a touch, as a share of the 24-hour quote volume.
pub(crate) const SIDE_SHARE: f64 = 0.005;
pub(crate) const TOUCH_SHARE: f64 = 0.1;
pub(crate) const REACH_BPS: f64 = 20.0;
/// Levels behind the touch; they share what is not at it.
pub(crate) const LEVELS_BEHIND: u32 = 9;

/// A book around `mid` (quote units for one base unit) for a market that turned over
/// `quote_volume_24h` quote units in its last 24 closed hours.
///
/// Spread = max(1 tick, 4 × √(10⁷ / V) bps), rounded up to the tick; the value within 20 bps of
/// each touch is 0.5 % of V, a tenth of it at the touch and the rest in equal parts on up to nine
/// levels behind. Behind prices round towards the touch, and what falls on one price is one level:
/// with a tick above 20 bps everything is at the touch. Sizes round down to the base increment.
///
/// `None` where the formula gives no book: no volume, no price, a bid of 0 or less, a touch smaller
/// than one base increment.
pub fn model_book(
    product: &Product,
    mid: f64,
    quote_volume_24h: f64,
    at: Timestamp,
) -> Option<Book> {
    let (bid, ask) = touches(product, mid, quote_volume_24h)?;
    ladders(product, bid, ask, quote_volume_24h, at)
}

/// The best bid and ask of [`model_book`], where it has a book: their sizes are not asked.
pub(crate) fn model_touch(
    product: &Product,
    mid: f64,
    quote_volume_24h: f64,
) -> Option<(Price, Price)> {
    let (bid, ask) = touches(product, mid, quote_volume_24h)?;
    Some((Price::new(bid).ok()?, Price::new(ask).ok()?))
}

/// Best bid and ask.
fn touches(product: &Product, mid: f64, quote_volume_24h: f64) -> Option<(Decimal, Decimal)> {
    let tradable = mid.is_finite() && mid > 0.0 && quote_volume_24h.is_finite();
    if !tradable || quote_volume_24h <= 0.0 {
        return None;
    }
    let tick = product.limits.price_increment;
    let spread = spread(product, mid, quote_volume_24h);
    let bid = quantize(mid - 0.5 * spread, tick, Round::Down).ok()?;
    let ask = quantize(as_signal(bid) + spread, tick, Round::Up).ok()?;
    Some((bid, ask.max(bid.checked_add(tick)?)))
}

/// The price of a level behind a touch: `sign` is the direction away from it.
fn behind(product: &Product, touch: f64, sign: f64, step: u32) -> Option<Decimal> {
    let towards_touch = if sign < 0.0 { Round::Up } else { Round::Down };
    let away = sign * REACH_BPS * 1e-4 * f64::from(step) / f64::from(LEVELS_BEHIND);
    let signal = touch * (1.0 + away);
    quantize(signal, product.limits.price_increment, towards_touch).ok()
}

/// The modelled spread around a price, never less than a tick.
pub(crate) fn spread(product: &Product, mid: f64, quote_volume_24h: f64) -> f64 {
    let tick = as_signal(product.limits.price_increment);
    spread_of(mid, thinness(quote_volume_24h), tick)
}

/// How much wider than at the reference volume.
pub(crate) fn thinness(quote_volume_24h: f64) -> f64 {
    (REFERENCE_VOLUME / quote_volume_24h).sqrt()
}

pub(crate) fn spread_of(mid: f64, thinness: f64, tick: f64) -> f64 {
    (mid * SPREAD_BPS * 1e-4 * thinness).max(tick)
}

/// The modelled levels from given touches on.
pub(crate) fn ladders(
    product: &Product,
    bid: Decimal,
    ask: Decimal,
    quote_volume_24h: f64,
    at: Timestamp,
) -> Option<Book> {
    let value = SIDE_SHARE * quote_volume_24h;
    Some(Book {
        bids: side(product, bid, -1.0, value)?,
        asks: side(product, ask, 1.0, value)?,
        at,
        source: Source::Model,
    })
}

/// One side: `sign` is the direction away from the touch.
fn side(product: &Product, touch: Decimal, sign: f64, value: f64) -> Option<Vec<Level>> {
    let limits = &product.limits;
    let rest = value * (1.0 - TOUCH_SHARE) / f64::from(LEVELS_BEHIND);
    let mut shares = Vec::with_capacity(1 + LEVELS_BEHIND as usize);
    shares.push((touch, value * TOUCH_SHARE));
    let from = as_signal(touch);
    for step in 1..=LEVELS_BEHIND {
        let price = behind(product, from, sign, step)?;
        match shares.last_mut() {
            Some((last, sum)) if *last == price => *sum += rest,
            _ => shares.push((price, rest)),
        }
    }
    let mut levels = Vec::with_capacity(shares.len());
    for (price, share) in shares {
        let size = quantize(share / as_signal(price), limits.base_increment, Round::Down).ok()?;
        if size.is_zero() {
            // Without a touch there is no book; without a level behind there is a thinner one.
            if levels.is_empty() {
                return None;
            }
            continue;
        }
        levels.push(Level { price: Price::new(price).ok()?, size: BaseQty::new(size).ok()? });
    }
    Some(levels)
}
