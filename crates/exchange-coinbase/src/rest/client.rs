//! The client: turns, signatures, repetitions.

use core::fmt;
use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};

use domain::{Instants, Timestamp};
use reqwest::Certificate;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::de::DeserializeOwned;

use super::call::Call;
use super::limits::{Bucket, Gate};
use super::transport::{Outgoing, Transport, TransportCause, TransportFailure, secret_header};
use super::{Audience, Lane, Limits, Patience, Reply, RestError, SystemTimer, Timer};
use crate::auth::{Authorization, ToSign};
use crate::{Address, Credentials};

/// The client could not be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the REST client cannot be built: {0}")]
pub struct BuildError(String);

/// The `Date` of the latest reply beside our own clocks: whole seconds, so good for a skew of
/// several seconds only. [`RestClient::server_time`] is finer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateSample {
    /// What the venue wrote.
    pub date: Timestamp,
    /// When the request went out.
    pub sent: Instants,
    /// When the reply was complete.
    pub received: Instants,
}

type Dice = Box<dyn Fn() -> u64 + Send + Sync>;

/// Settles everything that a client needs. Nothing is read from the environment but the platform's
/// roots (where `SSL_CERT_FILE` is honoured).
pub struct Builder {
    address: Address,
    credentials: Option<Arc<Credentials>>,
    limits: Limits,
    patience: Patience,
    timer: Arc<dyn Timer>,
    roots: Vec<Certificate>,
    dice: Dice,
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Builder {
    /// A key, for everything that is not public.
    pub fn credentials(mut self, credentials: Arc<Credentials>) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Other budgets than the documented ones.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Other time limits and repetitions.
    pub fn patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Another clock than the machine's.
    pub fn timer(mut self, timer: Arc<dyn Timer>) -> Self {
        self.timer = timer;
        self
    }

    /// The random numbers of the waits between repetitions.
    pub fn dice(mut self, dice: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        self.dice = Box::new(dice);
        self
    }

    /// Trusts the certificates of a PEM too: for a venue of one's own.
    ///
    /// # Errors
    /// When the text has no certificate.
    pub fn trust_pem(mut self, pem: &str) -> Result<Self, BuildError> {
        let roots = Certificate::from_pem_bundle(pem.as_bytes())
            .map_err(|_| BuildError("the trusted PEM cannot be read".to_owned()))?;
        if roots.is_empty() {
            return Err(BuildError("the trusted PEM has no certificate".to_owned()));
        }
        self.roots.extend(roots);
        Ok(self)
    }

    /// The client.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn build(self) -> Result<RestClient, BuildError> {
        let transport = Transport::new(&self.address, &self.patience, &self.roots)
            .map_err(|error| BuildError(super::error::clean(&error.without_url().to_string())))?;
        let second = Duration::from_secs(1);
        let hour = Duration::from_hours(1);
        let limits = self.limits;
        let half = limits.private_half_hourly;
        let private = vec![
            Bucket::new(limits.private_burst, limits.private_per_sec, second),
            Bucket::new(half, half, hour),
        ];
        let public = vec![Bucket::new(limits.public_burst, limits.public_per_sec, second)];
        let inner = Inner {
            authority: self.address.authority(),
            address: self.address,
            credentials: self.credentials,
            patience: self.patience,
            timer: self.timer,
            dice: self.dice,
            transport,
            public: Gate::new(public, limits.waiting),
            private: Gate::new(private, limits.waiting),
            date: Mutex::new(None),
        };
        Ok(RestClient { inner: Arc::new(inner), lane: Lane::Data })
    }
}

struct Inner {
    address: Address,
    authority: String,
    credentials: Option<Arc<Credentials>>,
    patience: Patience,
    timer: Arc<dyn Timer>,
    dice: Dice,
    transport: Transport,
    public: Gate,
    private: Gate,
    date: Mutex<Option<DateSample>>,
}

/// A client of Coinbase's REST API. Cheap to clone; clones share connections and budgets.
#[derive(Clone)]
pub struct RestClient {
    inner: Arc<Inner>,
    lane: Lane,
}

impl fmt::Debug for RestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RestClient")
            .field("address", &self.inner.address)
            .field("lane", &self.lane)
            .finish_non_exhaustive()
    }
}

/// What became of one attempt at getting a reply.
pub(crate) enum Attempt {
    /// Nothing was sent, for a reason of our own.
    NotSent(RestError),
    /// It was tried.
    Tried(Result<Reply, TransportFailure>),
}

impl RestClient {
    /// Begins to settle a client for this address, without a key and with the machine's clock.
    pub fn builder(address: Address) -> Builder {
        Builder {
            address,
            credentials: None,
            limits: Limits::default(),
            patience: Patience::default(),
            timer: Arc::new(SystemTimer::new()),
            roots: Vec::new(),
            dice: Box::new(|| getrandom::u64().unwrap_or(u64::MAX)),
        }
    }

    /// The same client, whose reads go in this lane: for the reads on which a cancel or an exit
    /// depends.
    pub fn in_lane(&self, lane: Lane) -> Self {
        Self { inner: Arc::clone(&self.inner), lane }
    }

    /// Where it connects to.
    pub fn address(&self) -> &Address {
        &self.inner.address
    }

    /// Whether it has a key.
    pub fn has_key(&self) -> bool {
        self.inner.credentials.is_some()
    }

    /// The venue's `Date` from the latest reply that had one.
    pub fn latest_date(&self) -> Option<DateSample> {
        *self.inner.date.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request and the value of its reply.
    pub(crate) async fn value<T: DeserializeOwned>(&self, call: &Call) -> Result<T, RestError> {
        self.reply(call).await?.read(call.endpoint)
    }

    /// A request and its reply, whatever its status; reads are repeated as patience allows.
    pub(crate) async fn reply(&self, call: &Call) -> Result<Reply, RestError> {
        let inner = &*self.inner;
        let deadline = inner.timer.now().mono.saturating_add(inner.patience.total);
        let mut unauthorised = 0;
        let mut n = 0;
        loop {
            let tried = match self.attempt(call, deadline).await {
                Attempt::NotSent(error) => return Err(error),
                Attempt::Tried(tried) => tried,
            };
            unauthorised += u32::from(matches!(&tried, Ok(reply) if reply.status == 401));
            let again = call.repeats() && n + 1 < inner.patience.attempts;
            let wait = if again { self.wait_for(&tried, n, unauthorised) } else { None };
            let now = inner.timer.now().mono;
            match wait {
                Some(wait) if now.saturating_add(wait) < deadline => {
                    tracing::debug!(endpoint = call.endpoint, repetition = n + 1, "reading again");
                    inner.timer.wait(wait).await;
                    n += 1;
                }
                Some(_) | None => {
                    return tried.map_err(|failure| RestError::Transport {
                        endpoint: call.endpoint,
                        failure,
                    });
                }
            }
        }
    }

    /// How long to wait before a read is repeated; nothing when repeating cannot help.
    fn wait_for(
        &self,
        tried: &Result<Reply, TransportFailure>,
        n: u32,
        unauthorised: u32,
    ) -> Option<Duration> {
        let backoff = self.inner.patience.backoff(n, (self.inner.dice)());
        match tried {
            Err(failure) => match failure.cause {
                TransportCause::TooLarge { .. } => None,
                TransportCause::Connect(_)
                | TransportCause::Timeout
                | TransportCause::Broken(_) => Some(backoff),
            },
            Ok(reply) => match reply.status {
                // A token can be refused without fault (a second's skew): a fresh one, once.
                401 if unauthorised <= 1 => Some(backoff),
                408 | 425 | 429 | 500 | 502 | 503 | 504 => {
                    let asked = reply.asks_to_wait(self.inner.timer.now().wall);
                    Some(asked.unwrap_or_default().max(backoff))
                }
                _ => None,
            },
        }
    }

    /// One attempt: a turn, a fresh signature, one exchange.
    pub(crate) async fn attempt(&self, call: &Call, deadline: Duration) -> Attempt {
        let inner = &*self.inner;
        let endpoint = call.endpoint;
        let gate = match call.audience {
            Audience::Public => &inner.public,
            Audience::Account => &inner.private,
        };
        let lane = call.lane.unwrap_or(self.lane);
        let turn_by = match call.turn {
            Some(longest) => deadline.min(inner.timer.now().mono.saturating_add(longest)),
            None => deadline,
        };
        if gate.turn(lane, &*inner.timer, turn_by).await.is_err() {
            return Attempt::NotSent(RestError::Throttled { endpoint });
        }
        let sent = inner.timer.now();
        let headers = match self.headers(call, sent) {
            Ok(headers) => headers,
            Err(error) => return Attempt::NotSent(error),
        };
        // The last look before the bytes: whatever kept us until here, a stopped process included.
        if call.not_after.is_some_and(|last| inner.timer.now().mono > last) {
            return Attempt::NotSent(RestError::TooLate { endpoint });
        }
        let left = deadline.saturating_sub(sent.mono);
        let outgoing = Outgoing {
            method: call.method.clone(),
            target: call.target(),
            headers,
            body: call.body.clone(),
            cap: call.cap,
            timeout: inner.patience.attempt.min(left).max(Duration::from_millis(1)),
            fresh: !call.repeats(),
        };
        let tried = inner.transport.send(outgoing).await;
        self.observe(endpoint, gate, sent, &tried);
        Attempt::Tried(tried)
    }

    /// One attempt with the client's own deadline: for what is never repeated.
    pub(crate) async fn once(&self, call: &Call) -> Attempt {
        let inner = &*self.inner;
        let deadline = inner.timer.now().mono.saturating_add(inner.patience.total);
        self.attempt(call, deadline).await
    }

    /// Heeds what the venue says about its limits, and remembers its date.
    fn observe(
        &self,
        endpoint: &'static str,
        gate: &Gate,
        sent: Instants,
        tried: &Result<Reply, TransportFailure>,
    ) {
        let received = self.inner.timer.now();
        let took = received.mono.saturating_sub(sent.mono);
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        match tried {
            Ok(reply) => {
                tracing::debug!(endpoint, status = reply.status, millis, "reply");
                if let Some(span) = reply.asks_to_wait(received.wall) {
                    tracing::warn!(endpoint, secs = span.as_secs(), "the venue asks to wait");
                    gate.adjust(|bucket| bucket.pause(received.mono, span));
                } else if reply.status == 429 {
                    gate.adjust(|bucket| bucket.pause(received.mono, Duration::from_secs(1)));
                } else if let Some(remaining) = reply.remaining {
                    gate.remaining(received.mono, remaining);
                }
                if let Some(date) = reply.date {
                    let sample = DateSample { date, sent, received };
                    *self.inner.date.lock().unwrap_or_else(PoisonError::into_inner) = Some(sample);
                }
            }
            Err(failure) => tracing::debug!(endpoint, %failure, millis, "no reply"),
        }
    }

    fn headers(&self, call: &Call, now: Instants) -> Result<HeaderMap, RestError> {
        let endpoint = call.endpoint;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if !call.body.is_empty() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if call.audience == Audience::Public {
            return Ok(headers);
        }
        let inner = &*self.inner;
        let credentials = inner.credentials.as_ref().ok_or(RestError::NoKey { endpoint })?;
        let to_sign = ToSign {
            method: call.method.as_str(),
            host: &inner.authority,
            path: &call.path,
            body: &call.body,
        };
        // The venue judges the token by its own clock.
        let at = now.venue.unwrap_or(now.wall);
        let sign = |cause| RestError::Sign { endpoint, cause };
        match credentials.authorize(to_sign, at, call.life).map_err(sign)? {
            Authorization::Bearer(token) => {
                let bearer = zeroize::Zeroizing::new(format!("Bearer {}", token.expose()));
                secret_header(&mut headers, AUTHORIZATION, &bearer).map_err(sign)?;
            }
            Authorization::Legacy { key, timestamp, signature } => {
                let time = timestamp.to_string();
                for (name, value) in [
                    ("cb-access-key", key.expose()),
                    ("cb-access-timestamp", time.as_str()),
                    ("cb-access-sign", signature.expose()),
                ] {
                    let name = HeaderName::from_static(name);
                    secret_header(&mut headers, name, value).map_err(sign)?;
                }
            }
        }
        Ok(headers)
    }
}
