//! The embedded venue, on recorded candles or on a seeded market.

use std::path::Path;

use async_trait::async_trait;
use config::Config;
use domain::{AccountId, Bars, Fees, Gap, Product, ProductId, Purse, Timestamp};
use exchange::{Account, BookReading, Durable, MarketData, PortError};
use exchange_sim::{Catalog, Market, Opening, Recorded, Seeded, SharedVenue, SimVenue};
use history::{Dataset, HistoryError};

use crate::cli::RunArgs;
use crate::{Code, Failure};

/// Bars are loaded for so long before the moment: warm-up and a day for volumes.
const LOADED_SECS: i64 = 361 * 3600;

/// A venue behind its read-only ports: this version sends no orders, and this type cannot.
#[derive(Debug)]
pub(crate) struct ReadOnlyVenue {
    ports: SharedVenue<Durable>,
    account: AccountId,
    unknown: Vec<ProductId>,
    end: Option<Timestamp>,
}

impl ReadOnlyVenue {
    /// Products with bars whose increments nobody knows.
    pub(crate) fn unknown(&self) -> Vec<ProductId> {
        self.unknown.clone()
    }

    /// Whose account it is.
    pub(crate) fn account(&self) -> AccountId {
        self.account.clone()
    }

    /// The venue's time.
    pub(crate) fn clock(&self) -> Timestamp {
        self.ports.with(|venue| venue.now())
    }

    /// Moves the venue's clock.
    pub(crate) fn advance(&self, to: Timestamp) -> Result<(), Failure> {
        self.ports
            .with(|venue| venue.advance(to))
            .map_err(|error| Failure::new(Code::Failed, format!("the venue stands still: {error}")))
    }

    /// Where recorded data ends; a modelled market does not.
    pub(crate) const fn end(&self) -> Option<Timestamp> {
        self.end
    }
}

/// Whose records a run with these flags keeps.
pub(crate) fn account(config: &Config, args: &RunArgs) -> AccountId {
    AccountId(match &args.data {
        Some(_) => "recorded".to_owned(),
        None => format!("seed-{}", config.app.simulation.seed),
    })
}

/// Opens the venue that configuration and flags ask for.
pub(crate) fn open(config: &Config, args: &RunArgs) -> Result<ReadOnlyVenue, Failure> {
    let terms = &config.app.execution;
    let fees = Fees { maker_bps: terms.maker_fee_bps, taker_bps: terms.taker_fee_bps };
    let opening = Opening { cash: config.app.paper.start_cash_usd, fees };
    let account = account(config, args);
    let (market, as_of, end) = if let Some(dir) = &args.data {
        let reach = if args.forever { Reach::ToTheEnd } else { Reach::ToTheMoment };
        recorded(dir, args.as_of, reach)?
    } else {
        let seed = config.app.simulation.seed;
        let as_of = args.as_of.unwrap_or(config.app.simulation.as_of);
        let market = Seeded::new(seed).map_err(|e| Failure::new(Code::Failed, e.to_string()))?;
        (market.into(), as_of, None)
    };
    // A moment that the market does not reach is the only thing a user can get wrong here.
    let venue = SimVenue::new(market, as_of, opening)
        .map_err(|error| Failure::new(Code::Usage, format!("--as-of {as_of}: {error}")))?;
    let unknown = venue.unknown_products().to_vec();
    tracing::info!(%as_of, %account, "the embedded venue");
    Ok(ReadOnlyVenue { ports: SharedVenue::new(venue), account, unknown, end })
}

/// How far recorded bars are loaded; the venue's clock decides what is seen of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    ToTheMoment,
    ToTheEnd,
}

/// A market of the bars around the moment, which is the end of the data by default, and where
/// those end.
fn recorded(
    dir: &Path,
    as_of: Option<Timestamp>,
    reach: Reach,
) -> Result<(Market, Timestamp, Option<Timestamp>), Failure> {
    let dataset = Dataset::open(dir).map_err(|e| unusable(&e))?;
    let as_of = match as_of {
        Some(as_of) => as_of,
        None => match dataset.bounds().map_err(|e| unusable(&e))? {
            Some((_, end)) => end,
            None => return Err(unusable(&HistoryError::Empty(dir.to_owned()))),
        },
    };
    let mut series = Vec::new();
    for product in dataset.products() {
        let loaded = match reach {
            Reach::ToTheMoment => dataset.load(&product, as_of, LOADED_SECS),
            Reach::ToTheEnd => dataset.load_on(&product, as_of, LOADED_SECS),
        };
        if let Some(loaded) = loaded.map_err(|e| unusable(&e))? {
            tracing::debug!(%product, file = %loaded.file.display(), bars = loaded.bars.len());
            series.push((product, loaded.bars));
        }
    }
    if series.is_empty() {
        return Err(unusable(&dataset.outside(as_of).map_err(|e| unusable(&e))?));
    }
    coarse(&series);
    let from = as_of.plus_secs(-LOADED_SECS);
    let end = match reach {
        Reach::ToTheMoment => as_of,
        Reach::ToTheEnd => series.iter().filter_map(|(_, bars)| bars.end()).fold(as_of, Ord::max),
    };
    let gaps = history::gaps(series.iter().map(|(_, bars)| bars), from, end);
    let catalog = Catalog::for_directory(dir)
        .map_err(|error| Failure::new(Code::Failed, error.to_string()))?;
    Ok((Recorded::new(&catalog, series, gaps).into(), as_of, Some(end)))
}

/// Says once which products have no bars fine enough for price moves and reversals.
fn coarse(series: &[(ProductId, Bars)]) {
    let coarse = series.iter().filter(|(_, bars)| bars.granularity().secs() > 300);
    let names: Vec<_> = coarse.map(|(product, _)| product.to_string()).collect();
    if !names.is_empty() {
        let products = names.join(" ");
        tracing::warn!(%products, "price_move and reversal: unavailable_granularity");
    }
}

fn unusable(error: &HistoryError) -> Failure {
    let code = if error.is_usage() { Code::Usage } else { Code::Failed };
    Failure::new(code, format!("--data: {error}"))
}

#[async_trait]
impl MarketData for ReadOnlyVenue {
    async fn products(&self) -> Result<Vec<Product>, PortError> {
        self.ports.products().await
    }

    async fn bars(
        &self,
        product: ProductId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<Bars>, PortError> {
        self.ports.bars(product, from, to).await
    }

    async fn gaps(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Gap>, PortError> {
        self.ports.gaps(from, to).await
    }

    async fn book(&self, product: ProductId) -> Result<Option<BookReading>, PortError> {
        self.ports.book(product).await
    }

    async fn now(&self) -> Result<Timestamp, PortError> {
        self.ports.now().await
    }
}

#[async_trait]
impl Account for ReadOnlyVenue {
    async fn purses(&self) -> Result<Vec<Purse>, PortError> {
        self.ports.purses().await
    }

    async fn fees(&self) -> Result<Fees, PortError> {
        self.ports.fees().await
    }
}
