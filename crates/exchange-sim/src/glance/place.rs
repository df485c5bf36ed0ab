//! What the modelled book of one product says around its price.

use domain::{Bars, Price, Product, Timestamp};

use super::Limits;
use super::steps::{NOISE, Steps};
use crate::model_book::{LEVELS_BEHIND, SIDE_SHARE, TOUCH_SHARE, model_touch, spread_of, thinness};

/// What is told holds up to the first of these shares above and below a price within which no limit is.
const SPANS: [f64; 3] = [0.05, 0.01, 0.002];
/// So many bars are looked through at once for the first that leaves a span.
const AHEAD: usize = 60;
/// And so many of them in one step.
const AT_ONCE: usize = 12;
/// What rounding of doubles can change of a spread or a depth, relatively.
const SLACK: f64 = 1e-9;

/// A product's market as far as its reader knows it.
#[derive(Debug, Clone)]
pub(super) struct Place {
    steps: Option<Steps>,
    /// How many bars are closed.
    closed: usize,
    /// How often something had been taken from any book when it was nothing from this one's bar.
    pub(super) untaken: u64,
    /// The end of the hours that the volume is of.
    pub(super) hours_end: Option<Timestamp>,
    volume: f64,
    thinness: f64,
    /// What was seen last.
    seen: Option<Seen>,
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

impl Place {
    pub(super) const fn of(steps: Option<Steps>) -> Self {
        Self {
            steps,
            closed: 0,
            untaken: 0,
            hours_end: None,
            volume: 0.0,
            thinness: 0.0,
            seen: None,
            touch: None,
        }
    }

    /// Takes note of another day's volume: what was seen before is not so any more.
    pub(super) fn turned_over(&mut self, volume: f64) {
        (self.volume, self.thinness) = (volume, thinness(volume));
        (self.seen, self.touch) = (None, None);
    }

    /// The newest bar that starts at a moment or earlier: its place, its start and its close. The moment
    /// is not before that of the last time.
    pub(super) fn newest(
        &mut self,
        bars: &Bars,
        last: Timestamp,
    ) -> Option<(usize, Timestamp, f64)> {
        let starts = bars.starts();
        while starts.get(self.closed).is_some_and(|start| *start <= last) {
            self.closed += 1;
        }
        let at = self.closed.checked_sub(1)?;
        Some((at, *starts.get(at)?, *bars.closes().get(at)?))
    }

    /// Spread and depth around a price, made anew when the price leaves the span of what was seen.
    pub(super) fn width(&mut self, close: f64, limits: &Limits) -> Option<(f64, f64)> {
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
    pub(super) fn left(&self, bars: &Bars, newest: usize) -> Timestamp {
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
    pub(super) fn prices_at(&mut self, product: &Product, close: f64) -> Option<(Price, Price)> {
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
        Some((steps.exact(bid)?, steps.exact(ask)?))
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
