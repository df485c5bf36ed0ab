//! What can go wrong with a read, and with everything but an order post.

use core::time::Duration;

use serde::Deserialize;

use super::{TransportCause, TransportFailure};
use crate::SignError;

/// What the venue says about a refused request, in any of its dialects, cleaned and shortened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VenueError {
    /// `error`, or `errors[0].id`; empty when the body is no JSON of the venue's.
    pub code: String,
    /// `message`, else `error_details`, else the beginning of the body.
    pub message: String,
}

/// A request did not lead to a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RestError {
    /// The request itself is wrong; nothing was sent.
    #[error("{endpoint}: {what}")]
    Input {
        /// The endpoint.
        endpoint: &'static str,
        /// What is wrong with it, and what would be right.
        what: String,
    },
    /// The endpoint needs a key and there is none.
    #[error("{endpoint} needs a key, and the client was built without one")]
    NoKey {
        /// The endpoint.
        endpoint: &'static str,
    },
    /// The key did not sign.
    #[error("{endpoint} was not signed: {cause}")]
    Sign {
        /// The endpoint.
        endpoint: &'static str,
        /// Why.
        cause: SignError,
    },
    /// Our own budget has no room.
    #[error("{endpoint} did not get a turn within its time: too many requests are waiting")]
    Throttled {
        /// The endpoint.
        endpoint: &'static str,
    },
    /// What allowed it was over before it could be sent.
    #[error("{endpoint} was too late: its approval had run out before it could be sent")]
    TooLate {
        /// The endpoint.
        endpoint: &'static str,
    },
    /// No complete reply.
    #[error("{endpoint}: {failure}")]
    Transport {
        /// The endpoint.
        endpoint: &'static str,
        /// How far it came and what stopped it.
        failure: TransportFailure,
    },
    /// A status that is not a success.
    #[error("{endpoint}: the venue answered {status} {}: {}", error.code, error.message)]
    Status {
        /// The endpoint.
        endpoint: &'static str,
        /// The HTTP status.
        status: u16,
        /// What the venue says.
        error: VenueError,
        /// How long the venue asks to wait.
        retry_after: Option<Duration>,
    },
    /// A success whose body is not what the endpoint answers.
    #[error("{endpoint}: the reply cannot be read: {cause}")]
    Unreadable {
        /// The endpoint.
        endpoint: &'static str,
        /// Where and why.
        cause: String,
    },
    /// Pages that do not add up to a list.
    #[error("{endpoint}: the pages do not make a list: {cause}")]
    Paging {
        /// The endpoint.
        endpoint: &'static str,
        /// What is wrong with them.
        cause: &'static str,
    },
    /// The venue wants a second factor before it shows the data (European accounts).
    #[error(
        "{endpoint}: the venue asks for a proof of identity; until then its list is empty and proves nothing"
    )]
    ProofRequired {
        /// The endpoint.
        endpoint: &'static str,
    },
}

/// The kind of a [`RestError`], for tables and counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErrorKind {
    /// The request is wrong.
    Input,
    /// No key, or it does not sign.
    Key,
    /// Our own budget.
    Throttled,
    /// What allowed it was over.
    TooLate,
    /// Not reached, or broken off.
    Unreachable,
    /// A time limit.
    Timeout,
    /// A reply beyond its limit.
    TooLarge,
    /// 400 and 422.
    BadRequest,
    /// 401.
    Unauthorized,
    /// 403.
    Forbidden,
    /// 404.
    NotFound,
    /// 429.
    RateLimited,
    /// 5xx.
    Server,
    /// Any other status that is no success.
    UnexpectedStatus,
    /// A body that is not what was due.
    Unreadable,
    /// Pages that are no list.
    Paging,
    /// A proof token is asked for.
    ProofRequired,
}

impl ErrorKind {
    /// A short name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Key => "key",
            Self::Throttled => "throttled",
            Self::TooLate => "too_late",
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
            Self::TooLarge => "too_large",
            Self::BadRequest => "bad_request",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::RateLimited => "rate_limited",
            Self::Server => "server",
            Self::UnexpectedStatus => "unexpected_status",
            Self::Unreadable => "unreadable",
            Self::Paging => "paging",
            Self::ProofRequired => "proof_required",
        }
    }
}

impl RestError {
    /// Its kind.
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Input { .. } => ErrorKind::Input,
            Self::NoKey { .. } | Self::Sign { .. } => ErrorKind::Key,
            Self::Throttled { .. } => ErrorKind::Throttled,
            Self::TooLate { .. } => ErrorKind::TooLate,
            Self::Transport { failure, .. } => match failure.cause {
                TransportCause::Timeout => ErrorKind::Timeout,
                TransportCause::TooLarge { .. } => ErrorKind::TooLarge,
                TransportCause::Connect(_) | TransportCause::Broken(_) => ErrorKind::Unreachable,
            },
            Self::Status { status, .. } => match status {
                400 | 422 => ErrorKind::BadRequest,
                401 => ErrorKind::Unauthorized,
                403 => ErrorKind::Forbidden,
                404 => ErrorKind::NotFound,
                429 => ErrorKind::RateLimited,
                500..=599 => ErrorKind::Server,
                _ => ErrorKind::UnexpectedStatus,
            },
            Self::Unreadable { .. } => ErrorKind::Unreadable,
            Self::Paging { .. } => ErrorKind::Paging,
            Self::ProofRequired { .. } => ErrorKind::ProofRequired,
        }
    }
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    error_details: Option<String>,
    #[serde(default)]
    errors: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    id: String,
    #[serde(default)]
    message: String,
}

impl VenueError {
    /// Reads the body of a reply that is no success: the JSON of the current API, that of the old
    /// one, or whatever an edge server wrote.
    pub fn read(body: &[u8]) -> Self {
        let Ok(parsed) = serde_json::from_slice::<Body>(body) else {
            let text = String::from_utf8_lossy(body.get(..body.len().min(400)).unwrap_or(body));
            return Self { code: String::new(), message: clean(&text) };
        };
        if let Some(item) = parsed.errors.into_iter().next() {
            return Self { code: clean(&item.id), message: clean(&item.message) };
        }
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        let message = filled(parsed.message).or(filled(parsed.error_details)).unwrap_or_default();
        Self { code: clean(&parsed.error.unwrap_or_default()), message: clean(&message) }
    }
}

/// One line of at most 240 characters, without control characters, and without words that are long
/// enough to be a token that the other side sent back.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        if word.len() > 48 {
            out.push_str("[long word]");
        } else {
            out.extend(word.chars().filter(|c| !is_steering(*c)));
        }
        if out.len() > 240 {
            out = out.chars().take(240).collect();
            break;
        }
    }
    out
}

/// Characters that change how the rest of a line is shown.
const fn is_steering(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
