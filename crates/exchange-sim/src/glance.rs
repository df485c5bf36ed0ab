//! What modelled books say, without making them: the same spread to the bit, and a depth that is on
//! the same side of every floor.

use domain::{Glance, Product, Quote, Side, Timestamp};
use rust_decimal::prelude::ToPrimitive as _;

use crate::market::Market;
use crate::model_book::{LEVELS_BEHIND, SIDE_SHARE, TOUCH_SHARE, model_quote, spread_of, thinness};
use crate::venue::SimVenue;

/// An older price is of no use: as for a book.
const REACH_SECS: i64 = 2 * 86_400;
/// Between a double and its fifteen digits lie at most half of this, relatively.
const NOISE: f64 = 1e-13;
/// Prices of so many digits are the same as doubles and as decimals.
const MOST_UNITS: f64 = 1e14;

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
    /// How wide it is.
    Width,
    /// Its prices and sizes as well.
    Exact,
}

/// Where a reader stands in each product's bars. Its clock moves on and never back.
#[derive(Debug, Clone, Default)]
pub struct Glancer {
    places: Vec<Place>,
    /// No depth is told that could be on either side of one of these.
    floors: Vec<f64>,
}

#[derive(Debug, Clone, Default)]
struct Place {
    steps: Option<Steps>,
    /// How many bars are closed.
    closed: usize,
    /// The end of the hours that the volume is of.
    hours_end: Option<Timestamp>,
    volume: f64,
    thinness: f64,
    /// What was seen last, at this close.
    seen: Option<(f64, Glimpse)>,
    /// The touch of that.
    quote: Option<Quote>,
}

/// A product's steps as doubles.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Steps {
    /// The price increment in units of its last digit, and how many of those are one.
    units: f64,
    scale: f64,
    tick: f64,
    base: f64,
}

impl Steps {
    fn of(product: &Product) -> Option<Self> {
        let limits = &product.limits;
        let tick = limits.price_increment.normalize();
        let scale = i32::try_from(tick.scale()).ok().filter(|scale| *scale <= 15)?;
        Some(Self {
            units: tick.mantissa().to_f64().filter(|units| *units >= 1.0 && *units < 1e6)?,
            scale: 10_f64.powi(scale),
            tick: tick.to_f64()?,
            base: limits.base_increment.to_f64()?,
        })
    }

    /// The price of so many steps: the double that is nearest to it.
    fn price(&self, steps: f64) -> f64 {
        steps * self.units / self.scale
    }

    /// How many steps a price is, with what is over; `None` so near to a whole one that only exact
    /// numbers tell on which side.
    fn whole(&self, price: f64) -> Option<f64> {
        let steps = price / self.tick;
        let near = (steps - steps.round()).abs();
        (steps * self.units < MOST_UNITS && near > steps * NOISE + 1e-9).then(|| steps.floor())
    }
}

impl Glancer {
    /// A reader at the beginning, for one who compares depths with these floors.
    pub fn new(floors: impl IntoIterator<Item = f64>) -> Self {
        Self { places: Vec::new(), floors: floors.into_iter().collect() }
    }
}

impl SimVenue {
    /// What the book of the product at a position of [`SimVenue::products`] says now, with its touch
    /// if asked. Where bars are not recorded only books tell.
    pub fn glimpse(&self, at: usize, glancer: &mut Glancer, touch: Touch) -> Glimpse {
        let Market::Recorded(market) = &self.market else { return Glimpse::Unclear };
        if market.is_gap(self.now) {
            return Glimpse::Nothing;
        }
        let (Some(bars), Some(product)) = (market.series(at), market.products().get(at)) else {
            return Glimpse::Nothing;
        };
        let Glancer { places, floors } = glancer;
        while places.len() <= at {
            let product = market.products().get(places.len());
            places.push(Place { steps: product.and_then(Steps::of), ..Place::default() });
        }
        let Some(place) = places.get_mut(at) else { return Glimpse::Unclear };
        let (starts, length) = (bars.starts(), bars.granularity().secs());
        while starts.get(place.closed).is_some_and(|start| start.plus_secs(length) <= self.now) {
            place.closed += 1;
        }
        let Some(newest) = place.closed.checked_sub(1) else { return Glimpse::Nothing };
        let (Some(start), Some(close)) = (starts.get(newest), bars.closes().get(newest)) else {
            return Glimpse::Nothing;
        };
        if *start < self.now.plus_secs(-REACH_SECS) {
            return Glimpse::Nothing;
        }
        if !self.taken.is_empty() && self.is_taken(product, start.plus_secs(length)) {
            return Glimpse::Unclear;
        }
        let hours_end = self.now.floor_secs(length.max(3600));
        if place.hours_end.replace(hours_end) != Some(hours_end) {
            place.volume = market.quote_volume_24h(at, self.now);
            place.thinness = thinness(place.volume);
            place.seen = None;
        }
        let glimpse = place.glimpse(*close, floors);
        match (glimpse, touch) {
            (Glimpse::Seen(glance), Touch::Exact) => {
                place.with_quote(product, *close, glance, self.now)
            }
            (other, _) => other,
        }
    }

    /// Whether own orders took from this product's book since its last bar.
    fn is_taken(&self, product: &Product, end: Timestamp) -> bool {
        let taken = |side| self.taken.get(&(product.id, side));
        [Side::Buy, Side::Sell].into_iter().filter_map(taken).any(|(when, _)| *when == end)
    }
}

impl Place {
    /// What the book says around a price, made anew when the price is another one.
    fn glimpse(&mut self, close: f64, floors: &[f64]) -> Glimpse {
        match self.seen {
            Some((seen, glimpse)) if seen.to_bits() == close.to_bits() => glimpse,
            _ => {
                let glance = self.steps.and_then(|steps| self.glance(&steps, close, floors));
                let glimpse = glance.map_or(Glimpse::Unclear, Glimpse::Seen);
                (self.seen, self.quote) = (Some((close, glimpse)), None);
                glimpse
            }
        }
    }

    fn with_quote(
        &mut self,
        product: &Product,
        close: f64,
        seen: Glance,
        now: Timestamp,
    ) -> Glimpse {
        if self.quote.is_none() {
            self.quote = model_quote(product, close, self.volume, now);
        }
        match &mut self.quote {
            Some(quote) => {
                quote.at = now;
                Glimpse::Seen(Glance { quote: Some(*quote), ..seen })
            }
            None => Glimpse::Unclear,
        }
    }

    /// Spread and depth of the modelled book around a price; `None` where only exact numbers tell.
    fn glance(&self, steps: &Steps, mid: f64, floors: &[f64]) -> Option<Glance> {
        let spread = spread_of(mid, self.thinness, steps.tick);
        let bid = steps.whole(mid - 0.5 * spread)?;
        let bid_price = steps.price(bid);
        // Up, and never at the bid.
        let ask =
            if spread <= steps.tick { bid + 1.0 } else { steps.whole(bid_price + spread)? + 1.0 };
        let ask_price = steps.price(ask.max(bid + 1.0));
        // Each level is rounded down by less than a step of its size.
        let value = SIDE_SHARE * self.volume;
        let step = ask_price * 1.01 * steps.base;
        let levels = f64::from(2 * (LEVELS_BEHIND + 1));
        let (most, least) =
            (2.0 * value * (1.0 + NOISE), (2.0 * value - levels * step) * (1.0 - NOISE));
        let told = bid >= 1.0
            && value * TOUCH_SHARE > 2.0 * step
            && floors.iter().all(|floor| *floor < least || most < *floor);
        told.then(|| Glance {
            quote: None,
            spread_bps: (ask_price - bid_price) / (0.5 * (ask_price + bid_price)) * 1e4,
            depth_20bps: least,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Catalog;
    use crate::model_book::model_book;

    fn place(product: &Product, volume: f64) -> (Place, Steps) {
        let place = Place { volume, thinness: thinness(volume), ..Place::default() };
        (place, Steps::of(product).unwrap())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        /// Whatever the product, its price and its volume, a glance says what the book says.
        #[test]
        fn a_glance_says_what_the_book_says(
            at in 0_usize..90, ticks in 1.0_f64..1e9, exact in any::<bool>(), volume in 3.0_f64..11.0,
        ) {
            let catalog = Catalog::embedded().unwrap();
            let product = catalog.products().get(at % catalog.products().len()).unwrap();
            let (place, steps) = place(product, 10_f64.powf(volume));
            let mid = if exact { steps.price(ticks.round()) } else { ticks * steps.tick };
            let floors = [1e4, 25e3, 1e5];
            let Some(glance) = place.glance(&steps, mid, &floors) else { return Ok(()) };
            let book = model_book(product, mid, place.volume, Timestamp::from_secs(0)).unwrap();
            prop_assert_eq!(book.fault(), None);
            let quote = book.quote().unwrap();
            let own = model_quote(product, mid, place.volume, Timestamp::from_secs(0));
            prop_assert_eq!(own, Some(quote));
            prop_assert_eq!(glance.spread_bps.to_bits(), quote.spread_bps().to_bits(), "{:?}", quote);
            let depth = book.depth_20bps().unwrap();
            prop_assert!(glance.depth_20bps <= depth, "{} {}", glance.depth_20bps, depth);
            for floor in floors {
                prop_assert_eq!(depth < floor, glance.depth_20bps < floor);
            }
        }
    }

    #[test]
    fn most_prices_of_a_market_need_no_book() {
        let catalog = Catalog::embedded().unwrap();
        let product = catalog.get(&"BTC-USD".parse().unwrap()).unwrap();
        let (place, steps) = place(product, 1e9);
        let prices = (0..1000).map(|n| steps.price(f64::from(4_000_000 + 37 * n)));
        let seen = prices.filter(|mid| place.glance(&steps, *mid, &[25e3]).is_some()).count();
        assert!(seen > 990, "{seen}");
    }
}
