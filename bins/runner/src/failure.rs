//! Failures as people meet them: a message and an exit code.

use core::fmt;
use std::io;

use config::ConfigError;
use engine::EngineError;
use exchange::PortError;
use store::StoreError;

/// The documented exit codes, those that this version can end with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Code {
    /// Done.
    Done = 0,
    /// It failed.
    Failed = 1,
    /// Wrong usage.
    Usage = 2,
    /// Another instance holds the data directory.
    Locked = 3,
    /// The configuration is invalid.
    Config = 4,
    /// The venue cannot be reached.
    Unreachable = 5,
    /// A gate refused: mode, policy or permissions.
    Gate = 6,
    /// The venue shows what must not be: records and venue wait for a person.
    Reconciliation = 7,
    /// The kill switch is latched.
    Killed = 8,
    /// Stopped by a signal.
    Interrupted = 130,
}

/// What to tell the person, and the code to end with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub code: Code,
    /// What, where, which value, what would be right.
    pub message: String,
}

impl Failure {
    /// A failure with its message.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(Code::Failed, format!("the result could not be written: {error}"))
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::new(Code::Failed, format!("the result could not be written as JSON: {error}"))
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(Code::Config, error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let code = match error {
            StoreError::Locked { .. } => Code::Locked,
            StoreError::Io { .. }
            | StoreError::Sqlite { .. }
            | StoreError::Foreign { .. }
            | StoreError::Newer { .. }
            | StoreError::Damaged { .. }
            | StoreError::Nothing { .. }
            | StoreError::Occupied { .. }
            | StoreError::Unmarked { .. }
            | StoreError::Older { .. }
            | StoreError::Line { .. }
            | StoreError::Head { .. }
            | StoreError::Failed { .. }
            | StoreError::Json(_) => Code::Failed,
        };
        Self::new(code, error.to_string())
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Self::new(Code::Failed, format!("the engine refused an event: {error}"))
    }
}

impl From<PortError> for Failure {
    fn from(error: PortError) -> Self {
        let code = match error {
            PortError::Unreachable(_) => Code::Unreachable,
            PortError::Unreadable(_) | PortError::Unknown(_) => Code::Failed,
        };
        Self::new(code, error.to_string())
    }
}
