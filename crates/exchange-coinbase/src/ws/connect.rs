//! One WebSocket to one allowed address.

use core::time::Duration;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, client_async_tls_with_config};

use super::Reason;
use crate::Address;

pub(super) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What may go over one connection, and how long it may take to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest message, bytes. The largest recorded snapshot has 5 MB; usual libraries stop
    /// at 16 MiB a frame.
    pub message_bytes: usize,
    /// For name, TCP, TLS and handshake together; also for sending one message.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { message_bytes: 64 << 20, patience: Duration::from_secs(10) }
    }
}

/// Trust in what the machine trusts: its root certificates, or those of `SSL_CERT_FILE`.
///
/// # Errors
/// When the machine's roots cannot be used.
pub(super) fn trust() -> Result<Arc<ClientConfig>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Connects. The address is one that may be connected to, by its type.
pub(super) async fn connect(address: &Address, limits: Limits) -> Result<Socket, Reason> {
    let broken = |what: &str, error: &dyn core::fmt::Display| {
        Reason::Broken(format!("{address}: {what}: {error}"))
    };
    let attempt = async {
        let host = address.host().trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((host, address.port())).await;
        let stream = stream.map_err(|e| broken("connect", &e))?;
        stream.set_nodelay(true).map_err(|e| broken("connect", &e))?;
        let connector = if address.is_secure() {
            Connector::Rustls(trust().map_err(|e| broken("TLS", &e))?)
        } else {
            Connector::Plain
        };
        let config = WebSocketConfig::default()
            .max_message_size(Some(limits.message_bytes))
            .max_frame_size(Some(limits.message_bytes));
        let url = format!("{address}/");
        let socket = client_async_tls_with_config(url, stream, Some(config), Some(connector)).await;
        Ok(socket.map_err(|e| broken("handshake", &e))?.0)
    };
    match timeout(limits.patience, attempt).await {
        Ok(outcome) => outcome,
        Err(elapsed) => Err(broken("connect", &elapsed)),
    }
}
