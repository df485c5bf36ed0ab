//! A market made for rehearsals: whatever the clock says, every five minutes half of its products
//! have just risen enough to be worth buying, and everything moves enough for orders to fill.

use domain::{Bar, Bars, Granularity, ProductId, Timestamp};
use exchange_sim::{Catalog, Recorded};

/// The products of the shipped configuration, with a price each.
const PRODUCTS: [(&str, f64); 14] = [
    ("ADA-USD", 0.5),
    ("ALGO-USD", 0.2),
    ("ATOM-USD", 8.0),
    ("AVAX-USD", 30.0),
    ("BTC-USD", 60_000.0),
    ("DOGE-USD", 0.2),
    ("DOT-USD", 6.0),
    ("ETH-USD", 3_000.0),
    ("HBAR-USD", 0.15),
    ("LINK-USD", 15.0),
    ("SOL-USD", 150.0),
    ("UNI-USD", 8.0),
    ("XLM-USD", 0.1),
    ("XRP-USD", 0.6),
];
/// Dollars a day: an order of hundreds fills in part when it rests for seconds.
const VOLUME_24H: f64 = 20_000_000.0;
pub(crate) const MINUTE: i64 = 60;
/// How long before and after the beginning there are prices.
const BEFORE_MINUTES: i64 = 370 * 60;
const AFTER_MINUTES: i64 = 3 * 60;
/// Before this it moved less, so that moves of today stand out.
const LIVELY_MINUTES: i64 = 24 * 60;

/// One product's way: up and down again within ten minutes, half of them while the others fall.
struct Way {
    price: f64,
    /// How far up, as a share.
    swing: f64,
    /// How far a minute goes beyond its ends, as a share.
    noise: f64,
    phase: i64,
}

impl Way {
    /// Every second product moves so much within a minute that stops and targets are met.
    fn of(at: usize, price: f64) -> Self {
        let (swing, noise) = if at.is_multiple_of(2) { (0.03, 0.015) } else { (0.016_5, 0.001_5) };
        Self { price, swing, noise, phase: if (at / 2).is_multiple_of(2) { 0 } else { 5 } }
    }

    /// The price at a whole minute since 1970.
    fn at(&self, minute: i64, lively_from: i64) -> f64 {
        let within = (minute + self.phase).rem_euclid(10);
        let share = if within <= 5 { within } else { 10 - within } as f64 / 5.0;
        let (swing, drift) = (self.swing * calm(minute, lively_from), (minute as f64 / 60.0).sin());
        self.price * (1.0 + swing * share) * (1.0 + 0.002 * drift)
    }
}

fn calm(minute: i64, lively_from: i64) -> f64 {
    if minute < lively_from { 0.4 } else { 1.0 }
}

/// What becomes cheaper, and from which moment on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fall {
    pub(crate) at: Timestamp,
    /// One product, or all.
    pub(crate) of: Option<ProductId>,
    /// What is left of its price, as a share.
    pub(crate) left: f64,
}

/// What a product costs at a whole minute since 1970, in the market that begins at a moment.
pub(crate) fn price_at(begins: Timestamp, of: ProductId, minute: i64) -> Option<f64> {
    let place = PRODUCTS.iter().position(|(name, _)| *name == of.as_str())?;
    let (_, price) = PRODUCTS.get(place)?;
    let lively_from = begins.secs().div_euclid(MINUTE) - LIVELY_MINUTES;
    Some(Way::of(place, *price).at(minute, lively_from))
}

/// The market around a moment.
pub(crate) fn market(begins: Timestamp, fall: Option<Fall>) -> Recorded {
    let now = begins.secs().div_euclid(MINUTE);
    let series = PRODUCTS.iter().enumerate().map(|(at, (name, price))| {
        let product: ProductId = name.parse().unwrap();
        let falls = fall.filter(|fall| fall.of.is_none_or(|of| of == product));
        let falls =
            falls.map_or((i64::MAX, 1.0), |fall| (fall.at.secs().div_euclid(MINUTE), fall.left));
        (product, bars(&Way::of(at, *price), now, falls))
    });
    Recorded::new(&Catalog::embedded().unwrap(), series, Vec::new())
}

fn bars(way: &Way, now: i64, (falls, fallen): (i64, f64)) -> Bars {
    let (first, end) = (now - BEFORE_MINUTES, now + AFTER_MINUTES);
    let lively_from = now - LIVELY_MINUTES;
    let price = |minute: i64| {
        let left = if minute > falls { fallen } else { 1.0 };
        left * way.at(minute, lively_from)
    };
    let volume = VOLUME_24H / 1_440.0 / way.price;
    let mut bars = Bars::with_capacity(Granularity::M1, usize::try_from(end - first).unwrap());
    for minute in first..end {
        let (open, close) = (price(minute), price(minute + 1));
        let noise = way.noise * calm(minute, lively_from);
        let (high, low) = (open.max(close) * (1.0 + noise), open.min(close) * (1.0 - noise));
        let start = Timestamp::from_secs(minute * MINUTE);
        bars.push(Bar { start, open, high, low, close, volume }).unwrap();
    }
    bars
}
