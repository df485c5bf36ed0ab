//! Candles of what was traded, coarse enough to be looked at.

use domain::{Bar, ProductId, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;

use super::TradeRow;
use crate::Data;

/// No product has more candles than this.
const MOST_CANDLES: i64 = 320;
/// No more products have any: those with most trades.
const MOST_PRODUCTS: usize = 24;
const DAY_SECS: i64 = 86_400;
/// What a candle may be of, seconds; all divide their successors' days or are whole days.
const LENGTHS: [i64; 15] = [
    60,
    300,
    900,
    1800,
    3600,
    2 * 3600,
    4 * 3600,
    6 * 3600,
    12 * 3600,
    DAY_SECS,
    2 * DAY_SECS,
    4 * DAY_SECS,
    7 * DAY_SECS,
    14 * DAY_SECS,
    28 * DAY_SECS,
];

/// A product's candles over the span.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chart {
    /// Whose.
    pub product: ProductId,
    /// Seconds of a candle.
    pub secs: i64,
    /// Those in which anything was traded.
    pub candles: Vec<Candle>,
}

/// One candle: start in seconds since 1970, open, high, low, close.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Candle(pub i64, pub f64, pub f64, pub f64, pub f64);

impl Chart {
    /// Candles of the products with most trades, in the order of how many they had.
    pub(crate) fn all(rows: &[TradeRow], data: &Data, from: Timestamp, to: Timestamp) -> Vec<Self> {
        let mut trades: BTreeMap<ProductId, usize> = BTreeMap::new();
        for row in rows {
            *trades.entry(row.pair).or_default() += 1;
        }
        let mut products: Vec<_> = trades.into_iter().collect();
        products.sort_by_key(|(product, many)| (core::cmp::Reverse(*many), *product));
        products.truncate(MOST_PRODUCTS);
        let series = |product| data.series.iter().find(|one| one.product == product);
        products
            .iter()
            .filter_map(|(product, _)| Some(Self::of(series(*product)?, from, to)))
            .collect()
    }

    fn of(one: &crate::Series, from: Timestamp, to: Timestamp) -> Self {
        let span = to.secs_since(from).max(1);
        let finest = one.bars.granularity().secs();
        let fits = |secs: &&i64| **secs >= finest && span / **secs < MOST_CANDLES;
        let secs = LENGTHS.iter().find(fits).copied().unwrap_or(28 * DAY_SECS);
        let (first, end) = (one.bars.position(from), one.bars.closed_len(to));
        let mut candles: Vec<Candle> = Vec::new();
        for bar in (first..end).filter_map(|at| one.bars.get(at)) {
            let start = bar.start.floor_secs(secs).secs();
            match candles.last_mut() {
                Some(last) if last.0 == start => last.add(&bar),
                _ => candles.push(Candle(start, bar.open, bar.high, bar.low, bar.close)),
            }
        }
        Self { product: one.product, secs, candles }
    }
}

impl Candle {
    fn add(&mut self, bar: &Bar) {
        self.2 = self.2.max(bar.high);
        self.3 = self.3.min(bar.low);
        self.4 = bar.close;
    }
}
