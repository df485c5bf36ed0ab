//! A market that was: bars from a directory, shown up to the clock and no further.

use domain::{Bar, Bars, Gap, Product, ProductId, Timestamp};

use crate::catalog::Catalog;

/// Recorded bars of the products whose increments are known.
#[derive(Debug, Clone)]
pub struct Recorded {
    products: Vec<Product>,
    /// Aligned with the products.
    series: Vec<Bars>,
    gaps: Vec<Gap>,
    unknown: Vec<ProductId>,
}

impl Recorded {
    /// A market from one series a product. Products that the catalog lacks are set aside, since
    /// nothing can be ordered without increments; of two series of one product the first is used.
    pub fn new(
        catalog: &Catalog,
        series: impl IntoIterator<Item = (ProductId, Bars)>,
        mut gaps: Vec<Gap>,
    ) -> Self {
        let mut sorted: Vec<_> = series.into_iter().collect();
        sorted.sort_by_key(|(id, _)| *id);
        sorted.dedup_by_key(|(id, _)| *id);
        gaps.sort_by_key(|gap| gap.from);
        let mut market = Self {
            products: Vec::with_capacity(sorted.len()),
            series: Vec::with_capacity(sorted.len()),
            gaps,
            unknown: Vec::new(),
        };
        for (id, bars) in sorted {
            match catalog.get(&id) {
                Some(product) => {
                    market.products.push(*product);
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
        let ends = self.series.iter().filter_map(Bars::end);
        Some((*starts.min()?, ends.max()?))
    }

    /// The spans without data that touch `[from, to]`.
    pub fn gaps(&self, from: Timestamp, to: Timestamp) -> Vec<Gap> {
        let touches = |gap: &&Gap| gap.from < to && from < gap.to;
        self.gaps.iter().filter(touches).copied().collect()
    }

    /// The series of a product, by position.
    pub(crate) fn series(&self, at: usize) -> Option<&Bars> {
        self.series.get(at)
    }

    pub(crate) fn bars(
        &self,
        at: usize,
        from: Timestamp,
        to: Timestamp,
    ) -> impl DoubleEndedIterator<Item = Bar> {
        self.series(at).into_iter().flat_map(move |bars| {
            (bars.position(from)..bars.position(to)).filter_map(|i| bars.get(i))
        })
    }
}
