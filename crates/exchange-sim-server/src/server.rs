//! The running server.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::Timestamp;
use exchange_sim::spot::{Profile, RepeatedId, Terms, Tier, Venue};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use uuid::Uuid;

use crate::clock::VenueClock;
use crate::config::{Config, Reuse};
use crate::error::ServeError;
use crate::floor::Floor;
use crate::keys::{IssuedKey, KeyRing, write_file};
use crate::limits::Limiter;
use crate::listen::{Incoming, Peer};
use crate::rest;
use crate::scenario::{Engine, Scenario};
use crate::shared::{Seen, Shared};
use crate::tls::{identity, write_pem};
use crate::token::AuthFault;
use crate::ws::{self, Endpoint};

/// How often the venue is brought up to its clock when nobody asks anything.
const STRIDE: Duration = Duration::from_millis(50);
/// The largest request body.
const LARGEST_BODY: usize = 1 << 20;

/// A venue that is being served. Dropping it ends the service.
pub struct Server {
    shared: Arc<Shared>,
    keys: Vec<Vec<IssuedKey>>,
    http: Option<SocketAddr>,
    tls: Option<SocketAddr>,
    authority_pem: Option<String>,
    authority_file: Option<PathBuf>,
    tasks: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("http", &self.http)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

impl Server {
    /// Opens the accounts, issues the keys and listens on loopback.
    ///
    /// # Errors
    /// [`ServeError`]: a port is taken, a file cannot be written, the configuration cannot be.
    pub async fn start(config: Config) -> Result<Self, ServeError> {
        let (http_port, tls_port, dir) = (config.http_port, config.tls_port, config.dir.clone());
        let (shared, keys) = open(config)?;
        let mut server = Self {
            shared: Arc::new(shared),
            keys,
            http: None,
            tls: None,
            authority_pem: None,
            authority_file: None,
            tasks: Vec::new(),
        };
        // What a scenario has happen at the start has happened when the first request comes.
        server.shared.visit(|_| ());
        if let Some(port) = http_port {
            server.http = Some(server.listen(port, None).await?);
        }
        if let Some(port) = tls_port {
            let identity = identity()?;
            if let Some(dir) = dir {
                let file = dir.join("venue-ca.pem");
                write_pem(&identity.authority_pem, &file)?;
                server.authority_file = Some(file);
            }
            server.authority_pem = Some(identity.authority_pem);
            let acceptor = TlsAcceptor::from(identity.server);
            server.tls = Some(server.listen(port, Some(acceptor)).await?);
        }
        let shared = Arc::clone(&server.shared);
        server.tasks.push(tokio::spawn(async move {
            let mut stride = tokio::time::interval(STRIDE);
            stride.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
            loop {
                stride.tick().await;
                shared.visit(|_| ());
            }
        }));
        Ok(server)
    }

    async fn listen(
        &mut self,
        port: u16,
        tls: Option<TlsAcceptor>,
    ) -> Result<SocketAddr, ServeError> {
        let failed = |source| ServeError::Listen { port, source };
        let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let incoming = Incoming::accept(listener, tls).map_err(failed)?;
        let app = Router::new().fallback(dispatch).with_state(Arc::clone(&self.shared));
        let service = app.into_make_service_with_connect_info::<Peer>();
        self.tasks.push(tokio::spawn(async move {
            // Ends only with the task.
            let _ = axum::serve(incoming, service).await;
        }));
        Ok(address)
    }

    /// Host and port of plain HTTP and `ws`.
    pub const fn http(&self) -> Option<SocketAddr> {
        self.http
    }

    /// Host and port of HTTPS and `wss`.
    pub const fn tls(&self) -> Option<SocketAddr> {
        self.tls
    }

    /// The certificate to trust for TLS, as PEM.
    pub fn authority_pem(&self) -> Option<&str> {
        self.authority_pem.as_deref()
    }

    /// Where that certificate was written, for `SSL_CERT_FILE` or `REQUESTS_CA_BUNDLE`.
    pub const fn authority_file(&self) -> Option<&PathBuf> {
        self.authority_file.as_ref()
    }

    /// The keys of each account, in the order of the configuration.
    pub fn keys(&self) -> &[Vec<IssuedKey>] {
        &self.keys
    }

    /// The venue's time.
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// Moves a clock that is driven by hand and plays what happens meanwhile.
    pub fn advance(&self, span: Duration) {
        self.shared.clock.advance(span);
        self.shared.visit(|_| ());
    }

    /// Does something with the venue while nobody else does.
    pub fn with<T>(&self, act: impl FnOnce(&mut Venue) -> T) -> T {
        self.shared.visit(|floor| act(&mut floor.venue))
    }

    /// Lets something else go wrong from now on, and nothing more of what did; `None` heals. Its
    /// rules count from now, its seconds from the start of the server.
    pub fn goes_wrong(&self, scenario: Option<Scenario>) {
        self.shared.engine.change(scenario);
    }

    /// The REST requests so far, oldest first.
    pub fn requests(&self) -> Vec<Seen> {
        self.shared.seen()
    }

    /// Why the last credential that was turned away was.
    pub fn last_refusal(&self) -> Option<AuthFault> {
        self.shared.last_refusal()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// The venue of a configuration, and the keys to it.
fn open(config: Config) -> Result<(Shared, Vec<Vec<IssuedKey>>), ServeError> {
    if config.accounts.is_empty() {
        return Err(ServeError::Config("a venue needs at least one account".to_owned()));
    }
    if let Some(dir) = &config.dir {
        let failed = |source| ServeError::File { path: dir.clone(), source };
        std::fs::create_dir_all(dir).map_err(failed)?;
    }
    let clock = VenueClock::new(config.pace);
    let mut terms = Terms::shipped().map_err(exchange_sim::SimError::from)?;
    terms.seed = config.salt;
    terms.repeated_id = match config.reuse {
        Reuse::ReturnsFirst => RepeatedId::ReturnExisting,
        Reuse::Refused => RepeatedId::Refuse,
    };
    terms.tiers = vec![Tier {
        name: "Intro 1".to_owned(),
        from: domain::Usd::ZERO,
        maker: config.fees.maker_bps,
        taker: config.fees.taker_bps,
    }];
    let mut floor = Floor::new(Venue::new(config.market, clock.now(), terms)?);
    let mut ring = KeyRing::default();
    let mut keys = Vec::with_capacity(config.accounts.len());
    let namespace = Uuid::new_v5(&Uuid::NAMESPACE_OID, &config.salt.to_be_bytes());
    for spec in config.accounts {
        let (name, funds) = (spec.name.clone(), spec.funds);
        let user = floor.admit(Profile { name, funds, ..Profile::default() })?;
        let mut issued = Vec::with_capacity(spec.keys.len());
        for (at, (kind, permissions)) in spec.keys.into_iter().enumerate() {
            let uuid = Uuid::new_v5(&namespace, format!("key {user} {at}").as_bytes());
            let mut key = ring.issue(user, uuid, kind, permissions)?;
            if let Some(dir) = &config.dir {
                write_file(&mut key, &dir.join(format!("{}-key-{at}.json", spec.name)))?;
            }
            issued.push(key);
        }
        keys.push(issued);
    }
    let limiter = Limiter::new(config.budgets);
    let engine = Engine::new(config.scenario);
    let (patience, excess) = (config.patience, config.candle_excess);
    Ok((Shared::new(clock, ring, limiter, engine, patience, excess, floor), keys))
}

async fn dispatch(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: axum::extract::Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    if let Some(endpoint) = Endpoint::at(parts.uri.path())
        && parts.method == Method::GET
        && parts.headers.contains_key(header::UPGRADE)
    {
        return ws::upgrade(shared, peer, endpoint, &mut parts).await;
    }
    let Ok(body) = axum::body::to_bytes(body, LARGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let request =
        rest::Request { method: parts.method, uri: parts.uri, headers: parts.headers, body };
    rest::handle(shared, peer, request).await
}
