//! What modelled books say, without making them: a spread and a depth that are on the same side of
//! every limit as the book's own. They are told for a span of prices, and anew only beyond it.

use domain::{Bars, Glance, Price, Product, Side, Timestamp};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::market::Market;
use crate::model_book::{LEVELS_BEHIND, SIDE_SHARE, TOUCH_SHARE, model_touch, spread_of, thinness};
use crate::recorded::Recorded;
use crate::venue::SimVenue;

/// An older price is of no use: as for a book.
const REACH_SECS: i64 = 2 * 86_400;
const HOUR_SECS: i64 = 3600;
/// Between a double and its fifteen digits lie at most half of this, relatively.
const NOISE: f64 = 1e-13;
/// Prices of so many digits are the same as doubles and as decimals.
const MOST_UNITS: f64 = 1e14;
/// What is told holds up to the first of these shares above and below a price within which no limit is.
const SPANS: [f64; 3] = [0.05, 0.01, 0.002];
/// So many bars are looked through at once for the first that leaves a span.
const AHEAD: usize = 60;
/// And so many of them in one step.
const AT_ONCE: usize = 12;
/// What rounding of doubles can change of a spread or a depth, relatively.
const SLACK: f64 = 1e-9;

/// What can be said of a product's book.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Glimpse {
    /// There is none now.
    Nothing,
    /// This.
    Seen(Glance),
    /// Only the book itself tells.
    Unclear,
}

/// How much is told of a touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touch {
    /// How wide it is, as far as limits are concerned.
    Width,
    /// Its prices and sizes as well.
    Exact,
}

/// Where a reader stands in each product's bars. Its clock moves on and never back.
#[derive(Debug, Clone, Default)]
pub struct Glancer {
    places: Vec<Place>,
    limits: Limits,
    moment: Option<Moment>,
}

/// What is the same for all products.
#[derive(Debug, Clone, Copy)]
struct Moment {
    now: Timestamp,
    /// How often something had been taken from any book.
    takes: u64,
    is_gap: bool,
    /// The end of the newest closed hour.
    hour_end: Timestamp,
    /// Older prices are of no use.
    oldest: Timestamp,
}

/// What spreads and depths are compared with: nothing is told that could be on either side of one.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// Of spreads, basis points.
    pub spreads: Vec<f64>,
    /// Of depths, quote units.
    pub depths: Vec<f64>,
}

impl Limits {
    /// What is told of a spread of at most so much: the ceiling that it keeps to, so that it is another
    /// one only where somebody who compares would decide otherwise.
    fn spread(&self, most: f64) -> f64 {
        let kept = self.spreads.iter().copied().filter(|ceiling| most <= *ceiling);
        kept.min_by(f64::total_cmp).unwrap_or(most)
    }

    /// What is told of a depth of at least so much: the floor that it reaches.
    fn depth(&self, least: f64) -> f64 {
        let reached = self.depths.iter().copied().filter(|floor| *floor <= least);
        reached.max_by(f64::total_cmp).unwrap_or(0.0)
    }
}

#[derive(Debug, Clone)]
struct Place {
    steps: Option<Steps>,
    /// How many bars are closed.
    closed: usize,
    /// How often something had been taken from any book when it was nothing from this one's bar.
    untaken: u64,
    /// The end of the hours that the volume is of.
    hours_end: Option<Timestamp>,
    volume: f64,
    thinness: f64,
    /// What was seen last.
    seen: Option<Seen>,
    /// Before this moment no bar closes that leaves the span of it, and no hour does.
    calm_until: Timestamp,
    /// Best bid and ask, and the price that they are around.
    touch: Option<(f64, Price, Price)>,
}

/// What was seen, and from which price to which it is so.
#[derive(Debug, Clone, Copy)]
struct Seen {
    from: f64,
    to: f64,
    /// Spread and depth; `None` where only the book itself tells.
    width: Option<(f64, f64)>,
}

/// A product's steps as doubles.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Steps {
    /// The price increment in units of its last digit, and how many of those are one.
    units: f64,
    scale: f64,
    digits: u32,
    tick: f64,
    /// How many steps are one.
    per_one: f64,
    base: f64,
}

impl Steps {
    fn of(product: &Product) -> Option<Self> {
        let limits = &product.limits;
        let tick = limits.price_increment.normalize();
        let scale = i32::try_from(tick.scale()).ok().filter(|scale| *scale <= 15)?;
        let scale = 10_f64.powi(scale);
        let units = tick.mantissa().to_f64().filter(|units| *units >= 1.0 && *units < 1e6)?;
        Some(Self {
            units,
            scale,
            digits: tick.scale(),
            tick: tick.to_f64()?,
            per_one: scale / units,
            base: limits.base_increment.to_f64()?,
        })
    }

    /// The price of so many steps: the double that is nearest to it.
    fn price(&self, steps: f64) -> f64 {
        steps * self.units / self.scale
    }

    /// The same to the last digit.
    fn exact(&self, steps: f64) -> Option<Decimal> {
        let units = (steps * self.units).to_i64()?;
        Decimal::try_from_i128_with_scale(units.into(), self.digits).ok()
    }

    /// How many steps a price is, with what is over; `None` so near to a whole one that only exact
    /// numbers tell on which side.
    fn whole(&self, price: f64) -> Option<f64> {
        // As near to the quotient as any double here has to be.
        let steps = price * self.per_one;
        // Cut off: a call of `floor` costs more than all else here.
        let below = steps.to_i64()? as f64;
        let over = steps - below;
        let near = if over < 0.5 { over } else { 1.0 - over };
        let told = price > 0.0 && steps * self.units < MOST_UNITS;
        (told && near > steps * NOISE + 1e-9).then_some(below)
    }
}

impl Glancer {
    /// A reader at the beginning, for one who compares with these limits.
    pub const fn new(limits: Limits) -> Self {
        Self { places: Vec::new(), limits, moment: None }
    }

    /// Whether the width that was last told of a product's touch holds without another look, at the
    /// moment of the [arrival](SimVenue::arrive).
    #[inline]
    pub fn is_calm(&self, at: usize) -> bool {
        let Some((moment, place)) = self.moment.as_ref().zip(self.places.get(at)) else {
            return false;
        };
        moment.now < place.calm_until && place.untaken == moment.takes && !moment.is_gap
    }

    /// Takes note of the moment, where it is another one.
    #[inline]
    fn arrive(&mut self, market: &Recorded, now: Timestamp, takes: u64) {
        if self.moment.is_none_or(|moment| moment.now != now || moment.takes != takes) {
            self.moment = Some(Moment {
                now,
                takes,
                is_gap: market.is_gap(now),
                hour_end: now.floor_secs(HOUR_SECS),
                oldest: now.plus_secs(-REACH_SECS),
            });
        }
    }
}

impl SimVenue {
    /// What the book of the product at a position of [`SimVenue::products`] says now, with its touch
    /// if asked. Where bars are not recorded only books tell.
    pub fn glimpse(&self, at: usize, glancer: &mut Glancer, touch: Touch) -> Glimpse {
        let Market::Recorded(market) = &self.market else { return Glimpse::Unclear };
        glancer.arrive(market, self.now, self.takes);
        let Glancer { places, limits, moment: Some(moment) } = glancer else {
            return Glimpse::Nothing;
        };
        let (Some(bars), Some(product)) = (market.series(at), market.products().get(at)) else {
            return Glimpse::Nothing;
        };
        while places.len() <= at {
            let product = market.products().get(places.len());
            places.push(Place::of(product.and_then(Steps::of)));
        }
        let Some(place) = places.get_mut(at).filter(|_| !moment.is_gap) else {
            return Glimpse::Nothing;
        };
        let length = bars.granularity().secs();
        let Some((newest, start, close)) = place.newest(bars, self.now.plus_secs(-length)) else {
            return Glimpse::Nothing;
        };
        if start < moment.oldest {
            return Glimpse::Nothing;
        }
        if place.untaken != self.takes {
            if self.is_taken(product, start.plus_secs(length)) {
                return Glimpse::Unclear;
            }
            // Later bars end later than all that was taken up to now.
            place.untaken = self.takes;
        }
        let hours_end = match length {
            ..=HOUR_SECS => moment.hour_end,
            longer => self.now.floor_secs(longer),
        };
        if place.hours_end.replace(hours_end) != Some(hours_end) {
            place.volume = market.quote_volume_24h(at, self.now);
            place.thinness = thinness(place.volume);
            (place.seen, place.touch) = (None, None);
        }
        let width = place.width(close, limits);
        let exact = match touch {
            Touch::Exact => width.and_then(|_| place.prices_at(product, close)),
            Touch::Width => {
                let left = place.left(bars, newest).min(moment.hour_end.plus_secs(HOUR_SECS));
                place.calm_until = left.min(start.plus_secs(REACH_SECS));
                None
            }
        };
        match width {
            Some((spread_bps, depth_20bps)) if exact.is_some() || touch == Touch::Width => {
                Glimpse::Seen(Glance { touch: exact, spread_bps, depth_20bps })
            }
            Some(_) | None => Glimpse::Unclear,
        }
    }

    /// Has a reader take note of the moment, for [`Glancer::is_calm`].
    pub fn arrive(&self, glancer: &mut Glancer) {
        if let Market::Recorded(market) = &self.market {
            glancer.arrive(market, self.now, self.takes);
        }
    }

    /// Whether own orders took from this product's book since its last bar.
    fn is_taken(&self, product: &Product, end: Timestamp) -> bool {
        let taken = |side| self.taken.get(&(product.id, side));
        [Side::Buy, Side::Sell].into_iter().filter_map(taken).any(|(when, _)| *when == end)
    }
}

impl Place {
    const fn of(steps: Option<Steps>) -> Self {
        Self {
            steps,
            closed: 0,
            untaken: 0,
            hours_end: None,
            volume: 0.0,
            thinness: 0.0,
            seen: None,
            calm_until: Timestamp::from_millis(i64::MIN),
            touch: None,
        }
    }

    /// The newest bar that starts at a moment or earlier: its place, its start and its close. The moment
    /// is not before that of the last time.
    fn newest(&mut self, bars: &Bars, last: Timestamp) -> Option<(usize, Timestamp, f64)> {
        let starts = bars.starts();
        while starts.get(self.closed).is_some_and(|start| *start <= last) {
            self.closed += 1;
        }
        let at = self.closed.checked_sub(1)?;
        Some((at, *starts.get(at)?, *bars.closes().get(at)?))
    }

    /// Spread and depth around a price, made anew when the price leaves the span of what was seen.
    fn width(&mut self, close: f64, limits: &Limits) -> Option<(f64, f64)> {
        match self.seen {
            Some(seen) if seen.from <= close && close <= seen.to => seen.width,
            _ => {
                let seen = self.see(close, limits);
                self.seen = Some(seen);
                seen.width
            }
        }
    }

    /// When the first bar after the newest closes that leaves the span of what was seen, or may.
    fn left(&self, bars: &Bars, newest: usize) -> Timestamp {
        let Some(seen) = self.seen else { return Timestamp::from_millis(i64::MIN) };
        let later = bars.closes().get(newest + 1..).unwrap_or_default();
        let later = later.get(..AHEAD).unwrap_or(later);
        let span = seen.from..=seen.to;
        let inside = |close: &f64| span.contains(close);
        // Some at a time: a processor compares several at once where none of them ends the search.
        let all = |some: &&[f64]| some.iter().fold(true, |all, close| all & inside(close));
        let calm = AT_ONCE * later.chunks_exact(AT_ONCE).take_while(all).count();
        let rest = later.get(calm..).unwrap_or_default();
        let within = calm + rest.iter().take_while(|close| inside(close)).count();
        let first = bars.starts().get(newest + 1 + within);
        first.map_or(Timestamp::from_millis(i64::MAX), |start| {
            start.plus_secs(bars.granularity().secs())
        })
    }

    fn see(&self, close: f64, limits: &Limits) -> Seen {
        for share in SPANS {
            let (from, to) = (close * (1.0 - share), close * (1.0 + share));
            let width = self.steps.and_then(|steps| self.around(&steps, from, to, limits));
            if width.is_some() {
                return Seen { from, to, width };
            }
        }
        let width = self.steps.and_then(|steps| self.at(&steps, close, limits));
        Seen { from: close, to: close, width }
    }

    /// Best bid and ask around a price.
    fn prices_at(&mut self, product: &Product, close: f64) -> Option<(Price, Price)> {
        match self.touch {
            Some((price, bid, ask)) if price.to_bits() == close.to_bits() => Some((bid, ask)),
            _ => {
                let quick = self.steps.as_ref().and_then(|steps| self.prices(steps, close));
                let prices = quick.or_else(|| model_touch(product, close, self.volume));
                self.touch = prices.map(|(bid, ask)| (close, bid, ask));
                prices
            }
        }
    }

    /// The best bid and ask around a price, in steps; `None` where only exact numbers tell.
    fn touch(&self, steps: &Steps, mid: f64) -> Option<(f64, f64)> {
        let spread = spread_of(mid, self.thinness, steps.tick);
        let bid = steps.whole(mid - 0.5 * spread)?;
        // Up, and never at the bid.
        let ask = if spread <= steps.tick {
            bid + 1.0
        } else {
            steps.whole(bid * steps.tick + spread)? + 1.0
        };
        (bid >= 1.0).then_some((bid, ask.max(bid + 1.0)))
    }

    /// Best bid and ask of the modelled book, to the last digit; `None` where only exact numbers tell.
    fn prices(&self, steps: &Steps, mid: f64) -> Option<(Price, Price)> {
        let (bid, ask) = self.touch(steps, mid)?;
        Some((Price::new(steps.exact(bid)?).ok()?, Price::new(steps.exact(ask)?).ok()?))
    }

    /// Spread and depth of the modelled book around a price; `None` where only exact numbers tell.
    fn at(&self, steps: &Steps, mid: f64, limits: &Limits) -> Option<(f64, f64)> {
        let (bid, ask) = self.touch(steps, mid)?;
        let (bid_price, ask_price) = (steps.price(bid), steps.price(ask));
        let (least, most) = self.depths(steps, ask_price)?;
        let told = limits.depths.iter().all(|floor| *floor < least || most < *floor);
        let spread = (ask_price - bid_price) / (0.5 * (ask_price + bid_price)) * 1e4;
        told.then(|| (limits.spread(spread), limits.depth(least)))
    }

    /// The widest spread and the least depth of the modelled books around all prices of a span, where
    /// those of the others are on the same side of every limit.
    ///
    /// The bid lies up to a tick below mid − spread / 2, and the ask up to a tick above bid + spread.
    fn around(&self, steps: &Steps, from: f64, to: f64, limits: &Limits) -> Option<(f64, f64)> {
        let (tick, spread) = (steps.tick, |mid: f64| spread_of(mid, self.thinness, steps.tick));
        let lowest = from - 0.5 * spread(from) - tick;
        if lowest < 2.0 * tick {
            return None;
        }
        // The spread is a share of the price and at least a tick: as a share it falls and then stays.
        let widest = (spread(from) + tick) / (from - tick) * (1.0 + SLACK) * 1e4;
        let narrowest = spread(to) / to / (1.0 + tick / from) * (1.0 - SLACK) * 1e4;
        let (least, most) = self.depths(steps, to + spread(to) + 2.0 * tick)?;
        let beside = |limits: &[f64], low: f64, high: f64| {
            limits.iter().all(|limit| *limit < low || high < *limit)
        };
        let told =
            beside(&limits.spreads, narrowest, widest) && beside(&limits.depths, least, most);
        told.then(|| (limits.spread(widest), limits.depth(least)))
    }

    /// The least and the most that is within 20 bps of both touches, where the best ask is at most so
    /// much; `None` where a touch might be nothing.
    fn depths(&self, steps: &Steps, ask: f64) -> Option<(f64, f64)> {
        // Each level is rounded down by less than a step of its size.
        let value = SIDE_SHARE * self.volume;
        let step = ask * 1.01 * steps.base;
        let levels = f64::from(2 * (LEVELS_BEHIND + 1));
        let least = (2.0 * value - levels * step) * (1.0 - NOISE);
        (value * TOUCH_SHARE > 2.0 * step).then_some((least, 2.0 * value * (1.0 + NOISE)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Catalog;
    use crate::model_book::model_book;

    fn place(product: &Product, volume: f64) -> (Place, Steps) {
        let steps = Steps::of(product);
        (Place { volume, thinness: thinness(volume), ..Place::of(steps) }, steps.unwrap())
    }

    fn limits() -> Limits {
        Limits { spreads: vec![20.0, 35.0, 60.0], depths: vec![1e4, 25e3, 1e5] }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        /// Whatever the product, its price and its volume, a glance says what the book says.
        #[test]
        fn a_glance_says_what_the_book_says(
            at in 0_usize..90, ticks in 1.0_f64..1e9, exact in any::<bool>(), volume in 3.0_f64..11.0,
            away in 0.0_f64..=1.0,
        ) {
            let catalog = Catalog::embedded().unwrap();
            let product = catalog.products().get(at % catalog.products().len()).unwrap();
            let (place, steps) = place(product, 10_f64.powf(volume));
            let mid = if exact { steps.price(ticks.round()) } else { ticks * steps.tick };
            let (now, limits) = (Timestamp::from_secs(0), limits());
            let own = model_touch(product, mid, place.volume);
            if let Some(quick) = place.prices(&steps, mid) {
                prop_assert_eq!(Some(quick), own);
                prop_assert_eq!(format!("{quick:?}"), format!("{:?}", own.unwrap()));
            }
            let seen = place.see(mid, &limits);
            let Some((told_spread, told_depth)) = seen.width else { return Ok(()) };
            // Anywhere in the span that it was told for.
            let other = (seen.from + away * (seen.to - seen.from)).clamp(seen.from, seen.to);
            for mid in [mid, other] {
                let book = model_book(product, mid, place.volume, now).unwrap();
                prop_assert_eq!(book.fault(), None);
                let quote = book.quote().unwrap();
                prop_assert_eq!(model_touch(product, mid, place.volume), Some((quote.bid, quote.ask)));
                let (spread, depth) = (book.quote().unwrap().spread_bps(), book.depth_20bps().unwrap());
                prop_assert!(told_depth <= depth, "{} {}", told_depth, depth);
                prop_assert!(told_spread >= spread, "{} {}", told_spread, spread);
                for limit in &limits.depths {
                    prop_assert_eq!(depth < *limit, told_depth < *limit);
                }
                for limit in &limits.spreads {
                    prop_assert_eq!(spread > *limit, told_spread > *limit);
                }
            }
            if let Some((told_spread, _)) = place.at(&steps, mid, &limits) {
                let quote = model_book(product, mid, place.volume, now).unwrap().quote().unwrap();
                let told = limits.spread(quote.spread_bps());
                prop_assert_eq!(told_spread.to_bits(), told.to_bits(), "{:?}", quote);
            }
        }
    }

    #[test]
    fn most_prices_of_a_market_need_no_book() {
        let catalog = Catalog::embedded().unwrap();
        let product = catalog.get(&"BTC-USD".parse().unwrap()).unwrap();
        let (place, steps) = place(product, 1e9);
        let prices = (0..1000).map(|n| steps.price(f64::from(4_000_000 + 37 * n)));
        let seen = prices.filter(|mid| place.at(&steps, *mid, &limits()).is_some()).count();
        assert!(seen > 990, "{seen}");
    }
}
