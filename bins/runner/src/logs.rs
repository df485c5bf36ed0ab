//! Logs: to stderr, at the level of `RUST_LOG` or `info`.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;

/// Sends logs to stderr; colour only on a terminal.
pub fn init_logs() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .without_time()
        .init();
}
