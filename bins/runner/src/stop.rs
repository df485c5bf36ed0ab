//! Ctrl-C and SIGTERM: once ends after the step under way, twice ends now.

use std::sync::OnceLock;
use std::thread;

use tokio::sync::watch;

use crate::{Code, Failure};

/// One listener a process, however many loops it runs.
static ASKED: OnceLock<watch::Receiver<bool>> = OnceLock::new();

/// Whether somebody asked to stop.
#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Listens from now on, on a thread of its own: a step that hangs must not hide the second
    /// request.
    pub(crate) fn listen() -> Result<Self, Failure> {
        if let Some(asked) = ASKED.get() {
            return Ok(Self(asked.clone()));
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
            .map_err(|e| Failure::new(Code::Failed, format!("no runtime for signals: {e}")))?;
        let (ask, asked) = watch::channel(false);
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || runtime.block_on(listen(&ask)))
            .map_err(|e| Failure::new(Code::Failed, format!("no thread for signals: {e}")))?;
        Ok(Self(ASKED.get_or_init(|| asked).clone()))
    }

    /// Whether it was asked for.
    pub(crate) fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns when it is asked for.
    pub(crate) async fn asked(&mut self) {
        if self.0.wait_for(|asked| *asked).await.is_err() {
            // Without a listener nobody can ask.
            core::future::pending::<()>().await;
        }
    }
}

async fn listen(ask: &watch::Sender<bool>) {
    loop {
        let signal = match signal().await {
            Ok(signal) => signal,
            Err(error) => {
                tracing::error!(%error, "signals cannot be heard: only a kill stops this process");
                return core::future::pending().await;
            }
        };
        if ask.send_replace(true) {
            tracing::warn!("{signal} again: stopping now");
            leave();
        }
        tracing::warn!("{signal}: stopping after this step; once more stops now");
    }
}

#[cfg(unix)]
async fn signal() -> std::io::Result<&'static str> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        heard = tokio::signal::ctrl_c() => heard.map(|()| "Ctrl-C"),
        _ = terminate.recv() => Ok("SIGTERM"),
    }
}

#[cfg(not(unix))]
async fn signal() -> std::io::Result<&'static str> {
    tokio::signal::ctrl_c().await.map(|()| "Ctrl-C")
}

/// Records are whole after every transaction, so that leaving in the middle of a step loses
/// nothing that was confirmed.
#[expect(clippy::exit, reason = "the second request means now, whatever the main thread does")]
fn leave() -> ! {
    std::process::exit(i32::from(Code::Interrupted as u8))
}
