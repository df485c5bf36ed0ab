//! The WebSocket endpoints.

mod begin;
mod data;
mod outbox;
mod request;
mod session;
mod stream;

use std::sync::Arc;

use axum::extract::FromRequestParts as _;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};

use crate::limits::Payer;
use crate::listen::Peer;
use crate::shared::Shared;

/// The largest message that is read from a client.
const LARGEST_REQUEST: usize = 1 << 20;

/// Which of the two addresses a connection came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// All channels.
    Market,
    /// `heartbeats`, `user` and `futures_balance_summary`.
    User,
}

impl Endpoint {
    /// The endpoint at a path: one port serves both.
    pub(crate) fn at(path: &str) -> Option<Self> {
        match path {
            "/" => Some(Self::Market),
            "/user" => Some(Self::User),
            _ => None,
        }
    }
}

/// Turns a request into a WebSocket, or says why not.
pub(crate) async fn upgrade(
    shared: Arc<Shared>,
    peer: Peer,
    endpoint: Endpoint,
    parts: &mut Parts,
) -> Response {
    let now = shared.clock.since_start();
    let standing = shared.limiter.take(Payer::Connections(peer.address.ip()), now);
    if standing.is_some_and(|standing| !standing.allowed) {
        return axum::http::StatusCode::TOO_MANY_REQUESTS.into_response();
    }
    match WebSocketUpgrade::from_request_parts(parts, &()).await {
        Ok(upgrade) => upgrade
            .max_message_size(LARGEST_REQUEST)
            .on_upgrade(move |socket| session::run(shared, peer, endpoint, socket)),
        Err(refused) => refused.into_response(),
    }
}
