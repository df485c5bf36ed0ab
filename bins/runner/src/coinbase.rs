//! Coinbase, or a venue that speaks its protocol, behind the ports.

mod paper;

use core::time::Duration;
use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use config::Config;
use domain::{
    AccountId, Bars, Fact, Fees, Gap, Instants, Mode, Product, ProductId, Purse, QuoteAmt,
    SubmitFact, SubmitOutcome, Timestamp,
};
use exchange::{Account, BookReading, MarketData, OrderFeed, PortError};
use exchange_coinbase::adapter::{Coinbase, OrderStream, Parts, Selection};
use exchange_coinbase::rest::{
    ErrorKind, KeyPermissions, RestClient, RestError, SystemTimer, Timer,
};
use exchange_coinbase::ws::{Depth, StreamConfig};
use exchange_coinbase::{Address, AddressError, Hosts, KeyKind};
use universe::Method;

use crate::desk::Trading;
use crate::feed::Readable;
use crate::keys::{self, Key};
use crate::venue::{Names, NavSource, ReadOnly, configured_fees};
use crate::{Code, Failure, gates};

/// How long books may take to come before the first decision is made without them.
const WARM_UP: Duration = Duration::from_secs(20);

/// Coinbase. Only in LIVE, and with a key, it has a way to its orders.
#[derive(Debug)]
pub(crate) struct LiveVenue {
    ports: Arc<Coinbase>,
    timer: Arc<SystemTimer>,
    mode: Mode,
    /// Whose word an operator is asked for, with a key.
    holder: Option<Holder>,
    account: AccountId,
    names: Names,
    /// The account without a key.
    configured: Option<(Purse, Fees)>,
    /// How own orders are followed, with a key in LIVE.
    user: Option<StreamConfig>,
}

/// A key as an operator knows it; nothing of its secret.
#[derive(Debug, Clone)]
pub(crate) struct Holder {
    /// The venue's host.
    pub(crate) host: String,
    /// The key's name.
    pub(crate) key_name: String,
    /// The portfolio it belongs to.
    pub(crate) portfolio: String,
}

/// The addresses of a configuration.
pub(crate) fn hosts(config: &Config) -> Result<Hosts, AddressError> {
    let exchange = &config.app.exchange;
    Ok(Hosts {
        rest: Address::rest(&exchange.api_base)?,
        market_data: Address::market_data(&exchange.ws_base)?,
        user_data: Address::user_data(&exchange.ws_user_base)?,
    })
}

/// A client for the configured address, and its clocks.
pub(crate) fn client(
    hosts: &Hosts,
    key: Option<&Key>,
) -> Result<(RestClient, Arc<SystemTimer>), Failure> {
    let timer = Arc::new(SystemTimer::new());
    let shared: Arc<dyn Timer> = Arc::<SystemTimer>::clone(&timer);
    let mut builder = RestClient::builder(hosts.rest.clone()).timer(shared);
    if let Some(key) = key {
        builder = builder.credentials(Arc::clone(&key.credentials));
    }
    let client = builder.build().map_err(|error| Failure::new(Code::Failed, error.to_string()))?;
    Ok((client, timer))
}

/// The venue's time, which requests are signed with from then on.
pub(crate) async fn synchronise(
    client: &RestClient,
    timer: &SystemTimer,
) -> Result<Skew, RestError> {
    use domain::Clock as _;
    let sent = timer.now();
    let answer = client.server_time().await?;
    let received = timer.now();
    let middle = sent.wall.millis().midpoint(received.wall.millis());
    let ahead_ms = answer.at.millis().saturating_sub(middle);
    timer.set_skew_millis(ahead_ms);
    Ok(Skew { ahead_ms, took: received.mono.saturating_sub(sent.mono) })
}

/// How far the venue's clock is ahead of this machine's, and how long it took to ask.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Skew {
    /// Milliseconds; negative when it is behind.
    pub(crate) ahead_ms: i64,
    /// The round trip. The figure above is good to half of it.
    pub(crate) took: Duration,
}

/// Connects, learns whose account it is, and waits for the books. In PAPER the account is simulated.
pub(crate) async fn open(config: &Config) -> Result<Box<dyn ReadOnly>, Failure> {
    if config.app.mode == Mode::Paper {
        let live = warmed(connect(config, None, None).await?).await;
        return Ok(Box::new(paper::Paper::open(config, live).await?));
    }
    Ok(Box::new(warmed(connect(config, keys::find()?, None).await?).await))
}

async fn warmed(venue: LiveVenue) -> LiveVenue {
    let (ready, all) = venue.warm().await;
    if ready < all {
        tracing::warn!(missing = all - ready, "books that did not come: their products wait");
    }
    venue
}

/// Connects and learns whose account it is. Followed are the products of the configuration, or
/// these alone.
pub(crate) async fn connect(
    config: &Config,
    key: Option<Key>,
    only: Option<BTreeSet<ProductId>>,
) -> Result<LiveVenue, Failure> {
    let hosts = hosts(config).map_err(|e| Failure::new(Code::Config, e.to_string()))?;
    let (rest, timer) = client(&hosts, key.as_ref())?;
    if let Err(error) = synchronise(&rest, &timer).await {
        return Err(located(config, &unreachable(&error)));
    }
    let portfolio = match &key {
        Some(key) => Some(admitted(&rest, key).await?),
        None => None,
    };
    let holder = key.as_ref().zip(portfolio.as_ref()).map(|(key, may)| Holder {
        host: hosts.rest.authority(),
        key_name: key.credentials.name().to_owned(),
        portfolio: may.portfolio_uuid.clone(),
    });
    if config.app.mode == Mode::Live {
        gates::key(portfolio.as_ref())?;
    }
    let account = account(&hosts, portfolio.as_ref())?;
    let configured = match &key {
        Some(_) => None,
        None => Some((configured_cash(config)?, configured_fees(config))),
    };
    let names = Names::default();
    let shared = names.clone();
    let parts = Parts {
        rest,
        timer: Arc::<SystemTimer>::clone(&timer) as Arc<dyn Timer>,
        stream: StreamConfig::new(hosts.market_data.clone()),
        selection: selection(config, only),
        depth: Depth::default(),
        catalog_age: Duration::from_secs(u64::from(config.app.pace.catalog_minutes) * 60),
        // Empty until a process has named its orders, and the client refuses an empty one.
        ids: Arc::new(move |intent| shared.of(intent)),
    };
    let opened = Coinbase::open(parts).await;
    let ports = Arc::new(opened.map_err(|error| located(config, &error.into()))?);
    let nav = if configured.is_some() { NavSource::Configured } else { NavSource::Account };
    tracing::info!(
        venue = %hosts.rest, %account, nav_source = nav.as_str(), "connected"
    );
    let mode = config.app.mode;
    let user = key.filter(|_| mode == Mode::Live).map(|key| {
        let clock = Arc::<SystemTimer>::clone(&timer) as Arc<dyn Timer>;
        StreamConfig::new(hosts.user_data.clone()).signed(key.credentials, clock)
    });
    Ok(LiveVenue { ports, timer, mode, holder, account, names, configured, user })
}

/// Where a venue was looked for, added to why it was not found.
pub(crate) fn located(config: &Config, failure: &Failure) -> Failure {
    let exchange = &config.app.exchange;
    let message = format!(
        "{failure}\n  tried {} and {} (app.yaml: exchange); `runner doctor` says more",
        exchange.api_base, exchange.ws_base
    );
    Failure::new(failure.code, message)
}

/// What the venue lets a key do.
pub(crate) async fn permissions(config: &Config, key: &Key) -> Result<KeyPermissions, Failure> {
    let hosts = hosts(config).map_err(|e| Failure::new(Code::Config, e.to_string()))?;
    let (rest, timer) = client(&hosts, Some(key))?;
    synchronise(&rest, &timer).await.map_err(|error| located(config, &unreachable(&error)))?;
    admitted(&rest, key).await
}

/// A venue that does not even tell the time.
fn unreachable(error: &RestError) -> Failure {
    let text = format!("the venue cannot be reached: {error}; path /api/v3/brokerage/time");
    Failure::new(Code::Unreachable, text)
}

/// The key's portfolio, for a key that can view and cannot transfer.
async fn admitted(rest: &RestClient, key: &Key) -> Result<KeyPermissions, Failure> {
    if key.credentials.kind() == KeyKind::LegacyHmac && !rest.address().is_loopback() {
        let text = format!("{}: {}", key.origin, exchange_coinbase::KeyError::LegacyKey);
        return Err(Failure::new(Code::Gate, text));
    }
    let may = rest.key_permissions().await.map_err(|error| refused(&error, key))?;
    if may.can_transfer {
        let text = format!(
            "{}: this key can transfer money away, and a trading program must not have it: make a \
             key with view and trade only",
            key.origin
        );
        return Err(Failure::new(Code::Gate, text));
    }
    Ok(may)
}

fn refused(error: &RestError, key: &Key) -> Failure {
    match error.kind() {
        ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::Key => {
            let text = format!(
                "{}: the venue refuses the key: {error}\n  `runner doctor` says what to look at",
                key.origin
            );
            Failure::new(Code::Gate, text)
        }
        ErrorKind::Input
        | ErrorKind::Throttled
        | ErrorKind::TooLate
        | ErrorKind::Unreachable
        | ErrorKind::Timeout
        | ErrorKind::TooLarge
        | ErrorKind::BadRequest
        | ErrorKind::NotFound
        | ErrorKind::RateLimited
        | ErrorKind::Server
        | ErrorKind::UnexpectedStatus
        | ErrorKind::Unreadable
        | ErrorKind::Paging
        | ErrorKind::ProofRequired => {
            let text = format!("the key's permissions cannot be read: {error}");
            Failure::new(Code::Unreachable, text)
        }
    }
}

/// Whose records these are: the portfolio's, a rehearsal's, or nobody's.
fn account(hosts: &Hosts, key: Option<&KeyPermissions>) -> Result<AccountId, Failure> {
    if hosts.rest.is_loopback() {
        return Ok(AccountId(format!("rehearsal-{}", hosts.rest.port())));
    }
    let Some(may) = key else { return Ok(AccountId("public".to_owned())) };
    // It names a directory.
    match may.portfolio_uuid.parse::<uuid::Uuid>() {
        Ok(id) => Ok(AccountId(id.to_string())),
        Err(error) => {
            let text = format!("the key's portfolio has no id that can be used: {error}");
            Err(Failure::new(Code::Failed, text))
        }
    }
}

fn configured_cash(config: &Config) -> Result<Purse, Failure> {
    let wrong =
        |error: String| Failure::new(Code::Config, format!("paper.start_cash_usd: {error}"));
    let cash = config.app.paper.start_cash_usd.get();
    let available = QuoteAmt::new(cash).map_err(|e| wrong(e.to_string()))?;
    let asset = "USD".parse().map_err(|e: domain::IdError| wrong(e.to_string()))?;
    Ok(Purse { asset, available, held: QuoteAmt::ZERO })
}

/// What is followed: the products of the policy's lists, or every product of its currencies; or a
/// few, with one at least, for a venue without any is none.
fn selection(config: &Config, only: Option<BTreeSet<ProductId>>) -> Selection {
    let universe = &config.universe;
    let first = || universe.symbols().into_iter().take(1).collect();
    let only = match (only, universe.method) {
        (Some(few), _) if few.is_empty() => Some(first()),
        (Some(few), _) => Some(few),
        (None, Method::Dynamic) => None,
        (None, Method::Static) => Some(universe.symbols().into_iter().collect::<BTreeSet<_>>()),
    };
    Selection { quotes: universe.quotes.iter().map(ToString::to_string).collect(), only }
}

impl LiveVenue {
    /// Waits for the books; how many of how many came.
    pub(crate) async fn warm(&self) -> (usize, usize) {
        let (ready, all) = self.ports.warm(WARM_UP).await;
        tracing::info!(books = ready, of = all, "books");
        (ready, all)
    }
}

impl Readable for LiveVenue {
    fn instants(&self, venue: Timestamp) -> Instants {
        use domain::Clock as _;
        Instants { venue: Some(venue), ..self.timer.now() }
    }
}

impl ReadOnly for LiveVenue {
    fn account(&self) -> AccountId {
        self.account.clone()
    }

    fn nav_source(&self) -> NavSource {
        if self.configured.is_some() { NavSource::Configured } else { NavSource::Account }
    }

    fn is_live(&self) -> bool {
        true
    }

    fn names(&self) -> &Names {
        &self.names
    }

    fn trading(&self) -> Option<Arc<dyn Trading>> {
        let live = self.mode == Mode::Live && self.configured.is_none();
        live.then(|| Arc::clone(&self.ports) as Arc<dyn Trading>)
    }

    fn news(&self) -> Option<Box<dyn OrderFeed>> {
        let user = self.user.clone()?;
        Some(Box::new(OrderStream::open(user)))
    }

    fn holder(&self) -> Option<&Holder> {
        self.holder.as_ref()
    }

    /// Orders that protect lots outlive many processes: they are found by the venue's own names.
    fn recall(&self, facts: &[Fact]) -> Result<(), Failure> {
        for fact in facts {
            if let Fact::Submitted(SubmitFact { intent, outcome, .. }) = fact
                && let SubmitOutcome::Accepted { venue_order_id } = outcome
            {
                self.ports.remember(*intent, venue_order_id);
            } else if let Fact::Seen(seen) = fact {
                self.ports.remember(seen.intent, &seen.venue_order_id);
            }
        }
        Ok(())
    }

    /// Its clock is its own.
    fn set_clock(&self, _: Timestamp) -> Result<(), Failure> {
        Ok(())
    }
}

#[async_trait]
impl MarketData for LiveVenue {
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

    async fn hours(
        &self,
        product: ProductId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<Bars>, PortError> {
        self.ports.hours(product, from, to).await
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
impl Account for LiveVenue {
    async fn purses(&self) -> Result<Vec<Purse>, PortError> {
        match &self.configured {
            Some((purse, _)) => Ok(vec![*purse]),
            None => self.ports.purses().await,
        }
    }

    async fn fees(&self) -> Result<Fees, PortError> {
        match &self.configured {
            Some((_, fees)) => Ok(*fees),
            None => self.ports.fees().await,
        }
    }
}
