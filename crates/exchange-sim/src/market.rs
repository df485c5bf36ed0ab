//! What both kinds of market have in common.

use domain::{Bar, Gap, Granularity, Product, ProductId, Timestamp};

use crate::live::Live;
use crate::recorded::Recorded;
use crate::seeded::{SeedError, Seeded};

/// Where prices come from.
#[derive(Debug, Clone)]
pub enum Market {
    /// From the model.
    Seeded(Seeded),
    /// From records.
    Recorded(Recorded),
    /// From elsewhere, as it happens.
    Live(Live),
}

impl From<Seeded> for Market {
    fn from(market: Seeded) -> Self {
        Self::Seeded(market)
    }
}

impl From<Recorded> for Market {
    fn from(market: Recorded) -> Self {
        Self::Recorded(market)
    }
}

impl From<Live> for Market {
    fn from(market: Live) -> Self {
        Self::Live(market)
    }
}

impl Market {
    pub(crate) fn prepare(&mut self, now: Timestamp) -> Result<(), SeedError> {
        match self {
            Self::Seeded(market) => market.prepare(now),
            Self::Recorded(_) | Self::Live(_) => Ok(()),
        }
    }

    pub(crate) fn products(&self) -> &[Product] {
        match self {
            Self::Seeded(market) => market.products(),
            Self::Recorded(market) => market.products(),
            Self::Live(market) => market.products(),
        }
    }

    pub(crate) fn unknown(&self) -> &[ProductId] {
        match self {
            Self::Seeded(_) | Self::Live(_) => &[],
            Self::Recorded(market) => market.unknown(),
        }
    }

    pub(crate) fn position(&self, id: &ProductId) -> Option<usize> {
        self.products().binary_search_by(|p| p.id.cmp(id)).ok()
    }

    pub(crate) fn granularity(&self, at: usize) -> Granularity {
        match self {
            Self::Seeded(_) | Self::Live(_) => Granularity::M1,
            Self::Recorded(market) => {
                market.series(at).map_or(Granularity::M1, domain::Bars::granularity)
            }
        }
    }

    /// Bars that start in `[from, to)`, whether closed or not: callers keep to the clock.
    pub(crate) fn bars(
        &self,
        at: usize,
        from: Timestamp,
        to: Timestamp,
    ) -> Box<dyn DoubleEndedIterator<Item = Bar> + '_> {
        match self {
            Self::Seeded(market) => Box::new(market.bars(at, from, to).copied()),
            Self::Recorded(market) => Box::new(market.bars(at, from, to)),
            Self::Live(_) => Box::new(core::iter::empty()),
        }
    }

    pub(crate) fn gaps(&self, from: Timestamp, to: Timestamp) -> Vec<Gap> {
        match self {
            Self::Seeded(market) => market.gaps(from, to),
            Self::Recorded(market) => market.gaps(from, to),
            Self::Live(_) => Vec::new(),
        }
    }

    /// Bars that start at `from` or later and are closed at `now`.
    pub(crate) fn closed(
        &self,
        at: usize,
        from: Timestamp,
        now: Timestamp,
    ) -> Box<dyn DoubleEndedIterator<Item = Bar> + '_> {
        // Starts are whole multiples, so "start + length ≤ now" is "start < now − length + 1 ms".
        let length = self.granularity(at).secs();
        let to = Timestamp::from_millis(now.millis() - length * 1000 + 1);
        self.bars(at, from, to)
    }

    /// Whether nothing trades anywhere at `now`.
    pub(crate) fn halted(&self, now: Timestamp) -> bool {
        if let Self::Recorded(market) = self {
            return market.is_gap(now);
        }
        let after = Timestamp::from_millis(now.millis() + 1);
        let contains = |gap: &Gap| gap.from <= now && now < gap.to;
        self.gaps(now, after).iter().any(contains)
    }

    /// Hourly volume × hourly close over the last 24 closed hours (longer bars: over the bars that
    /// closed in them), in quote units.
    pub(crate) fn quote_volume_24h(&self, at: usize, now: Timestamp) -> f64 {
        if let Self::Recorded(market) = self {
            return market.quote_volume_24h(at, now);
        }
        let bucket = self.granularity(at).secs().max(3600);
        let end = now.floor_secs(bucket);
        let (mut sum, mut hour, mut volume, mut close) = (0.0, end, 0.0, 0.0);
        for bar in self.bars(at, end.plus_secs(-86_400), end) {
            let start = bar.start.floor_secs(bucket);
            if start != hour {
                sum += volume * close;
                (hour, volume) = (start, 0.0);
            }
            volume += bar.volume;
            close = bar.close;
        }
        sum + volume * close
    }
}
