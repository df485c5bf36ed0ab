//! Bytes out, bytes in: what may be connected to, for how long, and how much is read.

use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use core::time::Duration;
use std::error::Error as _;

use bytes::{Bytes, BytesMut};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, Method, redirect, retry};

use super::{Patience, Reply};
use crate::Address;

/// How far an exchange came before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// No connection was made: not one byte of the request left.
    NeverSent,
    /// The request may have left; no reply's head came back.
    NoReply,
    /// The reply began with this status and did not end.
    PartialReply(u16),
}

/// What stopped an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransportCause {
    /// No connection: name, route, refusal or TLS.
    Connect(String),
    /// A time limit.
    Timeout,
    /// The connection broke, or what came over it is not HTTP.
    Broken(String),
    /// The reply is beyond its limit in bytes.
    TooLarge {
        /// The limit.
        limit: usize,
    },
}

/// An exchange without a complete reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportFailure {
    /// How far it came.
    pub phase: Phase,
    /// What stopped it.
    pub cause: TransportCause,
}

impl fmt::Display for TransportFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            TransportCause::Connect(cause) => write!(f, "cannot connect: {cause}")?,
            TransportCause::Timeout => f.write_str("took too long")?,
            TransportCause::Broken(cause) => write!(f, "broke off: {cause}")?,
            TransportCause::TooLarge { limit } => write!(f, "the reply exceeds {limit} bytes")?,
        }
        match self.phase {
            Phase::NeverSent => f.write_str(" (nothing was sent)"),
            Phase::NoReply => f.write_str(" (it may have been received)"),
            Phase::PartialReply(status) => write!(f, " (after status {status})"),
        }
    }
}

/// A request as it goes out.
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) cap: usize,
    pub(crate) timeout: Duration,
    /// A connection of its own, so that a failure to connect proves that nothing was sent, and so
    /// that no stale connection swallows it.
    pub(crate) fresh: bool,
}

/// Both connection pools of one base address.
pub(crate) struct Transport {
    base: String,
    pooled: Client,
    fresh: Client,
}

impl Transport {
    pub(crate) fn new(
        address: &Address,
        patience: &Patience,
        roots: &[Certificate],
    ) -> Result<Self, reqwest::Error> {
        let pooled = builder(address, patience, roots).pool_max_idle_per_host(8).build()?;
        let fresh =
            builder(address, patience, roots).pool_max_idle_per_host(0).http1_only().build()?;
        Ok(Self { base: address.to_string(), pooled, fresh })
    }

    /// One exchange, never repeated here or below.
    pub(crate) async fn send(&self, request: Outgoing) -> Result<Reply, TransportFailure> {
        let client = if request.fresh { &self.fresh } else { &self.pooled };
        let url = format!("{}{}", self.base, request.target);
        let mut builder =
            client.request(request.method, url).headers(request.headers).timeout(request.timeout);
        if !request.body.is_empty() {
            builder = builder.body(request.body);
        }
        let response = builder.send().await.map_err(|error| {
            let phase = if error.is_connect() { Phase::NeverSent } else { Phase::NoReply };
            TransportFailure { phase, cause: cause(error) }
        })?;
        read(response, request.cap).await
    }
}

async fn read(mut response: reqwest::Response, cap: usize) -> Result<Reply, TransportFailure> {
    let status = response.status().as_u16();
    let phase = Phase::PartialReply(status);
    let too_large = TransportFailure { phase, cause: TransportCause::TooLarge { limit: cap } };
    let headers = response.headers().iter();
    let headers = headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let mut reply = Reply::with_headers(status, headers);
    if response.content_length().is_some_and(|len| len > cap as u64) {
        return Err(too_large);
    }
    let mut body = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len().saturating_add(chunk.len()) > cap => {
                return Err(too_large);
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(error) => return Err(TransportFailure { phase, cause: cause(error) }),
        }
    }
    reply.body = body.freeze();
    Ok(reply)
}

fn builder(
    address: &Address,
    patience: &Patience,
    roots: &[Certificate],
) -> reqwest::ClientBuilder {
    let mut builder = Client::builder()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .no_proxy()
        .referer(false)
        .https_only(address.is_secure())
        .connect_timeout(patience.connect)
        .read_timeout(patience.read)
        .tcp_nodelay(true)
        .http1_max_headers(100)
        .http2_max_header_list_size(64 * 1024)
        .user_agent(concat!("247trader/", env!("CARGO_PKG_VERSION")));
    if address.is_loopback() {
        // Whatever the machine's files say, `localhost` is this machine.
        let port = address.port();
        let local = [
            SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
        ];
        builder = builder.resolve_to_addrs("localhost", &local);
    }
    if roots.is_empty() { builder } else { builder.tls_certs_merge(roots.iter().cloned()) }
}

/// The last words of an error, without its URL.
fn cause(error: reqwest::Error) -> TransportCause {
    if error.is_timeout() && !error.is_connect() {
        return TransportCause::Timeout;
    }
    let connect = error.is_connect();
    let error = error.without_url();
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        words = inner.to_string();
        source = inner.source();
    }
    let words = super::error::clean(&words);
    if connect { TransportCause::Connect(words) } else { TransportCause::Broken(words) }
}

/// A header whose value logs show as hidden.
pub(crate) fn secret_header(
    headers: &mut HeaderMap,
    name: HeaderName,
    value: &str,
) -> Result<(), crate::SignError> {
    let mut value = HeaderValue::from_str(value).map_err(|_| crate::SignError::Signer)?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}
