//! Connections, plain and TLS, whose writing side a fault can cut.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

/// How many more bytes a connection may write; [`u64::MAX`] is any number.
#[derive(Debug, Clone)]
pub(crate) struct Cut(Arc<AtomicU64>);

impl Cut {
    /// Closes the connection after so many further bytes.
    pub(crate) fn after(&self, bytes: u64) {
        self.0.store(bytes, Ordering::SeqCst);
    }
}

/// What a handler learns of its connection.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    pub(crate) cut: Cut,
}

/// A connection that can be cut.
pub(crate) struct Wire {
    inner: Pin<Box<dyn Both + Send>>,
    cut: Cut,
}

impl Wire {
    fn new(inner: impl Both + Send + 'static) -> Self {
        Self { inner: Box::pin(inner), cut: Cut(Arc::new(AtomicU64::new(u64::MAX))) }
    }
}

trait Both: AsyncRead + AsyncWrite {}
impl<T: AsyncRead + AsyncWrite> Both for T {}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.inner.as_mut().poll_read(cx, into)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let left = self.cut.0.load(Ordering::SeqCst);
        if left == u64::MAX {
            return self.inner.as_mut().poll_write(cx, bytes);
        }
        let may = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        if may == 0 {
            // Everything allowed is out: what was written must leave before the line goes dead.
            return match self.inner.as_mut().poll_flush(cx) {
                Poll::Pending => Poll::Pending,
                Poll::Ready(_) => Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
            };
        }
        let allowed = bytes.get(..may).unwrap_or_default();
        let written = self.inner.as_mut().poll_write(cx, allowed);
        if let Poll::Ready(Ok(count)) = written {
            self.cut.0.store(left.saturating_sub(count as u64), Ordering::SeqCst);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner.as_mut().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner.as_mut().poll_shutdown(cx)
    }
}

/// Connections as they come in, handshakes done.
pub(crate) struct Incoming {
    ready: mpsc::Receiver<(Wire, SocketAddr)>,
    address: SocketAddr,
}

impl Incoming {
    /// Accepts on `listener` until this is dropped. Handshakes run beside each other, so that a
    /// client that never speaks keeps nobody waiting.
    pub(crate) fn accept(listener: TcpListener, tls: Option<TlsAcceptor>) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (give, ready) = mpsc::channel(64);
        tokio::spawn(async move {
            loop {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted,
                    () = give.closed() => return,
                };
                let Ok((stream, peer)) = accepted else {
                    continue;
                };
                // Small frames should leave at once; a socket that cannot do that still works.
                let _ = stream.set_nodelay(true);
                let (give, tls) = (give.clone(), tls.clone());
                tokio::spawn(async move {
                    let wire = match tls {
                        None => Wire::new(stream),
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => Wire::new(stream),
                            Err(refused) => {
                                tracing::debug!(%peer, %refused, "no TLS with this client");
                                return;
                            }
                        },
                    };
                    let _ = give.send((wire, peer)).await;
                });
            }
        });
        Ok(Self { ready, address })
    }
}

impl axum::serve::Listener for Incoming {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(ready) => ready,
            // The accepting task lives as long as this receiver, so there is nothing to wait for.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

impl axum::extract::connect_info::Connected<axum::serve::IncomingStream<'_, Incoming>> for Peer {
    fn connect_info(stream: axum::serve::IncomingStream<'_, Incoming>) -> Self {
        Self { address: *stream.remote_addr(), cut: stream.io().cut.clone() }
    }
}
