//! Checks what a request is signed with.

use domain::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use sha2::Sha256;

use crate::keys::{Check, KeyRing, KnownKey};

/// What a token may be early or late by, in seconds.
const LEEWAY_SECS: i64 = 2;
/// How long after `nbf` the venue takes a token.
const LIFE_SECS: i64 = 120;

/// Why a signature was not taken. The wire says `Unauthorized` whatever it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthFault {
    /// No credential came with the request.
    #[error("no credential")]
    Missing,
    /// The text is no token.
    #[error("not a token: {0}")]
    Malformed(String),
    /// No key has this name.
    #[error("unknown key {0:?}")]
    UnknownKey(String),
    /// The signature does not verify.
    #[error("signature: {0}")]
    Signature(String),
    /// The token is over.
    #[error("expired at {0}")]
    Expired(Timestamp),
    /// The token has not begun.
    #[error("not valid before {0}")]
    Early(Timestamp),
    /// The token is for another request.
    #[error("for {claimed:?}, not for {expected:?}")]
    OtherRequest {
        /// What the token says.
        claimed: Vec<String>,
        /// What was asked.
        expected: String,
    },
    /// `sub` and `kid` name different keys.
    #[error("sub {0:?} is not the key")]
    Subject(String),
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    sub: Option<String>,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    uri: Option<String>,
    #[serde(default)]
    uris: Vec<String>,
}

/// A token's key, if the token is in order now. `request` is `METHOD host/path` for REST and
/// `None` for a WebSocket message, which is bound to no request.
pub(crate) fn check_token<'a>(
    ring: &'a KeyRing,
    token: &str,
    now: Timestamp,
    request: Option<&str>,
) -> Result<&'a KnownKey, AuthFault> {
    let malformed = |e: jsonwebtoken::errors::Error| AuthFault::Malformed(e.to_string());
    let header = jsonwebtoken::decode_header(token).map_err(malformed)?;
    let kid = header.kid.unwrap_or_default();
    let known = ring.get(&kid).ok_or(AuthFault::UnknownKey(kid))?;
    let Check::Token { algorithm, key } = &known.check else {
        return Err(AuthFault::Signature("this key does not sign tokens".to_owned()));
    };
    let mut rules = jsonwebtoken::Validation::new(*algorithm);
    // The venue's clock decides, not the machine's, so time is checked below.
    (rules.validate_exp, rules.validate_nbf, rules.validate_aud) = (false, false, false);
    rules.required_spec_claims.clear();
    let claims = jsonwebtoken::decode::<Claims>(token, key, &rules)
        .map_err(|e| AuthFault::Signature(e.to_string()))?
        .claims;
    check_claims(&claims, known, now)?;
    if let Some(expected) = request {
        check_request(&claims, expected)?;
    }
    Ok(known)
}

fn check_claims(claims: &Claims, known: &KnownKey, now: Timestamp) -> Result<(), AuthFault> {
    if let Some(sub) = &claims.sub
        && *sub != known.name
    {
        return Err(AuthFault::Subject(sub.clone()));
    }
    let life = claims.nbf.map_or(claims.exp, |nbf| claims.exp.min(nbf.saturating_add(LIFE_SECS)));
    if now.secs() > life.saturating_add(LEEWAY_SECS) {
        return Err(AuthFault::Expired(Timestamp::from_secs(life)));
    }
    match claims.nbf {
        Some(nbf) if now.secs().saturating_add(LEEWAY_SECS) < nbf => {
            Err(AuthFault::Early(Timestamp::from_secs(nbf)))
        }
        _ => Ok(()),
    }
}

/// Clients write `METHOD host/path` with or without the scheme of their base address.
fn check_request(claims: &Claims, expected: &str) -> Result<(), AuthFault> {
    let claimed: Vec<&String> = claims.uri.iter().chain(&claims.uris).collect();
    let plain = |text: &str| text.replacen("https://", "", 1).replacen("http://", "", 1);
    if claimed.iter().any(|text| plain(text) == expected) {
        return Ok(());
    }
    let claimed = claimed.into_iter().cloned().collect();
    Err(AuthFault::OtherRequest { claimed, expected: expected.to_owned() })
}

/// A legacy signature's key. `message` is what it signs: timestamp, method, path and body, or for
/// a WebSocket timestamp, channel and products.
pub(crate) fn check_hmac<'a>(
    ring: &'a KeyRing,
    key: &str,
    timestamp: &str,
    signature: &str,
    message: &str,
    now: Timestamp,
) -> Result<&'a KnownKey, AuthFault> {
    let known = ring.get(key).ok_or_else(|| AuthFault::UnknownKey(key.to_owned()))?;
    let Check::Hmac(secret) = &known.check else {
        return Err(AuthFault::Signature("this key signs tokens".to_owned()));
    };
    let at: i64 = timestamp.parse().map_err(|_| AuthFault::Malformed(timestamp.to_owned()))?;
    if now.secs().saturating_sub(at).abs() > 30 {
        return Err(AuthFault::Expired(Timestamp::from_secs(at)));
    }
    let bad = |what: &str| AuthFault::Signature(what.to_owned());
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| bad("key"))?;
    mac.update(timestamp.as_bytes());
    mac.update(message.as_bytes());
    let given = unhex(signature).ok_or_else(|| bad("not hexadecimal"))?;
    mac.verify_slice(&given).map_err(|_| bad("does not verify"))?;
    Ok(known)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let digits = digits?;
    (digits.len() % 2 == 0)
        .then(|| digits.chunks(2).map(|pair| pair.iter().fold(0, |sum, d| sum * 16 + d)).collect())
}
