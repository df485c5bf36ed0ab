//! Public trades: those that a bar consists of, and those of own orders between them.
//!
//! A bar is told as up to seven trades: its open, low, high and close in the middles of its four
//! quarters, and a price halfway at the quarters' borders; a bar with one price is one trade. The
//! low comes before the high, as [`crate::SimVenue`] has it. The trades share the bar's volume in
//! equal parts of at least one base increment, so that a bar of fewer increments has a little more
//! on the tape than in the bar. Nothing is stored: a bar's trades are computed when they are asked
//! for, and are the same each time.

use domain::{Bar, NumError, Price, Product, ProductId, Round, Side, Timestamp, quantize};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::draw::key;

/// Trade ids count milliseconds in steps of this; own trades fill the steps from below, and the
/// bar's own trade is the last of its millisecond.
const IDS_PER_MILLI: u64 = 1_000_000;

/// A public trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trade {
    /// Its id: rising in time within a product.
    pub id: u64,
    /// Whose book.
    pub product: ProductId,
    /// The price.
    pub price: Price,
    /// Base units.
    pub size: Decimal,
    /// When.
    pub at: Timestamp,
    /// The side of the order that rested, as Coinbase reports it.
    pub maker: Side,
}

/// The last 24 hours of a product, from bars and own trades.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DayStats {
    /// First price, 0 without trades.
    pub open: f64,
    /// Highest.
    pub high: f64,
    /// Lowest.
    pub low: f64,
    /// Base units traded.
    pub volume: f64,
    /// Quote units traded: volume × close, bar by bar.
    pub quote_volume: f64,
}

/// The first id of a millisecond.
pub(crate) fn first_id(at: Timestamp) -> u64 {
    u64::try_from(at.millis()).unwrap_or(0).saturating_mul(IDS_PER_MILLI)
}

/// The trades of a bar of `length` seconds, oldest first.
pub(crate) fn trades_of(product: &Product, bar: &Bar, length: i64) -> Result<Vec<Trade>, NumError> {
    let tick = product.limits.price_increment;
    let exact = |price: f64| quantize(price, tick, Round::Nearest);
    let luck = key(product.id.as_str()) ^ bar.start.millis().unsigned_abs();
    let luck = luck.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    let (open, low, high, close) =
        (exact(bar.open)?, exact(bar.low)?, exact(bar.high)?, exact(bar.close)?);
    let halfway = |a: Decimal, b: Decimal| -> Decimal {
        let steps = ((a + b) / (tick + tick)).round_dp(0);
        (steps * tick).clamp(a.min(b), a.max(b)).normalize()
    };
    let prices = if low == high {
        vec![(1, open)]
    } else {
        let (fall, rise, end) = (halfway(open, low), halfway(low, high), halfway(high, close));
        vec![(1, open), (2, fall), (3, low), (4, rise), (5, high), (6, end), (7, close)]
    };
    let count = prices.len();
    let unit = product.limits.base_increment;
    let volume = quantize(bar.volume, unit, Round::Down)?;
    let share = quantize(bar.volume / count as f64, unit, Round::Down)?.max(unit);
    let eighth = length * 1000 / 8;
    let shift = i64::try_from(luck % (eighth.unsigned_abs() / 2).max(1)).unwrap_or(0);
    let mut out = Vec::with_capacity(count);
    let (mut before, mut left) = (None, volume);
    for (n, (step, price)) in (1..).zip(prices) {
        let at = Timestamp::from_millis(bar.start.millis() + step * eighth + shift);
        let maker = match before {
            Some(last) if price < last => Side::Buy,
            Some(last) if price > last => Side::Sell,
            _ if luck >> n & 1 == 0 => Side::Buy,
            _ => Side::Sell,
        };
        let size = if n == count { left.max(unit) } else { share };
        left -= size;
        before = Some(price);
        out.push(Trade {
            id: first_id(at) + (IDS_PER_MILLI - 1),
            product: product.id,
            price: Price::new(price)?,
            size: size.normalize(),
            at,
            maker,
        });
    }
    Ok(out)
}

/// Trades as a bar, in the order given; `None` without any.
pub(crate) fn folded<'a>(start: Timestamp, trades: impl Iterator<Item = &'a Trade>) -> Option<Bar> {
    let one = |trade: &Trade| {
        let price = trade.price.get().to_f64().unwrap_or(f64::NAN);
        let volume = trade.size.to_f64().unwrap_or(0.0);
        Bar { start, open: price, high: price, low: price, close: price, volume }
    };
    trades.map(one).reduce(|bar, next| bar.merged(&next))
}
