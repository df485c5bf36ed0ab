//! A market that was: bars from a directory, shown up to the clock and no further.

use std::sync::Arc;

use domain::{Bar, Bars, Gap, Product, ProductId, Timestamp};

use crate::catalog::Catalog;

/// Recorded bars of the products whose increments are known. Clones share them, and what is worked out
/// of them.
#[derive(Debug, Clone)]
pub struct Recorded {
    products: Vec<Product>,
    /// Aligned with the products.
    series: Vec<Arc<Bars>>,
    /// The same by the hour (by the bar, where bars are longer): a day's volume costs 24 reads.
    hours: Vec<Arc<Hours>>,
    gaps: Vec<Gap>,
    /// The latest end of the gaps up to each.
    gap_ends: Vec<Timestamp>,
    unknown: Vec<ProductId>,
}

/// The hours that traded, by their starts.
#[derive(Debug, Clone, Default)]
struct Hours {
    starts: Vec<Timestamp>,
    /// Where the bars of each begin.
    rows: Vec<usize>,
    /// What each turned over, quote units.
    turnovers: Vec<f64>,
}

impl Hours {
    /// Hourly volume × hourly close.
    fn of(bars: &Bars) -> Self {
        let mut hours = Self::default();
        for (start, rows) in bars.spans(0..bars.len(), bucket(bars)) {
            let volumes = bars.volumes().get(rows.clone()).unwrap_or_default();
            let close = bars.closes().get(rows.clone()).and_then(<[f64]>::last);
            let close = close.copied().unwrap_or_default();
            hours.starts.push(start);
            hours.rows.push(rows.start);
            hours.turnovers.push(volumes.iter().fold(0.0, |sum, volume| sum + volume) * close);
        }
        hours
    }

    /// The place of the first that starts at a whole hour (of `secs`) or later.
    fn position(&self, hour: Timestamp, secs: i64) -> usize {
        let Some(first) = self.starts.first() else { return 0 };
        // Where none is absent it is as far on as the time says; absent ones bring it nearer.
        let ahead = hour.secs_since(*first).max(0) / secs;
        let most = usize::try_from(ahead).unwrap_or(usize::MAX).min(self.starts.len());
        match self.starts.get(most) {
            Some(start) if *start == hour => most,
            _ => {
                let before = self.starts.get(..most).unwrap_or_default();
                before.partition_point(|start| *start < hour)
            }
        }
    }
}

/// The span that volumes are taken over, seconds.
fn bucket(bars: &Bars) -> i64 {
    bars.granularity().secs().max(3600)
}

impl Recorded {
    /// A market from one series a product. Products that the catalog lacks are set aside, since
    /// nothing can be ordered without increments; of two series of one product the first is used.
    pub fn new<B: Into<Arc<Bars>>>(
        catalog: &Catalog,
        series: impl IntoIterator<Item = (ProductId, B)>,
        mut gaps: Vec<Gap>,
    ) -> Self {
        let mut sorted: Vec<(_, Arc<Bars>)> =
            series.into_iter().map(|(id, bars)| (id, bars.into())).collect();
        sorted.sort_by_key(|(id, _)| *id);
        sorted.dedup_by_key(|(id, _)| *id);
        gaps.sort_by_key(|gap| gap.from);
        let ends = gaps.iter().scan(None, |latest, gap| {
            *latest = (*latest).max(Some(gap.to));
            *latest
        });
        let gap_ends = ends.collect();
        let mut market = Self {
            products: Vec::with_capacity(sorted.len()),
            series: Vec::with_capacity(sorted.len()),
            hours: Vec::with_capacity(sorted.len()),
            gaps,
            gap_ends,
            unknown: Vec::new(),
        };
        for (id, bars) in sorted {
            match catalog.get(&id) {
                Some(product) => {
                    market.products.push(*product);
                    market.hours.push(Arc::new(Hours::of(&bars)));
                    market.series.push(bars);
                }
                None => market.unknown.push(id),
            }
        }
        market
    }

    /// Products with increments, sorted by id.
    pub fn products(&self) -> &[Product] {
        &self.products
    }

    /// Products with bars and without increments, sorted by id.
    pub fn unknown(&self) -> &[ProductId] {
        &self.unknown
    }

    /// From the first bar's start to the last bar's end, over all products with increments.
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let starts = self.series.iter().filter_map(|bars| bars.starts().first());
        let ends = self.series.iter().filter_map(|bars| bars.end());
        Some((*starts.min()?, ends.max()?))
    }

    /// The spans without data that touch `[from, to]`.
    pub fn gaps(&self, from: Timestamp, to: Timestamp) -> Vec<Gap> {
        let touches = |gap: &&Gap| gap.from < to && from < gap.to;
        self.gaps.iter().filter(touches).copied().collect()
    }

    /// Whether `now` lies in a gap.
    pub(crate) fn is_gap(&self, now: Timestamp) -> bool {
        let begun = self.gaps.partition_point(|gap| gap.from <= now);
        let end = begun.checked_sub(1).and_then(|newest| self.gap_ends.get(newest));
        end.is_some_and(|end| now < *end)
    }

    /// Hourly volume × hourly close over the last 24 closed hours (longer bars: over the bars that
    /// closed in them), in quote units.
    pub(crate) fn quote_volume_24h(&self, at: usize, now: Timestamp) -> f64 {
        let (Some(bars), Some(hours)) = (self.series.get(at), self.hours.get(at)) else {
            return 0.0;
        };
        let end = now.floor_secs(bucket(bars));
        let position = |moment: Timestamp| hours.position(moment, bucket(bars));
        let day = position(end.plus_secs(-86_400))..position(end);
        hours.turnovers.get(day).unwrap_or_default().iter().fold(0.0, |sum, hour| sum + hour)
    }

    /// The series of a product, by position, for one who shares it.
    pub(crate) fn shared(&self, at: usize) -> Option<&Arc<Bars>> {
        self.series.get(at)
    }

    /// The series of a product, by position.
    pub(crate) fn series(&self, at: usize) -> Option<&Bars> {
        self.series.get(at).map(Arc::as_ref)
    }

    /// Reads a row of each of these products, and nothing of it is used: columns of many products lie far
    /// apart in memory, and those that are asked for at once come together.
    pub(crate) fn fetch(&self, rows: impl Iterator<Item = (usize, usize)>) {
        let bits = rows.filter_map(|(at, row)| {
            let Bar { start, open, high, low, close, volume } = self.series(at)?.get(row)?;
            let prices = open.to_bits() ^ high.to_bits() ^ low.to_bits() ^ close.to_bits();
            Some(start.millis().cast_unsigned() ^ prices ^ volume.to_bits())
        });
        core::hint::black_box(bits.fold(0, |all, one| all ^ one));
    }

    /// The bars that start at `from` or later and are closed at `to`, as one.
    pub(crate) fn merged(&self, at: usize, from: Timestamp, to: Timestamp) -> Option<Bar> {
        let (bars, from) = (self.series(at)?, self.position(at, from));
        bars.merged(from..bars.closed_from(from, to))
    }

    /// The place of a product's first bar that starts at a moment or later: not looked for in columns of
    /// months where its hour is known.
    fn position(&self, at: usize, from: Timestamp) -> usize {
        let (Some(bars), Some(hours)) = (self.series(at), self.hours.get(at)) else { return 0 };
        let hour = hours.position(from.floor_secs(bucket(bars)), bucket(bars));
        let row = hours.rows.get(hour).copied().unwrap_or(bars.len());
        bars.position_from(row, from)
    }

    /// The same, from a place before which all bars start earlier; it moves on to the end of the span.
    pub(crate) fn next_merged(
        &self,
        at: usize,
        next: &mut usize,
        from: Timestamp,
        to: Timestamp,
    ) -> Option<Bar> {
        let bars = self.series(at)?;
        let first = bars.position_from(*next, from);
        let length = bars.granularity().secs();
        let later = bars.starts().get(first..).unwrap_or_default();
        // A few of them, one after the other.
        let closed = later.iter().take_while(|start| start.plus_secs(length) <= to).count();
        *next = first + closed;
        bars.merged(first..*next)
    }

    pub(crate) fn bars(
        &self,
        at: usize,
        from: Timestamp,
        to: Timestamp,
    ) -> impl DoubleEndedIterator<Item = Bar> {
        let rows = self.position(at, from)..self.position(at, to);
        self.series(at).into_iter().flat_map(move |bars| rows.clone().filter_map(|i| bars.get(i)))
    }
}

#[cfg(test)]
mod tests {
    use domain::Granularity;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// By its hour a bar is found where a search through all of them finds it.
        #[test]
        fn a_bar_is_found_by_its_hour(
            pauses in prop::collection::vec(prop_oneof![8 => Just(1_i64), 2 => 2_i64..50, 1 => 50_i64..4000], 1..200),
            first in 0_i64..10_000, from in -5_000_i64..400_000,
        ) {
            let (mut bars, mut minute) = (Bars::with_capacity(Granularity::M1, pauses.len()), first);
            for pause in pauses {
                minute += pause;
                let start = Timestamp::from_secs(60 * minute);
                let bar = Bar { start, open: 1.0, high: 1.0, low: 1.0, close: 1.0, volume: 1.0 };
                bars.push(bar).unwrap();
            }
            let last = (minute + 100).max(1);
            let catalog = Catalog::embedded().unwrap();
            let product = catalog.products().first().unwrap().id;
            let market = Recorded::new(&catalog, [(product, bars.clone())], Vec::new());
            let from = Timestamp::from_secs(60 * (from % last));
            prop_assert_eq!(market.position(0, from), bars.position(from));
        }
    }
}
