//! A server of raw bytes on loopback: what it is told to answer, and every request it saw.
#![allow(dead_code, reason = "each test uses a part")]

use std::future::Future;
use std::sync::{Arc, Mutex};

use exchange_coinbase::Address;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What to do with a request.
#[derive(Clone)]
pub(crate) enum Act {
    /// Send these bytes and close.
    Send(Vec<u8>),
    /// Send these bytes again and again until the other side has had enough.
    Forever(Vec<u8>),
    /// Keep the connection and say nothing more after these bytes.
    Hold(Vec<u8>),
}

pub(crate) struct Server {
    pub(crate) port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts; `script` gets the number of the request (from 0) and its text.
    pub(crate) async fn start(script: impl Fn(usize, &str) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (script, log) = (Arc::new(script), Arc::clone(&seen));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (script, log) = (Arc::clone(&script), Arc::clone(&log));
                tokio::spawn(async move {
                    let Some(request) = read(&mut stream).await else { return };
                    let number = {
                        let mut log = log.lock().unwrap();
                        log.push(request.clone());
                        log.len() - 1
                    };
                    match script(number, &request) {
                        Act::Send(bytes) => drop(stream.write_all(&bytes).await),
                        Act::Forever(bytes) => while stream.write_all(&bytes).await.is_ok() {},
                        Act::Hold(bytes) => {
                            drop(stream.write_all(&bytes).await);
                            // Ends when the client hangs up.
                            drop(stream.read_u8().await);
                        }
                    }
                    drop(stream.shutdown().await);
                });
            }
        });
        Self { port, seen }
    }

    pub(crate) fn address(&self) -> Address {
        Address::rest(&format!("http://127.0.0.1:{}", self.port)).unwrap()
    }

    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

async fn read(stream: &mut tokio::net::TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let n = stream.read(&mut buffer).await.ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&buffer[..n]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok()
                })
                .unwrap_or(0);
            if body.len() >= length {
                return Some(text);
            }
        }
    }
}

/// A whole reply.
pub(crate) fn http(status: u16, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{headers}connection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

pub(crate) fn send(status: u16, headers: &str, body: &str) -> Act {
    Act::Send(http(status, headers, body))
}

/// Runs on one thread, with the machine's clock.
pub(crate) fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}
