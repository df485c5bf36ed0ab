//! One request of one endpoint, before it is signed.

use core::fmt::Write as _;
use core::time::Duration;

use bytes::Bytes;
use reqwest::Method;

use super::{Audience, Lane, RestError};
use crate::Life;

/// The path that all endpoints share.
pub(crate) const PREFIX: &str = "/api/v3/brokerage";
/// Size limits of replies, in bytes.
pub(crate) const SMALL: usize = 256 * 1024;
pub(crate) const MEDIUM: usize = 2 * 1024 * 1024;
pub(crate) const LARGE: usize = 8 * 1024 * 1024;

/// A request.
pub(crate) struct Call {
    pub(crate) endpoint: &'static str,
    pub(crate) method: Method,
    pub(crate) path: String,
    query: String,
    pub(crate) body: Bytes,
    pub(crate) audience: Audience,
    pub(crate) lane: Option<Lane>,
    pub(crate) cap: usize,
    pub(crate) life: Life,
    /// The longest wait for a turn, when it is shorter than the whole call may take.
    pub(crate) turn: Option<Duration>,
    /// Monotonic time after which it is not sent any more.
    pub(crate) not_after: Option<Duration>,
}

impl Call {
    /// A read.
    pub(crate) fn get(endpoint: &'static str, path: &str, audience: Audience) -> Self {
        Self {
            endpoint,
            method: Method::GET,
            path: format!("{PREFIX}{path}"),
            query: String::new(),
            body: Bytes::new(),
            audience,
            lane: None,
            cap: SMALL,
            life: Life::Standard,
            turn: None,
            not_after: None,
        }
    }

    /// A request with a body, which is never repeated.
    pub(crate) fn send(
        endpoint: &'static str,
        method: Method,
        path: &str,
        body: &serde_json::Value,
    ) -> Self {
        let body = Bytes::from(body.to_string());
        Self { method, body, ..Self::get(endpoint, path, Audience::Account) }
    }

    pub(crate) fn lane(mut self, lane: Lane) -> Self {
        self.lane = Some(lane);
        self
    }

    pub(crate) fn cap(mut self, cap: usize) -> Self {
        self.cap = cap;
        self
    }

    pub(crate) fn life(mut self, life: Life) -> Self {
        self.life = life;
        self
    }

    pub(crate) fn turn(mut self, longest: Duration) -> Self {
        self.turn = Some(longest);
        self
    }

    pub(crate) fn not_after(mut self, mono: Option<Duration>) -> Self {
        self.not_after = mono;
        self
    }

    /// Adds a part of the query.
    pub(crate) fn with(mut self, key: &str, value: impl AsRef<str>) -> Self {
        self.query.push(if self.query.is_empty() { '?' } else { '&' });
        escape(&mut self.query, key);
        self.query.push('=');
        escape(&mut self.query, value.as_ref());
        self
    }

    /// Adds a part of the query if there is one.
    pub(crate) fn maybe<V: AsRef<str>>(self, key: &str, value: Option<V>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Adds the key once for each value.
    pub(crate) fn each<V: AsRef<str>>(
        self,
        key: &str,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        values.into_iter().fold(self, |call, value| call.with(key, value))
    }

    /// Path and query.
    pub(crate) fn target(&self) -> String {
        format!("{}{}", self.path, self.query)
    }

    /// Only reads are repeated.
    pub(crate) fn repeats(&self) -> bool {
        self.method == Method::GET
    }
}

/// An id that may stand in a path.
pub(crate) fn segment<'a>(
    endpoint: &'static str,
    what: &str,
    id: &'a str,
) -> Result<&'a str, RestError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if !id.is_empty() && id.len() <= 128 && id.bytes().all(plain) && !id.starts_with('.') {
        return Ok(id);
    }
    let shown: String = id.chars().take(64).collect();
    let what = format!("{what} {shown:?} is none: letters, digits, '-', '_' and '.' are right");
    Err(RestError::Input { endpoint, what })
}

fn escape(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}
