//! What modelled books say, without making them: a spread and a depth that are on the same side of
//! every limit as the book's own. They are told for a span of prices, and anew only beyond it.

mod place;
mod steps;

use domain::{Glance, Product, Side, Timestamp};

use self::place::Place;
use self::steps::Steps;
use crate::market::Market;
use crate::recorded::Recorded;
use crate::venue::SimVenue;

/// An older price is of no use: as for a book.
const REACH_SECS: i64 = 2 * 86_400;
const HOUR_SECS: i64 = 3600;
/// Before every moment.
const NEVER: Timestamp = Timestamp::from_millis(i64::MIN);

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
    /// Its prices as well.
    Exact,
}

/// Where a reader stands in each product's bars. Its clock moves on and never back.
#[derive(Debug, Clone, Default)]
pub struct Glancer {
    places: Vec<Place>,
    /// Before these moments no bar closes that leaves the span of what was seen, and no hour does; as long
    /// as nothing is taken from any book.
    calm_until: Vec<Timestamp>,
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

impl Glancer {
    /// A reader at the beginning, for one who compares with these limits.
    pub const fn new(limits: Limits) -> Self {
        Self { places: Vec::new(), calm_until: Vec::new(), limits, moment: None }
    }

    /// Whether the width that was last told of a product's touch holds without another look, at the
    /// moment of the [arrival](SimVenue::arrive).
    #[inline]
    pub fn is_calm(&self, at: usize) -> bool {
        let (Some(moment), Some(until)) = (&self.moment, self.calm_until.get(at)) else {
            return false;
        };
        moment.now < *until && !moment.is_gap
    }

    /// Takes note of the moment, where it is another one.
    #[inline]
    fn arrive(&mut self, market: &Recorded, now: Timestamp, takes: u64) {
        if self.moment.is_none_or(|moment| moment.now != now || moment.takes != takes) {
            if self.moment.is_some_and(|moment| moment.takes != takes) {
                self.calm_until.fill(NEVER);
            }
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
        let Glancer { places, calm_until, limits, moment: Some(moment) } = glancer else {
            return Glimpse::Nothing;
        };
        let (Some(bars), Some(product)) = (market.series(at), market.products().get(at)) else {
            return Glimpse::Nothing;
        };
        while places.len() <= at {
            let product = market.products().get(places.len());
            places.push(Place::of(product.and_then(Steps::of)));
            calm_until.push(NEVER);
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
            place.turned_over(market.quote_volume_24h(at, self.now));
        }
        let width = place.width(close, limits);
        let exact = match touch {
            Touch::Exact => width.and_then(|_| place.prices_at(product, close)),
            Touch::Width => {
                let left = place.left(bars, newest).min(moment.hour_end.plus_secs(HOUR_SECS));
                if let Some(until) = calm_until.get_mut(at) {
                    *until = left.min(start.plus_secs(REACH_SECS));
                }
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
