//! The bars that a backtest plays: which files, which span, which products.

use std::path::Path;
use std::sync::Arc;

use domain::{Bar, BarError, Bars, Gap, Granularity, ProductId, Timestamp};
use exchange_sim::{Catalog, Recorded};
use history::{Dataset, HistoryError};

use crate::BacktestError;

/// Bars are loaded for so long before the start: 336 hours of warm-up, and a day for volumes.
pub const WARM_UP_SECS: i64 = 361 * 3600;

/// What to load.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// These products alone, where they are named.
    pub products: Option<Vec<ProductId>>,
    /// Bars of this length, folded from finer ones where those are what there is; the finest there
    /// are when it is not said.
    pub granularity: Option<Granularity>,
    /// The first moment that is decided for.
    pub from: Timestamp,
    /// The last one.
    pub to: Timestamp,
}

/// One product's bars.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Whose.
    pub product: ProductId,
    /// The bars, warm-up included; shared with the venue that plays them.
    pub bars: Arc<Bars>,
    /// Where they are from, within the directory.
    pub file: String,
}

/// Everything a backtest plays.
#[derive(Debug, Clone)]
pub struct Data {
    /// Steps and bounds of orders.
    pub catalog: Catalog,
    /// Sorted by product.
    pub series: Vec<Series>,
    /// When the venue's data is missing.
    pub gaps: Vec<Gap>,
    /// What a venue shows of them: worked out once, for however many runs.
    market: Recorded,
}

impl Data {
    fn new(catalog: Catalog, series: Vec<Series>, gaps: Vec<Gap>) -> Self {
        let bars = series.iter().map(|one| (one.product, Arc::clone(&one.bars)));
        let market = Recorded::new(&catalog, bars, gaps.clone());
        Self { catalog, series, gaps, market }
    }

    /// Loads from a directory of candles: for each product the file that covers most days of the
    /// span; among equals the one with the finest bars, then the most, then the first by name.
    ///
    /// # Errors
    /// [`BacktestError`] naming the file, or saying that nothing is there for the span.
    pub fn load(dir: &Path, wanted: &Wanted) -> Result<Self, BacktestError> {
        let (from, to) = (wanted.from.plus_secs(-WARM_UP_SECS), wanted.to);
        if wanted.to <= wanted.from {
            return Err(BacktestError::EmptySpan { from: wanted.from, to });
        }
        let dataset = Dataset::open(dir)?;
        let longest = wanted.granularity.unwrap_or(Granularity::H1);
        let mut series = Vec::new();
        for product in dataset.products() {
            if wanted.products.as_ref().is_some_and(|wanted| !wanted.contains(&product)) {
                continue;
            }
            let Some(loaded) = dataset.load_span(&product, from, to, longest)? else { continue };
            // A product that ended before the first decision, or begins after the last, is no part.
            if loaded.bars.end().is_none_or(|end| end <= wanted.from) {
                continue;
            }
            let bars = match wanted.granularity {
                Some(asked) if loaded.bars.granularity() < asked => {
                    let unreadable = |source: BarError| HistoryError::Bar {
                        file: loaded.file.clone(),
                        row: 0,
                        source,
                    };
                    folded(&loaded.bars, asked).map_err(unreadable)?
                }
                Some(_) | None => loaded.bars,
            };
            let file = loaded.file.strip_prefix(dir).unwrap_or(&loaded.file);
            let bars = Arc::new(bars);
            series.push(Series { product, bars, file: file.display().to_string() });
        }
        if series.is_empty() {
            return Err(BacktestError::NoBars { granularity: longest, from: wanted.from, to });
        }
        let asked = dataset.asked()?;
        let gaps = history::gaps(series.iter().map(|one| one.bars.as_ref()), &asked, from, to);
        Ok(Self::new(Catalog::for_directory(dir)?, series, gaps))
    }

    /// Data from series at hand; what they do not cover together is a gap.
    pub fn of(catalog: Catalog, mut series: Vec<Series>) -> Self {
        series.sort_by_key(|one| one.product);
        let starts = series.iter().filter_map(|one| one.bars.starts().first()).min();
        let ends = series.iter().filter_map(|one| one.bars.end()).max();
        let gaps = match (starts, ends) {
            (Some(from), Some(to)) => {
                history::gaps(series.iter().map(|one| one.bars.as_ref()), &[], *from, to)
            }
            (None, _) | (_, None) => Vec::new(),
        };
        Self::new(catalog, series, gaps)
    }

    /// The finest bars there are.
    pub fn granularity(&self) -> Option<Granularity> {
        self.series.iter().map(|one| one.bars.granularity()).min()
    }

    /// How many bars of all products close within `(from, to]`: the work of a run.
    pub fn product_bars(&self, from: Timestamp, to: Timestamp) -> u64 {
        let closed = |one: &Series| one.bars.closed_len(to) - one.bars.closed_len(from);
        self.series.iter().map(|one| closed(one) as u64).sum()
    }

    /// Bytes of the columns.
    pub fn bytes(&self) -> u64 {
        self.series.iter().map(|one| one.bars.len() as u64 * 48).sum()
    }

    /// The market that the venue shows, up to its clock and no further.
    pub(crate) fn market(&self) -> Recorded {
        self.market.clone()
    }

    /// The same without any bar that is not closed at a moment.
    ///
    /// # Errors
    /// None in practice: bars that were pushed once can be pushed again.
    pub fn truncated(&self, at: Timestamp) -> Result<Self, BarError> {
        self.with_future(at, |_, _| None)
    }

    /// The same with every bar that is not closed at a moment turned into nonsense: prices ten times
    /// as high and moving wildly, volumes a thousand times as large.
    ///
    /// # Errors
    /// None in practice: the nonsense is made of valid bars.
    pub fn poisoned(&self, at: Timestamp) -> Result<Self, BarError> {
        self.with_future(at, |bar, secs| {
            let odd = bar.start.secs().div_euclid(secs).rem_euclid(2) == 1;
            let factor = if odd { 10.0 } else { 30.0 };
            let by = |price: f64| price * factor;
            Some(Bar {
                start: bar.start,
                open: by(bar.open),
                high: by(bar.high) * 1.5,
                low: by(bar.low) * 0.5,
                close: by(bar.close),
                volume: bar.volume * 1000.0 + 1.0,
            })
        })
    }

    fn with_future(
        &self,
        at: Timestamp,
        change: impl Fn(Bar, i64) -> Option<Bar>,
    ) -> Result<Self, BarError> {
        let mut series = Vec::with_capacity(self.series.len());
        for one in &self.series {
            let (closed, granularity) = (one.bars.closed_len(at), one.bars.granularity());
            let mut bars = Bars::with_capacity(granularity, one.bars.len());
            for (row, bar) in one.bars.iter().enumerate() {
                let kept = if row < closed { Some(bar) } else { change(bar, granularity.secs()) };
                if let Some(bar) = kept {
                    bars.push(bar)?;
                }
            }
            let bars = Arc::new(bars);
            series.push(Series { product: one.product, bars, file: one.file.clone() });
        }
        // What is known of gaps at the moment is kept; later ones are not known yet.
        let known = self.gaps.iter().filter(|gap| gap.from < at);
        let gaps = known.map(|gap| Gap { to: gap.to.min(at), ..*gap }).collect();
        Ok(Self::new(self.catalog.clone(), series, gaps))
    }
}

/// Folds bars into longer ones, aligned to the epoch.
fn folded(bars: &Bars, into: Granularity) -> Result<Bars, BarError> {
    let secs = into.secs();
    let room = bars.len() / usize::try_from(secs / bars.granularity().secs()).unwrap_or(1).max(1);
    let mut out = Bars::with_capacity(into, room + 1);
    let mut open: Option<Bar> = None;
    for bar in bars.iter() {
        let start = bar.start.floor_secs(secs);
        open = match open {
            Some(span) if span.start == start => Some(span.merged(&bar)),
            Some(span) => {
                out.push(span)?;
                Some(Bar { start, ..bar })
            }
            None => Some(Bar { start, ..bar }),
        };
    }
    if let Some(span) = open {
        out.push(span)?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(start: i64, close: f64) -> Bar {
        let start = Timestamp::from_secs(start);
        Bar { start, open: close, high: close + 1.0, low: close - 1.0, close, volume: 2.0 }
    }

    #[test]
    fn folding_keeps_first_open_last_close_extremes_and_all_volume() {
        let mut minutes = Bars::with_capacity(Granularity::M1, 4);
        for (start, close) in [(60, 10.0), (240, 14.0), (300, 11.0)] {
            minutes.push(bar(start, close)).unwrap();
        }
        let fives = folded(&minutes, Granularity::M5).unwrap();
        assert_eq!(fives.len(), 2);
        let first = fives.get(0).unwrap();
        assert_eq!((first.start, first.open), (Timestamp::from_secs(0), 10.0));
        assert_eq!((first.high, first.low, first.close, first.volume), (15.0, 9.0, 14.0, 4.0));
    }
}
