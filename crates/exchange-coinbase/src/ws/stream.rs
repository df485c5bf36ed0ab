//! A session with a socket and a clock: it connects, speaks, listens and reconnects until stopped.

use core::fmt;
use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message as Wire;

use super::connect::{Limits, Socket, connect};
use super::plan::{Pacer, Shard, Spread};
use super::queue::Sink;
use super::session::Session;
use super::timing::Timing;
use super::{Event, Next, Reason, Request};
use crate::rest::Timer;
use crate::{Address, Credentials, SignError, Token};

/// Time is looked at this often.
const TICK: Duration = Duration::from_millis(250);

/// Makes a fresh token for one message.
pub type Signer = Arc<dyn Fn() -> Result<Token, SignError> + Send + Sync>;

/// What all connections of one address share: the venue counts connections and messages by it.
#[derive(Debug)]
pub struct Pace {
    connections: Mutex<Pacer>,
    messages: Mutex<Pacer>,
}

impl Default for Pace {
    /// Below 8 of each in a second, the documented limits.
    fn default() -> Self {
        Self::new(7)
    }
}

impl Pace {
    /// So many connections and so many messages a second, evenly spaced: for a venue of one's own.
    pub fn new(per_second: u32) -> Self {
        let pacer = || Mutex::new(Pacer::new(per_second, 1));
        Self { connections: pacer(), messages: pacer() }
    }
}

/// How a stream is run.
#[derive(Clone)]
pub struct StreamConfig {
    /// Where.
    pub address: Address,
    /// How subscriptions are spread over messages.
    pub spread: Spread,
    /// Its patience.
    pub timing: Timing,
    /// Its limits.
    pub limits: Limits,
    /// Signs subscriptions; without it only public channels answer.
    pub signer: Option<Signer>,
    /// Shared by all streams from this machine.
    pub pace: Arc<Pace>,
}

impl fmt::Debug for StreamConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamConfig")
            .field("address", &self.address)
            .field("signed", &self.signer.is_some())
            .finish_non_exhaustive()
    }
}

impl StreamConfig {
    /// The defaults, for an address.
    pub fn new(address: Address) -> Self {
        Self {
            address,
            spread: Spread::default(),
            timing: Timing::default(),
            limits: Limits::default(),
            signer: None,
            pace: Arc::new(Pace::default()),
        }
    }

    /// Signs every subscription with this key, by the venue's time where the clock knows it.
    pub fn signed(mut self, key: Arc<Credentials>, clock: Arc<dyn Timer>) -> Self {
        self.signer = Some(Arc::new(move || {
            let now = clock.now();
            key.jwt_for_ws(now.venue.unwrap_or(now.wall))
        }));
        self
    }
}

/// A running connection, kept up until it is dropped.
#[derive(Debug)]
pub struct Stream {
    session: Arc<Mutex<Session>>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Stream {
    /// Starts it on the present runtime. Whatever goes wrong is told to the sink and tried again.
    pub fn open(config: StreamConfig, shard: Shard, sink: impl Sink) -> Self {
        let session = Session::new(shard, config.spread, config.timing);
        let session = Arc::new(Mutex::new(session));
        let (stop, stopped) = watch::channel(false);
        let driver = Driver {
            config,
            session: Arc::clone(&session),
            sink,
            stopped,
            begun: Instant::now(),
            events: Vec::new(),
        };
        Self { session, stop, task: tokio::spawn(driver.run()) }
    }

    /// The session, as of now.
    pub fn session(&self) -> MutexGuard<'_, Session> {
        lock(&self.session)
    }

    /// Says goodbye and waits until the connection is closed.
    pub async fn close(mut self) {
        self.stop.send_replace(true);
        // A task that was ended otherwise has nothing left to close.
        drop((&mut self.task).await);
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Whoever panicked with the lock did so between two whole frames.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Driver<S> {
    config: StreamConfig,
    session: Arc<Mutex<Session>>,
    sink: S,
    stopped: watch::Receiver<bool>,
    begun: Instant,
    events: Vec<Event>,
}

impl<S: Sink> Driver<S> {
    async fn run(mut self) {
        loop {
            let mut stop = self.stopped.clone();
            let reason = match connected(&self.config, &mut stop).await {
                Ok(socket) => self.converse(socket).await,
                Err(reason) => reason,
            };
            tracing::debug!(%reason, address = %self.config.address, "a connection ended");
            let stopped = reason == Reason::Stopped;
            self.tell(|session, now, events| session.closed(now, reason, events));
            if stopped {
                return;
            }
            let delay = lock(&self.session).reconnect_delay(random());
            tokio::select! {
                () = sleep(delay) => {}
                () = stopping(&mut stop) => return,
            }
        }
    }

    /// Tells the session something, and its events to the sink while nobody else looks: whoever
    /// sees the session's time has the events up to it.
    fn tell<T>(&mut self, what: impl FnOnce(&mut Session, Duration, &mut Vec<Event>) -> T) -> T {
        let now = self.begun.elapsed();
        let mut session = lock(&self.session);
        let outcome = what(&mut session, now, &mut self.events);
        for event in self.events.drain(..) {
            self.sink.take(event);
        }
        outcome
    }

    async fn converse(&mut self, mut socket: Socket) -> Reason {
        self.tell(Session::opened);
        let mut stop = self.stopped.clone();
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut request = None;
        let mut turn = Instant::now();
        loop {
            if request.is_none() {
                request = lock(&self.session).next_request();
            }
            let next = tokio::select! {
                frame = socket.next() => self.frame(frame),
                _ = tick.tick() => self.tell(|session, now, _| session.on_tick(now)),
                () = sleep_until(turn), if request.is_some() => {
                    let allowed = lock(&self.config.pace.messages).take(pace_time());
                    match (allowed, request.take()) {
                        (Ok(()), Some(request)) => send(&self.config, &mut socket, &request).await,
                        (Ok(()), None) => Next::Stay,
                        (Err(wait), waiting) => {
                            (turn, request) = (Instant::now() + wait, waiting);
                            Next::Stay
                        }
                    }
                }
                () = stopping(&mut stop) => Next::Reconnect(Reason::Stopped),
            };
            if let Next::Reconnect(reason) = next {
                // The other side may be gone already; then there is nobody to say goodbye to.
                drop(timeout(TICK, socket.close(None)).await);
                return reason;
            }
        }
    }

    fn frame(
        &mut self,
        frame: Option<Result<Wire, tokio_tungstenite::tungstenite::Error>>,
    ) -> Next {
        match frame {
            Some(Ok(Wire::Text(text))) => {
                self.tell(|session, now, events| session.on_text(now, text.as_str(), events))
            }
            Some(Ok(Wire::Binary(bytes))) => {
                let cause = format!("{} bytes that are no text", bytes.len());
                self.tell(|session, now, events| session.on_unreadable(now, cause, events))
            }
            // Pings are answered by the library.
            Some(Ok(Wire::Ping(_) | Wire::Pong(_) | Wire::Frame(_))) => Next::Stay,
            Some(Ok(Wire::Close(frame))) => {
                let why =
                    frame.map_or_else(String::new, |f| format!(" ({}: {})", f.code, f.reason));
                Next::Reconnect(Reason::Broken(format!("closed by the venue{why}")))
            }
            Some(Err(error)) => Next::Reconnect(Reason::Broken(error.to_string())),
            None => Next::Reconnect(Reason::Broken("closed by the venue".to_owned())),
        }
    }
}

/// Returns when the stream is to stop.
async fn stopping(stop: &mut watch::Receiver<bool>) {
    // An error says that the stream itself is gone.
    drop(stop.wait_for(|stopped| *stopped).await);
}

/// Connects when it is this connection's turn.
async fn connected(
    config: &StreamConfig,
    stop: &mut watch::Receiver<bool>,
) -> Result<Socket, Reason> {
    let turn = async {
        loop {
            let turn = lock(&config.pace.connections).take(pace_time());
            match turn {
                Ok(()) => break,
                Err(wait) => sleep(wait).await,
            }
        }
        connect(&config.address, config.limits).await
    };
    tokio::select! {
        outcome = turn => outcome,
        () = stopping(stop) => Err(Reason::Stopped),
    }
}

/// Sends a request with a token of its own.
async fn send(config: &StreamConfig, socket: &mut Socket, request: &Request) -> Next {
    let token = match &config.signer {
        Some(signer) => match signer() {
            Ok(token) => Some(token),
            Err(error) => return Next::Reconnect(Reason::Denied(error.to_string())),
        },
        None => None,
    };
    let text = match request.text(token.as_ref().map(Token::expose)) {
        Ok(text) => text,
        Err(error) => return Next::Reconnect(Reason::Broken(error.to_string())),
    };
    match timeout(config.limits.patience, socket.send(Wire::text(text))).await {
        Ok(Ok(())) => Next::Stay,
        Ok(Err(error)) => Next::Reconnect(Reason::Broken(error.to_string())),
        Err(elapsed) => Next::Reconnect(Reason::Broken(format!("send: {elapsed}"))),
    }
}

/// Monotonic time for what all streams of the process share.
fn pace_time() -> Duration {
    static BEGUN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    BEGUN.get_or_init(Instant::now).elapsed()
}

/// Jitter. Without randomness the delay is the shortest, and the venue's limits still hold.
fn random() -> u64 {
    getrandom::u64().unwrap_or(0)
}
