//! What is read of a venue, and the embedded one: recorded candles or a seeded market.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use config::Config;
use domain::{
    AccountId, Bars, Fact, Fees, Gap, Instants, IntentId, Mode, Product, ProductId, Purse,
    Timestamp,
};
use exchange::{Account, BookReading, Durable, MarketData, OrderFeed, PortError};
use exchange_sim::{Catalog, Market, Opening, Recorded, Seeded, SharedVenue, SimVenue};
use execution::ClientNames;
use history::{Dataset, HistoryError};

use crate::cli::RunArgs;
use crate::coinbase::Holder;
use crate::desk::Trading;
use crate::feed::{Readable, instants};
use crate::{Code, Failure};

/// Bars are loaded for so long before the moment: warm-up and a day for volumes.
const LOADED_SECS: i64 = 361 * 3600;

/// What a run needs of a venue. The way to its orders is apart, and only some modes have it.
pub(crate) trait ReadOnly: Readable {
    /// Products with bars whose increments nobody knows.
    fn unknown(&self) -> Vec<ProductId> {
        Vec::new()
    }

    /// Whose account it is.
    fn account(&self) -> AccountId;

    /// Where balances come from.
    fn nav_source(&self) -> NavSource;

    /// Whether its clock runs by itself, and its data comes over a network.
    fn is_live(&self) -> bool;

    /// Moves its clock, where that does not run by itself.
    fn set_clock(&self, to: Timestamp) -> Result<(), Failure>;

    /// The way to its orders, where the mode has one: in `DRY_RUN` there is none (C-05).
    fn trading(&self) -> Option<Arc<dyn Trading>> {
        None
    }

    /// News of own orders, where the venue streams them. Needs the runtime.
    fn news(&self) -> Option<Box<dyn OrderFeed>> {
        None
    }

    /// What own orders are called here.
    fn names(&self) -> &Names;

    /// Puts a simulated account back where an earlier process left it.
    fn recall(&self, _facts: &[Fact]) -> Result<(), Failure> {
        Ok(())
    }

    /// Whose key it is used with, if any.
    fn holder(&self) -> Option<&Holder> {
        None
    }

    /// Where recorded data ends; other markets do not.
    fn end(&self) -> Option<Timestamp> {
        None
    }
}

/// Where the balances that size everything come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NavSource {
    /// From `paper.start_cash_usd`.
    Configured,
    /// From the venue's account.
    Account,
}

impl NavSource {
    /// The word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Configured => "configured",
            Self::Account => "account",
        }
    }
}

/// The embedded venue.
#[derive(Debug)]
pub(crate) struct Embedded {
    ports: SharedVenue<Durable>,
    mode: Mode,
    names: Names,
    account: AccountId,
    unknown: Vec<ProductId>,
    end: Option<Timestamp>,
}

/// What own orders are called, shared with the venue that shows them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names(Arc<Mutex<ClientNames>>);

impl Names {
    /// Takes a fact that may name orders.
    pub(crate) fn apply(&self, fact: &Fact) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).apply(fact);
    }

    /// The name of an intent; empty before there is one, and nothing is sent without.
    pub(crate) fn of(&self, intent: IntentId) -> String {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.of(intent).map(|name| name.to_string()).unwrap_or_default()
    }
}

/// Its clock is the only one there is.
impl Readable for Embedded {
    fn instants(&self, venue: Timestamp) -> Instants {
        instants(venue)
    }
}

impl ReadOnly for Embedded {
    fn unknown(&self) -> Vec<ProductId> {
        self.unknown.clone()
    }

    fn account(&self) -> AccountId {
        self.account.clone()
    }

    fn nav_source(&self) -> NavSource {
        NavSource::Configured
    }

    fn is_live(&self) -> bool {
        false
    }

    fn set_clock(&self, to: Timestamp) -> Result<(), Failure> {
        self.ports
            .with(|venue| venue.advance(to))
            .map_err(|error| Failure::new(Code::Failed, format!("the venue stands still: {error}")))
    }

    fn end(&self) -> Option<Timestamp> {
        self.end
    }

    fn trading(&self) -> Option<Arc<dyn Trading>> {
        (self.mode == Mode::Paper).then(|| Arc::new(self.ports.clone()) as Arc<dyn Trading>)
    }

    fn names(&self) -> &Names {
        &self.names
    }

    fn recall(&self, facts: &[Fact]) -> Result<(), Failure> {
        if self.mode != Mode::Paper {
            return Ok(());
        }
        self.ports.with(|venue| venue.recall(facts)).map_err(|error| {
            let text = format!("the simulated account cannot be put back: {error}");
            Failure::new(Code::Failed, text)
        })
    }
}

/// Whose records a run on the embedded venue with these flags keeps.
pub(crate) fn account(config: &Config, args: &RunArgs) -> AccountId {
    AccountId(match &args.data {
        Some(_) => "recorded".to_owned(),
        None => format!("seed-{}", config.app.simulation.seed),
    })
}

/// The fees until a venue says its own.
pub(crate) fn configured_fees(config: &Config) -> Fees {
    let terms = &config.app.execution;
    Fees { maker_bps: terms.maker_fee_bps, taker_bps: terms.taker_fee_bps }
}

/// Opens the embedded venue that configuration and flags ask for.
pub(crate) fn open(config: &Config, args: &RunArgs) -> Result<Embedded, Failure> {
    let opening = Opening { cash: config.app.paper.start_cash_usd, fees: configured_fees(config) };
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
    let names = Names::default();
    let shared = names.clone();
    let ports = SharedVenue::named(venue, Arc::new(move |intent| shared.of(intent)));
    Ok(Embedded { ports, mode: config.app.mode, names, account, unknown, end })
}

/// How far recorded bars are loaded; the venue's clock decides what is seen of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    ToTheMoment,
    ToTheEnd,
}

/// A market of the bars around the moment, which is the end of the data by default, and where
/// those end.
pub(crate) fn recorded(
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
    let asked = dataset.asked().map_err(|e| unusable(&e))?;
    let gaps = history::gaps(series.iter().map(|(_, bars)| bars), &asked, from, end);
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
impl MarketData for Embedded {
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
impl Account for Embedded {
    async fn purses(&self) -> Result<Vec<Purse>, PortError> {
        self.ports.purses().await
    }

    async fn fees(&self) -> Result<Fees, PortError> {
        self.ports.fees().await
    }
}
