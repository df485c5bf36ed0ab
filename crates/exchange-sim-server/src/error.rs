//! Why a server could not start or go on.

use std::path::PathBuf;

/// What can go wrong around the served venue.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// Asked for; 0 is any.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file could not be written or read.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A key could not be made.
    #[error("cannot make a key: {0}")]
    Key(String),
    /// A certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Certificate(String),
    /// No scenario has this name.
    #[error("there is no scenario {name:?}; there are: {}", known.join(", "))]
    UnknownScenario {
        /// Asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A file of scenarios is not what it should be.
    #[error("{origin}: {reason}")]
    Scenario {
        /// The file, or the embedded library.
        origin: String,
        /// What is wrong, and where.
        reason: String,
    },
    /// The configuration asks for something that cannot be.
    #[error("{0}")]
    Config(String),
    /// The venue itself cannot go on.
    #[error(transparent)]
    Venue(#[from] exchange_sim::SimError),
}
