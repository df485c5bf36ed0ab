//! The tokens of CDP keys: JWTs with a random nonce, bound to one request where it is REST.
//!
//! Source: docs.cdp.coinbase.com, "Coinbase App API key authentication" and "WebSocket
//! authentication".

use core::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde::Serialize;

use super::{Life, SignError, Token};

/// A CDP key that can sign.
pub(super) struct Signer {
    pub(super) algorithm: Algorithm,
    pub(super) key: EncodingKey,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    kid: &'a str,
    nonce: &'a str,
    typ: &'a str,
}

#[derive(Serialize)]
struct Claims<'a> {
    sub: &'a str,
    iss: &'a str,
    nbf: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<&'a str>,
}

impl Signer {
    /// A token that is valid from `now` on; `uri` is `METHOD host/path` without a query.
    pub(super) fn token(
        &self,
        name: &str,
        uri: Option<&str>,
        now: Timestamp,
        life: Life,
    ) -> Result<Token, SignError> {
        let nonce = nonce()?;
        let alg = if self.algorithm == Algorithm::ES256 { "ES256" } else { "EdDSA" };
        let header = Header { alg, kid: name, nonce: &nonce, typ: "JWT" };
        let nbf = now.secs();
        let claims =
            Claims { sub: name, iss: "cdp", nbf, exp: nbf.saturating_add(life.secs()), uri };
        let mut text = part(&header)?;
        text.push('.');
        text.push_str(&part(&claims)?);
        let signature = jsonwebtoken::crypto::sign(text.as_bytes(), &self.key, self.algorithm)
            .map_err(|_| SignError::Signer)?;
        text.push('.');
        text.push_str(&signature);
        Ok(Token::new(text))
    }
}

fn part<T: Serialize>(value: &T) -> Result<String, SignError> {
    let json = serde_json::to_vec(value).map_err(|_| SignError::Signer)?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

/// 32 random bytes in hex.
fn nonce() -> Result<String, SignError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| SignError::Random)?;
    Ok(hex(&bytes))
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
