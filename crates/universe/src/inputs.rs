//! What a selection read: with the same of every product it is the same selection.

use domain::{Absent, Features, ProductId, ProductMarket, ProductStatus, Regime, Timestamp};

use crate::Policy;
use crate::plan::Slot;
use crate::select::find;

/// How a caller knows, without looking at each product, that a selection would read the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Another one whenever a product, its features, its spread or its depth may be others.
    pub version: u64,
    /// When the touches of all products that have one were vouched for.
    pub quotes: Timestamp,
    /// Through when the candles of all products were passed.
    pub candles: Timestamp,
}

/// What the last selection read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inputs {
    /// When it was made, in which weather, and until when no flag and no event ends.
    made: Option<(Timestamp, Regime, Option<Timestamp>)>,
    products: Vec<Input>,
    /// A version at which all products read the same, and how old their quotes and candles were.
    same_at: Option<(u64, Age, Age)>,
    /// What a caller had seen who asked last, until a selection is made.
    asked: Option<(Timestamp, (u64, Age, Age))>,
}

/// Of one product, beside its name's place in the policy.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Input {
    product: ProductId,
    status: ProductStatus,
    volume: Option<Result<u64, Absent>>,
    hours: u32,
    spread: Option<u64>,
    depth: Option<u64>,
    quote: Age,
    candles: Age,
}

/// How old something is, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Age {
    Absent,
    Fresh,
    Stale,
}

impl Age {
    fn of(at: Option<Timestamp>, max_secs: u32, now: Timestamp) -> Self {
        match at {
            None => Self::Absent,
            Some(at) if at.plus_secs(i64::from(max_secs)) < now => Self::Stale,
            Some(_) => Self::Fresh,
        }
    }
}

impl Input {
    #[inline]
    fn of(
        policy: &Policy,
        market: &ProductMarket,
        features: Option<&Features>,
        now: Timestamp,
    ) -> Self {
        let hour = features.and_then(|features| features.hour.as_ref());
        let touch = market.quote.is_some() || market.is_glance();
        Self {
            product: market.product.id,
            status: market.product.status,
            volume: hour.map(|hour| hour.quote_volume_24h.map(f64::to_bits)),
            hours: features.map_or(0, |features| features.closed_hours),
            spread: market.spread_bps.map(f64::to_bits),
            depth: market.depth_20bps.map(f64::to_bits),
            quote: Age::of(market.quote_vouched.filter(|_| touch), policy.quote_max_age_secs, now),
            candles: Age::of(market.candles_through, policy.candle_max_age_secs, now),
        }
    }
}

impl Inputs {
    /// Takes note of a selection.
    pub(crate) fn note(
        &mut self,
        policy: &Policy,
        slots: &[Slot],
        now: Timestamp,
        regime: Regime,
        (products, features): (&[ProductMarket], &[Features]),
    ) {
        let ends = slots.iter().flat_map(|slot| [slot.flagged_until, slot.event_until]);
        self.made = Some((now, regime, ends.flatten().filter(|end| now < *end).min()));
        let inputs = products.iter().enumerate().map(|(at, market)| {
            Input::of(policy, market, find(features, at, &market.product.id), now)
        });
        self.products.clear();
        self.products.extend(inputs);
        // Who asks and then selects has it read what was seen.
        self.same_at = self.asked.take().filter(|(at, _)| *at == now).map(|(_, seen)| seen);
    }

    /// Forgets it: the next one is made.
    pub(crate) const fn forget(&mut self) {
        self.made = None;
    }

    /// Whether one of now would read the same.
    pub(crate) fn are(
        &mut self,
        policy: &Policy,
        now: Timestamp,
        regime: Regime,
        (products, features): (&[ProductMarket], &[Features]),
        seen: Option<Seen>,
    ) -> bool {
        let seen = seen.map(|seen| {
            let quotes = Age::of(Some(seen.quotes), policy.quote_max_age_secs, now);
            let candles = Age::of(Some(seen.candles), policy.candle_max_age_secs, now);
            (seen.version, quotes, candles)
        });
        self.asked = seen.map(|seen| (now, seen));
        let Some((made, weather, until)) = self.made else { return false };
        if made > now || weather != regime || until.is_some_and(|until| until <= now) {
            return false;
        }
        if seen.is_some() && self.same_at == seen {
            return true;
        }
        let same = self.products.len() == products.len()
            && self.products.iter().zip(products).enumerate().all(|(at, (input, market))| {
                *input == Input::of(policy, market, find(features, at, &market.product.id), now)
            });
        self.same_at = seen.filter(|_| same);
        same
    }
}
